//! The clocks of a case, each explained day by day where that is asked for.

use cases::{Case, CaseClock, Running, World};
use jiff::civil::Date;
use law::{Calendar, DayCount, Text};
use serde::Serialize;

/// Days that are explained one by one; of longer runs only those that do not count.
const EXPLAINED: usize = 120;

/// A clock of a case.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct ClockView {
    #[serde(flatten)]
    pub(crate) clock: CaseClock,
    /// The day it arrives at.
    pub(crate) day: Option<Date>,
    /// Whether somebody is late.
    pub(crate) late: bool,
    /// Whether it waits for somebody.
    pub(crate) open: bool,
    /// Working days from today to its day; of what is late, how many ago.
    pub(crate) workdays: Option<u32>,
    /// Days on the way, with why each counts or does not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) days: Vec<DayView>,
    /// Whether days were left out because there are too many.
    pub(crate) shortened: bool,
}

/// One day on the way of a clock.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct DayView {
    pub(crate) date: Date,
    pub(crate) counts: bool,
    pub(crate) why: Text,
}

/// The clocks of a case as of a day, those that wait for somebody first.
pub(crate) fn clock_views(world: &World<'_>, case: &Case, today: Date, explained: bool) -> Vec<ClockView> {
    let mut views: Vec<ClockView> =
        cases::clocks(world, case, today).into_iter().map(|clock| view(world, clock, today, explained)).collect();
    views.sort_by_key(|view| (!view.open, view.day.is_none(), view.day));
    views
}

fn view(world: &World<'_>, clock: CaseClock, today: Date, explained: bool) -> ClockView {
    let day = clock.due.day();
    let (late, open) = (clock.is_late(today), clock.is_open());
    let runs = matches!(clock.running, Running::Runs);
    let workdays = day.filter(|_| runs).and_then(|day| workdays_between(world.base.calendar(), today, day));
    let (days, shortened) = if explained { days(world, &clock) } else { (Vec::new(), false) };
    ClockView { clock, day, late, open, workdays, days, shortened }
}

/// Working days between two days, whichever is earlier; none where the calendar does not reach.
pub(crate) fn workdays_between(calendar: &Calendar, one: Date, other: Date) -> Option<u32> {
    let (from, to) = if one <= other { (one, other) } else { (other, one) };
    let mut count = 0;
    let mut day = from;
    while day < to {
        day = day.tomorrow().ok()?;
        if calendar.is_working_day(day).ok()?.counts() {
            count += 1;
        }
        // A state that lasts years is told in days, not in working days.
        if count > 999 {
            return None;
        }
    }
    Some(count)
}

fn days(world: &World<'_>, clock: &CaseClock) -> (Vec<DayView>, bool) {
    let Ok(run) = clock.explain(world) else { return (Vec::new(), false) };
    let shortened = run.days.len() > EXPLAINED;
    let told = |day: &&DayCount| !shortened || !day.counts;
    let days = run.days.iter().filter(told).take(EXPLAINED);
    (days.map(|day| DayView { date: day.date, counts: day.counts, why: day.why.clone() }).collect(), shortened)
}
