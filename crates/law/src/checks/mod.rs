//! Static checks of a whole rule base: exact, because the operators are closed and the cases finite.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::condition::Truth;
use crate::logic::inforce::Law;
use crate::logic::possible::explore_codes;
use crate::logic::regions::{Code, UNKNOWN};
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
            if satisfiable(&law, n, &facts, &mut vec![UNKNOWN; law.numberings.len()]) {
                ever_applies.insert(rule.id.clone());
            }
        }
        for codes in starting_points(&law) {
            match explore_codes(&law, codes, &vec![0; law.numberings.len()]) {
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
        if rule.scenarios.is_empty() {
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

/// Nothing known, and nothing known but that one matter waits for a person's judgement.
fn starting_points(law: &Law<'_>) -> Vec<Vec<Code>> {
    let nothing = vec![UNKNOWN; law.numberings.len()];
    let mut points = vec![nothing.clone()];
    for (n, numbering) in law.numberings.iter().enumerate() {
        if let Some(judgement) = numbering.judgement() {
            let mut point = nothing.clone();
            point[n] = judgement;
            points.push(point);
        }
    }
    points
}

/// Whether some values of these facts make the rule hold.
fn satisfiable(law: &Law<'_>, rule: usize, facts: &[FactIndex], codes: &mut Vec<Code>) -> bool {
    match (law.truth(rule, codes), facts) {
        (Truth::True, _) => true,
        (Truth::False, _) | (Truth::Unknown, []) => false,
        (Truth::Unknown, [fact, rest @ ..]) => {
            let numbering = &law.numberings[fact.0];
            let found = numbering.codes().chain(numbering.judgement()).any(|code| {
                codes[fact.0] = code;
                satisfiable(law, rule, rest, codes)
            });
            codes[fact.0] = UNKNOWN;
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
