//! Running the steps of the main job over the units of a source.
//!
//! Every step is one small plan a unit: rows in, a small result or one file out. Results of units are joined here. On one
//! machine so many units are under way as it has cores; the same plans could go to a cluster. What the steps ask stands in
//! modules of their own: `looking`, `counting`, `joining`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use datafusion::dataframe::DataFrame;
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{SessionConfig, ident};
use futures::StreamExt as _;
use futures::stream::FuturesOrdered;

use crate::counting::Rows;
use crate::error::EngineError;
use crate::keys::KeyRing;
use crate::plan::{self, FieldStep};
use crate::rows::ROW_ERROR;
use crate::sink::{OutputForm, Part, PartWriter};
use crate::source::{Format, Source, Unit};
use crate::table::UnitTable;

/// Called with the bytes of each unit that is done.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// Runs plans on this machine.
pub struct Runner {
    pub(crate) context: SessionContext,
    pub(crate) keys: Arc<dyn KeyRing>,
    cores: usize,
    pub(crate) progress: Progress,
    /// Where sorted runs spill to.
    pub(crate) spill: PathBuf,
}

impl Runner {
    /// With the keys of this process; `cores` units run at a time; what memory should not hold spills into `spill`.
    pub fn new(keys: Arc<dyn KeyRing>, cores: usize, progress: Progress, spill: &Path) -> Self {
        let mut config = SessionConfig::new().with_target_partitions(1);
        // One unit is one partition and keeps its order: nothing may split or shuffle it.
        config = config.with_repartition_file_scans(false).with_round_robin_repartition(false);
        config.options_mut().execution.parquet.schema_force_view_types = false;
        let context = SessionContext::new_with_config(config);
        Self { context, keys, cores: cores.max(1), progress, spill: spill.to_owned() }
    }

    /// Writes the outgoing columns of a source into `folder`, one file a unit, in the order of the source. `rows`: which of
    /// them may leave; all good ones where nothing is said.
    pub async fn release(
        &self,
        source: &Arc<Source>,
        rows: Option<&Rows>,
        steps: &[FieldStep],
        on: &str,
        folder: &Path,
        form: OutputForm,
    ) -> Result<Vec<Part>, EngineError> {
        let single = source.units.len() == 1;
        let tasks = source.units.iter().enumerate().map(|(index, unit)| {
            let number = if single { String::new() } else { format!("-{index:05}") };
            let path = folder.join(format!("{}{number}.{}", source.name, form.extension()));
            let columns = steps.iter().map(|step| plan::expression(step, on, &self.keys)).collect::<Vec<_>>();
            let frame = self.leaving_rows(source, *unit, rows, on).and_then(|frame| Ok(frame.select(columns)?));
            let (progress, bytes) = (Arc::clone(&self.progress), unit.end - unit.start);
            tokio::spawn(async move {
                let frame = frame?;
                let mut batches = frame.execute_stream().await?;
                let mut writer = PartWriter::create(&path, &batches.schema(), form)?;
                while let Some(batch) = batches.next().await {
                    writer.write(&batch?)?;
                }
                progress(bytes);
                writer.finish()
            })
        });
        self.ordered(tasks).await
    }

    /// The rows of a unit that are meant: the good ones, or those of them that `rows` says.
    pub(crate) fn leaving_rows(
        &self,
        source: &Arc<Source>,
        unit: Unit,
        rows: Option<&Rows>,
        on: &str,
    ) -> Result<DataFrame, EngineError> {
        let good = good_rows(read_unit(&self.context, source, unit)?, source)?;
        Ok(match rows {
            Some(rows) => good.filter(rows.meant(on, &self.keys))?,
            None => good,
        })
    }

    /// Hands the rows of a source, as the given columns, to `take`, in order.
    pub(crate) async fn each_batch(
        &self,
        source: &Arc<Source>,
        rows: Option<&Rows>,
        on: &str,
        columns: &[Expr],
        mut take: impl FnMut(&RecordBatch) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        for unit in &source.units {
            let frame = self.leaving_rows(source, *unit, rows, on)?.select(columns.to_vec())?;
            let mut batches = frame.execute_stream().await?;
            while let Some(batch) = batches.next().await {
                take(&batch?)?;
            }
            (self.progress)(unit.end - unit.start);
        }
        Ok(())
    }

    /// Runs one aggregate plan a unit and returns the states in the order of the units.
    pub(crate) async fn aggregate(
        &self,
        source: &Arc<Source>,
        build: impl Fn(Unit) -> Result<DataFrame, EngineError>,
    ) -> Result<Vec<UnitState>, EngineError> {
        let mut tasks = Vec::new();
        for unit in &source.units {
            let frame = build(*unit)?;
            let (progress, bytes) = (Arc::clone(&self.progress), unit.end - unit.start);
            tasks.push((frame, progress, bytes));
        }
        let tasks = tasks.into_iter().map(|(frame, progress, bytes)| {
            tokio::spawn(async move {
                let state = UnitState::collect(frame).await;
                progress(bytes);
                state
            })
        });
        self.ordered(tasks).await
    }

    /// Awaits tasks, so many at a time as there are cores; the iterator spawns each when its turn comes. After an error
    /// none is begun, and those under way are awaited: nobody writes any more when the error is told.
    pub(crate) async fn ordered<T>(
        &self,
        mut tasks: impl Iterator<Item = tokio::task::JoinHandle<Result<T, EngineError>>>,
    ) -> Result<Vec<T>, EngineError> {
        let mut running = tasks.by_ref().take(self.cores).collect::<FuturesOrdered<_>>();
        let mut done = Vec::new();
        let mut failed = None;
        while let Some(ended) = running.next().await {
            match ended.map_err(|error| EngineError::Plane(error.to_string())).and_then(|result| result) {
                Ok(result) => done.push(result),
                Err(error) => failed = failed.or(Some(error)),
            }
            if failed.is_none() {
                running.extend(tasks.next());
            }
        }
        failed.map_or(Ok(done), Err)
    }
}

/// What one unit's aggregate gave: its binary columns in order, and the last count.
pub(crate) struct UnitState {
    pub(crate) binary: Vec<Vec<u8>>,
    pub(crate) number: u64,
}

impl UnitState {
    async fn collect(frame: DataFrame) -> Result<Self, EngineError> {
        let mut state = Self { binary: Vec::new(), number: 0 };
        for batch in frame.collect().await? {
            for column in batch.columns() {
                match ScalarValue::try_from_array(column, 0)? {
                    ScalarValue::Binary(Some(bytes)) => state.binary.push(bytes),
                    _ => state.number = column.as_primitive::<Int64Type>().value(0) as u64,
                }
            }
        }
        Ok(state)
    }
}

pub(crate) fn read_unit(
    context: &SessionContext,
    source: &Arc<Source>,
    unit: Unit,
) -> datafusion::error::Result<DataFrame> {
    context.read_table(Arc::new(UnitTable::new(Arc::clone(source), unit)))
}

/// Without the bad rows.
pub(crate) fn good_rows(frame: DataFrame, source: &Source) -> datafusion::error::Result<DataFrame> {
    if source.format == Format::Parquet {
        return Ok(frame);
    }
    frame.filter(ident(ROW_ERROR).is_null())
}
