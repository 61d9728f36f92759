//! One question: its words, what it is asked for, and the field in which it is answered.

use axum::response::Html;
use law::{Asking, CodeForm, FactDefinition, FactType, ListEdition, QuestionKind, Value};
use serde_json::{Value as Json, json};

use super::course::{Course, UNKNOWN, plain, words};
use crate::pages::places;
use crate::pages::props::Say;
use crate::pages::shown;
use crate::problem::Problem;
use crate::who::Visitor;

/// More choices than this are a list to open, not buttons side by side.
const MOST_BUTTONS: usize = 9;

/// The page of one question.
pub(super) fn page(
    say: Say<'_>,
    visitor: &Visitor,
    course: &Course,
    fact: &str,
    asking: &Asking,
) -> Result<Html<String>, Problem> {
    let base = say.house.world.base;
    let none = || Problem::bad(format!("没有 `{fact}` 这一项事实"), format!("there is no fact `{fact}`"));
    let definition = base.fact(fact).ok_or_else(none)?;
    let next = asking.next.as_ref().filter(|next| next.fact == fact);
    let judgement = next.is_some_and(|next| next.kind == QuestionKind::Judgement);
    let text = next.map_or(&definition.question, |next| &next.text);
    let cite = next.map_or(definition.cite.as_str(), |next| next.cite.as_str());
    let options = next.filter(|_| judgement).map(|next| next.options.as_slice());
    // What was answered before stays where it was; the answer to this one travels as its field.
    let place = course.answers.iter().position(|(known, _)| known == fact);
    let hidden = |pairs: &[(&str, String)]| {
        pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>()
    };
    let pairs = course.pairs();
    let (before, after) = match place {
        Some(at) => (hidden(&pairs[..at]), hidden(&pairs[at + 1..])),
        None => (hidden(&pairs), Vec::new()),
    };
    let back = match (place, course.answers.last()) {
        (Some(0), _) | (None, None) => None,
        (Some(at), _) => Some(course.link(&[("ask", course.answers[at - 1].0.as_str())])),
        (None, Some((last, _))) => Some(course.link(&[("ask", last.as_str())])),
    };
    let wrong = course.wrong.as_ref().filter(|wrong| wrong.fact == fact);
    let context = json!({
        "title": say.title("interview.title"),
        "first": course.answers.is_empty() && wrong.is_none(),
        "number": place.unwrap_or(course.answers.len()) + 1,
        "fact": fact,
        "topic": say.of(&definition.title),
        "field": field(say, course, definition, say.of(text), options),
        "judgement": judgement,
        "cite": say.of(&base.cited(cite)),
        "before": before,
        "after": after,
        "back": back,
        "again": place.is_some(),
        "progress": super::progress(say, course, asking),
        "answers": super::answers(say, course),
        "on": course.on,
        "day": say.day(course.on),
        "stop": course.link(&[("stop", "1")]),
    });
    shown(say.house, visitor, "path/question.html", context)
}

/// The field of the question, as the component of forms takes it.
fn field(say: Say<'_>, course: &Course, definition: &FactDefinition, label: &str, judged: Option<&[String]>) -> Json {
    let wrong = course.wrong.as_ref().filter(|wrong| wrong.fact == definition.id);
    let known = course.value(&definition.id).and_then(Option::as_ref).map(plain);
    let value = wrong.map(|wrong| wrong.typed.clone()).or(known).filter(|value| value != UNKNOWN);
    let mut field = json!({
        "id": "answer", "name": definition.id, "label": label, "required": false,
        "error": wrong.map(|wrong| say.of(&wrong.what)), "value": value, "autocomplete": "off",
    });
    let options = match judged.filter(|options| !options.is_empty()) {
        Some(options) => Some(choices(say, definition, options)),
        None => options(say, course, definition),
    };
    let mut put = |name: &str, value: Json| field[name] = value;
    match (options, definition.kind) {
        (Some(options), _) => {
            put("kind", json!(if options.len() > MOST_BUTTONS { "select" } else { "radio" }));
            put("empty", json!("—"));
            put("options", json!(options));
        }
        (None, FactType::Count) => {
            put("kind", json!("text"));
            put("inputmode", json!("numeric"));
            put("size", json!("medium"));
            put("unit", json!(unit(say, &definition.unit)));
            put("hint", json!(say.text("interview.hint.count")));
        }
        (None, FactType::Date) => {
            put("kind", json!("date"));
            put("size", json!("medium"));
        }
        (None, _) => {
            put("kind", json!("text"));
            put("size", json!("medium"));
            put("hint", json!(say.of(&definition.expects())));
        }
    }
    field
}

fn unit(say: Say<'_>, unit: &str) -> String {
    let known = matches!(unit, "persons" | "percent" | "megabytes" | "days");
    if known { say.text(&format!("interview.unit.{unit}")).to_owned() } else { unit.to_owned() }
}

fn option(value: &str, label: &str, hint: Option<&str>) -> Json {
    json!({"value": value, "label": label, "hint": hint})
}

fn choices(say: Say<'_>, definition: &FactDefinition, values: &[String]) -> Vec<Json> {
    let one = |value: &String| {
        let words = words(definition, &Value::Text(value.clone()));
        option(value, say.of(&words), None)
    };
    values.iter().map(one).collect()
}

/// The answers of a closed list: those of the fact itself, or those the lists of the zone name.
fn options(say: Say<'_>, course: &Course, definition: &FactDefinition) -> Option<Vec<Json>> {
    match (definition.kind, definition.form, definition.id.as_str()) {
        (FactType::Bool, ..) => Some(
            [true, false]
                .map(|flag| option(&flag.to_string(), say.of(&definition.words_of(&Value::Bool(flag))), None))
                .into(),
        ),
        (FactType::Choice, ..) => Some(choices(say, definition, &definition.values)),
        (_, Some(CodeForm::Province), _) => {
            let names = places::PROVINCES.iter().filter_map(|(code, ..)| Some((code, places::province(code)?)));
            Some(names.map(|(code, name)| option(code, say.of(&name), None)).collect())
        }
        (_, _, "handler.sector") => Some(listed(say, course, sectors)),
        (_, _, "list.scenario") => Some(listed(say, course, scenarios)),
        (_, _, "list.adopted") => {
            let zones = say.house.world.base.fact("handler.zone")?;
            Some(choices(say, zones, &zones.values))
        }
        _ => None,
    }
}

/// What a list names: the word of the facts, and how it is called in both languages.
type Named = fn(Say<'_>, &Course, &ListEdition) -> Vec<(String, String, String)>;

/// What the lists in force on the day name, those of the handler's zone alone where that is known; and that it is none of it.
fn listed(say: Say<'_>, course: &Course, named: Named) -> Vec<Json> {
    let text = |fact: &str| match course.value(fact) {
        Some(Some(Value::Text(word))) => Some(word.as_str()),
        _ => None,
    };
    let (zone, city) = (text("handler.zone"), text("handler.city"));
    let here = |edition: &&ListEdition| {
        let in_zone = zone.is_none_or(|zone| edition.zones.iter().any(|one| one == zone));
        let in_city = city.is_none_or(|city| edition.cities.iter().any(|head| city.starts_with(head.as_str())));
        in_zone || (!edition.cities.is_empty() && in_city)
    };
    let of_day: Vec<&ListEdition> =
        say.house.world.base.lists().iter().filter(|edition| edition.in_force(course.on)).collect();
    let of_place: Vec<&ListEdition> = of_day.iter().copied().filter(here).collect();
    // Another zone's list may be used, too: where no list is of this place, all are offered.
    let of = if of_place.is_empty() { of_day } else { of_place };
    let mut options: Vec<Json> = Vec::new();
    for (value, label, hint) in of.into_iter().flat_map(|edition| named(say, course, edition)) {
        if !options.iter().any(|known| known["value"] == json!(value)) {
            options.push(option(&value, &label, Some(&hint)));
        }
    }
    options.push(option("none", say.text("interview.none-of-these"), None));
    options
}

fn sectors(say: Say<'_>, _: &Course, edition: &ListEdition) -> Vec<(String, String, String)> {
    let one =
        |sector: &law::ListSector| (sector.slug(), say.of(&sector.name).to_owned(), say.of(&edition.title).to_owned());
    edition.sector.iter().map(one).collect()
}

fn scenarios(say: Say<'_>, course: &Course, edition: &ListEdition) -> Vec<(String, String, String)> {
    let of = match course.value("handler.sector") {
        Some(Some(Value::Text(word))) => Some(word.clone()),
        _ => None,
    };
    let sectors = edition.sector.iter().filter(|sector| of.as_ref().is_none_or(|of| sector.slug() == *of));
    let one = |scenario: &law::ListScenario| {
        let definition = scenario.definition.as_ref().map_or(&edition.title, |definition| definition);
        (scenario.slug(), say.of(&scenario.name).to_owned(), say.of(definition).to_owned())
    };
    sectors.flat_map(|sector| &sector.scenario).map(one).collect()
}
