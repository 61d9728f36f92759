//! Every scenario of the rule base with what the law answers to it; worked out once and used by book and exports.

use std::collections::BTreeMap;

use law::{Determination, Facts, LawError, Rule, RuleBase, Scenario, run_scenarios};

/// One scenario, tried.
pub(crate) struct Tried<'a> {
    /// A name that is unique in the rule base.
    pub(crate) id: String,
    /// The provision in whose file it stands, if it stands in one.
    pub(crate) rule: Option<&'a Rule>,
    /// The file, relative to the lawbook.
    pub(crate) file: String,
    pub(crate) scenario: &'a Scenario,
    pub(crate) facts: Result<Facts, LawError>,
    pub(crate) answer: Result<Determination, LawError>,
    /// What came otherwise than demanded.
    pub(crate) fault: Option<String>,
}

/// Tries every scenario, in the order of the rules.
pub(crate) fn tried(base: &RuleBase) -> Vec<Tried<'_>> {
    let (_, failures) = run_scenarios(base);
    let mut faults: BTreeMap<(String, String), String> = BTreeMap::new();
    for failure in failures {
        faults.insert((failure.rule, failure.scenario), failure.what);
    }
    let mut all = Vec::new();
    for rule in base.rules() {
        for (n, scenario) in rule.scenarios.iter().enumerate() {
            let facts = scenario.facts(base);
            let answer = facts.clone().and_then(|facts| law::determine(base, &facts, scenario.on));
            let fault = faults.get(&(rule.id.clone(), scenario.name.clone())).cloned();
            let id = format!("{}#{}", rule.id, n + 1);
            all.push(Tried { id, rule: Some(rule), file: file(&rule.id), scenario, facts, answer, fault });
        }
    }
    all
}

/// The file of a provision: country and instrument are folders, the rest is its name.
fn file(rule: &str) -> String {
    let name = rule.replacen('.', "/", 2);
    format!("{name}.toml")
}
