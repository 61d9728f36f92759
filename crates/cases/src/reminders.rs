//! What somebody should be reminded of: data for mail, queues and calendars; nothing is sent here.

use jiff::ToSpan as _;
use jiff::civil::Date;
use law::{Bound, Party, Text, Workdays};
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::clocks::{CaseClock, Running, clocks};
use crate::terms::ClockId;
use crate::world::World;

/// How early somebody is reminded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ahead {
    /// Working days before something is due.
    pub workdays: Vec<u32>,
    /// Days before a state ends or a window closes.
    pub days: Vec<u32>,
    /// Working days after which what is late is said again.
    pub again: u32,
}

impl Default for Ahead {
    fn default() -> Self {
        Self { workdays: vec![10, 3, 1], days: vec![180, 90, 30], again: 5 }
    }
}

/// Why somebody is reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Because {
    /// It is due in so many working days; 0: today.
    Due {
        /// Working days.
        workdays: u32,
    },
    /// It was due so many working days ago.
    Late {
        /// Working days.
        workdays: u32,
    },
    /// A window opens today.
    Opens,
    /// A state ends in so many days; 0: today is its last.
    Ends {
        /// Days.
        days: u32,
    },
}

/// One reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Reminder {
    /// The day it falls on.
    pub day: Date,
    /// The clock.
    pub clock: ClockId,
    /// Its title.
    pub title: Text,
    /// Whose duty it is.
    pub party: Party,
    /// The clock's day.
    pub due: Date,
    /// Why now.
    #[serde(flatten)]
    pub because: Because,
}

/// The reminders of a case on the days after `after` up to `today`, in the order of days: a job that did not run for a week sends
/// what fell into it, once. Clocks that stand still remind nobody.
pub fn reminders(world: &World<'_>, case: &Case, ahead: &Ahead, after: Date, today: Date) -> Vec<Reminder> {
    let mut found: Vec<Reminder> = Vec::new();
    for clock in clocks(world, case, today).iter().filter(|clock| clock.running == Running::Runs) {
        let Some(due) = clock.due.day() else { continue };
        let days = match clock.bound {
            Bound::By => of_duty(world, ahead, due, today),
            Bound::From => vec![(due, Because::Opens)],
            Bound::Through | Bound::Beyond => of_end(ahead, due),
        };
        let days = days.into_iter().filter(|(day, _)| *day > after && *day <= today && *day > clock.start);
        found.extend(days.map(|(day, because)| remind(clock, due, day, because)));
    }
    found.sort_by(|a, b| (a.day, a.due, &a.clock, a.because).cmp(&(b.day, b.due, &b.clock, b.because)));
    found
}

fn remind(clock: &CaseClock, due: Date, day: Date, because: Because) -> Reminder {
    let (clock, title, party) = (clock.clock.clone(), clock.title.clone(), clock.party);
    Reminder { day, clock, title, party, due, because }
}

fn of_duty(world: &World<'_>, ahead: &Ahead, due: Date, today: Date) -> Vec<(Date, Because)> {
    let calendar = world.base.calendar();
    let before = ahead.workdays.iter().filter_map(|workdays| {
        // A day outside the calendar cannot be reminded of ahead; the due day itself can.
        let day = calendar.before(due, Workdays(*workdays)).ok()?.day;
        Some((day, Because::Due { workdays: *workdays }))
    });
    let mut days: Vec<(Date, Because)> = before.collect();
    days.push((due, Because::Due { workdays: 0 }));
    if ahead.again > 0 {
        let mut late = 1;
        while let Ok(count) = calendar.due(due, Workdays(late))
            && count.day <= today
        {
            days.push((count.day, Because::Late { workdays: late }));
            late += ahead.again;
        }
    }
    days
}

fn of_end(ahead: &Ahead, end: Date) -> Vec<(Date, Because)> {
    let before =
        ahead.days.iter().map(|days| (end.saturating_sub(i64::from(*days).days()), Because::Ends { days: *days }));
    before.chain([(end, Because::Ends { days: 0 })]).collect()
}
