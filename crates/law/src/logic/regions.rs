//! The finitely many cases of an unknown fact: values that no condition can tell apart are one region.

use std::collections::BTreeMap;

use jiff::ToSpan;

use crate::book::definition::{FactDefinition, FactIndex, FactType};
use crate::logic::condition::{Condition, Test};
use crate::logic::facts::Value;

/// One value for each region that the conditions induce on a fact, smallest first. A judgement value (`suspected`) is no
/// state of the world and is no region; of a count, regions that lie wholly below `floor` are none.
pub(crate) fn regions<'a>(
    fact: FactIndex,
    definition: &FactDefinition,
    conditions: impl IntoIterator<Item = &'a Condition>,
    floor: u64,
) -> Vec<Value> {
    let mut tests: Vec<&Test> = Vec::new();
    for condition in conditions {
        condition.each_test(&mut |read, test| {
            if read == fact && !tests.contains(&test) {
                tests.push(test);
            }
        });
    }
    let mut by_answers: BTreeMap<Vec<bool>, Value> = BTreeMap::new();
    for value in candidates(definition, &tests, floor) {
        by_answers.entry(tests.iter().map(|t| t.holds(&value)).collect()).or_insert(value);
    }
    let mut values: Vec<Value> = by_answers.into_values().collect();
    values.sort();
    values
}

/// Values of the fact among which every region has at least one.
fn candidates(definition: &FactDefinition, tests: &[&Test], floor: u64) -> Vec<Value> {
    match definition.kind {
        FactType::Bool => vec![Value::Bool(false), Value::Bool(true)],
        FactType::Choice => definition.settled_values().cloned().map(Value::Text).collect(),
        FactType::Count => {
            let mut counts = vec![floor];
            counts.extend(boundaries(tests.iter().copied()));
            counts.retain(|count| *count >= floor);
            counts.sort_unstable();
            counts.into_iter().map(Value::Count).collect()
        }
        FactType::Date | FactType::Code | FactType::Text => {
            let mut values = named_values(tests);
            values.push(anything_else(definition.kind));
            values
        }
    }
}

/// The counts at which some test changes its answer, unsorted.
pub(crate) fn boundaries<'a>(tests: impl IntoIterator<Item = &'a Test>) -> Vec<u64> {
    let mut found = Vec::new();
    let mut exact = |value: &Value| {
        if let Value::Count(n) = value {
            found.extend([*n, n.saturating_add(1)]);
        }
    };
    let mut figures = Vec::new();
    for test in tests {
        match test {
            Test::AtLeast(n) | Test::Below(n) => figures.push(*n),
            Test::Is(value) | Test::IsNot(value) => exact(value),
            Test::In(list) => list.iter().for_each(&mut exact),
            Test::StartsWith(_) | Test::Before(_) | Test::From(_) | Test::WithinMonths(_) => {}
        }
    }
    found.extend(figures);
    found
}

fn named_values(tests: &[&Test]) -> Vec<Value> {
    let mut values = Vec::new();
    for test in tests {
        match test {
            Test::Is(value) | Test::IsNot(value) => values.push(value.clone()),
            Test::In(list) => values.extend(list.iter().cloned()),
            Test::StartsWith(heads) => values.extend(heads.iter().cloned().map(Value::Text)),
            Test::Before(day) | Test::From(day) => {
                values.extend([Value::Date(day.saturating_sub(1.day())), Value::Date(*day)]);
            }
            Test::AtLeast(_) | Test::Below(_) | Test::WithinMonths(_) => {}
        }
    }
    values
}

/// A value no condition names: it stands for all the others.
fn anything_else(kind: FactType) -> Value {
    match kind {
        FactType::Date => Value::Date(jiff::civil::Date::MAX),
        _ => Value::Text("\u{10FFFF}".to_owned()),
    }
}
