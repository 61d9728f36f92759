//! Reading the shared test data, by hand and for tests only.
#![allow(dead_code, unreachable_pub)]

use std::io::Write as _;
use std::path::PathBuf;

use detect::{ColumnFinding, ColumnProfile};

/// A file of the shared data beside the repository, or `None` (and a line that says so) where it is not there.
pub fn shared(path: &str) -> Option<Vec<u8>> {
    let full = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(path);
    let bytes = std::fs::read(&full).ok();
    if bytes.is_none() {
        // Past the test harness, which would keep it to itself.
        let _ = writeln!(std::io::stderr(), "skipped: {} is not there", full.display());
    }
    bytes
}

/// UTF-8 or UTF-16 with or without a byte order mark.
pub fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], pair: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|c| pair([c[0], c[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [_, 0, _, 0, ..] => utf16(bytes, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes).trim_start_matches('\u{FEFF}').to_owned(),
    }
}

/// Rows of a CSV with quotes.
pub fn csv(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            c if c == delimiter && !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// Rows between two marks, as SQL Server's bulk files have them.
pub fn split(text: &str, field: &str, row: &str) -> Vec<Vec<String>> {
    text.split(row)
        .map(|r| r.trim_start_matches(['\r', '\n']))
        .filter(|r| !r.is_empty())
        .map(|r| r.split(field).map(str::to_owned).collect())
        .collect()
}

/// Profile of one column of rows.
pub fn profile<'a>(cells: impl Iterator<Item = &'a str>) -> ColumnProfile {
    let mut p = ColumnProfile::new(false);
    cells.filter(|c| !c.is_empty()).for_each(|c| p.update(c));
    p
}

/// Profiles of all columns.
pub fn profiles(rows: &[Vec<String>], columns: usize) -> Vec<ColumnProfile> {
    (0..columns).map(|i| profile(rows.iter().filter_map(move |r| r.get(i).map(String::as_str)))).collect()
}

/// One line a finding, for a failing test.
pub fn line(name: &str, f: &ColumnFinding) -> String {
    format!(
        "{name:20} {:18} {:.2} nonnull {} matched {} suspected {} distinct {}{} {:?} text {:?}",
        f.class.label(),
        f.confidence,
        f.nonnull,
        f.matched,
        f.suspected,
        f.distinct,
        if f.distinct_estimated { "~" } else { "" },
        f.evidence,
        f.found_in_text.iter().map(|(c, n)| (c.label(), *n)).collect::<Vec<_>>()
    )
}

/// Fails with all lines when a column has another label than expected.
pub fn check(what: &str, columns: &[(&str, Option<&str>, &ColumnProfile, &str)]) {
    let mut wrong = 0;
    let mut report = String::new();
    for (name, header, profile, expected) in columns {
        let f = profile.finish(*header);
        let good = f.class.label() == *expected && (*expected != "NONE" || !f.class.class().personal);
        wrong += usize::from(!good);
        report.push_str(if good { "  " } else { "! " });
        report.push_str(&line(name, &f));
        report.push_str(&[" (expected ", *expected, ")\n"].concat());
    }
    println!("{what}: {} of {} right\n{report}", columns.len() - wrong, columns.len());
    assert_eq!(wrong, 0, "{what}\n{report}");
}
