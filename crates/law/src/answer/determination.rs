//! The answer as it is written down, kept and replayed. The JSON keys are those of docs/INTERFACE.md.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Facts, Gravity, Outcome, Path, Status, Text, Value, Yuan};

/// The answer to "may this leave, and by which path" for one set of facts on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Determination {
    /// How it came out.
    pub outcome: Outcome,
    /// The day whose law was asked.
    pub on: Date,
    /// The weakest status the answer rests on.
    pub certainty: Status,
    /// Determined: the free choice of paths. Refused: `stop`. Otherwise: every path still possible.
    pub paths: Vec<Path>,
    /// The same per field, where a list demands it or the caller assesses fields apart.
    pub by_field: Vec<ByField>,
    /// The provisions that apply.
    pub rules: Vec<FiredRule>,
    /// The provisions that do not apply, with the condition that fails.
    pub not_fired: Vec<NotFired>,
    /// Duties beside the path.
    pub obligations: Vec<Obligation>,
    /// Other regimes to look at.
    pub also_check: Vec<AlsoCheck>,
    /// What to ask next, best first; a fact that cannot change the outcome is not asked.
    pub questions: Vec<Question>,
    /// How far each count may grow before the path changes.
    pub headroom: Vec<Headroom>,
    /// What a breach would cost, by the fines in force that day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fines: Vec<Fine>,
    /// The facts that were known, so that the answer can be had again.
    #[serde(default)]
    pub facts: Facts,
    /// The least that unknown counts were known to be.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub at_least: BTreeMap<String, u64>,
    /// Readings the answer rests on, and readings that would give another path.
    pub notes: Vec<Text>,
    /// The rule base that answered.
    pub rule_base: RuleBaseId,
}

/// The paths of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ByField {
    /// Field name.
    pub field: String,
    /// The facts in which it differs from the transfer as a whole; null: not known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Option<Value>>,
    /// Its paths.
    pub paths: Vec<Path>,
    /// Ids of the rules that give them.
    pub rules: Vec<String>,
}

/// A provision that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FiredRule {
    /// Rule id.
    pub id: String,
    /// How it is cited in a text.
    #[serde(default)]
    pub cite: Text,
    /// How the instrument is cited.
    pub instrument: String,
    /// Article.
    pub article: String,
    /// What follows from it.
    pub effect: String,
    /// The same in both languages.
    #[serde(default)]
    pub effect_text: Text,
    /// Whether it decides the path, or leaves that to a person; duties, fines and pointers do not.
    #[serde(default)]
    pub decides: bool,
    /// How well its text is attested.
    pub status: Status,
    /// The known facts it read.
    pub facts: Vec<String>,
    /// Short title.
    pub title: Text,
    /// The provision in our own words.
    pub provision: Text,
    /// First day in force.
    pub in_force_from: Date,
    /// Where the text stands.
    pub source: Vec<String>,
    /// When it was last compared with a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_checked: Option<Date>,
    /// The lawyer who signed it; empty until one did.
    #[serde(default)]
    pub reviewed_by: String,
    /// The rule that prevails over it here, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives_way_to: Option<String>,
}

/// A provision that does not apply, or is not known to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotFired {
    /// Rule id.
    pub id: String,
    /// The first condition that fails, or the facts still unknown.
    pub failed: String,
    /// The same in both languages, facts by their titles.
    #[serde(default)]
    pub because: Text,
    /// How it is cited in a text.
    #[serde(default)]
    pub cite: Text,
    /// How the instrument is cited.
    #[serde(default)]
    pub instrument: String,
    /// Article.
    #[serde(default)]
    pub article: String,
    /// Short title.
    #[serde(default)]
    pub title: Text,
    /// Whether it would have decided the path.
    #[serde(default)]
    pub decides: bool,
    /// The paths it would have given or added; empty where it decides no path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Path>,
}

/// A duty beside the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Obligation {
    /// Stable id, for example `notice`.
    pub id: String,
    /// The provision, for example `PIPL 39`.
    pub cite: String,
    /// What to do.
    pub text: Text,
}

/// What a breach would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fine {
    /// Stable id, for example `pipl-66-grave`.
    pub id: String,
    /// The provision, for example `PIPL 66`.
    pub cite: String,
    /// The breach it answers.
    pub gravity: Gravity,
    /// For the organisation, in yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Yuan>,
    /// Or a share of last year's turnover, in percent at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover_percent: Option<u8>,
    /// For the persons responsible, in yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons: Option<Yuan>,
    /// For what, and what comes beside the money.
    pub text: Text,
    /// How well it is attested.
    pub status: Status,
}

/// Another regime to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlsoCheck {
    /// Its name.
    pub regime: String,
    /// Why, in English.
    pub why: String,
    /// Why, in both languages.
    pub text: Text,
}

/// Whether a question is for anyone who knows the facts, or for a person's judgement in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    /// A missing fact.
    Fact,
    /// A matter the law leaves to a person (I10).
    Judgement,
}

/// Something to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The fact the answer goes into.
    pub fact: String,
    /// Fact or judgement.
    pub kind: QuestionKind,
    /// The question.
    pub text: Text,
    /// The provision it serves.
    pub cite: String,
    /// The answers, where they are a closed list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// How far one count may grow, everything else unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Headroom {
    /// The count.
    pub fact: String,
    /// Its value.
    pub now: u64,
    /// The largest value that leaves the path as it is.
    pub until: u64,
    /// The paths one beyond.
    pub then: Vec<Path>,
}

/// Which rule base answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleBaseId {
    /// Its version.
    pub version: String,
    /// Its digest.
    pub sha256: String,
}
