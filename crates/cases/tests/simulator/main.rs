//! Cases through virtual years: what must always hold is asserted on every day of every case.

mod eras;

use cases::Procedures;
use cases::simulate::{Report, Settings, simulate};
use jiff::civil::date;

use eras::{bases, known};

fn run(cases: u64, seed: u64) -> Report {
    let procedures = Procedures::embedded().expect("procedures");
    let bases = bases(2034);
    let halves = 2;
    let mut report = Report::default();
    std::thread::scope(|scope| {
        let run = |half: u64| {
            let (procedures, bases) = (&procedures, &bases);
            move || {
                let eras = known(procedures, bases);
                let (first, cases) = (half * (cases / halves), cases / halves);
                let settings = Settings { seed, first, cases, from: date(2022, 9, 1), until: date(2034, 12, 31) };
                simulate(&eras, settings)
            }
        };
        let threads: Vec<_> = (0..halves).map(|half| scope.spawn(run(half))).collect();
        for thread in threads {
            report.join(thread.join().expect("a half"));
        }
    });
    report
}

#[test]
fn thousands_of_cases_live_through_years_and_nothing_breaks() {
    let cases = std::env::var("TONGGUAN_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(9_000);
    let report = run(cases, 20_261_123);
    let years = report.case_days / 365;
    eprintln!("{} cases, {years} case-years, {} actions, refused {:?}", report.cases, report.actions, report.refused);
    eprintln!("ended {:?}", report.ended);
    for broken in report.broken.iter().take(20) {
        eprintln!("{} on {}: {}", broken.case, broken.day, broken.what);
    }
    assert!(report.broken.is_empty(), "{} cases broke; the first: {:?}", report.broken.len(), report.broken[0]);
    let procedures = Procedures::embedded().expect("procedures");
    let never: Vec<String> = procedures
        .actions()
        .filter(|(procedure, action)| !report.taken.contains_key(&(procedure.id.clone(), (*action).clone())))
        .map(|(procedure, action)| format!("{}/{action}", procedure.id))
        .collect();
    assert!(never.is_empty(), "never taken: {never:?}");
}

#[test]
fn the_same_seed_gives_the_same_lives() {
    assert_eq!(run(60, 7), run(60, 7));
    assert_ne!(run(60, 7).taken, run(60, 8).taken, "another seed gives other lives");
}
