//! Where an answer stands: `handler.name`, `scenario[1].recipient[2].country`.

use std::cmp::{Ordering, Reverse};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// No table of a form has more rows.
pub const MAX_ROWS: u32 = 9_999;

/// The place of one answer. Paths are ordered by names, and rows by number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct AnswerPath {
    /// The field's id, shared with the forms where they made the path.
    field: Arc<str>,
    /// For each row, outermost first: the byte of `field` at which the name of its table ends, and the row. Rows count from 1.
    rows: Vec<(u32, u32)>,
}

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no place of an answer; write it like `handler.name` or `scenario[1].recipient[2].country`, rows from 1"
)]
pub struct NoPath(String);

impl AnswerPath {
    /// The path of a field, with the rows of the tables it stands in, outermost first.
    pub(crate) fn of(field: &str, tables: &[&str], rows: &[u32]) -> Self {
        let ends = tables.iter().map(|table| table.len() as u32).collect::<Vec<_>>();
        Self::at(&Arc::from(field), &ends, rows)
    }

    /// The same, of a field whose tables' names end at these bytes of its id.
    pub(crate) fn at(field: &Arc<str>, ends: &[u32], rows: &[u32]) -> Self {
        Self { field: Arc::clone(field), rows: ends.iter().copied().zip(rows.iter().copied()).collect() }
    }

    /// The field's id: the path without rows.
    pub fn field(&self) -> String {
        self.id().to_owned()
    }

    /// The rows, outermost first.
    pub fn rows(&self) -> Vec<u32> {
        self.rows.iter().map(|(_, row)| *row).collect()
    }

    /// Ids of the tables the path names a row of, outermost first, such as `scenario.recipient`.
    pub fn tables(&self) -> Vec<String> {
        (0..self.rows.len()).map(|depth| self.table(depth).to_owned()).collect()
    }

    pub(crate) fn id(&self) -> &str {
        &self.field
    }

    /// The table of the row at that depth, which the path has.
    pub(crate) fn table(&self, depth: usize) -> &str {
        &self.field[..self.rows[depth].0 as usize]
    }

    /// Where in the id the names of tables end.
    pub(crate) fn ends(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|(end, _)| *end)
    }

    /// The names, each with the row where it is a table's.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&str, Option<u32>)> {
        let mut rows = self.rows.iter().peekable();
        let mut end = 0;
        self.field.split('.').map(move |name| {
            end += name.len() as u32;
            let row = rows.next_if(|(at, _)| *at == end).map(|(_, row)| *row);
            end += 1;
            (name, row)
        })
    }

    /// How many of the outermost rows are the same rows of the same tables.
    pub(crate) fn rows_shared(&self, other: &Self) -> usize {
        let same = self.rows.iter().zip(&other.rows).take_while(|(own, others)| own == others).count();
        (0..=same).rev().find(|depth| *depth == 0 || self.table(depth - 1) == other.table(depth - 1)).unwrap_or(0)
    }
}

impl Ord for AnswerPath {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, others) = (self.field.as_bytes(), other.field.as_bytes());
        // Most differ in a row of tables they share: found without going through their names byte by byte.
        let mut from = 0;
        for ((end, row), (at, other)) in self.rows.iter().zip(&other.rows) {
            if end != at || own[from..*end as usize] != others[from..*end as usize] {
                break;
            }
            if row != other {
                return row.cmp(other);
            }
            from = *end as usize;
        }
        let alike = || own.iter().zip(others).take_while(|(own, others)| own == others).count();
        let same = match (&self.rows[..], &other.rows[..]) {
            ([], []) => 0,
            _ if Arc::ptr_eq(&self.field, &other.field) || own == others => own.len(),
            _ => alike(),
        };
        // Rows count before the first name that differs: those whose table is a whole name of both.
        let ends = |id: &[u8]| id.get(same).is_none_or(|next| *next == b'.');
        let whole = ends(own) && ends(others);
        let shared = |(end, _): &&(u32, u32)| (*end as usize) < same || (whole && *end as usize == same);
        // Of two paths alike so far the one with a row here comes after the one without.
        let key = |(end, row): &(u32, u32)| (Reverse(*end), *row);
        let rows = self.rows.iter().take_while(shared).map(key).cmp(other.rows.iter().take_while(shared).map(key));
        // No letter of a name comes before the dot, so that ids are ordered as their names are, one after the other.
        rows.then_with(|| own.cmp(others))
    }
}

impl PartialOrd for AnswerPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for AnswerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut from = 0;
        for (end, row) in &self.rows {
            write!(f, "{}[{row}]", &self.field[from..*end as usize])?;
            from = *end as usize;
        }
        f.write_str(&self.field[from..])
    }
}

impl From<AnswerPath> for String {
    fn from(path: AnswerPath) -> Self {
        path.to_string()
    }
}

impl TryFrom<String> for AnswerPath {
    type Error = NoPath;

    fn try_from(text: String) -> Result<Self, NoPath> {
        text.parse()
    }
}

impl FromStr for AnswerPath {
    type Err = NoPath;

    fn from_str(text: &str) -> Result<Self, NoPath> {
        let mut field = String::with_capacity(text.len());
        let mut rows = Vec::new();
        for part in text.split('.') {
            let (name, row) = step(part).ok_or_else(|| NoPath(text.chars().take(120).collect()))?;
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(name);
            rows.extend(row.map(|row| (field.len() as u32, row)));
        }
        Ok(Self { field: field.into(), rows })
    }
}

fn step(part: &str) -> Option<(&str, Option<u32>)> {
    let (name, row) = match part.strip_suffix(']') {
        Some(open) => {
            let (name, row) = open.split_once('[')?;
            // One writing a path: no sign, no leading zero.
            let plain = row.starts_with(|c: char| matches!(c, '1'..='9')) && row.bytes().all(|b| b.is_ascii_digit());
            let row = row.parse().ok().filter(|row| plain && *row <= MAX_ROWS)?;
            (name, Some(row))
        }
        None => (part, None),
    };
    is_name(name).then_some((name, row))
}

/// Whether it can be a name in a path.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_read_in_one_writing_only() {
        for good in ["handler.name", "scenario[1].brief", "scenario[10].recipient[2].country"] {
            assert_eq!(good.parse::<AnswerPath>().map(|path| path.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "a..b", "a[0]", "a[01].b", "a[+1]", "a[10000]", "a[1", "A.b", "a[1]b", "a b", "a[１]"] {
            assert!(bad.parse::<AnswerPath>().is_err(), "{bad}");
        }
    }

    #[test]
    fn rows_are_ordered_by_number() {
        let mut paths: Vec<AnswerPath> =
            ["s[10].a", "s[2].b", "s[2].a", "h"].into_iter().map(|path| path.parse().expect("a path")).collect();
        paths.sort();
        assert_eq!(paths.iter().map(ToString::to_string).collect::<Vec<_>>(), ["h", "s[2].a", "s[2].b", "s[10].a"]);
    }

    #[test]
    fn a_path_knows_its_field_tables_and_rows() {
        let path: AnswerPath = "scenario[3].recipient[2].country".parse().expect("a path");
        assert_eq!(path.field(), "scenario.recipient.country");
        assert_eq!(path.tables(), ["scenario", "scenario.recipient"]);
        assert_eq!(path.rows(), [3, 2]);
        assert_eq!(AnswerPath::of("scenario.recipient.country", &["scenario", "scenario.recipient"], &[3, 2]), path);
    }

    proptest! {
        #[test]
        fn paths_are_ordered_name_by_name_and_read_as_they_are_written(
            one in "[ab_0]{1,2}(\\[[12]\\])?(\\.[ab_0]{1,2}(\\[[12]\\])?){0,3}",
            other in "[ab_0]{1,2}(\\[[12]\\])?(\\.[ab_0]{1,2}(\\[[12]\\])?){0,3}",
        ) {
            let read = |text: &str| text.parse::<AnswerPath>().expect("a path");
            let (a, b) = (read(&one), read(&other));
            prop_assert_eq!(a.to_string(), one.as_str());
            let simple = a.steps().cmp(b.steps());
            prop_assert_eq!(a.cmp(&b), simple);
            prop_assert_eq!(a == b, one == other);
            let parts = |text: &str| text.split('.').map(ToOwned::to_owned).collect::<Vec<_>>();
            let told = a.steps().map(|(name, row)| row.map_or(name.to_owned(), |row| format!("{name}[{row}]")));
            prop_assert_eq!(told.collect::<Vec<_>>(), parts(&one));
            let tables = a.tables();
            let names = tables.iter().map(String::as_str).collect::<Vec<_>>();
            prop_assert_eq!(AnswerPath::of(&a.field(), &names, &a.rows()), a.clone());
            let shared = (0..a.rows.len()).take_while(|at| {
                b.rows.len() > *at && a.table(*at) == b.table(*at) && a.rows[..=*at] == b.rows[..=*at]
            });
            prop_assert_eq!(a.rows_shared(&b), shared.count());
        }
    }
}
