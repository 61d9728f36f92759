//! Every day on which the law changed, case by case.
//!
//! `rules check`, which `lawbook.rs` demands to be silent, proves over the decision diagram of each day, which is the whole product of all facts some rule in force
//! reads, that every case has exactly one outcome and that nothing greater is lighter. The product itself is too large to be
//! walked (beyond 10^15 cases on most days). What can be walked is walked here without the diagram: the facts on which most
//! answers turn, one value for each class and both sides of each boundary, everything else plain.

mod support;
mod worlds;

use law::{Decision, FactIndex, Facts, Law, Outcome, Rule, Value, days_of_change};
use support::{BASE, facts};
use worlds::values;

/// The facts walked. The two counts come last, so that each inner walk is one row of the decision matrix.
const WALKED: [&str; 9] = [
    "data.personal",
    "data.important",
    "data.core",
    "handler.ciio",
    "handler.persons_held",
    "ground.necessary",
    "ground.contract_with_individual",
    "persons.ordinary",
    "persons.sensitive",
];

#[test]
fn i1_more_persons_are_never_lighter_in_any_cell_of_the_grid() {
    let mut cells = 0_u64;
    for on in days_of_change(&BASE) {
        let law = Law::on(&BASE, on).expect("a day of the rule base");
        let rules: Vec<&Rule> = BASE.rules().iter().filter(|r| r.in_force(on)).collect();
        let read: Vec<FactIndex> = rules.iter().flat_map(|r| r.when.facts()).collect();
        let mut grid: Vec<(&str, Vec<Value>)> = Vec::new();
        for id in WALKED {
            let place = BASE.facts().iter().position(|f| f.id == id).expect("a fact");
            // The two counts of the older law stand in for those of the newer one.
            let all: Vec<Value> = if let Some(fact) = read.iter().find(|f| f.place() == place) {
                values(&rules, &BASE.facts()[place], *fact, on)
            } else if id.starts_with("persons.") {
                [0, 1, 9_999, 10_000, 99_999, 100_000, 1_000_000].map(Value::Count).to_vec()
            } else {
                BASE.facts()[place].plain.clone().into_iter().collect()
            };
            grid.push((id, all));
        }
        let (sensitive, outer) = grid.split_last().expect("facts");
        let (ordinary, outer) = outer.split_last().expect("facts");
        walk(outer, &facts(""), &mut |facts| {
            cells += matrix(&law, facts, ordinary, sensitive);
        });
    }
    println!("{cells} cells");
    assert!(cells > 100_000, "the grid has shrunk to {cells} cells");
}

/// Every combination of the outer facts.
fn walk(grid: &[(&str, Vec<Value>)], facts: &Facts, visit: &mut impl FnMut(&Facts)) {
    let Some(((id, values), rest)) = grid.split_first() else {
        return visit(facts);
    };
    for value in values {
        let mut next = facts.clone();
        next.set(&BASE, id, value.clone()).expect("fits");
        walk(rest, &next, visit);
    }
}

/// One matrix of ordinary by sensitive persons: never lighter to the right nor downwards. How many cells it had.
fn matrix(law: &Law<'_>, facts: &Facts, ordinary: &(&str, Vec<Value>), sensitive: &(&str, Vec<Value>)) -> u64 {
    let sorted = |values: &[Value]| {
        let mut values = values.to_vec();
        values.sort();
        values.dedup();
        values
    };
    let mut cells = 0;
    let mut above: Vec<Option<Decision>> = Vec::new();
    for row in sorted(&ordinary.1) {
        let mut here = Vec::new();
        for column in sorted(&sensitive.1) {
            let mut cell = facts.clone();
            for (id, value) in [(ordinary.0, &row), (sensitive.0, &column)] {
                cell.set(&BASE, id, value.clone()).expect("fits");
                cell.set(&BASE, &format!("{id}_two_years"), value.clone()).expect("fits");
            }
            let Ok(encoded) = law.encode(&cell) else {
                // Persons of data that is said not to be personal.
                here.push(None);
                continue;
            };
            let decision = law.decide(&encoded).unwrap_or_else(|error| panic!("{cell:?}: {error}"));
            assert!(matches!(decision.outcome, Outcome::Determined | Outcome::Refused | Outcome::HumanJudgement));
            let lighter = |before: &Decision| {
                before.outcome == Outcome::Determined
                    && decision.outcome == Outcome::Determined
                    && decision.paths.weight() < before.paths.weight()
            };
            let left = here.last().copied().flatten();
            let up = above.get(here.len()).copied().flatten();
            assert!(!left.iter().chain(&up).any(lighter), "lighter on {}: {cell:?}", law.day());
            here.push(Some(decision));
            cells += 1;
        }
        above = here;
    }
    cells
}
