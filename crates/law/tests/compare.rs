//! Two determinations side by side.

mod support;

use law::{Bearing, Determination, Facts, Value, compare, determine};
use proptest::prelude::*;
use proptest::sample::select;
use support::{BASE, answer, day, facts, files, parse};

const ON: &str = "2026-11-22";

#[test]
fn a_determination_agrees_with_itself() {
    let one = answer(ON, "persons.sensitive=20");
    let same = compare(&BASE, &one, None).expect("compares");
    assert!(same.agree && same.same_rule_base && same.same_law == Some(true));
    assert!(
        same.facts.is_empty() && same.rules.is_empty() && same.duties_here.is_empty() && same.duties_there.is_empty()
    );
}

#[test]
fn the_fact_that_makes_the_difference_is_named() {
    let there = answer(ON, "persons.sensitive=20 handler.region=CN-SH recipient.region=FR");
    let here = answer(ON, "persons.sensitive=10_000 recipient.region=DE");
    let found = compare(&BASE, &there, Some(&here)).expect("compares");
    assert!(!found.agree);
    let explains: Vec<_> = found.facts.iter().filter(|d| d.explains).map(|d| d.fact.as_str()).collect();
    assert_eq!(explains, ["persons.sensitive"]);
    assert!(found.facts.iter().any(|d| d.fact == "recipient.region" && !d.explains), "it differs and explains nothing");
    let contract = found.rules.iter().find(|r| r.id == "cn.o16.8").expect("the rule");
    assert_eq!((contract.here, contract.there), (Bearing::DoesNotApply, Bearing::Applies));
    assert!(contract.why.en.contains("must be below 10,000 (it is 10,000)"), "{}", contract.why.en);
    assert!(contract.why.zh.contains("须不满 10,000人"), "{}", contract.why.zh);
    assert!(found.rules[0].decides, "what decides comes first");
}

#[test]
fn two_facts_that_explain_only_together_are_named_together() {
    let there = answer(ON, "persons.sensitive=20 ground.hr_labour_rules=true ground.hr_collective_contract=true");
    let here = answer(ON, "persons.sensitive=20");
    let found = compare(&BASE, &there, Some(&here)).expect("compares");
    assert!(found.facts.iter().all(|d| !d.explains));
    assert_eq!(found.together, [["ground.hr_labour_rules".to_owned(), "ground.hr_collective_contract".to_owned()]]);
}

#[test]
fn a_change_of_law_is_told_from_a_change_of_facts() {
    let there = answer(ON, "persons.sensitive=9_000");
    let mut changed = files();
    let article = changed.iter_mut().filter(|(path, _)| path.starts_with("cn/o16/"));
    article.for_each(|(_, text)| *text = text.split("[[scenario]]").next().expect("a head").replace("10_000", "5_000"));
    let other = parse(&changed).expect("loads");
    let found = compare(&other, &there, None).expect("compares");
    assert!(!found.agree && !found.same_rule_base);
    assert_eq!(found.same_law, Some(false));
    assert!(found.facts.is_empty(), "the facts are the same");
    assert!(
        found
            .rules
            .iter()
            .any(|r| r.id == "cn.o16.7.2" && r.here == Bearing::Applies && r.there == Bearing::DoesNotApply)
    );
}

#[test]
fn a_day_can_explain_the_difference() {
    let gba = "handler.city=440300 recipient.region=MO persons.ordinary=200_000";
    let found = compare(&BASE, &answer("2024-09-09", gba), Some(&answer(ON, gba))).expect("compares");
    assert!(found.facts.iter().any(|d| d.fact == "on" && d.explains), "{:?}", found.facts);
}

/// What earlier versions wrote lacks fields that later ones have.
#[test]
fn a_stored_determination_of_an_older_version_is_read_and_compared() {
    let one = answer(ON, "persons.sensitive=20");
    let mut json = serde_json::to_value(&one).expect("json");
    for rule in json["rules"].as_array_mut().expect("rules") {
        for key in ["cite", "effect_text", "decides", "last_checked", "reviewed_by"] {
            rule.as_object_mut().expect("a rule").remove(key).expect("a field");
        }
    }
    for rule in json["not_fired"].as_array_mut().expect("rules") {
        rule.as_object_mut().expect("a rule").retain(|key, _| ["id", "failed"].contains(&key.as_str()));
    }
    let old: Determination = serde_json::from_value(json.clone()).expect("reads");
    let found = compare(&BASE, &old, Some(&answer(ON, "persons.sensitive=10_000"))).expect("compares");
    assert!(found.facts.iter().any(|d| d.fact == "persons.sensitive" && d.explains));
    assert!(found.rules.iter().any(|r| r.id == "cn.o16.8" && r.decides));
    json.as_object_mut().expect("an object").remove("facts");
    let older: Determination = serde_json::from_value(json).expect("reads");
    assert!(compare(&BASE, &older, None).is_err(), "nothing to ask anew");
    let found = compare(&BASE, &older, Some(&one)).expect("compares");
    assert!(found.agree && found.replayed.is_none() && found.notes.len() == 1);
}

#[test]
fn facts_another_rule_base_has_are_named_and_left_out() {
    let mut there = answer(ON, "persons.sensitive=20");
    let mut json = serde_json::to_value(&there.facts).expect("json");
    json["handler.mood"] = "good".into();
    there.facts = serde_json::from_value::<Facts>(json).expect("reads");
    let found = compare(&BASE, &there, None).expect("compares");
    assert!(found.agree && found.notes[0].en.contains("`handler.mood`"), "{:?}", found.notes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_the_substituted_fact_is_found(
        (id, value) in select(vec![
            ("handler.ciio", Value::Bool(true)), ("persons.sensitive", Value::Count(0)), ("persons.sensitive", Value::Count(10_000)),
            ("persons.ordinary", Value::Count(1_000_000)), ("data.important", Value::Text("notified".into())),
            ("ground.contract_with_individual", Value::Bool(true)), ("request.foreign_authority", Value::Bool(true)),
            ("recipient.region", Value::Text("HK".into())), ("handler.city", Value::Text("440300".into())),
        ]),
        forget in any::<bool>(),
    ) {
        let ours = facts("persons.ordinary=700 persons.sensitive=20");
        let mut theirs = ours.clone();
        if forget { theirs.forget(id) } else { theirs.set(&BASE, id, value).expect("fits") }
        let (here, there) = (determine(&BASE, &ours, day(ON)).expect("here"), determine(&BASE, &theirs, day(ON)).expect("there"));
        let found = compare(&BASE, &there, Some(&here)).expect("compares");
        let names: Vec<_> = found.facts.iter().map(|d| d.fact.as_str()).collect();
        prop_assert_eq!(names, [id]);
        prop_assert_eq!(found.facts[0].explains, (here.outcome, &here.paths) != (there.outcome, &there.paths));
        prop_assert_eq!(found.agree, !found.facts[0].explains);
    }
}
