//! Where the two databases write the same thing differently.

use std::fmt::Write as _;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Dialect {
    /// Begins a transaction that writes.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            // Locks at once: two that read first and write then would end in a deadlock.
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins a transaction that reads one moment.
    pub(crate) fn begin_reading(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Locks the rows of `table` that a query reads, where a writer is not alone anyway. Stands at the query's end.
    pub fn lock(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!(" FOR UPDATE OF {table}"),
        }
    }

    /// The rows of a JSON array of objects in parameter `$1` as a table `v`: any number of rows in one statement that is always
    /// the same, and so is planned once.
    pub fn rows(self, columns: &[(&str, Type)]) -> String {
        let mut of = String::new();
        for (at, (name, kind)) in columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = match self {
                Self::Sqlite => write!(of, "{comma}value->>'{name}' AS {name}"),
                Self::Postgres => write!(of, "{comma}{name} {}", kind.postgres()),
            };
        }
        match self {
            Self::Sqlite => format!("(SELECT {of} FROM json_each($1)) AS v"),
            Self::Postgres => format!("json_to_recordset($1::json) AS v({of})"),
        }
    }

    /// The texts of a JSON array in parameter `$1` as a table `v` of one column `id`.
    pub fn texts(self) -> &'static str {
        match self {
            Self::Sqlite => "(SELECT value AS id FROM json_each($1)) AS v",
            Self::Postgres => "json_array_elements_text($1::json) AS v(id)",
        }
    }
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text, compared byte by byte.
    Text,
    /// A whole number of 64 bits.
    Number,
}

impl Type {
    fn postgres(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "bigint",
        }
    }
}
