//! `tg_quarantine`: bad rows counted, and the first of them located.

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, exec_datafusion_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use serde::{Deserialize, Serialize};

use super::strings::Strings;
use crate::rows::BadRow;

/// So many bad rows are located; all are counted.
const LOCATED_MAX: usize = 1000;

/// The bad rows of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// How many there are.
    pub count: u64,
    /// The first of them, in the order of the file.
    pub located: Vec<BadRow>,
}

impl Quarantine {
    /// Adds those of another part of the file.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.located.extend(other.located);
        self.located.sort_unstable();
        self.located.truncate(LOCATED_MAX);
    }
}

pub(crate) fn quarantine() -> AggregateUDF {
    AggregateUDF::from(Collect { signature: Signature::any(1, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Collect {
    signature: Signature,
}

impl AggregateUDFImpl for Collect {
    fn name(&self) -> &'static str {
        "tg_quarantine"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Collecting::default()))
    }
}

#[derive(Debug, Default)]
struct Collecting(Quarantine);

impl Accumulator for Collecting {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let errors = Strings::of(&values[0])?;
        let mut batch = Quarantine::default();
        for error in (0..errors.len()).filter_map(|index| errors.get(index)) {
            batch.count += 1;
            if batch.located.len() < LOCATED_MAX {
                batch.located.extend(BadRow::decode(error));
            }
        }
        if batch.count > 0 {
            self.0.merge(batch);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let bytes = serde_json::to_vec(&self.0).map_err(|error| exec_datafusion_err!("{error}"))?;
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.located.capacity() * size_of::<BadRow>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states[0].as_binary::<i32>().iter().flatten() {
            let other = serde_json::from_slice(state).map_err(|error| exec_datafusion_err!("{error}"))?;
            self.0.merge(other);
        }
        Ok(())
    }
}
