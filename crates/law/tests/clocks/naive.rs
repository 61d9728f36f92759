//! A second, naive counting beside the calendar and the clocks, compared on random inputs. It reads the lawbook's calendar by
//! itself, knows no library's dates and takes one day at a time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use law::{ConventionChanges, Events, Pause, Start, Workdays};
use proptest::prelude::*;

use crate::support::{BASE, day, files};

/// Days since 1 January 2000, a Saturday.
type Day = i64;

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn number(year: i64, month: i64, date: i64) -> Day {
    let years: i64 = (2000..year).map(|y| 365 + i64::from(leap(y))).sum();
    let months: i64 = (1..month).map(|m| month_length(year, m)).sum();
    years + months + date - 1
}

fn parts(mut day: Day) -> (i64, i64, i64) {
    let (mut year, mut month) = (2000, 1);
    while day >= 365 + i64::from(leap(year)) {
        day -= 365 + i64::from(leap(year));
        year += 1;
    }
    while day >= month_length(year, month) {
        day -= month_length(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

fn of(date: Date) -> Day {
    number(date.year().into(), date.month().into(), date.day().into())
}

/// Days off and make-up days as the file lists them: `true` = worked.
static LISTED: LazyLock<BTreeMap<Day, bool>> = LazyLock::new(|| {
    let text = files().into_iter().find(|(path, _)| path == "calendar.toml").expect("the calendar").1;
    let mut listed = BTreeMap::new();
    for line in text.lines().filter(|line| line.trim_start().starts_with("{ zh")) {
        let field = |name: &str| line.split(&format!("{name} = ")).nth(1).expect("a field");
        let plain = |text: &str| -> Day {
            let mut numbers = text.get(..10).expect("a date").split('-').map(|n| n.parse::<i64>().expect("a number"));
            number(numbers.next().expect("year"), numbers.next().expect("month"), numbers.next().expect("day"))
        };
        for day in plain(field("from"))..=plain(field("to")) {
            listed.insert(day, false);
        }
        if line.contains("make_up") {
            let days = field("make_up").trim_start_matches('[').split(']').next().expect("a list");
            listed.extend(days.split(", ").map(|day| (plain(day), true)));
        }
    }
    listed
});

fn works(day: Day) -> bool {
    LISTED.get(&day).copied().unwrap_or((day + 5) % 7 < 5)
}

fn walk(start: Day, mut left: u32, step: i64, stopped: &[(Day, Day)]) -> Day {
    let mut day = start;
    while left > 0 {
        day += step;
        if works(day) && !stopped.iter().any(|(from, to)| (*from..=*to).contains(&day)) {
            left -= 1;
        }
    }
    day
}

fn months_on(day: Day, months: i64) -> Day {
    let (year, month, date) = parts(day);
    let whole = year * 12 + month - 1 + months;
    let (year, month) = (whole.div_euclid(12), whole.rem_euclid(12) + 1);
    number(year, month, date.min(month_length(year, month)))
}

#[test]
fn the_naive_calendar_agrees_with_the_notices() {
    assert_eq!(parts(number(2024, 2, 29)), (2024, 2, 29));
    assert_eq!(LISTED.values().filter(|worked| **worked).count(), 40, "make-up days of 2021 to 2026");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/law/holidays.toml");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no holidays beside the repository");
        return;
    };
    let days = text.lines().filter_map(|line| line.strip_prefix('"')?.split_once("\" = \""));
    let days = days.map(|(date, rest)| (of(day(date)), rest.starts_with("workday"))).collect::<BTreeMap<_, _>>();
    assert!(days.len() > 150);
    assert_eq!(days, *LISTED);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn working_days_are_those_of_the_naive_count(offset in 0_i64..1_700, workdays in 0_u32..120) {
        use jiff::ToSpan;
        let start = day("2021-10-01").saturating_add(offset.days());
        let due = BASE.calendar().due(start, Workdays(workdays)).expect("inside");
        prop_assert_eq!(of(due.day), walk(of(start), workdays, 1, &[]));
        let before = BASE.calendar().before(start, Workdays(workdays)).expect("inside");
        prop_assert_eq!(of(before.day), walk(of(start), workdays, -1, &[]));
        prop_assert_eq!(due.days.len() as i64, of(due.day) - of(start), "every day on the way, none twice");
        for passed in &due.days {
            prop_assert_eq!(passed.counts, works(of(passed.date)), "{}", passed.date);
        }
    }

    #[test]
    fn every_clock_runs_as_the_naive_count_does(
        which in 0_usize..1_000,
        offset in 0_i64..1_000,
        pauses in prop::collection::vec((1_i64..15, 0_i64..8), 0..3),
        extended in 0_u32..20,
    ) {
        use jiff::ToSpan;
        let book = BASE.clock_book();
        let clocks: Vec<_> = book.clocks().iter().filter(|c| c.first_day.is_none() && c.unit != law::ClockUnit::Hours).collect();
        let clock = clocks[which % clocks.len()];
        let start = day("2022-06-01").saturating_add(offset.days());
        let by = book.conventions_for(clock, ConventionChanges::default());
        let pauses = pauses.iter().map(|(after, length)| {
            let from = start.saturating_add(after.days());
            Pause { from, to: from.saturating_add(length.days()) }
        });
        let mut events = Events { pauses: pauses.collect(), extended };
        if !matches!(clock.pauses, law::Pauses::Not(law::Unsaid::Unknown)) {
            events.pauses.clear();
        }
        if matches!(clock.extension, law::Extension::Not(law::Unsaid::None)) {
            events.extended = 0;
        } else if clock.unit == law::ClockUnit::Years {
            events.extended = extended.min(3);
        }
        // Working days may end before a pause begins; that is refused, and no matter here.
        let run = match clock.run(BASE.calendar(), by, Start::Day(start), &events) {
            Ok(run) => run,
            Err(error) => {
                prop_assert!(error.to_string().contains("outside the run"), "{}", error);
                return Ok(());
            }
        };
        let forward = clock.direction == law::Direction::After;
        let sign = if forward { 1 } else { -1 };
        let stopped: Vec<_> = events.pauses.iter().map(|p| (of(p.from), of(p.to))).collect();
        let length = i64::from(clock.length + events.extended);
        let expected = match clock.unit {
            law::ClockUnit::Workdays => walk(of(start), clock.length + events.extended, sign, &stopped),
            unit => {
                let mut end = match unit {
                    law::ClockUnit::Months => months_on(of(start), sign * length),
                    law::ClockUnit::Years => months_on(of(start), sign * length * 12),
                    _ => of(start) + sign * length,
                };
                let mut at = of(start) + 1;
                while forward && at <= end {
                    end += i64::from(stopped.iter().any(|(from, to)| (*from..=*to).contains(&at)));
                    at += 1;
                }
                end
            }
        };
        prop_assert_eq!(of(run.day), expected, "{} from {}", &clock.id, start);
        prop_assert_eq!(run.days.len() as i64, (expected - of(start)).abs());
    }

    #[test]
    fn the_latest_start_ends_in_time_and_a_day_later_does_not(
        which in 0_usize..1_000,
        offset in 0_i64..1_000,
        rolls in any::<bool>(),
    ) {
        use jiff::ToSpan;
        let book = BASE.clock_book();
        let forward = |c: &&law::Clock| c.direction == law::Direction::After && c.unit != law::ClockUnit::Hours;
        let clocks: Vec<_> = book.clocks().iter().filter(forward).collect();
        let clock = clocks[which % clocks.len()];
        let mut changes = ConventionChanges::default();
        changes.set(if rolls { "rest-day-end=rolls" } else { "rest-day-end=stays" }).expect("a convention");
        let by = book.conventions_for(clock, changes);
        let until = day("2024-06-01").saturating_add(offset.days());
        let start = clock.latest_start(BASE.calendar(), by, until).expect("inside");
        let ends = |start| clock.run(BASE.calendar(), by, Start::Day(start), &Events::default()).expect("inside").day;
        prop_assert!(ends(start) <= until, "{} {}", &clock.id, until);
        prop_assert!(ends(start.saturating_add(1.day())) > until, "{} {}", &clock.id, until);
    }
}
