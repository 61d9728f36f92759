//! The worked cases that stand in each provision's own file, and the runner that tries them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Facts, LawError, Outcome, Path, RuleBase, Status, Value, determine, source};

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
    /// Ids of duties that must be among the obligations.
    #[serde(default)]
    pub obligations: Vec<String>,
    /// Facts that must be asked, in this order and no others.
    pub questions: Option<Vec<String>>,
    /// Regimes that must be pointed to.
    #[serde(default)]
    pub also_check: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A scenario that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFailure {
    /// Id of the rule whose file holds it.
    pub rule: String,
    /// Its name.
    pub scenario: String,
    /// What was expected and what came.
    pub what: String,
}

/// Runs every scenario of every provision: how many ran, and which failed.
pub fn run_scenarios(base: &RuleBase) -> (usize, Vec<ScenarioFailure>) {
    let mut ran = 0;
    let mut failures = Vec::new();
    for rule in base.rules() {
        for scenario in &rule.scenarios {
            ran += 1;
            let outcome = scenario
                .try_out(base, &rule.id)
                .map_err(|error| error.to_string())
                .and_then(|faults| if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) });
            if let Err(what) = outcome {
                failures.push(ScenarioFailure { rule: rule.id.clone(), scenario: scenario.name.clone(), what });
            }
        }
    }
    (ran, failures)
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

    fn try_out(&self, base: &RuleBase, rule: &str) -> Result<Vec<String>, LawError> {
        let answer = determine(base, &self.facts(base)?, self.on)?;
        let expect = &self.expect;
        let mut faults = Vec::new();
        let mut demand = |holds: bool, what: String| {
            if !holds {
                faults.push(what);
            }
        };
        demand(
            answer.outcome == expect.outcome && answer.paths == expect.paths,
            format!("expected {:?} {:?}, came {:?} {:?}", expect.outcome, expect.paths, answer.outcome, answer.paths),
        );
        if let Some(certainty) = expect.certainty {
            demand(
                answer.certainty == certainty,
                format!("expected certainty {certainty:?}, came {:?}", answer.certainty),
            );
        }
        let fires = answer.rules.iter().any(|r| r.id == rule);
        demand(fires == expect.fires, format!("expected `{rule}` to apply: {}, came {fires}", expect.fires));
        for id in &expect.obligations {
            demand(answer.obligations.iter().any(|o| &o.id == id), format!("the duty `{id}` is missing"));
        }
        for regime in &expect.also_check {
            demand(answer.also_check.iter().any(|r| &r.regime == regime), format!("`{regime}` is not pointed to"));
        }
        if let Some(wanted) = &expect.questions {
            let asked: Vec<String> = answer.questions.iter().map(|q| q.fact.clone()).collect();
            demand(&asked == wanted, format!("expected questions {wanted:?}, came {asked:?}"));
        }
        Ok(faults)
    }
}
