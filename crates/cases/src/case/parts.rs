//! What a case is made of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use serde_json::Value;
use transfer::Terms;

use crate::outside::Outside;
use crate::payload::Mark;
use crate::terms::{ActionId, Actor, StateId, Version};

/// What happened, without what it took along: enough for clocks and a time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Happened {
    /// Its place.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The day in UTC+8.
    pub day: Date,
    /// Who.
    pub by: Actor,
    /// What.
    pub action: ActionId,
    /// The state before.
    pub from: StateId,
    /// The state after.
    pub to: StateId,
    /// The days it stated.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<String, Date>,
    /// The moment it stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moment: Option<DateTime>,
    /// The working days it stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdays: Option<u32>,
    /// Its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A mark of an office and whether it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Open {
    /// The mark.
    pub mark: Mark,
    /// The action that made it.
    pub made: Version,
    /// The action that answered it.
    pub answered: Option<Version>,
    /// Why it was not followed, where the handler said so.
    pub reply: Option<String>,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Message {
    /// Where it stands in the record.
    pub version: Version,
    /// Who wrote.
    pub by: Actor,
    /// The words.
    pub text: String,
}

/// A field that an officer changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edit {
    /// The action.
    pub version: Version,
    /// The field.
    pub at: String,
    /// Who.
    pub by: Actor,
    /// What stood there before.
    pub before: Option<Value>,
}

/// The permit of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Permitted {
    /// What it covers.
    pub terms: Terms,
    /// The signed note.
    pub note: String,
    /// The action that issued it.
    pub issued: Version,
    /// The action that revoked it.
    pub revoked: Option<Version>,
}

/// A release that was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Release {
    /// Its id.
    pub release: String,
    /// The day it left.
    pub day: Date,
    /// The action that reported it.
    pub reported: Version,
    /// The columns that left, `source.name`.
    pub columns: Vec<String>,
    /// Persons under the permit so far, as the handler counts them.
    pub persons: Option<u64>,
    /// What of it lies outside the permit.
    pub outside: Vec<Outside>,
    /// The log of the handler that holds the receipt, by its verifier key.
    pub log: String,
    /// The action that said it was never published.
    pub not_published: Option<Version>,
}
