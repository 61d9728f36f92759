//! Static checks of a whole rule base: exact, because the operators are closed and the cases finite.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::condition::{Condition, Truth};
use crate::logic::facts::Value;
use crate::logic::inforce::{Assignment, Law};
use crate::logic::possible::explore;
use crate::logic::regions::regions;
use crate::{LawError, RuleBase};

/// What kind of fault a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// Some facts have no path on some day.
    Gap,
    /// Some facts have two different paths on some day.
    Conflict,
    /// A provision that never applies, or whose path never decides.
    Dead,
    /// An exception to a provision that is never in force beside it.
    IdleException,
    /// A provision that decides something without a scenario that tests it.
    Untested,
}

/// A fault in the rule base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub kind: FindingKind,
    /// The rules concerned; empty for a gap.
    pub rules: Vec<String>,
    /// The first day on which it shows.
    pub on: Date,
    /// What is wrong, in one line.
    pub what: String,
}

/// All faults of the rule base. Every set of facts on every day covered is looked at: days between which no provision
/// begins or ends are one case, and so are values no condition can tell apart.
pub fn check(base: &RuleBase) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ever_applies: BTreeSet<String> = BTreeSet::new();
    let mut ever_decides: BTreeSet<String> = BTreeSet::new();
    for on in days_of_change(base) {
        let law = match Law::on(base, on) {
            Ok(law) => law,
            Err(error) => {
                findings.push(finding(&error, on));
                continue;
            }
        };
        for (n, rule) in law.rules.iter().enumerate() {
            let facts: Vec<FactIndex> = rule.when.facts().into_iter().collect();
            if satisfiable(&law, n, &facts, &mut nothing_known(base)) {
                ever_applies.insert(rule.id.clone());
            }
        }
        for known in starting_points(base) {
            match explore(&law, &known) {
                Ok(possible) => {
                    ever_decides.extend(possible.deciding.iter().map(|n| law.rules[*n].id.clone()));
                }
                Err(error) => findings.push(finding(&error, on)),
            }
        }
    }
    findings.dedup();
    let stopped = findings.iter().any(|f| matches!(f.kind, FindingKind::Gap | FindingKind::Conflict));
    for rule in base.rules() {
        // Prohibitions never contradict each other, so one that another always forestalls is still alive.
        let decides = matches!(rule.effect, Effect::Paths(_) | Effect::Adds { .. } | Effect::Judgement { .. });
        let mut report = |kind, what: &str| {
            let what = format!("`{}` {what}", rule.id);
            findings.push(Finding { kind, rules: vec![rule.id.clone()], on: rule.from, what });
        };
        // While the split stops at a conflict, rules behind it would be called dead without being so.
        if !ever_applies.contains(&rule.id) || (decides && !stopped && !ever_decides.contains(&rule.id)) {
            report(FindingKind::Dead, "never decides anything on a day the rule base covers; drop or mend it");
        }
        // A list's worked cases stand with the edition, since each tries several of its rows.
        let of_list = base.list(&rule.instrument).is_some_and(|edition| !edition.scenario.is_empty());
        if rule.scenarios.is_empty() && !of_list {
            report(FindingKind::Untested, "has no scenario; add one that shows when it applies");
        }
        for other in rule.exception_to.iter().filter_map(|e| base.rule(&e.rule)) {
            let ends_first = |a: Option<Date>, b: Date| a.is_some_and(|end| end < b);
            if ends_first(rule.to, other.from) || ends_first(other.to, rule.from) {
                report(
                    FindingKind::IdleException,
                    &format!("is an exception to `{}`, never in force beside it", other.id),
                );
            }
        }
    }
    findings
}

/// The first day covered and every later day on which a provision begins or has just ended.
fn days_of_change(base: &RuleBase) -> BTreeSet<Date> {
    let ends = base.rules().iter().filter_map(|r| r.to).map(|to| to.saturating_add(1.day()));
    let changes = base.rules().iter().map(|r| r.from).chain(ends);
    let mut days: BTreeSet<Date> = changes.filter(|day| *day > base.covers_from()).collect();
    days.insert(base.covers_from());
    days
}

fn nothing_known(base: &RuleBase) -> Assignment {
    vec![None; base.facts().len()]
}

/// Nothing known, and nothing known but that one matter waits for a person's judgement.
fn starting_points(base: &RuleBase) -> Vec<Assignment> {
    let mut points = vec![nothing_known(base)];
    for (n, definition) in base.facts().iter().enumerate() {
        if let Some(judgement) = &definition.judgement {
            let mut point = nothing_known(base);
            point[n] = Some(Value::Text(judgement.value.clone()));
            points.push(point);
        }
    }
    points
}

/// Whether some values of these facts make the rule hold.
fn satisfiable(law: &Law<'_>, rule: usize, facts: &[FactIndex], known: &mut Assignment) -> bool {
    match (law.truth(rule, known), facts) {
        (Truth::True, _) => true,
        (Truth::False, _) | (Truth::Unknown, []) => false,
        (Truth::Unknown, [fact, rest @ ..]) => {
            let definition = &law.names()[fact.0];
            let conditions: [&Condition; 1] = [&law.rules[rule].when];
            let mut values = regions(*fact, definition, conditions, 0);
            values.extend(definition.judgement.iter().map(|j| Value::Text(j.value.clone())));
            let found = values.into_iter().any(|value| {
                known[fact.0] = Some(value);
                satisfiable(law, rule, rest, known)
            });
            known[fact.0] = None;
            found
        }
    }
}

fn finding(error: &LawError, on: Date) -> Finding {
    let (kind, rules) = match error {
        LawError::Conflict { first, second, .. } => (FindingKind::Conflict, vec![first.clone(), second.clone()]),
        _ => (FindingKind::Gap, Vec::new()),
    };
    Finding { kind, rules, on, what: error.to_string() }
}
