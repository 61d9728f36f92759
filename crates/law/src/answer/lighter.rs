//! What would make the path lighter: the changes the law allows, fewest first, each way asked of the law again.
//!
//! Which facts may change, to what and on what condition stands in `facts.toml`. Splitting is not among them: fewer persons
//! are shown as a figure, with the article that forbids to split.

mod search;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::answer::determination::{Determination, Headroom, Obligation};
use crate::answer::headroom::lighter_below;
use crate::answer::why::chapters::splitting;
use crate::logic::inforce::Law;
use crate::logic::known::Known;
use crate::{Facts, LawError, Outcome, Path, RuleBase, Status, Text, Value, determine};

/// Ways to a lighter path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Lighter {
    /// Fewest changes first; none contains another that does as much.
    pub ways: Vec<Way>,
    /// Counts below which the path would be lighter: `until` is the greatest of them. No remedy; see `warning`.
    pub fewer: Vec<Headroom>,
    /// Why volumes may not be split.
    pub warning: Text,
}

/// A set of changes after which the law says a lighter path, or one more to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Way {
    /// What changes, all of it together.
    pub changes: Vec<Change>,
    /// The paths then.
    pub paths: Vec<Path>,
    /// Whether these are lighter, or only more to choose from.
    pub lighter: bool,
    /// How certain the answer then is.
    pub certainty: Status,
    /// The provisions that then decide: citation and title.
    pub rests_on: Vec<Resting>,
    /// Duties that come with it.
    pub duties: Vec<Obligation>,
}

/// A provision a way rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Resting {
    /// Rule id.
    pub id: String,
    /// Citation and title.
    pub cite: Text,
    /// How well it is attested.
    pub status: Status,
}

/// One change of what leaves or of what it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Change {
    /// The fact.
    pub fact: String,
    /// Its value now; `None`: not known.
    pub from: Option<Value>,
    /// Its value then.
    pub to: Value,
    /// What changes with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub also: BTreeMap<String, Value>,
    /// What is done.
    pub by: Text,
    /// Under which condition.
    pub needs: Text,
    /// The fields that are left out, where a transfer was looked at: `source.field`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// What was counted anew without some fields of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithoutFields {
    /// The fields left out: `source.field`.
    pub fields: Vec<String>,
    /// Persons of ordinary information of the year, without them.
    pub ordinary: u64,
    /// Persons of sensitive information of the year, without them.
    pub sensitive: u64,
}

/// The ways to a lighter path from these facts on this day. With `counted` the persons are those of a transfer: leaving out
/// sensitive fields changes their numbers to what was counted, and to nothing else.
///
/// At most three changes together are tried. Every way is one the law was asked about; none is inferred. Errors: those of
/// [`determine`] for the facts as they are.
pub fn lighter(
    base: &RuleBase,
    facts: &Facts,
    on: Date,
    counted: Option<&[WithoutFields]>,
) -> Result<Lighter, LawError> {
    let now = determine(base, facts, on)?;
    let changes = changes(base, facts, counted);
    let ways = search::ways(base, facts, &now, &changes);
    let law = Law::on(base, on)?;
    let known = Known::new(law.names(), facts);
    let fewer = lighter_below(&law, &known, &now)?;
    Ok(Lighter { ways, fewer, warning: splitting() })
}

/// The changes that are changes here.
fn changes(base: &RuleBase, facts: &Facts, counted: Option<&[WithoutFields]>) -> Vec<Change> {
    let value = |id: &str| facts.get(id).or_else(|| base.fact(id)?.assumed.as_ref());
    let mut found = Vec::new();
    for definition in base.facts() {
        if let ("persons.sensitive", Some(counted)) = (definition.id.as_str(), counted) {
            found.extend(counted.iter().map(|without| of_fields(facts, without)));
            continue;
        }
        for change in &definition.lighter {
            let from = value(&definition.id);
            // A count that nobody knows cannot be said to have become another.
            let counts = matches!(change.to, Value::Count(_)) && from.is_none();
            let applies = change.only_if.iter().all(|(id, wanted)| value(id) == Some(wanted));
            let overturns = |(id, wanted): (&String, &Value)| {
                let judged = base.fact(id).and_then(|fact| fact.judgement.as_ref());
                let open = |judged: &str| matches!(value(id), Some(Value::Text(word)) if word == judged);
                judged.is_some_and(|judged| value(id).is_some_and(|is| is != wanted) && !open(&judged.value))
            };
            if from == Some(&change.to) || counts || !applies || change.also.iter().any(overturns) {
                continue;
            }
            found.push(Change {
                fact: definition.id.clone(),
                from: from.cloned(),
                to: change.to.clone(),
                also: change.also.clone(),
                by: change.by.clone(),
                needs: change.needs.clone(),
                fields: Vec::new(),
            });
        }
    }
    found
}

/// Leaving out fields of a transfer whose persons were counted anew.
fn of_fields(facts: &Facts, without: &WithoutFields) -> Change {
    let WithoutFields { fields, ordinary, sensitive } = without;
    let (name, persons) = (fields.join("、"), crate::logic::facts::grouped(*sensitive));
    Change {
        fact: "persons.sensitive".to_owned(),
        from: facts.get("persons.sensitive").cloned(),
        to: Value::Count(*sensitive),
        also: BTreeMap::from([("persons.ordinary".to_owned(), Value::Count(*ordinary))]),
        by: Text::new(format!("去掉字段 {name}"), format!("leave out {}", fields.join(", "))),
        needs: Text::new(
            format!("已重新计数：当年累计出境敏感个人信息为 {persons} 人；目的在没有这些字段时仍能达到"),
            format!(
                "counted anew: sensitive information of {persons} persons this year; the purpose can do without these fields"
            ),
        ),
        fields: fields.clone(),
    }
}

impl Change {
    /// What it takes away or does, for sets to be compared by.
    fn elements(&self) -> BTreeSet<String> {
        if self.fields.is_empty() { BTreeSet::from([self.fact.clone()]) } else { self.fields.iter().cloned().collect() }
    }

    /// Every fact it sets, with its value.
    fn sets(&self) -> impl Iterator<Item = (&String, &Value)> {
        std::iter::once((&self.fact, &self.to)).chain(&self.also)
    }
}

/// Heaviness of what the handler may count on: of a free choice the lightest path, of an open answer the heaviest.
pub(crate) fn weight(answer: &Determination) -> u8 {
    let weights = answer.paths.iter().map(|path| path.weight());
    let weight = if answer.outcome == Outcome::Determined { weights.min() } else { weights.max() };
    weight.unwrap_or(u8::MAX)
}
