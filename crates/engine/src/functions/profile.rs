//! `tg_profile`: detection as an aggregate over one column.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, exec_datafusion_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use detect::ColumnProfile;

use super::literal;
use super::strings::Strings;

pub(crate) fn profile() -> AggregateUDF {
    AggregateUDF::from(Profile { signature: Signature::any(2, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Profile {
    signature: Signature,
}

impl AggregateUDFImpl for Profile {
    fn name(&self) -> &'static str {
        "tg_profile"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let full = literal(args.exprs, 0, "whether free text is scanned whole")?;
        let full = matches!(full, ScalarValue::Boolean(Some(true)));
        Ok(Box::new(Profiling(ColumnProfile::new(full))))
    }
}

#[derive(Debug)]
struct Profiling(ColumnProfile);

impl Accumulator for Profiling {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let column = Strings::of(&values[1])?;
        for index in 0..column.len() {
            if let Some(value) = column.get(index) {
                self.0.update(value);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(self.0.to_bytes())))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let states = states[0].as_binary::<i32>();
        for state in states.iter().flatten() {
            let other = ColumnProfile::from_bytes(state).map_err(|error| exec_datafusion_err!("{error}"))?;
            self.0.merge(&other);
        }
        debug_assert_eq!(states.null_count(), 0, "a profile's state is never null");
        Ok(())
    }
}
