//! One transfer, field by field: where a list names some fields and not others, each has paths of its own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::answer::determination::{ByField, Determination};
use crate::{Facts, LawError, Outcome, RuleBase, Value, determine};

/// A field of a transfer with the facts in which it differs from the transfer as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFacts {
    /// The field's name.
    pub field: String,
    /// What is so of this field; `None` makes a fact unknown.
    pub facts: BTreeMap<String, Option<Value>>,
}

impl FieldFacts {
    /// The facts of this field within a transfer.
    pub fn applied(&self, base: &RuleBase, transfer: &Facts) -> Result<Facts, LawError> {
        let mut own = transfer.clone();
        for (id, value) in &self.facts {
            match value {
                Some(value) => own.set(base, id, value.clone())?,
                None => own.forget(id),
            }
        }
        Ok(own)
    }
}

impl Determination {
    /// The fields it was made by with what was so of each; none where it was made as a whole, or where a version that did
    /// not record them made it.
    pub fn fields(&self) -> Vec<FieldFacts> {
        if self.by_field.iter().any(|field| field.facts.is_empty()) {
            return Vec::new();
        }
        let fields = self.by_field.iter();
        fields.map(|field| FieldFacts { field: field.field.clone(), facts: field.facts.clone() }).collect()
    }
}

/// The determination of a transfer whose fields differ before the law: that of its heaviest field, with every field's paths
/// beside it. Whatever a lighter field would ask, check or owe is added, so that nothing of it is lost.
pub fn determine_by_field(
    base: &RuleBase,
    facts: &Facts,
    fields: &[FieldFacts],
    on: Date,
) -> Result<Determination, LawError> {
    let mut each: Vec<(&str, Determination)> = Vec::with_capacity(fields.len());
    for field in fields {
        let own = field.applied(base, facts)?;
        own.check()?;
        each.push((&field.field, determine(base, &own, on)?));
    }
    let by_field = each.iter().zip(fields).map(|((field, answer), stated)| ByField {
        field: (*field).to_owned(),
        facts: stated.facts.clone(),
        paths: answer.paths.clone(),
        rules: answer.rules.iter().filter(|rule| rule.gives_way_to.is_none()).map(|rule| rule.id.clone()).collect(),
    });
    let by_field: Vec<ByField> = by_field.collect();
    let Some(heaviest) = (0..each.len()).max_by_key(|n| (weight(&each[*n].1), usize::MAX - n)) else {
        return determine(base, facts, on);
    };
    let mut whole = each[heaviest].1.clone();
    for (_, lighter) in &each {
        add(&mut whole, lighter);
    }
    whole.by_field = by_field;
    whole.facts = facts.clone();
    Ok(whole)
}

/// Heaviness of an answer: what is refused, then what is not settled, then the heaviest path that may come of it.
fn weight(answer: &Determination) -> (u8, u8) {
    let outcome = match answer.outcome {
        Outcome::Refused => 3,
        Outcome::NotYetKnown => 2,
        Outcome::HumanJudgement => 1,
        Outcome::Determined => 0,
    };
    (outcome, answer.paths.iter().map(|path| path.weight()).max().unwrap_or(0))
}

/// Adds what only the lighter answer says.
fn add(whole: &mut Determination, lighter: &Determination) {
    fn missing<T: Clone, K: Ord>(into: &mut Vec<T>, from: &[T], key: impl Fn(&T) -> K) {
        let had: BTreeSet<K> = into.iter().map(&key).collect();
        into.extend(from.iter().filter(|item| !had.contains(&key(item))).cloned());
    }
    whole.certainty = whole.certainty.max(lighter.certainty);
    missing(&mut whole.rules, &lighter.rules, |rule| rule.id.clone());
    missing(&mut whole.obligations, &lighter.obligations, |duty| duty.id.clone());
    missing(&mut whole.also_check, &lighter.also_check, |regime| regime.regime.clone());
    missing(&mut whole.fines, &lighter.fines, |fine| fine.id.clone());
    missing(&mut whole.questions, &lighter.questions, |question| question.fact.clone());
    missing(&mut whole.notes, &lighter.notes, Clone::clone);
    whole.not_fired.retain(|rule| !lighter.rules.iter().any(|fired| fired.id == rule.id));
}
