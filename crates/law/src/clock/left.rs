//! How much of a run is left on a day.

use jiff::civil::Date;
use serde::Serialize;

use crate::calendar::Calendar;
use crate::clock::walk::{next, working};
use crate::clock::{Direction, Run};

/// Where a run stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Its event lies ahead.
    NotBegun,
    /// Its day lies ahead.
    Ahead,
    /// It is the day.
    Today,
    /// The day is past.
    Past,
}

/// What is left of a run on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The day asked about.
    pub on: Date,
    /// Where the run stands.
    pub standing: Standing,
    /// Calendar days to the run's day; negative when it is past.
    pub days: i32,
    /// Working days after `on` up to the run's day, those on which it stood still left out; 0 when it is past. `None`: a
    /// day on the way lies outside the calendar.
    pub workdays: Option<u32>,
    /// Whether a day on the way lies in a year whose notice is not out.
    pub provisional: bool,
}

impl Run {
    /// What is left on a day.
    pub fn left(&self, calendar: &Calendar, on: Date) -> Left {
        let standing = match on.cmp(&self.day) {
            _ if self.direction == Direction::After && on < self.start => Standing::NotBegun,
            std::cmp::Ordering::Less => Standing::Ahead,
            std::cmp::Ordering::Equal => Standing::Today,
            std::cmp::Ordering::Greater => Standing::Past,
        };
        // Two civil days lie at most some millions of days apart.
        let days = on.until(self.day).map_or(0, |span| span.get_days());
        let mut workdays = Some(0_u32);
        let mut provisional = false;
        let mut day = next(on, Direction::After);
        while day <= self.day && workdays.is_some() {
            let stood = self.pauses.iter().any(|pause| pause.from <= day && day <= pause.to);
            provisional |= calendar.is_provisional(day);
            workdays = match working(calendar, self.conventions, day) {
                Ok((works, _)) => workdays.map(|n| n + u32::from(works && !stood)),
                Err(_) => None,
            };
            let following = next(day, Direction::After);
            if following == day {
                break;
            }
            day = following;
        }
        Left { on, standing, days, workdays, provisional }
    }
}
