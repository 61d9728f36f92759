//! How days are counted: conventions the law's periods are silent on, stated as data and open to change.

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, ClockError};
use crate::{Status, Text};

/// Whether the day of the event counts (Civil Code 201: it does not).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FirstDay {
    /// Counting begins the day after.
    NotCounted,
    /// The day itself is the first.
    Counted,
}

/// Where a period of months or years ends (Civil Code 202: the day of the same number, else the month's last).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MonthEnd {
    /// The day of the same number; where the month lacks it, its last day.
    SameDay,
    /// The same, but what begins on the last day of a month ends on the last day of one.
    LastDay,
}

/// What becomes of a period of days, months or years whose last day is a rest day (Civil Code 203: it rolls on).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestDayEnd {
    /// It ends there all the same.
    Stays,
    /// It ends on the next working day.
    Rolls,
}

/// Whether a weekend day worked by notice is a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MakeUpDays {
    /// It is.
    Count,
    /// It is a rest day like any weekend.
    Rest,
}

/// One way of counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Conventions {
    /// Whether the day of the event counts.
    pub first_day: FirstDay,
    /// Where months and years end.
    pub month_end: MonthEnd,
    /// What becomes of an end on a rest day.
    pub rest_day_end: RestDayEnd,
    /// Whether make-up days count.
    pub make_up_days: MakeUpDays,
}

/// One convention as the lawbook states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Convention {
    /// Its key, for example `first-day`.
    pub key: &'static str,
    /// What the lawbook says.
    pub is: &'static str,
    /// What it may be.
    pub choices: &'static [&'static str],
    /// The reading in words.
    pub text: Text,
    /// The provision.
    pub cite: String,
    /// How well it is attested.
    pub status: Status,
}

/// Conventions someone wants otherwise than the lawbook and its clocks have them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConventionChanges {
    first_day: Option<FirstDay>,
    month_end: Option<MonthEnd>,
    rest_day_end: Option<RestDayEnd>,
    make_up_days: Option<MakeUpDays>,
}

/// Key and values of each convention, the first value being the one most readings share.
pub(crate) const CHOICES: [(&str, &[&str]); 4] = [
    ("first-day", &["not-counted", "counted"]),
    ("month-end", &["same-day", "last-day"]),
    ("rest-day-end", &["stays", "rolls"]),
    ("make-up-days", &["count", "rest"]),
];

impl ConventionChanges {
    /// Takes one change, `key=value` (keys and values as `clock conventions` lists them).
    pub fn set(&mut self, given: &str) -> Result<(), ClockError> {
        let fault = |what: String| ClockError::Convention { given: given.to_owned(), what };
        let known = || CHOICES.map(|(key, _)| format!("`{key}`")).join(", ");
        let Some((key, value)) = given.split_once('=') else {
            return Err(fault(format!("has no value; write `key=value` with a key of {}", known())));
        };
        match (key, value) {
            ("first-day", "not-counted") => self.first_day = Some(FirstDay::NotCounted),
            ("first-day", "counted") => self.first_day = Some(FirstDay::Counted),
            ("month-end", "same-day") => self.month_end = Some(MonthEnd::SameDay),
            ("month-end", "last-day") => self.month_end = Some(MonthEnd::LastDay),
            ("rest-day-end", "stays") => self.rest_day_end = Some(RestDayEnd::Stays),
            ("rest-day-end", "rolls") => self.rest_day_end = Some(RestDayEnd::Rolls),
            ("make-up-days", "count") => self.make_up_days = Some(MakeUpDays::Count),
            ("make-up-days", "rest") => self.make_up_days = Some(MakeUpDays::Rest),
            _ => match CHOICES.iter().find(|(name, _)| *name == key) {
                Some((_, values)) => return Err(fault(format!("may be `{}`", values.join("` or `")))),
                None => return Err(fault(format!("is unknown; the keys are {}", known()))),
            },
        }
        Ok(())
    }
}

impl Conventions {
    /// The conventions for one clock: the lawbook's, then the clock's own, then what was asked for.
    pub fn for_clock(self, clock: &Clock, changes: ConventionChanges) -> Conventions {
        Conventions { first_day: clock.first_day.unwrap_or(self.first_day), ..self }.with(changes)
    }

    /// The same with some changed.
    pub fn with(self, changes: ConventionChanges) -> Conventions {
        Conventions {
            first_day: changes.first_day.unwrap_or(self.first_day),
            month_end: changes.month_end.unwrap_or(self.month_end),
            rest_day_end: changes.rest_day_end.unwrap_or(self.rest_day_end),
            make_up_days: changes.make_up_days.unwrap_or(self.make_up_days),
        }
    }
}
