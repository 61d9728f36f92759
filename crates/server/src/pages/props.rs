//! What the components of `parts.html` take, made from views: words in one language, days as people write them.

use std::borrow::Cow;

use cases::{Ask, Part, Running};
use catalogue::Lang;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, Unit};
use law::{ClockUnit, Party};
use serde::Serialize;
use serde_json::{Value, json};

use crate::house::House;
use crate::view::{ClockView, StateView};
use crate::words::of_day;

/// So many days are told as months.
const MONTHS_FROM: i32 = 200;

/// Says things in the language of a page.
#[derive(Clone, Copy)]
pub(super) struct Say<'a> {
    pub(super) house: &'a House,
    pub(super) lang: Lang,
}

impl<'a> Say<'a> {
    pub(super) fn new(house: &'a House, lang: Lang) -> Self {
        Self { house, lang }
    }

    pub(super) fn text(self, key: &str) -> &'a str {
        self.house.say(self.lang, key)
    }

    /// A text as the title of a page.
    pub(super) fn title(self, key: &str) -> Cow<'a, str> {
        crate::words::capital(self.text(key))
    }

    pub(super) fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        self.house.catalogue.fill(self.lang, key, values).unwrap_or_default()
    }

    pub(super) fn of(self, text: &law::Text) -> &str {
        self.lang.of(text)
    }

    pub(super) fn day(self, day: Date) -> String {
        of_day(self.lang, day)
    }

    /// A moment in UTC+8, to the minute.
    pub(super) fn moment(self, at: Timestamp) -> String {
        let local = Offset::constant(8).to_datetime(at);
        format!("{} {:02}:{:02}", self.day(local.date()), local.hour(), local.minute())
    }

    /// The word of the wire of an enum, such as `national-office`, as a key of the catalogue says it.
    pub(super) fn word(self, room: &str, value: impl Serialize) -> String {
        let word = word(value);
        self.text(&format!("{room}.{word}")).to_owned()
    }

    pub(super) fn party(self, party: Party) -> String {
        self.word("party", party)
    }
}

/// The word an enum has on the wire.
pub(super) fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A badge of a state.
pub(super) fn badge(say: Say<'_>, state: &StateView) -> Value {
    json!({"phase": state.phase.map_or_else(|| "closed".to_owned(), word), "label": say.of(&state.name)})
}

/// How long is left on a clock.
fn due(today: Date, clock: &ClockView) -> Value {
    let state = match clock.clock.running {
        Running::Done { .. } => "done",
        Running::Dropped { .. } | Running::Again => "dropped",
        Running::Over => "over",
        Running::Stands { .. } => "stands",
        Running::Runs if clock.late => "late",
        Running::Runs if clock.workdays == Some(0) => "today",
        Running::Runs => "left",
    };
    match (state, clock.day) {
        ("left" | "late", Some(day)) => until(today, day, clock.workdays),
        // What its day is worked out from is not known yet.
        ("left" | "late", None) => json!({"state": "open"}),
        (state, day) => json!({"state": state, "day": day}),
    }
}

/// How long is left until a day of a queue.
pub(super) fn due_day(house: &House, today: Date, day: Option<Date>, stands: bool) -> Value {
    let Some(day) = day else { return Value::Null };
    if stands {
        return json!({"state": "stands", "day": day});
    }
    until(today, day, crate::view::workdays_between(house.world.base.calendar(), today, day))
}

/// How long it is from today to a day, or how long it is past: in working days where the calendar reaches so far, else in days, and where
/// they are many in whole months.
fn until(today: Date, day: Date, workdays: Option<u32>) -> Value {
    let (from, to, state) = if day < today { (day, today, "late") } else { (today, day, "left") };
    let (n, unit) = match workdays {
        Some(n) => (i64::from(n), "workdays"),
        None => match from.until(to).map_or(0, |span| span.get_days()) {
            days if days < MONTHS_FROM => (i64::from(days), "days"),
            _ => (from.until((Unit::Month, to)).map_or(0, |span| i64::from(span.get_months())), "months"),
        },
    };
    let state = if n == 0 && state == "left" { "today" } else { state };
    json!({"state": state, "n": n, "unit": unit, "day": day})
}

/// A clock with its days as a calendar.
pub(super) fn clock(say: Say<'_>, clock: &ClockView) -> Value {
    let of = &clock.clock;
    let id = format!("clock-{}-{}", of.clock, of.since);
    let definition = say.house.world.base.clock_book().clock(of.clock.as_str()).ok();
    let length = definition.map(|clock| self::length(say, clock)).unwrap_or_default();
    json!({
        "id": id,
        "title": say.of(&of.title),
        "party": say.party(of.party),
        "due": due(say.house.today(), clock),
        "day": clock.day.map(|day| say.day(day)),
        "start": say.day(of.start),
        "backwards": definition.is_some_and(|clock| clock.direction == law::Direction::Before),
        "length": length,
        "right": of.right,
        "cite": of.cite,
        "certainty": of.status,
        "reading": of.reading.as_ref().map(|reading| say.of(&reading.text)),
        "provisional": matches!(&*of.due, cases::Due::Day { provisional: true, .. }),
        "months": months(say, clock),
        "weekdays": (1..=7).map(|day| say.text(&format!("weekday.{day}"))).collect::<Vec<_>>(),
    })
}

/// How long a clock runs, in words.
fn length(say: Say<'_>, clock: &law::Clock) -> String {
    let unit = match clock.unit {
        ClockUnit::Workdays => "workdays",
        ClockUnit::Days => "days",
        ClockUnit::Months => "months",
        ClockUnit::Years => "years",
        ClockUnit::Hours => "hours",
    };
    say.fill(&format!("length.{unit}"), &[("n", &clock.length.to_string())])
}

fn months(say: Say<'_>, clock: &ClockView) -> Vec<Value> {
    if clock.shortened || clock.days.is_empty() {
        return Vec::new();
    }
    let told: Vec<DayTold<'_>> =
        clock.days.iter().map(|day| DayTold { date: day.date, counts: day.counts, why: &day.why }).collect();
    months_told(say, Some(clock.clock.start), &told, clock.day)
}

/// A day of a count, and why it counts or does not.
pub(super) struct DayTold<'a> {
    pub(super) date: Date,
    pub(super) counts: bool,
    pub(super) why: &'a law::Text,
}

/// The days of a count month by month, as the component `calendar` takes them; `start` is the day before the first of them.
pub(super) fn months_told(say: Say<'_>, start: Option<Date>, days: &[DayTold<'_>], due: Option<Date>) -> Vec<Value> {
    let mut months: Vec<(String, Vec<Value>)> = Vec::new();
    let mut counted = 0;
    let start = start.map(|day| (day, None));
    let days = start.into_iter().chain(days.iter().map(|day| (day.date, Some(day))));
    for (date, told) in days {
        let kind = match told {
            None => "start",
            Some(day) if day.counts => {
                counted += 1;
                if Some(date) == due { "due" } else { "counts" }
            }
            Some(_) => "off",
        };
        let why = told.map(|day| say.of(day.why));
        // An ordinary working day needs no words; a make-up day and a day off do.
        let plain = law::DayKind::WorkingDay.why();
        let said = why.filter(|why| kind == "off" || *why != say.of(&plain));
        let cell = json!({"iso": date, "day": date.day(), "weekday": date.weekday().to_monday_one_offset(), "kind": kind,
                          "n": counted, "why": said.unwrap_or_default(), "full": why.unwrap_or_default()});
        let label = match say.lang {
            Lang::Zh => format!("{}年{}月", date.year(), date.month()),
            Lang::En => format!("{} {}", say.text(&format!("month.{}", date.month())), date.year()),
        };
        match months.last_mut().filter(|(last, _)| *last == label) {
            Some((_, days)) => days.push(cell),
            None => months.push((label, vec![cell])),
        }
    }
    months.into_iter().map(|(label, days)| json!({"label": label, "days": days})).collect()
}

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..=1023 => format!("{bytes} B"),
        1024..=1_048_575 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// What an action asks for, in words.
pub(super) fn asked(say: Say<'_>, ask: &Ask) -> String {
    match (&ask.label, ask.part) {
        (Some(label), _) => say.of(label).to_owned(),
        (None, Part::Day) => ask.name.clone().unwrap_or_default(),
        (None, part) => say.word("part", part),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_beyond_the_calendar_is_told_in_days_or_months_and_is_not_past() {
        let today = date(2026, 11, 23);
        for (day, workdays, state, n, unit) in [
            (date(2029, 4, 3), None, "left", 28, "months"),
            (date(2027, 1, 15), None, "left", 53, "days"),
            (date(2026, 12, 1), Some(6), "left", 6, "workdays"),
            (date(2026, 11, 23), Some(0), "today", 0, "workdays"),
            (date(2026, 11, 20), Some(1), "late", 1, "workdays"),
            (date(2024, 1, 5), None, "late", 34, "months"),
        ] {
            let told = json!({"state": state, "n": n, "unit": unit, "day": day});
            assert_eq!(until(today, day, workdays), told);
        }
    }
}
