//! One provision, one file: what it says, when it binds, how well it is attested, what follows from it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::book::scenario::Scenario;
use crate::logic::condition::Condition;
use crate::{Path, Status, Text, source};

/// A law, order or guide that provisions belong to; defined once in `instruments.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// How it is cited, for example `CAC Order 16`.
    pub short: String,
    /// Its full title.
    pub title: Text,
}

/// When a provision was last compared, and against what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// The day.
    #[serde(deserialize_with = "source::deserialize_date")]
    pub on: Date,
    /// The copy it was compared with.
    pub against: String,
}

/// What follows when a provision's condition holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// What a breach costs; never changes the path.
    Fines(Vec<FineDefinition>),
    /// Leaves the matter to other rules and says so, as a list's residual row does; never changes the path.
    Refers(Text),
}

/// How grave a breach is, in the words of the laws: a fine band belongs to one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gravity {
    /// The first level; some laws ask for an order to mend it and its refusal first.
    Ordinary,
    /// Grave circumstances.
    Grave,
    /// Especially grave harm.
    VeryGrave,
}

/// A band in whole yuan (RMB), both ends included; without `from` it begins at nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Yuan {
    /// The least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// The most.
    pub to: u64,
}

/// A fine as the rule base defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FineDefinition {
    /// Stable id, for example `pipl-66-grave`.
    pub id: String,
    /// The provision, for example `PIPL 66`.
    pub cite: String,
    /// The breach it answers.
    pub gravity: Gravity,
    /// For what, and what comes beside the money.
    pub text: Text,
    /// For the organisation.
    #[serde(default)]
    pub organisation: Option<Yuan>,
    /// Or a share of last year's turnover, in percent at most.
    #[serde(default)]
    pub turnover_percent: Option<u8>,
    /// For the persons in charge and others directly responsible.
    #[serde(default)]
    pub persons: Option<Yuan>,
    /// Only where one of these paths is the answer; empty: whatever the path.
    #[serde(default)]
    pub for_paths: Vec<Path>,
}

/// A rule that gives way to another, everywhere or only under a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    /// The rule that gives way.
    pub rule: String,
    /// When it does; `None`: whenever the exception applies.
    pub when: Option<Condition>,
}

/// A duty as the rule base defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// From which day it is certain to be in force, where the first day itself is not attested: before it, no better than
    /// unconfirmed.
    pub settled_from: Option<Date>,
    /// The provisions that took its place.
    pub superseded_by: Vec<String>,
    /// Rules that give way to this one.
    pub exception_to: Vec<Exception>,
    /// Rules that prevail over this one, said here because they were there first.
    pub gives_way_to: Vec<String>,
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
            Effect::Fines(fines) => {
                format!("fines: {}", fines.iter().map(|f| f.id.as_str()).collect::<Vec<_>>().join(", "))
            }
            Effect::Refers(text) => text.en.clone(),
            Effect::AlsoCheck(regimes) => {
                format!("also check: {}", regimes.iter().map(|r| r.regime.as_str()).collect::<Vec<_>>().join(", "))
            }
        }
    }
}
