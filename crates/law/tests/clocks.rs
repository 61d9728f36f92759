//! The clock rows of the legal test cases, section F, the calendar's edges, and how clocks are run.

mod support;

#[path = "clocks/book.rs"]
mod book;
#[path = "clocks/cases.rs"]
mod cases;
#[path = "clocks/naive.rs"]
mod naive;
#[path = "clocks/renewal.rs"]
mod renewal;
#[path = "clocks/runs.rs"]
mod runs;

use law::{Calendar, Count, DayKind, LawError, Workdays};
use proptest::prelude::*;
use support::{BASE, day};

fn calendar() -> &'static Calendar {
    BASE.calendar()
}

#[track_caller]
fn check_due(case: &str, from: &str, workdays: u32, expected: &str) -> Count {
    let count = calendar().due(day(from), Workdays(workdays)).expect("inside the calendar");
    assert_eq!(count.day, day(expected), "{case}");
    assert_eq!(count.days.iter().filter(|d| d.counts).count(), workdays as usize, "{case}");
    count
}

#[test]
fn every_day_has_its_reason() {
    let count = check_due("F01", "2026-09-28", 5, "2026-10-10");
    let told: Vec<String> = count.days.iter().map(|d| format!("{} {}", d.date, d.why.en)).collect();
    assert_eq!(told[0], "2026-09-29 working day");
    assert_eq!(told[2], "2026-10-01 holiday (National Day)");
    assert_eq!(told.last().map(String::as_str), Some("2026-10-10 make-up working day (National Day)"));
    assert_eq!(count.days.last().map(|d| d.why.zh.as_str()), Some("国庆节调休上班"));
}

#[test]
fn a_day_outside_the_calendar_is_an_error_that_names_its_span() {
    for outside in ["2020-12-31", "2028-01-03"] {
        let error = calendar().due(day(outside), Workdays(1)).expect_err("outside");
        assert!(matches!(error, LawError::OutsideCalendar { .. }));
        assert!(error.to_string().contains("2021-01-01 to 2027-12-31"), "{error}");
    }
    assert!(calendar().due(day("2027-12-20"), Workdays(10)).is_err(), "runs past the end");
    assert!(calendar().before(day("2021-01-05"), Workdays(10)).is_err(), "runs past the beginning");
}

#[test]
fn kinds_of_day() {
    let kind = |text: &str| calendar().is_working_day(day(text)).expect("inside");
    assert_eq!(kind("2026-11-20"), DayKind::WorkingDay);
    assert_eq!(kind("2026-11-22"), DayKind::RestDay);
    assert!(matches!(kind("2026-10-10"), DayKind::MakeUpDay(name) if name.zh == "国庆节"));
    assert!(matches!(kind("2026-10-01"), DayKind::Holiday(_)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counting_back_undoes_counting_forward(offset in 0_i64..1_500, workdays in 1_u32..90) {
        use jiff::ToSpan;
        let start = day("2021-06-01").saturating_add(offset.days());
        let due = calendar().due(start, Workdays(workdays)).expect("inside");
        let back = calendar().before(due.day, Workdays(workdays)).expect("inside");
        // Back lands on the last working day up to the start: the start itself if it is one.
        prop_assert!(back.day <= start);
        prop_assert!(calendar().is_working_day(back.day).expect("inside").counts());
        let again = calendar().due(back.day, Workdays(workdays)).expect("inside");
        prop_assert_eq!(again.day, due.day);
    }

    #[test]
    fn one_more_working_day_is_the_next_working_day(offset in 0_i64..1_500, workdays in 0_u32..90) {
        use jiff::ToSpan;
        let start = day("2021-06-01").saturating_add(offset.days());
        let shorter = calendar().due(start, Workdays(workdays)).expect("inside");
        let longer = calendar().due(start, Workdays(workdays + 1)).expect("inside");
        prop_assert_eq!(calendar().due(shorter.day, Workdays(1)).expect("inside").day, longer.day);
    }
}
