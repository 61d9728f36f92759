//! Running the steps of the main job over the units of a source.
//!
//! Every step is one small plan a unit: rows in, a small result or one file out. Results of units are joined here. On one
//! machine so many units are under way as it has cores; the same plans could go to a cluster.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::ScalarValue;
use datafusion::dataframe::DataFrame;
use datafusion::execution::context::SessionContext;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, is_true, lit};
use datafusion::prelude::{SessionConfig, ident};
use detect::ColumnProfile;
use futures::StreamExt as _;
use futures::stream::FuturesOrdered;

use crate::error::EngineError;
use crate::functions::{self, Quarantine};
use crate::keys::KeyRing;
use crate::persons::PersonSet;
use crate::plan::{self, FieldStep};
use crate::rows::ROW_ERROR;
use crate::sink::{OutputForm, Part, PartWriter};
use crate::source::{Format, Source, Unit};
use crate::table::UnitTable;

/// Called with the bytes of each unit that is done.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

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

/// Who the rows are about and what of them leaves.
#[derive(Debug, Clone, Default)]
pub struct PersonQuery {
    /// The name of the fingerprint key.
    pub key_name: String,
    /// Each key column: field, the space within which equal values are one person, label.
    pub keys: Vec<(String, String, String)>,
    /// Fields that leave and are ordinary personal information.
    pub ordinary: Vec<String>,
    /// Fields that leave and are sensitive, or may be.
    pub sensitive: Vec<String>,
    /// Columns that tell an age, with their labels: where the person is under 14 all that leaves is sensitive.
    pub ages: Vec<(String, String)>,
}

/// Runs plans on this machine.
pub struct Runner {
    pub(crate) context: SessionContext,
    keys: Arc<dyn KeyRing>,
    cores: usize,
    pub(crate) progress: Progress,
}

impl Runner {
    /// With the keys of this process; `cores` units run at a time.
    pub fn new(keys: Arc<dyn KeyRing>, cores: usize, progress: Progress) -> Self {
        let mut config = SessionConfig::new().with_target_partitions(1);
        // One unit is one partition and keeps its order: nothing may split or shuffle it.
        config = config.with_repartition_file_scans(false).with_round_robin_repartition(false);
        config.options_mut().execution.parquet.schema_force_view_types = false;
        Self { context: SessionContext::new_with_config(config), keys, cores: cores.max(1), progress }
    }

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
        let states = self.aggregate(source, |frame| frame.aggregate(vec![], columns.clone())).await?;
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

    /// Counts the persons of a source. `on`: the day, for ages.
    pub async fn persons(&self, source: &Arc<Source>, query: &PersonQuery, on: &str) -> Result<PersonSet, EngineError> {
        let any = |fields: &[String]| {
            let tests = fields.iter().map(|field| not_missing(field));
            tests.reduce(Expr::or).unwrap_or_else(|| lit(false))
        };
        let ordinary = any(&query.ordinary);
        let mut sensitive = any(&query.sensitive);
        if let Some(young) = self.young(&query.ages, on) {
            sensitive = sensitive.or(ordinary.clone().and(young));
        }
        let spaces = query.keys.iter().map(|(_, space, label)| format!("{space}\t{label}"));
        let mut args =
            vec![lit(query.key_name.as_str()), lit(spaces.collect::<Vec<_>>().join("\n")), ordinary, sensitive];
        args.extend(query.keys.iter().map(|(field, _, _)| plan::text(field)));
        let columns = vec![functions::persons(&self.keys).call(args).alias("persons")];
        let states =
            self.aggregate(source, |frame| good_rows(frame, source)?.aggregate(vec![], columns.clone())).await?;
        let mut all = PersonSet::default();
        for state in states {
            if let Some(bytes) = state.binary.first() {
                all.union(&PersonSet::from_bytes(bytes)?);
            }
        }
        Ok(all)
    }

    /// Whether the person of a row is, or may be, under 14: some column says so, or none that is filled can be read.
    fn young(&self, ages: &[(String, String)], on: &str) -> Option<Expr> {
        let says = |word: &str| {
            let tests = ages.iter().map(|(field, label)| {
                let told = plan::under_age(field, label, 14, on, &self.keys);
                is_true(told.eq(lit(word)))
            });
            tests.reduce(Expr::or)
        };
        let (under, over, unknown) = (says("under")?, says("over")?, says("unknown")?);
        Some(under.or(unknown.and(Expr::Not(Box::new(over)))))
    }

    /// Writes the outgoing columns of a source into `folder`, one file a unit, in the order of the source.
    pub async fn release(
        &self,
        source: &Arc<Source>,
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
            let (context, source, unit) = (self.context.clone(), Arc::clone(source), *unit);
            let progress = Arc::clone(&self.progress);
            tokio::spawn(async move {
                let frame = leaving_rows(&context, &source, unit)?.select(columns)?;
                let mut batches = frame.execute_stream().await?;
                let mut writer = PartWriter::create(&path, &batches.schema(), form)?;
                while let Some(batch) = batches.next().await {
                    writer.write(&batch?)?;
                }
                progress(unit.end - unit.start);
                writer.finish()
            })
        });
        self.ordered(tasks).await
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

    /// Runs one aggregate plan a unit and returns the states in the order of the units.
    async fn aggregate(
        &self,
        source: &Arc<Source>,
        build: impl Fn(DataFrame) -> datafusion::error::Result<DataFrame>,
    ) -> Result<Vec<UnitState>, EngineError> {
        let mut tasks = Vec::new();
        for unit in &source.units {
            let frame = build(read_unit(&self.context, source, *unit)?)?;
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
struct UnitState {
    binary: Vec<Vec<u8>>,
    number: u64,
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

fn read_unit(context: &SessionContext, source: &Arc<Source>, unit: Unit) -> datafusion::error::Result<DataFrame> {
    context.read_table(Arc::new(UnitTable::new(Arc::clone(source), unit)))
}

/// The rows of a unit that leave, in their order: what is written, and what the staged files are held against.
pub(crate) fn leaving_rows(
    context: &SessionContext,
    source: &Arc<Source>,
    unit: Unit,
) -> datafusion::error::Result<DataFrame> {
    good_rows(read_unit(context, source, unit)?, source)
}

/// Without the bad rows.
fn good_rows(frame: DataFrame, source: &Source) -> datafusion::error::Result<DataFrame> {
    if source.format == Format::Parquet {
        return Ok(frame);
    }
    frame.filter(ident(ROW_ERROR).is_null())
}

/// A field has a value: not null, and not the empty text that some Parquet files hold.
fn not_missing(field: &str) -> Expr {
    ident(field).is_not_null().and(plan::text(field).not_eq(lit("")))
}
