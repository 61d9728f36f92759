//! Answers that the artefacts of a transfer already give. What a person typed is never overwritten: where it says otherwise,
//! both are told.

mod facts;
mod rows;

use law::Determination;
use serde::Serialize;
use serde_json::Value;
use transfer::{Inventory, Plan, PrivateReceipt, Transfer};

use crate::answers::{Answers, Origin, is_blank};
use crate::fault::fault;
use crate::gaps::GapCode;
use crate::model::{Field, Forms};
use crate::path::AnswerPath;

/// What answers are derived from. One transfer is one scenario with one recipient.
#[derive(Debug, Clone, Copy, Default)]
pub struct Artefacts<'a> {
    /// The transfer file.
    pub transfer: Option<&'a Transfer>,
    /// What was found in its tables.
    pub inventories: Option<&'a [Inventory]>,
    /// What happens to each field.
    pub plan: Option<&'a Plan>,
    /// What the law says of it.
    pub determination: Option<&'a Determination>,
    /// The private parts of this year's receipts, oldest first.
    pub receipts: Option<&'a [PrivateReceipt]>,
}

/// Which scenario and which recipient of it the transfer is; rows count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The row of `scenario`.
    pub scenario: u32,
    /// The row of `scenario.recipient` in it.
    pub recipient: u32,
}

impl Default for Target {
    fn default() -> Self {
        Self { scenario: 1, recipient: 1 }
    }
}

/// An answer a person gave that is not what would be derived. The person's stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where it stands.
    pub path: AnswerPath,
    /// Who gave it.
    pub origin: Origin,
    /// What it says.
    pub said: Value,
    /// What would be derived; `None`: the data item it stands in no longer leaves.
    pub derived: Option<Value>,
    /// What it would be derived from.
    pub from: String,
}

/// Puts in what can be derived and marks it so. Earlier derived answers are renewed, or taken away where their artefact is
/// there and no longer gives them. What a person typed or an officer edited stays, and is told where it differs.
pub fn derive(forms: &Forms, artefacts: &Artefacts<'_>, target: Target, answers: &mut Answers) -> Vec<Difference> {
    let mut differences = Vec::new();
    for field in forms.fields() {
        let Some(source) = field.derived.filter(|source| artefacts.gives(*source)) else { continue };
        let rows = match forms.tables_around(&field.id).last().map(|table| table.id.as_str()) {
            None => Vec::new(),
            Some("scenario") => vec![target.scenario],
            Some("scenario.recipient") => vec![target.scenario, target.recipient],
            // Rows of the necessity table are matched, not counted: see `rows`.
            Some(_) => continue,
        };
        let value = artefacts.value(source, field, answers).filter(|value| fits(field, value));
        offer(answers, forms.path(&field.id, &rows), value, source.name(), &mut differences);
    }
    if let Some(plan) = artefacts.plan {
        rows::derive(forms, plan, target.scenario, answers, &mut differences);
    }
    differences
}

/// Whether a form has room for it: a text longer than its line is for a person to shorten.
fn fits(field: &Field, value: &Value) -> bool {
    !fault(&field.kind, value, None).is_some_and(|fault| matches!(fault.code, GapCode::TooLong | GapCode::WrongKind))
}

/// Puts one derived answer, or tells how it differs from what a person said.
fn offer(answers: &mut Answers, path: AnswerPath, value: Option<Value>, from: &str, differences: &mut Vec<Difference>) {
    let there = answers.get(&path).filter(|answer| !is_blank(&answer.value));
    match (there, value) {
        (Some(answer), value) if answer.origin != Origin::Derived => {
            // Where nothing is derived nothing is contradicted.
            if value.as_ref().is_some_and(|value| *value != answer.value) {
                let (origin, said) = (answer.origin, answer.value.clone());
                differences.push(Difference { path, origin, said, derived: value, from: from.to_owned() });
            }
        }
        (_, Some(value)) => answers.put_derived(path, value, from),
        (Some(_), None) => {
            answers.remove(&path);
        }
        (None, None) => {}
    }
}
