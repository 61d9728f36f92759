//! `clocks.toml` itself: whole, cited, and refused with one line where it is not.

use law::{ClockUnit, Status};

use crate::support::{BASE, files, parse};

#[test]
fn every_clock_is_whole() {
    assert!(BASE.clocks().len() >= 55, "{}", BASE.clocks().len());
    for clock in BASE.clocks() {
        assert!(!clock.article.is_empty() && clock.length > 0 && !clock.source.is_empty(), "{}", clock.id);
        assert!(clock.in_force.from.year() >= 2021, "{}", clock.id);
        // What a clock rests on may be less certain than its text, never more.
        assert!(clock.certainty() >= clock.status, "{}", clock.id);
        if clock.source.iter().any(|source| source == "from memory") {
            assert_eq!(clock.status, Status::Unconfirmed, "{}", clock.id);
        }
    }
    let filing = BASE.clock_book().clock("sc-filing").expect("known");
    assert_eq!((filing.length, filing.unit, filing.instrument.as_str()), (10, ClockUnit::Workdays, "CAC Order 13"));
}

#[track_caller]
fn refused(from: &str, to: &str, words: &[&str]) {
    let mut files = files();
    let text = &mut files.iter_mut().find(|(path, _)| path == "clocks.toml").expect("the clocks").1;
    assert!(text.contains(from), "{from:?} is not there");
    *text = text.replacen(from, to, 1);
    let error = parse(&files).map(|_| ()).expect_err(to).to_string();
    assert!(error.contains("`clocks.toml`") && !error.contains('\n'), "{error}");
    assert!(words.iter().all(|word| error.contains(word)), "{error:?} lacks one of {words:?}");
}

#[test]
fn a_fault_is_one_line_that_names_the_clock() {
    let unit = "length = 5\nunit = \"workdays\"";
    refused(unit, "length = 5\nunit = \"weeks\"", &["`sa-completeness`", "`weeks`", "`workdays`"]);
    refused(unit, "length = 0\nunit = \"workdays\"", &["`sa-completeness`", "length"]);
    refused(unit, "length = -5\nunit = \"workdays\"", &["`sa-completeness`"]);
    let status = "status = \"confirmed\"\n\n[[clock]]\nid = \"sa-acceptance\"";
    refused(status, "\n[[clock]]\nid = \"sa-acceptance\"", &["`sa-completeness`", "`status`"]);
    refused(status, &status.replace("confirmed", "sure"), &["`sa-completeness`", "`sure`", "`confirmed`"]);
    refused("en = \"receipt of the declaration\"", "en = \"\"", &["`sa-completeness`", "`from`", "`en`"]);
    refused("{ zh = \"收到申报材料\", en", "{ en", &["`sa-completeness`", "`zh`"]);
    refused("party = \"province\"", "party = \"provinz\"", &["`sa-completeness`", "`provinz`", "`province`"]);
    refused("pauses = \"unknown\"", "pauses = \"sometimes\"", &["`sa-completeness`", "`pauses`", "unknown"]);
    refused("pauses = \"unknown\"\nextension = \"none\"", "extension = \"none\"", &["`sa-completeness`", "`pauses`"]);
    refused("extension = \"none\"", "extension = { cap = 3 }", &["`sa-completeness`", "`extension`"]);
    refused("source = [\"https://www.cac.gov.cn/2022-07/07/", "sauce = [\"https://", &["`sa-completeness`", "`sauce`"]);
    refused("instrument = \"o11\"", "instrument = \"o99\"", &["`sa-completeness`", "instruments.toml"]);
    refused("id = \"sa-completeness\"\n", "", &["number 1", "`id`"]);
    refused("id = \"sa-acceptance\"", "id = \"sa-completeness\"", &["`sa-completeness`", "defined twice"]);
    refused(
        "superseded_by = \"sa-validity\"",
        "superseded_by = \"sa-valid\"",
        &["`sa-validity-two-years`", "`sa-valid`"],
    );
    refused("to = 2024-03-21, superseded_by", "superseded_by", &["`sa-validity-two-years`", "in_force.to"]);
    refused("to = 2024-03-21", "to = 2022-03-21", &["`sa-validity-two-years`", "in_force"]);
}

#[test]
fn conventions_and_renewal_are_checked_too() {
    refused("is = \"not-counted\"", "is = \"perhaps\"", &["`first-day`", "`not-counted`", "`perhaps`"]);
    refused("[conventions.month-end]", "[conventions.month-start]", &["`month-end`", "missing"]);
    refused("redeclare_by = \"sa-redeclare\"", "redeclare_by = \"sa-validity\"", &["`sa-validity`", "renewal"]);
    refused("percent = 20\n", "", &["`persons-growth`", "`percent`"]);
    let stated = BASE.clock_book().stated();
    assert_eq!(stated.len(), 4);
    assert!(stated.iter().all(|c| c.status == Status::Unconfirmed && c.choices.contains(&c.is) && !c.cite.is_empty()));
}

#[test]
fn the_lawbook_can_count_otherwise() {
    let mut files = files();
    let text = &mut files.iter_mut().find(|(path, _)| path == "clocks.toml").expect("the clocks").1;
    *text = text.replacen("is = \"stays\"", "is = \"rolls\"", 1);
    let base = parse(&files).expect("loads");
    let clock = base.clock_book().clock("important-data-declare").expect("known");
    let by = base.clock_book().conventions_for(clock, law::ConventionChanges::default());
    let start = law::Start::Day(crate::support::day("2026-03-10"));
    let run = clock.run(base.calendar(), by, start, &law::Events::default()).expect("runs");
    assert_eq!(run.day, crate::support::day("2026-05-11"));
}
