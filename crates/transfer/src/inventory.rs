//! What was found in a table: a class a column, counts, and who the rows are about. Never a value.

use codes::Sensitivity;
use serde::{Deserialize, Serialize};

/// Values of a class other than the column's own, told by their form alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stray {
    /// The class's label.
    pub label: String,
    /// Values whose check digit holds, where the class has one.
    pub valid: u64,
    /// Values of the form with a wrong check digit.
    pub suspected: u64,
    /// The column holds numbers of things that explain them: they say nothing of anyone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_chance: bool,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in the source.
    pub name: String,
    /// The class's id in the taxonomy.
    pub class: String,
    /// The class's label.
    pub label: String,
    /// Whether it identifies or describes a person by itself.
    pub personal: bool,
    /// Whether the class is sensitive on the day.
    pub sensitive: Sensitivity,
    /// `direct`, `quasi` or `none`.
    pub identifier: String,
    /// From 0 to 1, two decimals.
    pub confidence: f64,
    /// Values that are not missing.
    pub nonnull: u64,
    /// Values that have the class's form.
    pub matched: u64,
    /// Values of the right form with a wrong check digit.
    pub suspected: u64,
    /// Distinct values.
    pub distinct: u64,
    /// Whether `distinct` is an estimate (beyond 65,536).
    pub distinct_estimated: bool,
    /// Why the class was chosen; never a value.
    pub evidence: Vec<String>,
    /// Classes found inside running text, with the number of cells they were found in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found_in_text: Vec<(String, u64)>,
    /// Whether running text was sampled, not read whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sampled: bool,
    /// Values of other classes, however few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strays: Vec<Stray>,
}

/// Distinct natural persons the rows are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Persons {
    /// How many.
    pub distinct: u64,
    /// By which columns.
    pub key: Vec<String>,
    /// Rows without a key; each counted as one more person.
    pub rows_without_key: u64,
    /// False: `distinct` is an upper bound.
    pub exact: bool,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// The file or source as the caller named it.
    pub source: String,
    /// How it was read, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// Good rows.
    pub rows: u64,
    /// Bad rows, counted apart.
    pub quarantined: u64,
    /// The first bad rows: row, first byte, end byte, reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bad_rows: Vec<(u64, u64, u64, String)>,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Who the rows are about, where a key is declared or proposed.
    pub persons: Option<Persons>,
}

impl Inventory {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
