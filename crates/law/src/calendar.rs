//! Working days by the State Council's yearly notices, and counting with a reason for every day.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::{LawError, Status, Text};

/// A number of working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Workdays(pub u32);

/// What kind of day a civil date is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday, no holiday.
    WorkingDay,
    /// A weekend day worked to make up for the named holiday.
    MakeUpDay(Text),
    /// Saturday or Sunday.
    RestDay,
    /// A day off by notice, for the named holiday.
    Holiday(Text),
}

impl DayKind {
    /// Whether a working-day clock counts the day.
    pub fn counts(&self) -> bool {
        matches!(self, DayKind::WorkingDay | DayKind::MakeUpDay(_))
    }

    /// Why the day counts or does not.
    pub fn why(&self) -> Text {
        match self {
            DayKind::WorkingDay => Text::new("工作日", "working day"),
            DayKind::MakeUpDay(name) => {
                Text::new(format!("{}调休上班", name.zh), format!("make-up working day ({})", name.en))
            }
            DayKind::RestDay => Text::new("周末休息日", "weekend"),
            DayKind::Holiday(name) => Text::new(format!("{}放假", name.zh), format!("holiday ({})", name.en)),
        }
    }
}

/// One day of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DayCount {
    /// The day.
    pub date: Date,
    /// Whether it was counted.
    pub counts: bool,
    /// Why.
    pub why: Text,
}

/// The result of a count and the way there; the first day is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The day arrived at.
    pub day: Date,
    /// Every day passed, in the order walked, the last being `day`.
    pub days: Vec<DayCount>,
    /// Whether a day passed lies in a year whose notice is not out yet.
    pub provisional: bool,
}

/// The working-day calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Years covered, each with its notice.
    pub(crate) years: BTreeMap<i16, Year>,
    /// Days that differ from the plain week: days off and make-up days.
    pub(crate) special: BTreeMap<Date, DayKind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Year {
    /// Empty where the notice is not out.
    pub(crate) notice: String,
    pub(crate) status: Status,
}

impl Calendar {
    /// The first and last day covered.
    pub fn covers(&self) -> (Date, Date) {
        let first = self.years.keys().next().copied().unwrap_or(2021);
        let last = self.years.keys().next_back().copied().unwrap_or(2021);
        (jiff::civil::date(first, 1, 1), jiff::civil::date(last, 12, 31))
    }

    /// The address of the notice for a year, and how well it is attested; empty where none is out.
    pub fn notice(&self, year: i16) -> Option<(&str, Status)> {
        self.years.get(&year).map(|y| (y.notice.as_str(), y.status))
    }

    /// Whether the day lies in a year whose notice is not out.
    pub fn is_provisional(&self, day: Date) -> bool {
        self.years.get(&day.year()).is_some_and(|year| year.notice.is_empty())
    }

    /// What kind of day it is; a day outside the calendar is an error, never a guess.
    pub fn is_working_day(&self, day: Date) -> Result<DayKind, LawError> {
        if !self.years.contains_key(&day.year()) {
            let (from, to) = self.covers();
            return Err(LawError::OutsideCalendar { day, from, to });
        }
        Ok(self.special.get(&day).cloned().unwrap_or(match day.weekday() {
            Weekday::Saturday | Weekday::Sunday => DayKind::RestDay,
            _ => DayKind::WorkingDay,
        }))
    }

    /// The last day of a period of working days that begins the day after `from` (Civil Code 201, from memory).
    pub fn due(&self, from: Date, workdays: Workdays) -> Result<Count, LawError> {
        self.walk(from, workdays, Direction::Forward)
    }

    /// The working day that lies the given number of working days before `day`.
    pub fn before(&self, day: Date, workdays: Workdays) -> Result<Count, LawError> {
        self.walk(day, workdays, Direction::Back)
    }

    fn walk(&self, start: Date, workdays: Workdays, direction: Direction) -> Result<Count, LawError> {
        self.is_working_day(start)?;
        let mut count = Count { day: start, days: Vec::new(), provisional: false };
        let mut left = workdays.0;
        while left > 0 {
            let step = match direction {
                Direction::Forward => 1.day(),
                Direction::Back => (-1).day(),
            };
            count.day = count.day.saturating_add(step);
            let kind = self.is_working_day(count.day)?;
            left -= u32::from(kind.counts());
            count.provisional |= self.is_provisional(count.day);
            count.days.push(DayCount { date: count.day, counts: kind.counts(), why: kind.why() });
        }
        Ok(count)
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Forward,
    Back,
}
