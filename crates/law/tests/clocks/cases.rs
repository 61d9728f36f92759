//! Section F of the legal test cases, and C06, row by row through the named clocks.

use law::{ConventionChanges, Events, Run, Standing, Start};

use crate::support::{BASE, day};

/// Case, clock, day of its event, day that must come out.
const ROWS: [(&str, &str, &str, &str); 24] = [
    ("C06", "important-data-declare", "2026-03-10", "2026-05-10"),
    ("F01", "sa-completeness", "2026-09-28", "2026-10-10"),
    ("F03", "sa-acceptance", "2026-02-10", "2026-02-26"),
    ("F04", "sa-acceptance", "2025-09-26", "2025-10-13"),
    ("F06", "sa-assessment", "2026-01-15", "2026-03-25"),
    ("F07", "sa-reassessment-request", "2026-04-27", "2026-05-20"),
    ("F09", "sc-filing", "2026-01-30", "2026-02-13"),
    ("F11", "sc-filing", "2026-09-24", "2026-10-15"),
    ("F12", "sc-filing", "2024-02-05", "2024-02-23"),
    ("F13", "sc-check", "2026-02-12", "2026-03-11"),
    ("F15", "officer-filing", "2025-11-20", "2026-01-04"),
    ("F17", "sa-extension-decision", "2026-07-01", "2026-07-29"),
    ("F19", "sh-off-list-report", "2026-09-18", "2026-10-15"),
    ("F21", "sa-redeclare", "2026-09-20", "2026-06-29"),
    ("F21", "sa-extension-window", "2026-09-20", "2026-06-29"),
    ("F23", "sa-redeclare", "2026-06-15", "2026-03-18"),
    ("F24", "sa-redeclare", "2027-01-18", "2026-10-23"),
    ("F25", "cert-validity", "2026-02-01", "2029-02-01"),
    ("F25", "cert-renewal", "2029-02-01", "2028-08-01"),
    // The day from which on a self-assessment would have been fresh enough: 10 January was too early.
    ("F26", "sa-self-assessment-fresh", "2026-04-20", "2026-01-20"),
    // The day the assessment was finished is the first that is fresh enough.
    ("F27", "sc-pipia-fresh", "2026-04-10", "2026-01-10"),
    ("F40", "sc-refiling", "2026-08-31", "2026-09-14"),
    ("F40", "sc-refiling-check", "2026-09-14", "2026-10-10"),
    // Suspended until 6 February: more than the month that ended on the 5th.
    ("F44", "sc-suspension", "2026-01-05", "2026-02-05"),
];

/// Rows of section F that are no run of a clock: the renewal's conditions and events are tested beside it, an export before
/// the contract and a cancelled number are none of the calendar's.
const NO_RUN: [&str; 6] = ["F30", "F32", "F34", "F35", "F42", "F43"];

pub(crate) fn run(clock: &str, start: &str, events: &Events) -> Run {
    let book = BASE.clock_book();
    let clock = book.clock(clock).expect("a clock");
    let by = book.conventions_for(clock, ConventionChanges::default());
    clock.run(BASE.calendar(), by, Start::Day(day(start)), events).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_row_comes_out() {
    for (case, clock, start, expected) in ROWS {
        let run = run(clock, start, &Events::default());
        assert_eq!(run.day, day(expected), "{case} {clock}");
        assert!(run.in_force, "{case} {clock}");
        let last = run.days.last().map(|d| (d.date, d.counts));
        assert_eq!(last, Some((run.day, true)), "{case}: the last day walked is the day");
    }
}

#[test]
fn no_row_of_the_cases_is_left_out() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/law/cases.md");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no cases beside the repository");
        return;
    };
    let ids = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let ids = ids.filter(|id| id.starts_with('F') && id[1..].parse::<u32>().is_ok()).collect::<Vec<_>>();
    assert!(ids.len() >= 20, "{ids:?}");
    for id in ids {
        assert!(ROWS.iter().any(|row| row.0 == id) || NO_RUN.contains(&id), "{id} is not tested");
    }
}

#[test]
fn c06_ends_on_a_sunday_and_says_what_rolling_on_would_give() {
    let stays = run("important-data-declare", "2026-03-10", &Events::default());
    let rest = stays.rest_day.clone().expect("a Sunday");
    assert_eq!((rest.why.en.as_str(), rest.next), ("weekend", Some(day("2026-05-11"))));
    assert!(!rest.provisional && stays.end_known && !stays.provisional);
    assert_eq!(stays.left(BASE.calendar(), day("2026-05-11")).standing, Standing::Past, "C07");
}

#[test]
fn f24_is_provisional_and_moves_with_the_table_of_2027() {
    let run = run("sa-redeclare", "2027-01-18", &Events::default());
    assert!(run.provisional, "2027 has no notice yet");
    // With 1 January 2027 as an ordinary Friday the day is the next working day.
    let mut files = crate::support::files();
    for (path, text) in &mut files {
        if path == "calendar.toml" {
            let line = "  { zh = \"元旦\", en = \"New Year\", from = 2027-01-01, to = 2027-01-01 },\n";
            assert!(text.contains(line));
            *text = text.replace(line, "");
        }
    }
    let base = crate::support::parse(&files).expect("loads");
    let clock = base.clock_book().clock("sa-redeclare").expect("a clock");
    let other = clock.before(base.calendar(), base.clock_book().conventions(), day("2027-01-18")).expect("inside");
    assert_eq!(other.day, day("2026-10-26"));
    assert!(!self::run("sa-redeclare", "2026-09-20", &Events::default()).provisional, "F21 lies in years by notice");
}

#[test]
fn periods_the_law_began_itself_end_on_the_days_it_names() {
    for (clock, expected) in [
        ("sa-grace", "2023-02-28"),
        ("sc-grace", "2023-11-30"),
        ("officer-filing-stock", "2025-08-29"),
        ("face-filing-stock", "2025-07-14"),
        ("lingang-term", "2025-05-17"),
    ] {
        let starts = BASE.clock_book().clock(clock).expect("a clock").starts.expect("a day of its own");
        assert_eq!(run(clock, &starts.to_string(), &Events::default()).day, day(expected), "{clock}");
    }
    assert_eq!(run("minors-audit-report", "2025-12-31", &Events::default()).day, day("2026-01-31"));
    assert_eq!(run("auto-yearly-report", "2026-12-15", &Events::default()).day, day("2026-12-14"));
}

#[test]
fn a_clock_of_the_old_law_says_that_it_has_ended() {
    let last = run("sa-validity-two-years", "2024-03-21", &Events::default());
    assert!(last.in_force && last.day == day("2026-03-21"));
    assert!(!run("sa-validity-two-years", "2024-03-22", &Events::default()).in_force);
    assert!(!run("sa-validity", "2024-03-21", &Events::default()).in_force);
    assert_eq!(run("sa-validity", "2024-03-22", &Events::default()).day, day("2027-03-22"));
    let clock = BASE.clock_book().clock("sa-validity-two-years").expect("a clock");
    assert_eq!(clock.in_force.superseded_by.as_deref(), Some("sa-validity"));
}
