//! The law of one day applied to one state of knowledge: what is settled, and what is still open.

use std::collections::BTreeSet;

use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::condition::Truth;
use crate::logic::inforce::Law;
use crate::logic::regions::Code;
use crate::{LawError, Path};

/// What the path rules say once nothing that matters is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A prohibition applies.
    Stop,
    /// These paths are a free choice.
    Paths(BTreeSet<Path>),
}

/// The verdict and the rules it rests on: those that decide and those weighed and set aside.
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) deciding: BTreeSet<usize>,
    pub(crate) weighed: BTreeSet<usize>,
}

/// The path rules that matter, by rule index.
#[derive(Default)]
struct Candidates {
    standing: BTreeSet<usize>,
    weighed: BTreeSet<usize>,
    undecided: BTreeSet<usize>,
    /// Rules that hold and may yet give way, for a condition of the exception alone.
    contested: BTreeSet<usize>,
}

impl Law<'_> {
    /// Judges stop rules and path rules. Facts on which the verdict still rests go into `open`; then the answer is `None`.
    pub(crate) fn judge(&self, codes: &[Code], open: &mut BTreeSet<FactIndex>) -> Result<Option<Judged>, LawError> {
        let stops = |wanted: Truth| {
            let stops = self.kinds.stops.iter().copied();
            stops.filter(move |n| self.truth(*n, codes) == wanted)
        };
        let mut deciding: BTreeSet<usize> = stops(Truth::True).collect();
        if !deciding.is_empty() {
            return Ok(Some(Judged { verdict: Verdict::Stop, deciding, weighed: BTreeSet::new() }));
        }
        let mut unsettled: BTreeSet<usize> = stops(Truth::Unknown).collect();
        let Candidates { standing, weighed, mut undecided, contested } = self.candidates(codes);
        if self.moot(&standing, &undecided, codes) {
            undecided.clear();
        }
        let mut additions = Vec::new();
        for (n, path, to) in self.additions() {
            let joins = |m: &usize| to.contains(&self.rules[*m].id);
            match self.truth(n, codes) {
                _ if !standing.iter().chain(&undecided).any(joins) => {}
                Truth::True => additions.push((n, path)),
                Truth::Unknown => {
                    unsettled.insert(n);
                }
                Truth::False => {}
            }
        }
        unsettled.extend(undecided);
        if !unsettled.is_empty() || !contested.is_empty() {
            for n in unsettled {
                self.when(n).open(codes, open);
            }
            for n in contested {
                self.may_give_way(n, codes).for_each(|condition| condition.open(codes, open));
            }
            return Ok(None);
        }
        let mut paths = self.agreed_paths(&standing, codes)?;
        deciding.extend(standing);
        for (n, path) in additions {
            paths.insert(path);
            deciding.insert(n);
        }
        Ok(Some(Judged { verdict: Verdict::Paths(paths), deciding, weighed }))
    }

    /// Sorts the path rules: those that hold, those that hold but give way, those that may yet hold. A rule that may hold
    /// but would give way cannot decide and is left out.
    fn candidates(&self, codes: &[Code]) -> Candidates {
        let mut found = Candidates::default();
        for n in self.kinds.paths.iter().copied() {
            let truth = self.truth(n, codes);
            if truth == Truth::False {
                continue;
            }
            let gives_way = self.gives_way_to(n, codes).is_some();
            match (truth, gives_way) {
                (Truth::True, true) => found.weighed.insert(n),
                (Truth::True, false) => {
                    if self.may_give_way(n, codes).next().is_some() {
                        found.contested.insert(n);
                    }
                    found.standing.insert(n)
                }
                (Truth::Unknown, false) => found.undecided.insert(n),
                (Truth::Unknown, true) | (Truth::False, _) => false,
            };
        }
        found
    }

    /// Whether the undecided rules could only say what a standing one says already, so that nobody need be asked and the
    /// answer does not rest on them.
    fn moot(&self, standing: &BTreeSet<usize>, undecided: &BTreeSet<usize>, codes: &[Code]) -> bool {
        let paths = |n: &usize| match &self.rules[*n].effect {
            Effect::Paths(paths) => paths.iter().copied().collect::<BTreeSet<Path>>(),
            _ => BTreeSet::new(),
        };
        let Some(said) = standing.first().map(paths) else {
            return false;
        };
        let adds = |n: &usize| {
            self.additions()
                .any(|(addition, _, to)| to.contains(&self.rules[*n].id) && self.truth(addition, codes) != Truth::False)
        };
        // An undecided rule that would set a standing one aside takes along what joins only that one.
        let sets_aside = |n: &usize| standing.iter().any(|under| adds(under) && self.prevails(*n, *under));
        undecided.iter().all(|n| paths(n) == said && !adds(n) && !sets_aside(n))
    }

    fn additions(&self) -> impl Iterator<Item = (usize, Path, &[String])> {
        self.kinds.additions.iter().filter_map(|n| match &self.rules[*n].effect {
            Effect::Adds { path, to } => Some((*n, *path, to.as_slice())),
            _ => None,
        })
    }

    /// The one set of paths that all standing rules give; two sets are a conflict (I3), none is a gap.
    fn agreed_paths(&self, standing: &BTreeSet<usize>, codes: &[Code]) -> Result<BTreeSet<Path>, LawError> {
        let mut agreed: Option<(usize, BTreeSet<Path>)> = None;
        for n in standing {
            let Effect::Paths(paths) = &self.rules[*n].effect else {
                continue;
            };
            let paths: BTreeSet<Path> = paths.iter().copied().collect();
            match &agreed {
                None => agreed = Some((*n, paths)),
                Some((_, same)) if *same == paths => {}
                Some((first, _)) => {
                    return Err(LawError::Conflict {
                        first: self.rules[*first].id.clone(),
                        second: self.rules[*n].id.clone(),
                        on: self.on,
                    });
                }
            }
        }
        agreed.map(|(_, paths)| paths).ok_or_else(|| LawError::Gap { on: self.on, facts: self.spell_out(codes) })
    }

    /// The judgement rules that hold, or `None` with the facts on which one still rests.
    pub(crate) fn judgements(&self, codes: &[Code], open: &mut BTreeSet<FactIndex>) -> Option<BTreeSet<usize>> {
        let mut found = BTreeSet::new();
        let mut settled = true;
        for n in self.kinds.judgements.iter().copied() {
            match self.truth(n, codes) {
                Truth::True => {
                    found.insert(n);
                }
                Truth::Unknown => {
                    self.when(n).open(codes, open);
                    settled = false;
                }
                Truth::False => {}
            }
        }
        settled.then_some(found)
    }

    /// The known facts that path rules read, as `id` is value.
    fn spell_out(&self, codes: &[Code]) -> String {
        let read: BTreeSet<FactIndex> = self.kinds.paths.iter().flat_map(|n| self.rules[*n].when.facts()).collect();
        let known = read.iter().filter_map(|f| Some((f, self.numberings[f.0].value(codes[f.0])?)));
        known.map(|(f, value)| format!("`{}` is {value}", self.names()[f.0].id)).collect::<Vec<_>>().join(", ")
    }
}
