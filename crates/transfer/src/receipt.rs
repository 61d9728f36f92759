//! What left: a public part that travels and is logged, and a private part that stays.

use std::collections::BTreeMap;

use deid::Transform;
use jiff::civil::Date;
use law::Determination;
use serde::{Deserialize, Serialize};

use crate::age_recipient::AgeRecipient;
use crate::egress::EgressColumn;
use crate::permit::{PermitKind, Standing};
use crate::steps::Plan;

/// The rule base by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RuleBaseName {
    /// Its version.
    pub version: String,
    /// Digest of its files.
    pub sha256: String,
}

/// A file that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReleasedFile {
    /// Its path in the release folder.
    pub path: String,
    /// The source it was made from.
    pub source: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// What was encrypted, where the file is encrypted to its recipients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<Inner>,
}

/// The bytes inside an encrypted file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Inner {
    /// SHA-256 of them.
    pub sha256: String,
    /// Their number.
    pub bytes: u64,
}

/// A column that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReleasedColumn {
    /// The source.
    pub source: String,
    /// The column.
    pub name: String,
    /// The label of what it was made from.
    pub label: String,
    /// What was done to it.
    #[schemars(with = "String")]
    pub form: Transform,
}

/// The public receipt of a release. Its canonical bytes are the leaf of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Receipt {
    /// `tongguan/receipt/1`.
    pub form: String,
    /// The release.
    pub release: String,
    /// The day it left (UTC+8).
    pub day: Date,
    /// The handler's unified social credit code, where it has given one; else its name.
    pub handler: String,
    /// The recipient's id.
    pub recipient: String,
    /// What opened the gate.
    pub permit_kind: PermitKind,
    /// Who stands behind the permit.
    pub permit_standing: Standing,
    /// Digest of `permit.json`.
    pub permit: String,
    /// The public keys to which the files are encrypted; empty: they are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub encrypted_to: Vec<AgeRecipient>,
    /// The files.
    pub files: Vec<ReleasedFile>,
    /// The columns.
    pub columns: Vec<ReleasedColumn>,
    /// The rule base.
    pub rule_base: RuleBaseName,
    /// The program's version.
    pub program: String,
    /// Salted commitment to the private part: SHA-256(salt || canonical private part), hex.
    pub commitment: String,
    /// The verifier key of the log, so that a reader without it can tell who claims to have signed.
    pub log: String,
}

/// How a count of persons changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountChange {
    /// Before the release.
    pub before: u64,
    /// Persons of the release.
    pub release: u64,
    /// The union of both.
    pub after: u64,
}

/// A source as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SourceRecord {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// HMAC-SHA-256 of its bytes under the onshore key: names raw data without revealing anything of it.
    pub hmac: String,
    /// Good rows.
    pub rows: u64,
    /// Bad rows, which stayed.
    pub quarantined: u64,
    /// For each leaving column the values suppressed because their transform could not read them.
    pub suppressed: Vec<(String, u64)>,
    /// Rows that stayed because somebody they are about has not consented.
    #[serde(default, skip_serializing_if = "HeldRows::is_none")]
    pub held_back: HeldRows,
}

/// Rows that stayed behind for want of a live separate consent (PIPL 39).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HeldRows {
    /// No consent was given, or nobody can tell whose.
    pub without: u64,
    /// It was withdrawn.
    pub withdrawn: u64,
    /// A child's, without a guardian's consent (PIPL 31).
    pub no_guardian: u64,
}

impl HeldRows {
    /// Whether every row left.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.without + self.withdrawn + self.no_guardian
    }
}

/// What is spent of a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PermitSpent {
    /// The permit's number or kind.
    pub permit: String,
    /// Persons under it, this release included.
    pub persons: u64,
    /// Persons by item, in the order of the permit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<(String, u64)>,
}

/// The private part: stays in the state folder, opens to an office on request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrivateReceipt {
    /// `tongguan/private-receipt/1`.
    pub form: String,
    /// The release.
    pub release: String,
    /// Hex of 32 random bytes: without them the commitment reveals nothing.
    pub salt: String,
    /// The day the release was really made; `day` of the public part is the day it was assessed for.
    pub made_on: Date,
    /// Persons with ordinary personal information, this year, on this ground.
    pub ordinary: CountChange,
    /// Persons with sensitive personal information.
    pub sensitive: CountChange,
    /// Whether the counts are exact; otherwise upper bounds.
    pub exact: bool,
    /// The ground: the exempting rule, or `counted`.
    pub ground: String,
    /// What is spent of the permit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<PermitSpent>,
    /// Keyed digest of sources, consents, plan and recipient: the same again is not released again.
    #[serde(default)]
    pub inputs: String,
    /// The facts as they were determined.
    pub facts: serde_json::Value,
    /// The determination.
    pub determination: Determination,
    /// The sources.
    pub sources: Vec<SourceRecord>,
    /// The plan.
    pub plan: Plan,
    /// The keys it was made under, each by its name and short fingerprint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, String>,
    /// What the second scan, of the staged bytes, found: a line a column that left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub egress: Vec<EgressColumn>,
}
