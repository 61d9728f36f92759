//! The parts that an action can take along.

use deid::Transform;
use serde::{Deserialize, Serialize};
use transfer::{NotPublished, Permit, Receipt};

use crate::terms::{CaseId, ProcedureId};

/// What a case is opened with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The procedure.
    pub procedure: ProcedureId,
    /// Who files.
    pub handler: Handler,
    /// How it is filed.
    #[serde(default)]
    pub channel: Channel,
    /// The certification body, zone's body, prefecture or authority it goes to, where that is not the province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// The case it follows: a new declaration names the one it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<CaseId>,
    /// A few words to know it by, without personal data.
    #[serde(default)]
    pub title: String,
}

/// A data handler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// Its unified social credit code.
    pub uscc: String,
    /// Its name.
    pub name: String,
    /// Where it is registered, by ISO 3166-2, such as `CN-BJ`: the province it files with.
    pub region: String,
    /// Its sector, in the words of the facts; for statistics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
}

/// How a case is filed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Through the system.
    #[default]
    Online,
    /// On paper and disc through the provincial office: critical information infrastructure and others unfit for the system.
    Offline,
}

/// A field or a material that an office marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The path of an answer, or the id of a material.
    pub at: String,
    /// What is wrong and how to mend it.
    pub text: String,
}

/// A decision on one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemDecision {
    /// The item, by its key ([`crate::Item`]).
    pub item: String,
    /// How it was decided.
    pub decision: Verdict,
    /// The forms in which its fields may leave; none: in any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub forms: Vec<Transform>,
    /// The most persons, where the office limits them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons: Option<u64>,
    /// Why: needed where it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How an item was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It may leave.
    Approved,
    /// It may not.
    Refused,
}

/// A file, by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// SHA-256 of its bytes, lower-case hex.
    pub digest: String,
    /// Its name, for people.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// The material of the forms it is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
}

/// An artefact of the transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArtefactKind {
    /// What is in the data.
    Inventory,
    /// Which path, and why.
    Determination,
    /// What is done to each field.
    Plan,
}

/// What a handler reports of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// It left.
    Released {
        /// Its public receipt.
        receipt: Box<Receipt>,
        /// What it stood on: `permit.json`, whose digest the receipt names.
        permit: Box<Permit>,
        /// The proof that the receipt stands in the handler's log (C2SP tlog-proof).
        proof: String,
        /// Persons under the permit so far, as the handler counts them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        persons: Option<u64>,
    },
    /// One reported before was never published.
    NotPublished {
        /// The entry of the handler's log that says so.
        entry: Box<NotPublished>,
        /// Its proof.
        proof: String,
    },
}
