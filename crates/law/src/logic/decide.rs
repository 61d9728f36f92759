//! The bare answer, as often as somebody wants it: outcome, paths and certainty, without the words.
//!
//! Where everything that matters is known, nothing is split and nothing is allocated. Whatever else may come up (something open,
//! a judgement, a conflict) goes the long way through [`explore_codes`], which [`crate::determine`] always goes.

use crate::book::rule::{Effect, Rule};
use crate::book::terms::Paths;
use crate::logic::condition::{Test, Truth};
use crate::logic::diagram::Signature;
use crate::logic::inforce::Law;
use crate::logic::known::Known;
use crate::logic::possible::explore_codes;
use crate::logic::regions::Code;
use crate::{FactIndex, Facts, LawError, Outcome, Path, Status};

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

/// How many rules may decide side by side before the long way is taken; in the law there are seldom more than two.
const SIDE_BY_SIDE: usize = 16;

impl Law<'_> {
    /// Reads facts as this law sees them. Errors: a fact the vocabulary does not have, a value of the wrong kind, facts that
    /// contradict each other.
    pub fn encode(&self, facts: &Facts) -> Result<Encoded, LawError> {
        let mut codes = self.blank.clone();
        let mut places = self.by_id.iter();
        // Facts come in the order of their ids, and so do the places: one pass finds them all.
        for (id, value) in facts.iter() {
            let place = places.find(|n| self.names()[**n].id.as_str() >= id);
            let place = place.filter(|n| self.names()[**n].id == id);
            let place = *place.ok_or_else(|| LawError::fact(id, "is not a known fact"))?;
            self.names()[place].accepts(value)?;
            codes[place] = self.numberings[place].code(value);
        }
        let mut floors = Vec::new();
        if self.follows || facts.floors().next().is_some() {
            let known = Known::new(self.names(), facts);
            codes = self.codes(&known);
            floors = known.floors;
        }
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
        let one = |n: usize| {
            let rule: &Rule = &self.rules[n];
            let truth = self.truth(n, codes);
            let prevailing = || self.gives_way_to(n, codes).map(|other| &*self.rules[other]);
            Traced {
                rule,
                truth,
                gives_way_to: if truth == Truth::False { None } else { prevailing() },
                failed: self.when(n).failed(&rule.when, codes),
            }
        };
        (0..self.rules.len()).map(one).collect()
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
        let mut certainty = Status::Confirmed;
        let mut stopped = false;
        for n in &self.kinds.stops {
            match self.truth(*n, codes) {
                Truth::True => {
                    stopped = true;
                    certainty = certainty.max(self.status(*n, codes));
                }
                Truth::Unknown if !stopped => return self.stopped_anyhow(codes),
                Truth::Unknown | Truth::False => {}
            }
        }
        if stopped {
            return Some(Decision { outcome: Outcome::Refused, paths: Path::Stop.into(), certainty });
        }
        let mut outcome = Outcome::Determined;
        let mut paths = Paths::default();
        for n in &self.kinds.judgements {
            match self.truth(*n, codes) {
                Truth::True => {
                    outcome = Outcome::HumanJudgement;
                    certainty = certainty.max(self.status(*n, codes));
                    if let Effect::Judgement { possible, .. } = &self.rules[*n].effect {
                        paths.extend(possible.iter().copied());
                    }
                }
                Truth::Unknown => return None,
                Truth::False => {}
            }
        }
        let (standing, agreed, weighed) = self.standing(codes)?;
        paths.extend(agreed.iter());
        certainty = certainty.max(weighed);
        for n in standing.iter().copied() {
            certainty = certainty.max(self.status(n, codes));
        }
        for n in &self.kinds.additions {
            let Effect::Adds { path, to } = &self.rules[*n].effect else {
                continue;
            };
            let truth = self.truth(*n, codes);
            if truth == Truth::False || !standing.iter().any(|n| to.contains(&self.rules[*n].id)) {
                continue;
            }
            if truth == Truth::Unknown {
                return None;
            }
            paths.insert(*path);
            certainty = certainty.max(self.status(*n, codes));
        }
        Some(Decision { outcome, paths, certainty })
    }

    /// A prohibition that holds settles the matter though another is open.
    fn stopped_anyhow(&self, codes: &[Code]) -> Option<Decision> {
        let mut holding = self.kinds.stops.iter().filter(|n| self.truth(**n, codes) == Truth::True).peekable();
        holding.peek()?;
        let certainty = holding.map(|n| self.status(*n, codes)).fold(Status::Confirmed, Ord::max);
        Some(Decision { outcome: Outcome::Refused, paths: Path::Stop.into(), certainty })
    }

    /// The path rules that hold and do not give way, the paths they agree on, and the weakest text of those set aside.
    fn standing(&self, codes: &[Code]) -> Option<(Few, Paths, Status)> {
        let mut found = Few::default();
        let mut agreed: Option<Paths> = None;
        let mut weighed = Status::Confirmed;
        for n in self.kinds.paths.iter().copied() {
            let truth = self.truth(n, codes);
            if truth == Truth::False {
                continue;
            }
            let gives_way = self.gives_way_to(n, codes).is_some();
            match (truth, gives_way) {
                (Truth::True, true) => weighed = weighed.max(self.rules[n].status),
                (Truth::True, false) => {
                    let Effect::Paths(paths) = &self.rules[n].effect else {
                        return None;
                    };
                    let paths: Paths = paths.iter().copied().collect();
                    let contested = self.may_give_way(n, codes).next().is_some();
                    if contested || agreed.is_some_and(|said| said != paths) || !found.push(n) {
                        return None;
                    }
                    agreed = Some(paths);
                }
                (Truth::Unknown, false) => return None,
                (Truth::Unknown, true) | (Truth::False, _) => {}
            }
        }
        Some((found, agreed?, weighed))
    }
}

/// A handful of rules, by place.
#[derive(Default)]
struct Few {
    rules: [usize; SIDE_BY_SIDE],
    count: usize,
}

impl Few {
    fn push(&mut self, rule: usize) -> bool {
        let room = self.rules.get_mut(self.count);
        self.count += usize::from(room.is_some());
        room.map(|place| *place = rule).is_some()
    }

    fn iter(&self) -> impl Iterator<Item = &usize> {
        self.rules[..self.count].iter()
    }
}
