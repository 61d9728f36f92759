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
    /// The name of the column it leaves as, where that is not its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves_as: Option<String>,
}

impl FieldStep {
    /// The name of the outgoing column.
    pub fn column(&self) -> &str {
        self.leaves_as.as_ref().unwrap_or(&self.field)
    }
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
    made.alias(step.column())
}

/// Whether the person of the row is under `years` on the day, by this column: `under`, `over` or `unknown`.
pub(crate) fn under_age(field: &str, label: &str, years: u32, on: &str, keys: &Arc<dyn KeyRing>) -> Expr {
    call(Function::UnderAge, [years.to_string(), label.to_owned(), on.to_owned()], field, keys)
}

fn call<const N: usize>(function: Function, literals: [String; N], field: &str, keys: &Arc<dyn KeyRing>) -> Expr {
    let args = literals.into_iter().map(lit).chain([text(field)]).collect();
    functions::transform(function, keys).call(args)
}

#[cfg(test)]
mod tests {
    use datafusion::execution::context::SessionContext;

    use super::*;
    use crate::keys::Secret;

    struct OneKey;

    impl KeyRing for OneKey {
        fn key(&self, _name: &str) -> Option<Secret> {
            Some(Secret::new(*b"a-key-that-must-never-be-printed"))
        }
    }

    /// I8: a plan names keys and holds none, and no planner folds a keyed function into what it makes of a literal.
    #[tokio::test]
    async fn i8_no_key_and_no_keyed_value_is_in_a_plan() {
        let keys: Arc<dyn KeyRing> = Arc::new(OneKey);
        let mut seen = String::new();
        for transform in [Transform::Pseudonym, Transform::Ff1] {
            let step = FieldStep {
                field: "mobile".to_owned(),
                label: "PHONE_CN".to_owned(),
                transform,
                key: Some("pseudonym/r1".to_owned()),
                leaves_as: None,
            };
            let context = SessionContext::new();
            let one = context
                .read_empty()
                .expect("a row")
                .select(vec![lit("13800138000").alias("mobile")])
                .expect("a column");
            let frame = one.select(vec![expression(&step, "2026-11-02", &keys)]).expect("a plan");
            let made = frame.clone().collect().await.expect("runs");
            let made = format!("{made:?}");
            assert!(!made.contains("13800138000"), "it was transformed");
            let plan = frame.clone().into_optimized_plan().expect("optimises");
            let physical = frame.create_physical_plan().await.expect("a physical plan");
            let shown = datafusion::physical_plan::displayable(physical.as_ref()).indent(true).to_string();
            seen = format!("{seen}{plan:?}{}{shown}{physical:?}", plan.display_indent());
            let value = made
                .lines()
                .map(str::trim)
                .find(|line| line.starts_with('"'))
                .unwrap_or("none")
                .trim_matches(['"', ',']);
            assert!(!seen.contains(value), "a keyed value is in the plan");
        }
        assert!(seen.contains("tg_transform") && seen.contains("pseudonym/r1"), "{seen}");
        assert!(!seen.contains("a-key-that-must") && !seen.contains("97, 45, 107"), "a key is in the plan");
    }
}
