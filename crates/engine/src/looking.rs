//! Looking at a source: profiles of its columns, and its first rows for people to see.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::ident;
use detect::ColumnProfile;

use crate::error::EngineError;
use crate::functions::{self, Quarantine};
use crate::plan::{self, FieldStep};
use crate::rows::ROW_ERROR;
use crate::runner::{Runner, good_rows, read_unit};
use crate::source::{Format, Source};

/// Rows of (before, after) a field.
pub type Preview = Vec<Vec<(Option<String>, Option<String>)>>;

/// What a source holds.
pub struct Inspection {
    /// Good rows.
    pub rows: u64,
    /// Bad rows.
    pub quarantine: Quarantine,
    /// A profile a column, in the order of the source's columns.
    pub profiles: Vec<ColumnProfile>,
}

impl Runner {
    /// Profiles every column and counts the rows, good and bad. `full`: free text is scanned whole.
    pub async fn inspect(&self, source: &Arc<Source>, full: bool) -> Result<Inspection, EngineError> {
        let mut columns: Vec<Expr> = source
            .columns
            .iter()
            .enumerate()
            .map(|(index, name)| {
                functions::profile().call(vec![lit(full), plan::text(name)]).alias(format!("p{index}"))
            })
            .collect();
        columns.push(count(lit(1)).alias("rows"));
        if source.format != Format::Parquet {
            columns.push(functions::quarantine().call(vec![ident(ROW_ERROR)]).alias("bad"));
        }
        let width = source.columns.len();
        let mut inspection = Inspection {
            rows: 0,
            quarantine: Quarantine::default(),
            profiles: (0..width).map(|_| ColumnProfile::new(full)).collect(),
        };
        let states = self
            .aggregate(source, |unit| Ok(read_unit(&self.context, source, unit)?.aggregate(vec![], columns.clone())?))
            .await?;
        for state in states {
            for (profile, bytes) in inspection.profiles.iter_mut().zip(&state.binary) {
                let other = ColumnProfile::from_bytes(bytes).map_err(|error| EngineError::Plane(error.to_string()))?;
                profile.merge(&other);
            }
            inspection.rows += state.number;
            if let Some(bytes) = state.binary.get(width) {
                let bad: Quarantine =
                    serde_json::from_slice(bytes).map_err(|error| EngineError::Plane(error.to_string()))?;
                inspection.quarantine.merge(bad);
            }
        }
        if let Format::DatasetJson { records: Some(named), .. } = source.format
            && named != inspection.rows
        {
            let reason = format!("names {named} records but holds {}: was it cut off?", inspection.rows);
            return Err(EngineError::source(&source.path, reason));
        }
        inspection.rows -= inspection.quarantine.count;
        Ok(inspection)
    }

    /// The first rows before and after, for people to look at.
    pub async fn preview(
        &self,
        source: &Arc<Source>,
        steps: &[FieldStep],
        on: &str,
        rows: usize,
    ) -> Result<Preview, EngineError> {
        let unit = source.units[0];
        let mut columns = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let after = datafusion::logical_expr::cast(
                plan::expression(step, on, &self.keys).unalias(),
                datafusion::arrow::datatypes::DataType::Utf8,
            );
            columns.push(plan::text(&step.field).alias(format!("b{index}")));
            columns.push(after.alias(format!("a{index}")));
        }
        let frame = good_rows(read_unit(&self.context, source, unit)?, source)?;
        let batches = frame.limit(0, Some(rows))?.select(columns)?.collect().await?;
        let mut out = Vec::new();
        for batch in &batches {
            let cell = |column: usize, row: usize| {
                let column = batch.column(column).as_string::<i32>();
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            for row in 0..batch.num_rows() {
                out.push((0..steps.len()).map(|i| (cell(2 * i, row), cell(2 * i + 1, row))).collect());
            }
        }
        Ok(out)
    }

    /// The good rows of a source as text, at most `limit` a unit. For small tables: everything is held in memory.
    pub async fn rows(&self, source: &Arc<Source>, limit: usize) -> Result<Vec<Vec<Option<String>>>, EngineError> {
        let columns = source.columns.iter().map(|name| plan::text(name).alias(name)).collect::<Vec<_>>();
        let mut rows = Vec::new();
        for unit in &source.units {
            let frame = good_rows(read_unit(&self.context, source, *unit)?, source)?;
            for batch in frame.limit(0, Some(limit))?.select(columns.clone())?.collect().await? {
                rows.extend((0..batch.num_rows()).map(|row| {
                    let cell = |column: &Arc<dyn Array>| {
                        let column = column.as_string::<i32>();
                        column.is_valid(row).then(|| column.value(row).to_owned())
                    };
                    batch.columns().iter().map(cell).collect()
                }));
            }
        }
        Ok(rows)
    }
}
