//! NDJSON: a line an object, or Dataset-JSON 1.1's form: a line of metadata, then a line an array.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::EngineError;
use crate::format::Decoder;
use crate::rows::{ROW_ERROR, Rows};
use crate::text::TextBuffer;

/// The members of one object in the order they stand, values as they are written.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    members.push((key, map.next_value::<&'de RawValue>()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// Objects inside objects are followed so far down.
const DEPTH_MAX: usize = 16;
/// A file with more fields than this is no table but a map that somebody wrote line by line.
const COLUMNS_MAX: usize = 4096;

/// Gives every leaf of an object with its dotted path. Arrays stay as they are written, and so do objects below
/// [`DEPTH_MAX`]. An error is the reason of a bad row.
fn leaves<'a>(
    prefix: &str,
    depth: usize,
    line: &'a str,
    give: &mut impl FnMut(String, &'a RawValue),
) -> Result<(), &'static str> {
    let Members(members) = serde_json::from_str(line).map_err(|_| "not-a-json-object")?;
    for (index, (key, value)) in members.iter().enumerate() {
        if members[..index].iter().any(|(earlier, _)| earlier == key) {
            return Err("duplicate-field");
        }
        let path = if prefix.is_empty() { key.clone().into_owned() } else { format!("{prefix}.{key}") };
        if value.get().starts_with('{') && depth < DEPTH_MAX {
            leaves(&path, depth + 1, value.get(), give)?;
        } else {
            give(path, value);
        }
    }
    Ok(())
}

/// The text of a value: a string's content, a number as it is written; null and the empty string are missing.
fn text_of(value: &RawValue) -> Cow<'_, str> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'n') => Cow::Borrowed(""),
        Some(b'"') => serde_json::from_str::<Cow<'_, str>>(raw).unwrap_or(Cow::Borrowed(raw)),
        _ => Cow::Borrowed(raw),
    }
}

/// The columns of a file of objects: every path that occurs, in the order of first occurrence. Lines that are not
/// objects are left for the decoder to report.
///
/// An inner error says why the file is no table.
pub(crate) fn object_columns(
    lines: impl Iterator<Item = std::io::Result<Vec<u8>>>,
) -> std::io::Result<Result<Vec<String>, String>> {
    let mut order: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for line in lines {
        let line = line?;
        let Ok(line) = std::str::from_utf8(&line) else { continue };
        // A broken line adds nothing, as it will add no row.
        let mut found = Vec::new();
        if leaves("", 0, line.trim(), &mut |path, _| found.push(path)).is_ok() {
            for path in found {
                if known.insert(path.clone()) {
                    order.push(path);
                }
            }
        }
        if order.len() > COLUMNS_MAX {
            return Ok(Err(format!("has more than {COLUMNS_MAX} different fields: a map, not a table")));
        }
    }
    if known.contains(ROW_ERROR) {
        return Ok(Err(format!("has a field `{ROW_ERROR}`: rename it")));
    }
    Ok(Ok(order))
}

/// What a Dataset-JSON metadata line says.
pub(crate) struct DatasetHead {
    pub(crate) columns: Vec<String>,
    /// How many records follow.
    pub(crate) records: Option<u64>,
    /// Whether the records stand inside this very object: the other form of Dataset-JSON.
    pub(crate) holds_rows: bool,
}

/// The head of a Dataset-JSON file, or `None` where the line is none.
pub(crate) fn dataset_head(line: &str) -> Option<DatasetHead> {
    #[derive(Deserialize)]
    struct Metadata<'a> {
        #[serde(rename = "datasetJSONVersion")]
        _version: String,
        columns: Vec<Column>,
        records: Option<u64>,
        #[serde(borrow)]
        rows: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Column {
        name: String,
    }
    let metadata: Metadata = serde_json::from_str(line).ok()?;
    Some(DatasetHead {
        columns: metadata.columns.into_iter().map(|column| column.name).collect(),
        records: metadata.records,
        holds_rows: metadata.rows.is_some(),
    })
}

/// Cuts lines of JSON into rows.
pub(crate) struct JsonLinesDecoder {
    buffer: TextBuffer,
    /// For objects: the column of each path. `None`: lines are arrays.
    columns: Option<HashMap<String, usize>>,
    cells: Vec<String>,
}

impl JsonLinesDecoder {
    pub(crate) fn objects(columns: &[String], buffer: TextBuffer) -> Self {
        let map = columns.iter().enumerate().map(|(i, name)| (name.clone(), i)).collect();
        Self { buffer, columns: Some(map), cells: vec![String::new(); columns.len()] }
    }

    pub(crate) fn arrays(columns: &[String], buffer: TextBuffer) -> Self {
        Self { buffer, columns: None, cells: vec![String::new(); columns.len()] }
    }

    fn drain(&mut self, last: bool, rows: &mut Rows) {
        let Self { buffer, columns, cells } = self;
        let text = buffer.text();
        let mut at = 0;
        while at < text.len() {
            let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map(|offset| at + offset + 1);
            let next = match end {
                Some(next) => next,
                None if last => text.len(),
                None => break,
            };
            let line = text[at..next].trim();
            if !line.is_empty() {
                let fault = if buffer.is_broken(at, next) {
                    Some("encoding")
                } else {
                    read_line(line, columns.as_ref(), cells)
                };
                if let Some(reason) = fault {
                    rows.bad_row(buffer.file_position(at), buffer.file_position(next), reason);
                } else {
                    for (column, cell) in cells.iter().enumerate() {
                        rows.cell(column, cell);
                    }
                    rows.end_row();
                }
            }
            at = next;
        }
        buffer.take(at);
    }
}

/// Fills `cells` from one line, or says what is wrong with it.
fn read_line(line: &str, columns: Option<&HashMap<String, usize>>, cells: &mut [String]) -> Option<&'static str> {
    for cell in &mut *cells {
        cell.clear();
    }
    match columns {
        Some(columns) => {
            let mut unknown = false;
            let mut twice = false;
            let read = leaves("", 0, line, &mut |path, value| match columns.get(&path) {
                // `{"a":{"b":1},"a.b":2}` has one path twice.
                Some(&column) if !cells[column].is_empty() => twice = true,
                Some(&column) => cells[column].push_str(&text_of(value)),
                None => unknown = true,
            });
            match read {
                Err(reason) => Some(reason),
                Ok(()) if unknown => Some("unknown-field"),
                Ok(()) if twice => Some("duplicate-field"),
                Ok(()) => None,
            }
        }
        None => match serde_json::from_str::<Vec<&RawValue>>(line) {
            Err(_) => Some("not-a-json-array"),
            Ok(values) if values.len() != cells.len() => Some("field-count"),
            Ok(values) => {
                for (cell, value) in cells.iter_mut().zip(values) {
                    cell.push_str(&text_of(value));
                }
                None
            }
        },
    }
}

impl Decoder for JsonLinesDecoder {
    fn push(&mut self, bytes: &[u8], rows: &mut Rows) -> Result<(), EngineError> {
        self.buffer.push(bytes);
        self.drain(false, rows);
        Ok(())
    }

    fn finish(&mut self, rows: &mut Rows) -> Result<(), EngineError> {
        self.buffer.finish();
        self.drain(true, rows);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_dotted_and_numbers_stay_as_written() {
        let mut seen = Vec::new();
        let line = r#"{"a":{"b":"x","c":1.50},"d":[1,{"e":2}],"f":null}"#;
        leaves("", 0, line, &mut |path, value| seen.push((path, text_of(value).into_owned()))).expect("an object");
        let expected = [("a.b", "x"), ("a.c", "1.50"), ("d", r#"[1,{"e":2}]"#), ("f", "")];
        assert_eq!(seen, expected.map(|(p, v)| (p.to_owned(), v.to_owned())));
    }

    #[test]
    fn a_line_that_is_not_what_it_should_be_is_bad() {
        let columns = HashMap::from([("a".to_owned(), 0)]);
        let mut cells = vec![String::new()];
        let mut check = |line: &str, columns: Option<&HashMap<String, usize>>, expected| {
            assert_eq!(read_line(line, columns, &mut cells), expected, "{line}");
        };
        check(r#"{"a":1}"#, Some(&columns), None);
        check(r#"{"a":1"#, Some(&columns), Some("not-a-json-object"));
        check(r#"{"b":1}"#, Some(&columns), Some("unknown-field"));
        check(r#"{"a":1,"a":2}"#, Some(&columns), Some("duplicate-field"));
        let deep = "{\"a\":".repeat(50_000);
        check(&deep, Some(&columns), Some("not-a-json-object"));
        check("[1]", None, None);
        check("[1,2]", None, Some("field-count"));
        check("{}", None, Some("not-a-json-array"));
    }
}
