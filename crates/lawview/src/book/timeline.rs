//! When which provision ran, drawn as one picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::{Date, date};
use law::{Rule, Text};
use maud::{Markup, html};

use super::Material;
use super::part::{Part, both};
use crate::eras::decides;
use crate::words::{status, text};

const LEFT: f64 = 190.0;
const WIDTH: f64 = 980.0;
const ROW: f64 = 9.0;
const TOP: f64 = 30.0;

/// The years of the axis: from the first provision, no further back than 2017, to the end of the calendar.
struct Axis {
    first: i16,
    last: i16,
}

impl Axis {
    fn of(material: &Material<'_>) -> Self {
        let rules = material.base.rules();
        let first = rules.iter().map(|rule| rule.from.year()).min().unwrap_or(2017).clamp(2017, 2026);
        let ends = rules.iter().flat_map(|rule| [Some(rule.from), rule.to]).flatten().map(Date::year).max();
        let calendar = material.base.calendar().covers().1.year();
        Axis { first, last: ends.unwrap_or(calendar).clamp(calendar, calendar + 5) }
    }

    fn x(&self, day: Date) -> f64 {
        let start = date(self.first, 1, 1);
        let end = date(self.last, 12, 31);
        let days = |from: Date, to: Date| f64::from(from.until(to).map_or(0, |span| span.get_days()));
        LEFT + (WIDTH - LEFT) * (days(start, day) / days(start, end)).clamp(0.0, 1.0)
    }
}

pub(crate) fn part(material: &Material<'_>) -> Part {
    Part {
        id: "timeline",
        title: text("时间轴", "Timeline"),
        about: text(
            "每条横线是一条规定，自施行之日画到失效之日；深色的决定路径，浅色的是义务、罚款等。实线见过原文，虚线为转述，点线未经核实。竖线是本册所示之日。点按横线可跳到该条。",
            "Each bar is a provision, from its first day in force to its last; dark bars decide a path, light ones are duties, fines and the like. Solid: text seen; dashed: a secondary account; dotted: unconfirmed. The upright line is the day this book shows. A bar leads to its provision.",
        ),
        below: Vec::new(),
        body: html! { (drawing(material)) (years(material)) },
    }
}

fn drawing(material: &Material<'_>) -> Markup {
    let axis = Axis::of(material);
    let mut by_instrument: Vec<(&str, Vec<&Rule>)> = Vec::new();
    for rule in material.base.rules() {
        match by_instrument.iter_mut().find(|(id, _)| *id == rule.instrument) {
            Some((_, rules)) => rules.push(rule),
            None => by_instrument.push((&rule.instrument, vec![rule])),
        }
    }
    for (_, rules) in &mut by_instrument {
        rules.sort_by_key(|rule| rule.from);
    }
    by_instrument.sort_by_key(|(_, rules)| rules.iter().map(|rule| rule.from).min());
    let mut y = TOP;
    let mut rows = Vec::new();
    for (id, rules) in by_instrument {
        let height = (rules.len() as f64 * ROW).max(14.0) + 8.0;
        rows.push((id, rules, y, height));
        y += height;
    }
    let bottom = y;
    let today = axis.x(material.view.on);
    html! {
        figure.timeline tabindex="0" aria-labelledby="timeline-title" {
            svg viewBox={ "0 0 " (WIDTH) " " (bottom + 8.0) } role="img" aria-labelledby="timeline-title" {
                @for year in axis.first..=axis.last {
                    @let x = axis.x(date(year, 1, 1));
                    line.year x1=(round(x)) x2=(round(x)) y1=(TOP - 6.0) y2=(bottom) {}
                    text.year x=(round(x + 3.0)) y="16" { (year) }
                }
                @for (id, rules, top, height) in &rows {
                    @let title = instrument(material, id);
                    line.lane x1="0" x2=(WIDTH) y1=(top) y2=(top) {}
                    text.lane x="0" y=(round(top + height / 2.0 + 4.0)) {
                        tspan.zh lang="zh-Hans" { (cut(&title.zh, 15)) }
                        tspan.en lang="en" { (cut(&title.en, 30)) }
                    }
                    @for (n, rule) in rules.iter().enumerate() { (bar(&axis, rule, top + 8.0 + n as f64 * ROW)) }
                }
                line.today x1=(round(today)) x2=(round(today)) y1="20" y2=(bottom) {}
                text.today x=(round(today - 3.0)) y="27" text-anchor="end" { (material.view.on) }
            }
        }
    }
}

/// The cite in English, the title in Chinese: both fit beside the picture.
fn instrument(material: &Material<'_>, id: &str) -> Text {
    material.base.instruments().get(id).map_or_else(|| text(id, id), |one| text(&one.title.zh, &one.short))
}

fn bar(axis: &Axis, rule: &Rule, y: f64) -> Markup {
    let from = axis.x(rule.from);
    let to = rule.to.map_or(WIDTH, |to| axis.x(to));
    let kind = if decides(rule) { "decides" } else { "beside" };
    let mut days = rule.from.to_string();
    let _ = write!(days, " – {}", rule.to.map_or_else(String::new, |to| to.to_string()));
    html! {
        a href={ "#" (rule.id) } {
            title { (rule.id) " " (days) " " (rule.title.zh) " " (rule.title.en) }
            line class={ "run " (kind) " " (status(rule.status)) } x1=(round(from)) x2=(round(to.max(from + 3.0))) y1=(y) y2=(y) {}
        }
    }
}

fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// The same as a table, for whoever cannot see the picture: what begins and what ends on each day.
fn years(material: &Material<'_>) -> Markup {
    let mut days: BTreeMap<Date, (Vec<&Rule>, Vec<&Rule>)> = BTreeMap::new();
    for rule in material.base.rules() {
        days.entry(rule.from).or_default().0.push(rule);
        if let Some(to) = rule.to {
            days.entry(to).or_default().1.push(rule);
        }
    }
    let list = |rules: &[&Rule]| html! { @for rule in rules { (super::part::rule(&rule.id)) " " } };
    html! {
        details.more {
            summary { (both("逐日列表", "Day by day")) }
            div.scroll { table {
                thead { tr { th scope="col" { (both("日期", "day")) } th scope="col" { (both("开始施行", "begins")) } th scope="col" { (both("最后一日", "last day")) } } }
                tbody { @for (day, (begins, ends)) in &days { tr { th scope="row" { (day) } td { (list(begins)) } td { (list(ends)) } } } }
            } }
        }
    }
}
