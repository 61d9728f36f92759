//! What to ask next: only what can still change the outcome, and first what decides soonest.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::answer::determination::{Question, QuestionKind};
use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::diagram::{Node, NodeId, Possible, Signature};
use crate::logic::inforce::Law;

/// The questions on which the outcome still rests.
///
/// Best first: the fact after whose answer, every answer weighing the same, the fewest facts remain to be asked; of equals
/// the one that `facts.toml` names first.
pub(crate) fn questions(law: &Law<'_>, possible: &mut Possible) -> Vec<Question> {
    match possible.settled().cloned() {
        Some(Signature::Judgement(ids)) => ids.iter().filter_map(|id| judgement(law, id)).collect(),
        Some(Signature::Paths(_) | Signature::Refused) => Vec::new(),
        None => {
            let mut ranked: Vec<(FactIndex, usize, usize)> = Vec::new();
            for fact in possible.support(possible.root) {
                let (remaining, answers) = remaining(possible, fact);
                ranked.push((fact, remaining, answers));
            }
            // Compares remaining/answers without a fraction; the sort is stable, so equals keep the file's order.
            let soonest = |a: &(FactIndex, usize, usize), b: &(FactIndex, usize, usize)| -> Ordering {
                (a.1 * b.2).cmp(&(b.1 * a.2))
            };
            ranked.sort_by(soonest);
            ranked.into_iter().map(|(fact, _, _)| plain(law, fact)).collect()
        }
    }
}

/// How many facts remain after asking, summed over the answers, and how many answers there are. Regions that lead to the
/// same place are one answer.
fn remaining(possible: &mut Possible, fact: FactIndex) -> (usize, usize) {
    let answers: BTreeSet<NodeId> =
        (0..regions_of(possible, fact)).map(|region| possible.given(possible.root, fact, region)).collect();
    let sum = answers.iter().map(|node| possible.support(*node).len()).sum();
    (sum, answers.len().max(1))
}

fn regions_of(possible: &Possible, fact: FactIndex) -> usize {
    let mut waiting = vec![possible.root];
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

fn plain(law: &Law<'_>, fact: FactIndex) -> Question {
    let definition = &law.names()[fact.0];
    Question {
        fact: definition.id.clone(),
        kind: QuestionKind::Fact,
        text: definition.question.clone(),
        cite: definition.cite.clone(),
        options: definition.values.clone(),
    }
}

/// The legal question behind an id: a judgement rule's own, or that of a fact's judgement value.
fn judgement(law: &Law<'_>, id: &str) -> Option<Question> {
    if let Some(rule) = law.rules.iter().find(|r| r.id == id) {
        let Effect::Judgement { asks, .. } = &rule.effect else {
            return None;
        };
        let mut fact = None;
        rule.when.each_test(&mut |read, _| fact = Some(read));
        return Some(Question {
            fact: fact.map(|f| law.names()[f.0].id.clone()).unwrap_or_default(),
            kind: QuestionKind::Judgement,
            text: asks.clone(),
            cite: format!("{} art {}", rule.instrument_short, rule.article),
            options: Vec::new(),
        });
    }
    let definition = law.names().iter().find(|f| f.id == id)?;
    let judgement = definition.judgement.as_ref()?;
    Some(Question {
        fact: definition.id.clone(),
        kind: QuestionKind::Judgement,
        text: judgement.asks.clone(),
        cite: judgement.cite.clone(),
        options: judgement.stands_for.clone(),
    })
}
