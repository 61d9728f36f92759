//! What must hold before an action may be taken: a closed list.

use serde::Deserialize;

use crate::terms::{ActionId, ClockId};

impl Guard {
    /// Whether it can hold only where a permit was issued.
    pub(crate) fn is_of_permits(&self) -> bool {
        matches!(self, Self::Permit | Self::Valid | Self::Over)
    }
}

/// A condition of an action.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// The forms of the state have no gap.
    Complete,
    /// They had none on the day the last of these actions was taken, or have none today: a supplement does not make an assessment
    /// stale that was fresh when the case was filed.
    CompleteAsOf(Vec<ActionId>),
    /// Every mark of an office is answered: its field changed, or the handler wrote why not.
    MarksAnswered,
    /// The case has at least one item to decide on.
    Items,
    /// The action was not taken before in this round: what the law allows once.
    Once,
    /// A permit was issued and is not revoked.
    Permit,
    /// The permit is still in force on the day.
    Valid,
    /// The permit's last day is past.
    Over,
    /// The action was taken before.
    Did(ActionId),
    /// The one action was taken since the other was.
    DidSince {
        /// What has to be done.
        did: ActionId,
        /// Since what.
        since: ActionId,
    },
    /// The clock runs and its last day is not past.
    InTime(ClockId),
    /// The clock runs and its last day is past.
    Late(ClockId),
    /// The window of a clock is open: one that leads up to an end has begun, or the time beyond which something is allowed is over.
    Open(ClockId),
    /// The handler is registered in one of these regions, by ISO 3166-2.
    Region(Vec<String>),
    /// Whoever asked agreed that it be published.
    Publishable,
    /// Every condition of an extension is answered, and none by what breaks it.
    Conditions(Vec<ConditionUse>),
}

/// A condition of an extension, and the answers that tell whether it holds: in every row of the tables they stand in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionUse {
    /// The condition, by its id in the lawbook.
    pub id: String,
    /// Questions that have to be answered with yes.
    #[serde(default)]
    pub yes: Vec<String>,
    /// Growths, each within the condition's percent, or not applicable.
    #[serde(default)]
    pub growth: Vec<String>,
    /// Words that have to be there; what they mean is for an office to judge.
    #[serde(default)]
    pub said: Vec<String>,
}

impl ConditionUse {
    /// Every field it looks at.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &String> {
        self.yes.iter().chain(&self.growth).chain(&self.said)
    }
}
