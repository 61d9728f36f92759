//! The years of the working-day calendar: days off and make-up days.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use law::{Calendar, DayKind, Text};
use maud::{Markup, html};

use super::Material;
use super::part::{Part, both, source, status, t};
use crate::words::text;

/// Days off of one name that follow one another, and the days worked to make up for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its name.
    pub name: Text,
    /// The first day off.
    pub from: Date,
    /// The last day off.
    pub to: Date,
    /// The weekend days worked to make up for it.
    pub make_up: Vec<Date>,
}

pub(crate) fn part(material: &Material<'_>) -> Part {
    let (first, last) = material.base.calendar().covers();
    Part {
        id: "calendar",
        title: text("工作日历", "Working-day calendar"),
        about: text(
            "每年一张图：一行一个月，一格一日。实格放假，带点的是调休上班日，浅格为周末。通知未出的年份只列法定假日，计入它的期间都注明暂定。",
            "One picture a year: a line a month, a square a day. Filled: off by notice; dotted: a weekend day worked to make up; pale: weekend. A year whose notice is not out shows the statutory holidays only, and every period that touches it says it is provisional.",
        ),
        below: Vec::new(),
        body: html! { div.years { @for year in (first.year()..=last.year()).rev() { (one(material, year)) } } },
    }
}

fn one(material: &Material<'_>, year: i16) -> Markup {
    let calendar = material.base.calendar();
    let (notice, attested) = calendar.notice(year).unwrap_or(("", law::Status::Unconfirmed));
    html! {
        section.year id={ "year." (year) } {
            h3 { (year) @if notice.is_empty() { " " span.flag { (both("暂定", "provisional")) } } }
            div.pair {
                (picture(calendar, year))
                div {
                    div.scroll { table {
                        thead { tr { th scope="col" { (both("节日", "holiday")) } th scope="col" { (both("放假", "off")) } th scope="col" { (both("调休上班", "worked")) } } }
                        tbody { @for one in holidays(calendar, year) { tr {
                            th scope="row" { (t(&one.name)) }
                            td { (short(one.from)) @if one.to != one.from { "–" (short(one.to)) } }
                            td { @for (n, day) in one.make_up.iter().enumerate() { @if n > 0 { ", " } (short(*day)) } }
                        } } }
                    } }
                    p.notice { (status(material.view, attested)) " " @if notice.is_empty() { (both("通知尚未发布", "the notice is not out")) } @else { (source(notice)) } }
                }
            }
        }
    }
}

fn short(day: Date) -> String {
    format!("{:02}-{:02}", day.month(), day.day())
}

/// The holidays of a year, in order; none of a year the calendar does not cover.
pub fn holidays(calendar: &Calendar, year: i16) -> Vec<Holiday> {
    let mut found: Vec<Holiday> = Vec::new();
    let mut make_up: Vec<(Date, Text)> = Vec::new();
    for day in date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year) {
        match calendar.is_working_day(day) {
            Ok(DayKind::Holiday(name)) => match found.last_mut() {
                Some(last) if last.name == name && last.to.saturating_add(1.day()) == day => last.to = day,
                _ => found.push(Holiday { name, from: day, to: day, make_up: Vec::new() }),
            },
            Ok(DayKind::MakeUpDay(name)) => make_up.push((day, name)),
            _ => {}
        }
    }
    for (day, name) in make_up {
        if let Some(of) = found.iter_mut().find(|holiday| holiday.name == name) {
            of.make_up.push(day);
        }
    }
    found
}

/// The year at a glance; the table beside it says the same in words.
fn picture(calendar: &Calendar, year: i16) -> Markup {
    const STEP: i32 = 10;
    let place = |day: Date| (18 + (i32::from(day.day()) - 1) * STEP, (i32::from(day.month()) - 1) * STEP);
    let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
    html! {
        svg.days viewBox="0 0 330 122" aria-hidden="true" focusable="false" {
            @for month in 1..=12 { text x="12" y=((month - 1) * STEP + 8) text-anchor="end" { (month) } }
            @for day in days {
                @let (x, y) = place(day);
                @let kind = calendar.is_working_day(day);
                @let class = match &kind { Ok(DayKind::Holiday(_)) => "off", Ok(DayKind::MakeUpDay(_)) => "make-up", Ok(DayKind::RestDay) => "rest", _ => "work" };
                rect class=(class) x=(x) y=(y) width="8" height="8" rx="1" {}
                @if class == "make-up" { circle class="make-up" cx=(x + 4) cy=(y + 4) r="1.8" {} }
            }
        }
    }
}
