//! Where a page of a list went off, as a text that means nothing to its bearer.

use ::cases::{CaseId, QueueRow};
use axum::http::StatusCode;
use jiff::civil::Date;
use law::Text;
use schemars::JsonSchema;
use serde::Serialize;

use crate::problem::Problem;

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub(super) struct List<T> {
    pub(super) rows: Vec<T>,
    /// What `cursor` takes for the page after this one; null on the last.
    pub(super) next: Option<String>,
}

fn wrong() -> Problem {
    let what = Text::new("`cursor` 不是上一页给出的 `next`", "`cursor` is no `next` of a page before");
    Problem::new(StatusCode::BAD_REQUEST, "bad-parameter", what)
}

fn unhex(text: &str) -> Option<String> {
    if text.len() > 400 || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect();
    String::from_utf8(bytes?).ok().filter(|text| !text.chars().any(char::is_control))
}

/// The row of a queue after which it goes on.
pub(super) fn of_row(row: &QueueRow) -> String {
    let due = row.due.map(|day| day.to_string()).unwrap_or_default();
    transfer::hex(format!("q {due} {}", row.case).as_bytes())
}

/// The same, read.
pub(super) fn row(cursor: &str) -> Result<(Option<Date>, CaseId), Problem> {
    let text = unhex(cursor).ok_or_else(wrong)?;
    let mut words = text.splitn(3, ' ');
    let (Some("q"), Some(due), Some(case)) = (words.next(), words.next(), words.next()) else { return Err(wrong()) };
    let due = if due.is_empty() { None } else { Some(due.parse().map_err(|_| wrong())?) };
    Ok((due, CaseId::new(case)))
}

/// How many rows of a list came before.
pub(super) fn of_place(place: u32) -> String {
    transfer::hex(format!("n {place}").as_bytes())
}

/// The same, read.
pub(super) fn place(cursor: Option<&str>) -> Result<u32, Problem> {
    let Some(cursor) = cursor else { return Ok(0) };
    let text = unhex(cursor).ok_or_else(wrong)?;
    text.strip_prefix("n ").and_then(|place| place.parse().ok()).filter(|place| *place < 10_000_000).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_given_and_nothing_else_is_one() {
        assert_eq!(place(Some(&of_place(50))).expect("a place"), 50);
        assert_eq!(place(None).expect("the first"), 0);
        for text in ["", "zz", "6e", "6e20", "00", "é", "6e2039393939393939393939"] {
            assert!(place(Some(text)).is_err() && row(text).is_err(), "{text}");
        }
        assert!(row(&transfer::hex(b"q soon sa-1")).is_err());
        let found = row(&transfer::hex(b"q 2026-11-03 sa-1")).expect("a row");
        assert_eq!(found, (Some(jiff::civil::date(2026, 11, 3)), CaseId::new("sa-1")));
    }
}
