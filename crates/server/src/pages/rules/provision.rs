//! One provision: what it says, when it binds, when it applies, what follows, on what it rests, what tests it.

use axum::extract::{Path, State};
use axum::response::Html;
use law::{Rule, RuleBase, Scenario, Text, Value};
use serde_json::{Value as Json, json};

use crate::house::Shared;
use crate::pages::props::Say;
use crate::pages::shown;
use crate::problem::Problem;
use crate::who::Visitor;

/// `GET /rules/{id}`.
pub(in crate::pages) async fn page(
    State(house): State<Shared>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let base = house.world.base;
    let none = || Problem::not_found(Text::new("没有这条规定", "there is no such provision"));
    let rule = base.rule(&id).ok_or_else(none)?;
    let cite = base.cited_rule(rule);
    let (_, kind) = lawview::words::kind(&rule.effect);
    let both = |text: &Text| json!({"zh": text.zh, "en": text.en});
    let lines = lawview::words::condition_lines(base, &rule.when);
    let context = json!({
        "title": say.of(&rule.title),
        "id": rule.id,
        "cite": say.of(&cite),
        "instrument": {"name": base.instruments().get(&rule.instrument).map(|one| say.of(&one.title)), "href": format!("/rules?instrument={}&on=any", rule.instrument),
                       "list": base.list(&rule.instrument).map(|edition| format!("/lists/{}", edition.id))},
        "kind": say.of(&kind),
        "titles": both(&rule.title),
        "provision": both(&rule.provision),
        "in_force": super::in_force(say, rule.from, rule.to),
        "now": rule.in_force(house.today()),
        "today": say.day(house.today()),
        "settled_from": rule.settled_from.map(|day| say.day(day)),
        "status": rule.status,
        "when": lines.iter().map(|(depth, line)| json!({"depth": depth.min(&6), "text": both(line)})).collect::<Vec<_>>(),
        "effect": lawview::words::effect(base, &rule.effect).iter().map(both).collect::<Vec<_>>(),
        "counted": rule.persons_counted,
        "over": over(base, rule).into_iter().map(|(other, when)| linked(say, other, when.as_ref())).collect::<Vec<_>>(),
        "under": under(base, rule).into_iter().map(|other| linked(say, other, None)).collect::<Vec<_>>(),
        "superseded_by": rule.superseded_by.iter().filter_map(|id| Some(linked(say, base.rule(id)?, None))).collect::<Vec<_>>(),
        "supersedes": base.rules().iter().filter(|other| other.superseded_by.contains(&rule.id)).map(|other| linked(say, other, None)).collect::<Vec<_>>(),
        "readings": rule.readings.iter().map(|reading| json!({"text": say.of(&reading.text), "status": reading.status, "when": say.of(&lawview::words::condition(base, &reading.when))})).collect::<Vec<_>>(),
        "source": rule.source.iter().map(|source| sourced(source)).collect::<Vec<_>>(),
        "checked": say.fill("rules.checked", &[("day", &say.day(rule.last_checked.on))]),
        "against": rule.last_checked.against,
        "reviewed_by": rule.reviewed_by.trim(),
        "scenarios": rule.scenarios.iter().map(|scenario| tried(say, scenario)).collect::<Vec<_>>(),
    });
    shown(&house, &visitor, "rules/one.html", context)
}

/// A source with its address apart, where it has one.
pub(super) fn sourced(source: &str) -> Json {
    let address = source.split_whitespace().find(|word| word.starts_with("https://") || word.starts_with("http://"));
    match address.and_then(|address| Some((address, source.split_once(address)?))) {
        Some((address, (before, after))) => json!({"before": before, "href": address, "after": after}),
        None => json!({"before": source}),
    }
}

fn linked(say: Say<'_>, rule: &Rule, when: Option<&Text>) -> Json {
    let cite = say.house.world.base.cited_rule(rule);
    json!({"href": format!("/rules/{}", rule.id), "title": say.of(&rule.title), "cite": say.of(&cite), "when": when.map(|when| say.of(when))})
}

/// The rules this one prevails over, with the condition where there is one.
fn over<'a>(base: &'a RuleBase, rule: &'a Rule) -> Vec<(&'a Rule, Option<Text>)> {
    let own = rule.exception_to.iter().filter_map(|exception| {
        let when = exception.when.as_ref().map(|when| lawview::words::condition(base, when));
        Some((base.rule(&exception.rule)?, when))
    });
    own.chain(base.rules().iter().filter(|other| other.gives_way_to.contains(&rule.id)).map(|other| (other, None)))
        .collect()
}

/// The rules this one gives way to.
fn under<'a>(base: &'a RuleBase, rule: &Rule) -> Vec<&'a Rule> {
    let prevails = |other: &&Rule| {
        other.exception_to.iter().any(|exception| exception.rule == rule.id) || rule.gives_way_to.contains(&other.id)
    };
    base.rules().iter().filter(prevails).collect()
}

/// A worked case, with the address at which the interview gives its determination.
fn tried(say: Say<'_>, scenario: &Scenario) -> Json {
    let base = say.house.world.base;
    let facts = scenario.facts(base).ok();
    let link = facts.as_ref().map(|facts| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("on", &scenario.on.to_string());
        for (fact, value) in facts.iter() {
            let text = match value {
                Value::Bool(flag) => flag.to_string(),
                Value::Count(n) => n.to_string(),
                Value::Date(day) => day.to_string(),
                Value::Text(text) => text.clone(),
            };
            query.append_pair(fact, &text);
        }
        format!("/path?{}&stop=1", query.finish())
    });
    let stated = scenario.facts.keys().filter_map(|id| {
        let (definition, value) = (base.fact(id)?, facts.as_ref()?.get(id)?);
        Some(json!({"title": say.of(&definition.title), "value": say.of(&definition.words_of(value))}))
    });
    let unknown = scenario
        .unknown
        .iter()
        .filter_map(|id| Some(json!({"title": say.of(&base.fact(id)?.title), "value": say.text("interview.unknown")})));
    let paths: Vec<Text> = scenario.expect.paths.iter().map(|path| path.title()).collect();
    json!({
        "name": scenario.name, "on": say.day(scenario.on), "facts": stated.chain(unknown).collect::<Vec<_>>(), "href": link,
        "expect": paths.iter().map(|path| say.of(path)).collect::<Vec<_>>().join(say.text("interview.or")),
    })
}
