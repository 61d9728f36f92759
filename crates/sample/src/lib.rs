//! Seeded generators of example tables; every value is made up.
//!
//! A seed gives the same table for ever: values come from a `ChaCha8` stream and from the code tables of `codes`, never from data. Identity
//! numbers, cards, vehicles, devices and organisation codes carry check digits that hold. Nobody is described.

mod clinical;
mod draw;
mod people;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

/// What a table is about.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub enum Kind {
    /// Customers with identifiers of every kind.
    People,
    /// Order lines of the customers that the same seed gives.
    Orders,
    /// Subjects of a clinical trial.
    Clinical,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 3] = [Self::People, Self::Orders, Self::Clinical];

    /// Its name: `people`, `orders`, `clinical`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Orders => "orders",
            Self::Clinical => "clinical",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a kind that does not exist.
#[derive(Clone, Eq, PartialEq, Debug)]
pub struct UnknownKind(String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no generator `{}`: use one of people, orders, clinical", self.0)
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|k| k.as_str() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A table: names of columns, and cells of which some are empty.
#[derive(Clone, Eq, PartialEq, Debug)]
pub struct Table {
    /// Its name, fit for a file stem.
    pub name: String,
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A table of made-up values. Row `n` depends on kind, seed and `n` only, so that a longer table begins with the shorter one.
pub fn table(kind: Kind, rows: usize, seed: u64) -> Table {
    Table {
        name: kind.as_str().to_owned(),
        header: columns(kind).iter().map(|&h| h.to_owned()).collect(),
        rows: (0..rows as u64).map(|n| row(kind, n, seed)).collect(),
    }
}

/// Row `n` of a table, from 0, without the rows before it: as many cells as the kind has columns.
pub fn row(kind: Kind, n: u64, seed: u64) -> Vec<Option<String>> {
    match kind {
        Kind::People => people::person_row(seed, n),
        Kind::Orders => people::order_row(seed, n),
        Kind::Clinical => clinical::subject_row(seed, n),
    }
}

/// Names of the columns of a kind.
pub fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::People => &people::PEOPLE,
        Kind::Orders => &people::ORDERS,
        Kind::Clinical => &clinical::HEADER,
    }
}

/// Writes a table as CSV (RFC 4180, UTF-8, `\n`): an empty cell is null, a cell with a comma, quote or line break stands in quotes.
pub fn to_csv(table: &Table, mut out: impl Write) -> io::Result<()> {
    let mut line = String::new();
    let header = table.header.iter().map(|h| Some(h.as_str())).collect::<Vec<_>>();
    push_line(&mut line, &header);
    out.write_all(line.as_bytes())?;
    for row in &table.rows {
        line.clear();
        push_line(&mut line, &row.iter().map(Option::as_deref).collect::<Vec<_>>());
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn push_line(line: &mut String, cells: &[Option<&str>]) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            line.push(',');
        }
        let cell = cell.unwrap_or("");
        if cell.contains([',', '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_kinds() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!(
            "x".parse::<Kind>().map_err(|e| e.to_string()),
            Err("no generator `x`: use one of people, orders, clinical".to_owned())
        );
    }

    #[test]
    fn a_row_alone_is_the_row_of_the_table() {
        for kind in Kind::ALL {
            let table = table(kind, 30, 5);
            assert_eq!(table.header, columns(kind));
            for (n, cells) in (0..).zip(&table.rows) {
                assert_eq!(row(kind, n, 5), *cells, "{kind} {n}");
            }
        }
    }

    #[test]
    fn one_seed_one_table() {
        for kind in Kind::ALL {
            let table_of = |rows, seed| table(kind, rows, seed);
            assert_eq!(table_of(50, 7), table_of(50, 7));
            assert_eq!(table_of(20, 7).rows, table_of(50, 7).rows[..20]);
            assert_ne!(table_of(50, 7), table_of(50, 8));
            assert!(table_of(50, 7).rows.iter().all(|r| r.len() == table_of(1, 7).header.len()));
        }
    }

    /// The first rows of seed 7 as they were when the generators were first released.
    #[test]
    fn the_same_bytes_for_ever() {
        let mut out = Vec::new();
        for kind in Kind::ALL {
            to_csv(&table(kind, 3, 7), &mut out).expect("writing to memory");
        }
        assert_eq!(String::from_utf8_lossy(&out), include_str!("../tests/seed_7.csv"));
    }

    #[test]
    fn csv_quotes() {
        let t = Table {
            name: "t".into(),
            header: vec!["a".into(), "b".into()],
            rows: vec![vec![Some("x, \"y\"".into()), None]],
        };
        let mut out = Vec::new();
        to_csv(&t, &mut out).expect("writing to memory");
        assert_eq!(String::from_utf8_lossy(&out), "a,b\n\"x, \"\"y\"\"\",\n");
    }
}
