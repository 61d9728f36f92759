//! The closed words of an answer: how it came out, by which path, how certain.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How well a provision or a reading is attested. Greater is weaker, so the weakest of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The instrument's text was seen in a copy.
    Confirmed,
    /// Someone else's account of the text was seen.
    Secondary,
    /// From memory, or our own reading.
    Unconfirmed,
}

/// How a question of law came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The path is settled, whatever is still unknown.
    Determined,
    /// The law forbids the transfer as it stands.
    Refused,
    /// Facts are missing that can still change the answer.
    NotYetKnown,
    /// The law asks for a person's judgement (I10).
    HumanJudgement,
}

/// A way out of the country, or the lack of one. The order is that of listing; [`Path::weight`] is that of lightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Path {
    /// No procedure is needed; the duties beside the path stay.
    Exempt,
    /// The law binds but no procedure ran that day.
    NoProcedureYet,
    /// Standard contract, filed with the provincial office.
    StandardContract,
    /// Certification by a specialised body.
    Certification,
    /// The standard contract of the Greater Bay Area.
    GbaStandardContract,
    /// Security assessment by the national office.
    SecurityAssessment,
    /// Nothing may leave.
    Stop,
}

impl Path {
    /// Heaviness in the order of invariant I1; the three contract-like paths weigh the same.
    pub fn weight(self) -> u8 {
        match self {
            Path::Exempt => 0,
            Path::NoProcedureYet => 1,
            Path::StandardContract | Path::Certification | Path::GbaStandardContract => 2,
            Path::SecurityAssessment => 3,
            Path::Stop => 4,
        }
    }

    /// The name on the wire, as docs/INTERFACE.md has it.
    pub fn name(self) -> &'static str {
        match self {
            Path::Exempt => "exempt",
            Path::NoProcedureYet => "no-procedure-yet",
            Path::StandardContract => "standard-contract",
            Path::Certification => "certification",
            Path::GbaStandardContract => "gba-standard-contract",
            Path::SecurityAssessment => "security-assessment",
            Path::Stop => "stop",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
