//! Statutory clocks: every period the law sets, as named data (`clocks.toml`), and how each is run.
//!
//! A [`Clock`] says how long, from what, whose duty, what stops it and what its end means; [`Conventions`] say how days are
//! counted; [`Events`] are what happened to one run of it. [`Clock::due`] and [`Clock::before`] give the day and every day on
//! the way; [`assessment_renewal`] joins several clocks into the plan for an assessment's end.

mod allow;
mod book;
mod conditions;
mod conventions;
mod error;
mod file;
mod file_terms;
mod left;
mod renewal;
mod run;
mod walk;
mod ways;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use book::{ClockBook, Prepare, RenewalTerms};
pub use conditions::{ConditionAnswer, ExtensionCondition, ExtensionFacts, Growth, Measure, RedeclareEvent};
pub use conventions::{Convention, ConventionChanges, Conventions, FirstDay, MakeUpDays, MonthEnd, RestDayEnd};
pub use error::ClockError;
pub(crate) use file::parse_clocks;
pub use left::{Left, Standing};
pub use renewal::{
    AssessmentEnd, AssessmentRenewal, CertificateRenewal, Changed, Stage, assessment_renewal, certificate_renewal,
};
pub use run::{Events, Pause, RestDay, Run, Start};
pub use ways::{Step, Way, WayKind, Window};

use crate::{Status, Text};

/// The unit of a statutory period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockUnit {
    /// Hours by the clock.
    Hours,
    /// Days, holidays counted.
    Days,
    /// Working days by the State Council's notices.
    Workdays,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

/// Which way a period runs from its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The period follows the event.
    After,
    /// The period leads up to the event.
    Before,
}

/// What the day arrived at is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The last day on which the act is in time.
    By,
    /// The first day on which the act is possible, or not too old.
    From,
    /// The last day on which a state lasts.
    Through,
    /// What follows needs more than this: it begins the day after.
    Beyond,
}

/// Whose duty a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The handler that exports.
    Handler,
    /// The recipient abroad.
    Recipient,
    /// Handler and recipient, each for itself.
    BothSides,
    /// The person the data is about.
    Individual,
    /// The provincial office of cyberspace affairs.
    Province,
    /// The office of the prefecture.
    Prefecture,
    /// The Cyberspace Administration of China.
    NationalOffice,
    /// A certification body.
    CertificationBody,
    /// The authority of a sector, in the province.
    SectorAuthority,
    /// The body that runs a free-trade zone's list.
    ZoneBody,
    /// Nobody acts: a state lasts so long.
    Nobody,
}

/// Where a provision says nothing, or what it says was not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unsaid {
    /// What the law says of it was not seen.
    Unknown,
    /// The provision, as it was seen, has none.
    None,
}

/// A length of time in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many.
    pub length: u32,
    /// Of what.
    pub unit: ClockUnit,
}

/// What stops a clock; on the wire `"unknown"`, `"none"` or the events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Pauses {
    /// None named.
    Not(Unsaid),
    /// The events that stop it.
    By(Vec<Text>),
}

/// Whether a period may be prolonged; on the wire `"unknown"`, `"none"` or how and how far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Extension {
    /// None named.
    Not(Unsaid),
    /// It may.
    By {
        /// By whom, on what ground.
        how: Text,
        /// The most it may be prolonged by; `None`: no cap is known.
        cap: Option<Period>,
    },
}

/// The days on which a clock may begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClockInForce {
    /// First day.
    pub from: Date,
    /// Last day, if its rule has ended.
    pub to: Option<Date>,
    /// The clock that took its place.
    pub superseded_by: Option<String>,
}

/// A way of reading a period that is less certain than its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockReading {
    /// The reading.
    pub text: Text,
    /// How well it is attested.
    pub status: Status,
}

/// One statutory period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Clock {
    /// Stable id, for example `sc-filing`.
    pub id: String,
    /// Short title.
    pub title: Text,
    /// How the instrument is cited.
    pub instrument: String,
    /// Article.
    pub article: String,
    /// How long.
    pub length: u32,
    /// In what.
    pub unit: ClockUnit,
    /// Which way.
    pub direction: Direction,
    /// The event it is counted from.
    pub from: Text,
    /// The one day it began for everybody, where the law itself sets it.
    pub starts: Option<Date>,
    /// What the day arrived at is.
    pub bound: Bound,
    /// Whose duty it is.
    pub party: Party,
    /// What stops it.
    pub pauses: Pauses,
    /// Whether it may be prolonged.
    pub extension: Extension,
    /// What happens when it is over.
    pub ends: Text,
    /// When it may begin.
    pub in_force: ClockInForce,
    /// Whether its first day counts, where that differs from the rest of the lawbook.
    pub first_day: Option<FirstDay>,
    /// A reading it rests on.
    pub reading: Option<ClockReading>,
    /// Where the text stands.
    pub source: Vec<String>,
    /// How well it is attested.
    pub status: Status,
}

impl Clock {
    /// Its length as a period.
    pub fn period(&self) -> Period {
        Period { length: self.length, unit: self.unit }
    }

    /// Whether the clock may begin on the day.
    pub fn in_force(&self, on: Date) -> bool {
        self.in_force.from <= on && self.in_force.to.is_none_or(|to| on <= to)
    }

    /// The weaker of the statuses of its text and of the reading it rests on.
    pub fn certainty(&self) -> Status {
        self.reading.as_ref().map_or(self.status, |reading| self.status.max(reading.status))
    }
}
