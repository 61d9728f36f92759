//! A naive evaluator: the definition of the law's logic written out, without regions, diagrams or anything made ready.
//!
//! It knows the rules only as data and judges one world at a time; what is unknown it tries out, value by value.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use law::{Condition, Effect, FactIndex, Outcome, Path, Rule, RuleBase, Status, Test, Value};

use crate::worlds::values;

/// A value for each fact of the vocabulary, by its place.
pub(crate) type World = Vec<Option<Value>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) outcome: Outcome,
    pub(crate) paths: BTreeSet<Path>,
    pub(crate) certainty: Status,
}

pub(crate) struct Naive<'a> {
    base: &'a RuleBase,
    on: Date,
    rules: Vec<&'a Rule>,
}

/// The paths one world leads to, and the weakest status they rest on.
type Verdict = (BTreeSet<Path>, Status);

impl<'a> Naive<'a> {
    pub(crate) fn on(base: &'a RuleBase, on: Date) -> Self {
        Naive {
            base,
            on,
            rules: base.rules().iter().filter(|r| r.from <= on && r.to.is_none_or(|to| on <= to)).collect(),
        }
    }

    /// The answer for a world in which some facts may be unknown: what all its completions say together.
    pub(crate) fn told(&self, world: &World) -> Told {
        let read: BTreeSet<FactIndex> = self.rules.iter().flat_map(|r| r.when.facts()).collect();
        let unknown = read.into_iter().find(|f| {
            world[f.place()].is_none() && !values(&self.rules, &self.base.facts()[f.place()], *f, self.on).is_empty()
        });
        let Some(fact) = unknown else {
            return self.settled(world);
        };
        let each: Vec<Told> = values(&self.rules, &self.base.facts()[fact.place()], fact, self.on)
            .into_iter()
            .map(|value| self.told(&with(world, fact, value)))
            .collect();
        let mut whole = each[0].clone();
        for other in &each[1..] {
            if (other.outcome, &other.paths) != (whole.outcome, &whole.paths) {
                whole.outcome = Outcome::NotYetKnown;
            }
            whole.paths.extend(&other.paths);
            whole.certainty = whole.certainty.max(other.certainty);
        }
        whole
    }

    /// A world in which everything is known, but that a value may stand for a judgement.
    fn settled(&self, world: &World) -> Told {
        let mut worlds = vec![world.clone()];
        let mut judged = Vec::new();
        for (place, fact) in self.base.facts().iter().enumerate() {
            let Some(judgement) = &fact.judgement else { continue };
            if world[place] == Some(Value::Text(judgement.value.clone())) {
                judged.push(place);
                let turned = |w: &World| {
                    let words = judgement.stands_for.iter().cloned().map(Value::Text);
                    words.map(|word| replaced(w, place, word)).collect::<Vec<_>>()
                };
                worlds = worlds.iter().flat_map(turned).collect();
            }
        }
        let verdicts: Vec<Verdict> = worlds.iter().map(|w| self.verdict(w)).collect();
        let stop = BTreeSet::from([Path::Stop]);
        let mut paths: BTreeSet<Path> = verdicts.iter().flat_map(|(paths, _)| paths.clone()).collect();
        let mut certainty = verdicts.iter().map(|(_, status)| *status).max().expect("a verdict");
        if verdicts.iter().all(|(paths, _)| *paths == stop) {
            return Told { outcome: Outcome::Refused, paths, certainty };
        }
        let mut human = !verdicts.iter().all(|(paths, _)| *paths == verdicts[0].0);
        for rule in &self.rules {
            if let Effect::Judgement { possible, .. } = &rule.effect
                && self.holds(&rule.when, world) == Some(true)
            {
                human = true;
                paths.extend(possible);
                certainty = certainty.max(self.status(rule, world));
            }
        }
        Told { outcome: if human { Outcome::HumanJudgement } else { Outcome::Determined }, paths, certainty }
    }

    /// The paths of one world and the weakest status of the rules that give them.
    fn verdict(&self, world: &World) -> Verdict {
        let holding: Vec<&Rule> =
            self.rules.iter().copied().filter(|r| self.holds(&r.when, world) == Some(true)).collect();
        let status = |rules: &[&Rule]| rules.iter().map(|r| self.status(r, world)).max().unwrap_or(Status::Confirmed);
        let stops: Vec<&Rule> = holding.iter().copied().filter(|r| matches!(r.effect, Effect::Stop(_))).collect();
        if !stops.is_empty() {
            return (BTreeSet::from([Path::Stop]), status(&stops));
        }
        let (mut deciding, mut paths, mut weakest) = (Vec::new(), BTreeSet::new(), Status::Confirmed);
        for rule in &holding {
            let Effect::Paths(open) = &rule.effect else { continue };
            if holding.iter().any(|other| self.prevails(other, rule, world, 0)) {
                weakest = weakest.max(rule.status);
            } else {
                assert!(paths.is_empty() || paths == open.iter().copied().collect(), "conflict at `{}`", rule.id);
                paths = open.iter().copied().collect();
                deciding.push(*rule);
            }
        }
        assert!(!paths.is_empty(), "a gap on {}", self.on);
        let standing: BTreeSet<&str> = deciding.iter().map(|r| r.id.as_str()).collect();
        for rule in &holding {
            if let Effect::Adds { path, to } = &rule.effect
                && to.iter().any(|id| standing.contains(id.as_str()))
            {
                paths.insert(*path);
                deciding.push(rule);
            }
        }
        (paths, weakest.max(status(&deciding)))
    }

    /// Whether one rule is an exception to the other, by itself or by way of others, or the other steps back before it.
    fn prevails(&self, rule: &Rule, over: &Rule, world: &World, depth: usize) -> bool {
        let all = self.base.rules();
        let holds = |when: &Option<Condition>| when.as_ref().is_none_or(|w| self.holds(w, world) == Some(true));
        let by_way_of = |id: &str| {
            let next = all.iter().find(|r| r.id == id);
            next.is_some_and(|next| depth < all.len() && self.prevails(next, over, world, depth + 1))
        };
        let exceptions = rule.exception_to.iter().filter(|e| holds(&e.when));
        over.gives_way_to.contains(&rule.id) || exceptions.into_iter().any(|e| e.rule == over.id || by_way_of(&e.rule))
    }

    fn status(&self, rule: &Rule, world: &World) -> Status {
        let doubt = rule.settled_from.is_some_and(|day| self.on < day);
        let text = if doubt { Status::Unconfirmed } else { rule.status };
        let needed = rule.readings.iter().filter(|r| self.holds(&r.when, world) != Some(false));
        needed.map(|r| r.status).fold(text, Ord::max)
    }

    /// Kleene's logic, by its definition.
    fn holds(&self, condition: &Condition, world: &World) -> Option<bool> {
        let each = |parts: &[Condition]| parts.iter().map(|part| self.holds(part, world)).collect::<Vec<_>>();
        match condition {
            Condition::All(parts) => match each(parts) {
                parts if parts.contains(&Some(false)) => Some(false),
                parts if parts.contains(&None) => None,
                _ => Some(true),
            },
            Condition::Any(parts) => match each(parts) {
                parts if parts.contains(&Some(true)) => Some(true),
                parts if parts.contains(&None) => None,
                _ => Some(false),
            },
            Condition::Not(part) => self.holds(part, world).map(|truth| !truth),
            Condition::Fact(fact, test) => world[fact.place()].as_ref().map(|value| self.stands(test, value)),
        }
    }

    fn stands(&self, test: &Test, value: &Value) -> bool {
        match (test, value) {
            (Test::Is(wanted), value) => wanted == value,
            (Test::IsNot(unwanted), value) => unwanted != value,
            (Test::In(list), value) => list.contains(value),
            (Test::AtLeast(figure), Value::Count(n)) => n >= figure,
            (Test::Below(figure), Value::Count(n)) => n < figure,
            (Test::StartsWith(heads), Value::Text(text)) => heads.iter().any(|head| text.starts_with(head)),
            (Test::Before(day), Value::Date(value)) => value < day,
            (Test::From(day), Value::Date(value)) => value >= day,
            (Test::WithinMonths(months), Value::Date(value)) => {
                value.saturating_add(i64::from(*months).months()) >= self.on
            }
            other => panic!("no such test: {other:?}"),
        }
    }
}

fn with(world: &World, fact: FactIndex, value: Value) -> World {
    replaced(world, fact.place(), value)
}

fn replaced(world: &World, place: usize, value: Value) -> World {
    let mut other = world.clone();
    other[place] = Some(value);
    other
}
