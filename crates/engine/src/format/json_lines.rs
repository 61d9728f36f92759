//! NDJSON: a line an object, or Dataset-JSON 1.1's form: a line of metadata, then a line an array.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::EngineError;
use crate::format::Decoder;
use crate::rows::Rows;
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

/// Gives every leaf of an object with its dotted path. Arrays stay as they are written.
fn leaves<'a>(
    prefix: &str,
    line: &'a str,
    give: &mut impl FnMut(String, &'a RawValue),
) -> Result<(), serde_json::Error> {
    let Members(members) = serde_json::from_str(line)?;
    for (key, value) in members {
        let path = if prefix.is_empty() { key.into_owned() } else { format!("{prefix}.{key}") };
        if value.get().starts_with('{') {
            leaves(&path, value.get(), give)?;
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
pub(crate) fn object_columns(lines: impl Iterator<Item = std::io::Result<Vec<u8>>>) -> std::io::Result<Vec<String>> {
    let mut order: Vec<String> = Vec::new();
    let mut known: HashMap<String, ()> = HashMap::new();
    for line in lines {
        let line = line?;
        let Ok(line) = std::str::from_utf8(&line) else { continue };
        // A broken line adds nothing, as it will add no row.
        let mut found = Vec::new();
        if leaves("", line.trim(), &mut |path, _| found.push(path)).is_ok() {
            for path in found {
                if known.insert(path.clone(), ()).is_none() {
                    order.push(path);
                }
            }
        }
    }
    Ok(order)
}

/// The columns named by a Dataset-JSON metadata line, or `None` where the line is none.
pub(crate) fn dataset_columns(line: &str) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Metadata {
        #[serde(rename = "datasetJSONVersion")]
        _version: String,
        columns: Vec<Column>,
    }
    #[derive(Deserialize)]
    struct Column {
        name: String,
    }
    let metadata: Metadata = serde_json::from_str(line).ok()?;
    Some(metadata.columns.into_iter().map(|column| column.name).collect())
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
fn read_line(
    line: &str,
    columns: Option<&HashMap<String, usize>>,
    cells: &mut [String],
) -> Option<&'static str> {
    for cell in &mut *cells {
        cell.clear();
    }
    match columns {
        Some(columns) => {
            let mut unknown = false;
            let read = leaves("", line, &mut |path, value| match columns.get(&path) {
                Some(&column) => cells[column].push_str(&text_of(value)),
                None => unknown = true,
            });
            match read {
                Err(_) => Some("not-a-json-object"),
                Ok(()) if unknown => Some("unknown-field"),
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
        leaves("", line, &mut |path, value| seen.push((path, text_of(value).into_owned())))
            .expect("an object");
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
        check("[1]", None, None);
        check("[1,2]", None, Some("field-count"));
        check("{}", None, Some("not-a-json-array"));
    }
}
