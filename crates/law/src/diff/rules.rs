//! Provisions added, removed and changed between two rule bases, two editions of a list, or two days.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::book::rule::{Effect, Rule};
use crate::lists::edition::{Extent, ListEdition};
use crate::{RuleBase, Text};

/// What happened to a provision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Only in the second.
    Added,
    /// Only in the first.
    Removed,
    /// In both, and not alike.
    Changed,
}

/// One part of a provision, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartChange {
    /// Which part: `status`, `in_force`, `when`, `effect`, …
    pub part: &'static str,
    /// In the first.
    pub before: String,
    /// In the second.
    pub after: String,
}

/// One provision that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its id; of two editions of a list, what follows the edition in the rule's id, or `edition` for what is said of the whole.
    pub id: String,
    /// What happened.
    pub change: Change,
    /// Its title.
    pub title: Text,
    /// Of a changed one, the parts that differ; of an added or removed one, its effect, condition and status.
    pub parts: Vec<PartChange>,
}

type Parts = Vec<(&'static str, String)>;

/// All provisions of two rule bases, by id.
pub fn base_differences(before: &RuleBase, after: &RuleBase) -> Vec<Difference> {
    let all = |base: &RuleBase| -> BTreeMap<String, (Text, Parts)> {
        let rules = base.rules().iter();
        rules.map(|rule| (rule.id.clone(), (rule.title.clone(), parts(base, rule)))).collect()
    };
    compare(&all(before), &all(after))
}

/// The provisions in force on two days.
pub fn day_differences(base: &RuleBase, before: Date, after: Date) -> Vec<Difference> {
    let on = |day: Date| -> BTreeMap<String, (Text, Parts)> {
        let rules = base.rules().iter().filter(|rule| rule.in_force(day));
        let settled = |rule: &Rule| rule.settled_from.is_none_or(|from| from <= day).to_string();
        rules
            .map(|rule| {
                let mut parts = parts(base, rule);
                parts.push(("settled", settled(rule)));
                (rule.id.clone(), (rule.title.clone(), parts))
            })
            .collect()
    };
    compare(&on(before), &on(after))
}

/// Two editions, row by row: rows are the same where their ids are.
pub fn edition_differences(base: &RuleBase, before: &ListEdition, after: &ListEdition) -> Vec<Difference> {
    let rows = |edition: &ListEdition| -> BTreeMap<String, (Text, Parts)> {
        let prefix = format!("{}.", edition.rule_prefix());
        let rules = base.rules().iter().filter(|rule| rule.instrument == edition.id);
        let row = |rule: &Rule| {
            let mut parts = parts(base, rule);
            // Days and place are the edition's own, said once.
            parts.retain(|(part, _)| {
                !["in_force", "source", "last_checked", "reviewed_by", "instrument"].contains(part)
            });
            let id = rule.id.strip_prefix(&prefix).unwrap_or(&rule.id).to_owned();
            let strip = |text: String| text.replace(&prefix, "");
            let parts = parts.into_iter().map(|(part, text)| (part, strip(text))).collect();
            (id, (rule.title.clone(), parts))
        };
        let mut rows: BTreeMap<String, (Text, Parts)> = rules.map(row).collect();
        rows.insert("edition".to_owned(), (edition.title.clone(), whole(edition)));
        rows
    };
    compare(&rows(before), &rows(after))
}

fn compare(before: &BTreeMap<String, (Text, Parts)>, after: &BTreeMap<String, (Text, Parts)>) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut ids: Vec<&String> = before.keys().chain(after.keys().filter(|id| !before.contains_key(*id))).collect();
    ids.sort();
    for id in ids {
        let none = Parts::new();
        let (one, other) = (before.get(id), after.get(id));
        let change = match (one, other) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        };
        let (first, second) = (one.map_or(&none, |(_, parts)| parts), other.map_or(&none, |(_, parts)| parts));
        let text = |parts: &Parts, part: &str| {
            parts.iter().find(|(name, _)| *name == part).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let names = first.iter().chain(second).map(|(part, _)| *part);
        let mut seen: Vec<&'static str> = Vec::new();
        for part in names {
            let told = change == Change::Changed || SHOWN.contains(&part);
            if told && !seen.contains(&part) {
                seen.push(part);
            }
        }
        let changes =
            seen.into_iter().map(|part| PartChange { part, before: text(first, part), after: text(second, part) });
        let parts: Vec<PartChange> = changes.filter(|change| change.before != change.after).collect();
        let title = other.or(one).map(|(title, _)| title.clone()).unwrap_or_default();
        if change != Change::Changed || !parts.is_empty() {
            found.push(Difference { id: id.clone(), change, title, parts });
        }
    }
    found
}

/// What is told of a provision that is only on one side.
const SHOWN: [&str; 4] = ["status", "in_force", "when", "effect"];

fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn both(text: &Text) -> String {
    format!("{} / {}", text.zh, text.en)
}

fn days(from: Date, to: Option<Date>, settled: Option<Date>) -> String {
    let to = to.map_or_else(String::new, |to| to.to_string());
    let settled = settled.map_or_else(String::new, |day| format!(" (settled {day})"));
    format!("{from} – {to}{settled}")
}

fn parts(base: &RuleBase, rule: &Rule) -> Parts {
    let names = base.facts();
    let exceptions = rule.exception_to.iter().map(|exception| match &exception.when {
        Some(when) => format!("{} where {}", exception.rule, when.words(names)),
        None => exception.rule.clone(),
    });
    let readings =
        rule.readings.iter().map(|r| format!("{} ({}): {}", r.text.en, word(&r.status), r.when.words(names)));
    let list = |items: Vec<String>| items.join("; ");
    vec![
        ("status", word(&rule.status)),
        ("in_force", days(rule.from, rule.to, rule.settled_from)),
        ("when", rule.when.words(names)),
        ("effect", effect(rule)),
        ("instrument", rule.instrument_short.clone()),
        ("article", rule.article.clone()),
        ("title", both(&rule.title)),
        ("provision", both(&rule.provision)),
        ("exception_to", list(exceptions.collect())),
        ("gives_way_to", list(rule.gives_way_to.clone())),
        ("superseded_by", list(rule.superseded_by.clone())),
        ("readings", list(readings.collect())),
        ("persons_counted", rule.persons_counted.to_string()),
        ("source", list(rule.source.clone())),
        ("last_checked", format!("{}: {}", rule.last_checked.on, rule.last_checked.against)),
        ("reviewed_by", rule.reviewed_by.clone()),
    ]
}

/// The effect in words, with what the words leave out: texts of duties, figures of fines, what a judgement may lead to.
fn effect(rule: &Rule) -> String {
    let more = match &rule.effect {
        Effect::Obligations(duties) => duties
            .iter()
            .map(|duty| format!("{} ({}) for {:?}: {}", duty.id, duty.cite, duty.for_paths, duty.text.en))
            .collect::<Vec<_>>()
            .join("; "),
        Effect::Fines(fines) => fines.iter().map(|fine| format!("{fine:?}")).collect::<Vec<_>>().join("; "),
        Effect::Judgement { asks, possible } => format!("{}; may lead to {}", asks.en, word(possible)),
        Effect::Stop(text) => text.en.clone(),
        Effect::Adds { to, .. } => format!("to {}", to.join(", ")),
        Effect::AlsoCheck(regimes) => regimes.iter().map(|r| r.why.en.clone()).collect::<Vec<_>>().join("; "),
        Effect::Paths(_) | Effect::Affirms(_) | Effect::Refers(_) => String::new(),
    };
    if more.is_empty() { rule.effect_words() } else { format!("{}: {more}", rule.effect_words()) }
}

fn whole(edition: &ListEdition) -> Parts {
    let term = &edition.in_force;
    let sectors = edition.sector.iter().map(|sector| {
        let scenarios =
            sector.scenario.iter().map(super::super::lists::edition::ListScenario::slug).collect::<Vec<_>>();
        format!("{} ({})", sector.slug(), scenarios.join(", "))
    });
    let known = if edition.known == Extent::Whole { "whole" } else { "partial" };
    let fields = edition.field_set.iter().map(|set| {
        let names = set.fields.iter().map(|field| field.zh.clone()).collect::<Vec<_>>().join("、");
        format!("{}: {names}", set.id)
    });
    vec![
        ("status", word(&edition.status)),
        ("in_force", days(term.from, term.to, term.settled_from)),
        ("known", known.to_owned()),
        ("users", both(&edition.users)),
        ("zones", edition.zones.join(", ")),
        ("cities", edition.cities.join(", ")),
        ("sectors", sectors.collect::<Vec<_>>().join("; ")),
        ("fields", fields.collect::<Vec<_>>().join("; ")),
        ("published", word(&edition.published)),
    ]
}
