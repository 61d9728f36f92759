//! The bare answer, as often as somebody wants it: outcome, paths and certainty, without the words.
//!
//! Where everything that matters is known, nothing is split: one judgement is the answer. Whatever else may come up (something
//! open, a fact that stands for a judgement, a conflict) goes the long way through [`explore_codes`], which
//! [`crate::determine`] always goes and which judges its cases by the very same steps.

use std::collections::BTreeSet;

use crate::book::rule::{Effect, Rule};
use crate::book::terms::Paths;
use crate::logic::condition::{Test, Truth};
use crate::logic::diagram::Signature;
use crate::logic::evaluate::{Judged, Verdict};
use crate::logic::inforce::{Follower, Law};
use crate::logic::possible::explore_codes;
use crate::logic::regions::Code;
use crate::logic::truths::Truths;
use crate::{FactIndex, Facts, LawError, Outcome, Path, Status, Value};

/// A [`crate::Determination`] without its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// How it came out.
    pub outcome: Outcome,
    /// Determined: the free choice of paths. Refused: `stop`. Otherwise: every path still possible.
    pub paths: Paths,
    /// The weakest status the answer rests on.
    pub certainty: Status,
}

/// Facts as one law reads them: which region of its conditions each value lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    codes: Vec<Code>,
    floors: Vec<u64>,
}

/// One provision before one set of facts.
#[derive(Debug, Clone, Copy)]
pub struct Traced<'l> {
    /// The provision.
    pub rule: &'l Rule,
    /// Whether its condition holds.
    pub truth: Truth,
    /// The provision that prevails over it here, if one does.
    pub gives_way_to: Option<&'l Rule>,
    /// The first test that fails, where the condition does not hold.
    pub failed: Option<(FactIndex, &'l Test)>,
}

impl Law<'_> {
    /// Reads facts as this law sees them. Errors: a fact the vocabulary does not have, a value of the wrong kind, facts that
    /// contradict each other.
    pub fn encode(&self, facts: &Facts) -> Result<Encoded, LawError> {
        let mut codes = self.blank.clone();
        let follows = self.follows || facts.floors().next().is_some();
        let mut counts = if follows { self.counts.clone() } else { Vec::new() };
        let mut places = self.by_id.iter();
        // Facts come in the order of their ids, and so do the places: one pass finds them all.
        for (id, value) in facts.iter() {
            let place = places.find(|n| self.names()[**n].id.as_str() >= id);
            let place = place.filter(|n| self.names()[**n].id == id);
            let place = *place.ok_or_else(|| LawError::fact(id, "is not a known fact"))?;
            self.names()[place].accepts(value)?;
            codes[place] = self.numberings[place].code(value);
            if let (true, Value::Count(count)) = (follows, value) {
                counts[place] = Some(*count);
            }
        }
        let floors = if follows { self.follow(facts, &mut counts, &mut codes) } else { Vec::new() };
        if self.contradicts(&codes) {
            facts.check_against(self.base.vocabulary())?;
        }
        Ok(Encoded { codes, floors })
    }

    /// The answer for facts read by this very law; errors as of [`crate::determine`].
    pub fn decide(&self, facts: &Encoded) -> Result<Decision, LawError> {
        match self.decide_settled(&facts.codes) {
            Some(decision) => Ok(decision),
            None => self.decide_open(facts),
        }
    }

    /// Every provision in force, with what it says of these facts and why.
    pub fn trace(&self, facts: &Encoded) -> Vec<Traced<'_>> {
        let codes = &facts.codes;
        let truths = Truths::new(self, codes);
        let one = |n: usize| {
            let rule: &Rule = &self.rules[n];
            let truth = truths.of(n);
            let prevailing = || truths.gives_way_to(n).map(|other| &*self.rules[other]);
            Traced {
                rule,
                truth,
                gives_way_to: if truth == Truth::False { None } else { prevailing() },
                failed: (truth == Truth::False).then(|| self.when(n).failed(&rule.when, codes)).flatten(),
            }
        };
        (0..self.rules.len()).map(one).collect()
    }

    /// Counts that follow from others, as [`Known::new`] has them; gives the least that each count can be.
    ///
    /// [`Known::new`]: crate::logic::known::Known::new
    fn follow(&self, facts: &Facts, counts: &mut [Option<u64>], codes: &mut [Code]) -> Vec<u64> {
        let mut floors = vec![0; codes.len()];
        for (id, least) in facts.floors() {
            if let Some(place) = self.names().iter().position(|name| name.id == id) {
                floors[place] = least;
            }
        }
        for Follower { fact, never_below, sum } in &self.followers {
            let floor = |n: &usize| counts[*n].unwrap_or(floors[*n]);
            let part = never_below.iter().map(floor).max().unwrap_or(0);
            let sum = sum.as_ref().and_then(|parts| parts.iter().map(|n| counts[*n]).sum::<Option<u64>>());
            let count = match (counts[*fact], sum) {
                (Some(stated), _) => Some(stated.max(part)),
                (None, sum) => sum,
            };
            if let Some(count) = count.filter(|_| counts[*fact] != count) {
                counts[*fact] = Some(count);
                codes[*fact] = self.numberings[*fact].code(&Value::Count(count));
            }
            floors[*fact] = floors[*fact].max(part);
        }
        floors
    }

    fn decide_open(&self, facts: &Encoded) -> Result<Decision, LawError> {
        let possible = explore_codes(self, facts.codes.clone(), &facts.floors)?;
        let outcome = match possible.settled() {
            None => Outcome::NotYetKnown,
            Some(Signature::Refused) => Outcome::Refused,
            Some(Signature::Judgement(_)) => Outcome::HumanJudgement,
            Some(Signature::Paths(_)) => Outcome::Determined,
        };
        let paths = possible.paths.iter().copied().collect();
        Ok(Decision { outcome, paths, certainty: possible.certainty.unwrap_or(Status::Unconfirmed) })
    }

    /// The answer where nothing that matters is open; `None` wherever the long way has to be gone.
    fn decide_settled(&self, codes: &[Code]) -> Option<Decision> {
        if self.judgement_codes.iter().any(|(n, judgement)| codes[*n] == *judgement) {
            return None;
        }
        let truths = Truths::new(self, codes);
        let mut open = BTreeSet::new();
        let Judged { verdict, deciding, weighed, .. } = truths.judge(&mut open).ok()??;
        let of_text = weighed.iter().map(|n| self.rules[*n].status);
        let certainty =
            deciding.iter().map(|n| self.status(*n, codes)).chain(of_text).fold(Status::Confirmed, Ord::max);
        let Verdict::Paths(mut paths) = verdict else {
            return Some(Decision { outcome: Outcome::Refused, paths: Path::Stop.into(), certainty });
        };
        let mut decision = Decision { outcome: Outcome::Determined, paths, certainty };
        for n in truths.judgements(&mut open)? {
            if let Effect::Judgement { possible, .. } = &self.rules[n].effect {
                paths.extend(possible.iter().copied());
            }
            let certainty = decision.certainty.max(self.status(n, codes));
            decision = Decision { outcome: Outcome::HumanJudgement, paths, certainty };
        }
        Some(decision)
    }
}
