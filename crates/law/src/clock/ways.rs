//! The two ways to go on after an assessment's end, their steps at statutory length.

use jiff::civil::Date;
use serde::Serialize;

use crate::LawError;
use crate::calendar::Calendar;
use crate::clock::walk::{latest_start, walk};
use crate::clock::{
    ClockBook, ClockError, ClockUnit, ConventionChanges, Conventions, Direction, FirstDay, Period, Run,
};

/// A way to go on after the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayKind {
    /// Three more years for the same export.
    Extension,
    /// A new assessment.
    Redeclaration,
}

/// Whether a way can be begun on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Not yet.
    NotYet,
    /// It can.
    Open,
    /// The day for it has passed.
    Closed,
}

/// One step of a way at its statutory length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Id of the clock.
    pub clock: String,
    /// The day it is counted from.
    pub from: Date,
    /// Its last day.
    pub day: Date,
}

/// A way, begun today or on the first day it can be begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Which.
    pub way: WayKind,
    /// Whether it can be begun today.
    pub window: Window,
    /// First day on which it can be begun; `None`: any day.
    pub from: Option<Date>,
    /// Last day on which it should be begun.
    pub to: Date,
    /// The day it is taken to begin: today, or `from` where that lies ahead.
    pub begun: Date,
    /// Working days of all steps; the offices may prolong some.
    pub workdays: u32,
    /// The steps; empty where a day lies outside the calendar.
    pub steps: Vec<Step>,
    /// The day the last step ends; `None`: outside the calendar.
    pub ends: Option<Date>,
    /// Whether that is on or before the result's last day.
    pub before_end: bool,
    /// The last day to begin so that all steps end in time.
    pub latest: Date,
}

/// What days are counted with.
pub(crate) struct Counting<'a> {
    pub(crate) book: &'a ClockBook,
    pub(crate) calendar: &'a Calendar,
    pub(crate) changes: ConventionChanges,
}

impl Counting<'_> {
    /// A clock run back from a day.
    pub(crate) fn back(&self, id: &str, day: Date) -> Result<Run, ClockError> {
        let clock = self.book.clock(id)?;
        clock.before(self.calendar, self.book.conventions_for(clock, self.changes), day)
    }

    pub(crate) fn workdays_before(&self, day: Date, workdays: u32) -> Result<Date, ClockError> {
        let period = Period { length: workdays, unit: ClockUnit::Workdays };
        let by = self.book.conventions().with(self.changes);
        Ok(walk(self.calendar, by, day, period, Direction::Before, &[])?.day)
    }

    /// A way, its steps one after the other from `on`, or from the first day it can be begun.
    pub(crate) fn way(
        &self,
        way: WayKind,
        steps: &[String],
        (from, to): (Option<Date>, Date),
        until: Date,
        on: Date,
    ) -> Result<Way, ClockError> {
        let begun = from.map_or(on, |from| from.max(on));
        let window = match from {
            _ if on > to => Window::Closed,
            Some(from) if on < from => Window::NotYet,
            _ => Window::Open,
        };
        let mut day = begun;
        let mut workdays = 0;
        let mut done = Some(Vec::new());
        for id in steps {
            let clock = self.book.clock(id)?;
            workdays += clock.length;
            let Some(steps) = &mut done else { continue };
            let by = self.book.conventions_for(clock, self.changes);
            match walk(self.calendar, by, day, clock.period(), Direction::After, &[]) {
                Ok(count) => {
                    steps.push(Step { clock: id.clone(), from: day, day: count.day });
                    day = count.day;
                }
                // Past the calendar's end, and so past `until`, from which days were counted back.
                Err(ClockError::Law(LawError::OutsideCalendar { day, .. })) if day > until => done = None,
                Err(error) => return Err(error),
            }
        }
        let steps = done.unwrap_or_default();
        let ends = steps.last().map(|step| step.day);
        // Each step is counted from the day after the one before ends; together they are one period.
        let by = Conventions { first_day: FirstDay::NotCounted, ..self.book.conventions().with(self.changes) };
        let whole = Period { length: workdays, unit: ClockUnit::Workdays };
        let near = walk(self.calendar, by, until, whole, Direction::Before, &[])?.day;
        let latest =
            latest_start(near, until, |start| Ok(walk(self.calendar, by, start, whole, Direction::After, &[])?.day))?;
        let before_end = ends.is_some_and(|ends| ends <= until);
        Ok(Way { way, window, from, to, begun, workdays, steps, ends, before_end, latest })
    }
}
