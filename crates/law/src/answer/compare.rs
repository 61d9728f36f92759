//! Two determinations side by side: where they differ, and whether the law or the facts explain it.

mod facts;
mod rules;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::answer::determination::{Determination, Obligation, RuleBaseId};
use crate::{LawError, Outcome, Path, RuleBase, Status, Text, determine_by_field};

pub use facts::FactDifference;
pub use rules::{Bearing, RuleDifference};

/// How one determination came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Side {
    /// The outcome.
    pub outcome: Outcome,
    /// The paths.
    pub paths: Vec<Path>,
    /// The certainty.
    pub certainty: Status,
    /// The day whose law was asked.
    pub on: Date,
    /// The rule base that answered.
    pub rule_base: RuleBaseId,
}

/// Another determination (`there`) against one of this rule base (`here`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Comparison {
    /// Whether outcome and paths are the same here and there.
    pub agree: bool,
    /// The answer here: of the facts given, or else of the other's own facts.
    pub here: Side,
    /// The other as it was recorded.
    pub there: Side,
    /// The other's own facts asked of this rule base on its day; `None` where its facts were not recorded.
    pub replayed: Option<Side>,
    /// Whether the other comes out alike when it is asked anew: if not, the law or the program makes a difference.
    pub same_law: Option<bool>,
    /// Whether both rule bases are the same bytes.
    pub same_rule_base: bool,
    /// Facts that differ or that only one side has; `on` is the day, `by_field` what was so of single fields.
    pub facts: Vec<FactDifference>,
    /// Sets of two differing facts that explain the difference together, where none does alone.
    pub together: Vec<[String; 2]>,
    /// Provisions that bear on one side otherwise than on the other.
    pub rules: Vec<RuleDifference>,
    /// Duties that only this side has.
    pub duties_here: Vec<Obligation>,
    /// Duties that only the other side has.
    pub duties_there: Vec<Obligation>,
    /// What could not be compared, and why.
    pub notes: Vec<Text>,
}

/// Compares a recorded determination with `here`, or without it with its own facts asked of this rule base anew.
///
/// A fact explains the difference alone where taking it from the other side gives the other's answer: tried, not guessed.
/// Errors: those of [`determine_by_field`] for the other's facts, and a recorded day before this rule base.
pub fn compare(base: &RuleBase, there: &Determination, here: Option<&Determination>) -> Result<Comparison, LawError> {
    let mut notes = Vec::new();
    let recorded = facts::recorded(base, there, &mut notes);
    let replayed = match &recorded {
        Some(recorded) => Some(determine_by_field(base, recorded, &there.fields(), there.on)?),
        None => None,
    };
    if !there.by_field.is_empty() && there.fields().is_empty() {
        notes.push(Text::new(
            "对方逐字段作出判定，但没有记录各字段的事实；重放时按整个活动的事实提问。",
            "the other decided field by field and did not record the facts of each; it is asked anew by the facts of the transfer as a whole",
        ));
    }
    let (facts, together) = match (here, &recorded, &replayed) {
        (Some(here), Some(recorded), Some(replayed)) => facts::differences(base, here, recorded, replayed),
        _ => (Vec::new(), Vec::new()),
    };
    let Some(here) = here.or(replayed.as_ref()) else {
        return Err(LawError::FactsText {
            what: "the other determination does not record its facts; give a transfer or --facts to compare it with"
                .into(),
        });
    };
    let lacks = |of: &Determination, duty: &Obligation| !of.obligations.iter().any(|other| other.id == duty.id);
    Ok(Comparison {
        agree: alike(here, there),
        same_law: replayed.as_ref().map(|replayed| alike(replayed, there)),
        same_rule_base: here.rule_base.sha256 == there.rule_base.sha256,
        facts,
        together,
        rules: rules::differences(here, there),
        duties_here: here.obligations.iter().filter(|duty| lacks(there, duty)).cloned().collect(),
        duties_there: there.obligations.iter().filter(|duty| lacks(here, duty)).cloned().collect(),
        here: side(here),
        there: side(there),
        replayed: replayed.as_ref().map(side),
        notes,
    })
}

/// The same outcome and the same paths.
fn alike(one: &Determination, other: &Determination) -> bool {
    one.outcome == other.outcome && one.paths == other.paths
}

fn side(of: &Determination) -> Side {
    Side {
        outcome: of.outcome,
        paths: of.paths.clone(),
        certainty: of.certainty,
        on: of.on,
        rule_base: of.rule_base.clone(),
    }
}
