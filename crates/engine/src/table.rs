//! A source, or one unit of it, as a DataFusion table.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::physical_plan::ParquetSource;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_datasource::PartitionedFile;
use datafusion_datasource::file::FileSource;
use datafusion_datasource::file_groups::FileGroup;
use datafusion_datasource::file_scan_config::FileScanConfigBuilder;
use datafusion_datasource::source::DataSourceExec;

use crate::error::EngineError;
use crate::scan::TextSource;
use crate::source::{Format, Source, Unit};

/// One unit of a source: one file group, one unit of work.
#[derive(Debug)]
pub(crate) struct UnitTable {
    source: Arc<Source>,
    unit: Unit,
}

impl UnitTable {
    pub(crate) fn new(source: Arc<Source>, unit: Unit) -> Self {
        Self { source, unit }
    }
}

#[async_trait]
impl TableProvider for UnitTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.source.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let source = &self.source;
        let reader: Arc<dyn FileSource> = if source.format == Format::Parquet {
            Arc::new(ParquetSource::new(Arc::clone(&source.schema)))
        } else {
            Arc::new(TextSource::new(&source.format, &source.columns, &source.units, &source.schema))
        };
        // Stores take no `..` in a path.
        let path = source.path.canonicalize().map_err(|error| EngineError::io(&source.path, error))?;
        let location = datafusion::object_store::path::Path::from_absolute_path(&path)?;
        let mut file = PartitionedFile::new("", source.size).with_range(self.unit.start as i64, self.unit.end as i64);
        // Set as it is: parsed again, a name with a percent sign would be encoded twice.
        file.object_meta.location = location;
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), reader)
            .with_file_groups(vec![FileGroup::new(vec![file])])
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
