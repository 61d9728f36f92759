//! Our work as functions of the data plane, under stable names.
//!
//! Every parameter is an argument; an instance holds nothing but the key ring of the process it runs in. Keyed functions
//! are volatile, so that no planner folds them and writes a keyed literal into a plan.

mod consented;
mod count_persons;
mod profile;
mod quarantine;
pub(crate) mod strings;
mod transforms;

use std::sync::Arc;

use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::physical_plan::PhysicalExpr;
use datafusion::physical_plan::expressions::Literal;

use crate::keys::{KeyRing, SharedKeys};

pub(crate) use consented::State;
pub use count_persons::Fingerprinter;
pub(crate) use count_persons::split_sets;
pub(crate) use profile::profile;
pub use quarantine::Quarantine;
pub(crate) use quarantine::quarantine;
pub(crate) use transforms::Function;

/// Persons by their keys: `tg_persons(key_names, classes, kinds, flag…, key…)`.
pub(crate) fn persons(keys: &Arc<dyn KeyRing>) -> AggregateUDF {
    AggregateUDF::from(count_persons::CountPersons::new(SharedKeys(Arc::clone(keys))))
}

/// Whether the person of a row has consented: `tg_consented(key_name, consents, classes, key…)`.
pub(crate) fn consented(keys: &Arc<dyn KeyRing>) -> ScalarUDF {
    ScalarUDF::from(consented::Consented::new(SharedKeys(Arc::clone(keys))))
}

/// A transform of values.
pub(crate) fn transform(function: Function, keys: &Arc<dyn KeyRing>) -> ScalarUDF {
    ScalarUDF::from(transforms::Transforming::new(function, SharedKeys(Arc::clone(keys))))
}

/// A literal argument of an aggregate.
fn literal<'a>(args: &'a [Arc<dyn PhysicalExpr>], index: usize, what: &str) -> Result<&'a ScalarValue> {
    match args.get(index).and_then(|arg| arg.downcast_ref::<Literal>()) {
        Some(literal) => Ok(literal.value()),
        None => plan_err!("argument {index} must be a literal: {what}"),
    }
}

/// A literal text argument of an aggregate.
fn literal_text(args: &[Arc<dyn PhysicalExpr>], index: usize, what: &str) -> Result<String> {
    match literal(args, index, what)? {
        ScalarValue::Utf8(Some(text)) | ScalarValue::LargeUtf8(Some(text)) | ScalarValue::Utf8View(Some(text)) => {
            Ok(text.clone())
        }
        _ => plan_err!("argument {index} must be a text: {what}"),
    }
}
