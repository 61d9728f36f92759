//! The tables of `lawbook/scenarios/`: what they take, how they say no, and that no case of the legal table is forgotten.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use law::{Outcome, Path as Way, Status, run_scenarios};
use support::{BASE, day, files, parse};

/// The lawbook with one page of scenarios in place of its own.
fn page(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = files().into_iter().filter(|(name, _)| !name.starts_with("scenarios/")).collect();
    files.push(("scenarios/page.md".to_owned(), text.to_owned()));
    files
}

const HEAD: &str =
    "# Page\n\n| case | on | facts | outcome | paths | rules | questions |\n|---|---|---|---|---|---|---|\n";

#[test]
fn a_row_is_read_as_a_lawyer_writes_it() {
    let row = "| A03 last | 2025-06-30 | `persons.ordinary = 99,999; list.on_list = ?` | determined | exempt | !cn.o16.8 | - |\n";
    let text = format!("# Page\n\nGiven: handler.ciio = false; handler.city = 440300\n\n{}{row}", &HEAD[8..]);
    let base = parse(&page(&text)).expect("reads");
    let [case] = base.cases() else { panic!("{:?}", base.cases()) };
    assert_eq!((case.place().as_str(), case.scenario.name.as_str()), ("scenarios/page.md:7", "A03 last"));
    assert_eq!(case.scenario.on, day("2025-06-30"));
    assert_eq!(case.scenario.facts["persons.ordinary"].as_integer(), Some(99_999));
    assert_eq!(case.scenario.facts["handler.city"].as_str(), Some("440300"));
    assert_eq!(case.scenario.unknown, ["list.on_list"]);
    assert_eq!(case.scenario.expect.outcome, Outcome::Determined);
    assert_eq!(case.scenario.expect.paths, [Way::Exempt]);
    assert!(run_scenarios(&base).1.is_empty());
}

#[test]
fn a_row_that_comes_out_otherwise_is_named_with_file_and_line() {
    let check = |row: &str, words: &[&str]| {
        let base = parse(&page(&format!("{HEAD}{row}"))).expect("reads");
        let failures = run_scenarios(&base).1;
        let [failure] = failures.as_slice() else { panic!("{failures:?}") };
        assert_eq!((failure.rule.as_str(), failure.scenario.as_str()), ("scenarios/page.md:5", "X"));
        for word in words {
            assert!(failure.what.contains(word), "{:?} lacks {word:?}", failure.what);
        }
    };
    let few = "`persons.ordinary = 5`";
    check(&format!("| X | 2025-06-30 | {few} | determined | security-assessment | - | - |"), &["SecurityAssessment"]);
    check(&format!("| X | 2025-06-30 | {few} | determined | exempt | cn.o16.8 | - |"), &["`cn.o16.8` is missing"]);
    check(&format!("| X | 2025-06-30 | {few} | determined | exempt | !cn.o16.5.4 | - |"), &["should not be"]);
    check(&format!("| X | 2025-06-30 | {few} | determined | exempt | - | handler.ciio |"), &["expected questions"]);
}

#[test]
fn a_page_that_cannot_be_read_stops_the_load_with_file_and_line() {
    let check = |text: String, words: &[&str]| {
        let error = parse(&page(&text)).map(|_| ()).expect_err(&text).to_string();
        for word in words.iter().chain(&["scenarios/page.md", "line "]) {
            assert!(error.contains(word), "{error:?} lacks {word:?}");
        }
        assert!(!error.contains('\n'), "one line: {error:?}");
    };
    let row = |facts: &str| format!("{HEAD}| X | 2025-06-30 | {facts} | determined | exempt | - | - |\n");
    check(row("persons.ordinry = 5"), &["line 5", "`persons.ordinry`", "not a known fact"]);
    check(row("persons.ordinary = many"), &["`persons.ordinary`", "whole number"]);
    check(row("data.important = perhaps"), &["`data.important`", "`suspected`"]);
    check(row("persons.ordinary = 5; persons.ordinary = 6"), &["stated twice"]);
    check(row("handler.ciio"), &["`fact = value`"]);
    check(HEAD.replace("questions", "question") + "| X |", &["line 3", "`question` is no column"]);
    check(HEAD.replace("| on ", ""), &["line 3", "`on`"]);
    check(HEAD.replace("|---|---|---|---|---|---|---|\n", ""), &["line 3", "|---|"]);
    check(format!("{HEAD}| X | 2025-06-30 | - | determined | exempt |\n"), &["line 5", "5 cells, the table 7"]);
    check(
        format!("{HEAD}| X | 2025-06-31 | - | determined | exempt | - | - |\n"),
        &["line 5", "`2025-06-31` is no day"],
    );
    check(format!("{HEAD}| X | 2025-06-30 | - | decided | exempt | - | - |\n"), &["`decided` is no outcome"]);
    check(format!("{HEAD}| X | 2025-06-30 | - | determined | free | - | - |\n"), &["`free` is no path"]);
    check(format!("{HEAD}| X | 2025-06-30 | - | determined | exempt | cn.o16.88 | - |\n"), &["`cn.o16.88`", "no rule"]);
    check(row("-") + "| X | 2025-06-30 | - | determined | exempt | - | - |\n", &["line 6", "given twice"]);
    check("case | on\n---|---\nX | 2025-06-30\n".to_owned(), &["line 2", "begins and ends"]);
}

#[test]
fn the_pages_are_no_part_of_the_law() {
    assert_eq!(parse(&page("# Nothing\n")).expect("reads").sha256(), BASE.sha256());
}

/// Ids and status of the table of legal cases beside this repository, where it is there.
fn legal_cases() -> Option<Vec<(String, String)>> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/law/cases.md"));
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    let rows = text.lines().filter(|line| line.starts_with('|')).filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (first, status) = (*cells.first()?, *cells.last()?);
        let letter = first.starts_with(|c: char| ('A'..='H').contains(&c));
        let number = first[1..].trim_end_matches('\'').parse::<u8>().is_ok();
        (letter && number).then(|| (first.to_owned(), status.to_owned()))
    });
    Some(rows.collect())
}

fn id(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

#[test]
fn every_legal_case_is_a_scenario_or_listed_as_not_expressible() {
    let Some(rows) = legal_cases() else { return };
    assert!(rows.len() > 100, "{}", rows.len());
    let said: BTreeSet<&str> = BASE.cases().iter().map(|case| id(&case.scenario.name)).collect();
    let listed: BTreeSet<&str> = BASE.not_expressible().iter().map(|case| id(&case.id)).collect();
    let forgotten: Vec<_> =
        rows.iter().filter(|(id, _)| !said.contains(id.as_str()) && !listed.contains(id.as_str())).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
    let both: Vec<_> = BASE.not_expressible().iter().filter(|case| said.contains(case.id.as_str())).collect();
    assert!(both.is_empty(), "{both:?}");
}

#[test]
fn i2_a_case_known_from_memory_shows_its_doubt() {
    let Some(rows) = legal_cases() else { return };
    for (wanted, _) in rows.iter().filter(|(_, status)| status == "M") {
        for case in BASE.cases().iter().filter(|case| case.scenario.name == *wanted) {
            let doubt =
                case.scenario.expect.certainty == Some(Status::Unconfirmed) || case.shows.contains("from memory");
            assert!(doubt, "{wanted} is known from memory only, and its row does not say so");
        }
    }
}

#[test]
fn there_are_rows_for_the_old_law_and_the_new() {
    let change = day("2024-03-22");
    let old = BASE.cases().iter().filter(|case| case.scenario.on < change).count();
    assert!(BASE.cases().len() >= 200 && old >= 60, "{} rows, {old} of them before Order 16", BASE.cases().len());
}
