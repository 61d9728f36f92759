//! `clock` as a user meets it: days, statutory periods, and the end of an assessment.

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
    command.arg("clock").args(args).env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command.stdin(Stdio::null()).output().expect("runs")
}

/// A run that has to end with a status; gives its standard output.
#[track_caller]
fn ends(args: &[&str], status: i32) -> String {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
    assert!(errors.is_empty(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}

#[track_caller]
fn json(args: &[&str], status: i32) -> Value {
    let text = ends(&[args, &["--format", "json"]].concat(), status);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
}

/// A call that is wrong: one line, nothing on standard output.
#[track_caller]
fn fails(args: &[&str], expected: &str) {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
    assert!(errors.contains(expected) && output.stdout.is_empty(), "{errors}");
}

#[test]
fn days_are_counted_with_their_reasons_as_before() {
    let due = json(&["due", "--from", "2026-09-28", "--workdays", "5"], 0);
    assert_eq!(
        due.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["due".into(), "days".into(), "provisional".into()])
    );
    assert_eq!((&due["due"], &due["provisional"]), (&json!("2026-10-10"), &json!(false)));
    assert_eq!(due["days"][0], json!({ "date": "2026-09-29", "counts": true, "why": "working day" }));
    let before = json(&["before", "--day", "2026-09-20", "--workdays", "60"], 0);
    assert_eq!(before["day"], "2026-06-29");
    assert_eq!(json(&["before", "--day", "2027-01-18", "--workdays", "60"], 0)["provisional"], true);
}

#[test]
fn every_clock_is_listed_with_all_its_fields() {
    let lines = ends(&["list", "--format", "json"], 0);
    let clocks = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("json")).collect::<Vec<_>>();
    assert!(clocks.len() >= 55);
    for clock in &clocks {
        for field in ["id", "title", "instrument", "article", "length", "unit", "direction", "from", "starts", "bound"]
        {
            assert!(clock.get(field).is_some(), "{clock} has no {field}");
        }
        for field in ["party", "pauses", "extension", "ends", "in_force", "first_day", "reading", "source", "status"] {
            assert!(clock.get(field).is_some(), "{clock} has no {field}");
        }
    }
    let text = ends(&["list"], 0);
    for clock in &clocks {
        let words = |field: &str| clock[field].as_str().expect("text");
        assert!(text.contains(words("id")) && text.contains(words("instrument")), "{clock}");
        let title = clock["title"]["en"].as_str().expect("text");
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(title), "{title}");
    }
    let assessment = json(&["show", "sa-assessment"], 0);
    assert_eq!((&assessment["pauses"], &assessment["extension"]["cap"]), (&json!("unknown"), &Value::Null));
    assert_eq!(assessment["extension"]["how"]["zh"].as_str().map(|zh| zh.contains("复杂")), Some(true));
    assert_eq!(json(&["show", "sa-validity"], 0)["extension"]["cap"], json!({ "length": 3, "unit": "years" }));
    fails(&["show", "sa-assesment"], "`sa-assesment` is no clock");
}

#[test]
fn text_fits_eighty_columns_in_both_languages() {
    let calls: [&[&str]; 9] = [
        &["list"],
        &["conventions"],
        &["show", "sa-assessment"],
        &["show", "sa-validity-two-years"],
        &["run", "sh-off-list-report", "--from", "2026-09-18", "--on", "2026-09-20"],
        &["run", "important-data-declare", "--from", "2026-03-10", "--on", "2026-03-10"],
        &["run", "flaw-report", "--from", "2026-09-30T22:30", "--on", "2026-03-10"],
        &["renewal", "--until", "2027-01-18", "--on", "2026-08-20"],
        &["renewal", "--kind", "certification", "--until", "2029-02-01", "--on", "2026-08-20"],
    ];
    for call in calls {
        for language in ["zh", "en"] {
            let text = ends(&[call, &["--lang", language]].concat(), 0);
            let wide = text.lines().find(|line| line.width() > 80);
            assert_eq!(wide, None, "{call:?}");
            // No name is left without its value.
            assert!(!text.contains('{'), "{text}");
        }
    }
}

#[test]
fn a_clock_runs_day_by_day_with_what_is_left() {
    let filing = json(&["run", "sc-filing", "--from", "2026-09-24", "--on", "2026-10-10"], 0);
    assert_eq!(
        (&filing["day"], &filing["bound"], &filing["party"]),
        (&json!("2026-10-15"), &json!("by"), &json!("handler"))
    );
    assert_eq!((&filing["left"]["workdays"], &filing["left"]["standing"]), (&json!(4), &json!("ahead")));
    assert_eq!(filing["days"][0]["why"], "holiday (Mid-Autumn)");
    let text = ends(&["run", "sc-filing", "--from", "2026-09-24", "--on", "2026-10-10", "--lang", "zh"], 0);
    assert!(
        text.contains("最迟 2026-10-15") && text.contains("国庆节调休上班") && text.contains("4 个工作日"),
        "{text}"
    );
    // Stopped twice, and an assessment prolonged.
    let stops = ["--paused", "2026-03-05..2026-03-05", "--paused", "2026-03-06..2026-03-06"];
    let stood = json(&[&["run", "sa-completeness", "--from", "2026-03-02"][..], &stops[..]].concat(), 0);
    assert_eq!((&stood["day"], stood["unknown"].as_array().map(Vec::len)), (&json!("2026-03-11"), Some(1)));
    let long = json(&["run", "sa-assessment", "--from", "2026-01-15", "--extended", "15"], 0);
    assert_eq!(long["day"], json(&["due", "--from", "2026-01-15", "--workdays", "60"], 0)["due"]);
    // Backwards: by which day acceptance must come for the assessment to end in time.
    let back = json(&["run", "sa-assessment", "--until", "2026-03-25"], 0);
    assert_eq!((&back["start"], &back["day"]), (&json!("2026-01-15"), &json!("2026-03-25")));
    // Where the law sets the day itself, none need be given.
    assert_eq!(json(&["run", "sa-grace"], 0)["day"], "2023-02-28");
    fails(&["run", "sc-filing"], "--from");
    fails(&["run", "flaw-report", "--from", "2026-09-30"], "give the time");
    fails(&["run", "sc-filing", "--from", "2026-09-24", "--paused", "2026-09-28..2026-09-29"], "nothing that stops it");
    fails(&["run", "sc-filing", "--from", "2026-09-24", "--paused", "2026-09-28"], "2026-05-06..2026-05-20");
    fails(&["run", "sc-filing", "--from", "2028-01-03"], "2021-01-01 to 2027-12-31");
}

#[test]
fn a_clock_of_the_old_law_is_a_negative_answer() {
    let old = json(&["run", "sa-validity-two-years", "--from", "2024-03-22"], 1);
    assert_eq!((&old["in_force"], &old["day"]), (&json!(false), &json!("2026-03-22")));
    let text = ends(&["run", "sa-validity-two-years", "--from", "2024-03-22"], 1);
    let second = text.lines().nth(1).unwrap_or_default();
    assert!(second.contains("not in force on 2024-03-22") && text.contains("superseded by"), "{text}");
}

#[test]
fn conventions_are_stated_and_can_be_changed() {
    let stays = json(&["run", "important-data-declare", "--from", "2026-03-10"], 0);
    assert_eq!((&stays["day"], &stays["rest_day"]["next"]), (&json!("2026-05-10"), &json!("2026-05-11")));
    assert_eq!(stays["conventions"]["rest_day_end"], "stays");
    let roll = ["--convention", "rest-day-end=rolls"];
    let rolls = json(&[&["run", "important-data-declare", "--from", "2026-03-10"][..], &roll[..]].concat(), 0);
    assert_eq!((&rolls["day"], &rolls["conventions"]["rest_day_end"]), (&json!("2026-05-11"), &json!("rolls")));
    let stated = ends(&["conventions", "--format", "json"], 0);
    let stated = stated.lines().map(|line| serde_json::from_str::<Value>(line).expect("json")).collect::<Vec<_>>();
    assert!(stated.iter().any(|c| c["key"] == "rest-day-end" && c["is"] == "stays" && c["status"] == "unconfirmed"));
    fails(&["run", "sc-filing", "--from", "2026-03-10", "--convention", "moon=full"], "the keys are `first-day`");
}

#[test]
fn the_end_of_an_assessment_is_warned_of_early() {
    let until = ["renewal", "--until", "2027-01-18", "--on"];
    let plan = |on: &str, more: &[&str], status: i32| json(&[&until[..], &[on], more].concat(), status);
    let early = plan("2026-08-05", &[], 0);
    assert_eq!((&early["stage"], &early["decide_by"]), (&json!("early"), &json!("2026-08-06")));
    assert_eq!((&early["redeclare_by"], &early["extend_from"]), (&json!("2026-10-23"), &json!("2026-10-23")));
    assert_eq!((&early["offered_from"], &early["provisional"]), (&json!("2026-10-18"), &json!(true)));
    assert_eq!(plan("2026-08-06", &[], 0)["stage"], "decide");
    assert_eq!(plan("2026-08-06", &["--prepare", "20"], 0)["stage"], "early");
    let inside = plan("2026-10-28", &["--persons", "500000:600000"], 0);
    assert_eq!((&inside["stage"], &inside["ways"][0]["ends"]), (&json!("extension-only"), &json!("2026-12-02")));
    assert_eq!((&inside["ways"][1]["window"], &inside["ways"][1]["workdays"]), (&json!("closed"), &json!(57)));
    assert_eq!(inside["conditions"][1]["met"], true);
    assert_eq!(inside["days"][0]["why"], "weekend", "in the language asked");
    let over = plan("2026-10-28", &["--persons", "500000:600001"], 1);
    assert_eq!((&over["stage"], &over["may_extend"]), (&json!("late"), &json!(false)));
    assert_eq!(plan("2026-10-28", &["--met", "no-incident=no"], 1)["stage"], "late");
    assert_eq!(plan("2026-08-01", &["--changed"], 0)["stage"], "redeclare-at-once");
    assert_eq!(plan("2027-01-19", &[], 1)["stage"], "ended");
    fails(&[&until[..], &["2026-10-28", "--met", "luck=yes"]].concat(), "`luck` is no condition");
    fails(&["renewal", "--until", "2028-06-01", "--on", "2026-10-28"], "2027-12-31");
    fails(&["renewal", "--kind", "certification", "--until", "2029-02-01", "--changed"], "leave them out");
    let certificate = json(&["renewal", "--kind", "certification", "--until", "2029-02-01", "--on", "2026-11-22"], 0);
    assert_eq!((&certificate["apply_by"], &certificate["decide_by"]), (&json!("2028-08-01"), &Value::Null));
}
