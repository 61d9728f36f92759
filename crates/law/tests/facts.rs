//! FACTS.toml: what it takes, and how it says no.

mod support;

use law::{Effect, Facts, LawError, Outcome, Value, determine};
use support::{BASE, day};

/// The example of docs/INTERFACE.md, word for word in its values.
const WHOLE: &str = r#"
on = 2025-06-30
[handler]
ciio = false
region = "CN-BJ"
city = "110115"
zone = "none"
sector = "none"
persons_held = 3_000_000
[data]
personal = true
important = "no"
notified_on = 2026-03-10
core = false
core_approved = false
state_secret = false
overseas_origin_only = false
[persons]
ordinary = 99_999
sensitive = 0
ordinary_two_years = 99_999
sensitive_two_years = 0
any_two_years = 99_999
[ground]
necessary = "yes"
contract_with_individual = false
hr_labour_rules = false
hr_collective_contract = false
emergency = false
statutory_duty = false
[list]
scenario = "none"
on_list = false
[recipient]
region = "DE"
onward_outside_gba = false
[request]
foreign_authority = false
prc_approval = false
"#;

#[track_caller]
fn check_refused(text: &str, words: &[&str]) {
    let error = Facts::parse(&BASE, text).expect_err(text).to_string();
    for word in words {
        assert!(error.contains(word), "{error:?} lacks {word:?}");
    }
    assert!(!error.contains('\n'), "one line: {error:?}");
    for type_name in ["Value", "Text(", "Option", "u64"] {
        assert!(!error.contains(type_name), "{error:?}");
    }
}

#[test]
fn the_example_of_the_contract_is_read_and_determined() {
    let (facts, on) = Facts::parse(&BASE, WHOLE).expect("reads");
    assert_eq!(on, Some(day("2025-06-30")));
    assert_eq!(facts.get("persons.ordinary"), Some(&Value::Count(99_999)));
    assert_eq!(facts.get("data.notified_on"), Some(&Value::Date(day("2026-03-10"))));
    let answer = determine(&BASE, &facts, day("2025-06-30")).expect("determined");
    assert_eq!(answer.outcome, Outcome::Determined);
    assert_eq!(answer.headroom[0].until, 99_999);
}

#[test]
fn every_fact_of_the_interface_is_defined_and_any_other_settles_itself() {
    let (facts, _) = Facts::parse(&BASE, WHOLE).expect("reads");
    for (id, _) in facts.iter() {
        assert!(BASE.fact(id).is_some(), "`{id}`");
    }
    // Whoever states the facts of the interface is never left without an answer for one that was added later.
    for fact in BASE.facts().iter().filter(|f| facts.get(&f.id).is_none() && f.assumed.is_none()) {
        let decides = |effect: &Effect| !matches!(effect, Effect::Obligations(_) | Effect::AlsoCheck(_));
        let read =
            BASE.rules().iter().filter(|r| r.when.facts().iter().any(|f2| BASE.facts()[f2.place()].id == fact.id));
        for rule in read {
            assert!(!decides(&rule.effect), "`{}` rests on `{}`", rule.id, fact.id);
        }
    }
}

#[test]
fn unknown_keys_and_wrong_types_name_the_key() {
    check_refused("[handler]\nciiio = true", &["`handler.ciiio`", "not a known fact", "`handler.ciio`"]);
    check_refused("[data]\nciio = true", &["`data.ciio`", "did you mean `handler.ciio`"]);
    check_refused("handler = 3", &["`handler`"]);
    check_refused("[handler]\nciio = \"yes\"", &["`handler.ciio`", "true or false"]);
    check_refused("[persons]\nordinary = -1", &["`persons.ordinary`", "whole number from 0 (persons)"]);
    check_refused("[persons]\nordinary = 1.5", &["`persons.ordinary`", "whole number"]);
    check_refused("[persons]\nordinary = [1]", &["`persons.ordinary`"]);
    check_refused("[data]\nimportant = \"maybe\"", &["`data.important`", "`suspected`"]);
    check_refused("[handler]\ncity = \"44\"", &["`handler.city`", "six digits"]);
    check_refused("[recipient]\nregion = \"Hongkong\"", &["`recipient.region`", "two capital letters"]);
    check_refused("on = 3", &["`on`", "date"]);
    check_refused("[handler", &["line 1"]);
}

#[test]
fn contradictions_name_the_facts_to_mend() {
    let text = "[data]\npersonal = false\n[persons]\nordinary = 5";
    check_refused(text, &["`persons-without-personal-data`", "`data.personal`", "`persons.ordinary`"]);
    let mut facts = Facts::new();
    facts.set(&BASE, "data.personal", Value::Bool(false)).expect("fits");
    facts.check().expect("nothing against it yet");
    facts.set(&BASE, "persons.sensitive", Value::Count(1)).expect("fits");
    assert!(matches!(facts.check(), Err(LawError::Contradiction { .. })));
    assert!(matches!(determine(&BASE, &facts, day("2025-06-30")), Err(LawError::Contradiction { .. })));
}

#[test]
fn a_question_before_the_rule_base_is_an_error_that_names_its_beginning() {
    let error = determine(&BASE, &Facts::new(), day("2017-05-31")).expect_err("too early");
    assert!(error.to_string().contains("the rule base begins on 2017-06-01"), "{error}");
}

#[test]
fn facts_round_trip_through_json() {
    let (facts, _) = Facts::parse(&BASE, WHOLE).expect("reads");
    let json = serde_json::to_string(&facts).expect("json");
    let back: Facts = serde_json::from_str(&json).expect("reads back");
    assert_eq!(back, facts);
    let on = day("2025-06-30");
    assert_eq!(determine(&BASE, &back, on).expect("answer"), determine(&BASE, &facts, on).expect("answer"));
}

/// Other exports of the year are not stated: the count is unknown, but at least what leaves now.
#[test]
fn i1_a_count_known_from_below_is_settled_as_soon_as_every_greater_one_is() {
    let check = |ordinary: u64, sensitive: u64, outcome: Outcome, paths: &[&str]| {
        let (mut facts, on) = Facts::parse(&BASE, WHOLE).expect("reads");
        facts.set_at_least(&BASE, "persons.ordinary", ordinary).expect("a count");
        facts.set_at_least(&BASE, "persons.sensitive", sensitive).expect("a count");
        let answer = determine(&BASE, &facts, on.expect("a day")).expect("determined");
        assert_eq!(answer.outcome, outcome, "{ordinary} {sensitive}");
        let found: Vec<&str> = answer.paths.iter().map(|path| path.name()).collect();
        assert_eq!(found, paths, "{ordinary} {sensitive}");
    };
    let (sc, cert, sa) = ("standard-contract", "certification", "security-assessment");
    check(0, 0, Outcome::NotYetKnown, &["exempt", sc, cert, sa]);
    check(300, 1, Outcome::NotYetKnown, &[sc, cert, sa]);
    check(100_000, 0, Outcome::NotYetKnown, &[sc, cert, sa]);
    check(1_000_000, 0, Outcome::Determined, &[sa]);
    check(0, 10_000, Outcome::Determined, &[sa]);
}
