//! What an action takes along, and the action as it is recorded.

pub(crate) mod check;
mod parts;
mod receipt;

use std::collections::BTreeMap;

use dossier::AnswerPath;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use parts::{ArtefactKind, Attachment, Channel, Handler, ItemDecision, Mark, Opening, Report, Verdict};

use crate::procedure::{Effect, Part};
use crate::terms::{ActionId, Actor, ActorId, CaseId, RequestId, StateId, Version};

/// The longest text of an action, in characters.
pub const MAX_TEXT: usize = 20_000;
/// The largest file, in bytes.
pub const MAX_FILE: u64 = 20 * 1024 * 1024;

/// What an action takes along. A part that is not asked for is refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Payload {
    /// What a case is opened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    /// Words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Days by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<String, Date>,
    /// A moment in UTC+8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moment: Option<DateTime>,
    /// Of an office: what is wrong. Of a handler: why a mark was not followed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Answers by path; `null` takes an answer away.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<AnswerPath, Value>,
    /// A decision an item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<ItemDecision>,
    /// A number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Working days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdays: Option<u32>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// An officer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<ActorId>,
    /// Inventory, determination, plan.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub artefacts: BTreeMap<ArtefactKind, Value>,
    /// What left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Report>,
    /// Whether it may be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish: Option<bool>,
    /// A handler of the same group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<Handler>,
    /// The office's signed permit: a C2SP signed note. Put in where the action is taken, never by the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit: Option<String>,
    /// Another case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
}

impl Payload {
    /// Whether it has the part; of [`Part::Day`] the day of this name.
    pub fn has(&self, part: Part, name: Option<&str>) -> bool {
        match part {
            Part::Opening => self.opening.is_some(),
            Part::Text => self.text.as_ref().is_some_and(|text| !text.trim().is_empty()),
            Part::Day => name.is_some_and(|name| self.days.contains_key(name)),
            Part::Moment => self.moment.is_some(),
            Part::Marks => !self.marks.is_empty(),
            Part::Answers => !self.answers.is_empty(),
            Part::Decisions => !self.decisions.is_empty(),
            Part::Number => self.number.as_ref().is_some_and(|number| !number.trim().is_empty()),
            Part::Workdays => self.workdays.is_some(),
            Part::Attachments => !self.attachments.is_empty(),
            Part::Assignee => self.assignee.is_some(),
            Part::Artefacts => !self.artefacts.is_empty(),
            Part::Receipt => self.receipt.is_some(),
            Part::Publish => self.publish.is_some(),
            Part::Member => self.member.is_some(),
            Part::Case => self.case.is_some(),
        }
    }
}

/// One action as it stands in the record. What it led to stands there too, so that a case is read the same way for ever, whatever
/// becomes of its procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// Its place: the first is 1.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The civil day in UTC+8.
    pub day: Date,
    /// Who.
    pub by: Actor,
    /// What.
    pub action: ActionId,
    /// The caller's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The state it led to.
    pub state: StateId,
    /// What it did to the permit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// What it took along.
    #[serde(default)]
    pub payload: Payload,
}
