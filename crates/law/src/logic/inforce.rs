//! The provisions in force on one day, and what is assumed about the facts while they are applied.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::book::base::overridden_by;
use crate::book::definition::{FactDefinition, FactIndex};
use crate::book::rule::{Effect, Rule};
use crate::logic::condition::{Condition, Lookup, Truth};
use crate::logic::facts::Value;
use crate::{Facts, LawError, RuleBase, Status};

/// What is assumed about each fact of the vocabulary, by its index.
pub(crate) type Assignment = Vec<Option<Value>>;

/// The provisions in force on one day, with who gives way to whom.
pub(crate) struct Law<'a> {
    pub(crate) base: &'a RuleBase,
    pub(crate) on: Date,
    /// In the order of the base; indices below are into this list.
    /// Conditions that look back from the day have been made plain.
    pub(crate) rules: Vec<Cow<'a, Rule>>,
    /// For each rule, those that prevail over it, with all that has to hold beside them.
    prevailing: Vec<Vec<(usize, Condition)>>,
    /// For each fact the least count it can have: an unknown count is unknown from there upwards.
    pub(crate) floors: Vec<u64>,
}

impl<'a> Law<'a> {
    /// The provisions in force on the day.
    pub(crate) fn on(base: &'a RuleBase, on: Date) -> Result<Self, LawError> {
        if on < base.covers_from() {
            return Err(LawError::BeforeRuleBase { on, begins: base.covers_from() });
        }
        let in_force: Vec<&Rule> = base.rules().iter().filter(|r| r.in_force(on)).collect();
        let mut prevailing = vec![Vec::new(); in_force.len()];
        for (n, rule) in in_force.iter().enumerate() {
            for (id, conditions) in overridden_by(base.rules(), rule) {
                if let Some(under) = in_force.iter().position(|r| r.id == id) {
                    let beside = Condition::All(conditions.iter().map(|c| c.as_of(on)).collect());
                    prevailing[under].push((n, beside));
                }
            }
        }
        let rules = in_force.into_iter().map(|rule| as_of(rule, on)).collect();
        let floors = vec![0; base.facts().len()];
        Ok(Law { base, on, rules, prevailing, floors })
    }

    /// The same, for facts some of whose unknown counts are known from below.
    pub(crate) fn above(mut self, facts: &Facts) -> Self {
        let names = self.names();
        let mut floors: Vec<u64> = Vec::with_capacity(names.len());
        for fact in names {
            let includes = |part: &String| {
                let known = match facts.get(part) {
                    Some(Value::Count(n)) => *n,
                    _ => names[..floors.len()].iter().position(|f| &f.id == part).map_or(0, |at| floors[at]),
                };
                known.max(facts.at_least(part))
            };
            let parts = fact.never_below.iter().map(includes).max().unwrap_or(0);
            floors.push(facts.at_least(&fact.id).max(parts));
        }
        self.floors = floors;
        self
    }

    pub(crate) fn names(&self) -> &'a [FactDefinition] {
        self.base.facts()
    }

    /// Every condition that induces regions: those of the rules in force, of their readings, of contradictions.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let rules = self
            .rules
            .iter()
            .flat_map(|rule| std::iter::once(&rule.when).chain(rule.readings.iter().map(|reading| &reading.when)));
        rules.chain(self.beside()).chain(self.base.vocabulary().contradictions.iter().map(|c| &c.when))
    }

    /// The conditions of exceptions that hold under a condition only.
    pub(crate) fn beside(&self) -> impl Iterator<Item = &Condition> {
        let conditions = self.prevailing.iter().flatten().map(|(_, condition)| condition);
        conditions.filter(|condition| !matches!(condition, Condition::All(parts) if parts.is_empty()))
    }

    pub(crate) fn truth(&self, rule: usize, facts: &Assignment) -> Truth {
        self.rules[rule].when.truth(facts.as_slice())
    }

    /// The rule that holds and prevails over this one, if one does.
    pub(crate) fn gives_way_to(&self, rule: usize, facts: &Assignment) -> Option<usize> {
        let mut prevailing = self.prevailing[rule].iter();
        let holds = |(other, beside): &&(usize, Condition)| {
            self.truth(*other, facts) == Truth::True && beside.truth(facts.as_slice()) == Truth::True
        };
        prevailing.find(holds).map(|(other, _)| *other)
    }

    /// The conditions on which alone it rests whether the rule gives way to another that holds.
    pub(crate) fn may_give_way(&self, rule: usize, facts: &Assignment) -> impl Iterator<Item = &Condition> {
        let undecided = |(other, beside): &&(usize, Condition)| {
            self.truth(*other, facts) == Truth::True && beside.truth(facts.as_slice()) == Truth::Unknown
        };
        self.prevailing[rule].iter().filter(undecided).map(|(_, beside)| beside)
    }

    /// The judgement rules that hold, or `None` with the facts on which one still rests.
    pub(crate) fn judgements(&self, facts: &Assignment, open: &mut BTreeSet<FactIndex>) -> Option<BTreeSet<usize>> {
        let mut found = BTreeSet::new();
        let mut settled = true;
        for (n, rule) in self.rules.iter().enumerate() {
            if !matches!(rule.effect, Effect::Judgement { .. }) {
                continue;
            }
            match self.truth(n, facts) {
                Truth::True => {
                    found.insert(n);
                }
                Truth::Unknown => {
                    rule.when.open(facts.as_slice(), open);
                    settled = false;
                }
                Truth::False => {}
            }
        }
        settled.then_some(found)
    }

    /// The weakest status of a rule here: that of its text, or of a reading it needs for these facts.
    pub(crate) fn status(&self, rule: usize, facts: &Assignment) -> Status {
        let rule = &self.rules[rule];
        let needed = rule.readings.iter().filter(|r| r.when.truth(facts.as_slice()) != Truth::False);
        let day = if rule.settled_from.is_some_and(|day| self.on < day) { Status::Unconfirmed } else { rule.status };
        needed.map(|r| r.status).fold(rule.status.max(day), Ord::max)
    }
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

/// What is known, with what follows from it.
pub(crate) struct Known {
    pub(crate) facts: Assignment,
    /// Unknown counts that were added up from their parts.
    pub(crate) added: Vec<FactIndex>,
    /// Counts stated lower than a part of theirs, and raised to it: of two figures that do not agree the greater holds.
    pub(crate) raised: Vec<FactIndex>,
}

/// The known facts of the vocabulary; claims nobody made are not made, sums stand in for counts nobody stated.
pub(crate) fn known(names: &[FactDefinition], facts: &Facts) -> Known {
    let mut known = Known { facts: Vec::new(), added: Vec::new(), raised: Vec::new() };
    let stated = |f: &FactDefinition| facts.get(&f.id).or(f.assumed.as_ref()).cloned();
    known.facts = names.iter().map(stated).collect();
    let place = |id: &String| names.iter().position(|f| &f.id == id);
    for (n, definition) in names.iter().enumerate() {
        let count = |id: &String| match place(id).and_then(|at| known.facts[at].as_ref()) {
            Some(Value::Count(count)) => Some(*count),
            _ => None,
        };
        let part = definition.never_below.iter().map(|id| count(id).unwrap_or(0).max(facts.at_least(id))).max();
        let sum = definition.sum.as_ref().and_then(|sum| sum.of.iter().map(count).sum::<Option<u64>>());
        match (&known.facts[n], part, sum) {
            (Some(Value::Count(stated)), Some(part), _) if *stated < part => {
                known.facts[n] = Some(Value::Count(part));
                known.raised.push(FactIndex(n));
            }
            (None, _, Some(sum)) => {
                known.facts[n] = Some(Value::Count(sum));
                known.added.push(FactIndex(n));
            }
            _ => {}
        }
    }
    known
}

/// The facts whose value stands for a judgement, each with the settled values it may turn out to be.
pub(crate) fn judgement_facts(names: &[FactDefinition], facts: &Assignment) -> Vec<(FactIndex, Vec<Value>)> {
    let of = |(n, definition): (usize, &FactDefinition)| {
        let judgement = definition.judgement.as_ref()?;
        let stands = facts.as_slice().value(FactIndex(n)) == Some(&Value::Text(judgement.value.clone()));
        stands.then(|| (FactIndex(n), judgement.stands_for.iter().cloned().map(Value::Text).collect()))
    };
    names.iter().enumerate().filter_map(of).collect()
}
