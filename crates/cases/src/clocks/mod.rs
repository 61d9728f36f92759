//! The statutory clocks of a case: what is due, from whom, when and why. Worked out from what happened, never stored.

mod run;
mod start;

use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use law::{Bound, ClockError, ClockReading, Party, Status, Text};
use serde::Serialize;

use crate::case::Case;
use crate::procedure::{ClockUse, Procedure};
use crate::terms::{ClockId, Version};
use crate::world::{Due, Key, World};
use run::run;
use start::{Event, events};

/// One run of a clock in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CaseClock {
    /// The clock.
    pub clock: ClockId,
    /// Its title.
    pub title: Text,
    /// Its provision.
    pub cite: String,
    /// Whose duty it is.
    pub party: Party,
    /// Whether it is a right that lapses and not a duty.
    pub right: bool,
    /// How well it is attested, readings taken along.
    pub status: Status,
    /// What the day arrived at is.
    pub bound: Bound,
    /// The day of its event.
    pub start: Date,
    /// The action that set it going.
    pub since: Version,
    /// Whether it still runs.
    pub running: Running,
    /// The day it arrives at; while it stands still, the day it would arrive at if it ran on from today.
    #[serde(serialize_with = "through")]
    #[schemars(with = "Due")]
    pub due: Arc<Due>,
    /// The day without any stop, where the law does not say whether the stop counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_pause: Option<Due>,
    /// A reading it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<ClockReading>,
    #[serde(skip)]
    key: Key,
    /// When what it asked for was done.
    #[serde(skip)]
    done: Option<DateTime>,
}

fn through<S: serde::Serializer>(due: &Arc<Due>, serializer: S) -> Result<S::Ok, S::Error> {
    due.as_ref().serialize(serializer)
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Running {
    /// It runs.
    Runs,
    /// It stands still while somebody else has to act.
    Stands {
        /// From the day after this one.
        since: Date,
    },
    /// What it asked for was done.
    Done {
        /// When.
        on: Date,
    },
    /// Its event came again, and it runs anew.
    Again,
    /// What it was for fell away: the case was closed, or something else overtook it.
    Dropped {
        /// When.
        on: Date,
    },
    /// Its day is past and nobody is late: a right that lapsed, a state that lasted its time.
    Over,
}

impl CaseClock {
    /// Whether it waits for somebody on the day: it runs, and there is something to do by its day.
    pub fn is_open(&self) -> bool {
        matches!(self.running, Running::Runs | Running::Stands { .. })
    }

    /// Whether something should have been done by a day that is past. What stands still is never late, however often it was
    /// stopped; nor is a window that has opened, a right that lapsed or a state that has lasted.
    pub fn is_late(&self, today: Date) -> bool {
        self.bound == Bound::By && self.running == Running::Runs && self.due.day().is_some_and(|day| day < today)
    }

    /// The same at a moment in UTC+8, which tells hours apart where the clock runs in them.
    pub fn is_late_at(&self, now: DateTime) -> bool {
        let by_the_hour = self.moment().is_some_and(|moment| moment < now);
        self.is_late(now.date()) || (self.bound == Bound::By && self.running == Running::Runs && by_the_hour)
    }

    /// Whether what it asked for was done by its day, or its moment where it runs in hours; `None` while it is open, where it
    /// fell away, or where its day is unknown.
    pub fn was_in_time(&self) -> Option<bool> {
        match self.running {
            Running::Done { on } => match self.moment().zip(self.done) {
                Some((moment, done)) => Some(done <= moment),
                None => self.due.day().map(|day| on <= day),
            },
            _ => None,
        }
    }

    /// The first day on which what it waits for is allowed; `None`: it asks for something by its day.
    pub(crate) fn opens(&self) -> Option<Date> {
        match self.bound {
            Bound::From => self.due.day(),
            // More than the period is asked for.
            Bound::Beyond => self.due.day().map(|day| day.saturating_add(1.day())),
            Bound::By | Bound::Through => None,
        }
    }

    fn moment(&self) -> Option<DateTime> {
        match &*self.due {
            Due::Day { moment, .. } => *moment,
            Due::Unknown { .. } => None,
        }
    }

    /// Every day on the way, with its reason.
    pub fn explain(&self, world: &World<'_>) -> Result<law::Run, ClockError> {
        world.run(&self.key)
    }
}

/// Every run of every clock of a case as of a day, in the order of the procedure and of time.
pub fn clocks(world: &World<'_>, case: &Case, today: Date) -> Vec<CaseClock> {
    let Some(procedure) = world.procedure(&case.procedure) else { return Vec::new() };
    let mut found = Vec::new();
    for used in &procedure.clocks {
        found.extend(runs(world, procedure, used, case, today, &found));
    }
    found
}

fn runs(
    world: &World<'_>,
    procedure: &Procedure,
    used: &ClockUse,
    case: &Case,
    today: Date,
    before: &[CaseClock],
) -> Vec<CaseClock> {
    let mut events: Vec<Event> =
        used.starts.iter().flat_map(|start| events(world, procedure, used, start, case, before)).collect();
    events.sort_by_key(|event| event.since);
    events.dedup_by_key(|event| event.since);
    let next = events.iter().skip(1).map(|event| Some(event.since)).chain([None]).collect::<Vec<_>>();
    let run = |(event, next): (&Event, Option<Version>)| run(world, procedure, used, case, today, event, next);
    events.iter().zip(next).filter_map(run).collect()
}
