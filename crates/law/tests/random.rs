//! The evaluator against a naive one, on random worlds of every day on which the law changed.

mod naive;
mod support;
mod worlds;

use jiff::civil::Date;
use law::{Decision, Facts, Law, Value, days_of_change};
use naive::{Naive, Told, World};
use support::BASE;
use worlds::Worlds;

/// Random worlds in all; `TONGGUAN_WORLDS` asks for another number.
const WORLDS: usize = 1_000_000;

fn facts(world: &World) -> Facts {
    let mut facts = Facts::new();
    for (definition, value) in BASE.facts().iter().zip(world) {
        if let Some(value) = value {
            facts.set(&BASE, &definition.id, value.clone()).expect("the worlds fit the vocabulary");
        }
    }
    facts
}

fn told(decision: Decision) -> Told {
    Told { outcome: decision.outcome, paths: decision.paths.iter().collect(), certainty: decision.certainty }
}

/// Every day of change, shared out evenly, on both cores.
fn on_every_day(worlds: usize, check: impl Fn(&Law<'_>, &Naive<'_>, &mut Worlds<'_>, usize) + Sync) {
    let days: Vec<Date> = days_of_change(&BASE).into_iter().collect();
    let each = worlds.div_ceil(days.len());
    let check = &check;
    std::thread::scope(|scope| {
        for half in 0..2 {
            let days = days.iter().enumerate().filter(move |(n, _)| n % 2 == half);
            scope.spawn(move || {
                for (seed, on) in days {
                    let law = Law::on(&BASE, *on).expect("a day of the rule base");
                    let naive = Naive::on(&BASE, *on);
                    check(&law, &naive, &mut Worlds::new(&BASE, *on, seed as u64), each);
                }
            });
        }
    });
}

#[test]
fn a_million_random_worlds_come_out_as_the_naive_evaluator_says() {
    let worlds = std::env::var("TONGGUAN_WORLDS").ok().and_then(|n| n.parse().ok()).unwrap_or(WORLDS);
    on_every_day(worlds, |law, naive, worlds, each| {
        for n in 0..each {
            let world = worlds.draw();
            let facts = facts(&world);
            let decision = law.encode(&facts).and_then(|facts| law.decide(&facts)).expect("an answer");
            assert_eq!(told(decision), naive.told(&world), "on {} {facts:?}", law.day());
            if n % 500 == 0 {
                let answer = law.determine(&facts).expect("an answer");
                let written = Decision {
                    outcome: answer.outcome,
                    paths: answer.paths.into_iter().collect(),
                    certainty: answer.certainty,
                };
                assert_eq!(decision, written, "the bare answer is the written one");
            }
        }
    });
}

#[test]
fn i1_what_is_not_known_comes_out_as_all_its_completions_together() {
    on_every_day(4_000, |law, naive, worlds, each| {
        for _ in 0..each {
            let mut world = worlds.draw();
            for _ in 0..=worlds.below(3) {
                let place = worlds.below(world.len());
                let fact = &BASE.facts()[place];
                // What is assumed or follows from other facts is not unknown for being left out.
                let follows = |id: &String| BASE.facts().iter().any(|f| f.never_below.contains(id) || f.sum.is_some());
                if fact.assumed.is_none() && fact.never_below.is_empty() && fact.sum.is_none() && !follows(&fact.id) {
                    world[place] = None;
                }
            }
            let facts = facts(&world);
            let decision = law.encode(&facts).and_then(|facts| law.decide(&facts)).expect("an answer");
            // A world that says there are persons cannot be completed to one without personal data, and the naive one tries.
            let counted = |id: &str| matches!(facts.get(id), Some(Value::Count(1..)));
            if facts.get("data.personal").is_none() && (counted("persons.ordinary") || counted("persons.sensitive")) {
                continue;
            }
            let naive = naive.told(&world);
            let (ours, theirs) = (told(decision), naive);
            assert_eq!((ours.outcome, &ours.paths), (theirs.outcome, &theirs.paths), "on {} {facts:?}", law.day());
        }
    });
}
