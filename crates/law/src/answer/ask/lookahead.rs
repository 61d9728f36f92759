//! Which question is best, and how many follow: read off the decision diagram.

use std::collections::{BTreeSet, HashMap};

use crate::book::definition::{FactDefinition, FactIndex};
use crate::logic::condition::Truth;
use crate::logic::diagram::{Node, NodeId, Possible};
use crate::logic::facts::Value;
use crate::logic::inforce::Law;
use crate::logic::known::{Known, Values};

/// States looked at before the bounds are taken from the support instead.
const STATES: usize = 1_500;
/// And so many nodes of the diagram.
const NODES: usize = 50_000;

/// The facts below a node, best question first.
///
/// A question is the better the fewer facts are left to ask after it, taken over its answers, every one of which weighs the
/// same: what may settle the matter at once comes first, then what halves the rest. Of equals the one that `facts.toml`
/// names first.
pub(crate) fn ranked(possible: &mut Possible, from: NodeId) -> Vec<FactIndex> {
    let mut found: Vec<(FactIndex, usize, usize)> = Vec::new();
    for fact in possible.support(from) {
        let (remaining, answers) = remaining(possible, from, fact);
        found.push((fact, remaining, answers));
    }
    // Compares remaining/answers without a fraction; the sort is stable, so equals keep the file's order.
    found.sort_by(|a, b| (a.1 * b.2).cmp(&(b.1 * a.2)));
    found.into_iter().map(|(fact, _, _)| fact).collect()
}

/// How many facts remain after asking, summed over the answers, and how many answers there are. Regions that lead to the
/// same place are one answer.
fn remaining(possible: &mut Possible, from: NodeId, fact: FactIndex) -> (usize, usize) {
    let answers: BTreeSet<NodeId> = after(possible, from, fact).into_iter().map(|(_, node)| node).collect();
    let sum = answers.iter().map(|node| possible.support(*node).len()).sum();
    (sum, answers.len().max(1))
}

/// What remains of the diagram after each region of a fact.
pub(super) fn after(possible: &mut Possible, from: NodeId, fact: FactIndex) -> Vec<(usize, NodeId)> {
    (0..regions_of(possible, from, fact)).map(|region| (region, possible.given(from, fact, region))).collect()
}

fn regions_of(possible: &Possible, from: NodeId, fact: FactIndex) -> usize {
    let mut waiting = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if let Node::Split(split, children) = possible.node(id)
            && seen.insert(id)
        {
            if *split == fact {
                return children.len();
            }
            waiting.extend(children);
        }
    }
    0
}

/// What remains of the diagram, and the answers to coupled facts.
type State = (NodeId, Values);

/// The courses an interview can take from here.
pub(super) struct Lookahead<'l, 'a> {
    law: &'l Law<'a>,
    known: Known,
    declined: BTreeSet<FactIndex>,
    regions: HashMap<FactIndex, Vec<Value>>,
    /// Facts whose answers say something about other facts.
    coupled: BTreeSet<FactIndex>,
    chosen: HashMap<NodeId, Option<FactIndex>>,
    done: HashMap<State, (usize, usize)>,
}

impl<'l, 'a> Lookahead<'l, 'a> {
    pub(super) fn new(law: &'l Law<'a>, known: Known, declined: BTreeSet<FactIndex>) -> Self {
        let mut coupled: BTreeSet<FactIndex> =
            law.base.vocabulary().contradictions.iter().flat_map(|c| c.when.facts()).collect();
        let place = |id: &String| law.names().iter().position(|f| &f.id == id).map(FactIndex);
        let parts = |f: &'a FactDefinition| f.never_below.iter().chain(f.sum.iter().flat_map(|sum| &sum.of));
        coupled.extend(law.names().iter().flat_map(parts).filter_map(place));
        let (regions, chosen, done) = (HashMap::new(), HashMap::new(), HashMap::new());
        Lookahead { law, known, declined, regions, coupled, chosen, done }
    }

    /// The next question at a node: the best of those not declined.
    pub(super) fn choose(&mut self, possible: &mut Possible, node: NodeId) -> Option<FactIndex> {
        if let Some(chosen) = self.chosen.get(&node) {
            return *chosen;
        }
        let chosen = ranked(possible, node).into_iter().find(|fact| !self.declined.contains(fact));
        self.chosen.insert(node, chosen);
        chosen
    }

    /// The fewest and the most questions from a node on.
    pub(super) fn bounds(&mut self, possible: &mut Possible, root: NodeId) -> (usize, usize) {
        let known = self.known.values.clone();
        self.follow(possible, root, known).unwrap_or_else(|| {
            let most = possible.support(root).difference(&self.declined).count();
            (most.min(1), most)
        })
    }

    /// `None` where there are too many courses to follow.
    fn follow(&mut self, possible: &mut Possible, node: NodeId, facts: Values) -> Option<(usize, usize)> {
        let (node, facts) = self.consequences(possible, node, facts);
        let key = (node, self.coupled.iter().map(|fact| facts[fact.0].clone()).collect::<Vec<_>>());
        if let Some(bounds) = self.done.get(&key) {
            return Some(*bounds);
        }
        // Nodes are numbered as they are made.
        if self.done.len() >= STATES || node >= NODES {
            return None;
        }
        let bounds = match self.choose(possible, node) {
            None => (0, 0),
            Some(fact) => {
                let values = self.regions_of(fact);
                let (mut fewest, mut most) = (usize::MAX, 0);
                for (region, next) in after(possible, node, fact) {
                    let mut told = facts.clone();
                    told[fact.0] = values.get(region).cloned();
                    if self.contradicts(&told) {
                        continue;
                    }
                    let (least, greatest) = self.follow(possible, next, told)?;
                    fewest = fewest.min(least + 1);
                    most = most.max(greatest + 1);
                }
                (fewest.min(most), most)
            }
        };
        self.done.insert(key, bounds);
        Some(bounds)
    }

    /// What the answers so far say of facts not asked: a value that alone contradicts nothing is taken.
    fn consequences(&mut self, possible: &mut Possible, mut node: NodeId, mut facts: Values) -> (NodeId, Values) {
        for fact in possible.support(node) {
            if !self.coupled.contains(&fact) && self.law.names()[fact.0].never_below.is_empty() {
                continue;
            }
            let values = self.regions_of(fact);
            let floor = self.floor(fact, &facts);
            let fits = |region: &usize| {
                let mut told = facts.clone();
                told[fact.0] = Some(values[*region].clone());
                let below = matches!(values.get(region + 1), Some(Value::Count(next)) if *next <= floor);
                !below && !self.contradicts(&told)
            };
            let mut left = (0..values.len()).filter(fits);
            if let (Some(only), None) = (left.next(), left.next()) {
                facts[fact.0] = Some(values[only].clone());
                node = possible.given(node, fact, only);
            }
        }
        (node, facts)
    }

    fn floor(&self, fact: FactIndex, facts: &Values) -> u64 {
        let parts = self.law.names()[fact.0].never_below.iter();
        let place = |id: &String| self.law.names().iter().position(|f| &f.id == id);
        let counts = parts.filter_map(place).filter_map(|at| match facts[at] {
            Some(Value::Count(n)) => Some(n),
            _ => None,
        });
        counts.max().unwrap_or(0)
    }

    fn contradicts(&self, facts: &Values) -> bool {
        self.law.base.vocabulary().contradictions.iter().any(|c| c.when.truth(facts.as_slice()) == Truth::True)
    }

    /// One value for each region, as the diagram splits them.
    fn regions_of(&mut self, fact: FactIndex) -> Vec<Value> {
        let numbering = &self.law.numberings[fact.0];
        let codes = numbering.codes_from(self.known.floors[fact.0]);
        let made = || codes.into_iter().filter_map(|code| numbering.value(code).cloned()).collect();
        self.regions.entry(fact).or_insert_with(made).clone()
    }
}
