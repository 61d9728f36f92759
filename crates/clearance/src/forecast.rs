//! Where the year's numbers are going: when the path will change at this pace, and when to begin preparing for it.

use jiff::ToSpan as _;
use jiff::civil::Date;
use law::{Path, RuleBase, Workdays};
use serde::Serialize;

use crate::error::ClearanceError;
use crate::facts::{self, Counts};
use crate::home::Home;
use crate::load::Loaded;
use crate::tally::{EntryLine, Scope};

/// Days over which the recent pace is measured.
const RECENT: i64 = 30;
/// Working days from filing an assessment to its result: completeness 5, acceptance 7, assessment 45 (Order 11 arts 7, 12).
const ASSESSMENT: u32 = 57;
/// Working days to prepare a contract or a certificate. No law says how long that takes: an assumption, to be replaced by one's own.
const PREPARING: u32 = 52;

/// What is to be expected of one count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// The count, by its fact.
    pub fact: String,
    /// Persons now.
    pub now: u64,
    /// The largest number that leaves the path as it is.
    pub until: u64,
    /// The paths beyond.
    pub then: Vec<Path>,
    /// New persons a hundred days: the greater of the pace since 1 January and that of the last 30 days.
    pub per_hundred_days: u64,
    /// The day on which the path changes at this pace; nothing: not this year, and on 1 January counting begins anew.
    pub crosses: Option<Date>,
    /// When to begin, so many working days before.
    pub start_by: Option<Date>,
    /// How many working days that takes.
    pub workdays: u32,
    /// Whether these are statutory periods; otherwise an assumption.
    pub statutory: bool,
}

impl Home {
    /// The outlook for a transfer's handler in the year of `on`. Nothing is read but the tally. `lead`: working days of
    /// preparation, where one knows better.
    pub async fn forecast(
        &self,
        base: &RuleBase,
        loaded: &Loaded,
        on: Date,
        lead: Option<u32>,
    ) -> Result<Vec<Outlook>, ClearanceError> {
        let handler = loaded.handler()?;
        let tally = self.store.tally(&handler, on.year(), Scope::Counted, false, &self.spill()?).await?;
        let counts = Counts::Known { ordinary: tally.ordinary(), sensitive: tally.sensitive() };
        let facts = facts::facts(base, &loaded.transfer, Some(true), counts)?;
        let determination = law::determine(base, &facts, on)?;
        let entries = self.store.entries(&handler, on.year()).await?;
        let mut outlooks = Vec::new();
        for room in determination.headroom {
            let grown: fn(&EntryLine) -> u64 = match room.fact.as_str() {
                "persons.ordinary" => |entry| entry.new_ordinary,
                "persons.sensitive" => |entry| entry.new_sensitive,
                _ => continue,
            };
            let per_hundred_days = pace(&entries, grown, on);
            let crosses = crossing(room.now, room.until, per_hundred_days, on);
            let statutory = lead.is_none() && room.then.contains(&Path::SecurityAssessment);
            let workdays = lead.unwrap_or(if statutory { ASSESSMENT } else { PREPARING });
            let start_by = crosses.and_then(|day| base.calendar().before(day, Workdays(workdays)).ok());
            outlooks.push(Outlook {
                fact: room.fact,
                now: room.now,
                until: room.until,
                then: room.then,
                per_hundred_days,
                crosses,
                start_by: start_by.map(|count| count.day),
                workdays,
                statutory,
            });
        }
        Ok(outlooks)
    }
}

/// New persons a hundred days, rounded up.
fn pace(entries: &[EntryLine], grown: fn(&EntryLine) -> u64, on: Date) -> u64 {
    let counted = entries.iter().filter(|entry| entry.counted && entry.state.as_deref() != Some("not-published"));
    let within = |days: i64| {
        let counted = counted.clone().filter(|entry| {
            let day: Option<Date> = entry.day.parse().ok();
            day.is_none_or(|day| day <= on && days_between(day, on) < days)
        });
        (counted.map(grown).sum::<u64>() * 100).div_ceil(days as u64)
    };
    let since = days_between(on.first_of_year(), on) + 1;
    within(since).max(if since > RECENT { within(RECENT) } else { 0 })
}

/// The day on which a count exceeds its room, this year.
fn crossing(now: u64, until: u64, per_hundred_days: u64, on: Date) -> Option<Date> {
    if now > until {
        return Some(on);
    }
    if per_hundred_days == 0 {
        return None;
    }
    let days = ((until + 1 - now) * 100).div_ceil(per_hundred_days);
    let day = on.checked_add(i64::try_from(days).ok()?.days()).ok()?;
    (day.year() == on.year()).then_some(day)
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn entry(day: Date, new_ordinary: u64) -> EntryLine {
        EntryLine {
            day: day.to_string(),
            what: "release".into(),
            release: Some("rel".into()),
            ground: "counted".into(),
            counted: true,
            state: Some("published".into()),
            destination: None,
            persons: new_ordinary,
            new_ordinary,
            new_sensitive: 0,
            who: String::new(),
            why: String::new(),
        }
    }

    #[test]
    fn the_day_of_the_crossing_follows_from_the_greater_pace() {
        let ordinary: fn(&EntryLine) -> u64 = |entry| entry.new_ordinary;
        let on = date(2026, 4, 10);
        // A hundred days of 2026 have passed: 390 a day.
        let steady = [entry(date(2026, 1, 15), 19_500), entry(date(2026, 3, 1), 19_500)];
        assert_eq!(pace(&steady, ordinary, on), 39_000);
        assert_eq!(crossing(39_000, 99_999, 39_000, on), Some(date(2026, 9, 14)), "157 days on");
        // Faster of late: 1,000 a day over the last thirty days.
        let late = [entry(date(2026, 4, 1), 30_000)];
        assert_eq!(pace(&late, ordinary, on), 100_000);
        let mut closed = entry(date(2026, 4, 1), 30_000);
        closed.state = Some("not-published".into());
        assert_eq!(pace(&[closed], ordinary, on), 0, "what never left sets no pace");
        assert_eq!(crossing(1, 99_999, 100, on), None, "not this year");
        assert_eq!(crossing(1, 99_999, 0, on), None);
        assert_eq!(crossing(100_000, 99_999, 1, on), Some(on));
    }
}
