//! The courses an interview can take from where it stands: how many questions follow at best and at worst.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::answer::ask::ranking::{Costs, after, ranked};
use crate::book::definition::{FactDefinition, FactIndex};
use crate::logic::condition::Truth;
use crate::logic::diagram::{NodeId, Possible};
use crate::logic::facts::Value;
use crate::logic::inforce::Law;
use crate::logic::known::{Known, Values};

/// States looked at before the bounds are taken from the support instead.
const STATES: usize = 1_500;
/// And so many nodes of the diagram.
const NODES: usize = 50_000;

/// What remains of the diagram, and the answers to coupled facts.
type State = (NodeId, Values);

/// The courses an interview can take from here.
pub(super) struct Lookahead<'l, 'a> {
    law: &'l Law<'a>,
    known: Known,
    declined: BTreeSet<FactIndex>,
    regions: HashMap<FactIndex, Rc<[Value]>>,
    /// Facts whose answers say something about other facts.
    coupled: BTreeSet<FactIndex>,
    chosen: HashMap<NodeId, Option<FactIndex>>,
    costs: Costs,
    done: HashMap<State, (usize, usize)>,
}

impl<'l, 'a> Lookahead<'l, 'a> {
    pub(super) fn new(law: &'l Law<'a>, known: Known, declined: BTreeSet<FactIndex>) -> Self {
        let mut coupled: BTreeSet<FactIndex> =
            law.base.vocabulary().contradictions.iter().flat_map(|c| c.when.facts()).collect();
        let place = |id: &String| law.names().iter().position(|f| &f.id == id).map(FactIndex);
        let parts = |f: &'a FactDefinition| f.never_below.iter().chain(f.sum.iter().flat_map(|sum| &sum.of));
        coupled.extend(law.names().iter().flat_map(parts).filter_map(place));
        let (regions, chosen, costs, done) = (HashMap::new(), HashMap::new(), Costs::new(), HashMap::new());
        Lookahead { law, known, declined, regions, coupled, chosen, costs, done }
    }

    /// The next question at a node: the best of those not declined.
    pub(super) fn choose(&mut self, possible: &mut Possible, node: NodeId) -> Option<FactIndex> {
        if let Some(chosen) = self.chosen.get(&node) {
            return *chosen;
        }
        let chosen = ranked(possible, node, &mut self.costs).into_iter().find(|fact| !self.declined.contains(fact));
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
            let before = facts[fact.0].take();
            let mut fits = |region: &usize| {
                let below = matches!(values.get(region + 1), Some(Value::Count(next)) if *next <= floor);
                facts[fact.0] = Some(values[*region].clone());
                !below && !self.contradicts(&facts)
            };
            let mut left = (0..values.len()).filter(|region| fits(region));
            let only = left.next().filter(|_| left.next().is_none());
            facts[fact.0] = match only {
                Some(only) => Some(values[only].clone()),
                None => before,
            };
            if let Some(only) = only {
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
    fn regions_of(&mut self, fact: FactIndex) -> Rc<[Value]> {
        let made = || {
            let numbering = &self.law.numberings[fact.0];
            let codes = numbering.codes_from(self.known.floors[fact.0]);
            codes.into_iter().filter_map(|code| numbering.value(code).cloned()).collect()
        };
        Rc::clone(self.regions.entry(fact).or_insert_with(made))
    }
}
