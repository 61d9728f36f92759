//! Where released rows go: one file a unit, digested while it is written, on disk before it counts.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use datafusion::arrow::csv::{Writer as CsvWriter, WriterBuilder};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::{ArrowWriter, parquet_to_arrow_schema};
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::ParquetMetaDataReader;
use datafusion::parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use transfer::hex;

use crate::error::EngineError;

/// The form of released files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputForm {
    /// Apache Parquet, zstd level 3.
    Parquet,
    /// CSV (RFC 4180), UTF-8 with a header.
    Csv,
}

impl OutputForm {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the data folder.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Rows in it.
    pub rows: u64,
    /// For each column how many values are not null.
    pub nonnull: Vec<u64>,
}

/// Counts and digests what passes through.
struct Digesting {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

impl Write for Digesting {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(buf)?;
        self.digest.update(&buf[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

enum Form {
    Parquet(Box<ArrowWriter<Digesting>>),
    Csv(Box<CsvWriter<Digesting>>),
}

/// Writes one part file.
pub(crate) struct PartWriter {
    path: PathBuf,
    form: Form,
    rows: u64,
    nonnull: Vec<u64>,
}

impl PartWriter {
    /// Begins a file that must not exist yet.
    pub(crate) fn create(path: &Path, schema: &SchemaRef, form: OutputForm) -> Result<Self, EngineError> {
        let file = File::create_new(path).map_err(|error| EngineError::io(path, error))?;
        let output = Digesting { file: BufWriter::with_capacity(1 << 18, file), digest: Sha256::new(), bytes: 0 };
        let form = match form {
            OutputForm::Parquet => {
                let level = ZstdLevel::try_new(3).map_err(|error| write_error(path, &error.to_string()))?;
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .set_created_by("tongguan".to_owned())
                    .build();
                let writer = ArrowWriter::try_new(output, schema.clone(), Some(properties));
                Form::Parquet(Box::new(writer.map_err(|error| write_error(path, &error.to_string()))?))
            }
            OutputForm::Csv => Form::Csv(Box::new(WriterBuilder::new().with_header(true).build(output))),
        };
        let nonnull = vec![0; schema.fields().len()];
        Ok(Self { path: path.to_owned(), form, rows: 0, nonnull })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        self.rows += batch.num_rows() as u64;
        for (count, column) in self.nonnull.iter_mut().zip(batch.columns()) {
            *count += (column.len() - column.null_count()) as u64;
        }
        let written = match &mut self.form {
            Form::Parquet(writer) => writer.write(batch).map_err(|error| error.to_string()),
            Form::Csv(writer) => writer.write(batch).map_err(|error| error.to_string()),
        };
        written.map_err(|error| write_error(&self.path, &error))
    }

    /// Ends the file and brings it to disk.
    pub(crate) fn finish(self) -> Result<Part, EngineError> {
        let Self { path, form, rows, nonnull } = self;
        let mut output = match form {
            Form::Parquet(writer) => writer.into_inner().map_err(|error| write_error(&path, &error.to_string()))?,
            Form::Csv(writer) => writer.into_inner(),
        };
        let synced = output.flush().and_then(|()| output.file.get_ref().sync_all());
        synced.map_err(|error| EngineError::io(&path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let sha256 = hex(&output.digest.finalize());
        Ok(Part { name, sha256, bytes: output.bytes, rows, nonnull })
    }
}

/// SHA-256 (hex) and size of a file.
pub fn digest_file(path: &Path) -> Result<(String, u64), EngineError> {
    let io = |error| EngineError::io(path, error);
    let mut file = File::open(path).map_err(io)?;
    let (mut digest, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0u8; 1 << 18]);
    loop {
        let read = file.read(&mut buffer).map_err(io)?;
        if read == 0 {
            return Ok((hex(&digest.finalize()), bytes));
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// The columns of a released file, read from itself.
pub fn file_columns(path: &Path) -> Result<Vec<String>, EngineError> {
    if path.extension().is_some_and(|extension| extension == "csv") {
        // Ours always has a header; sniffing must not decide.
        let io = |error| EngineError::io(path, error);
        let mut reader = datafusion::arrow::csv::reader::Format::default().with_header(true);
        reader = reader.with_delimiter(b',');
        let (schema, _) = reader
            .infer_schema(File::open(path).map_err(io)?, Some(0))
            .map_err(|_| EngineError::source(path, "has no header"))?;
        return Ok(schema.fields().iter().map(|field| field.name().clone()).collect());
    }
    Ok(crate::source::Source::open("released", path)?.columns)
}

/// The columns of a released file that is read from anywhere, such as from inside an encrypted one. `path` is what errors
/// call it.
pub fn stream_columns(
    path: &Path,
    reader: &mut (impl Read + Seek),
    form: OutputForm,
) -> Result<Vec<String>, EngineError> {
    let io = |error| EngineError::io(path, error);
    let broken = || EngineError::source(path, format!("holds no whole {} file", form.extension()));
    let schema = match form {
        OutputForm::Csv => {
            reader.seek(SeekFrom::Start(0)).map_err(io)?;
            let format = datafusion::arrow::csv::reader::Format::default().with_header(true).with_delimiter(b',');
            format.infer_schema(reader, Some(0)).map_err(|_| broken())?.0
        }
        OutputForm::Parquet => {
            // The footer alone: its length stands in the last eight bytes.
            let size = reader.seek(SeekFrom::End(0)).map_err(io)?;
            let mut tail = [0u8; 8];
            reader.seek(SeekFrom::Start(size.checked_sub(8).ok_or_else(broken)?)).map_err(io)?;
            reader.read_exact(&mut tail).map_err(io)?;
            let [a, b, c, d, ..] = tail;
            let length = u64::from(u32::from_le_bytes([a, b, c, d])) + 8;
            reader.seek(SeekFrom::Start(size.checked_sub(length).ok_or_else(broken)?)).map_err(io)?;
            let mut footer = Vec::new();
            reader.take(length).read_to_end(&mut footer).map_err(io)?;
            let footer = bytes::Bytes::from(footer);
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&footer).map_err(|_| broken())?;
            let metadata = metadata.file_metadata();
            let schema = parquet_to_arrow_schema(metadata.schema_descr(), metadata.key_value_metadata());
            schema.map_err(|_| broken())?
        }
    };
    Ok(schema.fields().iter().map(|field| field.name().clone()).collect())
}

/// Writers hand on what the system said as text only.
fn write_error(path: &Path, error: &str) -> EngineError {
    let first = error.lines().next().unwrap_or_default();
    EngineError::io(path, std::io::Error::other(format!("cannot be written: {first}")))
}
