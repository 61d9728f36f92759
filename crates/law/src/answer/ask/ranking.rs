//! Which question is best: read off the decision diagram.

use std::collections::{BTreeSet, HashMap};

use crate::book::definition::FactIndex;
use crate::logic::diagram::{NodeId, Possible};

/// States of knowledge below a node up to which the best order is worked out; beyond, what is asked is the best guess.
/// Eight facts of two regions each are 6,561 of them. Up to here a ranking took 9 ms
/// at most, in 3,000 states of knowledge drawn at random; at ten times as many, 16 ms.
const STATES: usize = 20_000;

/// How many questions follow on average from a node on, the best asked each time.
pub(crate) type Costs = HashMap<NodeId, f64>;

/// The facts below a node, best question first.
///
/// Where the states of knowledge are few, a question is the better the fewer follow it on average, if the best question is
/// asked each time. Where they are many, it is the better the fewer facts are left to ask after it: what may settle the
/// matter at once comes first, then what halves the rest. Of equals by the first measure the second decides, and of equals
/// by both the order of `facts.toml`. Every answer weighs the same, and regions that lead to the same place are one answer.
///
/// `costs` may be kept for the next node of the same diagram.
pub(crate) fn ranked(possible: &mut Possible, from: NodeId, costs: &mut Costs) -> Vec<FactIndex> {
    ranked_within(possible, from, STATES, costs)
}

/// The same with another bound on the states looked at.
pub(super) fn ranked_within(possible: &mut Possible, from: NodeId, bound: usize, costs: &mut Costs) -> Vec<FactIndex> {
    let support = possible.support(from);
    let exact = states(possible, from, &support) <= bound;
    let mut found: Vec<(FactIndex, u64, usize, usize)> = Vec::new();
    for fact in support {
        let cost = if exact { asked_first(possible, from, fact, costs) } else { 0.0 };
        let (remaining, answers) = remaining(possible, from, fact);
        found.push((fact, millionths(cost), remaining, answers));
    }
    // Compares remaining/answers without a fraction; the sort is stable, so equals keep the file's order.
    found.sort_by(|a, b| a.1.cmp(&b.1).then((a.2 * b.3).cmp(&(b.2 * a.3))));
    found.into_iter().map(|(fact, ..)| fact).collect()
}

/// How many states of knowledge there can be: each fact in one of its regions, or not asked.
fn states(possible: &Possible, from: NodeId, support: &BTreeSet<FactIndex>) -> usize {
    let regions = support.iter().map(|fact| possible.regions(from, *fact));
    regions.fold(1, |all: usize, regions| all.saturating_mul(regions + 1))
}

/// The same sum added up in another order is the same.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of questions")]
fn millionths(cost: f64) -> u64 {
    (cost * 1e6).round() as u64
}

/// Questions on average from a node on, the best asked each time.
fn fewest(possible: &mut Possible, from: NodeId, costs: &mut Costs) -> f64 {
    if let Some(cost) = costs.get(&from) {
        return *cost;
    }
    let mut cost = None;
    for fact in possible.support(from) {
        let this = asked_first(possible, from, fact, costs);
        cost = Some(cost.map_or(this, |least: f64| least.min(this)));
    }
    let cost = cost.unwrap_or(0.0);
    costs.insert(from, cost);
    cost
}

/// Questions on average if this fact is asked first.
#[allow(clippy::cast_precision_loss, reason = "a handful of answers")]
fn asked_first(possible: &mut Possible, from: NodeId, fact: FactIndex, costs: &mut Costs) -> f64 {
    let answers = answers(possible, from, fact);
    let count = answers.len().max(1) as f64;
    1.0 + answers.into_iter().map(|next| fewest(possible, next, costs)).sum::<f64>() / count
}

/// How many facts remain after asking, summed over the answers, and how many answers there are.
fn remaining(possible: &mut Possible, from: NodeId, fact: FactIndex) -> (usize, usize) {
    let answers = answers(possible, from, fact);
    let sum = answers.iter().map(|node| possible.breadth(*node)).sum();
    (sum, answers.len().max(1))
}

/// Where the answers to a fact lead.
pub(super) fn answers(possible: &mut Possible, from: NodeId, fact: FactIndex) -> BTreeSet<NodeId> {
    after(possible, from, fact).into_iter().map(|(_, node)| node).collect()
}

/// What remains of the diagram after each region of a fact.
pub(super) fn after(possible: &mut Possible, from: NodeId, fact: FactIndex) -> Vec<(usize, NodeId)> {
    (0..possible.regions(from, fact)).map(|region| (region, possible.given(from, fact, region))).collect()
}
