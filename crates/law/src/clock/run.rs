//! One run of a clock: from its event, with what stopped and prolonged it, to the day it ends.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::Serialize;

use crate::Text;
use crate::calendar::{Calendar, DayCount};
use crate::clock::walk::{self, latest_start, walk, working};
use crate::clock::{Clock, ClockError, ClockUnit, Conventions, Direction, Period, RestDayEnd};

/// When the event of a clock was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The day; enough for all clocks but those that run in hours.
    Day(Date),
    /// The moment, in the time of the place.
    Moment(DateTime),
}

impl Start {
    /// The day of the event.
    pub fn day(self) -> Date {
        match self {
            Start::Day(day) => day,
            Start::Moment(moment) => moment.date(),
        }
    }
}

/// Days on which a clock stood still, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Pause {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// What happened to one run of a clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// When it was stopped.
    pub pauses: Vec<Pause>,
    /// By how much it was prolonged, in the clock's own unit.
    pub extended: u32,
}

/// What is known of a last day that may be a rest day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RestDay {
    /// Why it is no working day.
    pub why: Text,
    /// The next working day, for a period that leads up to its event the last one before; `None`: outside the calendar.
    pub next: Option<Date>,
    /// Whether either lies in a year whose notice is not out.
    pub provisional: bool,
}

/// How a clock runs from one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Run {
    /// The day of the event.
    pub start: Date,
    /// The day arrived at; what it is says the clock's `bound`.
    pub day: Date,
    /// The moment, where the clock runs in hours.
    pub moment: Option<DateTime>,
    /// Every day on the way, in the order walked.
    pub days: Vec<DayCount>,
    /// Whether the day may still move because a year's notice is not out.
    pub provisional: bool,
    /// Set where a period of days, months or years ends on a rest day, whether it rolled on or not.
    pub rest_day: Option<RestDay>,
    /// Whether the calendar knows the last day, so that `rest_day` can be relied on.
    pub end_known: bool,
    /// Whether the clock may begin on the day of the event.
    pub in_force: bool,
    /// How the days were counted.
    pub conventions: Conventions,
    /// What is unknown about this run: whether the law lets it be stopped, or prolonged.
    pub unknown: Vec<Text>,
    pub(crate) unit: ClockUnit,
    pub(crate) direction: Direction,
    pub(crate) pauses: Vec<Pause>,
}

impl Clock {
    /// Runs the clock its own way: [`due`](Self::due) or, for a period that leads up to its event, [`before`](Self::before).
    pub fn run(&self, calendar: &Calendar, by: Conventions, start: Start, events: &Events) -> Result<Run, ClockError> {
        match self.direction {
            Direction::After => self.due(calendar, by, start, events),
            Direction::Before if events.pauses.is_empty() && events.extended == 0 => {
                self.before(calendar, by, start.day())
            }
            Direction::Before => {
                Err(ClockError::run(&self.id, "leads up to its event; it is neither stopped nor prolonged"))
            }
        }
    }

    /// The day a run of the clock ends, and every day on the way.
    ///
    /// Days of a pause do not count; a period of months or years ends later by as many days as it stood still. Where the
    /// provision has no pause or no extension, or a cap below what is asked, that is an error; where neither is known it is
    /// taken as given and said in `unknown`.
    pub fn due(&self, calendar: &Calendar, by: Conventions, start: Start, events: &Events) -> Result<Run, ClockError> {
        let unknown = self.allow(events)?;
        if self.unit == ClockUnit::Hours {
            return self.hours(by, start, events.extended, unknown);
        }
        let period = Period { length: self.length.saturating_add(events.extended), unit: self.unit };
        let count = walk(calendar, by, start.day(), period, Direction::After, &events.pauses)?;
        if let Some(pause) = events.pauses.iter().find(|p| p.to < start.day() || p.from > count.day) {
            let what = format!(
                "the pause {}..{} lies outside the run from {} to {}",
                pause.from,
                pause.to,
                start.day(),
                count.day
            );
            return Err(ClockError::run(&self.id, what));
        }
        let mut run = self.ran(by, start.day(), count.day, count.days, Direction::After);
        run.provisional = count.provisional;
        run.unknown = unknown;
        run.pauses.clone_from(&events.pauses);
        if run.unit != ClockUnit::Workdays {
            run.roll(calendar)?;
        }
        Ok(run)
    }

    /// The day that lies the clock's length before another. An end on a rest day is never moved: earlier is not what the
    /// law asks, and later is not safe.
    pub fn before(&self, calendar: &Calendar, by: Conventions, day: Date) -> Result<Run, ClockError> {
        if self.unit == ClockUnit::Hours {
            return Err(ClockError::run(&self.id, "runs in hours and not backwards"));
        }
        let count = walk(calendar, by, day, self.period(), Direction::Before, &[])?;
        let mut run = self.ran(by, day, count.day, count.days, Direction::Before);
        run.provisional = count.provisional;
        if run.unit != ClockUnit::Workdays {
            run.roll(calendar)?;
        }
        Ok(run)
    }

    /// The latest day on which the clock may begin so that it ends by `until`: the run backwards of a clock that runs
    /// forwards. It need not be a working day.
    pub fn latest_start(&self, calendar: &Calendar, by: Conventions, until: Date) -> Result<Date, ClockError> {
        if self.direction == Direction::Before || self.unit == ClockUnit::Hours {
            return Err(ClockError::run(
                &self.id,
                "has no latest start; only clocks of days and more that run forwards have",
            ));
        }
        let near = walk(calendar, by, until, self.period(), Direction::Before, &[])?.day;
        latest_start(near, until, |start| Ok(self.due(calendar, by, Start::Day(start), &Events::default())?.day))
    }

    /// By the hour from the moment itself (Civil Code 201, from memory), rest days included.
    fn hours(&self, by: Conventions, start: Start, extended: u32, unknown: Vec<Text>) -> Result<Run, ClockError> {
        let Start::Moment(from) = start else {
            return Err(ClockError::run(&self.id, "runs in hours; give the time too, such as 2026-11-22T15:30"));
        };
        let range = |_| ClockError::OutOfRange { day: from.date() };
        let hours = i64::from(self.length) + i64::from(extended);
        let span = jiff::Span::new().try_hours(hours).map_err(range)?;
        let moment = from.checked_add(span).map_err(range)?;
        let why = Text::new("按小时连续计算", "by the hour, without a break");
        let days = from.date().series(1.day()).take_while(|day| *day <= moment.date());
        let days = days.map(|date| DayCount { date, counts: true, why: why.clone() }).collect();
        let mut run = self.ran(by, from.date(), moment.date(), days, Direction::After);
        run.moment = Some(moment);
        run.unknown = unknown;
        Ok(run)
    }

    fn ran(&self, by: Conventions, start: Date, day: Date, days: Vec<DayCount>, direction: Direction) -> Run {
        // A period that leads up to its event must be in force when the event comes; so must one that follows it.
        Run {
            start,
            day,
            moment: None,
            days,
            provisional: false,
            rest_day: None,
            end_known: self.unit == ClockUnit::Workdays,
            in_force: self.in_force(start),
            conventions: by,
            unknown: Vec::new(),
            unit: self.unit,
            direction,
            pauses: Vec::new(),
        }
    }
}

impl Run {
    /// Says whether a period of days, months or years ends on a rest day, and rolls it on where the convention wants that.
    fn roll(&mut self, calendar: &Calendar) -> Result<(), ClockError> {
        let rolls = self.direction == Direction::After && self.conventions.rest_day_end == RestDayEnd::Rolls;
        let (works, why) = match working(calendar, self.conventions, self.day) {
            Ok(found) => found,
            Err(_) if !rolls => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.end_known = true;
        if works {
            self.provisional |= rolls && calendar.is_provisional(self.day);
            return Ok(());
        }
        let mut provisional = calendar.is_provisional(self.day);
        let mut over = Vec::new();
        let mut next = None;
        let mut day = self.day;
        while next.is_none() {
            day = walk::next(day, self.direction);
            let Ok((works, why)) = working(calendar, self.conventions, day) else { break };
            provisional |= calendar.is_provisional(day);
            over.push(DayCount { date: day, counts: works, why });
            next = works.then_some(day);
        }
        self.rest_day = Some(RestDay { why, next, provisional });
        if rolls {
            let Some(next) = next else {
                // The error names the calendar's span.
                calendar.is_working_day(day)?;
                return Ok(());
            };
            self.day = next;
            self.days.extend(over);
            self.provisional |= provisional;
        }
        Ok(())
    }
}
