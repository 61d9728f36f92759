//! The law of one day applied to one state of knowledge: what is settled, and what is still open.

use std::collections::BTreeSet;

use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::condition::Truth;
use crate::logic::inforce::{Assignment, Law};
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
    pub(crate) fn judge(&self, facts: &Assignment, open: &mut BTreeSet<FactIndex>) -> Result<Option<Judged>, LawError> {
        let stops = |wanted: Truth| {
            let stop = |n: &usize| matches!(self.rules[*n].effect, Effect::Stop(_));
            (0..self.rules.len()).filter(stop).filter(move |n| self.truth(*n, facts) == wanted)
        };
        let mut deciding: BTreeSet<usize> = stops(Truth::True).collect();
        if !deciding.is_empty() {
            return Ok(Some(Judged { verdict: Verdict::Stop, deciding, weighed: BTreeSet::new() }));
        }
        let mut unsettled: BTreeSet<usize> = stops(Truth::Unknown).collect();
        let Candidates { standing, weighed, mut undecided, contested } = self.candidates(facts);
        if self.moot(&standing, &undecided, facts) {
            undecided.clear();
        }
        let mut additions = Vec::new();
        for (n, path, to) in self.additions() {
            let joins = |m: &usize| to.contains(&self.rules[*m].id);
            match self.truth(n, facts) {
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
                self.rules[n].when.open(facts.as_slice(), open);
            }
            for n in contested {
                self.may_give_way(n, facts).for_each(|condition| condition.open(facts.as_slice(), open));
            }
            return Ok(None);
        }
        let mut paths = self.agreed_paths(&standing, facts)?;
        deciding.extend(standing);
        for (n, path) in additions {
            paths.insert(path);
            deciding.insert(n);
        }
        Ok(Some(Judged { verdict: Verdict::Paths(paths), deciding, weighed }))
    }

    /// Sorts the path rules: those that hold, those that hold but give way, those that may yet hold. A rule that may hold
    /// but would give way cannot decide and is left out.
    fn candidates(&self, facts: &Assignment) -> Candidates {
        let mut found = Candidates::default();
        for (n, rule) in self.rules.iter().enumerate() {
            let Effect::Paths(_) = &rule.effect else {
                continue;
            };
            let gives_way = self.gives_way_to(n, facts).is_some();
            match (self.truth(n, facts), gives_way) {
                (Truth::True, true) => found.weighed.insert(n),
                (Truth::True, false) => {
                    if self.may_give_way(n, facts).next().is_some() {
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
    fn moot(&self, standing: &BTreeSet<usize>, undecided: &BTreeSet<usize>, facts: &Assignment) -> bool {
        let paths = |n: &usize| match &self.rules[*n].effect {
            Effect::Paths(paths) => paths.iter().copied().collect::<BTreeSet<Path>>(),
            _ => BTreeSet::new(),
        };
        let Some(said) = standing.first().map(paths) else {
            return false;
        };
        let adds = |n: &usize| {
            self.additions()
                .any(|(addition, _, to)| to.contains(&self.rules[*n].id) && self.truth(addition, facts) != Truth::False)
        };
        undecided.iter().all(|n| paths(n) == said && !adds(n))
    }

    fn additions(&self) -> impl Iterator<Item = (usize, Path, &[String])> {
        self.rules.iter().enumerate().filter_map(|(n, rule)| match &rule.effect {
            Effect::Adds { path, to } => Some((n, *path, to.as_slice())),
            _ => None,
        })
    }

    /// The one set of paths that all standing rules give; two sets are a conflict (I3), none is a gap.
    fn agreed_paths(&self, standing: &BTreeSet<usize>, facts: &Assignment) -> Result<BTreeSet<Path>, LawError> {
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
        agreed.map(|(_, paths)| paths).ok_or_else(|| LawError::Gap { on: self.on, facts: self.spell_out(facts) })
    }

    /// The known facts that path rules read, as `id` is value.
    fn spell_out(&self, facts: &Assignment) -> String {
        let paths = self.rules.iter().filter(|r| matches!(r.effect, Effect::Paths(_)));
        let read: BTreeSet<FactIndex> = paths.flat_map(|r| r.when.facts()).collect();
        let known = read.iter().filter_map(|f| Some((f, facts[f.0].as_ref()?)));
        known.map(|(f, value)| format!("`{}` is {value}", self.names()[f.0].id)).collect::<Vec<_>>().join(", ")
    }
}
