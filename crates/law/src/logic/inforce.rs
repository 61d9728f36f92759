//! The law of one day, made ready: the provisions in force, who gives way to whom, and the regions they can tell apart.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::book::base::overridden_by;
use crate::book::definition::{FactDefinition, FactIndex};
use crate::book::rule::{Effect, Rule};
use crate::logic::compiled::Compiled;
use crate::logic::condition::{Condition, Truth};
use crate::logic::known::Known;
use crate::logic::regions::{Code, Numbering, UNKNOWN};
use crate::{LawError, Path, Paths, RuleBase, Status, Value};

/// The provisions in force on one day. Making it ready takes about as long as a thousand bare decisions
/// (`benches/evaluate.rs`): whoever has many questions of one day asks them of one `Law`.
pub struct Law<'a> {
    pub(crate) base: &'a RuleBase,
    pub(crate) on: Date,
    /// In the order of the base; indices are into this list. Conditions that look back from the day have been made plain.
    pub(crate) rules: Vec<Cow<'a, Rule>>,
    when: Vec<Compiled>,
    readings: Vec<Vec<Compiled>>,
    /// For each rule, those that prevail over it, with what has to hold beside them.
    prevailing: Vec<Vec<(usize, Option<Compiled>)>>,
    contradictions: Vec<Compiled>,
    pub(crate) numberings: Vec<Numbering>,
    pub(crate) kinds: Kinds,
    /// The paths of each path rule; none of any other.
    pub(crate) says: Vec<Paths>,
    /// Facts with the number of the value that stands for a judgement.
    pub(crate) judgement_codes: Vec<(usize, Code)>,
    /// What each fact is before anything is known: unknown, or what is assumed of it.
    pub(crate) blank: Vec<Code>,
    /// Whether this law reads a count that follows from others.
    pub(crate) follows: bool,
    /// The counts that follow from others, in the order of the facts.
    pub(crate) followers: Vec<Follower>,
    /// The counts that are assumed.
    pub(crate) counts: Vec<Option<u64>>,
    /// Places of the facts in the order of their ids.
    pub(crate) by_id: Vec<usize>,
}

/// The rules by what they can do to a path.
#[derive(Default)]
pub(crate) struct Kinds {
    pub(crate) stops: Vec<usize>,
    pub(crate) paths: Vec<usize>,
    pub(crate) additions: Vec<Addition>,
    pub(crate) judgements: Vec<usize>,
}

/// A count that follows from others; facts by place.
pub(crate) struct Follower {
    pub(crate) fact: usize,
    pub(crate) never_below: Vec<usize>,
    pub(crate) sum: Option<Vec<usize>>,
}

impl Follower {
    fn all(facts: &[FactDefinition]) -> Vec<Follower> {
        let places = |ids: &[String]| ids.iter().filter_map(|id| facts.iter().position(|f| &f.id == id)).collect();
        let of = |(fact, definition): (usize, &FactDefinition)| Follower {
            fact,
            never_below: places(&definition.never_below),
            sum: definition.sum.as_ref().map(|sum| places(&sum.of)),
        };
        let all = facts.iter().enumerate().map(of);
        all.filter(|follower| !follower.never_below.is_empty() || follower.sum.is_some()).collect()
    }
}

/// A rule that adds a path where certain others decide.
pub(crate) struct Addition {
    pub(crate) rule: usize,
    pub(crate) path: Path,
    pub(crate) to: Vec<usize>,
}

impl Kinds {
    /// All rules that bear on a path.
    pub(crate) fn bearing(&self) -> BTreeSet<usize> {
        self.each().collect()
    }

    /// The same, kind by kind.
    pub(crate) fn each(&self) -> impl Iterator<Item = usize> {
        let additions = self.additions.iter().map(|addition| addition.rule);
        self.stops.iter().chain(&self.paths).copied().chain(additions).chain(self.judgements.iter().copied())
    }

    fn new(rules: &[Cow<'_, Rule>]) -> Self {
        let mut kinds = Kinds::default();
        for (n, rule) in rules.iter().enumerate() {
            match &rule.effect {
                Effect::Stop(_) => kinds.stops.push(n),
                Effect::Paths(_) => kinds.paths.push(n),
                Effect::Adds { path, to } => {
                    let to = (0..rules.len()).filter(|n| to.contains(&rules[*n].id)).collect();
                    kinds.additions.push(Addition { rule: n, path: *path, to });
                }
                Effect::Judgement { .. } => kinds.judgements.push(n),
                Effect::Obligations(_)
                | Effect::Affirms(_)
                | Effect::AlsoCheck(_)
                | Effect::Fines(_)
                | Effect::Refers(_) => {}
            }
        }
        kinds
    }
}

impl<'a> Law<'a> {
    /// The provisions in force on the day. Error: the rule base begins later.
    pub fn on(base: &'a RuleBase, on: Date) -> Result<Self, LawError> {
        if on < base.covers_from() {
            return Err(LawError::BeforeRuleBase { on, begins: base.covers_from() });
        }
        let rules: Vec<Cow<'a, Rule>> =
            base.rules().iter().filter(|r| r.in_force(on)).map(|rule| as_of(rule, on)).collect();
        let mut beside: Vec<Vec<(usize, Option<Condition>)>> = vec![Vec::new(); rules.len()];
        for (n, rule) in rules.iter().enumerate() {
            for (id, conditions) in overridden_by(base.rules(), rule) {
                if let Some(under) = rules.iter().position(|r| r.id == id) {
                    let plain: Vec<Condition> = conditions.iter().map(|condition| condition.as_of(on)).collect();
                    beside[under].push((n, (!plain.is_empty()).then_some(Condition::All(plain))));
                }
            }
        }
        let contradictions = || base.vocabulary().contradictions.iter().map(|c| &c.when);
        let conditions = rules
            .iter()
            .flat_map(|rule| std::iter::once(&rule.when).chain(rule.readings.iter().map(|r| &r.when)))
            .chain(beside.iter().flatten().filter_map(|(_, condition)| condition.as_ref()))
            .chain(contradictions());
        let numberings = number(base.facts(), conditions);
        let compile = |condition: &Condition| Compiled::new(condition, &numberings);
        let judgement = |(n, numbering): (usize, &Numbering)| numbering.judgement().map(|code| (n, code));
        let judgement_codes = numberings.iter().enumerate().filter_map(judgement).collect();
        let mut by_id: Vec<usize> = (0..base.facts().len()).collect();
        by_id.sort_by_key(|n| &base.facts()[*n].id);
        let blank = |(definition, numbering): (&FactDefinition, &Numbering)| {
            definition.assumed.as_ref().map_or(UNKNOWN, |value| numbering.code(value))
        };
        let follows = |(definition, numbering): (&FactDefinition, &Numbering)| {
            numbering.len() > 1 && (definition.sum.is_some() || !definition.never_below.is_empty())
        };
        Ok(Law {
            blank: base.facts().iter().zip(&numberings).map(blank).collect(),
            followers: Follower::all(base.facts()),
            counts: base.facts().iter().map(assumed_count).collect(),
            follows: base.facts().iter().zip(&numberings).any(follows),
            base,
            on,
            when: rules.iter().map(|rule| compile(&rule.when)).collect(),
            readings: rules.iter().map(|rule| rule.readings.iter().map(|r| compile(&r.when)).collect()).collect(),
            prevailing: beside
                .iter()
                .map(|rules| rules.iter().map(|(n, condition)| (*n, condition.as_ref().map(compile))).collect())
                .collect(),
            contradictions: contradictions().map(compile).collect(),
            kinds: Kinds::new(&rules),
            says: rules.iter().map(|rule| says(&rule.effect)).collect(),
            judgement_codes,
            rules,
            numberings,
            by_id,
        })
    }

    /// The day whose law this is.
    pub fn day(&self) -> Date {
        self.on
    }

    /// The provisions in force.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(AsRef::as_ref)
    }

    pub(crate) fn names(&self) -> &'a [FactDefinition] {
        self.base.facts()
    }

    #[inline]
    pub(crate) fn truth(&self, rule: usize, codes: &[Code]) -> Truth {
        self.when[rule].truth(codes)
    }

    pub(crate) fn when(&self, rule: usize) -> &Compiled {
        &self.when[rule]
    }

    pub(crate) fn contradictions(&self) -> impl Iterator<Item = (&Compiled, BTreeSet<FactIndex>)> {
        let conditions = self.base.vocabulary().contradictions.iter().map(|c| c.when.facts());
        self.contradictions.iter().zip(conditions)
    }

    pub(crate) fn contradicts(&self, codes: &[Code]) -> bool {
        self.contradictions.iter().any(|condition| condition.truth(codes) == Truth::True)
    }

    /// Every condition on which an outcome may rest: those of rules that can do something to a path, of their readings, of
    /// exceptions. Duties and remarks come beside the outcome and split no case. [`Law::places`] says which is whose.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Compiled> {
        let beside = self.prevailing.iter().flatten().filter_map(|(_, condition)| condition.as_ref());
        let rules = self.kinds.each();
        rules.flat_map(|n| std::iter::once(&self.when[n]).chain(&self.readings[n])).chain(beside)
    }

    /// Each rule that can do something to a path, with the place of its condition among [`Law::conditions`].
    pub(crate) fn places(&self) -> Vec<(usize, usize)> {
        let mut place = 0;
        let next = |n: usize| {
            let here = place;
            place += 1 + self.readings[n].len();
            (n, here)
        };
        self.kinds.each().map(next).collect()
    }

    /// The rules that prevail over this one, with what has to hold beside them.
    pub(crate) fn prevailing(&self, rule: usize) -> &[(usize, Option<Compiled>)] {
        &self.prevailing[rule]
    }

    /// Whether a rule would prevail over another, wherever it holds or under a condition.
    pub(crate) fn prevails(&self, rule: usize, over: usize) -> bool {
        self.prevailing[over].iter().any(|(other, _)| *other == rule)
    }

    /// The readings of a rule that it needs for these facts, by place.
    pub(crate) fn readings(&self, rule: usize, codes: &[Code]) -> impl Iterator<Item = usize> {
        let readings = self.readings[rule].iter().enumerate();
        readings.filter(move |(_, when)| when.truth(codes) != Truth::False).map(|(n, _)| n)
    }

    /// The weakest status of a rule here: that of its text, of its day, or of a reading it needs for these facts.
    pub(crate) fn status(&self, rule: usize, codes: &[Code]) -> Status {
        let text = &self.rules[rule];
        let day = if text.settled_from.is_some_and(|day| self.on < day) { Status::Unconfirmed } else { text.status };
        self.readings(rule, codes).map(|n| text.readings[n].status).fold(text.status.max(day), Ord::max)
    }

    /// The facts whose value stands for a judgement, each with the settled values it may turn out to be.
    pub(crate) fn judged(&self, codes: &[Code]) -> Vec<(FactIndex, Vec<Code>)> {
        let of = |(n, definition): (usize, &FactDefinition)| {
            let judgement = definition.judgement.as_ref()?;
            let numbering = &self.numberings[n];
            let stands = numbering.judgement() == Some(codes[n]);
            let settled = || judgement.stands_for.iter().map(|word| numbering.code(&Value::Text(word.clone())));
            stands.then(|| (FactIndex(n), settled().collect()))
        };
        self.names().iter().enumerate().filter_map(of).collect()
    }

    /// What is known as region numbers.
    pub(crate) fn codes(&self, known: &Known) -> Vec<Code> {
        let codes = known.values.iter().zip(&self.numberings);
        codes.map(|(value, numbering)| value.as_ref().map_or(UNKNOWN, |value| numbering.code(value))).collect()
    }
}

fn assumed_count(definition: &FactDefinition) -> Option<u64> {
    match definition.assumed {
        Some(Value::Count(count)) => Some(count),
        _ => None,
    }
}

fn says(effect: &Effect) -> Paths {
    match effect {
        Effect::Paths(paths) => paths.iter().copied().collect(),
        _ => Paths::default(),
    }
}

/// The regions of every fact under these conditions.
fn number<'c>(facts: &[FactDefinition], conditions: impl Iterator<Item = &'c Condition>) -> Vec<Numbering> {
    let mut tests = vec![Vec::new(); facts.len()];
    for condition in conditions {
        condition.each_test(&mut |fact, test| tests[fact.0].push(test));
    }
    facts.iter().zip(tests).map(|(definition, tests)| Numbering::new(definition, tests)).collect()
}

/// The rule with every test that looks back from the day made plain.
fn as_of(rule: &Rule, on: Date) -> Cow<'_, Rule> {
    let readings = rule.readings.iter().any(|r| r.when.looks_back());
    if !readings && !rule.when.looks_back() {
        return Cow::Borrowed(rule);
    }
    let mut plain = rule.clone();
    plain.when = rule.when.as_of(on);
    for reading in &mut plain.readings {
        reading.when = reading.when.as_of(on);
    }
    Cow::Owned(plain)
}
