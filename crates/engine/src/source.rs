//! Sources: what a file is, which columns it has, and the units of work it falls into.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::file::metadata::ParquetMetaDataReader;
use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::format::delimited::{DelimitedDecoder, Dialect, Record, line_end};
use crate::format::json_lines::{self, JsonLinesDecoder};
use crate::format::xpt::{self, XptDecoder};
use crate::format::{Decoder, dialect, distinct_names};
use crate::rows::text_schema;
use crate::text::{TextBuffer, TextEncoding, detect_encoding};

/// A unit of work is about this many bytes of a source. The figure is part of what a release looks like (a part file a
/// unit), so it depends on nothing of the machine.
const UNIT_BYTES: u64 = 64 << 20;
/// How much of a text is looked at to find out how it is written.
const SAMPLE_BYTES: usize = 1 << 20;
/// Read at a time while looking for record boundaries.
const CHUNK_BYTES: usize = 1 << 20;

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

/// What every way of opening finds out.
type Opened = (Format, Vec<String>, SchemaRef, Vec<Unit>);

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn read_at(file: &mut File, start: u64, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn open_parquet(path: &Path, file: &File, size: u64) -> Result<Opened, EngineError> {
    let unreadable = |error: datafusion::parquet::errors::ParquetError| {
        let error = error.to_string();
        let first = error.lines().next().unwrap_or_default();
        EngineError::source(path, format!("is no whole Parquet file ({first})"))
    };
    let metadata = ParquetMetaDataReader::new().parse_and_finish(file).map_err(unreadable)?;
    let file_metadata = metadata.file_metadata();
    let schema = parquet_to_arrow_schema(file_metadata.schema_descr(), file_metadata.key_value_metadata())
        .map_err(unreadable)?;
    for field in schema.fields() {
        if field.data_type().is_nested() {
            let reason = format!("column `{}` is nested; flatten it first", field.name());
            return Err(EngineError::source(path, reason));
        }
        if matches!(field.data_type(), DataType::Null) {
            let reason = format!("column `{}` has no type; leave it out", field.name());
            return Err(EngineError::source(path, reason));
        }
    }
    let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
    let units = even_units(0, size, Ok).map_err(|error| EngineError::io(path, error))?;
    Ok((Format::Parquet, columns, Arc::new(schema), units))
}

fn open_xpt(path: &Path, file: &mut File, head: &[u8], size: u64) -> Result<Opened, EngineError> {
    let layout = xpt::layout(head, size).map_err(|reason| EngineError::source(path, reason))?;
    let io = |error| EngineError::io(path, error);
    file.seek(SeekFrom::Start(layout.data_start)).map_err(io)?;
    let mut reader = BufReader::with_capacity(CHUNK_BYTES / 80 * 80, file);
    loop {
        let data = reader.fill_buf().map_err(io)?;
        if data.is_empty() {
            break;
        }
        if xpt::holds_second_member(data) {
            return Err(EngineError::source(path, "holds several tables; write each to a file of its own"));
        }
        let length = data.len();
        reader.consume(length);
    }
    let columns = distinct_names(layout.variables.iter().map(|variable| variable.name.clone()));
    // Filling at the end is told apart only by who reads to the end: one unit.
    let units = vec![Unit { start: layout.data_start, end: size, first_row: 1 }];
    let schema = text_schema(&columns);
    Ok((Format::Xpt { layout }, columns, schema, units))
}

fn open_text(path: &Path, file: &mut File, head: &[u8], size: u64) -> Result<Opened, EngineError> {
    let io = |error| EngineError::io(path, error);
    let telling = telling_sample(file, head).map_err(io)?;
    let (encoding, mark) = detect_encoding(&telling).map_err(|reason| EngineError::source(path, reason))?;
    // A mark counts at the file's own beginning only; elsewhere it is a character (two files joined).
    let mark = if telling.len() == head.len() { mark as u64 } else { 0 };
    let mut buffer = TextBuffer::new(encoding, mark);
    buffer.push(head.get(mark as usize..).unwrap_or_default());
    let whole = head.len() as u64 == size;
    if whole {
        buffer.finish();
    }
    let sample = buffer.text();
    if sample.trim().is_empty() {
        return Err(EngineError::source(path, "is empty: no header and no rows"));
    }
    let first_line = sample.lines().next().unwrap_or_default().trim();
    if first_line.starts_with('{') {
        return open_json_lines(path, file, encoding, &buffer, first_line, size);
    }
    if sample.trim_start().starts_with('[')
        && first_line.trim_start_matches('[').trim_start().starts_with(['{', '"', '['])
    {
        return Err(EngineError::source(path, "is a JSON array; write one object a line (NDJSON)"));
    }
    let found = dialect::sniff(sample, whole);
    let data_start = buffer.file_position(found.data_start);
    let units = if encoding == TextEncoding::Utf8 {
        delimited_units(file, &found.dialect, data_start, size, UNIT_BYTES).map_err(io)?
    } else {
        // Places in a transcoded file are known at line ends only: one unit.
        vec![Unit { start: data_start, end: size, first_row: 1 }]
    };
    let schema = text_schema(&found.columns);
    let format = Format::Delimited { dialect: found.dialect, encoding, header: found.has_header };
    Ok((format, found.columns, schema, units))
}

/// The head of a text or, where it is all ASCII, the first stretch that is not: only that tells the encoding.
fn telling_sample(file: &mut File, head: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut at = head.len() as u64;
    let mut sample = head.to_vec();
    while sample.is_ascii() {
        let next = read_at(file, at, SAMPLE_BYTES)?;
        if next.is_empty() {
            return Ok(head.to_vec());
        }
        at += next.len() as u64;
        if !next.is_ascii() {
            // From a line's beginning on, so that no character is cut.
            let first = next.iter().position(|b| !b.is_ascii()).unwrap_or(0);
            let line = memchr::memrchr(b'\n', &next[..first]).map_or(first, |end| end + 1);
            return Ok(next[line..].to_vec());
        }
        sample = next;
    }
    Ok(sample)
}

fn open_json_lines(
    path: &Path,
    file: &mut File,
    encoding: TextEncoding,
    buffer: &TextBuffer,
    first_line: &str,
    size: u64,
) -> Result<Opened, EngineError> {
    let io = |error| EngineError::io(path, error);
    let text = buffer.text();
    if let Some(head) = json_lines::dataset_head(first_line) {
        if head.holds_rows {
            return Err(EngineError::source(
                path,
                "is Dataset-JSON in one object; use its NDJSON form, a line a record",
            ));
        }
        let after = memchr::memchr(b'\n', text.as_bytes()).map_or(text.len(), |at| at + 1);
        let columns = distinct_names(head.columns);
        let schema = text_schema(&columns);
        let units = line_units(file, encoding, buffer.file_position(after), size).map_err(io)?;
        return Ok((Format::DatasetJson { encoding, records: head.records }, columns, schema, units));
    }
    let start = buffer.file_position(0);
    if encoding != TextEncoding::Utf8 {
        return Err(EngineError::source(path, format!("is JSON in {}; save it as UTF-8", encoding.name())));
    }
    file.seek(SeekFrom::Start(start)).map_err(io)?;
    let lines = BufReader::new(&mut *file).split(b'\n');
    let columns = json_lines::object_columns(lines).map_err(io)?.map_err(|reason| EngineError::source(path, reason))?;
    if columns.is_empty() {
        return Err(EngineError::source(path, "looks like JSON, but no line of it is an object with fields"));
    }
    let schema = text_schema(&columns);
    let units = line_units(file, encoding, start, size).map_err(io)?;
    Ok((Format::Ndjson { encoding }, columns, schema, units))
}

/// Cuts `start..end` into units of about [`UNIT_BYTES`]; `boundary` moves a wished cut to where a record begins.
fn even_units(
    start: u64,
    end: u64,
    mut boundary: impl FnMut(u64) -> std::io::Result<u64>,
) -> std::io::Result<Vec<Unit>> {
    let count = (end - start).div_ceil(UNIT_BYTES).max(1);
    let mut units: Vec<Unit> = Vec::new();
    let mut from = start;
    for index in 1..=count {
        let wish = start + (end - start) * index / count;
        let to = if index == count { end } else { boundary(wish)?.min(end) };
        if to > from || units.is_empty() {
            units.push(Unit { start: from, end: to, first_row: 0 });
            from = to;
        }
    }
    Ok(units)
}

/// Units of a text a record of which is a line, with the ordinal of each unit's first line.
fn line_units(file: &mut File, encoding: TextEncoding, start: u64, size: u64) -> std::io::Result<Vec<Unit>> {
    if encoding != TextEncoding::Utf8 || size - start <= UNIT_BYTES {
        return Ok(vec![Unit { start, end: size, first_row: 1 }]);
    }
    let mut units = even_units(start, size, |wish| {
        file.seek(SeekFrom::Start(wish))?;
        let mut line = Vec::new();
        Ok(wish + BufReader::new(&mut *file).read_until(b'\n', &mut line)? as u64)
    })?;
    let mut row = 1;
    for unit in &mut units {
        unit.first_row = row;
        file.seek(SeekFrom::Start(unit.start))?;
        let mut lines = BufReader::with_capacity(CHUNK_BYTES, (&mut *file).take(unit.end - unit.start));
        loop {
            let data = lines.fill_buf()?;
            if data.is_empty() {
                break;
            }
            row += memchr::memchr_iter(b'\n', data).count() as u64;
            let length = data.len();
            lines.consume(length);
        }
    }
    Ok(units)
}

/// Units of a delimited text in UTF-8. Records may hold line ends, so every record is walked over, by the very function
/// that will read them.
fn delimited_units(
    file: &mut (impl Read + Seek),
    dialect: &Dialect,
    start: u64,
    size: u64,
    unit_bytes: u64,
) -> std::io::Result<Vec<Unit>> {
    if size.saturating_sub(start) <= unit_bytes {
        return Ok(vec![Unit { start, end: size, first_row: 1 }]);
    }
    let count = (size - start).div_ceil(unit_bytes);
    let wish = |index: u64| start + (size - start) * index / count;
    let mut units = vec![Unit { start, end: size, first_row: 1 }];
    let mut buffer: Vec<u8> = Vec::with_capacity(2 * CHUNK_BYTES);
    let (mut buffer_at, mut row, mut index, mut endless) = (start, 1u64, 1u64, false);
    file.seek(SeekFrom::Start(start))?;
    loop {
        let read = (&mut *file).take(CHUNK_BYTES as u64).read_to_end(&mut buffer)?;
        let last = read == 0;
        let mut at = 0;
        if endless {
            let end = line_end(&buffer, 0);
            at = end.unwrap_or(buffer.len());
            endless = end.is_none();
            row += u64::from(!endless);
        }
        while at < buffer.len() {
            let next = match dialect.record(&buffer, at, last, |_| ()) {
                Record::Unfinished => break,
                Record::Endless => {
                    endless = true;
                    at = buffer.len();
                    break;
                }
                Record::Blank { next } => {
                    at = next;
                    continue;
                }
                Record::Whole { next } | Record::Bad { next, .. } => next,
            };
            if index < count && buffer_at + at as u64 >= wish(index) {
                let cut = buffer_at + at as u64;
                if let Some(open) = units.last_mut() {
                    open.end = cut;
                }
                units.push(Unit { start: cut, end: size, first_row: row });
                index += 1;
            }
            row += 1;
            at = next;
        }
        buffer.drain(..at);
        buffer_at += at as u64;
        if last {
            return Ok(units);
        }
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

#[cfg(test)]
mod tests {
    use datafusion::arrow::record_batch::RecordBatch;
    use proptest::prelude::*;

    use super::*;
    use crate::rows::Rows;

    /// Decodes a part of a text that has two columns.
    fn read(text: &[u8], unit: Unit) -> RecordBatch {
        let columns = ["a".to_owned(), "b".to_owned()];
        let format = Format::Delimited { dialect: Dialect::default(), encoding: TextEncoding::Utf8, header: false };
        let mut decoder = decoder(&format, &columns, unit.start).expect("a text form");
        let mut rows = Rows::new(&text_schema(&columns), &[0, 1, 2], unit.first_row);
        decoder.push(&text[unit.start as usize..unit.end as usize], &mut rows).expect("push");
        decoder.finish(&mut rows).expect("finish");
        rows.take_batch().expect("a batch")
    }

    proptest! {
        /// I5, I9: however a file is cut into units, the same rows come out, each once, bad ones at the same places.
        #[test]
        fn units_hold_every_row_once(
            records in prop::collection::vec("(\"[a-z\n,]{0,9}\",[a-z]{0,5}\r?\n|[a-z]{1,4}\n|\n|\"[a-z]\"x,y\n)", 1..60),
            unit_bytes in 1u64..60,
        ) {
            let text = records.concat().into_bytes();
            let size = text.len() as u64;
            let mut file = std::io::Cursor::new(&text);
            let units = delimited_units(&mut file, &Dialect::default(), 0, size, unit_bytes).expect("units");
            let whole = read(&text, Unit { start: 0, end: size, first_row: 1 });
            let parts = units.iter().map(|unit| read(&text, *unit)).collect::<Vec<_>>();
            let joined = datafusion::arrow::compute::concat_batches(&whole.schema(), &parts).expect("joins");
            prop_assert_eq!(joined, whole);
        }
    }
}
