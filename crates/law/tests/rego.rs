//! The law against an engine of somebody else: rules written out in Rego, the language of the Open Policy Agent, and judged by
//! `regorus`, which shares no line with this workspace.
//!
//! The translation reads the rules as data and nothing else. Rego has two truth values, so that what is unknown, and a value
//! that stands for a person's judgement, cannot be said in it: every world here is known to the last fact. Certainty is not
//! compared either, for a status is no part of the logic.

mod support;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::Date;
use law::{Condition, Effect, Facts, Law, Outcome, Path, Rule, Test, Value};
use regorus::Engine;
use support::{BASE, day};
use worlds::Worlds;

/// Worlds of each day.
const WORLDS: usize = 600;

/// Days of different regimes: before PIPL had a route, under Orders 11 and 13, and three under Order 16.
const DAYS: [&str; 6] = ["2019-03-01", "2022-10-10", "2023-11-15", "2024-06-03", "2025-06-30", "2026-11-22"];

/// A law as a Rego module.
struct Module<'a> {
    on: Date,
    rules: Vec<&'a Rule>,
    text: String,
    /// What needs no logic, as data: who prevails over whom in any case, and what each rule opens.
    tables: BTreeMap<&'static str, BTreeMap<&'a str, serde_json::Value>>,
    /// Helper rules so far.
    parts: usize,
    /// Conditions of exceptions that are written already, by rule and place.
    exceptions: BTreeMap<(&'a str, usize), String>,
}

impl<'a> Module<'a> {
    fn on(on: Date) -> Module<'a> {
        let rules = BASE.rules().iter().filter(|rule| rule.from <= on && rule.to.is_none_or(|to| on <= to)).collect();
        let mut module = Module {
            on,
            rules,
            text: "package law\n\nimport rego.v1\n\n".to_owned(),
            parts: 0,
            exceptions: BTreeMap::new(),
            tables: BTreeMap::new(),
        };
        module.write();
        module
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").expect("text");
    }

    fn write(&mut self) {
        for rule in self.rules.clone() {
            let when = self.condition(&rule.when);
            self.line(&format!("holding contains {:?} if {when}", rule.id));
            self.effect(rule);
        }
        for rule in self.rules.clone() {
            let mut over = BTreeSet::new();
            self.prevails(rule, &[], &mut over);
            let (always, sometimes): (Vec<_>, Vec<_>) = over.into_iter().partition(|(_, whether)| whether.is_empty());
            self.table("over", &rule.id, always.into_iter().map(|(under, _)| under).collect::<Vec<_>>());
            for (under, whether) in sometimes {
                let id = &rule.id;
                self.line(&format!("aside contains {under:?} if {{ {id:?} in holding; {} }}", whether.join("; ")));
            }
        }
        self.text.push_str(
            r#"
stopped if { some id in holding; data.stops[id] }
aside contains under if { some id in holding; some under in data.over[id] }
standing contains id if { some id in holding; data.says[id]; not id in aside }
said contains data.says[id] if { some id in standing }
joining contains id if { some id in holding; some under in data.beneath[id]; under in standing }
judged contains id if { some id in holding; data.asks[id] }
open contains path if { some id in standing; some path in data.says[id] }
open contains path if { some id in joining; some path in data.adds[id] }
open contains path if { some id in judged; some path in data.asks[id] }
answer := {"outcome": "refused", "paths": ["stop"]} if stopped
answer := {"outcome": "human-judgement", "paths": open, "said": count(said)} if { not stopped; count(judged) > 0 }
answer := {"outcome": "determined", "paths": open, "said": count(said)} if { not stopped; count(judged) == 0 }
"#,
        );
    }

    fn table(&mut self, name: &'static str, id: &'a str, value: impl serde::Serialize) {
        let value = serde_json::to_value(value).expect("JSON");
        self.tables.entry(name).or_default().insert(id, value);
    }

    fn effect(&mut self, rule: &'a Rule) {
        let names = |paths: &[Path]| paths.iter().map(|path| path.name()).collect::<Vec<_>>();
        match &rule.effect {
            Effect::Stop(_) => self.table("stops", &rule.id, true),
            Effect::Paths(paths) => self.table("says", &rule.id, names(paths)),
            Effect::Adds { path, to } => {
                self.table("adds", &rule.id, names(&[*path]));
                self.table("beneath", &rule.id, to);
            }
            Effect::Judgement { possible, .. } => self.table("asks", &rule.id, names(possible)),
            _ => {}
        }
    }

    /// Everything that gives way to this rule or to what gives way to it, with what has to hold: exceptions of the rule
    /// reached, and whatever steps back before it.
    fn prevails(&mut self, reached: &'a Rule, conditions: &[String], over: &mut BTreeSet<(&'a str, Vec<String>)>) {
        let all = BASE.rules();
        for stepping_back in all.iter().filter(|rule| rule.gives_way_to.contains(&reached.id)) {
            over.insert((&stepping_back.id, conditions.to_vec()));
        }
        for (place, exception) in reached.exception_to.iter().enumerate() {
            let mut conditions = conditions.to_vec();
            if let Some(when) = &exception.when {
                let key = (reached.id.as_str(), place);
                if !self.exceptions.contains_key(&key) {
                    let name = self.condition(when);
                    self.exceptions.insert(key, name);
                }
                conditions.push(self.exceptions[&key].clone());
                conditions.sort_unstable();
                conditions.dedup();
            }
            let next = all.iter().find(|rule| rule.id == exception.rule).expect("a rule");
            if over.insert((&next.id, conditions.clone())) {
                self.prevails(next, &conditions, over);
            }
        }
    }

    /// A condition as an expression; one with parts becomes a rule of its own, named here.
    fn condition(&mut self, condition: &Condition) -> String {
        let parts = match condition {
            Condition::Fact(fact, test) => return self.test(&BASE.facts()[fact.place()].id, test),
            Condition::Not(part) => vec![format!("not {}", self.named(part))],
            Condition::All(parts) | Condition::Any(parts) => parts.iter().map(|part| self.condition(part)).collect(),
        };
        self.parts += 1;
        let name = format!("part_{}", self.parts);
        match condition {
            // Of no parts none holds.
            Condition::Any(_) if parts.is_empty() => self.line(&format!("{name} if false")),
            Condition::Any(_) => parts.iter().for_each(|part| self.line(&format!("{name} if {{ {part} }}"))),
            _ if parts.is_empty() => self.line(&format!("{name} if true")),
            _ => self.line(&format!("{name} if {{ {} }}", parts.join("; "))),
        }
        name
    }

    /// The same, always as a rule: what `not` stands before must be one.
    fn named(&mut self, condition: &Condition) -> String {
        self.condition(&Condition::All(vec![condition.clone()]))
    }

    fn test(&self, fact: &str, test: &Test) -> String {
        let fact = format!("input[{fact:?}]");
        let any_of = |tests: Vec<String>| format!("true in [{}]", tests.join(", "));
        match test {
            Test::Is(value) => format!("{fact} == {}", literal(value)),
            Test::IsNot(value) => format!("{fact} != {}", literal(value)),
            Test::In(list) => format!("{fact} in [{}]", list.iter().map(literal).collect::<Vec<_>>().join(", ")),
            Test::AtLeast(n) => format!("{fact} >= {n}"),
            Test::Below(n) => format!("{fact} < {n}"),
            Test::StartsWith(heads) => {
                any_of(heads.iter().map(|head| format!("startswith({fact}, {head:?})")).collect())
            }
            // Days as the wire writes them are in the order of their letters.
            Test::Before(day) => format!("{fact} < \"{day}\""),
            Test::From(day) => format!("{fact} >= \"{day}\""),
            Test::WithinMonths(months) => format!("{fact} >= \"{}\"", self.first_within(*months)),
        }
    }

    /// The first day whose period of months is not over: Rego cannot count months.
    fn first_within(&self, months: u32) -> Date {
        let months = i64::from(months).months();
        let mut day = self.on.saturating_sub(months).saturating_sub(5.days());
        while day.saturating_add(months) < self.on {
            day = day.saturating_add(1.day());
        }
        day
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Count(n) => n.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Date(day) => format!("\"{day}\""),
    }
}

/// A world without unknowns and without values that stand for a judgement. Facts that no rule of the day reads are left out.
fn settled(world: Vec<Option<Value>>) -> Option<BTreeMap<&'static str, Value>> {
    let mut all = BTreeMap::new();
    for (fact, value) in BASE.facts().iter().zip(world) {
        let Some(value) = value.or_else(|| fact.assumed.clone()) else { continue };
        if fact.judgement.as_ref().is_some_and(|j| value == Value::Text(j.value.clone())) {
            return None;
        }
        all.insert(fact.id.as_str(), value);
    }
    Some(all)
}

#[test]
fn an_engine_of_somebody_else_says_the_same() {
    let (mut compared, mut left_out) = (0, 0);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for (seed, on) in DAYS.iter().enumerate() {
        let law = Law::on(&BASE, day(on)).expect("a law");
        let module = Module::on(day(on));
        let mut engine = Engine::new();
        engine.add_policy(format!("{on}.rego"), module.text.clone()).unwrap_or_else(|error| panic!("{error:#}"));
        let tables = serde_json::to_string(&module.tables).expect("JSON");
        engine.add_data_json(&tables).unwrap_or_else(|error| panic!("{error:#}"));
        let mut worlds = Worlds::new(&BASE, day(on), 7 + seed as u64);
        for _ in 0..WORLDS {
            let Some(world) = settled(worlds.draw()) else {
                left_out += 1;
                continue;
            };
            let mut facts = Facts::new();
            for (id, value) in &world {
                facts.set(&BASE, id, value.clone()).expect("fits");
            }
            let ours = law.encode(&facts).and_then(|facts| law.decide(&facts)).expect("an answer");
            engine.set_input_json(&serde_json::to_string(&world).expect("JSON")).expect("input");
            let theirs = engine.eval_rule("data.law.answer".to_owned()).unwrap_or_else(|error| panic!("{error:#}"));
            let theirs: serde_json::Value = serde_json::from_str(&theirs.to_json_str().expect("JSON")).expect("JSON");
            let mut names: Vec<&str> =
                theirs["paths"].as_array().expect("paths").iter().filter_map(|p| p.as_str()).collect();
            names.sort_unstable();
            let mut paths: Vec<&str> = ours.paths.iter().map(Path::name).collect();
            paths.sort_unstable();
            let outcome = serde_json::to_value(ours.outcome).expect("a word");
            assert_eq!((&outcome, &paths), (&theirs["outcome"], &names), "on {on} {world:?}");
            if ours.outcome != Outcome::Refused {
                assert_eq!(theirs["said"], 1, "rules that stand say one thing, on {on} {world:?}");
            }
            *met.entry(format!("{} {}", theirs["outcome"], names.join(","))).or_default() += 1;
            compared += 1;
        }
    }
    println!("{compared} worlds compared, {left_out} left out: {met:#?}");
    assert!(compared >= 3_000, "{compared} compared, {left_out} left out");
    assert!(met.len() >= 10 && met.values().filter(|times| **times >= 20).count() >= 6, "{met:#?}");
}
