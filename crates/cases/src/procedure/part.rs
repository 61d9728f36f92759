//! What an action takes along: a closed list of parts, each with its place in [`Payload`](crate::Payload).

use law::Text;
use serde::{Deserialize, Serialize};

/// A part of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What a case is opened with: procedure, handler, office.
    Opening,
    /// Words: a reason, a question, an answer, a message.
    Text,
    /// Named days, such as the day a contract took effect.
    Day,
    /// A moment, for periods in hours.
    Moment,
    /// Fields or materials that are wrong, each with what to mend.
    Marks,
    /// Answers to fields of the forms.
    Answers,
    /// A decision on each item.
    Decisions,
    /// A number an office gives.
    Number,
    /// Working days by which a clock is prolonged.
    Workdays,
    /// Files.
    Attachments,
    /// An officer.
    Assignee,
    /// Inventory, determination or plan.
    Artefacts,
    /// Receipt of a release.
    Receipt,
    /// Whether something may be published.
    Publish,
    /// A handler of the same group.
    Member,
    /// Another case: the one that follows.
    Case,
}

/// A part that an action asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Ask {
    /// The part.
    pub part: Part,
    /// Of [`Part::Day`] the name of the day; otherwise none.
    pub name: Option<String>,
    /// Of a day: month and day it has to be, in whatever year.
    pub on: Option<(i8, i8)>,
    /// What it means here, where the part's own name does not say it.
    pub label: Option<Text>,
    /// Whether the action cannot go without.
    pub required: bool,
}
