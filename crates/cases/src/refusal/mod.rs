//! Why an action may not be taken: one line, what and how to mend it.

mod text;

use dossier::Gap;
use jiff::civil::Date;
use law::Text;

use crate::procedure::Part;
use crate::terms::{ActionId, CaseId, ClockId, Role, StateId, Version};

/// Why an action was refused. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The procedure has no such action.
    #[error("`{action}` is no action of `{procedure}`")]
    UnknownAction {
        /// As asked for.
        action: ActionId,
        /// The procedure.
        procedure: String,
    },
    /// No such procedure.
    #[error("`{procedure}` is no procedure; there are {known}")]
    UnknownProcedure {
        /// As asked for.
        procedure: String,
        /// Those there are.
        known: String,
    },
    /// Somebody acted in between.
    #[error("case `{case}` is at version {is} and not {seen}: look at what happened since and decide again")]
    Stale {
        /// The case.
        case: CaseId,
        /// The version the caller saw.
        seen: Version,
        /// The version it has.
        is: Version,
    },
    /// The case is somebody else's.
    #[error("case `{case}` is not in your hands")]
    NotYours {
        /// The case.
        case: CaseId,
    },
    /// The role may not.
    #[error("`{action}` is for {by}, not for `{role}`")]
    WrongRole {
        /// The action.
        action: ActionId,
        /// The role.
        role: Role,
        /// Those who may.
        by: String,
    },
    /// Not from this state.
    #[error("`{action}` cannot be taken while the case is `{state}`; it can from {from}")]
    WrongState {
        /// The action.
        action: ActionId,
        /// The state.
        state: StateId,
        /// The states it can be taken from.
        from: String,
    },
    /// Not on this day.
    #[error("`{action}` is a step of the law from {from} to {to}, not of {on}")]
    NotInForce {
        /// The action.
        action: ActionId,
        /// The day.
        on: Date,
        /// The first day, or `the beginning`.
        from: String,
        /// The last day, or `today`.
        to: String,
    },
    /// The day lies before the last action.
    #[error("{day} lies before the last action of the case, {last}: check the clock")]
    Backwards {
        /// The day.
        day: Date,
        /// The last action's.
        last: Date,
    },
    /// Something is missing in the forms.
    #[error("{} of the forms' fields are missing or wrong; the first is `{}`: {}", .gaps.len(), .gaps.first().map_or("", |gap| &gap.path), .gaps.first().map_or("", |gap| &gap.what.en))]
    Incomplete {
        /// All of it.
        gaps: Vec<Gap>,
    },
    /// Marks are open.
    #[error("{} marks of the office are not answered; the first is at `{}`: change the field, or answer in a message why not", .at.len(), .at.first().map_or("", String::as_str))]
    MarksOpen {
        /// Where.
        at: Vec<String>,
    },
    /// Conditions of an extension are not answered.
    #[error("{} conditions of an extension are not answered: {}; the first answer that is missing is `{}`", .conditions.len(), named(.conditions), .at.first().map_or("", String::as_str))]
    ConditionsOpen {
        /// The conditions.
        conditions: Vec<String>,
        /// Where an answer is missing.
        at: Vec<String>,
    },
    /// A condition of an extension does not hold.
    #[error("no extension is possible: by the answer at `{at}` the condition `{condition}` does not hold ({}); declare anew", sentence(&.text.en))]
    ConditionBroken {
        /// The condition.
        condition: String,
        /// The answer that says so.
        at: String,
        /// What the condition asks.
        text: Text,
    },
    /// There is nothing to decide on.
    #[error("the necessity table has no item: add what is to leave")]
    NoItems,
    /// The law allows it once.
    #[error("`{action}` was taken already, and it can be taken once")]
    Twice {
        /// The action.
        action: ActionId,
    },
    /// Something else comes first.
    #[error("`{action}` needs `{first}` first")]
    NotYet {
        /// The action.
        action: ActionId,
        /// What comes first.
        first: ActionId,
    },
    /// There is no permit, or no longer one.
    #[error("`{action}` needs a permit in force, and the case has none")]
    NoPermit {
        /// The action.
        action: ActionId,
    },
    /// Its permit has not ended.
    #[error("`{action}` waits for the end of validity{}", .until.map_or(String::new(), |day| format!(", {day}")))]
    NotOver {
        /// The action.
        action: ActionId,
        /// The last day.
        until: Option<Date>,
    },
    /// The time for it is over, or was never set going.
    #[error("the time of `{clock}` {}", .until.map_or("does not run".to_owned(), |day| format!("was over on {day}")))]
    TooLate {
        /// The clock.
        clock: ClockId,
        /// Its last day.
        until: Option<Date>,
    },
    /// The time has not come, or the other side's time is not over.
    #[error("the time of `{clock}` {}", .until.map_or("does not run".to_owned(), |day| format!("runs until {day}: only then can this be done")))]
    TooEarly {
        /// The clock.
        clock: ClockId,
        /// Its last day.
        until: Option<Date>,
    },
    /// The window is not open.
    #[error("the window of `{clock}` {}", .from.map_or("is not known".to_owned(), |day| format!("opens on {day}")))]
    NotOpen {
        /// The clock.
        clock: ClockId,
        /// Its first day.
        from: Option<Date>,
    },
    /// It is a step of other regions.
    #[error("`{action}` is for handlers registered in {regions}")]
    NotHere {
        /// The action.
        action: ActionId,
        /// Where, by ISO 3166-2.
        regions: String,
    },
    /// Whoever asked did not agree to publication.
    #[error("`{action}` needs the agreement of whoever asked, and there is none: ask for it")]
    NotForPublication {
        /// The action.
        action: ActionId,
    },
    /// It is not filed that way.
    #[error("`{procedure}` is not filed by this `channel`: choose another")]
    NoChannel {
        /// The procedure.
        procedure: String,
    },
    /// A part is missing.
    #[error("`{action}` needs {}", part_of(*.part, .name.as_deref()))]
    Missing {
        /// The action.
        action: ActionId,
        /// The part.
        part: Part,
        /// Of a day its name.
        name: Option<String>,
    },
    /// A part has no place here.
    #[error("`{action}` does not take {}", part_of(*.part, .name.as_deref()))]
    NotAskedFor {
        /// The action.
        action: ActionId,
        /// The part.
        part: Part,
        /// Of a day its name.
        name: Option<String>,
    },
    /// A part is wrong.
    #[error("{what}")]
    Bad {
        /// Which and how to mend it, without repeating what was given.
        what: String,
    },
    /// No key of an office to sign a permit by.
    #[error("`{action}` issues a permit, and there is no key of an office to sign it by: name one")]
    NoOfficeKey {
        /// The action.
        action: ActionId,
    },
    /// The record itself is at fault.
    #[error("{what}")]
    Record {
        /// What is wrong.
        what: String,
    },
}

fn named(ids: &[String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

/// A sentence inside another.
fn sentence(text: &str) -> &str {
    text.trim_end_matches(['.', '。'])
}

fn part_of(part: Part, name: Option<&str>) -> String {
    let word = serde_json::to_value(part).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    name.map_or_else(|| format!("`{word}`"), |name| format!("the day `{name}`"))
}

impl Refusal {
    /// A stable word for it, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownAction { .. } => "unknown-action",
            Self::UnknownProcedure { .. } => "unknown-procedure",
            Self::Stale { .. } => "stale-version",
            Self::NotYours { .. } => "not-yours",
            Self::WrongRole { .. } => "wrong-role",
            Self::WrongState { .. } => "wrong-state",
            Self::NotInForce { .. } => "not-in-force",
            Self::Backwards { .. } => "clock-went-back",
            Self::Incomplete { .. } => "incomplete",
            Self::MarksOpen { .. } => "marks-open",
            Self::ConditionsOpen { .. } => "conditions-open",
            Self::ConditionBroken { .. } => "condition-broken",
            Self::NoItems => "no-items",
            Self::Twice { .. } => "taken-already",
            Self::NotYet { .. } => "not-yet",
            Self::NoPermit { .. } => "no-permit",
            Self::NotOver { .. } => "not-over",
            Self::TooLate { .. } => "too-late",
            Self::TooEarly { .. } => "too-early",
            Self::NotOpen { .. } => "not-open",
            Self::NotHere { .. } => "other-region",
            Self::NotForPublication { .. } => "not-for-publication",
            Self::NoChannel { .. } => "no-channel",
            Self::Missing { .. } => "missing-part",
            Self::NotAskedFor { .. } => "part-not-asked-for",
            Self::Bad { .. } => "bad-part",
            Self::NoOfficeKey { .. } => "no-office-key",
            Self::Record { .. } => "record",
        }
    }
}
