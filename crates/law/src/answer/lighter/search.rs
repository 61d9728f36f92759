//! Trying sets of changes, smallest first, and keeping those that are minimal.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Resting, Way, weight};
use crate::answer::determination::Determination;
use crate::answer::words::join;
use crate::{Facts, LawError, Outcome, RuleBase, Value, determine};

/// So many changes together are tried.
const TOGETHER: usize = 3;

/// Every minimal set of changes that reaches a lighter path or one more choice.
pub(super) fn ways(base: &RuleBase, facts: &Facts, now: &Determination, changes: &[Change]) -> Vec<Way> {
    let mut found: Vec<(BTreeSet<String>, Determination, Vec<Change>)> = Vec::new();
    for set in sets(changes.len()) {
        let chosen: Vec<&Change> = set.iter().map(|n| &changes[*n]).collect();
        let elements: BTreeSet<String> = chosen.iter().flat_map(|change| change.elements()).collect();
        // What contradicts itself, or the facts, is no way.
        let Some(Ok(answer)) = together(&chosen).map(|all| asked(base, facts, now, &all)) else { continue };
        let covers = |(other, had, _): &(BTreeSet<String>, Determination, Vec<Change>)| {
            other.is_subset(&elements) && *other != elements && as_good(had, &answer)
        };
        let same = |(other, _, _): &(BTreeSet<String>, Determination, Vec<Change>)| *other == elements;
        if gains(&answer, now) && !found.iter().any(|one| covers(one) || same(one)) {
            found.push((elements, answer, chosen.into_iter().cloned().collect()));
        }
    }
    // A larger set of fields may have been tried before a smaller one.
    let minimal = |(elements, answer, _): &&(BTreeSet<String>, Determination, Vec<Change>)| {
        let within = |other: &BTreeSet<String>| other.is_subset(elements) && other != elements;
        !found.iter().any(|(other, had, _)| within(other) && as_good(had, answer))
    };
    let mut ways: Vec<Way> =
        found.iter().filter(minimal).map(|(_, answer, set)| way(now, answer, set.clone())).collect();
    // Stable: of equally many changes and equally light paths the order of `facts.toml` remains.
    ways.sort_by_key(|way| (way.changes.len(), way.paths.iter().map(|path| path.weight()).min()));
    ways
}

/// Places of up to [`TOGETHER`] of `n` changes, smallest sets first.
fn sets(n: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    let mut last: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..TOGETHER {
        let grown = |set: &Vec<usize>| {
            let from = set.last().map_or(0, |last| last + 1);
            let set = set.clone();
            (from..n).map(move |next| [set.as_slice(), &[next]].concat())
        };
        last = last.iter().flat_map(grown).collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// All that a set of changes sets; `None` where two of them set one fact, each in its own way.
fn together<'a>(changes: &[&'a Change]) -> Option<BTreeMap<&'a String, &'a Value>> {
    let mut all: BTreeMap<&String, &Value> = BTreeMap::new();
    for change in changes {
        if all.contains_key(&change.fact) {
            return None;
        }
        for (id, value) in change.sets() {
            if all.insert(id, value).is_some_and(|before| before != value) {
                return None;
            }
        }
    }
    Some(all)
}

fn asked(
    base: &RuleBase,
    facts: &Facts,
    now: &Determination,
    changes: &BTreeMap<&String, &Value>,
) -> Result<Determination, LawError> {
    let mut then = facts.clone();
    for (id, value) in changes {
        then.set(base, id, (*value).clone())?;
    }
    determine(base, &then, now.on)
}

/// Lighter, or as light with more to choose from.
fn gains(then: &Determination, now: &Determination) -> bool {
    let more = now.outcome == Outcome::Determined
        && weight(then) == weight(now)
        && then.paths.len() > now.paths.len()
        && now.paths.iter().all(|path| then.paths.contains(path));
    then.outcome == Outcome::Determined && (weight(then) < weight(now) || more)
}

fn as_good(one: &Determination, other: &Determination) -> bool {
    let covers = other.paths.iter().all(|path| one.paths.contains(path));
    weight(one) < weight(other) || (weight(one) == weight(other) && covers)
}

fn way(now: &Determination, then: &Determination, changes: Vec<Change>) -> Way {
    let deciding = then.rules.iter().filter(|rule| rule.gives_way_to.is_none() && rule.decides);
    let rests_on = deciding.map(|rule| Resting {
        id: rule.id.clone(),
        cite: join(&[rule.cite.clone(), rule.title.clone()], "：", ": "),
        status: rule.status,
    });
    let had = |id: &String| now.obligations.iter().any(|duty| &duty.id == id);
    Way {
        lighter: weight(then) < weight(now),
        paths: then.paths.clone(),
        certainty: then.certainty,
        rests_on: rests_on.collect(),
        duties: then.obligations.iter().filter(|duty| !had(&duty.id)).cloned().collect(),
        changes,
    }
}
