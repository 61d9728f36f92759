//! The procedures a handler can be in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A procedure, by the name it has on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Procedure {
    /// Declaration of a security assessment (CAC Order 11).
    SecurityAssessment,
    /// Extension of a result's validity (Order 16 art 9, assessment guide 3rd ed. annex 5).
    AssessmentExtension,
    /// Filing of a standard contract (Order 13).
    StandardContract,
    /// Filing of a Guangdong-Hong Kong-Macao standard contract.
    GbaStandardContract,
    /// Application for certification (Order 20).
    Certification,
    /// Filing before a zone's list is used.
    ZoneListFiling,
    /// Report after an export that rests on a zone's list.
    ZoneListReport,
    /// A question to an office.
    Consultation,
}

impl Procedure {
    /// Every procedure, in the order of listing.
    pub const ALL: [Self; 8] = [
        Self::SecurityAssessment,
        Self::AssessmentExtension,
        Self::StandardContract,
        Self::GbaStandardContract,
        Self::Certification,
        Self::ZoneListFiling,
        Self::ZoneListReport,
        Self::Consultation,
    ];

    /// The name on the wire, such as `security-assessment`.
    pub fn id(self) -> &'static str {
        match self {
            Self::SecurityAssessment => "security-assessment",
            Self::AssessmentExtension => "assessment-extension",
            Self::StandardContract => "standard-contract",
            Self::GbaStandardContract => "gba-standard-contract",
            Self::Certification => "certification",
            Self::ZoneListFiling => "zone-list-filing",
            Self::ZoneListReport => "zone-list-report",
            Self::Consultation => "consultation",
        }
    }
}

impl fmt::Display for Procedure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A name that is no procedure's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no procedure `{0}`; use one of {all}", all = Procedure::ALL.map(Procedure::id).join(", "))]
pub struct UnknownProcedure(pub String);

impl FromStr for Procedure {
    type Err = UnknownProcedure;

    fn from_str(id: &str) -> Result<Self, UnknownProcedure> {
        Self::ALL.into_iter().find(|procedure| procedure.id() == id).ok_or_else(|| UnknownProcedure(id.to_owned()))
    }
}
