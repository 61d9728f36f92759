//! What an answer says beyond its path, on worked cases.

mod support;

use law::Status::Confirmed;
use law::{Outcome, Value, determine};
use support::{BASE, answer, day, told};

const EXEMPT: &str = "determined: exempt";
const CONTRACT: &str = "determined: standard-contract, certification";
const ASSESSMENT: &str = "determined: security-assessment";

/// Whatever the path: nothing is asked once it is settled, and personal information never goes without notice.
#[test]
fn every_row_of_the_scenario_tables_keeps_what_no_path_takes_away() {
    let pipl = day("2021-11-01");
    for case in BASE.cases() {
        let facts = case.scenario.facts(&BASE).expect("facts");
        let answer = determine(&BASE, &facts, case.scenario.on).expect("an answer");
        let place = case.place();
        assert!(
            answer.outcome != Outcome::Determined || answer.questions.is_empty(),
            "{place}: asks though determined"
        );
        let personal = facts.get("data.personal") != Some(&Value::Bool(false)) && case.scenario.on >= pipl;
        for duty in ["notice", "pipia", "separate-consent"] {
            assert_eq!(answer.obligations.iter().any(|o| o.id == duty), personal, "{place}: {duty}");
        }
    }
}

#[test]
fn the_matrix_of_order_16_on_both_sides_of_every_boundary() {
    for ordinary in [0, 1, 99_999, 100_000, 999_999, 1_000_000] {
        for sensitive in [0, 1, 9_999, 10_000] {
            let expected = match (ordinary, sensitive) {
                (1_000_000.., _) | (_, 10_000..) => ASSESSMENT,
                (100_000.., _) | (_, 1..) => CONTRACT,
                _ => EXEMPT,
            };
            let changes = format!("persons.ordinary={ordinary} persons.sensitive={sensitive}");
            assert_eq!(told(&answer("2025-06-30", &changes)), expected, "{changes}");
        }
    }
}

#[test]
fn headroom_names_the_last_count_before_the_path_changes() {
    let answer = answer("2025-06-30", "persons.ordinary=92_001");
    let room: Vec<_> = answer.headroom.iter().map(|h| (h.fact.as_str(), h.now, h.until, h.then.len())).collect();
    assert_eq!(room, [("persons.ordinary", 92_001, 99_999, 2), ("persons.sensitive", 0, 0, 2)]);
}

#[test]
fn headroom_is_silent_where_the_count_does_not_matter() {
    let free = answer("2025-06-30", "ground.contract_with_individual=true persons.ordinary=3_000_000");
    assert!(free.headroom.is_empty(), "{:?}", free.headroom);
}

#[test]
fn the_other_reading_of_persons_with_both_kinds_is_told_only_where_it_changes_the_path() {
    let crossing = answer("2025-06-30", "persons.ordinary=1_000_000 persons.sensitive=1");
    assert!(
        crossing.notes.iter().any(|n| n.en.contains("999,999") && n.en.contains("certification")),
        "{:?}",
        crossing.notes
    );
    let clear = answer("2025-06-30", "persons.ordinary=2_000_000 persons.sensitive=1");
    assert!(clear.notes.is_empty(), "{:?}", clear.notes);
}

#[test]
fn a_rule_that_did_not_fire_says_which_condition_failed() {
    let answer = answer("2025-06-30", "persons.ordinary=2_000");
    let eight = answer.not_fired.iter().find(|r| r.id == "cn.o16.8").expect("listed");
    assert!(eight.failed.contains("`persons.ordinary` is at least 100,000 (it is 2,000)"), "{}", eight.failed);
    let fired = answer.rules.iter().find(|r| r.id == "cn.o16.5.4").expect("fired");
    assert_eq!((fired.instrument.as_str(), fired.article.as_str()), ("CAC Order 16", "5(4)"));
    assert!(fired.facts.contains(&"persons.ordinary".to_owned()));
}

#[test]
fn an_exception_names_the_rule_it_prevails_over() {
    let answer = answer("2025-06-30", "ground.emergency=true persons.sensitive=10_000");
    let seven = answer.rules.iter().find(|r| r.id == "cn.o16.7.2").expect("it holds");
    assert_eq!(seven.gives_way_to.as_deref(), Some("cn.o16.5.3"));
}

#[test]
fn a_determination_round_trips_through_json_with_the_contract_keys() {
    let answer = answer("2025-06-30", "persons.ordinary=100_000");
    let json = serde_json::to_value(&answer).expect("json");
    for key in [
        "outcome",
        "on",
        "certainty",
        "paths",
        "by_field",
        "rules",
        "obligations",
        "also_check",
        "questions",
        "headroom",
        "rule_base",
    ] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert_eq!(json["paths"], serde_json::json!(["standard-contract", "certification"]));
    assert_eq!(json["on"], "2025-06-30");
    assert_eq!(json["certainty"], "confirmed");
    assert_eq!(json["headroom"][0]["until"], 999_999);
    assert_eq!(json["rule_base"]["sha256"].as_str().map(str::len), Some(64));
    let back: law::Determination = serde_json::from_value(json).expect("reads back");
    assert_eq!(back, answer);
}

#[test]
fn i2_certainty_does_not_sink_for_a_rule_the_answer_does_not_need() {
    // Order 790 art 35(6) is unconfirmed as an exemption; below 100,000 persons article 5(4) exempts without it.
    let below = answer("2025-06-30", "persons.ordinary=10 ground.statutory_duty=?");
    assert_eq!((told(&below).as_str(), below.certainty), (EXEMPT, Confirmed));
    assert!(below.rules.iter().all(|r| r.id != "cn.ndr.35.6"), "{:?}", below.rules);
}
