//! Conditions as rows of unary tests in FEEL, the expression language of DMN.
//!
//! A row of a decision table is a conjunction over columns, so a condition becomes the rows of its disjunctive normal form.

use std::collections::BTreeMap;

use law::{Condition, FactDefinition, RuleBase, Test, Value};

/// One row: for each fact (by its place in the vocabulary) the tests it has to stand, and whether each has to hold.
pub(super) type Row<'a> = BTreeMap<usize, Vec<(bool, &'a Test)>>;

/// The rows of a condition; none where it can never hold, one empty row where it always does.
pub(super) fn rows(condition: &Condition) -> Vec<Row<'_>> {
    normal(condition, true)
}

fn normal(condition: &Condition, wanted: bool) -> Vec<Row<'_>> {
    match (condition, wanted) {
        (Condition::Not(part), _) => normal(part, !wanted),
        (Condition::Any(parts), true) | (Condition::All(parts), false) => {
            let mut rows: Vec<Row<'_>> = Vec::new();
            for row in parts.iter().flat_map(|part| normal(part, wanted)) {
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
            rows
        }
        (Condition::All(parts), true) | (Condition::Any(parts), false) => {
            let mut rows = vec![Row::new()];
            for part in parts {
                let more = normal(part, wanted);
                rows = rows.iter().flat_map(|row| more.iter().map(|other| joined(row, other))).collect();
            }
            rows
        }
        (Condition::Fact(fact, test), _) => vec![Row::from([(fact.place(), vec![(wanted, test)])])],
    }
}

fn joined<'a>(row: &Row<'a>, other: &Row<'a>) -> Row<'a> {
    let mut all = row.clone();
    for (fact, tests) in other {
        let here = all.entry(*fact).or_default();
        for test in tests {
            if !here.contains(test) {
                here.push(*test);
            }
        }
    }
    all
}

/// The cell of a fact's own column, where the tests have a form that every engine knows: one unary test or one interval.
/// `None` where each test needs a column of its own.
pub(super) fn cell(tests: &[(bool, &Test)]) -> Option<String> {
    match tests {
        [(true, one)] => unary(one),
        [(false, one)] => unary(one).map(|unary| match one {
            Test::IsNot(value) => literal(value),
            _ => format!("not({unary})"),
        }),
        [(true, Test::AtLeast(from)), (true, Test::Below(below))]
        | [(true, Test::Below(below)), (true, Test::AtLeast(from))] => Some(format!("[{from}..{below})")),
        _ => None,
    }
}

/// The test as a unary test, where it has a short form.
fn unary(test: &Test) -> Option<String> {
    Some(match test {
        Test::Is(value) => literal(value),
        Test::IsNot(value) => format!("not({})", literal(value)),
        Test::In(values) => values.iter().map(literal).collect::<Vec<_>>().join(", "),
        Test::AtLeast(n) => format!(">= {n}"),
        Test::Below(n) => format!("< {n}"),
        Test::Before(day) => format!("< date(\"{day}\")"),
        Test::From(day) => format!(">= date(\"{day}\")"),
        Test::StartsWith(_) | Test::WithinMonths(_) => return None,
    })
    .filter(|_| !matches!(test, Test::In(values) if values.is_empty()))
}

/// The test as a boolean expression over a value.
pub(super) fn expression(value: &str, test: &Test) -> String {
    let is = |wanted: &Value| format!("{value} = {}", literal(wanted));
    match test {
        Test::Is(wanted) => is(wanted),
        Test::IsNot(unwanted) => format!("{value} != {}", literal(unwanted)),
        Test::In(values) => one_of(values.iter().map(is)),
        Test::AtLeast(n) => format!("{value} >= {n}"),
        Test::Below(n) => format!("{value} < {n}"),
        Test::StartsWith(heads) => one_of(heads.iter().map(|head| format!("starts with({value}, {})", string(head)))),
        Test::Before(day) => format!("{value} < date(\"{day}\")"),
        Test::From(day) => format!("{value} >= date(\"{day}\")"),
        // A period ends on the same day of its last month, or on that month's last: what FEEL adds is the same.
        Test::WithinMonths(months) => format!("{value} + duration(\"P{months}M\") >= on"),
    }
}

fn one_of(tests: impl Iterator<Item = String>) -> String {
    let tests: Vec<String> = tests.collect();
    if tests.is_empty() { "false".to_owned() } else { tests.join(" or ") }
}

/// A value as FEEL writes it.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Count(n) => n.to_string(),
        Value::Date(day) => format!("date(\"{day}\")"),
        Value::Text(text) => string(text),
    }
}

/// A string as FEEL writes it.
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Where a fact's value comes from: what is stated, raised to the counts it includes, or added up, or assumed.
pub(super) fn source(base: &RuleBase, fact: &FactDefinition) -> String {
    let stated = |id: &str| format!("facts.{id}");
    let own = stated(&fact.id);
    let mut value = own.clone();
    if let Some(sum) = &fact.sum {
        let parts: Vec<String> = sum.of.iter().filter_map(|id| base.fact(id)).map(|part| source(base, part)).collect();
        value = format!("if {own} = null then {} else {own}", parts.join(" + "));
    } else if let Some(assumed) = &fact.assumed {
        value = format!("if {own} = null then {} else {own}", literal(assumed));
    }
    if fact.never_below.is_empty() {
        return value;
    }
    let parts: Vec<String> = fact.never_below.iter().map(|id| stated(id)).collect();
    // A count that nobody stated stays unknown, whatever its parts.
    let value = format!("({value})");
    format!("if {value} = null then null else max([{value}, {}][item != null])", parts.join(", "))
}
