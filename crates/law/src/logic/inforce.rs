//! The provisions in force on one day, and what is assumed about the facts while they are applied.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::book::base::overridden_by;
use crate::logic::condition::{Condition, Lookup, Truth};
use crate::book::definition::{FactDefinition, FactIndex};
use crate::logic::facts::Value;
use crate::book::rule::{Effect, Rule};
use crate::{Facts, LawError, RuleBase, Status};

/// What is assumed about each fact of the vocabulary, by its index.
pub(crate) type Assignment = Vec<Option<Value>>;

/// The provisions in force on one day, with who gives way to whom.
pub(crate) struct Law<'a> {
    pub(crate) base: &'a RuleBase,
    pub(crate) on: Date,
    /// In the order of the base; indices below are into this list.
    pub(crate) rules: Vec<&'a Rule>,
    /// For each rule, those that prevail over it.
    prevailing: Vec<Vec<usize>>,
    /// For each fact the least count it can have: an unknown count is unknown from there upwards.
    pub(crate) floors: Vec<u64>,
}

impl<'a> Law<'a> {
    /// The provisions in force on the day.
    pub(crate) fn on(base: &'a RuleBase, on: Date) -> Result<Self, LawError> {
        if on < base.covers_from() {
            return Err(LawError::BeforeRuleBase { on, begins: base.covers_from() });
        }
        let rules: Vec<&Rule> = base.rules().iter().filter(|r| r.in_force(on)).collect();
        let over: Vec<BTreeSet<&str>> = rules.iter().map(|r| overridden_by(base.rules(), r)).collect();
        let prevailing = rules
            .iter()
            .map(|r| (0..rules.len()).filter(|other| over[*other].contains(r.id.as_str())).collect())
            .collect();
        let floors = vec![0; base.facts().len()];
        Ok(Law { base, on, rules, prevailing, floors })
    }

    /// The same, for facts some of whose unknown counts are known from below.
    pub(crate) fn above(mut self, facts: &Facts) -> Self {
        self.floors = self.names().iter().map(|fact| facts.at_least(&fact.id)).collect();
        self
    }

    pub(crate) fn names(&self) -> &'a [FactDefinition] {
        self.base.facts()
    }

    /// Every condition that induces regions: those of the rules in force, of their readings, of contradictions.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &'a Condition> {
        let rules = self.rules.iter().flat_map(|r| {
            let rule: &'a Rule = r;
            std::iter::once(&rule.when).chain(rule.readings.iter().map(|reading| &reading.when))
        });
        rules.chain(self.base.vocabulary().contradictions.iter().map(|c| &c.when))
    }

    pub(crate) fn truth(&self, rule: usize, facts: &Assignment) -> Truth {
        self.rules[rule].when.truth(facts.as_slice())
    }

    /// The rule that holds and prevails over this one, if one does.
    pub(crate) fn gives_way_to(&self, rule: usize, facts: &Assignment) -> Option<usize> {
        self.prevailing[rule].iter().copied().find(|other| self.truth(*other, facts) == Truth::True)
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
        let rule = self.rules[rule];
        let needed = rule.readings.iter().filter(|r| r.when.truth(facts.as_slice()) != Truth::False);
        needed.map(|r| r.status).fold(rule.status, Ord::max)
    }
}

/// The assignment that holds exactly the known facts.
pub(crate) fn assign<L: Fn(&str) -> Option<Value>>(names: &[FactDefinition], known: L) -> Assignment {
    names.iter().map(|definition| known(&definition.id)).collect()
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
