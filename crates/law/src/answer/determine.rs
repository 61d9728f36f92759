//! From facts and a day to the written answer.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::answer::determination::{AlsoCheck, Determination, Fine, FiredRule, NotFired, Obligation};
use crate::answer::headroom::{headroom, other_reading};
use crate::answer::questions::questions;
use crate::answer::words;
use crate::book::definition::{FactDefinition, FactIndex};
use crate::book::rule::{Effect, FineDefinition};
use crate::logic::condition::Truth;
use crate::logic::diagram::{Possible, Signature};
use crate::logic::inforce::Law;
use crate::logic::known::Known;
use crate::logic::possible::explore_codes;
use crate::logic::regions::Code;
use crate::logic::truths::Truths;
use crate::{Facts, LawError, Outcome, Path, Question, RuleBase, Status, Text};

/// Which path the transfer needs by the law of that day, with everything the answer rests on.
///
/// Unknown facts are split into all their cases, so the answer is never lighter than any of them (I1). Errors: a day before
/// the rule base, facts that contradict each other, rules that conflict (I3) or leave a gap.
pub fn determine(base: &RuleBase, facts: &Facts, on: Date) -> Result<Determination, LawError> {
    Law::on(base, on)?.determine(facts)
}

/// One set of facts before the law of one day, as the steps of an answer read it.
struct Case<'l, 'a> {
    law: &'l Law<'a>,
    known: Known,
    codes: Vec<Code>,
    possible: Possible,
    outcome: Outcome,
}

impl Law<'_> {
    /// Which path the transfer needs by this day's law, with everything the answer rests on; errors as of [`determine`].
    pub fn determine(&self, facts: &Facts) -> Result<Determination, LawError> {
        for (id, value) in facts.iter() {
            self.base.fact(id).ok_or_else(|| LawError::fact(id, "is not a known fact"))?.accepts(value)?;
        }
        facts.check_against(self.base.vocabulary())?;
        let known = Known::new(self.names(), facts);
        let codes = self.codes(&known);
        let mut possible = explore_codes(self, codes.clone(), &known.floors)?;
        let questions = questions(self, &mut possible);
        let outcome = outcome_of(possible.settled());
        let case = Case { law: self, known, codes, possible, outcome };
        case.answer(facts, questions)
    }
}

impl Case<'_, '_> {
    fn answer(&self, facts: &Facts, questions: Vec<Question>) -> Result<Determination, LawError> {
        let paths: Vec<Path> = self.possible.paths.iter().copied().collect();
        let settled: &[Path] = if self.outcome == Outcome::Determined { &paths } else { &[] };
        let mut notes = self.notes();
        let mut room = Vec::new();
        if let Some(now @ Signature::Paths(_)) = self.possible.settled() {
            notes.extend(other_reading(self.law, &self.known, now)?);
            room = headroom(self.law, &self.known, now)?;
        }
        Ok(Determination {
            outcome: self.outcome,
            on: self.law.on,
            certainty: self.possible.certainty.unwrap_or(Status::Unconfirmed),
            by_field: Vec::new(),
            rules: self.fired(),
            not_fired: self.not_fired(),
            obligations: self.obligations(settled),
            also_check: self.also_check(),
            fines: self.fines(settled),
            questions,
            headroom: room,
            facts: facts.clone(),
            at_least: facts.floors().map(|(id, least)| (id.to_owned(), least)).collect(),
            notes,
            paths,
            rule_base: self.law.base.id(),
        })
    }

    /// The readings the answer rests on, and the figures it had to add up or to raise.
    fn notes(&self) -> Vec<Text> {
        let reading = |(rule, reading): &(usize, usize)| self.law.rules[*rule].readings[*reading].text.clone();
        let readings: BTreeSet<Text> = self.possible.readings.iter().map(reading).collect();
        let mut notes: Vec<Text> = readings.into_iter().collect();
        let added = self.known.added.iter().filter(|fact| self.rests_on(**fact));
        notes.extend(added.filter_map(|fact| self.law.names()[fact.0].sum.as_ref().map(|sum| sum.note.clone())));
        let raised = self.known.raised.iter().filter(|fact| self.rests_on(**fact));
        notes.extend(raised.map(|fact| raised_note(&self.law.names()[fact.0])));
        notes
    }

    /// Whether a rule is part of the answer: it holds, or it decides in one of the cases that all come out the same.
    fn applies(&self, n: usize) -> bool {
        let settled = matches!(self.outcome, Outcome::Determined | Outcome::Refused | Outcome::HumanJudgement);
        self.law.truth(n, &self.codes) == Truth::True || (settled && self.possible.deciding.contains(&n))
    }

    fn fired(&self) -> Vec<FiredRule> {
        let mut found = Vec::new();
        let truths = Truths::new(self.law, &self.codes);
        for (n, rule) in self.law.rules.iter().enumerate() {
            if !self.applies(n) {
                continue;
            }
            let read = rule.when.facts().into_iter().filter(|f| self.known.values[f.0].is_some());
            found.push(FiredRule {
                id: rule.id.clone(),
                cite: self.law.base.cited_rule(rule),
                instrument: rule.instrument_short.clone(),
                article: rule.article.clone(),
                effect: rule.effect_words(),
                effect_text: words::effect(&rule.effect),
                decides: rule.effect.decides(),
                status: self.law.status(n, &self.codes),
                facts: read.map(|f| self.law.names()[f.0].id.clone()).collect(),
                title: rule.title.clone(),
                provision: rule.provision.clone(),
                in_force_from: rule.from,
                source: rule.source.clone(),
                last_checked: Some(rule.last_checked.on),
                reviewed_by: rule.reviewed_by.clone(),
                gives_way_to: truths.gives_way_to(n).map(|other| self.law.rules[other].id.clone()),
            });
        }
        found
    }

    fn not_fired(&self) -> Vec<NotFired> {
        let mut found = Vec::new();
        for (n, rule) in self.law.rules.iter().enumerate() {
            if self.applies(n) {
                continue;
            }
            let failed = rule.when.failure(self.known.values.as_slice(), self.law.names()).unwrap_or_else(|| {
                let mut open = BTreeSet::new();
                self.law.when(n).open(&self.codes, &mut open);
                let ids = open.iter().map(|f| format!("`{}`", self.law.names()[f.0].id)).collect::<Vec<_>>().join(", ");
                format!("not yet known: {ids}")
            });
            let values = self.known.values.as_slice();
            let because = words::failure(&rule.when, values, self.law.names())
                .unwrap_or_else(|| words::open(&rule.when, values, self.law.names()));
            found.push(NotFired {
                id: rule.id.clone(),
                failed,
                because,
                cite: self.law.base.cited_rule(rule),
                instrument: rule.instrument_short.clone(),
                article: rule.article.clone(),
                title: rule.title.clone(),
                decides: rule.effect.decides(),
                paths: rule.effect.paths(),
            });
        }
        found
    }

    /// Duties that hold or, while facts are missing, may hold, and those tied to the settled path; each id once.
    fn obligations(&self, paths: &[Path]) -> Vec<Obligation> {
        let mut found: Vec<Obligation> = Vec::new();
        for (n, rule) in self.law.rules.iter().enumerate() {
            let Effect::Obligations(duties) = &rule.effect else {
                continue;
            };
            if self.law.truth(n, &self.codes) == Truth::False {
                continue;
            }
            for duty in duties {
                let due = duty.for_paths.is_empty() || duty.for_paths.iter().any(|p| paths.contains(p));
                if due && !found.iter().any(|o| o.id == duty.id) {
                    found.push(Obligation { id: duty.id.clone(), cite: duty.cite.clone(), text: duty.text.clone() });
                }
            }
        }
        found
    }

    /// Whether a rule that decides in some case reads the fact.
    fn rests_on(&self, fact: FactIndex) -> bool {
        self.possible.deciding.iter().any(|n| self.law.rules[*n].when.facts().contains(&fact))
    }

    /// The fines of the provisions that hold: what a breach of the duties and of the path would cost.
    fn fines(&self, paths: &[Path]) -> Vec<Fine> {
        let mut found = Vec::new();
        for (n, rule) in self.law.rules.iter().enumerate() {
            let Effect::Fines(fines) = &rule.effect else {
                continue;
            };
            if self.law.truth(n, &self.codes) != Truth::True {
                continue;
            }
            let due = |fine: &&FineDefinition| {
                fine.for_paths.is_empty() || fine.for_paths.iter().any(|path| paths.contains(path))
            };
            found.extend(fines.iter().filter(due).map(|fine| Fine {
                id: fine.id.clone(),
                cite: fine.cite.clone(),
                gravity: fine.gravity,
                organisation: fine.organisation,
                turnover_percent: fine.turnover_percent,
                persons: fine.persons,
                text: fine.text.clone(),
                status: self.law.status(n, &self.codes),
            }));
        }
        found
    }

    fn also_check(&self) -> Vec<AlsoCheck> {
        let mut found = Vec::new();
        for (n, rule) in self.law.rules.iter().enumerate() {
            let Effect::AlsoCheck(regimes) = &rule.effect else {
                continue;
            };
            if self.law.truth(n, &self.codes) == Truth::True {
                found.extend(regimes.iter().map(|r| AlsoCheck {
                    regime: r.regime.clone(),
                    why: r.why.en.clone(),
                    text: r.why.clone(),
                }));
            }
        }
        found
    }
}

fn raised_note(definition: &FactDefinition) -> Text {
    let parts = definition.never_below.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    Text::new(
        format!("`{}` 填报的人数少于其所含的 {parts}，按较大者计。", definition.id),
        format!("`{}` was stated lower than {parts}, which it includes; the greater figure is used.", definition.id),
    )
}

fn outcome_of(signature: Option<&Signature>) -> Outcome {
    match signature {
        None => Outcome::NotYetKnown,
        Some(Signature::Refused) => Outcome::Refused,
        Some(Signature::Judgement(_)) => Outcome::HumanJudgement,
        Some(Signature::Paths(_)) => Outcome::Determined,
    }
}
