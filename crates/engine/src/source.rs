//! Sources: what a file is, which columns it has, and the units of work it falls into.

use std::fs::File;
use std::path::{Path, PathBuf};

use datafusion::arrow::datatypes::SchemaRef;
use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::format::Decoder;
use crate::format::delimited::{DelimitedDecoder, Dialect};
use crate::format::json_lines::JsonLinesDecoder;
use crate::format::xpt::{self, XptDecoder};
use crate::open::{SAMPLE_BYTES, has_extension, open_parquet, open_text, open_xpt, read_at};
use crate::text::{TextBuffer, TextEncoding};

/// The form of a source, with all that a reader needs to know. Small and serialisable: it travels with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "form")]
pub enum Format {
    /// Delimited text.
    Delimited {
        /// How it is written.
        dialect: Dialect,
        /// How its characters are encoded.
        encoding: TextEncoding,
        /// Whether its first record names the columns.
        header: bool,
    },
    /// A JSON object a line.
    Ndjson {
        /// How its characters are encoded.
        encoding: TextEncoding,
    },
    /// CDISC Dataset-JSON 1.1, a line an array.
    DatasetJson {
        /// How its characters are encoded.
        encoding: TextEncoding,
        /// How many records its head names.
        records: Option<u64>,
    },
    /// SAS transport, version 5.
    Xpt {
        /// Where the variables stand.
        layout: xpt::Layout,
    },
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// A short description for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Delimited { dialect, encoding, header } => {
                let delimiter = match dialect.delimiter.as_str() {
                    "\t" => "tab".to_owned(),
                    "\u{1}" => "0x01".to_owned(),
                    other => format!("`{other}`"),
                };
                let header = if *header { "" } else { ", no header" };
                format!("text, {}, fields by {delimiter}{header}", encoding.name())
            }
            Self::Ndjson { encoding } => format!("NDJSON, {}", encoding.name()),
            Self::DatasetJson { encoding, .. } => format!("Dataset-JSON, {}", encoding.name()),
            Self::Xpt { .. } => "SAS transport".to_owned(),
            Self::Parquet => "Parquet".to_owned(),
        }
    }
}

/// A part of a source that can be read on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Unit {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Ordinal of its first record in the file, from 1; 0 where it is not known (Parquet).
    pub first_row: u64,
}

/// A table to read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name the transfer gives it.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its form.
    pub format: Format,
    /// Its fields in order.
    pub columns: Vec<String>,
    /// Its parts.
    pub units: Vec<Unit>,
    /// When it was last written, as far as the file system tells.
    modified: Option<std::time::SystemTime>,
    /// The Arrow schema read from it: all text for text forms, with the bad-row column last; Parquet's own otherwise.
    pub(crate) schema: SchemaRef,
}

impl Source {
    /// The same under another name.
    pub fn renamed(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    /// Looks at a file and finds out what it is.
    ///
    /// Errors name the file and say in one line why it cannot be read as a table.
    pub fn open(name: &str, path: &Path) -> Result<Self, EngineError> {
        let mut file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => EngineError::source(path, "no such file"),
            std::io::ErrorKind::PermissionDenied => EngineError::source(path, "may not be read by this user"),
            _ => EngineError::io(path, error),
        })?;
        let metadata = file.metadata().map_err(|error| EngineError::io(path, error))?;
        if metadata.is_dir() {
            return Err(EngineError::source(path, "is a folder, not a table"));
        }
        let size = metadata.len();
        if size == 0 {
            return Err(EngineError::source(path, "is empty: no header and no rows"));
        }
        let io = |error| EngineError::io(path, error);
        let head = read_at(&mut file, 0, SAMPLE_BYTES).map_err(io)?;
        let parts = if head.starts_with(b"PAR1") || has_extension(path, "parquet") {
            open_parquet(path, &file, size)?
        } else if xpt::is_transport(&head) || has_extension(path, "xpt") {
            open_xpt(path, &mut file, &head, size)?
        } else {
            open_text(path, &mut file, &head, size)?
        };
        let (format, columns, schema, units) = parts;
        if columns.is_empty() {
            return Err(EngineError::source(path, "has no columns"));
        }
        let modified = metadata.modified().ok();
        Ok(Self { name: name.to_owned(), path: path.to_owned(), size, format, columns, units, modified, schema })
    }

    /// An error where the file is no longer the one that was opened: what was scanned is what leaves.
    pub fn check_unchanged(&self) -> Result<(), EngineError> {
        let metadata = std::fs::metadata(&self.path).map_err(|error| EngineError::io(&self.path, error))?;
        if metadata.len() == self.size && metadata.modified().ok() == self.modified {
            return Ok(());
        }
        Err(EngineError::source(&self.path, "changed while it was being read; run again when nobody writes it"))
    }

    /// Whether the source names its own columns.
    pub fn has_header(&self) -> bool {
        !matches!(self.format, Format::Delimited { header: false, .. })
    }

    /// The index of a field.
    pub fn column(&self, field: &str) -> Result<usize, EngineError> {
        self.columns.iter().position(|name| name == field).ok_or_else(|| EngineError::NoSuchField {
            source_name: self.name.clone(),
            field: field.to_owned(),
            have: self.columns.clone(),
        })
    }

    /// The raw bytes of a part of the file: of a quarantined row, for the one who asks to keep it.
    pub fn raw(&self, start: u64, end: u64) -> Result<Vec<u8>, EngineError> {
        let io = |error| EngineError::io(&self.path, error);
        let mut file = File::open(&self.path).map_err(io)?;
        read_at(&mut file, start, (end - start) as usize).map_err(io)
    }
}

/// The decoder for one unit of a source.
pub(crate) fn decoder(format: &Format, columns: &[String], start: u64) -> Option<Box<dyn Decoder>> {
    let buffer = |encoding: &TextEncoding| TextBuffer::new(*encoding, start);
    Some(match format {
        Format::Delimited { dialect, encoding, .. } => {
            Box::new(DelimitedDecoder::new(dialect.clone(), buffer(encoding)))
        }
        Format::Ndjson { encoding } => Box::new(JsonLinesDecoder::objects(columns, buffer(encoding))),
        Format::DatasetJson { encoding, .. } => Box::new(JsonLinesDecoder::arrays(columns, buffer(encoding))),
        Format::Xpt { layout } => Box::new(XptDecoder::new(layout.clone(), start)),
        Format::Parquet => return None,
    })
}
