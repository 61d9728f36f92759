//! The working-day calendar of a year, and a small clock: from a day, so many working days, each day told.

use axum::extract::{Query, State};
use axum::response::Html;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use law::{Calendar, DayKind, Workdays};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::house::Shared;
use crate::pages::props::{DayTold, Say, months_told};
use crate::pages::shown;
use crate::problem::Problem;
use crate::who::Visitor;

/// The longest count the page tells.
const MOST: u32 = 250;

/// `?year=2026&from=2026-11-23&days=15`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct Wanted {
    year: String,
    from: String,
    days: String,
    /// `back`: so many working days before the day.
    way: String,
}

/// `GET /calendar`.
pub(in crate::pages) async fn page(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let calendar = house.world.base.calendar();
    let (first, last) = calendar.covers();
    let asked = wanted.year.trim().parse().ok();
    let year = asked.unwrap_or_else(|| house.today().year());
    if !wanted.year.is_empty() && asked.is_none() || !(first.year()..=last.year()).contains(&year) {
        let (first, last) = (first.year(), last.year());
        return Err(Problem::bad(
            format!("日历只有 {first} 年至 {last} 年"),
            format!("the calendar has the years {first} to {last}"),
        ));
    }
    let (notice, status) = calendar.notice(year).unwrap_or(("", law::Status::Unconfirmed));
    let holidays = lawview::holidays(calendar, year).into_iter().map(|holiday| {
        let made_up: Vec<String> = holiday.make_up.iter().map(|day| say.day(*day)).collect();
        let off = if holiday.from == holiday.to { say.day(holiday.from) } else { format!("{} – {}", say.day(holiday.from), say.day(holiday.to)) };
        json!({"cells": [{"text": say.of(&holiday.name)}, {"text": off, "sort": holiday.from.to_string()}, {"text": made_up.join(say.text("ui.comma"))}]})
    });
    let counted = counted(say, calendar, &wanted);
    let columns =
        ["holiday", "off", "worked"].map(|name| json!({"label": say.text(&format!("calendar.column.{name}"))}));
    let context = json!({
        "title": say.title("calendar.title"),
        "year": year,
        "years": (first.year()..=last.year()).map(|one| json!({"label": one.to_string(), "href": format!("/calendar?year={one}"), "current": one == year})).collect::<Vec<_>>(),
        "months": (1..=12).map(|month| month_shown(say, calendar, year, month, house.today())).collect::<Vec<_>>(),
        "weekdays": (1..=7).map(|day| say.text(&format!("weekday.{day}"))).collect::<Vec<_>>(),
        "holidays": holidays.collect::<Vec<_>>(),
        "columns": columns,
        "notice": super::provision::sourced(notice),
        "provisional": notice.is_empty(),
        "status": status,
        "working": working(calendar, year),
        "fields": [
            {"kind": "date", "id": "from", "label": say.text("calendar.from"), "value": if wanted.from.is_empty() { house.today().to_string() } else { wanted.from.clone() }},
            {"kind": "number", "id": "days", "label": say.text("calendar.days"), "min": 1, "max": MOST, "value": if wanted.days.is_empty() { "15" } else { &wanted.days }},
            {"kind": "select", "id": "way", "label": say.text("calendar.way"), "value": wanted.way,
             "options": [{"value": "", "label": say.text("calendar.way.on")}, {"value": "back", "label": say.text("calendar.way.back")}]},
        ],
        "counted": counted,
    });
    shown(&house, &visitor, "rules/calendar.html", context)
}

fn working(calendar: &Calendar, year: i16) -> usize {
    days(year).filter(|day| calendar.is_working_day(*day).is_ok_and(|kind| kind.counts())).count()
}

fn days(year: i16) -> impl Iterator<Item = Date> {
    date(year, 1, 1).series(1.day()).take_while(move |day| day.year() == year)
}

fn month_shown(say: Say<'_>, calendar: &Calendar, year: i16, month: i8, today: Date) -> Value {
    let of_month = days(year).filter(|day| day.month() == month).map(|day| {
        let kind = calendar.is_working_day(day);
        let class = match &kind {
            Ok(DayKind::WorkingDay) => "work",
            Ok(DayKind::MakeUpDay(_)) => "make-up",
            Ok(DayKind::Holiday(_)) => "holiday",
            Ok(DayKind::RestDay) | Err(_) => "rest",
        };
        let why = kind.map(|kind| say.of(&kind.why()).to_owned()).unwrap_or_default();
        json!({"day": day.day(), "iso": day, "weekday": day.weekday().to_monday_one_offset(), "kind": class, "why": why, "today": day == today})
    });
    json!({"label": say.text(&format!("month.{month}")), "days": of_month.collect::<Vec<_>>()})
}

/// The count that was asked for, or why it cannot be made.
fn counted(say: Say<'_>, calendar: &Calendar, wanted: &Wanted) -> Option<Value> {
    if wanted.from.trim().is_empty() || wanted.days.trim().is_empty() {
        return None;
    }
    let wrong = |key: &str| json!({"wrong": say.text(key)});
    let Ok(from) = wanted.from.trim().parse::<Date>() else { return Some(wrong("calendar.wrong.day")) };
    let Some(n) = wanted.days.trim().parse::<u32>().ok().filter(|n| (1..=MOST).contains(n)) else {
        return Some(wrong("calendar.wrong.days"));
    };
    let back = wanted.way == "back";
    let count = if back { calendar.before(from, Workdays(n)) } else { calendar.due(from, Workdays(n)) };
    let Ok(mut count) = count else { return Some(wrong("calendar.wrong.outside")) };
    let due = count.day;
    if back {
        count.days.reverse();
    }
    let told: Vec<DayTold<'_>> =
        count.days.iter().map(|day| DayTold { date: day.date, counts: day.counts, why: &day.why }).collect();
    let off = told.iter().filter(|day| !day.counts).count();
    let (n, off) = (n.to_string(), off.to_string());
    let key = if back { "calendar.counted.back" } else { "calendar.counted" };
    Some(json!({
        "said": say.fill(key, &[("from", &say.day(from)), ("n", &n), ("day", &say.day(due)), ("off", &off)]),
        "day": say.day(due),
        "weekday": say.text(&format!("weekday.{}", due.weekday().to_monday_one_offset())),
        "provisional": count.provisional,
        "calendar": {"months": months_told(say, if back { None } else { Some(from) }, &told, Some(due)),
                     "weekdays": (1..=7).map(|day| say.text(&format!("weekday.{day}"))).collect::<Vec<_>>()},
    }))
}
