//! The evaluation alone, over profiles made of a few cells.

use detect::ColumnProfile;
use jiff::civil::date;
use transfer::Stray;

use super::*;

const ID: &str = "11010519491231002X";
const WRONG_ID: &str = "110105194912310021";
const PHONE: &str = "13800138000";

fn planned(label: &str, form: &str, holds: &[&str]) -> PlannedSource {
    let field = PlannedField {
        name: "f".to_owned(),
        label: label.to_owned(),
        personal: true,
        sensitive: Sensitivity::No,
        transform: form.parse().expect("a form"),
        key: None,
        holds: holds.iter().map(|&label| label.to_owned()).collect(),
        why: None,
        item: None,
    };
    PlannedSource { source: "t".to_owned(), fields: vec![field] }
}

fn inventory(label: &str, strays: &[(&str, u64, u64, bool)], in_text: &[(&str, u64)], sampled: bool) -> Inventory {
    let stray = |&(label, valid, suspected, by_chance): &(&str, u64, u64, bool)| Stray {
        label: label.to_owned(),
        valid,
        suspected,
        by_chance,
    };
    let column = Column {
        name: "f".to_owned(),
        class: String::new(),
        label: label.to_owned(),
        personal: true,
        sensitive: Sensitivity::No,
        identifier: "none".to_owned(),
        confidence: 0.9,
        nonnull: 1,
        matched: 1,
        suspected: 0,
        distinct: 1,
        distinct_estimated: false,
        evidence: Vec::new(),
        found_in_text: in_text.iter().map(|&(label, count)| (label.to_owned(), count)).collect(),
        sampled,
        strays: strays.iter().map(stray).collect(),
    };
    Inventory {
        source: "t".to_owned(),
        format: String::new(),
        rows: 1,
        quarantined: 0,
        bad_rows: Vec::new(),
        columns: vec![column],
        persons: None,
    }
}

fn outgoing(cells: &[&str]) -> Outgoing {
    let mut profile = ColumnProfile::new(true);
    for cell in cells {
        profile.update(cell);
    }
    Outgoing { field: "f".to_owned(), values: cells.len() as u64, misfits: 0, profile, surrogates: None }
}

/// What is told of a column, as `LABEL valid+suspected`.
fn told(plan: &PlannedSource, found: &Inventory, cells: &[&str], personal: bool) -> Vec<String> {
    let outcome = evaluate(plan, Some(found), &[outgoing(cells)], personal, date(2026, 11, 2));
    outcome.undeclared.iter().map(|it| format!("{} {}+{}", it.label, it.valid, it.suspected)).collect()
}

#[test]
fn a_class_leaves_where_it_is_declared_and_nowhere_else() {
    let amounts = ["1.50", "2.50", "3.50"];
    let with = |more: &[&'static str]| amounts.iter().chain(more).copied().collect::<Vec<_>>();
    let hidden = inventory("AMOUNT", &[("ID_CN", 1, 1, false)], &[], false);
    let told = |plan: &PlannedSource, found: &Inventory, more: &[&'static str], personal: bool| {
        told(plan, found, &with(more), personal)
    };
    assert_eq!(told(&planned("AMOUNT", "keep", &[]), &hidden, &[], true), [""; 0]);
    assert_eq!(told(&planned("AMOUNT", "keep", &[]), &hidden, &[ID, WRONG_ID], true), ["ID_CN 1+1"]);
    // The column's own class, and one that somebody named; in data about nobody there is nobody to name.
    assert_eq!(told(&planned("ID_CN", "keep", &[]), &hidden, &[ID, WRONG_ID], true), [""; 0]);
    assert_eq!(told(&planned("AMOUNT", "keep", &["ID_CN"]), &hidden, &[ID, WRONG_ID, PHONE], true), ["PHONE_CN 1+0"]);
    assert_eq!(told(&planned("AMOUNT", "keep", &["ID_CN"]), &hidden, &[ID, WRONG_ID], false), ["ID_CN 1+1"]);
    // What chance explains in the source is no news as long as there is not more of it.
    let chance = inventory("NONE", &[("ID_CN", 0, 1, true), ("PASSPORT_CN", 1, 0, false)], &[], false);
    let passport = "E12345678";
    assert_eq!(told(&planned("NONE", "keep", &[]), &chance, &[WRONG_ID, passport], true), [""; 0]);
    assert_eq!(told(&planned("NONE", "keep", &[]), &chance, &[WRONG_ID, ID, passport], true), ["ID_CN 1+0"]);
    assert_eq!(told(&planned("NONE", "keep", &[]), &chance, &[passport, "E12345679"], true), ["PASSPORT_CN 1+0"]);
    // No other form has classes; a plan without an inventory has none either.
    assert_eq!(told(&planned("ID_CN", "mask", &["ID_CN"]), &chance, &[ID], true), ["ID_CN 1+0"]);
    let plan = planned("ID_CN", "keep", &[]);
    let outcome = evaluate(&plan, None, &[outgoing(&[ID])], true, date(2026, 11, 2));
    assert_eq!(outcome.undeclared.len(), 1);
}

#[test]
fn running_text_declares_what_was_found_in_it() {
    let remark = ["手机：13800138000；身份证号：11010519491231002X；ok"];
    let plan = planned("FREE_TEXT", "keep", &[]);
    let found = |in_text: &[(&str, u64)], sampled: bool| inventory("FREE_TEXT", &[], in_text, sampled);
    assert_eq!(told(&plan, &found(&[("PHONE_CN", 1), ("ID_CN", 1)], false), &remark, true), [""; 0]);
    assert_eq!(told(&plan, &found(&[("PHONE_CN", 1)], false), &remark, true), ["ID_CN 1+0"]);
    // Sampled: a class that was found is declared, its number is not known.
    let twice = [remark[0], remark[0]];
    assert_eq!(told(&plan, &found(&[("PHONE_CN", 1)], true), &twice, true), ["ID_CN 2+0"]);
    assert_eq!(
        told(&plan, &found(&[("PHONE_CN", 1), ("ID_CN", 1)], false), &twice, true),
        ["ID_CN 1+0", "PHONE_CN 1+0"]
    );
    // The same words in a column of diagnoses are hidden there.
    let diagnoses = inventory("HEALTH", &[], &[("PHONE_CN", 1), ("ID_CN", 1)], false);
    assert_eq!(told(&planned("HEALTH", "keep", &[]), &diagnoses, &remark, true), ["ID_CN 1+0", "PHONE_CN 1+0"]);
}

#[test]
fn surrogates_meet_raw_values_as_often_as_chance_lets_them() {
    let judged = |same: u64, same_expected: f64, met: u64, met_expected: f64| {
        let surrogates = Surrogates { raw: 1_000, distinct: 1_000, same, same_expected, met, met_expected };
        let found = Outgoing { surrogates: Some(surrogates), ..outgoing(&[]) };
        let plan = planned("PHONE_CN", "ff1", &[]);
        let outcome = evaluate(&plan, None, &[found], true, date(2026, 11, 2));
        assert_eq!(outcome.columns[0].declared, ["surrogate-of:PHONE_CN"]);
        outcome.stops()
    };
    assert_eq!(judged(0, 1e-8, 0, 1e-5), []);
    // A million mobile numbers: ten meet, and one of 10^5 such columns has one that is itself.
    assert_eq!(judged(1, 1e-5, 12, 10.0), []);
    assert_eq!(judged(0, 1e-5, 40, 10.0).len(), 1);
    assert_eq!(judged(2, 1e-5, 10, 10.0).len(), 1);
    // Among as many identity numbers a single one is too many.
    let stops = judged(1, 1e-12, 1, 1e-6);
    let [Stop::RawAmongSurrogates { found }] = stops.as_slice() else { panic!("{stops:?}") };
    assert_eq!((found[0].same, found[0].same_most, found[0].met, found[0].met_most), (1, 0, 1, 0));
}
