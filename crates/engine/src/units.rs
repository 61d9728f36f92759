//! Cutting a source into units that can be read on their own, each where a record begins.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom};

use crate::format::delimited::{Dialect, Record, line_end};
use crate::source::Unit;
use crate::text::TextEncoding;

/// A unit of work is about this many bytes of a source. The figure is part of what a release looks like (a part file a
/// unit), so it depends on nothing of the machine.
pub(crate) const UNIT_BYTES: u64 = 64 << 20;
/// Read at a time while looking for record boundaries.
pub(crate) const CHUNK_BYTES: usize = 1 << 20;

/// Cuts `start..end` into units of about [`UNIT_BYTES`]; `boundary` moves a wished cut to where a record begins.
pub(crate) fn even_units(
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
pub(crate) fn line_units(file: &mut File, encoding: TextEncoding, start: u64, size: u64) -> std::io::Result<Vec<Unit>> {
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
pub(crate) fn delimited_units(
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

#[cfg(test)]
mod tests {
    use datafusion::arrow::record_batch::RecordBatch;
    use proptest::prelude::*;

    use super::*;
    use crate::rows::{Rows, text_schema};
    use crate::source::{Format, decoder};

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
