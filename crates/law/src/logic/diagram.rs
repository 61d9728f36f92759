//! A reduced decision diagram: the outcome as a function of the unknown facts.
//!
//! Facts are split in the order of `facts.toml` and equal subtrees are one node, so the diagram is canonical: a fact occurs
//! in it exactly if some completion of the others lets it change the outcome.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Leaf(Signature),
    Split(FactIndex, Vec<NodeId>),
}

/// The outcome as a function of the unknown facts, and what all its cases rest on.
#[derive(Debug, Default)]
pub(crate) struct Possible {
    nodes: Vec<Node>,
    index: HashMap<Node, NodeId>,
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
        self.nodes.push(node.clone());
        self.index.insert(node, id);
        id
    }

    /// The facts the outcome depends on below a node.
    pub(crate) fn support(&self, from: NodeId) -> BTreeSet<FactIndex> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![from];
        while let Some(id) = waiting.pop() {
            if let Node::Split(fact, children) = &self.nodes[id]
                && seen.insert(id)
            {
                found.insert(*fact);
                waiting.extend(children);
            }
        }
        found
    }

    /// Whether on every way down the facts come in the order of `facts.toml`.
    pub(crate) fn is_ordered(&self) -> bool {
        let split = |id: &NodeId| if let Node::Split(fact, _) = &self.nodes[*id] { Some(*fact) } else { None };
        self.nodes.iter().all(|node| match node {
            Node::Leaf(_) => true,
            Node::Split(fact, children) => children.iter().filter_map(split).all(|below| below > *fact),
        })
    }

    /// The node that remains when a fact turns out to lie in one region.
    pub(crate) fn given(&mut self, from: NodeId, fact: FactIndex, region: usize) -> NodeId {
        self.given_memo(from, fact, region, &mut BTreeMap::new())
    }

    fn given_memo(
        &mut self,
        from: NodeId,
        fact: FactIndex,
        region: usize,
        done: &mut BTreeMap<NodeId, NodeId>,
    ) -> NodeId {
        if let Some(id) = done.get(&from) {
            return *id;
        }
        let id = match self.nodes[from].clone() {
            Node::Leaf(_) => from,
            Node::Split(split, children) if split == fact => children[region],
            Node::Split(split, children) => {
                let children = children.iter().map(|c| self.given_memo(*c, fact, region, done)).collect();
                self.intern(Node::Split(split, children))
            }
        };
        done.insert(from, id);
        id
    }
}
