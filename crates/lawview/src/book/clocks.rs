//! Statutory clocks, with whatever the rule base says of each.

use law::{Clock, Direction, Text};
use maud::{Markup, html};
use serde_json::Value;

use super::Material;
use super::part::{Part, status, t};
use crate::words::text;

/// What has a column or a place of its own.
const SHOWN: [&str; 9] = ["id", "title", "instrument", "article", "length", "unit", "direction", "from", "status"];

pub(crate) fn part(material: &Material<'_>) -> Part {
    Part {
        id: "clocks",
        title: text("法定期限", "Statutory clocks"),
        about: text(
            "工作日依国务院办公厅的通知计算，含调休上班日；期间自事件次日起算。",
            "Working days are those of the State Council's notices, make-up days included; a period runs from the day after its event.",
        ),
        below: Vec::new(),
        body: html! {
            div.scroll { table.clocks {
                thead { tr {
                    th scope="col" { (super::part::both("期限", "period")) } th scope="col" { (super::part::both("条文", "article")) }
                    th scope="col" { (super::part::both("长度", "length")) } th scope="col" { (super::part::both("自何时起算", "counted from")) }
                    th scope="col" { (super::part::both("确定性", "certainty")) }
                } }
                tbody { @for clock in material.base.clocks() { (row(material, clock)) } }
            } }
        },
    }
}

fn row(material: &Material<'_>, clock: &Clock) -> Markup {
    let unit = (material.view.name)(&format!("unit.{}", word(&clock.unit)));
    let length = text(format!("{} {}", clock.length, unit.zh), format!("{} {}", clock.length, unit.en));
    let before = clock.direction == Direction::Before;
    let (zh, en) = if before { ("之前 ", "before: ") } else { ("", "") };
    html! {
        tr id={ "clock." (clock.id) } {
            th scope="row" { (t(&clock.title)) " " code { (clock.id) } (more(clock)) }
            td { (t(&material.base.cited_at(&clock.instrument, &clock.article))) }
            td.length { (t(&length)) }
            td { (t(&text(format!("{zh}{}", clock.from.zh), format!("{en}{}", clock.from.en)))) }
            td { (status(material.view, clock.status)) }
        }
    }
}

/// The wire's word for an enum without fields.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Everything else that the rule base says of the clock, by its own names.
fn more(clock: &Clock) -> Markup {
    let Ok(Value::Object(all)) = serde_json::to_value(clock) else { return html! {} };
    let rest = all.iter().filter(|(key, value)| !SHOWN.contains(&key.as_str()) && says(value));
    let rest: Vec<_> = rest.collect();
    html! {
        @if !rest.is_empty() { dl.more { @for (key, value) in rest { div { dt { (name(key)) } dd { (said(value)) } } } } }
    }
}

fn says(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value.as_array().is_none_or(|list| !list.is_empty())
}

fn name(key: &str) -> Markup {
    let (zh, en) = match key {
        "extendable" | "extension" => ("延长", "extension"),
        "pauses" => ("中止", "paused by"),
        "party" => ("由谁", "whose duty"),
        "ends" => ("届满之后", "at its end"),
        "in_force" => ("施行", "in force"),
        "bound" => ("所得之日", "the day found"),
        "starts" => ("固定起算日", "began on"),
        "reading" => ("理解", "reading"),
        "source" => ("来源", "source"),
        "first_day" => ("首日", "first day"),
        other => (other, other),
    };
    super::part::both(zh, en)
}

/// A value of the wire: texts in both languages, everything else as it is.
fn said(value: &Value) -> Markup {
    match value {
        Value::Object(map) => match (map.get("zh").and_then(Value::as_str), map.get("en").and_then(Value::as_str)) {
            (Some(zh), Some(en)) => t(&Text::new(zh, en)),
            _ => {
                html! { @for (key, inner) in map.iter().filter(|(_, inner)| says(inner)) { span.sub { (key.replace('_', " ")) ": " (said(inner)) } " " } }
            }
        },
        Value::Array(list) => html! { @for inner in list { span.sub { (said(inner)) } " " } },
        Value::Bool(true) => super::part::both("可以", "yes"),
        Value::String(text) => super::part::source(text),
        other => html! { (other) },
    }
}
