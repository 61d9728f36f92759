//! Finding out how a delimited text is written: delimiter, row end, quotes, and whether the first record is a header.

use codes::taxonomy;
use detect::ColumnProfile;

use super::delimited::{Dialect, FieldRange, Record};

/// What was found out about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub(crate) dialect: Dialect,
    pub(crate) columns: Vec<String>,
    pub(crate) has_header: bool,
    /// Where, in the sample's text, the first data record begins.
    pub(crate) data_start: usize,
}

/// Delimiters of several characters first: one that cuts every line alike cannot be there by accident, while its single
/// characters would cut the same lines into fields with rubbish at their ends.
const DELIMITERS: [&str; 16] =
    ["+|", "|+|", "||", "|@|", "@|@", "^|^", "~|~", "#|#", "|#|", "::", ";;", ",", "\t", ";", "|", "\u{1}"];
/// Row ends beside the line end, as export tools write them.
const ROW_ENDS: [&str; 5] = ["&|", "|&|", "@@", "##", "\u{1e}"];
/// Records of the sample that are looked at.
const RECORDS_MAX: usize = 500;

/// How well a dialect cuts the sample.
struct Cut {
    records: usize,
    /// The most frequent number of fields.
    fields: usize,
    /// Records with that number.
    alike: usize,
    /// Fields of the first record.
    first: usize,
}

/// Looks at the beginning of a text. `whole`: the sample is the whole text.
pub(crate) fn sniff(sample: &str, whole: bool) -> Sniffed {
    let dialect = find_dialect(sample, whole);
    let records = records(&dialect, sample, whole);
    let first = records.first().cloned().unwrap_or_default();
    let has_header = is_header(&first.1, &records[1.min(records.len())..]);
    let (names, data_start) = if has_header {
        let next = records.get(1).map_or(sample.len(), |record| record.0);
        (first.1, next)
    } else {
        (first.1.iter().map(|_| String::new()).collect(), first.0)
    };
    Sniffed { dialect, columns: super::distinct_names(names), has_header, data_start }
}

fn find_dialect(sample: &str, whole: bool) -> Dialect {
    let row_ends = ROW_ENDS
        .into_iter()
        .filter(|end| sample.contains(&format!("{end}\n")) || sample.contains(&format!("{end}\r")))
        .chain([""])
        .collect::<Vec<_>>();
    let mut best: Option<((usize, usize, usize, usize), Dialect)> = None;
    for quoted in [true, false] {
        for &row_end in &row_ends {
            for (order, delimiter) in DELIMITERS.into_iter().enumerate() {
                if !sample.contains(delimiter) {
                    continue;
                }
                let dialect = Dialect { delimiter: delimiter.into(), row_end: row_end.into(), quoted };
                let cut = cut(&dialect, sample, whole);
                // A delimiter has to cut: two fields at least, and nine records in ten alike. One of several
                // characters has to cut the first record, too: `fe80::1` below a header is no delimiter.
                let wide = delimiter.len() > 1;
                if cut.fields < 2 || cut.alike * 10 < cut.records * 9 || (wide && cut.first != cut.fields) {
                    continue;
                }
                let share = cut.alike * 1000 / cut.records.max(1);
                let several = usize::from(wide) + usize::from(!row_end.is_empty());
                let score = (several, share, cut.fields, DELIMITERS.len() - order);
                if best.as_ref().is_none_or(|(known, _)| score > *known) {
                    best = Some((score, dialect));
                }
            }
        }
        // Quotes are given up only where nothing can be cut with them.
        if best.is_some() {
            break;
        }
    }
    best.map_or_else(Dialect::default, |(_, dialect)| dialect)
}

fn cut(dialect: &Dialect, sample: &str, whole: bool) -> Cut {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    let (mut records, mut first) = (0, 0);
    for (_, fields) in self::records(dialect, sample, whole) {
        if records == 0 {
            first = fields.len();
        }
        records += 1;
        match counts.iter_mut().find(|(count, _)| *count == fields.len()) {
            Some((_, times)) => *times += 1,
            None => counts.push((fields.len(), 1)),
        }
    }
    let (fields, alike) = counts.into_iter().max_by_key(|&(_, times)| times).unwrap_or((0, 0));
    Cut { records, fields, alike, first }
}

/// The first records, each with where it begins; a bad one has no fields.
fn records(dialect: &Dialect, sample: &str, whole: bool) -> Vec<(usize, Vec<String>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < sample.len() && out.len() < RECORDS_MAX {
        let mut fields = Vec::new();
        let push = |range: FieldRange| {
            let text = sample.get(range.start..range.end).unwrap_or_default();
            fields.push(if range.doubled { text.replace("\"\"", "\"") } else { text.to_owned() });
        };
        let record = dialect.record(sample.as_bytes(), at, whole, push);
        let begins = at;
        match record {
            Record::Whole { next } => at = next,
            Record::Blank { next } => {
                at = next;
                continue;
            }
            Record::Bad { next, .. } => {
                at = next;
                fields.clear();
            }
            Record::Unfinished | Record::Endless => break,
        }
        out.push((begins, fields));
    }
    out
}

/// Whether the first record names the columns.
///
/// It does not where a cell of it looks like the cells below (digits among digits, a value that comes again); it does
/// where a cell is a word of the taxonomy's headers or where words stand above numbers. Where neither tells, a first
/// record of distinct words without digits counts as a header.
fn is_header(first: &[String], below: &[(usize, Vec<String>)]) -> bool {
    if first.is_empty() || first.iter().all(|cell| cell.trim().is_empty()) {
        return false;
    }
    let mut votes = 0i32;
    for (column, cell) in first.iter().enumerate() {
        let cell = cell.trim();
        let cells = || below.iter().filter_map(|(_, row)| row.get(column)).map(|c| c.trim());
        if cell.is_empty() {
            votes -= 1;
            continue;
        }
        let digits_only = cell.bytes().all(|b| b.is_ascii_digit());
        if digits_only && cell.len() <= 4 {
            // A number, or the name of a year: the other cells tell.
            votes -= 1;
            continue;
        }
        if looks_like_data(cell) {
            return false;
        }
        if !taxonomy().by_header(cell).is_empty() {
            votes += 3;
        }
        let filled = cells().filter(|c| !c.is_empty()).take(50).collect::<Vec<_>>();
        if filled.contains(&cell) {
            votes -= 2;
        }
        if is_one_of(cell, &filled) {
            votes -= 3;
        }
        let data_like = filled.iter().filter(|c| looks_like_data(c)).count();
        if !filled.is_empty() && data_like * 10 >= filled.len() * 8 {
            votes += 2;
        }
    }
    let distinct = (1..first.len()).all(|i| !first[..i].contains(&first[i]));
    votes > 0 || (votes == 0 && distinct)
}

/// A number, a date, an e-mail address, a long code: things no column is called.
fn looks_like_data(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    let numeric = digits > 0 && letters == 0;
    let address = cell.contains('@') && cell.contains('.');
    numeric || address || digits >= 6
}

/// Whether the first cell is of the kind of those below it: a name above names, a code above codes of the same shape.
fn is_one_of(cell: &str, below: &[&str]) -> bool {
    if below.is_empty() || !taxonomy().by_header(cell).is_empty() {
        return false;
    }
    let class = |cells: &[&str]| {
        let mut profile = ColumnProfile::new(true);
        for cell in cells {
            profile.update(cell);
        }
        profile.finish(None).class.label()
    };
    let kind = class(below);
    if !matches!(kind, "NONE" | "FREE_TEXT") {
        return class(&[cell]) == kind;
    }
    let shape = |text: &str| {
        let kinds = text.chars().map(|c| match c {
            _ if c.is_ascii_digit() => '0',
            _ if c.is_ascii_uppercase() => 'A',
            _ if c.is_ascii_lowercase() => 'a',
            _ => c,
        });
        kinds.collect::<String>()
    };
    let own = shape(cell);
    own.contains('0') && below.iter().filter(|other| shape(other) == own).count() * 10 >= below.len() * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sample: &str, delimiter: &str, row_end: &str, header: bool, columns: &[&str]) {
        let found = sniff(sample, true);
        assert_eq!(found.dialect.delimiter, delimiter);
        assert_eq!(found.dialect.row_end, row_end);
        assert_eq!(found.has_header, header);
        assert_eq!(found.columns, columns);
    }

    #[test]
    fn dialects_are_found() {
        check("id,name\n1,a\n2,b\n", ",", "", true, &["id", "name"]);
        check("编号;姓名\n1;张,三\n2;李,四\n", ";", "", true, &["编号", "姓名"]);
        check("1\tx\n2\ty\n", "\t", "", false, &["column_1", "column_2"]);
        check("1+|a@b.com+|x&|\n2+|c@d.com+|y&|\n", "+|", "&|", false, &["column_1", "column_2", "column_3"]);
        check("a|b\n1|2\n", "|", "", true, &["a", "b"]);
        check("name\n张三\n李四\n", ",", "", true, &["name"]);
        check("\"a,b\",\"c\"\n\"1,2\",\"3\"\n", ",", "", true, &["a,b", "c"]);
        check("x,x,\n1,2,3\n", ",", "", true, &["x", "x_2", "column_3"]);
        check("name,2023,2024\n张三,10,12\n李四,9,11\n", ",", "", true, &["name", "2023", "2024"]);
        check("张三\n李四\n王小五\n赵六\n", ",", "", false, &["column_1"]);
        check("AB12C,x\nAB13D,y\nAB14E,z\n", ",", "", false, &["column_1", "column_2"]);
        let addresses = (1..12).map(|n| format!("{n},fe80::{n}\n")).collect::<Vec<_>>().concat();
        check(&format!("id,ip\n{addresses}"), ",", "", true, &["id", "ip"]);
        check("id,name\n", ",", "", true, &["id", "name"]);
    }

    #[test]
    fn the_data_begins_after_the_header() {
        let found = sniff("id,name\r\n1,a\r\n", true);
        assert_eq!(found.data_start, 9);
        assert_eq!(sniff("1,a\n2,b\n", true).data_start, 0);
    }
}
