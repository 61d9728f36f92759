//! The end of an interview: by which path, why, on what it rests, what remains to be done.

use axum::response::Html;
use cases::ProcedureId;
use law::{Asking, Block, Determination, FiredRule, Interview, Outcome, Path, QuestionKind, RuleBase, Text, Value};
use serde_json::{Value as Json, json};

use super::course::{Course, words};
use crate::house::House;
use crate::pages::props::Say;
use crate::pages::shown;
use crate::problem::Problem;
use crate::who::Visitor;
use crate::words::grouped;

/// Ways to a lighter path that are shown.
const MOST_WAYS: usize = 6;

/// The determination as a page.
pub(super) fn page(
    say: Say<'_>,
    visitor: &Visitor,
    course: &Course,
    interview: &Interview<'_>,
    asking: &Asking,
) -> Result<Html<String>, Problem> {
    let house = say.house;
    let base = house.world.base;
    let answer = super::determined(interview, base, course)?;
    let lighter = law::lighter(base, &interview.facts()?, course.on, None)?;
    let deciding: Vec<&FiredRule> =
        answer.rules.iter().filter(|rule| rule.decides && rule.gives_way_to.is_none()).collect();
    let beside: Vec<&FiredRule> = answer.rules.iter().filter(|rule| !deciding.contains(rule)).collect();
    let context = json!({
        "title": say.title("interview.answer.title"),
        "outcome": crate::pages::props::word(answer.outcome),
        "outcome_words": say.of(&answer.outcome.title()),
        "certainty": answer.certainty,
        "paths": answer.paths.iter().map(|path| path_shown(say, course, *path)).collect::<Vec<_>>(),
        "why": deciding.first().filter(|_| matches!(answer.outcome, Outcome::Determined | Outcome::Refused)).map(|rule| json!({"text": say.of(&rule.provision), "cite": say.of(&rule.cite), "href": format!("/rules/{}", rule.id)})),
        "deciding": deciding.iter().map(|rule| rule_shown(say, rule)).collect::<Vec<_>>(),
        "beside": beside.iter().map(|rule| rule_shown(say, rule)).collect::<Vec<_>>(),
        "duties": answer.obligations.iter().map(|duty| json!({"text": say.of(&duty.text), "cite": say.of(&base.cited(&duty.cite))})).collect::<Vec<_>>(),
        "also_check": answer.also_check.iter().map(|one| say.of(&one.text)).collect::<Vec<_>>(),
        "headroom": headroom(say, &answer),
        "lighter": ways(say, &lighter),
        "fewer": fewer(say, base, &lighter),
        "splitting": say.of(&lighter.warning),
        "questions": questions(say, course, &answer),
        "not_fired": not_fired(say, &answer),
        "notes": answer.notes.iter().map(|note| say.of(note)).collect::<Vec<_>>(),
        "answers": super::answers(say, course),
        "back": course.answers.last().map(|(last, _)| course.link(&[("ask", last.as_str())])),
        "go_on": asking.next.as_ref().filter(|_| course.stop).map(|_| course.link(&[])),
        "print": course.link(&[("print", "1")]),
        "address": format!("{}{}", house.installation.url, course.link(&[])),
        "today": (course.on != house.today()).then(|| Course { on: house.today(), ..course.clone() }.link(&[])),
        "day": say.day(course.on),
        "on": course.on,
        "version": house.installation.version,
        "rule_base_sha256": answer.rule_base.sha256,
        "last_checked": say.day(base.last_checked()),
    });
    shown(house, visitor, "path/answer.html", context)
}

/// A path with what it means, and where a case is opened for it.
fn path_shown(say: Say<'_>, course: &Course, path: Path) -> Json {
    let procedure =
        say.house.world.procedures.all().iter().find(|procedure| procedure.id == ProcedureId::new(path.name()));
    let open = procedure.filter(|procedure| procedure.from <= course.on).map(
        |procedure| json!({"href": format!("/cases/new?procedure={}", procedure.id), "name": say.of(&procedure.name)}),
    );
    let tone = match path.weight() {
        0 | 1 => "light",
        2 => "middle",
        3 => "heavy",
        _ => "stop",
    };
    json!({"name": say.of(&path.title()), "means": say.of(&path.meaning()), "open": open, "tone": tone})
}

fn rule_shown(say: Say<'_>, rule: &FiredRule) -> Json {
    json!({
        "id": rule.id, "href": format!("/rules/{}", rule.id), "cite": say.of(&rule.cite), "title": say.of(&rule.title),
        "provision": say.of(&rule.provision), "effect": say.of(&rule.effect_text), "status": rule.status,
        "source": rule.source, "last_checked": rule.last_checked, "reviewed_by": rule.reviewed_by,
        "gives_way_to": rule.gives_way_to.as_ref().map(|id| json!({"id": id, "href": format!("/rules/{id}")})),
    })
}

fn count(n: u64) -> String {
    grouped(&minijinja::Value::from(n))
}

/// How far each count may grow.
fn headroom(say: Say<'_>, answer: &Determination) -> Vec<Json> {
    let base = say.house.world.base;
    let rows = answer.headroom.iter().filter_map(|room| {
        let definition = base.fact(&room.fact)?;
        let percent = if room.until == 0 { 100 } else { u64::try_from(u128::from(room.now) * 100 / u128::from(room.until)).unwrap_or(100) };
        let then: Vec<Text> = room.then.iter().map(|path| path.title()).collect();
        let then: Vec<&str> = then.iter().map(|name| say.of(name)).collect();
        let unlimited = room.until > 10_000_000_000;
        (!unlimited).then(|| json!({
            "id": format!("room-{}", room.fact.replace('.', "-")), "label": say.of(&definition.title), "used": count(room.now),
            "limit": count(room.until), "percent": percent.min(100), "state": if percent >= 90 { "near" } else { "" },
            "note": say.fill("interview.then", &[("paths", &then.join(say.text("interview.or")))]),
        }))
    });
    rows.collect()
}

/// What would make the path lighter.
fn ways(say: Say<'_>, lighter: &law::Lighter) -> Vec<Json> {
    let base = say.house.world.base;
    let ways = lighter.ways.iter().take(MOST_WAYS).map(|way| {
        let paths: Vec<Text> = way.paths.iter().map(|path| path.title()).collect();
        let paths: Vec<&str> = paths.iter().map(|name| say.of(name)).collect();
        let changes = way.changes.iter().map(|change| json!({"by": say.of(&change.by), "needs": say.of(&change.needs)}));
        json!({
            "paths": paths.join(say.text("interview.or")), "lighter": way.lighter, "certainty": way.certainty,
            "changes": changes.collect::<Vec<_>>(),
            "rests_on": way.rests_on.iter().map(|one| json!({"cite": say.of(&one.cite), "href": format!("/rules/{}", one.id), "status": one.status})).collect::<Vec<_>>(),
            "duties": way.duties.iter().map(|duty| json!({"text": say.of(&duty.text), "cite": say.of(&base.cited(&duty.cite))})).collect::<Vec<_>>(),
        })
    });
    ways.collect()
}

/// Counts below which the path would be lighter: a figure, and no advice.
fn fewer(say: Say<'_>, base: &RuleBase, lighter: &law::Lighter) -> Vec<Json> {
    let rows = lighter.fewer.iter().filter_map(|room| {
        let definition = base.fact(&room.fact)?;
        let paths: Vec<Text> = room.then.iter().map(|path| path.title()).collect();
        let paths: Vec<&str> = paths.iter().map(|name| say.of(name)).collect();
        Some(json!({"title": say.of(&definition.title), "until": count(room.until), "paths": paths.join(say.text("interview.or"))}))
    });
    rows.collect()
}

/// What is still open: facts that anyone may know, matters for a person's judgement with what would follow from each reading.
fn questions(say: Say<'_>, course: &Course, answer: &Determination) -> Vec<Json> {
    let base = say.house.world.base;
    let one = |question: &law::Question| {
        let definition = base.fact(&question.fact);
        let judgement = question.kind == QuestionKind::Judgement;
        let options = definition.filter(|_| judgement).map(|definition| {
            let options = question.options.iter().map(|option| {
                let value = Value::Text(option.clone());
                json!({"label": say.of(&words(definition, &value)), "href": course.with(&question.fact, &value).link(&[])})
            });
            options.collect::<Vec<_>>()
        });
        json!({
            "text": say.of(&question.text), "cite": say.of(&base.cited(&question.cite)), "judgement": judgement,
            "href": definition.map(|definition| course.link(&[("ask", &definition.id)])), "options": options,
        })
    };
    answer.questions.iter().map(one).collect()
}

/// Why no other path: the provisions that would have decided, and what is missing for them.
fn not_fired(say: Say<'_>, answer: &Determination) -> Vec<Json> {
    let of = answer.not_fired.iter().filter(|rule| rule.decides && !rule.paths.is_empty());
    let of = of.filter(|rule| rule.paths != answer.paths || answer.outcome != Outcome::Determined);
    of.map(|rule| {
        json!({"href": format!("/rules/{}", rule.id), "cite": say.of(&rule.cite), "title": say.of(&rule.title), "because": say.of(&rule.because)})
    })
    .collect()
}

/// The determination as a document that can be filed.
pub(super) fn printed(
    house: &House,
    visitor: &Visitor,
    course: &Course,
    interview: &Interview<'_>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let base = house.world.base;
    let answer = super::determined(interview, base, course)?;
    let document = law::why(base, &answer, Vec::new())?;
    let block = |block: &Block| match block {
        Block::Paragraph(text) => json!({"kind": "paragraph", "text": say.of(text)}),
        Block::Row(name, text) => json!({"kind": "row", "name": say.of(name), "text": say.of(text)}),
        Block::Group(text) => json!({"kind": "group", "text": say.of(text)}),
        Block::Item(name, lines) => {
            json!({"kind": "item", "name": say.of(name), "lines": lines.iter().map(|line| say.of(line)).collect::<Vec<_>>()})
        }
    };
    let sections = document.sections.iter().map(|section| {
        json!({"heading": say.of(&section.heading), "blocks": section.blocks.iter().map(block).collect::<Vec<_>>()})
    });
    let context = json!({
        "title": say.of(&document.title),
        "sections": sections.collect::<Vec<_>>(),
        "day": say.day(course.on),
        "made": say.moment(house.now()),
        "sha256": answer.rule_base.sha256,
        "rules_version": answer.rule_base.version,
        "address": format!("{}{}", house.installation.url, course.link(&[])),
        "back": course.link(&[]),
    });
    shown(house, visitor, "path/print.html", context)
}
