//! Answers by path, each with where it came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::path::AnswerPath;

/// Who gave an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Worked out from an artefact of the transfer.
    Derived,
    /// Typed by the handler.
    Typed,
    /// Edited by an officer.
    Officer,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The value: text, true or false, a whole number, a list of texts, or `{"amount", "unit"}`; a day is its ISO text.
    pub value: Value,
    /// Who gave it.
    pub origin: Origin,
    /// Of a derived answer: what it was derived from, such as `transfer.handler.uscc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// Every answer by its path, in the order of paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<AnswerPath, Answer>);

impl Answers {
    /// The answer at a path.
    pub fn get(&self, path: &AnswerPath) -> Option<&Answer> {
        self.0.get(path)
    }

    /// The value at a path, where it says anything: blank text and an empty list are no answer.
    pub fn value(&self, path: &AnswerPath) -> Option<&Value> {
        self.0.get(path).map(|answer| &answer.value).filter(|value| !is_blank(value))
    }

    /// Puts an answer, in place of an earlier one, which it gives back.
    pub fn put(&mut self, path: AnswerPath, value: impl Into<Value>, origin: Origin) -> Option<Answer> {
        self.0.insert(path, Answer { value: value.into(), origin, from: None })
    }

    pub(crate) fn put_derived(&mut self, path: AnswerPath, value: Value, from: &str) {
        self.0.insert(path, Answer { value, origin: Origin::Derived, from: Some(from.to_owned()) });
    }

    /// Takes an answer away.
    pub fn remove(&mut self, path: &AnswerPath) -> Option<Answer> {
        self.0.remove(path)
    }

    /// All of them, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (&AnswerPath, &Answer)> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows of a table that say anything, in order. `above` are the rows of the tables it stands in, outermost first.
    pub fn rows(&self, table: &str, above: &[u32]) -> Vec<u32> {
        crate::rows::Rows::of(self).in_table(table, above).to_vec()
    }

    /// The same answers with the rows of every table numbered from 1 without gaps.
    pub(crate) fn without_gaps(self) -> Self {
        let rows = crate::rows::Rows::of(&self);
        let paths = self.0.keys().map(|path| rows.close_up(path)).collect::<Vec<_>>();
        Self(paths.into_iter().zip(self.0.into_values()).collect())
    }

    /// SHA-256 of what is answered, whoever gave it: two dossiers that say the same have the same digest.
    pub fn digest(&self) -> String {
        let said = self.0.iter().filter(|(_, answer)| !is_blank(&answer.value));
        let said = said.map(|(path, answer)| (path.to_string(), &answer.value)).collect::<BTreeMap<_, _>>();
        transfer::digest(&transfer::canonical_bytes(&said))
    }
}

/// Whether a value says nothing.
pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
