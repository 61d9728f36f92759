//! Everything that is still possible: a case split over the regions of each unknown fact.
//!
//! The outcome of every case goes into a diagram ([`crate::logic::diagram`]), which makes `paths` and `questions` exact.

use std::collections::{BTreeSet, HashMap};

use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::condition::Truth;
use crate::logic::diagram::{Node, NodeId, Possible, Signature};
use crate::logic::evaluate::{Judged, Verdict};
use crate::logic::facts::Value;
use crate::logic::inforce::{Assignment, Law, judgement_facts};
use crate::logic::regions::regions;
use crate::{LawError, Path};

/// The split under way.
struct Split<'l, 'a> {
    law: &'l Law<'a>,
    /// Facts whose value stands for a judgement, with what it may turn out to be.
    judged: Vec<(FactIndex, Vec<Value>)>,
    regions: Vec<Vec<Value>>,
    possible: Possible,
    /// Nodes by what is left open: facts that no longer matter do not split the work again.
    done: HashMap<Vec<u8>, NodeId>,
}

/// Splits the unknown facts into their cases. Facts that contradict what is known in every region but one take that one.
pub(crate) fn explore(law: &Law<'_>, known: &Assignment) -> Result<Possible, LawError> {
    let mut facts = known.clone();
    let mut all: Vec<Vec<Value>> = Vec::with_capacity(facts.len());
    for (n, definition) in law.names().iter().enumerate() {
        let unknown = facts[n].is_none();
        let cases = || regions(FactIndex(n), definition, law.conditions(), law.floors[n]);
        all.push(if unknown { cases() } else { Vec::new() });
    }
    narrow(law, &mut facts, &mut all);
    let judged = judgement_facts(law.names(), &facts);
    let mut split = Split { law, judged, regions: all, possible: Possible::default(), done: HashMap::new() };
    split.possible.root = split.grow(&mut facts)?;
    Ok(split.possible)
}

/// Takes away regions that contradict what is known: persons were counted, so the data is personal.
fn narrow(law: &Law<'_>, facts: &mut Assignment, regions: &mut [Vec<Value>]) {
    for contradiction in &law.base.vocabulary().contradictions {
        for fact in contradiction.when.facts() {
            if facts[fact.0].is_some() {
                continue;
            }
            regions[fact.0].retain(|value| {
                facts[fact.0] = Some(value.clone());
                contradiction.when.truth(facts.as_slice()) != Truth::True
            });
            facts[fact.0] = None;
            if let [only] = regions[fact.0].as_slice() {
                facts[fact.0] = Some(only.clone());
            }
        }
    }
}

impl Split<'_, '_> {
    fn grow(&mut self, facts: &mut Assignment) -> Result<NodeId, LawError> {
        let trace = self.trace(facts);
        if let Some(node) = self.done.get(&trace) {
            return Ok(*node);
        }
        let node = match self.settle(facts)? {
            Ok(signature) => self.possible.intern(Node::Leaf(signature)),
            Err(fact) => self.split(fact, facts)?,
        };
        self.done.insert(trace, node);
        Ok(node)
    }

    fn split(&mut self, next: FactIndex, facts: &mut Assignment) -> Result<NodeId, LawError> {
        let mut children = Vec::new();
        for value in self.regions[next.0].clone() {
            facts[next.0] = Some(value);
            children.push(self.grow(facts)?);
        }
        facts[next.0] = None;
        Ok(self.possible.intern(Node::Split(next, children)))
    }

    /// How far every condition is settled, under every reading of the judgement facts.
    fn trace(&self, facts: &Assignment) -> Vec<u8> {
        let mut trace = Vec::new();
        for assignment in self.readings(facts).iter().chain(std::iter::once(facts)) {
            for rule in &self.law.rules {
                rule.when.trace(assignment.as_slice(), &mut trace);
                rule.readings.iter().for_each(|r| r.when.trace(assignment.as_slice(), &mut trace));
            }
            self.law.beside().for_each(|condition| condition.trace(assignment.as_slice(), &mut trace));
        }
        trace
    }

    /// The outcome if nothing that matters is open, or else the fact to split next.
    fn settle(&mut self, facts: &Assignment) -> Result<Result<Signature, FactIndex>, LawError> {
        let mut open = BTreeSet::new();
        let holds = self.law.judgements(facts, &mut open);
        let mut cases = Vec::new();
        let readings = self.readings(facts);
        let expected = readings.len();
        for reading in readings {
            if let Some(judged) = self.law.judge(&reading, &mut open)? {
                cases.push((reading, judged));
            }
        }
        // A prohibition that holds under every reading settles the matter, whatever else is open.
        let refused = cases.len() == expected && cases.iter().all(|(_, judged)| judged.verdict == Verdict::Stop);
        if let (false, Some(next)) = (refused, open.first()) {
            return Ok(Err(*next));
        }
        let holds = if refused { BTreeSet::new() } else { holds.unwrap_or_default() };
        self.note(facts, &cases, &holds);
        if refused {
            return Ok(Ok(Signature::Refused));
        }
        let mut ids: BTreeSet<String> = holds.iter().map(|n| self.law.rules[*n].id.clone()).collect();
        let read: BTreeSet<FactIndex> = holds.iter().flat_map(|n| self.law.rules[*n].when.facts()).collect();
        ids.extend(self.matters(&cases).difference(&read).map(|f| self.law.names()[f.0].id.clone()));
        Ok(Ok(match &cases[0].1.verdict {
            _ if !ids.is_empty() => Signature::Judgement(ids.into_iter().collect()),
            Verdict::Paths(paths) => Signature::Paths(paths.iter().copied().collect()),
            Verdict::Stop => Signature::Refused,
        }))
    }

    /// The facts with each judgement value replaced by what it may turn out to be, in every combination.
    fn readings(&self, facts: &Assignment) -> Vec<Assignment> {
        let mut all = vec![facts.clone()];
        for (fact, values) in &self.judged {
            all = all
                .iter()
                .flat_map(|assignment| {
                    values.iter().map(|value| {
                        let mut reading = assignment.clone();
                        reading[fact.0] = Some(value.clone());
                        reading
                    })
                })
                .collect();
        }
        all
    }

    /// The judgement facts on which the verdict turns: two readings that differ in nothing else come out differently.
    fn matters(&self, cases: &[(Assignment, Judged)]) -> BTreeSet<FactIndex> {
        let alike_but = |a: &Assignment, b: &Assignment, fact: FactIndex| {
            self.judged.iter().all(|(other, _)| *other == fact || a[other.0] == b[other.0])
        };
        let turns = |fact: &FactIndex| {
            cases
                .iter()
                .any(|(a, one)| cases.iter().any(|(b, other)| alike_but(a, b, *fact) && one.verdict != other.verdict))
        };
        self.judged.iter().map(|(fact, _)| *fact).filter(turns).collect()
    }

    /// Records what this case adds to the whole: paths, deciding rules, certainty, readings.
    fn note(&mut self, facts: &Assignment, cases: &[(Assignment, Judged)], holds: &BTreeSet<usize>) {
        let law = self.law;
        let possible = &mut self.possible;
        let mut rests_on = |rule: usize, assignment: &Assignment| {
            let status = law.status(rule, assignment);
            possible.certainty = possible.certainty.max(Some(status));
            let needed = law.rules[rule].readings.iter();
            let needed = needed.filter(|r| r.when.truth(assignment.as_slice()) != Truth::False);
            possible.readings.extend(needed.map(|r| r.text.clone()));
        };
        for (assignment, judged) in cases {
            for n in &judged.deciding {
                rests_on(*n, assignment);
            }
        }
        for n in holds {
            rests_on(*n, facts);
        }
        for (_, judged) in cases {
            // A rule set aside counts by its text; how it would have been read no longer matters.
            let weighed = judged.weighed.iter().map(|n| law.rules[*n].status);
            possible.certainty = possible.certainty.max(weighed.max());
            match &judged.verdict {
                Verdict::Stop => {
                    possible.paths.insert(Path::Stop);
                }
                Verdict::Paths(paths) => possible.paths.extend(paths),
            }
            possible.deciding.extend(&judged.deciding);
        }
        for n in holds {
            if let Effect::Judgement { possible: may, .. } = &law.rules[*n].effect {
                possible.paths.extend(may);
            }
            possible.deciding.insert(*n);
        }
    }
}
