//! Every scenario of the rule base with what the law answers to it; worked out once and used by book and exports.

use std::collections::BTreeMap;

use law::{Determination, Facts, LawError, Owner, Placed, Rule, RuleBase, Scenario, run_scenarios, scenarios};

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

/// Tries every scenario: those of provisions, of lists and of tables.
pub(crate) fn tried<'a>(base: &'a RuleBase) -> Vec<Tried<'a>> {
    let (_, failures) = run_scenarios(base);
    let faults: BTreeMap<(String, String), String> =
        failures.into_iter().map(|failure| ((failure.rule, failure.scenario), failure.what)).collect();
    let one = |placed: Placed<'a>| {
        let Placed { id, place, file, owner, scenario } = placed;
        let facts = scenario.facts(base);
        let answer = facts.clone().and_then(|facts| law::determine(base, &facts, scenario.on));
        let fault = faults.get(&(place, scenario.name.clone())).cloned();
        let rule = if let Owner::Rule(rule) = owner { Some(rule) } else { None };
        Tried { id, rule, file, scenario, facts, answer, fault }
    };
    scenarios(base).map(one).collect()
}
