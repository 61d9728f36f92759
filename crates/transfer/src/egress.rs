//! What the second scan found in the bytes about to leave. Never a value.

use deid::Transform;
use serde::{Deserialize, Serialize};

/// Values of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The class's label.
    pub label: String,
    /// Values whose check digit holds, where the class has one.
    pub valid: u64,
    /// Values of the form with a wrong check digit.
    pub suspected: u64,
}

/// How often surrogates meet raw values, and how often chance lets them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SurrogateCount {
    /// Distinct raw values.
    pub raw: u64,
    /// Distinct surrogates.
    pub distinct: u64,
    /// Surrogates that are the very value they stand for.
    pub same: u64,
    /// Expected by chance, three digits.
    pub same_expected: f64,
    /// The most that is still chance (more would come up less than once in a million times).
    pub same_most: u64,
    /// Surrogates that are some raw value of the column.
    pub met: u64,
    /// Expected by chance, three digits.
    pub met_expected: f64,
    /// The most that is still chance.
    pub met_most: u64,
}

/// One column that left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EgressColumn {
    /// The source.
    pub source: String,
    /// The column.
    pub name: String,
    /// What was done to it.
    pub form: Transform,
    /// What the plan declares to be in it: labels, or `surrogate-of:LABEL` and the like.
    pub declared: Vec<String>,
    /// Values that are not missing.
    pub values: u64,
    /// Classes found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Found>,
    /// For keyed forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surrogates: Option<SurrogateCount>,
}
