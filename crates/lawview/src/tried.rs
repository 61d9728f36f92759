//! Every scenario of the rule base with what the law answers to it; worked out once and used by book and exports.

use std::collections::BTreeMap;

use law::{Determination, Facts, LawError, Rule, RuleBase, Scenario, run_scenarios};

/// One scenario, tried.
pub(crate) struct Tried<'a> {
    /// The provision in whose file it stands.
    pub(crate) rule: &'a Rule,
    pub(crate) scenario: &'a Scenario,
    pub(crate) facts: Result<Facts, LawError>,
    pub(crate) answer: Result<Determination, LawError>,
    /// What came otherwise than demanded.
    pub(crate) fault: Option<String>,
}

impl Tried<'_> {
    /// A name that is unique in the rule base.
    pub(crate) fn id(&self) -> String {
        let nth = self.rule.scenarios.iter().position(|other| std::ptr::eq(other, self.scenario)).unwrap_or(0);
        format!("{}#{}", self.rule.id, nth + 1)
    }
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
        for scenario in &rule.scenarios {
            let facts = scenario.facts(base);
            let answer = facts.clone().and_then(|facts| law::determine(base, &facts, scenario.on));
            let fault = faults.get(&(rule.id.clone(), scenario.name.clone())).cloned();
            all.push(Tried { rule, scenario, facts, answer, fault });
        }
    }
    all
}
