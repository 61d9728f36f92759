//! What is known about one transfer, with what follows from it.

use crate::Facts;
use crate::book::definition::{FactDefinition, FactIndex};
use crate::logic::facts::Value;

/// A value for each fact of the vocabulary, by its place; `None`: not known.
pub(crate) type Values = Vec<Option<Value>>;

/// The value of each fact of the vocabulary, by its place.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) values: Values,
    /// For each fact the least count it can have: an unknown count is unknown from there upwards.
    pub(crate) floors: Vec<u64>,
    /// Unknown counts that were added up from their parts.
    pub(crate) added: Vec<FactIndex>,
    /// Counts stated lower than a part of theirs, and raised to it: of two figures that do not agree the greater holds.
    pub(crate) raised: Vec<FactIndex>,
}

impl Known {
    /// Claims nobody made are not made; sums stand in for counts nobody stated.
    pub(crate) fn new(names: &[FactDefinition], facts: &Facts) -> Self {
        let stated = |f: &FactDefinition| facts.get(&f.id).or(f.assumed.as_ref()).cloned();
        let mut known = Known {
            values: names.iter().map(stated).collect(),
            floors: names.iter().map(|f| facts.at_least(&f.id)).collect(),
            added: Vec::new(),
            raised: Vec::new(),
        };
        for (n, definition) in names.iter().enumerate() {
            if definition.never_below.is_empty() && definition.sum.is_none() {
                continue;
            }
            let place = |id: &String| names.iter().position(|f| &f.id == id);
            let count = |id: &String| match place(id).and_then(|at| known.values[at].as_ref()) {
                Some(Value::Count(count)) => Some(*count),
                _ => None,
            };
            let floor = |id: &String| count(id).or_else(|| place(id).map(|at| known.floors[at])).unwrap_or(0);
            let part = definition.never_below.iter().map(floor).max().unwrap_or(0);
            let sum = definition.sum.as_ref().and_then(|sum| sum.of.iter().map(count).sum::<Option<u64>>());
            match (&known.values[n], sum) {
                (Some(Value::Count(stated)), _) if *stated < part => {
                    known.values[n] = Some(Value::Count(part));
                    known.raised.push(FactIndex(n));
                }
                (None, Some(sum)) => {
                    known.values[n] = Some(Value::Count(sum));
                    known.added.push(FactIndex(n));
                }
                _ => {}
            }
            known.floors[n] = known.floors[n].max(part);
        }
        known
    }
}
