//! Zones' lists: every row on both sides of every figure against a naive reader of the files, and what no list may do.

mod raw_lists;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use law::{Extent, Facts, Law, Outcome, Path, Value, slug};
use raw_lists::{RAW, by_table, figure, first_day, national, rows, scenarios, tables, word};
use support::{BASE, day, facts};

/// Every figure of the rows and of the national numbers, with its neighbours.
fn counts(rows: &[&toml::Table], kind: &str) -> Vec<u64> {
    let mut all = BTreeSet::from([0, 1, 9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000]);
    for band in rows.iter().filter_map(|row| row.get(kind).and_then(toml::Value::as_table)) {
        for n in ["min", "max"].into_iter().filter_map(|key| figure(band, key)) {
            all.extend([n - 1, n, n + 1]);
        }
    }
    all.into_iter().collect()
}

fn told(paths: &[Path]) -> u8 {
    match paths {
        [Path::Exempt] => 0,
        [Path::StandardContract, Path::Certification] => 2,
        [Path::SecurityAssessment] => 3,
        other => panic!("{other:?}"),
    }
}

/// A handler who may use the edition, in this scenario.
fn user(edition: &toml::Table, sector: &str, scenario: &str) -> Facts {
    let zone = edition["zones"].as_array().and_then(|zones| zones.last()).and_then(toml::Value::as_str);
    let zone = zone.unwrap_or("none");
    facts(&format!("handler.zone={zone} handler.sector={sector} list.scenario={scenario} list.on_list=true"))
}

fn set(facts: &mut Facts, id: &str, value: u64) {
    facts.set(&BASE, id, Value::Count(value)).expect("a count");
}

#[test]
fn every_row_of_a_whole_list_holds_on_both_sides_of_every_figure() {
    let mut tried = 0;
    for edition in RAW.values().filter(|edition| word(edition, "known") == "whole") {
        let law = Law::on(&BASE, first_day(edition)).expect("a law");
        for (sector, scenario) in scenarios(edition) {
            let rows = rows(edition, &scenario);
            if rows.is_empty() {
                continue;
            }
            let mut facts = user(edition, &sector, &scenario);
            for ordinary in counts(&rows, "ordinary") {
                for sensitive in counts(&rows, "sensitive") {
                    set(&mut facts, "persons.ordinary", ordinary);
                    set(&mut facts, "persons.sensitive", sensitive);
                    let expected = by_table(&rows, [ordinary, sensitive]);
                    let answer = law.decide(&law.encode(&facts).expect("facts")).expect("an answer");
                    assert_eq!(answer.outcome, Outcome::Determined, "{scenario} {ordinary} {sensitive}");
                    let paths: Vec<Path> = answer.paths.iter().collect();
                    let expected_path = if expected == 1 { 0 } else { expected };
                    assert_eq!(told(&paths), expected_path, "{scenario}: {ordinary} ordinary, {sensitive} sensitive");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1_700, "{tried}");
}

#[test]
fn what_is_free_after_filing_owes_the_filing_and_nothing_else_does() {
    let edition = &RAW["zhejiang-2025"];
    for (sector, scenario) in scenarios(edition) {
        let rows = rows(edition, &scenario);
        for ordinary in [0, 50_000, 499_999, 999_999, 1_000_000] {
            for sensitive in [0, 499_999, 500_000] {
                let mut facts = user(edition, &sector, &scenario);
                set(&mut facts, "persons.ordinary", ordinary);
                set(&mut facts, "persons.sensitive", sensitive);
                let answer = law::determine(&BASE, &facts, day("2026-01-05")).expect("an answer");
                let owes = answer.obligations.iter().any(|duty| duty.id == "zone-filing");
                assert_eq!(owes, by_table(&rows, [ordinary, sensitive]) == 1, "{scenario} {ordinary} {sensitive}");
            }
        }
    }
}

#[test]
fn the_two_bands_are_tested_apart() {
    let scene = "handler.zone=cn-sh-ftz handler.sector=commerce list.scenario=membership-management list.on_list=true";
    let on = "2025-06-30";
    let tell = |counts: &str| support::told(&support::answer(on, &format!("{scene} {counts}")));
    assert_eq!(tell("persons.ordinary=999_999 persons.sensitive=99_999"), "determined: exempt");
    assert_eq!(tell("persons.sensitive=100_000"), "determined: standard-contract, certification");
    assert_eq!(tell("persons.ordinary=1_000_000"), "determined: standard-contract, certification");
    assert_eq!(tell("persons.ordinary=1_000_000 persons.sensitive=1_000_000"), "determined: security-assessment");
    assert_eq!(tell("persons.ordinary=10_000_000"), "determined: security-assessment");
}

/// Facts of every partial edition: each known scenario and one that was not seen, each sector of it and none.
fn partial_scenes() -> Vec<(Date, Facts, String)> {
    let mut scenes = Vec::new();
    for (id, edition) in RAW.iter().filter(|(_, edition)| word(edition, "known") == "partial") {
        let mut all = scenarios(edition);
        for sector in tables(edition, "sector") {
            all.push((slug(sector["name"]["en"].as_str().expect("a name")), "not-seen".to_owned()));
        }
        all.push(("none".to_owned(), "not-seen".to_owned()));
        all.push(("education".to_owned(), "not-seen".to_owned()));
        for (sector, scenario) in all {
            for on_list in [true, false] {
                let mut facts = user(edition, &sector, &scenario);
                facts.set(&BASE, "list.on_list", Value::Bool(on_list)).expect("a flag");
                scenes.push((first_day(edition), facts, format!("{id} {sector} {scenario} {on_list}")));
            }
        }
    }
    scenes
}

#[test]
fn i1_a_list_known_in_part_never_exempts_and_is_lighter_only_where_a_row_was_seen() {
    let seen: Vec<&str> = vec!["clinical-trial"];
    let mut laws: BTreeMap<Date, Law<'_>> = BTreeMap::new();
    for (on, facts, scene) in partial_scenes() {
        let law = laws.entry(on).or_insert_with(|| Law::on(&BASE, on).expect("a law"));
        for ordinary in [0, 1, 99_999, 100_000, 999_999, 1_000_000] {
            for sensitive in [0, 1, 9_999, 10_000, 49_999, 50_000] {
                let mut facts = facts.clone();
                set(&mut facts, "persons.ordinary", ordinary);
                set(&mut facts, "persons.sensitive", sensitive);
                let answer = law.decide(&law.encode(&facts).expect("facts")).expect("an answer");
                let national = national([ordinary, sensitive]);
                if answer.outcome != Outcome::Determined {
                    assert!(answer.paths.iter().any(|path| path == Path::SecurityAssessment), "{scene}");
                    continue;
                }
                let paths: Vec<Path> = answer.paths.iter().collect();
                let (lightest, free) = (told(&paths), paths.contains(&Path::Exempt));
                assert!(!free || national == 0, "{scene}: {ordinary} {sensitive} exempt");
                if !seen.iter().any(|row| scene.contains(row)) {
                    assert!(lightest >= national, "{scene}: {ordinary} {sensitive} {paths:?}");
                }
            }
        }
    }
}

#[test]
fn i1_more_persons_are_never_lighter_under_any_list() {
    let mut scenes = partial_scenes();
    for edition in RAW.values().filter(|edition| word(edition, "known") == "whole") {
        for (sector, scenario) in scenarios(edition) {
            let facts = user(edition, &sector, &scenario);
            scenes.push((first_day(edition), facts, format!("{sector} {scenario}")));
        }
    }
    let steps =
        [0, 1, 9_999, 10_000, 49_999, 50_000, 100_000, 150_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000];
    let mut laws: BTreeMap<Date, Law<'_>> = BTreeMap::new();
    for (on, facts, scene) in scenes {
        let law = laws.entry(on).or_insert_with(|| Law::on(&BASE, on).expect("a law"));
        for city in ["110115", "440300"] {
            for (grows, still) in [("persons.ordinary", "persons.sensitive"), ("persons.sensitive", "persons.ordinary")]
            {
                for fixed in steps {
                    let mut last: Option<(u8, u64)> = None;
                    for count in steps {
                        let mut facts = facts.clone();
                        facts.set(&BASE, "handler.city", Value::Text(city.to_owned())).expect("a city");
                        facts.set(&BASE, "recipient.region", Value::Text("HK".to_owned())).expect("a region");
                        set(&mut facts, grows, count);
                        set(&mut facts, still, fixed);
                        let answer = law.decide(&law.encode(&facts).expect("facts")).expect("an answer");
                        if answer.outcome != Outcome::Determined {
                            last = None;
                            continue;
                        }
                        let heaviest = answer.paths.iter().map(law::Path::weight).max().unwrap_or(0);
                        if let Some((before, at)) = last {
                            assert!(before <= heaviest, "{scene}: {grows} {at} to {count}, {still} {fixed}");
                        }
                        last = Some((heaviest, count));
                    }
                }
            }
        }
    }
}

#[test]
fn the_national_paths_stay_for_ciios_important_data_and_grounds_of_article_5() {
    let scene =
        "handler.zone=cn-zj-ftz handler.sector=e-commerce list.scenario=overseas-buyer-return list.on_list=true";
    let tell =
        |more: &str| support::told(&support::answer("2026-01-05", &format!("{scene} persons.ordinary=500 {more}")));
    assert_eq!(tell(""), "determined: exempt");
    assert_eq!(tell("handler.ciio=true"), "determined: security-assessment");
    assert_eq!(tell("data.important=notified"), "determined: security-assessment");
    let answer = support::answer("2026-01-05", &format!("{scene} ground.contract_with_individual=true"));
    assert!(answer.obligations.iter().all(|duty| duty.id != "zone-filing"), "article 5 frees without any filing");
}

#[test]
fn a_scenario_named_without_its_fields_is_asked_about() {
    let scene = "handler.zone=cn-zj-ftz handler.sector=e-commerce list.scenario=overseas-buyer-return list.on_list=?";
    let open = support::answer("2026-01-05", &format!("{scene} persons.ordinary=200_000"));
    assert_eq!(support::told(&open), "not-yet-known: exempt, standard-contract, certification");
    let asked: Vec<&str> = open.questions.iter().map(|question| question.fact.as_str()).collect();
    assert_eq!(asked, ["list.on_list"]);
    // Both answers exempt, one of them after filing only: the filing is named.
    let few = support::answer("2026-01-05", &format!("{scene} persons.ordinary=200"));
    assert_eq!(support::told(&few), "determined: exempt");
    assert!(few.obligations.iter().any(|duty| duty.id == "zone-filing"), "{:?}", few.obligations);
}

#[test]
fn the_editions_are_data_to_be_read() {
    let shanghai = BASE.list("shanghai-2024").expect("there");
    assert_eq!((shanghai.known, shanghai.row.len() + shanghai.residual.len()), (Extent::Whole, 27 + 4));
    assert_eq!(shanghai.superseded_by.as_deref(), Some("shanghai-2025"));
    let zhejiang = BASE.list("zhejiang-2025").expect("there");
    let fields: usize = zhejiang.field_set.iter().map(|set| set.fields.len()).sum();
    assert_eq!(fields, 134, "the official count");
    assert_eq!(BASE.list("tianjin-2024").map(|list| list.row.len()), Some(40));
    let row = BASE.rule("cn.list.shanghai-2024.reinsurance.5").expect("a rule");
    assert_eq!((row.instrument.as_str(), row.article.as_str()), ("shanghai-2024", "reinsurance row 5"));
    assert!(row.provision.zh.contains("10,000,000") && row.provision.en.contains("10,000,000"), "{:?}", row.provision);
}

#[test]
fn a_faulty_list_does_not_load_and_the_error_names_file_and_row() {
    let file = "lists/zhejiang-2025.toml";
    let refused = |from: &str, to: &str, words: &[&str]| {
        let mut files = support::files();
        let text = &mut files.iter_mut().find(|(name, _)| name == file).expect("there").1;
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let error = support::parse(&files).map(|_| ()).expect_err(from).to_string();
        assert!(!error.contains('\n') && error.contains(file), "{error}");
        for word in words {
            assert!(error.contains(word), "{error:?} lacks {word:?}");
        }
    };
    let row = "id = \"e-commerce.1\"";
    refused("path = \"security-assessment\"", "path = \"assessment\"", &["line", "`assessment`"]);
    refused(
        "min = 1_000_000, max = 5_000_000",
        "min = 5_000_000, max = 5_000_000",
        &["`e-commerce.4`", "holds nobody"],
    );
    refused("min = 1_000_000, max = 5_000_000", "min = 1_000_001, max = 5_000_000", &["leave a gap", "ordinary"]);
    refused("min = 1_000_000, max = 5_000_000", "min = 999_999, max = 5_000_000", &["overlap"]);
    refused(
        "scenarios = [\"merchant-onboarding",
        "scenarios = [\"x\", \"merchant-onboarding",
        &["`x`", "`e-commerce.1`"],
    );
    refused("en = \"overseas buyer return\"", "en = \"\"", &["`en`"]);
    refused(row, "id = \"e-commerce.2\"", &["`e-commerce.2`", "twice"]);
    refused("known = \"whole\"", "known = \"partial\"", &["missing"]);
    refused("clocks = [\"zj-application\"", "clocks = [\"zj-x\"", &["`zj-x`", "clock"]);
    refused("zones = [\"cn-zj-ftz\"]", "zones = [\"cn-xx-ftz\"]", &["`cn-xx-ftz`"]);
    let status = "not_counted = [\"3\", \"4\", \"5(1)(1)\", \"5(1)(2)\", \"5(1)(3)\", \"6\"]\nstatus = \"confirmed\"";
    refused(status, status.lines().next().expect("a line"), &["line", "`status`"]);
}
