//! A staged file, read back as text: Parquet and CSV by readers that share nothing with those of sources.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::compute::cast;
use datafusion::arrow::csv::ReaderBuilder;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::EngineError;
use crate::plan::FieldStep;
use crate::sink::file_columns;

/// Rows read at a time.
const BATCH_ROWS: usize = 8192;

/// A staged file being read.
pub(super) struct Staged {
    path: PathBuf,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
    schema: SchemaRef,
    /// Read and not yet handed on.
    rest: Option<RecordBatch>,
}

impl Staged {
    /// Opens a file; its columns have to be those of the plan, in their order.
    pub(super) fn open(path: &Path, steps: &[FieldStep]) -> Result<Self, EngineError> {
        if !file_columns(path)?.iter().eq(steps.iter().map(FieldStep::column)) {
            return Err(fault(path, "has other columns than the plan"));
        }
        let file = File::open(path).map_err(|error| EngineError::io(path, error))?;
        let texts = steps.iter().map(|step| Field::new(step.column(), DataType::Utf8, true)).collect::<Vec<_>>();
        let schema: SchemaRef = Arc::new(Schema::new(texts));
        let batches: Box<dyn Iterator<Item = _> + Send> = if path.extension().is_some_and(|found| found == "csv") {
            let reader = ReaderBuilder::new(Arc::clone(&schema)).with_header(true).with_batch_size(BATCH_ROWS);
            Box::new(reader.build(file).map_err(|error| unreadable(path, &error))?)
        } else {
            let unreadable = |_| fault(path, "is no whole Parquet file");
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(unreadable)?;
            Box::new(reader.with_batch_size(BATCH_ROWS).build().map_err(unreadable)?)
        };
        Ok(Self { path: path.to_owned(), batches, schema, rest: None })
    }

    /// The next rows, at most so many; none at the end.
    pub(super) fn next(&mut self, most: usize) -> Result<Option<RecordBatch>, EngineError> {
        let batch = match self.rest.take() {
            Some(batch) => batch,
            None => match self.batches.next() {
                Some(batch) => self.texts(&batch.map_err(|error| unreadable(&self.path, &error))?)?,
                None => return Ok(None),
            },
        };
        if batch.num_rows() > most {
            self.rest = Some(batch.slice(most, batch.num_rows() - most));
            return Ok(Some(batch.slice(0, most)));
        }
        Ok(Some(batch))
    }

    fn texts(&self, batch: &RecordBatch) -> Result<RecordBatch, EngineError> {
        let texts = batch.columns().iter().map(|column| cast(column, &DataType::Utf8)).collect::<Result<Vec<_>, _>>();
        let batch = texts.and_then(|texts| RecordBatch::try_new(Arc::clone(&self.schema), texts));
        batch.map_err(|error| unreadable(&self.path, &error))
    }

    /// The file has more rows, or fewer, than leave.
    pub(super) fn other_rows(&self) -> EngineError {
        fault(&self.path, "has another number of rows than the source")
    }
}

/// What Arrow says may hold a value: only the kind of it is told.
fn unreadable(path: &Path, error: &ArrowError) -> EngineError {
    let kind = match error {
        ArrowError::CsvError(_) => "as CSV",
        ArrowError::ParquetError(_) => "as Parquet",
        ArrowError::CastError(_) => "as text",
        _ => "again",
    };
    fault(path, &format!("cannot be read {kind}"))
}

fn fault(path: &Path, what: &str) -> EngineError {
    EngineError::Plane(format!("{}: what was staged {what}", path.display()))
}
