//! What may leave, to whom and until when.

use deid::Transform;
use jiff::civil::Date;
use law::Path;
use serde::{Deserialize, Serialize};

/// What opens the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PermitKind {
    /// The recorded determination that the transfer is exempt.
    Determination,
    /// A standard contract in effect.
    StandardContract,
    /// A Guangdong-Hong Kong-Macao standard contract in effect.
    GbaStandardContract,
    /// A certificate in force.
    Certification,
    /// The result of a security assessment.
    SecurityAssessment,
    /// A zone's written result that frees data outside its list.
    ZoneFiling,
}

impl PermitKind {
    /// The path it is the end of.
    pub fn path(self) -> Path {
        match self {
            Self::Determination | Self::ZoneFiling => Path::Exempt,
            Self::StandardContract => Path::StandardContract,
            Self::GbaStandardContract => Path::GbaStandardContract,
            Self::Certification => Path::Certification,
            Self::SecurityAssessment => Path::SecurityAssessment,
        }
    }
}

/// Who stands behind a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The determination of this program.
    Determined,
    /// Typed by the handler.
    Declared,
    /// Signed by an office whose key is in the trust file.
    Signed,
}

/// A column that may leave and in which form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PermittedColumn {
    /// The source.
    pub source: String,
    /// The column.
    pub name: String,
    /// The form: what the plan does to it.
    #[schemars(with = "String")]
    pub form: Transform,
    /// For a list of persons to delete the source they withdrew from: the column is a field of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_from: Option<String>,
}

/// Marks the form of this artefact; its digit is the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum PermitForm {
    /// The first.
    #[serde(rename = "tongguan/permit/1")]
    V1,
}

/// What a release stands on, as it travels with the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Permit {
    /// The form of this file.
    pub form: PermitForm,
    /// What opens the gate.
    pub kind: PermitKind,
    /// Who stands behind it.
    pub standing: Standing,
    /// Its number, where an office gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// First day.
    pub effective: Date,
    /// Last day, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// The path of the law on the day.
    pub paths: Vec<Path>,
    /// The rules that gave it.
    pub rules: Vec<String>,
    /// The recipient it is for.
    pub recipient: String,
    /// The recipient's name, where the transfer gives one: an office may know it by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<String>,
    /// The purpose it is for.
    pub purpose: String,
    /// SHA-256 of the text of the office's permit that stands behind it (`permit.note`), where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_permit: Option<String>,
    /// Every column that may leave.
    pub columns: Vec<PermittedColumn>,
}
