//! Invariant I1 proved over the decision diagram of a day: of a fact that must never be lighter for being greater, no case is.

use std::collections::HashSet;

use crate::checks::{Finding, FindingKind};
use crate::logic::diagram::{Node, NodeId, Possible, Signature};
use crate::logic::inforce::Law;

/// For every fact marked `never_lighter`, a finding where one region gives a lighter outcome than the region before it, all
/// other facts being the same. Where a person has to judge, outcomes cannot be compared and are not.
pub(super) fn lighter(law: &Law<'_>, possible: &mut Possible) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut search = Search { possible, seen: HashSet::new() };
    let mut waiting = vec![search.possible.root];
    let mut met = HashSet::new();
    while let Some(id) = waiting.pop() {
        let Node::Split(fact, children) = search.possible.node(id).clone() else {
            continue;
        };
        if !met.insert(id) {
            continue;
        }
        let definition = &law.names()[fact.0];
        if definition.never_lighter {
            for pair in children.windows(2) {
                if let Some((less, more)) = search.lighter_case(pair[0], pair[1]) {
                    let what = format!("a greater `{}` turns {} into {}", definition.id, words(&less), words(&more));
                    findings.push(Finding { kind: FindingKind::Lighter, rules: Vec::new(), on: law.on, what });
                }
            }
        }
        waiting.extend(children.iter());
    }
    findings.dedup();
    findings
}

struct Search<'p> {
    possible: &'p mut Possible,
    /// Pairs of nodes already compared.
    seen: HashSet<(NodeId, NodeId)>,
}

impl Search<'_> {
    /// Two outcomes of the same case, the second lighter than the first, where there are such.
    fn lighter_case(&mut self, less: NodeId, more: NodeId) -> Option<(Signature, Signature)> {
        if less == more || !self.seen.insert((less, more)) {
            return None;
        }
        let (fact, regions) = match (self.possible.node(less), self.possible.node(more)) {
            (Node::Leaf(a), Node::Leaf(b)) => return is_lighter(a, b).then(|| (a.clone(), b.clone())),
            (Node::Split(a, children), Node::Split(b, _)) if a <= b => (*a, children.len()),
            (_, Node::Split(fact, children)) | (Node::Split(fact, children), Node::Leaf(_)) => (*fact, children.len()),
        };
        (0..regions).find_map(|region| {
            let one = self.possible.given(less, fact, region);
            let other = self.possible.given(more, fact, region);
            self.lighter_case(one, other)
        })
    }
}

/// Lighter by its lightest or by its heaviest choice.
fn is_lighter(less: &Signature, more: &Signature) -> bool {
    let weights = |signature: &Signature| match signature {
        Signature::Refused => Some((4, 4)),
        Signature::Paths(paths) => {
            let weights = || paths.iter().map(|path| path.weight());
            weights().min().zip(weights().max())
        }
        Signature::Judgement(_) => None,
    };
    match (weights(less), weights(more)) {
        (Some(less), Some(more)) => more.0 < less.0 || more.1 < less.1,
        _ => false,
    }
}

fn words(signature: &Signature) -> String {
    match signature {
        Signature::Refused => "a refusal".to_owned(),
        Signature::Paths(paths) => paths.iter().map(|path| path.name()).collect::<Vec<_>>().join(" or "),
        Signature::Judgement(ids) => format!("a judgement ({})", ids.join(", ")),
    }
}
