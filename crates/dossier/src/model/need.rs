//! Which procedure needs what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::procedure::Procedure;

/// What a condition asks of another field's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// It is this, or, of several choices, this is among them. No answer is not this.
    Is(Value),
    /// It is not this, or there is no answer.
    IsNot(Value),
    /// Whether there is an answer at all.
    Answered(bool),
}

/// A test of another field. Of a field in the same table its answer in the same row is meant; of one in a deeper table,
/// that in any row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// The other field.
    pub field: String,
    /// What is asked of it.
    pub test: Test,
}

/// How much a procedure needs a field, a row of a table or a material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Always.
    Required,
    /// Where any of these holds.
    When(Vec<Condition>),
    /// Not at all; but it may be given.
    Optional,
}

/// The needs of all procedures; one that is not named does not ask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Needs(pub(crate) BTreeMap<Procedure, Need>);

impl Needs {
    /// How much a procedure needs it; `None`: it does not ask for it.
    pub fn of(&self, procedure: Procedure) -> Option<&Need> {
        self.0.get(&procedure)
    }

    /// Every procedure that asks.
    pub fn iter(&self) -> impl Iterator<Item = (Procedure, &Need)> {
        self.0.iter().map(|(procedure, need)| (*procedure, need))
    }
}

/// `required_when` in the files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhenFile {
    #[serde(rename = "in")]
    procedures: Vec<Procedure>,
    field: String,
    is: Option<Value>,
    is_not: Option<Value>,
    answered: Option<bool>,
}

/// Puts the three lists of the files together; the fault names what stands there twice.
pub(super) fn needs(required: &[Procedure], optional: &[Procedure], when: Vec<WhenFile>) -> Result<Needs, String> {
    let mut needs = BTreeMap::new();
    let plain = [(required, Need::Required), (optional, Need::Optional)];
    for (procedures, need) in plain {
        for procedure in procedures {
            if needs.insert(*procedure, need.clone()).is_some() {
                return Err(format!("names `{procedure}` twice in `required` and `optional`; keep one"));
            }
        }
    }
    for when in when {
        let test = match (when.is, when.is_not, when.answered) {
            (Some(value), None, None) => Test::Is(value),
            (None, Some(value), None) => Test::IsNot(value),
            (None, None, Some(answered)) => Test::Answered(answered),
            _ => return Err("has a `required_when` that needs exactly one of `is`, `is_not`, `answered`".to_owned()),
        };
        for procedure in when.procedures {
            let condition = Condition { field: when.field.clone(), test: test.clone() };
            match needs.entry(procedure).or_insert_with(|| Need::When(Vec::new())) {
                Need::When(conditions) => conditions.push(condition),
                _ => return Err(format!("names `{procedure}` in `required_when` and elsewhere; keep one")),
            }
        }
    }
    if needs.is_empty() {
        return Err("is asked for by no procedure; add `required`, `optional` or `required_when`".to_owned());
    }
    Ok(Needs(needs))
}
