//! Zones' lists.
mod support;
use support::BASE;
#[test]
fn timing() {
    let start = std::time::Instant::now();
    eprintln!("{} rules", BASE.rules().len());
    eprintln!("load {:?}", start.elapsed());
    for day in ["2024-04-01","2024-06-30","2025-03-01","2025-06-30","2026-11-22"] {
        let start = std::time::Instant::now();
        let answer = law::determine(&BASE, &law::Facts::new(), support::day(day));
        eprintln!("{day} {:?} {:?}", start.elapsed(), answer.map(|a| (a.outcome, a.questions.len())));
    }
}
