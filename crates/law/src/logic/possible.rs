//! Everything that is still possible: a case split over the regions of each unknown fact.
//!
//! The outcome of every case goes into a diagram ([`crate::logic::diagram`]), which makes `paths` and `questions` exact.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::compiled::Compiled;
use crate::logic::condition::Truth;
use crate::logic::diagram::{Node, NodeId, Possible, Signature};
use crate::logic::evaluate::{Judged, Verdict};
use crate::logic::inforce::Law;
use crate::logic::known::Known;
use crate::logic::regions::{Code, Numbering, UNKNOWN};
use crate::logic::truths::Truths;
use crate::{LawError, Path};

/// The split under way.
struct Split<'l, 'a> {
    law: &'l Law<'a>,
    /// Facts whose value stands for a judgement, with what it may turn out to be.
    judged: Vec<(FactIndex, Vec<Code>)>,
    /// The regions in which each unknown fact may lie.
    regions: Vec<Vec<Code>>,
    possible: Possible,
    /// Whether to look for pairs of rules that say the same where one was left open: the answer does not need it.
    pairs: bool,
    /// Every condition on which an outcome may rest.
    conditions: Vec<&'l Compiled>,
    /// Rules, with the places of theirs among them.
    places: Vec<(usize, usize)>,
    /// Nodes by what is left open: facts that no longer matter do not split the work again.
    done: FxHashMap<Vec<u8>, NodeId>,
}

/// How far the conditions are settled, under every reading of the judgement facts. What is settled stays so however much
/// more is known, so that only the rest is looked at again.
#[derive(Clone)]
struct Settled {
    /// The truth values, two bits each.
    truths: Vec<u8>,
    /// The conditions still open: reading, and place among the conditions.
    open: Vec<(usize, usize)>,
}

impl Settled {
    /// The truth at a place; of an open condition unknown.
    fn truth(&self, place: usize) -> Truth {
        match self.truths[place / 4] >> (place % 4 * 2) & 3 {
            1 => Truth::False,
            3 => Truth::True,
            _ => Truth::Unknown,
        }
    }
}

/// Splits the unknown facts into their cases. Facts that contradict what is known in every region but one take that one.
pub(crate) fn explore(law: &Law<'_>, known: &Known) -> Result<Possible, LawError> {
    explore_codes(law, law.codes(known), &known.floors)
}

/// The same for facts given by the numbers of their regions, unknown counts lying at `floors` or above (of a fact without a floor, anywhere).
pub(crate) fn explore_codes(law: &Law<'_>, codes: Vec<Code>, floors: &[u64]) -> Result<Possible, LawError> {
    explored(law, codes, floors, false)
}

/// The same, and every pair of path rules that decide side by side is found, also where the answer leaves one of them open.
pub(crate) fn explore_pairs(law: &Law<'_>, codes: Vec<Code>) -> Result<Possible, LawError> {
    explored(law, codes, &[], true)
}

fn explored(law: &Law<'_>, mut codes: Vec<Code>, floors: &[u64], pairs: bool) -> Result<Possible, LawError> {
    let unknown = |n: usize| codes[n] == UNKNOWN;
    let cases = |(n, numbering): (usize, &Numbering)| match floors.get(n).copied().unwrap_or(0) {
        _ if !unknown(n) => Vec::new(),
        0 => numbering.codes().collect(),
        least => numbering.codes_from(least),
    };
    let mut regions: Vec<Vec<Code>> = law.numberings.iter().enumerate().map(cases).collect();
    narrow(law, &mut codes, &mut regions);
    let judged = law.judged(&codes);
    let conditions: Vec<&Compiled> = law.conditions().collect();
    let variants = variants(&judged, &codes).len();
    let nothing = Settled {
        truths: vec![0; (variants * conditions.len()).div_ceil(4)],
        open: (0..variants).flat_map(|variant| (0..conditions.len()).map(move |n| (variant, n))).collect(),
    };
    let (possible, done) = (Possible::default(), FxHashMap::default());
    let mut split = Split { law, judged, regions, possible, pairs, conditions, places: law.places(), done };
    split.possible.root = split.grow(&mut codes, &nothing)?;
    Ok(split.possible)
}

/// Takes away regions that contradict what is known: persons were counted, so the data is personal.
fn narrow(law: &Law<'_>, codes: &mut [Code], regions: &mut [Vec<Code>]) {
    for (condition, facts) in law.contradictions() {
        for fact in facts {
            if codes[fact.0] != UNKNOWN {
                continue;
            }
            regions[fact.0].retain(|code| {
                codes[fact.0] = *code;
                condition.truth(codes) != Truth::True
            });
            codes[fact.0] = UNKNOWN;
            if let [only] = regions[fact.0].as_slice() {
                codes[fact.0] = *only;
            }
        }
    }
}

impl Split<'_, '_> {
    fn grow(&mut self, codes: &mut Vec<Code>, before: &Settled) -> Result<NodeId, LawError> {
        let variants = variants(&self.judged, codes);
        let (settled, trace) = self.trace(&variants, before);
        if let Some(node) = self.done.get(&trace) {
            return Ok(*node);
        }
        let node = match self.settle(&variants, &settled)? {
            Ok(signature) => self.possible.intern(Node::Leaf(signature)),
            Err(fact) => self.split(fact, codes, &settled)?,
        };
        self.done.insert(trace, node);
        Ok(node)
    }

    fn split(&mut self, next: FactIndex, codes: &mut Vec<Code>, settled: &Settled) -> Result<NodeId, LawError> {
        let mut children = Vec::new();
        for code in self.regions[next.0].clone() {
            codes[next.0] = code;
            children.push(self.grow(codes, settled)?);
        }
        codes[next.0] = UNKNOWN;
        Ok(self.possible.intern(Node::Split(next, children.into())))
    }

    /// How far every condition is settled now, and the same written down: of a settled one its truth, of an open one how far
    /// each of its parts is.
    fn trace(&self, variants: &[Vec<Code>], before: &Settled) -> (Settled, Vec<u8>) {
        let mut settled = Settled { truths: before.truths.clone(), open: Vec::with_capacity(before.open.len()) };
        let mut parts = Vec::new();
        for (variant, n) in &before.open {
            let at = parts.len();
            match self.conditions[*n].trace(&variants[*variant], &mut parts) {
                Truth::Unknown => settled.open.push((*variant, *n)),
                truth => {
                    parts.truncate(at);
                    let place = variant * self.conditions.len() + n;
                    settled.truths[place / 4] |= (1 + truth as u8) << (place % 4 * 2);
                }
            }
        }
        parts.extend_from_slice(&settled.truths);
        (settled, parts)
    }

    /// One variant of the case, with the truths that are written down already.
    fn truths<'c>(&self, variants: &'c [Vec<Code>], n: usize, settled: &Settled) -> Truths<'_, '_, 'c> {
        let first = n * self.conditions.len();
        let known = self.places.iter().map(|(rule, place)| (*rule, settled.truth(first + place)));
        Truths::knowing(self.law, &variants[n], known)
    }

    /// The outcome if nothing that matters is open, or else the fact to split next.
    fn settle(&mut self, variants: &[Vec<Code>], settled: &Settled) -> Result<Result<Signature, FactIndex>, LawError> {
        let mut open = BTreeSet::new();
        let expected = if self.judged.is_empty() { 1 } else { variants.len() - 1 };
        let itself = variants.len() - 1;
        let codes = &variants[itself];
        let holds = self.truths(variants, itself, settled).judgements(&mut open);
        let mut cases = Vec::new();
        for (n, reading) in variants[..expected].iter().enumerate() {
            if let Some(judged) = self.truths(variants, n, settled).judge(&mut open)? {
                cases.push((reading.as_slice(), judged));
            }
        }
        // A prohibition that holds under every reading settles the matter, whatever else is open.
        let refused = cases.len() == expected && cases.iter().all(|(_, judged)| judged.verdict == Verdict::Stop);
        if let (false, Some(next)) = (refused, open.first()) {
            return Ok(Err(*next));
        }
        let holds = if refused { Vec::new() } else { holds.unwrap_or_default() };
        self.note(codes, &cases, &holds);
        if self.pairs {
            self.note_moot(&cases);
        }
        if refused {
            return Ok(Ok(Signature::Refused));
        }
        let mut ids: BTreeSet<String> = holds.iter().map(|n| self.law.rules[*n].id.clone()).collect();
        let read: BTreeSet<FactIndex> = holds.iter().flat_map(|n| self.law.rules[*n].when.facts()).collect();
        ids.extend(self.matters(&cases).difference(&read).map(|f| self.law.names()[f.0].id.clone()));
        Ok(Ok(match &cases[0].1.verdict {
            _ if !ids.is_empty() => Signature::Judgement(ids.into_iter().collect()),
            Verdict::Paths(paths) => Signature::Paths(paths.iter().collect()),
            Verdict::Stop => Signature::Refused,
        }))
    }

    /// Records the rules left open that would in some case decide beside one that says the same.
    fn note_moot(&mut self, cases: &[(&[Code], Judged)]) {
        for (codes, judged) in cases {
            for moot in &judged.moot {
                for standing in judged.deciding.iter().filter(|n| self.law.kinds.paths.binary_search(n).is_ok()) {
                    let pair = (*standing.min(moot), *standing.max(moot));
                    if !self.possible.together.contains(&pair) {
                        let facts: Vec<FactIndex> = self.law.rules[*moot].when.facts().into_iter().collect();
                        if self.side_by_side(*standing, *moot, &facts, &mut codes.to_vec()) {
                            self.possible.together.insert(pair);
                            self.possible.deciding.insert(*moot);
                        }
                    }
                }
            }
        }
    }

    /// Whether some values of these facts make the rule hold and neither of the two give way.
    fn side_by_side(&self, standing: usize, moot: usize, facts: &[FactIndex], codes: &mut Vec<Code>) -> bool {
        let truths = Truths::new(self.law, codes);
        let stands = |n: usize| truths.of(n) == Truth::True && truths.gives_way_to(n).is_none();
        match (truths.of(moot), facts) {
            (Truth::True, _) if stands(moot) && stands(standing) => true,
            (Truth::False, _) | (_, []) => false,
            (_, [fact, rest @ ..]) if codes[fact.0] != UNKNOWN => self.side_by_side(standing, moot, rest, codes),
            (_, [fact, rest @ ..]) => {
                let found = self.regions[fact.0].iter().any(|code| {
                    codes[fact.0] = *code;
                    self.side_by_side(standing, moot, rest, codes)
                });
                codes[fact.0] = UNKNOWN;
                found
            }
        }
    }

    /// The judgement facts on which the verdict turns: two readings that differ in nothing else come out differently.
    fn matters(&self, cases: &[(&[Code], Judged)]) -> BTreeSet<FactIndex> {
        let alike_but = |a: &[Code], b: &[Code], fact: FactIndex| {
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
    fn note(&mut self, codes: &[Code], cases: &[(&[Code], Judged)], holds: &[usize]) {
        let law = self.law;
        let possible = &mut self.possible;
        let mut rests_on = |rule: usize, codes: &[Code]| {
            let status = law.status(rule, codes);
            possible.certainty = possible.certainty.max(Some(status));
            possible.readings.extend(law.readings(rule, codes).map(|reading| (rule, reading)));
        };
        for (reading, judged) in cases {
            for n in &judged.deciding {
                rests_on(*n, reading);
            }
        }
        for n in holds {
            rests_on(*n, codes);
        }
        for (_, judged) in cases {
            // A rule set aside counts by its text; how it would have been read no longer matters.
            let weighed = judged.weighed.iter().map(|n| law.rules[*n].status);
            possible.certainty = possible.certainty.max(weighed.max());
            match &judged.verdict {
                Verdict::Stop => {
                    possible.paths.insert(Path::Stop);
                }
                Verdict::Paths(paths) => possible.paths.extend(paths.iter()),
            }
            possible.deciding.extend(&judged.deciding);
            let of_paths = |n: &&usize| law.kinds.paths.binary_search(n).is_ok();
            let side_by_side: Vec<usize> = judged.deciding.iter().filter(of_paths).copied().collect();
            match side_by_side.as_slice() {
                [one] => {
                    possible.alone.insert(*one);
                }
                several => {
                    for (at, first) in several.iter().enumerate() {
                        possible.together.extend(several[at + 1..].iter().map(|second| (*first, *second)));
                    }
                }
            }
        }
        for n in holds {
            if let Effect::Judgement { possible: may, .. } = &law.rules[*n].effect {
                possible.paths.extend(may);
            }
            possible.deciding.insert(*n);
        }
    }
}

/// The facts with each judgement value replaced by what it may turn out to be, in every combination.
pub(crate) fn readings(judged: &[(FactIndex, Vec<Code>)], codes: &[Code]) -> Vec<Vec<Code>> {
    let mut all = vec![codes.to_vec()];
    for (fact, settled) in judged {
        let each = |codes: &Vec<Code>| {
            let settled = settled.iter().map(|code| {
                let mut reading = codes.clone();
                reading[fact.0] = *code;
                reading
            });
            settled.collect::<Vec<_>>()
        };
        all = all.iter().flat_map(each).collect();
    }
    all
}

/// What is looked at of a case: its readings, and behind them the case itself. Without judgement facts it is its only reading.
fn variants(judged: &[(FactIndex, Vec<Code>)], codes: &[Code]) -> Vec<Vec<Code>> {
    let mut all = if judged.is_empty() { Vec::new() } else { readings(judged, codes) };
    all.push(codes.to_vec());
    all
}
