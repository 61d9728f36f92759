//! The statutory clocks of a case: what is due, from whom, when and why. Worked out from what happened, never stored.

use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use law::{Bound, ClockError, ClockReading, Party, Status, Text};
use serde::Serialize;

use crate::act::local;
use crate::case::{Case, Happened};
use crate::procedure::{ClockUse, Phase, Procedure, Start};
use crate::terms::{ClockId, StateId, Version};
use crate::world::{Due, Key, World};

/// One run of a clock in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

/// What sets a clock going.
struct Event {
    since: Version,
    start: DateTime,
    /// Whether it lies ahead, as the end of another clock does.
    ahead: bool,
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

fn events(
    world: &World<'_>,
    procedure: &Procedure,
    used: &ClockUse,
    start: &Start,
    case: &Case,
    before: &[CaseClock],
) -> Vec<Event> {
    match start {
        Start::Action { action, day, to } => {
            let led = |happened: &&Happened| to.is_empty() || to.contains(&happened.to);
            let taken = case.history.iter().filter(|happened| happened.action == *action).filter(led);
            taken.filter_map(|happened| from_action(happened, day.as_deref())).collect()
        }
        Start::EndOf { clock, after } => {
            let group = procedure.clocks.iter().find(|other| other.clock.contains(clock));
            let mut ends = before.iter().filter(|run| group.is_some_and(|group| group.clock.contains(&run.clock)));
            // Of several runs the last is the one in force.
            let Some((end, since)) = ends.next_back().and_then(|run| Some((run.due.day()?, run.since))) else {
                return Vec::new();
            };
            let since = match after {
                None => since,
                Some(action) => match case.last(action).filter(|happened| happened.version > since) {
                    Some(happened) => happened.version,
                    None => return Vec::new(),
                },
            };
            vec![Event { since, start: end.into(), ahead: true }]
        }
        Start::Fixed { after } => {
            let taken = case.history.iter().find(|happened| happened.action == *after);
            let event =
                |(starts, taken): (Date, &Happened)| Event { since: taken.version, start: starts.into(), ahead: false };
            law_day(world, used).zip(taken).map(event).into_iter().collect()
        }
        Start::Law { before: day } => {
            let starts = law_day(world, used);
            let stated = case.history.iter().find(|happened| happened.days.contains_key(day));
            let Some((starts, stated)) = starts.zip(stated) else { return Vec::new() };
            // What began once the law was in force had to follow it from its first day.
            if stated.days.get(day).is_none_or(|began| *began >= starts) {
                return Vec::new();
            }
            vec![Event { since: stated.version, start: starts.into(), ahead: false }]
        }
    }
}

/// The day the law itself sets for a clock.
fn law_day(world: &World<'_>, used: &ClockUse) -> Option<Date> {
    let book = world.base.clock_book();
    used.clock.first().and_then(|id| book.clock(id.as_str()).ok()).and_then(|clock| clock.starts)
}

fn from_action(happened: &Happened, day: Option<&str>) -> Option<Event> {
    let start = match day {
        Some(day) => DateTime::from(*happened.days.get(day)?),
        None => happened.moment.unwrap_or_else(|| happened.day.into()),
    };
    Some(Event { since: happened.version, start, ahead: false })
}

fn run(
    world: &World<'_>,
    procedure: &Procedure,
    used: &ClockUse,
    case: &Case,
    today: Date,
    event: &Event,
    next: Option<Version>,
) -> Option<CaseClock> {
    let book = world.base.clock_book();
    let of = used.clock.iter().filter_map(|id| Some((id, book.clock(id.as_str()).ok()?)));
    let (id, clock) = of.into_iter().find(|(_, clock)| clock.in_force(event.start.date()))?;
    let mut key = Key { clock: id.clone(), start: event.start, pauses: Vec::new(), extended: 0 };
    let mut running = Running::Runs;
    let mut done = None;
    let during = case.history.iter().filter(|happened| happened.version > event.since);
    // The action that sets it going again may be the one it waited for, as with a yearly report.
    for happened in during.take_while(|happened| next.is_none_or(|next| happened.version <= next)) {
        if used.ends.contains(&happened.action) {
            running = Running::Done { on: happened.day };
            done = Some(local(happened.at));
            break;
        }
        if next == Some(happened.version) {
            break;
        }
        if used.drops.contains(&happened.action) || (clock.bound != Bound::Through && closes(procedure, happened)) {
            running = Running::Dropped { on: happened.day };
            break;
        }
        if used.prolonged_by.contains(&happened.action) {
            key.extended += happened.workdays.unwrap_or(0);
        }
        match running {
            Running::Stands { since } => {
                let resumes = used.pauses.iter().any(|(_, to)| to.contains(&happened.action));
                if resumes {
                    pause(&mut key, since, happened.day);
                    running = Running::Runs;
                }
            }
            _ if used.pauses.iter().any(|(from, _)| *from == happened.action) => {
                // Whoever is late already does not get the time back by asking for something.
                let late = world.due(key.clone()).day().is_some_and(|day| day < happened.day);
                if !late {
                    running = Running::Stands { since: happened.day };
                }
            }
            _ => {}
        }
    }
    let again = next.is_some() && !matches!(running, Running::Done { .. } | Running::Dropped { .. });
    match running {
        _ if again => running = Running::Again,
        Running::Stands { since } => pause(&mut key, since, today),
        _ => {}
    }
    let due = world.due(key.clone());
    if running == Running::Runs && is_over(used, clock.bound, event, &due, today) {
        running = Running::Over;
    }
    // A reading of the stop matters only where there was one.
    let reads = used.pauses.is_empty() || !key.pauses.is_empty();
    let reading = used.reading.clone().filter(|_| reads).or_else(|| clock.reading.clone());
    let status = reading.as_ref().map_or(clock.status, |reading| clock.status.max(reading.status));
    let unknown = matches!(&*due, Due::Day { unknown, .. } if !unknown.is_empty());
    let without_pause = (unknown && !key.pauses.is_empty())
        .then(|| Due::clone(&world.due(Key { pauses: Vec::new(), ..key.clone() })))
        .filter(|without| without.day() != due.day());
    Some(CaseClock {
        clock: id.clone(),
        title: clock.title.clone(),
        cite: format!("{} {}", clock.instrument, clock.article),
        party: used.party.unwrap_or(clock.party),
        right: used.right,
        status,
        bound: clock.bound,
        start: event.start.date(),
        since: event.since,
        running,
        due,
        without_pause,
        reading,
        key,
        done,
    })
}

/// Whether nothing more waits on a run, and nobody is late.
fn is_over(used: &ClockUse, bound: Bound, event: &Event, due: &Due, today: Date) -> bool {
    match bound {
        Bound::Through => due.day().is_some_and(|day| day < today),
        Bound::By => used.right && due.day().is_some_and(|day| day < today),
        // A look back from what was done is over with it; a window is over with the end it leads up to.
        Bound::From => !event.ahead || event.start.date() < today,
        Bound::Beyond => false,
    }
}

/// Whether the action closed the case.
fn closes(procedure: &Procedure, happened: &Happened) -> bool {
    let closed = |id: &StateId| procedure.state(id.as_str()).is_some_and(|state| state.phase == Phase::Closed);
    closed(&happened.to) && !closed(&happened.from)
}

/// The clock stands still from the day after it was stopped to the day it may run on, both included.
fn pause(key: &mut Key, since: Date, until: Date) {
    let from = since.saturating_add(1.day());
    if from <= until {
        key.pauses.push((from, until));
    }
}
