//! Stored questions asked again under two states of the law: which come out otherwise.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::logic::decide::Decision;
use crate::logic::inforce::Law;
use crate::{Facts, LawError, Outcome, Path, RuleBase};

/// A stored question: what `assess` writes, or facts by id with a day.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredFacts {
    /// The facts that were known, by id.
    pub facts: Facts,
    /// The least that unknown counts were known to be.
    #[serde(default)]
    pub at_least: BTreeMap<String, u64>,
    /// The day asked about.
    pub on: Option<Date>,
}

impl StoredFacts {
    /// Reads one line of JSON. Error: what is wrong, in one line.
    pub fn parse(line: &str) -> Result<StoredFacts, String> {
        serde_json::from_str(line).map_err(|error| error.to_string().replace('\n', " "))
    }
}

/// One state of the law: a rule base, and the day whose law is asked where it is not each question's own.
pub struct Side<'a> {
    base: &'a RuleBase,
    on: Option<Date>,
    laws: HashMap<Date, Law<'a>>,
}

/// How one question came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The outcome.
    pub outcome: Outcome,
    /// The paths.
    pub paths: Vec<Path>,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// Neither the question nor the comparison names a day.
    #[error("has no day: give it an `on`")]
    NoDay,
    /// The law of that day cannot answer it.
    #[error(transparent)]
    Law(#[from] LawError),
}

impl<'a> Side<'a> {
    /// The law of a rule base: on one day, or on each question's own.
    pub fn new(base: &'a RuleBase, on: Option<Date>) -> Self {
        Side { base, on, laws: HashMap::new() }
    }

    /// The answer to a stored question. The law of a day is made ready once.
    pub fn tell(&mut self, stored: &StoredFacts) -> Result<Told, ReplayError> {
        self.decide(stored).map(Told::from)
    }

    fn decide(&mut self, stored: &StoredFacts) -> Result<Decision, ReplayError> {
        let day = self.on.or(stored.on).ok_or(ReplayError::NoDay)?;
        let law = match self.laws.entry(day) {
            Entry::Occupied(ready) => ready.into_mut(),
            Entry::Vacant(place) => place.insert(Law::on(self.base, day)?),
        };
        if stored.at_least.is_empty() {
            return Ok(law.decide(&law.encode(&stored.facts)?)?);
        }
        let mut facts = stored.facts.clone();
        for (id, least) in &stored.at_least {
            facts.set_at_least(self.base, id, *least)?;
        }
        Ok(law.decide(&law.encode(&facts)?)?)
    }
}

impl From<Decision> for Told {
    fn from(decision: Decision) -> Self {
        Told { outcome: decision.outcome, paths: decision.paths.iter().collect() }
    }
}

/// How often outcomes and paths change, and into what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallied {
    /// Questions asked.
    pub asked: u64,
    /// Those that come out otherwise.
    pub changed: u64,
    /// By what they were and what they are: `exempt -> security-assessment`.
    pub by_change: BTreeMap<String, u64>,
}

/// Asks one question of both sides and counts it; the two answers where they differ.
pub fn replay(
    before: &mut Side<'_>,
    after: &mut Side<'_>,
    stored: &StoredFacts,
    tallied: &mut Tallied,
) -> Result<Option<(Told, Told)>, ReplayError> {
    let (one, other) = (before.decide(stored)?, after.decide(stored)?);
    tallied.asked += 1;
    if (one.outcome, one.paths) == (other.outcome, other.paths) {
        return Ok(None);
    }
    let (one, other) = (Told::from(one), Told::from(other));
    tallied.changed += 1;
    *tallied.by_change.entry(format!("{one} -> {other}")).or_default() += 1;
    Ok(Some((one, other)))
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let paths = self.paths.iter().map(|path| path.name()).collect::<Vec<_>>().join(", ");
        match self.outcome {
            Outcome::Determined => f.write_str(&paths),
            Outcome::Refused => f.write_str("refused"),
            Outcome::NotYetKnown => write!(f, "not yet known ({paths})"),
            Outcome::HumanJudgement => write!(f, "human judgement ({paths})"),
        }
    }
}
