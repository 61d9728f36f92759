//! Reading TOML: one line for an error, civil dates, values of facts.

use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::{LawError, Value};

/// Parses a lawbook file, naming file and line when it cannot.
pub(crate) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, LawError> {
    toml::from_str(text).map_err(|error| LawError::file(file, one_line(text, &error)))
}

/// `line 7: …` on one line; the parser's own rendering draws the source over several.
pub(crate) fn one_line(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', " ");
    match error.span() {
        Some(span) => {
            let line =
                text.char_indices().take_while(|(at, _)| *at < span.start).filter(|(_, c)| *c == '\n').count() + 1;
            format!("line {line}: {message}")
        }
        None => message,
    }
}

/// A TOML local date, or the same as a string; times of day have no place in law.
pub(crate) fn date(value: &toml::Value) -> Option<Date> {
    match value {
        toml::Value::Datetime(d) if d.time.is_none() && d.offset.is_none() => {
            let day = d.date?;
            Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
        }
        toml::Value::String(s) => s.parse().ok(),
        _ => None,
    }
}

/// A civil date as TOML writes it, or the same as a string: for `#[serde(deserialize_with = …)]`.
pub fn deserialize_date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let value = <toml::Value as serde::Deserialize>::deserialize(deserializer)?;
    date(&value).ok_or_else(|| serde::de::Error::custom("expected a date such as 2024-03-22"))
}

/// The same for a field that may be left out (with `#[serde(default)]`).
pub fn deserialize_optional_date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    deserialize_date(deserializer).map(Some)
}

/// A fact's value as TOML writes it; `None` for tables, arrays, floats, negative numbers and times of day.
pub(crate) fn value(value: &toml::Value) -> Option<Value> {
    match value {
        toml::Value::Boolean(b) => Some(Value::Bool(*b)),
        toml::Value::Integer(n) => u64::try_from(*n).ok().map(Value::Count),
        toml::Value::String(s) => Some(Value::Text(s.clone())),
        toml::Value::Datetime(_) => date(value).map(Value::Date),
        toml::Value::Float(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}
