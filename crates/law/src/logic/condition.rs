//! Conditions over facts from a closed set of operators, judged by Kleene's three-valued logic.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::book::definition::{FactDefinition, FactIndex};
use crate::logic::facts::{Value, grouped};

/// Kleene's truth values, ordered so that `all` is the minimum and `any` the maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// Does not hold.
    False,
    /// Depends on a fact that is not known.
    Unknown,
    /// Holds.
    True,
}

/// Where conditions find the values of facts.
pub(crate) trait Lookup {
    /// The fact's value, `None` when unknown.
    fn value(&self, fact: FactIndex) -> Option<&Value>;
}

impl Lookup for [Option<Value>] {
    fn value(&self, fact: FactIndex) -> Option<&Value> {
        self[fact.0].as_ref()
    }
}

/// One test of one fact. The set is closed: finiteness of the case split rests on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// equal
    Is(Value),
    /// not equal
    IsNot(Value),
    /// one of
    In(Vec<Value>),
    /// a count that reaches the figure (以上, inclusive)
    AtLeast(u64),
    /// a count that stays under the figure (不满, exclusive)
    Below(u64),
    /// a code that begins with one of these
    StartsWith(Vec<String>),
    /// a day before the one named
    Before(Date),
    /// the day named or a later one
    From(Date),
    /// a day of which the period, counted in calendar months, is not over on the day asked about; made a plain
    /// [`Test::From`] before anything is judged
    WithinMonths(u32),
}

impl Test {
    pub(crate) fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Test::Is(wanted), value) => value == wanted,
            (Test::IsNot(unwanted), value) => value != unwanted,
            (Test::In(list), value) => list.contains(value),
            (Test::AtLeast(figure), Value::Count(n)) => n >= figure,
            (Test::Below(figure), Value::Count(n)) => n < figure,
            (Test::StartsWith(heads), Value::Text(code)) => heads.iter().any(|head| code.starts_with(head)),
            (Test::Before(day), Value::Date(value)) => value < day,
            (Test::From(day), Value::Date(value)) => value >= day,
            // Unreachable after load, where each operator is checked against the fact's type.
            _ => false,
        }
    }
}

/// A condition over facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every part holds; of no parts, true.
    All(Vec<Condition>),
    /// Some part holds.
    Any(Vec<Condition>),
    /// The part does not hold.
    Not(Box<Condition>),
    /// One fact stands a test.
    Fact(FactIndex, Test),
}

impl Condition {
    pub(crate) fn truth<L: Lookup + ?Sized>(&self, facts: &L) -> Truth {
        match self {
            Condition::All(parts) => parts.iter().map(|p| p.truth(facts)).min().unwrap_or(Truth::True),
            Condition::Any(parts) => parts.iter().map(|p| p.truth(facts)).max().unwrap_or(Truth::False),
            Condition::Not(part) => match part.truth(facts) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
            Condition::Fact(fact, test) => match facts.value(*fact) {
                None => Truth::Unknown,
                Some(value) if test.holds(value) => Truth::True,
                Some(_) => Truth::False,
            },
        }
    }

    /// Whether some test looks back from the day asked about.
    pub(crate) fn looks_back(&self) -> bool {
        let mut found = false;
        self.each_test(&mut |_, test| found |= matches!(test, Test::WithinMonths(_)));
        found
    }

    /// The same as of one day: tests that look back name their first day.
    pub(crate) fn as_of(&self, on: Date) -> Condition {
        let parts = |parts: &[Condition]| parts.iter().map(|part| part.as_of(on)).collect();
        match self {
            Condition::All(all) => Condition::All(parts(all)),
            Condition::Any(any) => Condition::Any(parts(any)),
            Condition::Not(part) => Condition::Not(Box::new(part.as_of(on))),
            Condition::Fact(fact, Test::WithinMonths(months)) => {
                Condition::Fact(*fact, Test::From(first_within(on, *months)))
            }
            Condition::Fact(fact, test) => Condition::Fact(*fact, test.clone()),
        }
    }

    /// Every fact the condition reads.
    pub fn facts(&self) -> BTreeSet<FactIndex> {
        let mut found = BTreeSet::new();
        self.each_test(&mut |fact, _| {
            found.insert(fact);
        });
        found
    }

    pub(crate) fn each_test<'a>(&'a self, visit: &mut impl FnMut(FactIndex, &'a Test)) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    part.each_test(visit);
                }
            }
            Condition::Not(part) => part.each_test(visit),
            Condition::Fact(fact, test) => visit(*fact, test),
        }
    }

    /// The unknown facts on which the truth still rests: parts already settled are left out.
    pub(crate) fn open<L: Lookup + ?Sized>(&self, facts: &L, into: &mut BTreeSet<FactIndex>) {
        if self.truth(facts) != Truth::Unknown {
            return;
        }
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| part.open(facts, into)),
            Condition::Not(part) => part.open(facts, into),
            Condition::Fact(fact, _) => {
                into.insert(*fact);
            }
        }
    }

    /// The first part that fails, in words, with the value that made it fail; `None` if nothing fails.
    pub(crate) fn failure<L: Lookup + ?Sized>(&self, facts: &L, names: &[FactDefinition]) -> Option<String> {
        if self.truth(facts) != Truth::False {
            return None;
        }
        match self {
            Condition::All(parts) => parts.iter().find_map(|p| p.failure(facts, names)),
            Condition::Any(parts) => {
                let each: Vec<_> = parts.iter().filter_map(|p| p.failure(facts, names)).collect();
                Some(each.join("; and "))
            }
            Condition::Not(part) => Some(format!("must not hold: {}", part.words(names))),
            Condition::Fact(fact, _) => {
                let now = facts.value(*fact).map_or_else(String::new, |v| format!(" (it is {v})"));
                Some(format!("{}{now}", self.words(names)))
            }
        }
    }

    /// The condition in words.
    pub fn words(&self, names: &[FactDefinition]) -> String {
        let join =
            |parts: &[Condition], with: &str| parts.iter().map(|p| p.words(names)).collect::<Vec<_>>().join(with);
        match self {
            Condition::All(parts) if parts.is_empty() => "always".to_owned(),
            Condition::All(parts) => format!("({})", join(parts, " and ")),
            Condition::Any(parts) => format!("({})", join(parts, " or ")),
            Condition::Not(part) => format!("not {}", part.words(names)),
            Condition::Fact(fact, test) => {
                let id = &names[fact.0].id;
                match test {
                    Test::Is(v) => format!("`{id}` is {v}"),
                    Test::IsNot(v) => format!("`{id}` is not {v}"),
                    Test::In(list) => {
                        let all = list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                        format!("`{id}` is one of {all}")
                    }
                    Test::AtLeast(n) => format!("`{id}` is at least {}", grouped(*n)),
                    Test::Below(n) => format!("`{id}` is below {}", grouped(*n)),
                    Test::StartsWith(heads) => format!("`{id}` starts with {}", heads.join(", ")),
                    Test::Before(day) => format!("`{id}` is before {day}"),
                    Test::From(day) => format!("`{id}` is {day} or later"),
                    Test::WithinMonths(months) => format!("`{id}` is at most {months} months ago"),
                }
            }
        }
    }
}

/// The first day whose period of so many calendar months has not ended before `on`. A period ends on the same day of its
/// last month, or on that month's last day where it has no such day.
fn first_within(on: Date, months: u32) -> Date {
    let ends = |start: Date| start.saturating_add(i64::from(months).months());
    // Months differ by three days at most, so a few steps find it.
    let mut day = on.saturating_sub(i64::from(months).months()).saturating_sub(4.days());
    while ends(day) < on {
        day = day.saturating_add(1.day());
    }
    day
}
