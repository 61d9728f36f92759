//! The facts of two determinations, and which of them make the difference.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::alike;
use crate::answer::determination::Determination;
use crate::{Facts, FieldFacts, RuleBase, Text, Value, determine_by_field};

/// A fact in which two determinations differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FactDifference {
    /// Its id; `on` for the day, `by_field` for what was so of single fields.
    pub fact: String,
    /// Its name.
    pub title: Text,
    /// Its value here; `None`: not known.
    pub here: Option<Value>,
    /// Its value there; `None`: not known.
    pub there: Option<Value>,
    /// What an unknown count is at least, here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here_at_least: Option<u64>,
    /// And there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there_at_least: Option<u64>,
    /// Whether taking this fact alone from the other side gives the other side's answer; false too where both agree.
    pub explains: bool,
}

/// The facts a determination was made from, typed by this rule base; `None` where it did not record them.
pub(super) fn recorded(base: &RuleBase, there: &Determination, notes: &mut Vec<Text>) -> Option<Facts> {
    let mut facts = Facts::new();
    let mut strange = Vec::new();
    for (id, value) in there.facts.iter() {
        if facts.set(base, id, value.clone()).is_err() {
            strange.push(format!("`{id}`"));
        }
    }
    for (id, least) in &there.at_least {
        if facts.get(id).is_none() && facts.set_at_least(base, id, *least).is_err() {
            strange.push(format!("`{id}`"));
        }
    }
    if !strange.is_empty() {
        let all = strange.join(", ");
        notes.push(Text::new(
            format!("本规则库没有这些事实或者不接受其值，重放时未计入：{all}"),
            format!("this rule base has no such facts, or not these values; left out when asked anew: {all}"),
        ));
    }
    // A determination without any fact that names facts its rules read comes from a version that did not record them.
    let unrecorded = facts.iter().next().is_none() && there.rules.iter().any(|rule| !rule.facts.is_empty());
    if unrecorded {
        notes.push(Text::new(
            "对方的判定没有记录事实，无法重放。",
            "the other determination does not record its facts: it cannot be asked anew",
        ));
    }
    (!unrecorded).then_some(facts)
}

/// Stands for the facts of single fields among those that differ.
const FIELDS: &str = "by_field";

/// The facts of single fields on one line; `None` where the transfer was assessed as one.
fn said(fields: &[FieldFacts]) -> Option<Value> {
    let each = fields.iter().map(|field| {
        let facts = field.facts.iter().map(|(id, value)| {
            let value = value.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
            format!("{id} = {value}")
        });
        format!("{}: {}", field.field, facts.collect::<Vec<_>>().join(", "))
    });
    (!fields.is_empty()).then(|| Value::Text(each.collect::<Vec<_>>().join("; ")))
}

/// One side's knowledge of a fact: its value, or what it is at least.
fn knows(facts: &Facts, id: &str) -> (Option<Value>, Option<u64>) {
    (facts.get(id).cloned(), Some(facts.at_least(id)).filter(|least| *least > 0))
}

/// The facts that differ, each with whether it explains the difference alone; and, where none does, the pairs that do.
pub(super) fn differences(
    base: &RuleBase,
    here: &Determination,
    there: &Facts,
    replayed: &Determination,
) -> (Vec<FactDifference>, Vec<[String; 2]>) {
    let mut found = Vec::new();
    if here.on != replayed.on {
        found.push(FactDifference {
            fact: "on".to_owned(),
            title: Text::new("日期", "day"),
            here: Some(Value::Date(here.on)),
            there: Some(Value::Date(replayed.on)),
            here_at_least: None,
            there_at_least: None,
            explains: false,
        });
    }
    let (fields, theirs) = (here.fields(), replayed.fields());
    if fields != theirs {
        found.push(FactDifference {
            fact: FIELDS.to_owned(),
            title: Text::new("各字段的事实", "facts of single fields"),
            here: said(&fields),
            there: said(&theirs),
            here_at_least: None,
            there_at_least: None,
            explains: false,
        });
    }
    for definition in base.facts() {
        let ((mine, least), (theirs, at_least)) = (knows(&here.facts, &definition.id), knows(there, &definition.id));
        if (&mine, least) != (&theirs, at_least) {
            found.push(FactDifference {
                fact: definition.id.clone(),
                title: definition.title.clone(),
                here: mine,
                there: theirs,
                here_at_least: least,
                there_at_least: at_least,
                explains: false,
            });
        }
    }
    if alike(here, replayed) {
        return (found, Vec::new());
    }
    let gives = |ids: &[&str]| {
        let (facts, on) = taken(base, here, there, replayed.on, ids)?;
        let fields = if ids.contains(&FIELDS) { &theirs } else { &fields };
        let answer = determine_by_field(base, &facts, fields, on).ok()?;
        alike(&answer, replayed).then_some(())
    };
    for difference in &mut found {
        difference.explains = gives(&[&difference.fact]).is_some();
    }
    let mut together = Vec::new();
    if found.iter().all(|difference| !difference.explains) {
        for (n, one) in found.iter().enumerate() {
            for other in &found[n + 1..] {
                if gives(&[&one.fact, &other.fact]).is_some() {
                    together.push([one.fact.clone(), other.fact.clone()]);
                }
            }
        }
    }
    (found, together)
}

/// Our facts with some of theirs in their place; `None` where these do not go together.
fn taken(base: &RuleBase, here: &Determination, there: &Facts, on: Date, ids: &[&str]) -> Option<(Facts, Date)> {
    let mut facts = here.facts.clone();
    for (id, least) in &here.at_least {
        facts.set_at_least(base, id, *least).ok()?;
    }
    let mut day = here.on;
    for id in ids {
        if *id == "on" {
            day = on;
            continue;
        }
        if *id == FIELDS {
            continue;
        }
        facts.forget(id);
        match knows(there, id) {
            (Some(value), _) => facts.set(base, id, value).ok()?,
            (None, Some(least)) => facts.set_at_least(base, id, least).ok()?,
            (None, None) => {}
        }
    }
    Some((facts, day))
}
