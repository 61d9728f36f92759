//! Walking days: the counting under every clock, with a reason for each day.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::{Calendar, Count, DayCount, DayKind};
use crate::clock::{ClockError, ClockUnit, Conventions, Direction, FirstDay, MakeUpDays, MonthEnd, Pause, Period};
use crate::{LawError, Text};

/// Whether a working-day clock counts the day, and why, by the notices and the conventions.
pub(crate) fn working(calendar: &Calendar, by: Conventions, day: Date) -> Result<(bool, Text), LawError> {
    let kind = calendar.is_working_day(day)?;
    let why = kind.why();
    Ok(match kind {
        DayKind::MakeUpDay(_) if by.make_up_days == MakeUpDays::Rest => {
            (false, Text::new(format!("{}（按约定不计）", why.zh), format!("{}, not counted by convention", why.en)))
        }
        _ => (kind.counts(), why),
    })
}

/// Runs a period from a day and gives the day arrived at with every day on the way. `pauses` stop it forwards.
pub(crate) fn walk(
    calendar: &Calendar,
    by: Conventions,
    start: Date,
    period: Period,
    direction: Direction,
    pauses: &[Pause],
) -> Result<Count, ClockError> {
    match period.unit {
        ClockUnit::Workdays => workdays(calendar, by, start, period.length, direction, pauses),
        _ => calendar_days(by, start, period, direction, pauses),
    }
}

fn workdays(
    calendar: &Calendar,
    by: Conventions,
    start: Date,
    length: u32,
    direction: Direction,
    pauses: &[Pause],
) -> Result<Count, ClockError> {
    calendar.is_working_day(start)?;
    let mut count = Count { day: start, days: Vec::new(), provisional: false };
    let mut left = length;
    let mut day = if by.first_day == FirstDay::Counted { start } else { next(start, direction) };
    while left > 0 {
        let (counts, why) = working(calendar, by, day)?;
        let (counts, why) = if stopped(pauses, day) { (false, stopped_why()) } else { (counts, why) };
        left -= u32::from(counts);
        count.provisional |= calendar.is_provisional(day);
        count.day = day;
        count.days.push(DayCount { date: day, counts, why });
        day = next(day, direction);
    }
    Ok(count)
}

/// Days, months and years: every day counts unless the clock was stopped, and each such day moves the end by one.
fn calendar_days(
    by: Conventions,
    start: Date,
    period: Period,
    direction: Direction,
    pauses: &[Pause],
) -> Result<Count, ClockError> {
    let range = || ClockError::OutOfRange { day: start };
    let mut end = corresponding(by, start, period, direction).ok_or_else(range)?;
    let mut day = next(start, direction);
    if by.first_day == FirstDay::Counted {
        day = start;
        end = next(end, reverse(direction));
    }
    let mut count = Count { day: end, days: Vec::new(), provisional: false };
    let ahead = |day: Date, end: Date| if direction == Direction::After { day <= end } else { day >= end };
    while ahead(day, end) {
        let stopped = stopped(pauses, day);
        if stopped {
            end = end.checked_add(1.day()).map_err(|_| range())?;
        }
        let why = if stopped { stopped_why() } else { Text::new("日历日", "calendar day") };
        count.days.push(DayCount { date: day, counts: !stopped, why });
        let following = next(day, direction);
        if following == day {
            return Err(range());
        }
        day = following;
    }
    count.day = end;
    Ok(count)
}

/// The corresponding day so many days, months or years on (or back).
fn corresponding(by: Conventions, start: Date, period: Period, direction: Direction) -> Option<Date> {
    let length = i64::from(period.length);
    let signed = if direction == Direction::After { length } else { -length };
    let span = match period.unit {
        // Hours are run by the hour elsewhere; working days have a walk of their own.
        ClockUnit::Hours | ClockUnit::Workdays => return None,
        ClockUnit::Days => jiff::Span::new().try_days(signed),
        ClockUnit::Months => jiff::Span::new().try_months(signed),
        ClockUnit::Years => jiff::Span::new().try_years(signed),
    };
    let day = start.checked_add(span.ok()?).ok()?;
    let of_months = matches!(period.unit, ClockUnit::Months | ClockUnit::Years);
    let from_last = by.month_end == MonthEnd::LastDay && start == start.last_of_month();
    Some(if of_months && from_last { day.last_of_month() } else { day })
}

/// The next day the clock comes to.
pub(crate) fn next(day: Date, direction: Direction) -> Date {
    match direction {
        Direction::After => day.saturating_add(1.day()),
        Direction::Before => day.saturating_sub(1.day()),
    }
}

fn reverse(direction: Direction) -> Direction {
    match direction {
        Direction::After => Direction::Before,
        Direction::Before => Direction::After,
    }
}

fn stopped(pauses: &[Pause], day: Date) -> bool {
    pauses.iter().any(|pause| pause.from <= day && day <= pause.to)
}

fn stopped_why() -> Text {
    Text::new("期间中止", "clock stopped")
}

/// The latest day in whose case `ends` is not after `until`, looked for from `near` on; `ends` never falls.
pub(crate) fn latest_start(
    near: Date,
    until: Date,
    ends: impl Fn(Date) -> Result<Date, ClockError>,
) -> Result<Date, ClockError> {
    let mut start = near;
    while ends(start)? > until {
        start = next(start, Direction::Before);
    }
    loop {
        let later = next(start, Direction::After);
        match ends(later) {
            Ok(day) if day <= until && later <= until => start = later,
            // Near the calendar's end a later start runs out of it, and so does not end by a day inside.
            Ok(_) | Err(ClockError::Law(_)) => return Ok(start),
            Err(error) => return Err(error),
        }
    }
}
