//! Static checks of a whole rule base: exact, because the operators are closed and the cases finite.

mod cases;
mod dates;
mod lightness;

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::book::scenario::covered;
use crate::checks::cases::Cases;
use crate::logic::inforce::Law;
use crate::{LawError, RuleBase};

/// What kind of fault a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// Some facts have no path on some day.
    Gap,
    /// Some facts have two different paths on some day.
    Conflict,
    /// A greater value of a fact gives a lighter path (I1).
    Lighter,
    /// A provision that never applies, or whose path never decides.
    Dead,
    /// A provision that decides only where another says the same.
    Redundant,
    /// A path that some provision opens and no facts ever reach.
    UnreachablePath,
    /// An exception to a provision that is never in force beside it.
    IdleException,
    /// A provision that ends before what took its place begins, or goes on beside it.
    TimeGap,
    /// A provision that decides something without a scenario in which it applies.
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

/// What a look at every case of every day shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// All faults.
    pub findings: Vec<Finding>,
    /// Pairs of provisions that in some case decide side by side and say the same, each with the first day on which they
    /// do: no fault, but what a lawyer who reads one has to know. Where a conflict or a gap is found, not all of them.
    pub overlaps: BTreeMap<(String, String), Date>,
}

/// All faults of the rule base, and what overlaps without fault. Every set of facts on every day covered is looked at: days
/// between which no provision begins or ends are one case, and so are values no condition can tell apart.
pub fn survey(base: &RuleBase) -> Survey {
    let mut findings = Vec::new();
    let mut cases = Cases::default();
    for on in days_of_change(base) {
        match Law::on(base, on) {
            Ok(law) => cases.look(&law, &mut findings),
            Err(error) => findings.push(finding(&error, on)),
        }
    }
    cases.report(base, &mut findings);
    dates::check(base, &mut findings);
    let tested = covered(base);
    for rule in base.rules().iter().filter(|rule| !tested.contains(&rule.id)) {
        findings.push(of_rule(FindingKind::Untested, rule, "applies in no scenario; add one that shows when it does"));
    }
    findings.dedup();
    Survey { findings, overlaps: cases.overlaps }
}

/// All faults of the rule base.
pub fn check(base: &RuleBase) -> Vec<Finding> {
    survey(base).findings
}

/// The first day covered and every later day on which a provision begins, has just ended, or is certain to have begun.
pub fn days_of_change(base: &RuleBase) -> BTreeSet<Date> {
    let ends = base.rules().iter().filter_map(|r| r.to).map(|to| to.saturating_add(1.day()));
    let starts = base.rules().iter().flat_map(|r| std::iter::once(r.from).chain(r.settled_from));
    let mut days: BTreeSet<Date> = starts.chain(ends).filter(|day| *day > base.covers_from()).collect();
    days.insert(base.covers_from());
    days
}

fn of_rule(kind: FindingKind, rule: &crate::Rule, what: &str) -> Finding {
    Finding { kind, rules: vec![rule.id.clone()], on: rule.from, what: format!("`{}` {what}", rule.id) }
}

fn finding(error: &LawError, on: Date) -> Finding {
    let (kind, rules) = match error {
        LawError::Conflict { first, second, .. } => (FindingKind::Conflict, vec![first.clone(), second.clone()]),
        _ => (FindingKind::Gap, Vec::new()),
    };
    Finding { kind, rules, on, what: error.to_string() }
}
