//! Answers read back from TOML that a person filled in.

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::answers::{Answers, Origin};
use crate::model::Forms;
use crate::nested::AnswerError;

/// Why a text cannot be read as answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct AnswersTextError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub what: String,
}

/// Reads answers from TOML, each as typed by a person. What a person left as `""` is no answer; a row without any answer is
/// left out. A fault names its line.
pub fn read_toml(forms: &Forms, text: &str) -> Result<Answers, AnswersTextError> {
    let line = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let table = DeTable::parse(text).map_err(|error| AnswersTextError {
        line: error.span().map_or(1, |span| line(span.start)),
        what: error.message().lines().collect::<Vec<_>>().join("; "),
    })?;
    let mut places = Vec::new();
    let tree = tree(&DeValue::Table(table.into_inner()), "", &mut places);
    Answers::from_tree(forms, &tree, Origin::Typed).map(Answers::without_gaps).map_err(|error| {
        let path = match &error {
            AnswerError::NoField { path, .. }
            | AnswerError::WrongKind { path, .. }
            | AnswerError::TooManyRows { path } => path,
        };
        let at = places.iter().find(|(at, _)| at == path).map_or(0, |(_, at)| *at);
        AnswersTextError { line: line(at), what: error.to_string() }
    })
}

/// TOML as JSON, with the byte at which every path begins. Days of TOML become their text; what no field takes stays text, too.
fn tree(value: &DeValue<'_>, path: &str, places: &mut Vec<(String, usize)>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => {
            let digits = number.as_str().parse::<i64>();
            digits.map_or_else(|_| Value::from(number.to_string()), Value::from)
        }
        DeValue::Float(number) => Value::from(number.as_str()),
        DeValue::Boolean(is) => Value::from(*is),
        DeValue::Datetime(day) => Value::from(day.to_string()),
        DeValue::Array(items) => {
            let rows = items.iter().enumerate().map(|(at, item)| {
                let path = format!("{path}[{}]", at + 1);
                places.push((path.clone(), item.span().start));
                tree(item.get_ref(), &path, places)
            });
            Value::Array(rows.collect())
        }
        DeValue::Table(table) => {
            let parts = table.iter().map(|(key, value)| {
                let path =
                    if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
                places.push((path.clone(), key.span().start));
                (key.get_ref().to_string(), tree(value.get_ref(), &path, places))
            });
            Value::Object(parts.collect())
        }
    }
}
