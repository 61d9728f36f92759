//! What the taxonomy says of one class.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How closely a value points at one person.
#[derive(Copy, Clone, Eq, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identifier {
    /// Points at one person by itself.
    Direct,
    /// Narrows down, together with others.
    Quasi,
    /// Points at nobody.
    None,
}

impl Identifier {
    /// The word on the wire: `direct`, `quasi` or `none`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Quasi => "quasi",
            Self::None => "none",
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a value may serve to tell persons apart (docs/INTERFACE.md, Persons).
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStrength {
    /// Never a key.
    #[default]
    None,
    /// A key where nothing stronger is there; joins no records.
    Weak,
    /// Joins records.
    Strong,
}

/// Whether a class is sensitive personal information.
#[derive(Copy, Clone, Eq, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sensitivity {
    /// Sensitive.
    Yes,
    /// Not sensitive by itself.
    No,
    /// A question to a person; counts as sensitive until it is answered.
    Depends,
}

impl Sensitivity {
    /// The word on the wire: `yes`, `no` or `depends`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Depends => "depends",
        }
    }
}

impl fmt::Display for Sensitivity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How certain a statement of law is.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// From memory; a person should check.
    Unconfirmed,
    /// Told by a law firm or the press.
    Secondary,
    /// The text was seen.
    Confirmed,
}

impl Status {
    /// The word on the wire: `unconfirmed`, `secondary` or `confirmed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Secondary => "secondary",
            Self::Confirmed => "confirmed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One dated statement on a class's sensitivity.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensitivityRow {
    /// The last day this row holds; none = it still does.
    #[serde(default)]
    pub until: Option<Date>,
    /// What it says.
    pub sensitive: Sensitivity,
    /// The provision it rests on.
    pub ground: String,
    /// How certain that is.
    pub status: Status,
}

/// One class of data.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Kebab-case name, such as `resident-id`.
    pub id: String,
    /// Label on the wire, such as `ID_CN`.
    pub label: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Whether a value identifies or describes a person by itself.
    pub personal: bool,
    /// How closely it points at one person.
    pub identifier: Identifier,
    /// How it may serve to tell persons apart.
    #[serde(default)]
    pub key: KeyStrength,
    /// Name of the function in [`crate::check`] that proves a value.
    #[serde(default)]
    pub validator: Option<String>,
    /// English words of column headers; a trailing `!` means the whole header only.
    #[serde(default)]
    pub en_words: Vec<String>,
    /// Chinese words of column headers.
    #[serde(default)]
    pub zh_words: Vec<String>,
    /// Pinyin words of column headers, full and abbreviated.
    #[serde(default)]
    pub pinyin: Vec<String>,
    /// Dated rows, those with `until` first and in order.
    pub sensitivity: Vec<SensitivityRow>,
}

impl Class {
    /// The row that holds on a day: the first whose `until` is not over, else the row without one.
    pub fn sensitivity_on(&self, day: Date) -> &SensitivityRow {
        self.sensitivity
            .iter()
            .find(|row| row.until.is_none_or(|until| day <= until))
            .unwrap_or_else(|| &self.sensitivity[self.sensitivity.len() - 1])
    }
}
