//! The law of one day applied to one state of knowledge: what is settled, and what is still open.

use std::collections::BTreeSet;

use crate::LawError;
use crate::book::definition::FactIndex;
use crate::book::terms::Paths;
use crate::logic::condition::Truth;
use crate::logic::inforce::{Addition, Law};
use crate::logic::regions::Code;
use crate::logic::truths::Truths;

/// What the path rules say once nothing that matters is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A prohibition applies.
    Stop,
    /// These paths are a free choice.
    Paths(Paths),
}

/// The verdict and the rules it rests on: those that decide and those weighed and set aside.
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) deciding: Vec<usize>,
    pub(crate) weighed: Vec<usize>,
    /// Rules left open, because whether they hold or not they say what is said already.
    pub(crate) moot: Vec<usize>,
}

/// The path rules that matter, by rule index, ascending.
#[derive(Default)]
struct Candidates {
    standing: Vec<usize>,
    weighed: Vec<usize>,
    undecided: Vec<usize>,
    /// Rules that hold and may yet give way, for a condition of the exception alone.
    contested: Vec<usize>,
}

impl Truths<'_, '_, '_> {
    /// Judges stop rules and path rules. Facts on which the verdict still rests go into `open`; then the answer is `None`.
    pub(crate) fn judge(&self, open: &mut BTreeSet<FactIndex>) -> Result<Option<Judged>, LawError> {
        let kinds = &self.law.kinds;
        let mut deciding = Vec::new();
        let mut unsettled = Vec::new();
        for n in kinds.stops.iter().copied() {
            match self.of(n) {
                Truth::True => deciding.push(n),
                Truth::Unknown => unsettled.push(n),
                Truth::False => {}
            }
        }
        if !deciding.is_empty() {
            return Ok(Some(Judged { verdict: Verdict::Stop, deciding, weighed: Vec::new(), moot: Vec::new() }));
        }
        let Candidates { standing, weighed, mut undecided, contested } = self.candidates();
        let moot = if self.moot(&standing, &undecided) { std::mem::take(&mut undecided) } else { Vec::new() };
        let mut added = Paths::default();
        for Addition { rule, path, to } in &kinds.additions {
            if !standing.iter().chain(&undecided).any(|n| to.contains(n)) {
                continue;
            }
            match self.of(*rule) {
                Truth::True => {
                    added.insert(*path);
                    deciding.push(*rule);
                }
                Truth::Unknown => unsettled.push(*rule),
                Truth::False => {}
            }
        }
        unsettled.extend(undecided);
        if !unsettled.is_empty() || !contested.is_empty() {
            for n in unsettled {
                self.law.when(n).open(self.codes, open);
            }
            for n in contested {
                self.may_give_way(n).for_each(|condition| condition.open(self.codes, open));
            }
            return Ok(None);
        }
        let mut paths = self.law.agreed_paths(&standing, self.codes)?;
        paths.extend(added.iter());
        deciding.extend(standing);
        Ok(Some(Judged { verdict: Verdict::Paths(paths), deciding, weighed, moot }))
    }

    /// Sorts the path rules: those that hold, those that hold but give way, those that may yet hold. A rule that may hold
    /// but would give way cannot decide and is left out.
    fn candidates(&self) -> Candidates {
        let mut found = Candidates::default();
        for n in self.law.kinds.paths.iter().copied() {
            let truth = self.of(n);
            if truth == Truth::False {
                continue;
            }
            match (truth, self.gives_way_to(n).is_some()) {
                (Truth::True, true) => found.weighed.push(n),
                (Truth::True, false) => {
                    if self.may_give_way(n).next().is_some() {
                        found.contested.push(n);
                    }
                    found.standing.push(n);
                }
                (Truth::Unknown, false) => found.undecided.push(n),
                (Truth::Unknown, true) | (Truth::False, _) => {}
            }
        }
        found
    }

    /// Whether the undecided rules could only say what a standing one says already, so that nobody need be asked and the
    /// answer does not rest on them.
    fn moot(&self, standing: &[usize], undecided: &[usize]) -> bool {
        let says = |n: &usize| self.law.says[*n];
        let Some(said) = standing.first().map(says) else {
            return false;
        };
        let adds = |n: &usize| {
            let mut joining = self.law.kinds.additions.iter().filter(|addition| addition.to.contains(n));
            joining.any(|addition| self.of(addition.rule) != Truth::False)
        };
        // An undecided rule that would set a standing one aside takes along what joins only that one.
        let sets_aside = |n: &usize| standing.iter().any(|under| adds(under) && self.law.prevails(*n, *under));
        undecided.iter().all(|n| says(n) == said && !adds(n) && !sets_aside(n))
    }

    /// The judgement rules that hold, or `None` with the facts on which one still rests.
    pub(crate) fn judgements(&self, open: &mut BTreeSet<FactIndex>) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        let mut settled = true;
        for n in self.law.kinds.judgements.iter().copied() {
            match self.of(n) {
                Truth::True => found.push(n),
                Truth::Unknown => {
                    self.law.when(n).open(self.codes, open);
                    settled = false;
                }
                Truth::False => {}
            }
        }
        settled.then_some(found)
    }
}

impl Law<'_> {
    /// The one set of paths that all standing rules give; two sets are a conflict (I3), none is a gap.
    fn agreed_paths(&self, standing: &[usize], codes: &[Code]) -> Result<Paths, LawError> {
        let Some(first) = standing.first() else {
            return Err(LawError::Gap { on: self.on, facts: self.spell_out(codes) });
        };
        let said = self.says[*first];
        match standing.iter().find(|n| self.says[**n] != said) {
            None => Ok(said),
            Some(second) => Err(LawError::Conflict {
                first: self.rules[*first].id.clone(),
                second: self.rules[*second].id.clone(),
                on: self.on,
            }),
        }
    }

    /// The known facts that path rules read, as `id` is value.
    fn spell_out(&self, codes: &[Code]) -> String {
        let read: BTreeSet<FactIndex> = self.kinds.paths.iter().flat_map(|n| self.rules[*n].when.facts()).collect();
        let known = read.iter().filter_map(|f| Some((f, self.numberings[f.0].value(codes[f.0])?)));
        known.map(|(f, value)| format!("`{}` is {value}", self.names()[f.0].id)).collect::<Vec<_>>().join(", ")
    }
}
