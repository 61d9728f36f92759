//! Faults that show in the cases of a day: gaps, conflicts, dead and redundant provisions, paths nobody reaches.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::checks::lightness::lighter;
use crate::checks::{Finding, FindingKind, finding, of_rule};
use crate::logic::condition::Truth;
use crate::logic::diagram::Possible;
use crate::logic::inforce::Law;
use crate::logic::possible::explore_pairs;
use crate::logic::regions::{Code, UNKNOWN};
use crate::{LawError, Path, RuleBase};

/// What the cases of all days have shown.
#[derive(Default)]
pub(super) struct Cases {
    applies: BTreeSet<String>,
    decides: BTreeSet<String>,
    alone: BTreeSet<String>,
    reached: BTreeSet<Path>,
    /// Pairs that decide side by side, each with the first day.
    pub(super) overlaps: BTreeMap<(String, String), Date>,
    opened: BTreeMap<Path, (String, Date)>,
    /// The rules bearing on a path of the day looked at last.
    looked: Option<Vec<String>>,
    /// Whether a conflict or a gap cut the split short: rules behind it must not be called dead.
    stopped: bool,
}

impl Cases {
    /// Looks at every case of one day's law.
    pub(super) fn look(&mut self, law: &Law<'_>, findings: &mut Vec<Finding>) {
        for (n, rule) in law.rules.iter().enumerate() {
            let facts: Vec<FactIndex> = rule.when.facts().into_iter().collect();
            if satisfiable(law, n, &facts, &mut vec![UNKNOWN; law.numberings.len()]) {
                self.applies.insert(rule.id.clone());
            }
            for path in opens(&rule.effect) {
                self.opened.entry(path).or_insert_with(|| (rule.id.clone(), law.on));
            }
        }
        // Days between which no rule that bears on a path changes are one case.
        let bearing = law.kinds.bearing();
        if self.looked.as_ref() == Some(&ids(law, &bearing)) {
            return;
        }
        self.looked = Some(ids(law, &bearing));
        for (n, possible) in explored(law).enumerate() {
            let mut possible = match possible {
                Ok(possible) => possible,
                Err(error) => {
                    self.stopped = true;
                    findings.push(finding(&error, law.on));
                    continue;
                }
            };
            self.decides.extend(ids(law, &possible.deciding));
            self.alone.extend(ids(law, &possible.alone));
            self.reached.extend(&possible.paths);
            let id = |n: usize| law.rules[n].id.clone();
            for (first, second) in &possible.together {
                self.overlaps.entry((id(*first), id(*second))).or_insert(law.on);
            }
            // Where a person still has to judge, outcomes cannot be compared.
            if n == 0 {
                findings.extend(lighter(law, &mut possible));
            }
        }
    }

    /// What only all days together show.
    pub(super) fn report(&self, base: &RuleBase, findings: &mut Vec<Finding>) {
        for rule in base.rules() {
            // Prohibitions never contradict each other, so one that another always forestalls is still alive.
            let decides = matches!(rule.effect, Effect::Paths(_) | Effect::Adds { .. } | Effect::Judgement { .. });
            let never_decides = decides && !self.stopped && !self.decides.contains(&rule.id);
            if !self.applies.contains(&rule.id) || never_decides {
                let what = "never decides anything on a day the rule base covers; drop or mend it";
                findings.push(of_rule(FindingKind::Dead, rule, what));
            } else if matches!(rule.effect, Effect::Paths(_)) && !self.stopped && !self.alone.contains(&rule.id) {
                let what = "decides only where another provision says the same; drop it or say what it adds";
                findings.push(of_rule(FindingKind::Redundant, rule, what));
            }
        }
        for (path, (rule, on)) in self.opened.iter().filter(|(path, _)| !self.stopped && !self.reached.contains(path)) {
            let what = format!("no facts on any day lead to `{path}`, which `{rule}` opens; mend its condition");
            findings.push(Finding { kind: FindingKind::UnreachablePath, rules: vec![rule.clone()], on: *on, what });
        }
    }
}

fn ids(law: &Law<'_>, places: &BTreeSet<usize>) -> Vec<String> {
    places.iter().map(|n| law.rules[*n].id.clone()).collect()
}

fn opens(effect: &Effect) -> Vec<Path> {
    match effect {
        Effect::Paths(paths) => paths.clone(),
        Effect::Adds { path, .. } => vec![*path],
        Effect::Stop(_) => vec![Path::Stop],
        Effect::Judgement { possible, .. } => possible.clone(),
        Effect::Obligations(_) | Effect::Affirms(_) | Effect::AlsoCheck(_) | Effect::Fines(_) | Effect::Refers(_) => {
            Vec::new()
        }
    }
}

/// Every case of the law: with nothing known, and with nothing known but that one matter waits for a person's judgement.
fn explored(law: &Law<'_>) -> impl Iterator<Item = Result<Possible, LawError>> {
    let nothing = vec![UNKNOWN; law.numberings.len()];
    let mut points: Vec<Vec<Code>> = vec![nothing.clone()];
    for (n, judgement) in &law.judgement_codes {
        let mut point = nothing.clone();
        point[*n] = *judgement;
        points.push(point);
    }
    points.into_iter().map(|codes| explore_pairs(law, codes))
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
