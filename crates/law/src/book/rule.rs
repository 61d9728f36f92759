//! One provision, one file: what it says, when it binds, how well it is attested, what follows from it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::logic::condition::Condition;
use crate::book::scenario::Scenario;
use crate::{Path, Status, Text, source};

/// A law, order or guide that provisions belong to; defined once in `instruments.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// How it is cited, for example `CAC Order 16`.
    pub short: String,
    /// Its full title.
    pub title: Text,
}

/// When a provision was last compared, and against what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// The day.
    #[serde(deserialize_with = "source::deserialize_date")]
    pub on: Date,
    /// The copy it was compared with.
    pub against: String,
}

/// What follows when a provision's condition holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// These paths are open, as a free choice; `exempt` is one of them.
    Paths(Vec<Path>),
    /// Nothing may leave; the text says why and whom to ask.
    Stop(Text),
    /// One more free choice where one of the rules `to` decides.
    Adds {
        /// The path that joins.
        path: Path,
        /// The rules it joins.
        to: Vec<String>,
    },
    /// The law asks for a person's judgement.
    Judgement {
        /// What the person has to decide.
        asks: Text,
        /// The paths the judgement may lead to; empty where the facts' own readings say it.
        possible: Vec<Path>,
    },
    /// Duties beside the path.
    Obligations(Vec<ObligationDefinition>),
    /// Repeats duties that other provisions lay down, by id.
    Affirms(Vec<String>),
    /// Another regime to look at; never changes the path.
    AlsoCheck(Vec<RegimeDefinition>),
}

/// A duty as the rule base defines it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObligationDefinition {
    /// Stable id, for example `notice`.
    pub id: String,
    /// The provision, for example `PIPL 39`.
    pub cite: String,
    /// What to do.
    pub text: Text,
    /// Only where one of these paths is the answer; empty: whatever the path.
    #[serde(default)]
    pub for_paths: Vec<Path>,
}

/// Another regime as the rule base defines it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeDefinition {
    /// Its name in English, the stable key.
    pub regime: String,
    /// Why to look at it.
    pub why: Text,
}

/// A way of reading the provision that is less certain than its text; it weakens an answer that needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The reading.
    pub text: Text,
    /// How well the reading is attested.
    pub status: Status,
    /// When an answer rests on it.
    pub when: Condition,
}

/// One provision of the rule base.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The file's path with dots, for example `cn.o16.8`.
    pub id: String,
    /// Id of the instrument.
    pub instrument: String,
    /// How the instrument is cited.
    pub instrument_short: String,
    /// Article, paragraph, item.
    pub article: String,
    /// Short title.
    pub title: Text,
    /// The provision in our own words.
    pub provision: Text,
    /// First day in force.
    pub from: Date,
    /// Last day in force, if it has ended.
    pub to: Option<Date>,
    /// How well its text is attested.
    pub status: Status,
    /// Where the text stands.
    pub source: Vec<String>,
    /// When and against what it was last compared.
    pub last_checked: Checked,
    /// The lawyer who signed it; empty until one did.
    pub reviewed_by: String,
    /// Rules that give way to this one.
    pub exception_to: Vec<String>,
    /// When it applies.
    pub when: Condition,
    /// What follows.
    pub effect: Effect,
    /// Whether persons who leave by this exemption add to the year's numbers (docs/INTERFACE.md, Persons).
    pub persons_counted: bool,
    /// Less certain readings the rule uses.
    pub readings: Vec<Reading>,
    /// Worked cases that test it.
    pub scenarios: Vec<Scenario>,
}

impl Rule {
    /// Whether the provision binds on the day.
    pub fn in_force(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }

    /// The effect in a few English words.
    pub fn effect_words(&self) -> String {
        let list = |paths: &[Path]| paths.iter().map(|p| p.name()).collect::<Vec<_>>().join(" or ");
        match &self.effect {
            Effect::Paths(paths) => list(paths),
            Effect::Stop(_) => "stop".to_owned(),
            Effect::Adds { path, .. } => format!("also {path}"),
            Effect::Judgement { .. } => "human judgement".to_owned(),
            Effect::Obligations(duties) => {
                format!("duties: {}", duties.iter().map(|d| d.id.as_str()).collect::<Vec<_>>().join(", "))
            }
            Effect::Affirms(ids) => format!("duties remain: {}", ids.join(", ")),
            Effect::AlsoCheck(regimes) => {
                format!("also check: {}", regimes.iter().map(|r| r.regime.as_str()).collect::<Vec<_>>().join(", "))
            }
        }
    }
}
