//! What will happen to each field.

use codes::Sensitivity;
use deid::Transform;
use serde::{Deserialize, Serialize};

/// One field of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedField {
    /// Its name.
    pub name: String,
    /// The label of its class.
    pub label: String,
    /// Whether the class is personal information.
    pub personal: bool,
    /// Whether the class is sensitive on the day.
    pub sensitive: Sensitivity,
    /// What is done to it.
    pub transform: Transform,
    /// The name of the key of a keyed transform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Labels of further classes that are known to stand in it and may leave with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// Why it has to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The item of the permit it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSource {
    /// Its name.
    pub source: String,
    /// Its fields in the order of the source, dropped ones too.
    pub fields: Vec<PlannedField>,
}

impl PlannedSource {
    /// The fields that leave.
    pub fn leaving(&self) -> impl Iterator<Item = &PlannedField> {
        self.fields.iter().filter(|field| field.transform != Transform::Drop)
    }
}

/// How the data must change before it may leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The day it is made for.
    pub on: jiff::civil::Date,
    /// Keyed digest of the inventories it rests on.
    pub inventory: String,
    /// Each source.
    pub sources: Vec<PlannedSource>,
}
