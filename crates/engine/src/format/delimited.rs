//! Records of delimited text (RFC 4180 and what is found in practice), each byte looked at once.

use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::format::Decoder;
use crate::rows::Rows;
use crate::text::TextBuffer;

/// A record longer than this is not a record but a quote that nobody closed.
const RECORD_BYTES_MAX: usize = 1 << 20;

/// How a delimited text is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dialect {
    /// What stands between two fields: one character or several.
    pub delimiter: String,
    /// What ends a record; empty: a line end (LF, CRLF or CR). A line end after it belongs to it.
    pub row_end: String,
    /// Whether fields may stand in double quotes (doubled inside).
    pub quoted: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: ",".to_owned(), row_end: String::new(), quoted: true }
    }
}

/// One field of a record: its bytes without the outer quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldRange {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Holds doubled quotes that stand for one.
    pub(crate) doubled: bool,
}

/// What begins at a position of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    /// A record; the next begins at `next`.
    Whole { next: usize },
    /// A line with nothing in it.
    Blank { next: usize },
    /// A record that cannot be read.
    Bad { next: usize, reason: &'static str },
    /// A record without an end in sight: all text up to the next line end belongs to it.
    Endless,
    /// More text is needed to tell.
    Unfinished,
}

/// Where a field ends and what follows it.
enum FieldEnd {
    Delimiter(usize),
    Row(usize),
    /// Text after a closing quote: the record goes on but is bad.
    Text(usize),
    Unfinished,
}

impl Dialect {
    /// Reads the record that begins at `at`, giving each field to `field`. `last`: no more text will come.
    pub(crate) fn record(&self, text: &[u8], at: usize, last: bool, mut field: impl FnMut(FieldRange)) -> Record {
        let mut position = at;
        let mut reason = None;
        let mut fields = 0usize;
        loop {
            let quote = self.quoted && text.get(position) == Some(&b'"');
            let (range, end) =
                if quote { self.quoted_field(text, position, last) } else { self.plain_field(text, position, last) };
            let too_long = position - at > RECORD_BYTES_MAX || text.len() - at > RECORD_BYTES_MAX;
            match end {
                FieldEnd::Delimiter(next) => {
                    field(range);
                    fields += 1;
                    position = next;
                }
                FieldEnd::Row(next) => {
                    // The same limit as for a record whose end is not yet in sight: however a file is cut into
                    // pieces, the same records come out.
                    if next - at > RECORD_BYTES_MAX {
                        let next = line_end(text, at).unwrap_or(next);
                        return Record::Bad { next, reason: "quote-not-closed" };
                    }
                    field(range);
                    if fields == 0 && !quote && range.start == range.end {
                        return Record::Blank { next };
                    }
                    return match reason {
                        Some(reason) => Record::Bad { next, reason },
                        None => Record::Whole { next },
                    };
                }
                // A quote that closes lines further down and is followed by text never was a quote.
                FieldEnd::Text(_) if memchr::memchr(b'\n', &text[range.start..range.end]).is_some() => {
                    let next = line_end(text, at).unwrap_or(range.end);
                    return Record::Bad { next, reason: "quote-not-closed" };
                }
                FieldEnd::Text(next) => {
                    reason = Some("text-after-quote");
                    match self.plain_field(text, next, last).1 {
                        FieldEnd::Delimiter(next) => {
                            fields += 1;
                            position = next;
                        }
                        FieldEnd::Row(next) => {
                            return Record::Bad { next, reason: "text-after-quote" };
                        }
                        FieldEnd::Text(_) | FieldEnd::Unfinished => return Record::Unfinished,
                    }
                }
                FieldEnd::Unfinished if last || too_long => {
                    // A quote that nobody closed: only its first line is lost, reading goes on with the next.
                    return match line_end(text, at) {
                        Some(next) => Record::Bad { next, reason: "quote-not-closed" },
                        None if last => Record::Bad { next: text.len(), reason: "quote-not-closed" },
                        None if too_long => Record::Endless,
                        None => Record::Unfinished,
                    };
                }
                FieldEnd::Unfinished => return Record::Unfinished,
            }
        }
    }

    fn plain_field(&self, text: &[u8], start: usize, last: bool) -> (FieldRange, FieldEnd) {
        let delimiter = self.delimiter.as_bytes();
        let first = delimiter[0];
        let mut at = start;
        let range = |end| FieldRange { start, end, doubled: false };
        if self.row_end.is_empty() {
            while at < text.len() {
                let byte = text[at];
                if byte == first {
                    match begins(&text[at..], delimiter) {
                        Some(true) => return (range(at), FieldEnd::Delimiter(at + delimiter.len())),
                        None if !last => return (range(at), FieldEnd::Unfinished),
                        _ => {}
                    }
                }
                if byte == b'\n' || byte == b'\r' {
                    return match newline(text, at, last) {
                        Some(next) => (range(at), FieldEnd::Row(next)),
                        None => (range(at), FieldEnd::Unfinished),
                    };
                }
                at += 1;
            }
        } else {
            let row_end = self.row_end.as_bytes();
            while at < text.len() {
                let byte = text[at];
                if byte == row_end[0] {
                    match begins(&text[at..], row_end) {
                        Some(true) => {
                            let after = at + row_end.len();
                            return match newline(text, after, last) {
                                Some(next) => (range(at), FieldEnd::Row(next)),
                                None if after < text.len() || last => (range(at), FieldEnd::Row(after)),
                                None => (range(at), FieldEnd::Unfinished),
                            };
                        }
                        None if !last => return (range(at), FieldEnd::Unfinished),
                        _ => {}
                    }
                }
                if byte == first {
                    match begins(&text[at..], delimiter) {
                        Some(true) => return (range(at), FieldEnd::Delimiter(at + delimiter.len())),
                        None if !last => return (range(at), FieldEnd::Unfinished),
                        _ => {}
                    }
                }
                at += 1;
            }
        }
        if last { (range(text.len()), FieldEnd::Row(text.len())) } else { (range(text.len()), FieldEnd::Unfinished) }
    }

    fn quoted_field(&self, text: &[u8], open: usize, last: bool) -> (FieldRange, FieldEnd) {
        let start = open + 1;
        let mut at = start;
        let mut doubled = false;
        loop {
            let Some(offset) = memchr::memchr(b'"', &text[at..]) else {
                return (FieldRange { start, end: text.len(), doubled }, FieldEnd::Unfinished);
            };
            let close = at + offset;
            let after = close + 1;
            let range = FieldRange { start, end: close, doubled };
            match text.get(after) {
                Some(b'"') => {
                    doubled = true;
                    at = after + 1;
                }
                None if last => return (range, FieldEnd::Row(after)),
                None => return (range, FieldEnd::Unfinished),
                Some(_) => return (range, self.after_quote(text, after, last)),
            }
        }
    }

    fn after_quote(&self, text: &[u8], after: usize, last: bool) -> FieldEnd {
        let rest = &text[after..];
        match begins(rest, self.delimiter.as_bytes()) {
            Some(true) => return FieldEnd::Delimiter(after + self.delimiter.len()),
            None if !last => return FieldEnd::Unfinished,
            _ => {}
        }
        if !self.row_end.is_empty() {
            return match begins(rest, self.row_end.as_bytes()) {
                Some(true) => {
                    let end = after + self.row_end.len();
                    if end == text.len() && !last {
                        return FieldEnd::Unfinished;
                    }
                    FieldEnd::Row(newline(text, end, last).unwrap_or(end))
                }
                None if !last => FieldEnd::Unfinished,
                _ => FieldEnd::Text(after),
            };
        }
        if matches!(text[after], b'\n' | b'\r') {
            return newline(text, after, last).map_or(FieldEnd::Unfinished, FieldEnd::Row);
        }
        FieldEnd::Text(after)
    }
}

/// Whether `text` begins with `word`; `None` where the text ends before that can be told.
fn begins(text: &[u8], word: &[u8]) -> Option<bool> {
    if text.len() >= word.len() {
        Some(text.starts_with(word))
    } else if word.starts_with(text) {
        None
    } else {
        Some(false)
    }
}

/// The position after the line end at `at`, or `None` where there is none or a CR may still be followed by LF.
fn newline(text: &[u8], at: usize, last: bool) -> Option<usize> {
    match (text.get(at), text.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\n'), _) | (Some(b'\r'), Some(_)) => Some(at + 1),
        (Some(b'\r'), None) if last => Some(at + 1),
        _ => None,
    }
}

/// The position after the first line end from `at` on.
pub(crate) fn line_end(text: &[u8], at: usize) -> Option<usize> {
    memchr::memchr(b'\n', &text[at..]).map(|offset| at + offset + 1)
}

/// Whether a record that runs over several lines would be as many records without its quotes: then one of them probably
/// never was a quote, and what seems one cell holds other people's rows. Two columns are too few to tell, and a record
/// with more than the one pair of quotes was written by someone who quotes.
fn swallows_rows(dialect: &Dialect, record: &[u8], columns: usize) -> bool {
    if columns < 3 || !dialect.quoted || memchr::memchr(b'\n', record.trim_ascii_end()).is_none() {
        return false;
    }
    if memchr::memchr_iter(b'"', record).count() != 2 {
        return false;
    }
    let plain = Dialect { quoted: false, ..dialect.clone() };
    let (mut at, mut lines) = (0, 0);
    while at < record.len() {
        let mut fields = 0;
        match plain.record(record, at, true, |_| fields += 1) {
            Record::Whole { next } if fields == columns => at = next,
            _ => return false,
        }
        lines += 1;
    }
    lines > 1
}

/// Cuts decoded text into rows.
pub(crate) struct DelimitedDecoder {
    dialect: Dialect,
    buffer: TextBuffer,
    fields: Vec<FieldRange>,
    scratch: String,
    /// Where an endless record began whose end is still being looked for.
    endless_from: Option<u64>,
}

impl DelimitedDecoder {
    pub(crate) fn new(dialect: Dialect, buffer: TextBuffer) -> Self {
        Self { dialect, buffer, fields: Vec::new(), scratch: String::new(), endless_from: None }
    }

    /// Passes over what is left of an endless record. False: its end is not here yet.
    fn skip_endless(&mut self, last: bool, rows: &mut Rows) -> bool {
        let Some(from) = self.endless_from else { return true };
        let text = self.buffer.text();
        let end = line_end(text.as_bytes(), 0);
        let taken = end.unwrap_or(text.len());
        let ended = end.is_some() || last;
        if ended {
            rows.bad_row(from, self.buffer.file_position(taken), "too-long");
            self.endless_from = None;
        }
        self.buffer.take(taken);
        ended
    }

    fn drain(&mut self, last: bool, rows: &mut Rows) {
        if !self.skip_endless(last, rows) {
            return;
        }
        let Self { dialect, buffer, fields, scratch, endless_from } = self;
        let text = buffer.text();
        let mut at = 0;
        while at < text.len() {
            fields.clear();
            let record = dialect.record(text.as_bytes(), at, last, |range| fields.push(range));
            let (next, fault) = match record {
                Record::Unfinished => break,
                Record::Endless => {
                    *endless_from = Some(buffer.file_position(at));
                    at = text.len();
                    break;
                }
                Record::Bad { next, reason } => (next, Some(reason)),
                Record::Blank { next } if rows.columns() > 1 => {
                    at = next;
                    continue;
                }
                Record::Blank { next } | Record::Whole { next } => {
                    let record = &text.as_bytes()[at..next];
                    let fault = if fields.len() == rows.columns() {
                        swallows_rows(dialect, record, fields.len()).then_some("quote-spans-rows")
                    } else {
                        Some("field-count")
                    };
                    (next, fault)
                }
            };
            let fault = if buffer.is_broken(at, next) { Some("encoding") } else { fault };
            match fault {
                Some(reason) => {
                    rows.bad_row(buffer.file_position(at), buffer.file_position(next), reason);
                }
                None => append(text, fields, scratch, rows),
            }
            at = next;
        }
        buffer.take(at);
    }
}

/// Appends the cells of a good record.
fn append(text: &str, fields: &[FieldRange], scratch: &mut String, rows: &mut Rows) {
    for (column, range) in fields.iter().enumerate() {
        if !rows.wants(column) {
            continue;
        }
        // Delimiters, quotes and line ends are ASCII or whole strings: ranges fall on character boundaries.
        let raw = text.get(range.start..range.end).unwrap_or_default();
        if range.doubled {
            scratch.clear();
            let mut parts = raw.split("\"\"");
            scratch.push_str(parts.next().unwrap_or_default());
            for part in parts {
                scratch.push('"');
                scratch.push_str(part);
            }
            rows.cell(column, scratch);
        } else {
            rows.cell(column, raw);
        }
    }
    rows.end_row();
}

impl Decoder for DelimitedDecoder {
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
    use datafusion::arrow::array::AsArray;
    use proptest::prelude::*;

    use super::*;
    use crate::rows::{BadRow, text_schema};
    use crate::text::TextEncoding;

    /// Reads a whole text in chunks of `step` bytes; a bad row shows as its place and reason.
    fn read(dialect: &Dialect, columns: usize, bytes: &[u8], step: usize) -> Vec<Vec<String>> {
        let names = (0..columns).map(|i| format!("c{i}")).collect::<Vec<_>>();
        let schema = text_schema(&names);
        let all = (0..=columns).collect::<Vec<_>>();
        let mut rows = Rows::new(&schema, &all, 1);
        let buffer = TextBuffer::new(TextEncoding::Utf8, 0);
        let mut decoder = DelimitedDecoder::new(dialect.clone(), buffer);
        for chunk in bytes.chunks(step) {
            decoder.push(chunk, &mut rows).expect("push");
        }
        decoder.finish(&mut rows).expect("finish");
        let batch = rows.take_batch().expect("batch");
        let errors = batch.column(columns).as_string::<i32>();
        (0..batch.num_rows())
            .map(|row| match errors.iter().nth(row).flatten() {
                Some(error) => vec![format!("!{error}")],
                None => (0..columns)
                    .map(|c| {
                        let column = batch.column(c).as_string::<i32>();
                        column.iter().nth(row).flatten().unwrap_or("NULL").to_owned()
                    })
                    .collect(),
            })
            .collect()
    }

    fn check(dialect: &Dialect, columns: usize, text: &str, expected: &[&[&str]]) {
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(read(dialect, columns, text.as_bytes(), step), expected, "step {step}");
        }
    }

    #[test]
    fn records_are_cut_as_people_write_them() {
        let comma = Dialect::default();
        check(&comma, 2, "1,a\r\n2,b\n3,c", &[&["1", "a"], &["2", "b"], &["3", "c"]]);
        check(&comma, 2, "1,\"a\nb\"\n2,\"x \"\"y\"\"\"\n", &[&["1", "a\nb"], &["2", "x \"y\""]]);
        check(&comma, 2, "1,\n,2\n\n\"\",3\n", &[&["1", "NULL"], &["NULL", "2"], &["NULL", "3"]]);
        check(&comma, 2, "1,it's \"so\"\n", &[&["1", "it's \"so\""]]);
        check(&comma, 1, "a\rb\r", &[&["a"], &["b"]]);
        let wide = Dialect { delimiter: "+|".into(), row_end: "&|".into(), quoted: false };
        check(&wide, 2, "1+|a+b&|\n2+|<x y=\"1\">\n</x>&|\n", &[&["1", "a+b"], &["2", "<x y=\"1\">\n</x>"]]);
    }

    #[test]
    fn bad_rows_are_located_and_the_next_row_survives() {
        let comma = Dialect::default();
        check(&comma, 2, "1,a\n2\n3,c\n", &[&["1", "a"], &["!2 4 6 field-count"], &["3", "c"]]);
        check(&comma, 2, "1,\"a\"x\n2,b\n", &[&["!1 0 7 text-after-quote"], &["2", "b"]]);
        check(&comma, 2, "1,\"open\n2,b\n", &[&["!1 0 8 quote-not-closed"], &["2", "b"]]);
        // I4: two stray quotes must not make one cell of the rows between them.
        let tab = Dialect { delimiter: "\t".into(), ..Dialect::default() };
        check(
            &tab,
            3,
            "1\ta\tA\n2\t\"b\tB\n3\tc\tC\n4\td\"\tD\n5\te\tE\n",
            &[&["1", "a", "A"], &["!2 6 26 quote-spans-rows"], &["5", "e", "E"]],
        );
        check(
            &tab,
            3,
            "1\t\"5 inch\tA\n2\tb\tB\n3\t\"6 inch\tC\n4\td\tD\n",
            &[&["!1 0 12 quote-not-closed"], &["2", "b", "B"], &["!3 18 30 quote-not-closed"], &["4", "d", "D"]],
        );
        let rows = read(&comma, 2, b"1,a\n2,\xFF\n3,c\n", 1000);
        assert_eq!(rows[1], ["!2 4 8 encoding"]);
        assert_eq!(rows[2], ["3", "c"]);
        let place = BadRow::decode("2 4 8 encoding").expect("decodes");
        assert_eq!((place.row, place.start, place.end), (2, 4, 8));
    }

    #[test]
    fn a_record_without_an_end_takes_no_memory_and_one_row() {
        let mut text = b"1,a\n2,\"".to_vec();
        text.resize(3 * RECORD_BYTES_MAX, b'x');
        text.extend_from_slice(b"\n3,c\n");
        let comma = Dialect::default();
        for step in [1 << 16, 1 << 18, 5 << 20] {
            let rows = read(&comma, 2, &text, step);
            assert_eq!(rows.len(), 3, "step {step}");
            assert!(rows[1][0].starts_with("!2 4 3145729 "), "{:?}", rows[1]);
            assert_eq!(rows[2], ["3", "c"]);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            table in prop::collection::vec(prop::collection::vec("[a-z\",\n\r|+ 中]{0,6}", 3), 1..12),
            step in 1usize..40,
        ) {
            for delimiter in [",", "+|"] {
                let dialect = Dialect { delimiter: delimiter.into(), ..Dialect::default() };
                let mut text = String::new();
                for row in &table {
                    let cells = row.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\"")));
                    text.push_str(&cells.collect::<Vec<_>>().join(delimiter));
                    text.push_str("\r\n");
                }
                let expected = table.iter().map(|row| {
                    row.iter().map(|c| if c.is_empty() { "NULL".into() } else { c.clone() }).collect::<Vec<_>>()
                }).collect::<Vec<_>>();
                prop_assert_eq!(read(&dialect, 3, text.as_bytes(), step), expected);
            }
        }
    }
}
