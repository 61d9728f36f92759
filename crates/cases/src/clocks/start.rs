//! What sets a clock going: actions, the ends of other clocks, days that the law itself sets.

use jiff::civil::{Date, DateTime};

use super::CaseClock;
use crate::case::{Case, Happened};
use crate::procedure::{ClockUse, Procedure, Start};
use crate::terms::Version;
use crate::world::World;

/// What sets a clock going.
pub(super) struct Event {
    pub(super) since: Version,
    pub(super) start: DateTime,
    /// Whether it lies ahead, as the end of another clock does.
    pub(super) ahead: bool,
}

/// Every event that sets a clock going by one of its starts.
pub(super) fn events(
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
