//! The finitely many cases of a fact: values that no condition of a law can tell apart are one region, and have one number.

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::book::definition::{FactDefinition, FactType};
use crate::logic::condition::Test;
use crate::logic::facts::Value;

/// The number of a fact's region, smallest value first (of a choice: in the order of its list); [`UNKNOWN`] where the value is not known.
pub(crate) type Code = u16;

/// Not known.
pub(crate) const UNKNOWN: Code = Code::MAX;

/// The regions that the tests of a law induce on one fact.
///
/// A value that stands for a judgement (`suspected`) is no state of the world: it has a number behind those of the regions.
#[derive(Debug, Clone)]
pub(crate) struct Numbering {
    /// One value of each region, and behind them the value that stands for a judgement.
    values: Vec<Value>,
    /// How many of them are regions.
    regions: Code,
    finder: Finder,
}

/// How a value finds its region.
#[derive(Debug, Clone)]
enum Finder {
    /// False and true.
    Flags([Code; 2]),
    /// Ordered values: the first of each step, ascending, with the step's region.
    Steps(Vec<(Value, Code)>),
    /// Named values; any other has the last number.
    Names(HashMap<Value, Code>, Code),
    /// Values told apart by their beginnings: the tests, and the region of each set of answers.
    Answers(Vec<Test>, HashMap<Vec<bool>, Code>),
}

impl Numbering {
    /// The regions of the fact under these tests.
    pub(crate) fn new<'a>(definition: &FactDefinition, tests: impl IntoIterator<Item = &'a Test>) -> Self {
        let mut distinct: Vec<&Test> = Vec::new();
        for test in tests {
            if !distinct.contains(&test) {
                distinct.push(test);
            }
        }
        let answers = |value: &Value| distinct.iter().map(|test| test.holds(value)).collect::<Vec<bool>>();
        let candidates = candidates(definition, &distinct);
        let mut by_answers: BTreeMap<Vec<bool>, Value> = BTreeMap::new();
        for value in &candidates {
            by_answers.entry(answers(value)).or_insert_with(|| value.clone());
        }
        let mut values: Vec<Value> = by_answers.into_values().collect();
        match definition.kind {
            FactType::Choice => values.sort_by_key(|value| definition.values.iter().position(|word| is(value, word))),
            _ => values.sort(),
        }
        let code_of = |place: usize| Code::try_from(place).unwrap_or(UNKNOWN - 1);
        let by_answers: HashMap<Vec<bool>, Code> =
            values.iter().enumerate().map(|(n, value)| (answers(value), code_of(n))).collect();
        let regions = code_of(values.len());
        values.extend(definition.judgement.iter().map(|judgement| Value::Text(judgement.value.clone())));
        let find = |value: &Value| by_answers.get(&answers(value)).copied().unwrap_or(UNKNOWN);
        let finder = match definition.kind {
            FactType::Bool => Finder::Flags([find(&Value::Bool(false)), find(&Value::Bool(true))]),
            FactType::Count | FactType::Date => {
                Finder::Steps(candidates.iter().map(|value| (value.clone(), find(value))).collect())
            }
            _ if distinct.iter().any(|test| matches!(test, Test::StartsWith(_))) => {
                Finder::Answers(distinct.iter().map(|test| (*test).clone()).collect(), by_answers)
            }
            _ => {
                let mut names: HashMap<Value, Code> =
                    candidates.iter().map(|value| (value.clone(), find(value))).collect();
                names.extend(definition.judgement.iter().map(|j| (Value::Text(j.value.clone()), regions)));
                Finder::Names(names, candidates.last().map_or(UNKNOWN, find))
            }
        };
        Numbering { values, regions, finder }
    }

    /// The number of the value's region, or of the judgement it stands for.
    pub(crate) fn code(&self, value: &Value) -> Code {
        match &self.finder {
            Finder::Flags(codes) => codes[usize::from(*value == Value::Bool(true))],
            Finder::Steps(steps) => {
                let behind = steps.partition_point(|(first, _)| first <= value);
                steps[behind.saturating_sub(1)].1
            }
            Finder::Names(names, other) => names.get(value).copied().unwrap_or(*other),
            Finder::Answers(tests, codes) => {
                let answers: Vec<bool> = tests.iter().map(|test| test.holds(value)).collect();
                codes.get(&answers).copied().unwrap_or(UNKNOWN)
            }
        }
    }

    /// The numbers of all regions.
    pub(crate) fn codes(&self) -> impl Iterator<Item = Code> + use<> {
        0..self.regions
    }

    /// The numbers of the regions that reach to `least` or beyond.
    pub(crate) fn codes_from(&self, least: u64) -> Vec<Code> {
        let Finder::Steps(steps) = &self.finder else {
            return self.codes().collect();
        };
        let from = steps.partition_point(|(first, _)| *first <= Value::Count(least)).saturating_sub(1);
        let mut codes: Vec<Code> = steps[from..].iter().map(|(_, code)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// A value of the region, or the value that stands for a judgement.
    pub(crate) fn value(&self, code: Code) -> Option<&Value> {
        self.values.get(usize::from(code))
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The number of the value that stands for a judgement, where the fact has one.
    pub(crate) fn judgement(&self) -> Option<Code> {
        (self.values.len() > usize::from(self.regions)).then_some(self.regions)
    }

    /// The counts at which a region begins, ascending; none for a fact that is no count.
    pub(crate) fn steps(&self) -> impl Iterator<Item = u64> {
        let steps = if let Finder::Steps(steps) = &self.finder { steps.as_slice() } else { &[] };
        steps.iter().filter_map(|(first, _)| if let Value::Count(n) = first { Some(*n) } else { None })
    }
}

fn is(value: &Value, word: &str) -> bool {
    matches!(value, Value::Text(text) if text == word)
}

/// Values of the fact among which every region has at least one; those of ordered facts ascend, and of others the last is one
/// that no test names.
fn candidates(definition: &FactDefinition, tests: &[&Test]) -> Vec<Value> {
    let mut values = Vec::new();
    match definition.kind {
        FactType::Bool => return vec![Value::Bool(false), Value::Bool(true)],
        FactType::Choice => return definition.settled_values().cloned().map(Value::Text).collect(),
        FactType::Count => values.push(Value::Count(0)),
        FactType::Date => values.push(Value::Date(Date::MIN)),
        FactType::Code | FactType::Text => {}
    }
    for test in tests {
        match test {
            Test::AtLeast(figure) | Test::Below(figure) => values.push(Value::Count(*figure)),
            Test::Before(day) | Test::From(day) => values.push(Value::Date(*day)),
            Test::Is(value) | Test::IsNot(value) => values.extend(with_next(value)),
            Test::In(list) => values.extend(list.iter().flat_map(with_next)),
            Test::StartsWith(heads) => values.extend(heads.iter().cloned().map(Value::Text)),
            Test::WithinMonths(_) => {}
        }
    }
    match definition.kind {
        FactType::Code | FactType::Text => values.push(Value::Text("\u{10FFFF}".to_owned())),
        _ => {
            values.sort();
            values.dedup();
        }
    }
    values
}

/// A value and, where values have an order, the one after it: there the test for the value has ended.
fn with_next(value: &Value) -> Vec<Value> {
    let next = match value {
        Value::Count(n) => Some(Value::Count(n.saturating_add(1))),
        Value::Date(day) => Some(Value::Date(day.saturating_add(1.day()))),
        Value::Bool(_) | Value::Text(_) => None,
    };
    std::iter::once(value.clone()).chain(next).collect()
}
