//! Provisions as JSON, in the form of the lawbook's files with the id in front.

use law::{Condition, Rule, RuleBase, Test};
use serde_json::{Map, Value, json};

/// All provisions, in their order.
pub(super) fn rules(base: &RuleBase) -> Value {
    Value::Array(base.rules().iter().map(|rule| document(base, rule)).collect())
}

fn document(base: &RuleBase, rule: &Rule) -> Value {
    let mut in_force = Map::new();
    in_force.insert("from".to_owned(), json!(rule.from));
    for (key, day) in [("to", rule.to), ("settled_from", rule.settled_from)] {
        in_force.extend(day.map(|day| (key.to_owned(), json!(day))));
    }
    let exceptions = rule.exception_to.iter().map(|exception| match &exception.when {
        None => json!(exception.rule),
        Some(when) => json!({ "rule": exception.rule, "when": condition(base, when) }),
    });
    let readings = rule.readings.iter().map(|reading| {
        let mut one = json!({ "text": reading.text, "status": reading.status });
        put_condition(base, &mut one, &reading.when);
        one
    });
    let scenarios = rule.scenarios.iter().map(|scenario| {
        let facts: Map<String, Value> = scenario.facts(base).map_or_else(
            |_| Map::new(),
            |facts| {
                let stated = facts.iter().filter(|(id, _)| scenario.facts.contains_key(*id));
                stated.map(|(id, value)| (id.to_owned(), json!(value))).collect()
            },
        );
        json!({
            "name": scenario.name, "on": scenario.on, "facts": facts, "unknown": scenario.unknown, "expect": scenario.expect,
        })
    });
    let mut all = json!({
        "id": rule.id, "instrument": rule.instrument, "article": rule.article, "title": rule.title,
        "in_force": in_force, "status": rule.status, "source": rule.source, "last_checked": rule.last_checked,
        "reviewed_by": rule.reviewed_by, "superseded_by": rule.superseded_by,
        "exception_to": exceptions.collect::<Vec<_>>(), "gives_way_to": rule.gives_way_to,
        "persons_counted": rule.persons_counted, "provision": rule.provision,
        "effect": rule.effect, "reading": readings.collect::<Vec<_>>(), "scenario": scenarios.collect::<Vec<_>>(),
    });
    put_condition(base, &mut all, &rule.when);
    all
}

/// A condition that always holds is left out, as in a file.
fn put_condition(base: &RuleBase, into: &mut Value, when: &Condition) {
    if *when != Condition::All(Vec::new())
        && let Some(map) = into.as_object_mut()
    {
        map.insert("when".to_owned(), condition(base, when));
    }
}

fn condition(base: &RuleBase, when: &Condition) -> Value {
    let parts = |parts: &[Condition]| parts.iter().map(|part| condition(base, part)).collect::<Vec<_>>();
    match when {
        Condition::All(all) => json!({ "all": parts(all) }),
        Condition::Any(any) => json!({ "any": parts(any) }),
        Condition::Not(part) => json!({ "not": condition(base, part) }),
        Condition::Fact(fact, test) => {
            let (operator, operand) = match test {
                Test::Is(value) => ("is", json!(value)),
                Test::IsNot(value) => ("is_not", json!(value)),
                Test::In(values) => ("in", json!(values)),
                Test::AtLeast(n) => ("at_least", json!(n)),
                Test::Below(n) => ("below", json!(n)),
                Test::StartsWith(heads) => ("starts_with", json!(heads)),
                Test::Before(day) => ("before", json!(day)),
                Test::From(day) => ("from", json!(day)),
                Test::WithinMonths(months) => ("within_months", json!(months)),
            };
            json!({ "fact": base.facts()[fact.place()].id, operator: operand })
        }
    }
}
