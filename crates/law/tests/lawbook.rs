//! The lawbook of this workspace: it loads, its own scenarios hold, the static checks find nothing.

mod support;

use law::{check, run_scenarios};
use support::BASE;

#[test]
fn every_scenario_in_every_provision_holds() {
    let (ran, failures) = run_scenarios(&BASE);
    for failure in &failures {
        eprintln!("{} / {}: {}", failure.rule, failure.scenario, failure.what);
    }
    assert!(failures.is_empty(), "{} of {ran} scenarios fail", failures.len());
    eprintln!("{ran} scenarios, {} of them in tables", BASE.cases().len());
    assert!(ran >= 60, "only {ran} scenarios ran");
}

#[test]
fn i3_no_gap_no_conflict_no_dead_rule_on_any_day() {
    let findings = check(&BASE);
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn i2_every_provision_is_cited_dated_and_unsigned_until_a_lawyer_signs() {
    for rule in BASE.rules() {
        assert!(!rule.instrument_short.is_empty() && !rule.article.is_empty(), "{}", rule.id);
        assert!(!rule.last_checked.against.is_empty(), "{}", rule.id);
        assert_eq!(rule.reviewed_by, "", "{}: only a named lawyer signs", rule.id);
    }
}
