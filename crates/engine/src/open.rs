//! Opening a file: finding out its form, its encoding and its columns.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::file::metadata::ParquetMetaDataReader;

use crate::error::EngineError;
use crate::format::{dialect, distinct_names, json_lines, xpt};
use crate::rows::text_schema;
use crate::source::{Format, Unit};
use crate::text::{TextBuffer, TextEncoding, detect_encoding};
use crate::units::{CHUNK_BYTES, UNIT_BYTES, delimited_units, even_units, line_units};

/// How much of a text is looked at to find out how it is written.
pub(crate) const SAMPLE_BYTES: usize = 1 << 20;

/// What every way of opening finds out.
pub(crate) type Opened = (Format, Vec<String>, SchemaRef, Vec<Unit>);

pub(crate) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

pub(crate) fn read_at(file: &mut File, start: u64, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(crate) fn open_parquet(path: &Path, file: &File, size: u64) -> Result<Opened, EngineError> {
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

pub(crate) fn open_xpt(path: &Path, file: &mut File, head: &[u8], size: u64) -> Result<Opened, EngineError> {
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

pub(crate) fn open_text(path: &Path, file: &mut File, head: &[u8], size: u64) -> Result<Opened, EngineError> {
    let io = |error| EngineError::io(path, error);
    let telling = telling_sample(file, head).map_err(io)?;
    let (encoding, mark) = detect_encoding(&telling).map_err(|reason| EngineError::source(path, reason))?;
    // A mark counts at the file's own beginning only; elsewhere it is a character (two files joined).
    let mark = if telling == head { mark as u64 } else { 0 };
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
