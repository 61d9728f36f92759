//! Runs of clocks: pauses, extensions, conventions, ends of months, what is left, and what cannot be.

use law::{ClockError, ConventionChanges, Events, LawError, Pause, Run, Standing, Start};

use crate::cases::run;
use crate::support::{BASE, day};

fn paused(days: &[(&str, &str)]) -> Events {
    let pauses = days.iter().map(|(from, to)| Pause { from: day(from), to: day(to) }).collect();
    Events { pauses, extended: 0 }
}

fn counted(clock: &str, start: Start, events: &Events, conventions: &[&str]) -> Result<Run, ClockError> {
    let book = BASE.clock_book();
    let clock = book.clock(clock)?;
    let mut changes = ConventionChanges::default();
    conventions.iter().try_for_each(|given| changes.set(given))?;
    clock.run(BASE.calendar(), book.conventions_for(clock, changes), start, events)
}

fn by(clock: &str, start: &str, conventions: &[&str]) -> Run {
    counted(clock, Start::Day(day(start)), &Events::default(), conventions).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused(clock: &str, start: &str, events: &Events, conventions: &[&str], words: &[&str]) {
    let error = counted(clock, Start::Day(day(start)), events, conventions).expect_err("refused").to_string();
    assert!(words.iter().all(|word| error.contains(word)) && !error.contains('\n'), "{error}");
}

#[test]
fn days_on_which_it_stood_do_not_count_and_say_so() {
    // 5 working days from Monday 2 March 2026, the third to the fourth of which it stood still.
    let stood = run("sa-completeness", "2026-03-02", &paused(&[("2026-03-05", "2026-03-06")]));
    assert_eq!(stood.day, day("2026-03-11"), "two working days later than 9 March");
    let why: Vec<_> = stood.days.iter().filter(|d| !d.counts).map(|d| (d.date.day(), d.why.en.as_str())).collect();
    assert_eq!(why, [(5, "clock stopped"), (6, "clock stopped"), (7, "weekend"), (8, "weekend")]);
    assert_eq!(stood.unknown.len(), 1, "whether the law lets it stand still is unknown, and said");
    // Overlapping pauses stand still once; a pause over rest days alone changes nothing.
    let twice =
        run("sa-completeness", "2026-03-02", &paused(&[("2026-03-05", "2026-03-06"), ("2026-03-06", "2026-03-07")]));
    assert_eq!(twice.day, stood.day);
    let idle = run("sa-completeness", "2026-03-02", &paused(&[("2026-03-07", "2026-03-08")]));
    assert_eq!(idle.day, day("2026-03-09"));
    // A clock of months ends later by as many days as it stood still, also those in a pause it only now runs into.
    let months = run(
        "auto-traffic-sample",
        "2026-03-10",
        &paused(&[("2026-03-20", "2026-03-24"), ("2026-04-12", "2026-04-13")]),
    );
    assert_eq!(months.day, day("2026-04-17"), "10 April, 5 days, and 2 more");
    assert_eq!(months.days.iter().filter(|d| !d.counts).count(), 7);
}

#[test]
fn what_stops_or_prolongs_only_where_the_law_may_let_it() {
    let stood = paused(&[("2026-03-11", "2026-03-12")]);
    refused("sc-filing", "2026-03-10", &stood, &[], &["`sc-filing`", "nothing that stops it"]);
    refused("sa-redeclare", "2026-03-10", &stood, &[], &["`sa-redeclare`", "leads up"]);
    refused("sa-completeness", "2026-03-10", &paused(&[("2026-03-12", "2026-03-11")]), &[], &["ends before it begins"]);
    refused("sa-completeness", "2026-03-10", &paused(&[("2026-05-06", "2026-05-07")]), &[], &["outside the run"]);
    let more = Events { pauses: Vec::new(), extended: 15 };
    refused("important-data-declare", "2026-03-10", &more, &[], &["no extension"]);
    refused("sa-validity", "2026-03-10", &Events { extended: 4, ..more.clone() }, &[], &["3 at most"]);
    assert_eq!(run("sa-validity", "2026-03-10", &Events { extended: 3, ..more.clone() }).day, day("2032-03-10"));
    // An assessment may be prolonged, no cap is known: 60 working days in one count.
    let prolonged = run("sa-assessment", "2026-01-15", &more);
    let whole = BASE.calendar().due(day("2026-01-15"), law::Workdays(60)).expect("inside");
    assert_eq!((prolonged.day, prolonged.days), (whole.day, whole.days));
    assert!(prolonged.unknown.is_empty());
    assert_eq!(run("officer-filing", "2026-01-15", &Events { extended: 1, ..more }).unknown.len(), 1);
}

#[test]
fn an_end_on_a_rest_day_rolls_on_where_that_is_wanted() {
    let rolled = by("important-data-declare", "2026-03-10", &["rest-day-end=rolls"]);
    assert_eq!(rolled.day, day("2026-05-11"));
    assert_eq!(rolled.days.last().map(|d| d.date), Some(rolled.day));
    // Two months from 1 August end on Thursday 1 October: seven days off, then Thursday the 8th.
    let holiday = by("important-data-declare", "2026-08-01", &["rest-day-end=rolls"]);
    assert_eq!(holiday.day, day("2026-10-08"));
    assert_eq!(by("important-data-declare", "2026-08-01", &[]).day, day("2026-10-01"));
    // A make-up Saturday is a working day: nothing to roll. Where make-up days do not count, it is none.
    assert_eq!(by("important-data-declare", "2026-08-10", &["rest-day-end=rolls"]).day, day("2026-10-10"));
    let none = by("important-data-declare", "2026-08-10", &["rest-day-end=rolls", "make-up-days=rest"]);
    assert_eq!(none.day, day("2026-10-12"));
    // A period that leads up to its event is never moved, working days never end on a rest day.
    let before = by("cert-renewal", "2026-11-10", &["rest-day-end=rolls"]);
    assert_eq!((before.day, before.rest_day.and_then(|r| r.next)), (day("2026-05-10"), Some(day("2026-05-09"))));
    assert!(by("sc-filing", "2026-01-30", &["rest-day-end=rolls"]).rest_day.is_none());
    // In a year without a notice the rolled day is provisional; beyond the calendar it is not known.
    assert!(by("important-data-declare", "2026-11-10", &["rest-day-end=rolls"]).provisional, "a Sunday in 2027");
    assert!(!by("important-data-declare", "2026-11-10", &[]).provisional);
    let far = by("cert-validity", "2026-02-01", &[]);
    assert!(far.rest_day.is_none() && !far.end_known);
    refused(
        "cert-validity",
        "2026-02-01",
        &Events::default(),
        &["rest-day-end=rolls"],
        &["outside the working-day calendar"],
    );
}

#[test]
fn months_end_on_the_same_day_or_the_last() {
    for (clock, start, same, last) in [
        ("sc-suspension", "2026-01-31", "2026-02-28", "2026-02-28"),
        ("sc-suspension", "2024-01-31", "2024-02-29", "2024-02-29"),
        ("sc-suspension", "2026-02-28", "2026-03-28", "2026-03-31"),
        ("sc-suspension", "2026-04-30", "2026-05-30", "2026-05-31"),
        ("important-data-declare", "2025-12-31", "2026-02-28", "2026-02-28"),
        ("cert-validity", "2028-02-29", "2031-02-28", "2031-02-28"),
        ("cert-validity", "2027-02-28", "2030-02-28", "2030-02-28"),
        ("sa-validity-two-years", "2022-02-28", "2024-02-28", "2024-02-29"),
        ("cert-renewal", "2026-08-31", "2026-02-28", "2026-02-28"),
        ("sa-extension-button", "2026-05-31", "2026-02-28", "2026-02-28"),
    ] {
        assert_eq!(by(clock, start, &[]).day, day(same), "{clock} {start}");
        assert_eq!(by(clock, start, &["month-end=last-day"]).day, day(last), "{clock} {start}, last day");
    }
}

#[test]
fn the_first_day_counts_where_that_is_wanted() {
    assert_eq!(by("sc-filing", "2026-01-30", &["first-day=counted"]).day, day("2026-02-12"));
    assert_eq!(by("cert-validity", "2026-02-01", &["first-day=counted"]).day, day("2029-01-31"));
    assert_eq!(by("cert-renewal", "2026-11-10", &["first-day=counted"]).day, day("2026-05-11"));
    assert_eq!(by("sc-refusal-window", "2026-03-01", &["first-day=counted"]).day, day("2026-03-30"));
    assert_eq!(by("sc-refusal-window", "2026-03-01", &[]).day, day("2026-03-31"));
    // What is asked for goes before what the clock itself says.
    assert_eq!(by("sa-grace", "2022-09-01", &["first-day=not-counted"]).day, day("2023-03-01"));
}

#[test]
fn conventions_that_are_none_are_refused() {
    let none = Events::default();
    refused("sc-filing", "2026-01-30", &none, &["first-day"], &["`first-day`", "no value"]);
    refused("sc-filing", "2026-01-30", &none, &["first-day=maybe"], &["`not-counted` or `counted`"]);
    refused("sc-filing", "2026-01-30", &none, &["moon=full"], &["unknown", "`make-up-days`"]);
    assert_eq!(by("sc-filing", "2026-09-28", &["make-up-days=rest"]).day, day("2026-10-19"), "10 October is left out");
    assert_eq!(by("sc-filing", "2026-09-28", &[]).day, day("2026-10-16"));
}

#[test]
fn hours_run_from_the_moment_over_rest_days() {
    let moment = |text: &str| Start::Moment(text.parse().expect("a moment"));
    let run = counted("flaw-report", moment("2026-09-30T22:30"), &Events::default(), &[]).expect("runs");
    assert_eq!(run.moment.map(|m| m.to_string()).as_deref(), Some("2026-10-01T22:30:00"));
    assert_eq!(run.days.len(), 2);
    let short = counted("incident-report-ciio", moment("2026-12-31T23:30"), &Events::default(), &[]).expect("runs");
    assert_eq!(short.day, day("2027-01-01"));
    refused("flaw-report", "2026-09-30", &Events::default(), &[], &["hours", "T15:30"]);
}

#[test]
fn what_is_left_is_counted_from_the_day_asked() {
    let filing = run("sc-filing", "2026-09-24", &Events::default());
    let left = |on: &str| filing.left(BASE.calendar(), day(on));
    let told = |on: &str| (left(on).standing, left(on).days, left(on).workdays);
    assert_eq!(told("2026-09-20"), (Standing::NotBegun, 25, Some(14)), "four days before it begins, and its ten");
    assert_eq!(told("2026-09-24"), (Standing::Ahead, 21, Some(10)), "all ten");
    assert_eq!(told("2026-10-10"), (Standing::Ahead, 5, Some(4)));
    assert_eq!(told("2026-10-15"), (Standing::Today, 0, Some(0)));
    assert_eq!(told("2026-10-16"), (Standing::Past, -1, Some(0)));
    let stood = run("sa-completeness", "2026-03-02", &paused(&[("2026-03-05", "2026-03-06")]));
    assert_eq!(
        stood.left(BASE.calendar(), day("2026-03-04")).workdays,
        Some(3),
        "those on which it stands are left out"
    );
    let far = run("cert-validity", "2026-02-01", &Events::default()).left(BASE.calendar(), day("2026-11-22"));
    assert_eq!((far.workdays, far.days), (None, 802));
    let year = run("sa-validity", "2024-03-22", &Events::default()).left(BASE.calendar(), day("2026-11-22"));
    assert!(year.provisional && year.workdays.is_some());
}

#[test]
fn a_day_outside_calendar_or_time_is_an_error() {
    let error = counted("sc-filing", Start::Day(day("2028-01-03")), &Events::default(), &[]).expect_err("outside");
    assert!(matches!(error, ClockError::Law(LawError::OutsideCalendar { .. })), "{error}");
    refused("cert-validity", "9998-01-01", &Events::default(), &[], &["no date"]);
    assert!(matches!(BASE.clock_book().clock("sc-fileing"), Err(ClockError::Unknown { .. })));
}
