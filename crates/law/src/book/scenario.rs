//! Worked cases, in each provision's own file and in the tables of `scenarios/`, and the runner that tries them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Determination, Facts, Law, LawError, Outcome, Path, Rule, RuleBase, Status, Value, source};

/// A worked case: the plain facts of `facts.toml`, changed as it says, and the outcome the law then has.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows.
    pub name: String,
    /// The day whose law is asked.
    #[serde(deserialize_with = "source::deserialize_date")]
    pub on: Date,
    /// Facts that differ from the plain ones.
    #[serde(default)]
    #[schemars(with = "Facts")]
    pub facts: BTreeMap<String, toml::Value>,
    /// Facts that are not known.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// How it must come out.
    pub expect: Expectation,
}

/// What a scenario demands; what it leaves out is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The outcome.
    pub outcome: Outcome,
    /// All paths, in listing order.
    pub paths: Vec<Path>,
    /// The certainty.
    pub certainty: Option<Status>,
    /// Whether this provision itself must be among those that apply; true unless said otherwise.
    #[serde(default = "yes")]
    pub fires: bool,
    /// Ids of rules that must be among those that apply; with `!` before it a rule that must not.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Ids of duties that must be among the obligations, or with `!` must not.
    #[serde(default)]
    pub obligations: Vec<String>,
    /// Ids of fines that must be named, or with `!` must not.
    #[serde(default)]
    pub fines: Vec<String>,
    /// Facts that must be asked, in this order and no others.
    pub questions: Option<Vec<String>>,
    /// Regimes that must be pointed to, or with `!` must not.
    #[serde(default)]
    pub also_check: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A scenario that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFailure {
    /// Id of the rule whose file holds it, or the table's file and line.
    pub rule: String,
    /// Its name.
    pub scenario: String,
    /// What was expected and what came.
    pub what: String,
}

/// A scenario with where it stands.
#[derive(Debug, Clone)]
pub struct Placed<'a> {
    /// A name that no other scenario has: its owner and its number there, or the page and its line.
    pub id: String,
    /// What messages name: the provision, the list, or the page and its line.
    pub place: String,
    /// The file, relative to the lawbook.
    pub file: String,
    /// Whose it is, and so what has to apply where it says `fires`.
    pub owner: Owner<'a>,
    /// The scenario.
    pub scenario: &'a Scenario,
}

/// Whose scenario it is.
#[derive(Debug, Clone)]
pub enum Owner<'a> {
    /// A provision: it has to apply itself.
    Rule(&'a Rule),
    /// An edition of a list: some rule has to apply whose id begins so.
    List(String),
    /// A row of a table: nothing but what the row says.
    Table,
}

/// Every scenario there is: of provisions, of lists, of tables.
pub fn scenarios(base: &RuleBase) -> impl Iterator<Item = Placed<'_>> {
    let of_rules = base.rules().iter().flat_map(|rule| {
        let file = format!("{}.toml", rule.id.replacen('.', "/", 2));
        rule.scenarios.iter().enumerate().map(move |(n, scenario)| Placed {
            id: format!("{}#{}", rule.id, n + 1),
            place: rule.id.clone(),
            file: file.clone(),
            owner: Owner::Rule(rule),
            scenario,
        })
    });
    let of_lists = base.lists().iter().flat_map(|edition| {
        let place = edition.rule_prefix();
        edition.scenario.iter().enumerate().map(move |(n, scenario)| Placed {
            id: format!("{place}#{}", n + 1),
            place: place.clone(),
            file: format!("lists/{}.toml", edition.id),
            owner: Owner::List(format!("{place}.")),
            scenario,
        })
    });
    let of_tables = base.cases().iter().map(|case| Placed {
        id: case.place(),
        place: case.place(),
        file: case.file.clone(),
        owner: Owner::Table,
        scenario: &case.scenario,
    });
    of_rules.chain(of_lists).chain(of_tables)
}

/// The laws of the days that were asked about, each made ready once.
#[derive(Default)]
struct Laws<'a>(HashMap<Date, Law<'a>>);

impl<'a> Laws<'a> {
    fn determine(&mut self, base: &'a RuleBase, scenario: &Scenario) -> Result<Determination, LawError> {
        let law = match self.0.entry(scenario.on) {
            Entry::Occupied(ready) => ready.into_mut(),
            Entry::Vacant(place) => place.insert(Law::on(base, scenario.on)?),
        };
        law.determine(&scenario.facts(base)?)
    }
}

/// Runs every scenario of every provision and list and every row of the tables: how many ran, and which failed.
pub fn run_scenarios(base: &RuleBase) -> (usize, Vec<ScenarioFailure>) {
    let mut laws = Laws::default();
    let mut ran = 0;
    let mut failures = Vec::new();
    for Placed { place, owner, scenario, .. } in scenarios(base) {
        ran += 1;
        let faults = match laws.determine(base, scenario) {
            Ok(answer) => scenario.faults(&answer, &owner),
            Err(error) => vec![error.to_string()],
        };
        if !faults.is_empty() {
            let what = faults.join("; ");
            failures.push(ScenarioFailure { rule: place, scenario: scenario.name.clone(), what });
        }
    }
    (ran, failures)
}

/// Ids of the rules that apply in some scenario. A scenario that cannot be answered covers nothing.
pub(crate) fn covered(base: &RuleBase) -> BTreeSet<String> {
    let mut laws = Laws::default();
    let answers = scenarios(base).filter_map(|placed| laws.determine(base, placed.scenario).ok());
    answers.flat_map(|answer| answer.rules).map(|rule| rule.id).collect()
}

impl Scenario {
    /// The plain facts with this scenario's changes.
    pub fn facts(&self, base: &RuleBase) -> Result<Facts, LawError> {
        let mut facts = Facts::new();
        for definition in base.facts() {
            if let Some(plain) = &definition.plain {
                facts.set(base, &definition.id, plain.clone())?;
            }
        }
        for definition in base.facts().iter().filter(|f| !f.never_below.is_empty()) {
            // A plain count includes whatever the scenario says of its parts.
            let parts = definition.never_below.iter().map(|id| match self.facts.get(id).and_then(source::value) {
                Some(Value::Count(n)) => n,
                _ => 0,
            });
            if let (Some(Value::Count(plain)), Some(part)) = (&definition.plain, parts.max()) {
                facts.set(base, &definition.id, Value::Count(part.max(*plain)))?;
            }
        }
        for (id, value) in &self.facts {
            let value = source::value(value).ok_or_else(|| LawError::fact(id, "must be a single value"))?;
            facts.set(base, id, value)?;
        }
        for id in &self.unknown {
            base.fact(id).ok_or_else(|| LawError::fact(id, "is not a known fact"))?;
            facts.forget(id);
        }
        Ok(facts)
    }

    /// What came out otherwise.
    fn faults(&self, answer: &Determination, owner: &Owner<'_>) -> Vec<String> {
        let expect = &self.expect;
        let mut faults = Vec::new();
        if answer.outcome != expect.outcome || answer.paths != expect.paths {
            let (came, paths) = (answer.outcome, &answer.paths);
            faults.push(format!("expected {:?} {:?}, came {came:?} {paths:?}", expect.outcome, expect.paths));
        }
        if let Some(certainty) = expect.certainty.filter(|wanted| answer.certainty != *wanted) {
            faults.push(format!("expected certainty {certainty:?}, came {:?}", answer.certainty));
        }
        let fires = match owner {
            Owner::Rule(rule) => Some((rule.id.as_str(), answer.rules.iter().any(|r| r.id == rule.id))),
            Owner::List(head) => Some((head.as_str(), answer.rules.iter().any(|r| r.id.starts_with(head)))),
            Owner::Table => None,
        };
        if let Some((id, fires)) = fires.filter(|(_, fires)| *fires != expect.fires) {
            faults.push(format!("expected `{id}` to apply: {}, came {fires}", expect.fires));
        }
        check_named(&expect.rules, "rule", answer.rules.iter().map(|r| &r.id), &mut faults);
        check_named(&expect.obligations, "duty", answer.obligations.iter().map(|o| &o.id), &mut faults);
        check_named(&expect.fines, "fine", answer.fines.iter().map(|f| &f.id), &mut faults);
        check_named(&expect.also_check, "regime", answer.also_check.iter().map(|r| &r.regime), &mut faults);
        if let Some(wanted) = &expect.questions {
            let asked: Vec<String> = answer.questions.iter().map(|q| q.fact.clone()).collect();
            if &asked != wanted {
                faults.push(format!("expected questions {wanted:?}, came {asked:?}"));
            }
        }
        faults
    }
}

/// What is wanted is there, and what has `!` before it is not.
fn check_named<'a>(wanted: &[String], kind: &str, found: impl Iterator<Item = &'a String>, faults: &mut Vec<String>) {
    let found: Vec<&String> = found.collect();
    for word in wanted {
        let (name, want) = word.strip_prefix('!').map_or((word.as_str(), true), |name| (name, false));
        if found.iter().any(|id| id.as_str() == name) != want {
            faults
                .push(format!("the {kind} `{name}` is {}", if want { "missing" } else { "there, and should not be" }));
        }
    }
}
