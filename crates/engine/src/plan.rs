//! What happens to each field, as expressions of the data plane.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast, lit};
use datafusion::prelude::ident;
use deid::Transform;
use serde::{Deserialize, Serialize};

use crate::functions::{self, Function};
use crate::keys::KeyRing;

/// One field on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldStep {
    /// The field in the source.
    pub field: String,
    /// Its class, by the taxonomy's label: some transforms depend on it.
    pub label: String,
    /// What is done to it. A dropped field is in no plan.
    pub transform: Transform,
    /// The name of the key, for a keyed transform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A field as text.
pub(crate) fn text(field: &str) -> Expr {
    cast(ident(field), DataType::Utf8)
}

/// The expression that makes the outgoing column. `on`: the day, for ages.
pub(crate) fn expression(step: &FieldStep, on: &str, keys: &Arc<dyn KeyRing>) -> Expr {
    let made = if step.transform == Transform::Keep {
        // As it came, in the source's own type.
        ident(&step.field)
    } else {
        let key = step.key.as_deref().unwrap_or_default();
        let literals = [step.transform.to_string(), key.to_owned(), step.label.clone(), on.to_owned()];
        call(Function::Transform, literals, &step.field, keys)
    };
    made.alias(&step.field)
}

/// Whether the person of the row is under `years` on the day, by this column: `under`, `over` or `unknown`.
pub(crate) fn under_age(field: &str, label: &str, years: u32, on: &str, keys: &Arc<dyn KeyRing>) -> Expr {
    call(Function::UnderAge, [years.to_string(), label.to_owned(), on.to_owned()], field, keys)
}

fn call<const N: usize>(function: Function, literals: [String; N], field: &str, keys: &Arc<dyn KeyRing>) -> Expr {
    let args = literals.into_iter().map(lit).chain([text(field)]).collect();
    functions::transform(function, keys).call(args)
}
