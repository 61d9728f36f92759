//! One run of a clock, from what set it going to what ended it: stopped, prolonged, done, dropped, over.

use jiff::ToSpan as _;
use jiff::civil::Date;
use law::Bound;

use super::start::Event;
use super::{CaseClock, Running};
use crate::act::local;
use crate::case::{Case, Happened};
use crate::procedure::{ClockUse, Phase, Procedure};
use crate::terms::{StateId, Version};
use crate::world::{Due, Key, World};

/// The run that an event began; `next` is the action by which it begins anew. `None`: no clock of these was in force.
pub(super) fn run(
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
