//! A reduced decision diagram: the outcome as a function of the unknown facts.
//!
//! Facts are split in the order of `facts.toml` and equal subtrees are one node, so the diagram is canonical: a fact occurs
//! in it exactly if some completion of the others lets it change the outcome.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::book::definition::FactIndex;
use crate::{Path, Status};

/// How one complete state of knowledge comes out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Signature {
    Refused,
    Paths(Vec<Path>),
    /// Ids of judgement rules, and of facts whose value stands for a judgement.
    Judgement(Vec<String>),
}

pub(crate) type NodeId = usize;

/// Facts, a bit each: a vocabulary has no more than [`MOST_FACTS`].
type FactSet = u128;

/// The most facts a vocabulary can have.
pub(crate) const MOST_FACTS: usize = FactSet::BITS as usize;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Leaf(Signature),
    Split(FactIndex, Arc<[NodeId]>),
}

/// The outcome as a function of the unknown facts, and what all its cases rest on.
#[derive(Debug, Default)]
pub(crate) struct Possible {
    nodes: Vec<Node>,
    /// The facts that stand below each node.
    below: Vec<FactSet>,
    index: FxHashMap<Node, NodeId>,
    /// What [`Possible::given`] found before, by [`asked`]: a node never changes.
    given: FxHashMap<u64, NodeId>,
    pub(crate) root: NodeId,
    /// Paths of all cases together.
    pub(crate) paths: BTreeSet<Path>,
    /// Rules that decide in some case.
    pub(crate) deciding: BTreeSet<usize>,
    /// Path rules that in some case decide and no other does.
    pub(crate) alone: BTreeSet<usize>,
    /// Pairs of path rules that in some case decide side by side; those of which one was left open only if asked for.
    pub(crate) together: BTreeSet<(usize, usize)>,
    /// The weakest status in any case.
    pub(crate) certainty: Option<Status>,
    /// The readings needed in some case: rule, and place among its readings.
    pub(crate) readings: BTreeSet<(usize, usize)>,
}

impl Possible {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// The one outcome, if nothing unknown can change it.
    pub(crate) fn settled(&self) -> Option<&Signature> {
        match &self.nodes[self.root] {
            Node::Leaf(signature) => Some(signature),
            Node::Split(..) => None,
        }
    }

    /// A node of which there is only one of its kind; a split whose cases do not differ is no split.
    pub(crate) fn intern(&mut self, node: Node) -> NodeId {
        if let Node::Split(_, children) = &node
            && children.iter().all(|child| *child == children[0])
        {
            return children[0];
        }
        if let Some(id) = self.index.get(&node) {
            return *id;
        }
        let id = self.nodes.len();
        self.below.push(match &node {
            Node::Leaf(_) => 0,
            Node::Split(fact, children) => children.iter().fold(1 << fact.0, |facts, child| facts | self.below[*child]),
        });
        self.nodes.push(node.clone());
        self.index.insert(node, id);
        id
    }

    /// The facts the outcome depends on below a node.
    pub(crate) fn support(&self, from: NodeId) -> BTreeSet<FactIndex> {
        (0..MOST_FACTS).map(FactIndex).filter(|fact| self.depends(from, *fact)).collect()
    }

    /// How many facts those are.
    pub(crate) fn breadth(&self, from: NodeId) -> usize {
        self.below[from].count_ones() as usize
    }

    fn depends(&self, from: NodeId, fact: FactIndex) -> bool {
        self.below[from] >> fact.0 & 1 == 1
    }

    /// Into how many regions a fact is split below a node: everywhere into the same; 0 where the outcome does not depend on it.
    pub(crate) fn regions(&self, from: NodeId, fact: FactIndex) -> usize {
        match &self.nodes[from] {
            Node::Split(split, children) if *split == fact => children.len(),
            Node::Split(_, children) => {
                let next = children.iter().find(|child| self.depends(**child, fact));
                next.map_or(0, |child| self.regions(*child, fact))
            }
            Node::Leaf(_) => 0,
        }
    }

    /// The node that remains when a fact turns out to lie in one region.
    pub(crate) fn given(&mut self, from: NodeId, fact: FactIndex, region: usize) -> NodeId {
        if !self.depends(from, fact) {
            return from;
        }
        let asked = asked(from, fact, region);
        if let Some(id) = self.given.get(&asked) {
            return *id;
        }
        let id = match self.nodes[from].clone() {
            Node::Leaf(_) => from,
            Node::Split(split, children) if split == fact => children[region],
            Node::Split(split, children) => {
                let children = children.iter().map(|child| self.given(*child, fact, region)).collect();
                self.intern(Node::Split(split, children))
            }
        };
        self.given.insert(asked, id);
        id
    }
}

/// A node, a fact and a region as one number: half of what the three take, and it is looked up more often than anything else.
fn asked(from: NodeId, fact: FactIndex, region: usize) -> u64 {
    const { assert!(MOST_FACTS <= 1 << 8) };
    (from as u64) << 24 | (region as u64) << 8 | fact.0 as u64
}
