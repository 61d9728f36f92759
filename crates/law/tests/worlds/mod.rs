//! Worlds to try the law on: values on both sides of whatever its rules may ask, and random choices among them.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use law::{Condition, FactDefinition, FactIndex, FactType, Rule, RuleBase, Test, Value};

/// Values of a fact on both sides of whatever a rule in force may ask of it.
pub(crate) fn values(rules: &[&Rule], definition: &FactDefinition, fact: FactIndex, on: Date) -> Vec<Value> {
    let mut named = BTreeSet::new();
    let mut note = |test: &Test| match test {
        Test::Is(value) | Test::IsNot(value) => drop(named.insert(value.clone())),
        Test::In(list) => named.extend(list.iter().cloned()),
        Test::AtLeast(n) | Test::Below(n) => named.extend([Value::Count(n.saturating_sub(1)), Value::Count(*n)]),
        Test::StartsWith(heads) => named.extend(heads.iter().map(|head| Value::Text(format!("{head}00")))),
        Test::Before(day) | Test::From(day) => {
            named.extend([Value::Date(*day), Value::Date(day.saturating_sub(1.day()))]);
        }
        Test::WithinMonths(n) => {
            let about = on.saturating_sub(i64::from(*n).months());
            named.extend((-1..=1).map(|days: i64| Value::Date(about.saturating_add(days.days()))));
        }
    };
    for rule in rules {
        let conditions = rule.exception_to.iter().filter_map(|e| e.when.as_ref());
        let conditions = conditions.chain(rule.readings.iter().map(|r| &r.when)).chain([&rule.when]);
        conditions.for_each(|condition| each_test(condition, fact, &mut note));
    }
    match definition.kind {
        FactType::Bool => vec![Value::Bool(false), Value::Bool(true)],
        FactType::Choice => definition
            .values
            .iter()
            .filter(|word| Some(*word) != definition.judgement.as_ref().map(|j| &j.value))
            .cloned()
            .map(Value::Text)
            .collect(),
        FactType::Count => [Value::Count(0), Value::Count(1)].into_iter().chain(named).collect(),
        FactType::Date => named.into_iter().collect(),
        FactType::Code | FactType::Text => {
            named.retain(|value| definition.accepts(value).is_ok());
            named.into_iter().chain(definition.plain.clone()).collect()
        }
    }
}

fn each_test(condition: &Condition, of: FactIndex, visit: &mut impl FnMut(&Test)) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| each_test(part, of, visit)),
        Condition::Not(part) => each_test(part, of, visit),
        Condition::Fact(fact, test) if *fact == of => visit(test),
        Condition::Fact(..) => {}
    }
}

/// Draws worlds for the law of one day, the same ones for the same seed.
pub(crate) struct Worlds<'a> {
    base: &'a RuleBase,
    values: Vec<Vec<Value>>,
    state: u64,
}

impl<'a> Worlds<'a> {
    pub(crate) fn new(base: &'a RuleBase, on: Date, seed: u64) -> Self {
        let rules: Vec<&Rule> = base.rules().iter().filter(|r| r.in_force(on)).collect();
        let read: BTreeSet<FactIndex> = rules.iter().flat_map(|r| r.when.facts()).collect();
        let place = |n: usize| read.iter().find(|fact| fact.place() == n);
        let each = base.facts().iter().enumerate();
        let values = each.map(|(n, f)| place(n).map_or_else(Vec::new, |fact| values(&rules, f, *fact, on)));
        Worlds { base, values: values.collect(), state: seed }
    }

    /// The next number (SplitMix64).
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    /// A world without contradiction in which everything some rule reads is known. Most facts are plain, as in life, so that
    /// numbers matter often enough; now and then a value stands for a judgement.
    pub(crate) fn draw(&mut self) -> Vec<Option<Value>> {
        let facts = self.base.facts();
        let mut world = Vec::with_capacity(facts.len());
        for (n, fact) in facts.iter().enumerate() {
            let unusual = if fact.kind == FactType::Count { 70 } else { 25 };
            let drawn = self.below(100);
            let judgement = fact.judgement.as_ref().filter(|_| drawn < 2).map(|j| Value::Text(j.value.clone()));
            let other = (drawn < unusual && !self.values[n].is_empty()).then(|| {
                let at = self.below(self.values[n].len());
                self.values[n][at].clone()
            });
            let any = self.values[n].first().cloned();
            world.push(judgement.or(other).or_else(|| fact.plain.clone()).or(any));
        }
        self.agree(&mut world);
        world
    }

    /// Makes counts agree with each other and with what the data is said to be.
    fn agree(&mut self, world: &mut [Option<Value>]) {
        let facts = self.base.facts();
        let place = |id: &str| facts.iter().position(|f| f.id == id).expect("a fact");
        let count = |world: &[Option<Value>], n: usize| if let Some(Value::Count(n)) = world[n] { n } else { 0 };
        let personal = world[place("data.personal")] != Some(Value::Bool(false));
        for (n, fact) in facts.iter().enumerate() {
            if fact.id.starts_with("persons.") && !personal {
                world[n] = Some(Value::Count(0));
            }
            let least = fact.never_below.iter().map(|id| count(world, place(id))).max().unwrap_or(0);
            if count(world, n) < least {
                world[n] = Some(Value::Count(least));
            }
            if let Some(sum) = &fact.sum {
                let most: u64 = sum.of.iter().map(|id| count(world, place(id))).sum();
                let between = least + self.next() % (most - least + 1);
                world[n] = Some(Value::Count(between));
            }
        }
    }
}
