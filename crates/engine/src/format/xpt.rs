//! SAS transport files, version 5 (SAS TS-140: The Record Layout of a Data Set in SAS Transport (XPORT) Format).

use jiff::SignedDuration;
use jiff::civil::{Time, date};
use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::format::Decoder;
use crate::rows::Rows;

/// Everything in a transport file comes in records of 80 bytes.
const RECORD: usize = 80;
const LIBRARY: &[u8] = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!";
const MEMBER: &[u8] = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!";
const NAMESTR: &[u8] = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!";
const OBS: &[u8] = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!";

/// What a number stands for, told by the variable's SAS format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// Itself.
    Number,
    /// Days since 1960-01-01.
    Date,
    /// Seconds since 1960-01-01.
    DateTime,
    /// Seconds since midnight.
    Time,
}

impl Meaning {
    /// SAS has many formats for each; they differ in how the day is written only.
    fn of_format(format: &str) -> Self {
        match format.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
            "DATE" | "YYMMDD" | "YYMMDDN" | "MMDDYY" | "DDMMYY" | "E8601DA" | "IS8601DA" | "WORDDATE" => Self::Date,
            "DATETIME" | "E8601DT" | "IS8601DT" | "DATEAMPM" => Self::DateTime,
            "TIME" | "TOD" | "HHMM" | "E8601TM" | "IS8601TM" => Self::Time,
            _ => Self::Number,
        }
    }

    /// The number as text: a day in ISO form where it stands for one.
    fn write(self, value: f64) -> String {
        let epoch = date(1960, 1, 1);
        let whole = (value.fract() == 0.0 && value.abs() < 1e12).then_some(value as i64);
        let moment = |seconds: i64| epoch.to_datetime(Time::midnight()).checked_add(SignedDuration::from_secs(seconds));
        let written = whole.and_then(|number| match self {
            Self::Number => None,
            Self::Date => epoch.checked_add(SignedDuration::from_hours(24 * number)).ok().map(|day| day.to_string()),
            Self::DateTime => moment(number).ok().map(|at| at.to_string()),
            Self::Time => moment(number).ok().filter(|_| (0..86_400).contains(&number)).map(|at| at.time().to_string()),
        });
        written.unwrap_or_else(|| fifteen_digits(value))
    }
}

/// A number as SAS keeps it: 15 significant digits. Conversion to IBM floats may cut the last bit; what SAS knew as 8.55
/// comes back as 8.549999999999999 and is 8.55.
fn fifteen_digits(value: f64) -> String {
    if value.fract() == 0.0 {
        return value.to_string();
    }
    format!("{value:.14e}").parse::<f64>().unwrap_or(value).to_string()
}

/// One variable: where it stands in an observation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Variable {
    /// Its name, at most 8 characters.
    pub name: String,
    /// Whether it holds numbers (IBM floating point) rather than characters.
    pub numeric: bool,
    /// Bytes it takes.
    pub length: usize,
    /// Offset of its first byte in the observation.
    pub offset: usize,
    /// What its numbers stand for.
    pub meaning: Meaning,
}

/// The layout of the one table of a transport file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Layout {
    /// The variables in order.
    pub variables: Vec<Variable>,
    /// Bytes an observation takes.
    pub row_bytes: usize,
    /// Position in the file of the first observation.
    pub data_start: u64,
}

/// Whether a file begins as a transport file does.
pub(crate) fn is_transport(head: &[u8]) -> bool {
    head.starts_with(&LIBRARY[..20]) && head.len() >= RECORD
}

/// Reads the layout from the head of a file of `size` bytes. `head` must hold all header records.
pub(crate) fn layout(head: &[u8], size: u64) -> Result<Layout, String> {
    if !size.is_multiple_of(RECORD as u64) {
        return Err(format!(
            "is no whole transport file: {size} bytes are not a multiple of 80 (a byte added or lost in transfer?)"
        ));
    }
    let record = |index: usize| head.get(index * RECORD..(index + 1) * RECORD);
    let expect = |index: usize, begin: &[u8], what: &str| match record(index) {
        Some(record) if record.starts_with(begin) => Ok(record),
        _ => Err(format!("is no transport file of version 5: no {what} header at byte {}", index * RECORD)),
    };
    expect(0, LIBRARY, "LIBRARY")?;
    let member = expect(3, MEMBER, "MEMBER")?;
    let namestr_bytes = number(&member[74..78]).filter(|n| [136, 140].contains(n));
    let namestr_bytes = namestr_bytes.ok_or("has a MEMBER header without a descriptor size")?;
    let namestr = expect(7, NAMESTR, "NAMESTR")?;
    let count = number(&namestr[54..58]).filter(|n| *n > 0).ok_or("names no variables")?;
    let first = 8 * RECORD;
    let bytes = head.get(first..first + count * namestr_bytes).ok_or("ends among its variable descriptors")?;
    let mut variables = bytes.chunks_exact(namestr_bytes).map(variable).collect::<Result<Vec<_>, _>>()?;
    variables.sort_by_key(|variable| variable.offset);
    let obs = (first + count * namestr_bytes).div_ceil(RECORD);
    expect(obs, OBS, "OBS")?;
    let row_bytes = variables.iter().map(|v| v.offset + v.length).max().unwrap_or(0);
    let packed: usize = variables.iter().map(|v| v.length).sum();
    if packed != row_bytes {
        return Err("has variable descriptors that overlap or leave gaps".to_owned());
    }
    Ok(Layout { variables, row_bytes, data_start: ((obs + 1) * RECORD) as u64 })
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

fn variable(descriptor: &[u8]) -> Result<Variable, String> {
    let short = |at: usize| u16::from_be_bytes([descriptor[at], descriptor[at + 1]]);
    let name = String::from_utf8_lossy(&descriptor[8..16]).trim().to_owned();
    let offset = u32::from_be_bytes([descriptor[84], descriptor[85], descriptor[86], descriptor[87]]);
    let numeric = match short(0) {
        1 => true,
        2 => false,
        _ => return Err("has a variable that is neither numeric nor character".to_owned()),
    };
    let length = usize::from(short(4));
    if name.is_empty() || length == 0 || (numeric && !(2..=8).contains(&length)) {
        return Err("has a variable descriptor without a name or of an impossible length".to_owned());
    }
    let format = String::from_utf8_lossy(&descriptor[56..64]);
    let meaning = if numeric { Meaning::of_format(format.trim()) } else { Meaning::Number };
    Ok(Variable { name, numeric, length, offset: offset as usize, meaning })
}

/// Whether a header record of a second table stands in `data`, which begins at a record.
pub(crate) fn holds_second_member(data: &[u8]) -> bool {
    memchr::memmem::find_iter(data, MEMBER).any(|at| at % RECORD == 0)
}

/// The number in an IBM hexadecimal float of 2 to 8 bytes, or `None` where it is missing (`.`, `_`, `A` to `Z` and zeros).
///
/// IBM: sign bit, exponent of 16 in excess 64, 56 bits of fraction. Up to three low bits do not fit a double and are
/// rounded; a number that was a double before it was written comes back as it was.
pub(crate) fn ibm_to_f64(bytes: &[u8]) -> Option<f64> {
    let mut padded = [0u8; 8];
    padded[..bytes.len()].copy_from_slice(bytes);
    let fraction = u64::from_be_bytes(padded) & 0x00FF_FFFF_FFFF_FFFF;
    if fraction == 0 {
        let first = padded[0];
        let missing = first == b'.' || first == b'_' || first.is_ascii_uppercase();
        return if missing { None } else { Some(0.0) };
    }
    let exponent = i32::from(padded[0] & 0x7F) - 64;
    // fraction / 2^56 * 16^exponent; both scalings are by powers of two and exact.
    let magnitude = fraction as f64 * 2f64.powi(4 * exponent - 56);
    Some(if padded[0] & 0x80 == 0 { magnitude } else { -magnitude })
}

/// Cuts observations into rows.
pub(crate) struct XptDecoder {
    layout: Layout,
    pending: Vec<u8>,
    file_at: u64,
    scratch: String,
}

impl XptDecoder {
    pub(crate) fn new(layout: Layout, file_at: u64) -> Self {
        Self { layout, pending: Vec::new(), file_at, scratch: String::new() }
    }

    fn row(&mut self, observation: &[u8], rows: &mut Rows) {
        let end = self.file_at + observation.len() as u64;
        let broken = self.layout.variables.iter().any(|variable| {
            !variable.numeric && text_cell(&observation[variable.offset..][..variable.length]).is_none()
        });
        if broken {
            rows.bad_row(self.file_at, end, "encoding");
        } else {
            for (column, variable) in self.layout.variables.iter().enumerate() {
                let bytes = &observation[variable.offset..][..variable.length];
                self.scratch.clear();
                if variable.numeric {
                    if let Some(value) = ibm_to_f64(bytes) {
                        self.scratch.push_str(&variable.meaning.write(value));
                    }
                } else if let Some(text) = text_cell(bytes) {
                    self.scratch.push_str(&text);
                }
                rows.cell(column, &self.scratch);
            }
            rows.end_row();
        }
        self.file_at = end;
    }
}

/// A character cell without its trailing blanks, in UTF-8 or else GB 18030.
fn text_cell(bytes: &[u8]) -> Option<std::borrow::Cow<'_, str>> {
    let end = bytes.iter().rposition(|b| *b != b' ' && *b != 0).map_or(0, |at| at + 1);
    let bytes = &bytes[..end];
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.into()),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

impl Decoder for XptDecoder {
    fn push(&mut self, bytes: &[u8], rows: &mut Rows) -> Result<(), EngineError> {
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        // The last record is filled up with blanks, so a last observation of blanks may be filling: it is held back.
        let row_bytes = self.layout.row_bytes;
        let hold = RECORD + row_bytes;
        let mut at = 0;
        while pending.len() - at >= hold + row_bytes {
            self.row(&pending[at..at + row_bytes], rows);
            at += row_bytes;
        }
        self.pending = pending[at..].to_vec();
        Ok(())
    }

    fn finish(&mut self, rows: &mut Rows) -> Result<(), EngineError> {
        let pending = std::mem::take(&mut self.pending);
        let row_bytes = self.layout.row_bytes;
        let mut whole = pending.len() - pending.len() % row_bytes;
        // Filling is less than one record; an observation that lies wholly in it and is all blank is none.
        let filled_from = pending.len().saturating_sub(RECORD - 1);
        while whole >= row_bytes
            && whole - row_bytes >= filled_from
            && pending[whole - row_bytes..].iter().all(|b| *b == b' ')
        {
            whole -= row_bytes;
        }
        for observation in pending[..whole].chunks_exact(row_bytes) {
            self.row(observation, rows);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ibm_floats_are_the_numbers_they_were() {
        let check = |bytes: &[u8], expected: Option<f64>| assert_eq!(ibm_to_f64(bytes), expected);
        check(&[0x41, 0x10, 0, 0, 0, 0, 0, 0], Some(1.0));
        check(&[0xC1, 0x10, 0, 0, 0, 0, 0, 0], Some(-1.0));
        check(&[0x42, 0x64, 0, 0, 0, 0, 0, 0], Some(100.0));
        check(&[0x41, 0x3E, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66], Some(3.9));
        check(&[0x41, 0x10], Some(1.0));
        check(&[0; 8], Some(0.0));
        check(&[b'.', 0, 0, 0, 0, 0, 0, 0], None);
        check(&[b'A', 0, 0, 0, 0, 0, 0, 0], None);
    }

    #[test]
    fn numbers_that_stand_for_days_are_days() {
        let check = |format: &str, value: f64, expected: &str| {
            assert_eq!(Meaning::of_format(format).write(value), expected, "{format}");
        };
        check("DATE9.", 19_725.0, "2014-01-02");
        check("DATE", -1.0, "1959-12-31");
        check("DATETIME", 86_400.0, "1960-01-02T00:00:00");
        check("TIME", 3_600.0, "01:00:00");
        check("", 19_725.0, "19725");
        check("DATE", 0.5, "0.5");
        check("BEST12.", 3.9, "3.9");
        check("", 8.549_999_999_999_999, "8.55");
    }

    #[test]
    fn a_stray_byte_is_told() {
        let error = layout(b"HEADER RECORD*******LIBRARY", 13_041).expect_err("not whole");
        assert!(error.contains("13041 bytes are not a multiple of 80"), "{error}");
    }
}
