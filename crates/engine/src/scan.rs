//! Our text forms as a DataFusion file source: one unit a file range, rows in the order of the file.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::object_store::{GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt as _};
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_plan::PhysicalExpr;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use datafusion_datasource::file::FileSource;
use datafusion_datasource::file_scan_config::FileScanConfig;
use datafusion_datasource::file_stream::{FileOpenFuture, FileOpener};
use datafusion_datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion_datasource::{PartitionedFile, TableSchema};
use futures::stream::{self, StreamExt as _};

use crate::error::EngineError;
use crate::format::Decoder;
use crate::rows::Rows;
use crate::source::{Format, Unit, decoder};

/// Read from the store and decoded at a time.
const READ_BYTES: usize = 256 << 10;
/// Rows a batch where the session does not say.
const BATCH_ROWS: usize = 8192;

/// A reader of text forms. What it needs to know is small and could be sent to another machine.
#[derive(Debug, Clone)]
pub(crate) struct TextSource {
    format: Arc<Format>,
    columns: Arc<Vec<String>>,
    units: Arc<Vec<Unit>>,
    table_schema: TableSchema,
    projection: SplitProjection,
    batch_rows: usize,
    metrics: ExecutionPlanMetricsSet,
}

impl TextSource {
    pub(crate) fn new(format: &Format, columns: &[String], units: &[Unit], schema: &SchemaRef) -> Self {
        let table_schema = TableSchema::from(Arc::clone(schema));
        Self {
            format: Arc::new(format.clone()),
            columns: Arc::new(columns.to_vec()),
            units: Arc::new(units.to_vec()),
            projection: SplitProjection::unprojected(&table_schema),
            table_schema,
            batch_rows: BATCH_ROWS,
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }
}

impl FileSource for TextSource {
    fn create_file_opener(
        &self,
        object_store: Arc<dyn ObjectStore>,
        _config: &FileScanConfig,
        _partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let opener = Arc::new(TextOpener { source: self.clone(), store: object_store });
        ProjectionOpener::try_new(self.projection.clone(), opener, self.table_schema.file_schema())
    }

    fn table_schema(&self) -> &TableSchema {
        &self.table_schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { batch_rows: batch_size, ..self.clone() })
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection.source)
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let merged = self.projection.source.try_merge(projection)?;
        let projection = SplitProjection::new(self.table_schema.file_schema(), &merged);
        Ok(Some(Arc::new(Self { projection, ..self.clone() })))
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &'static str {
        "tongguan-text"
    }

    /// Units are cut where records begin, by us; nobody else may cut.
    fn supports_repartitioning(&self) -> bool {
        false
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        datafusion::physical_plan::apply_expression_roots(self.projection.source.iter(), f)
    }
}

struct TextOpener {
    source: TextSource,
    store: Arc<dyn ObjectStore>,
}

impl FileOpener for TextOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let TextSource { format, columns, units, projection, batch_rows, .. } = self.source.clone();
        let file_schema = Arc::clone(self.source.table_schema.file_schema());
        let store = Arc::clone(&self.store);
        Ok(Box::pin(async move {
            let (start, end) = file.range();
            let first_row = units.iter().find(|unit| unit.start == start).map_or(1, |unit| unit.first_row);
            let decoder = decoder(&format, &columns, start)
                .ok_or_else(|| EngineError::Plane("a Parquet file met the text reader".to_owned()))?;
            let rows = Rows::new(&file_schema, &projection.file_indices, first_row);
            if start == end {
                return Ok(stream::empty().boxed());
            }
            let options = GetOptions { range: Some(GetRange::Bounded(start..end)), ..GetOptions::default() };
            let location = &file.object_meta.location;
            let result = store.get_opts(location, options).await?;
            let input = match result.payload {
                GetResultPayload::File(mut file, path) => {
                    let sought = file.seek(SeekFrom::Start(start));
                    sought.map_err(|error| EngineError::io(&path, error))?;
                    Input::File { file: file.take(end - start), path }
                }
                GetResultPayload::Stream(_) => Input::Store { store, location: location.clone(), at: start, end },
            };
            let state = Reading { input, decoder, rows, batch_rows, ended: false };
            Ok(stream::try_unfold(state, Reading::next).boxed())
        }))
    }
}

/// Where the bytes of a unit come from.
enum Input {
    File { file: std::io::Take<std::fs::File>, path: std::path::PathBuf },
    Store { store: Arc<dyn ObjectStore>, location: datafusion::object_store::path::Path, at: u64, end: u64 },
}

impl Input {
    /// The next bytes; empty at the end.
    async fn next(&mut self) -> Result<Bytes> {
        match self {
            Self::File { file, path } => {
                let mut bytes = Vec::with_capacity(READ_BYTES);
                let read = file.by_ref().take(READ_BYTES as u64).read_to_end(&mut bytes);
                read.map_err(|error| EngineError::io(path.clone(), error))?;
                Ok(bytes.into())
            }
            Self::Store { store, location, at, end } => {
                let to = (*at + (READ_BYTES as u64) * 16).min(*end);
                if *at == to {
                    return Ok(Bytes::new());
                }
                let bytes = store.get_range(location, *at..to).await?;
                *at = to;
                Ok(bytes)
            }
        }
    }
}

/// A unit being read.
struct Reading {
    input: Input,
    decoder: Box<dyn Decoder>,
    rows: Rows,
    batch_rows: usize,
    ended: bool,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(datafusion::arrow::record_batch::RecordBatch, Self)>> {
        while !self.ended && self.rows.len() < self.batch_rows {
            let bytes = self.input.next().await?;
            if bytes.is_empty() {
                self.decoder.finish(&mut self.rows)?;
                self.ended = true;
            } else {
                self.decoder.push(&bytes, &mut self.rows)?;
            }
        }
        if self.rows.len() == 0 {
            return Ok(None);
        }
        let batch = self.rows.take_batch()?;
        Ok(Some((batch, self)))
    }
}
