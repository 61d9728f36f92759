//! How long an answer takes on one core: the bare decision, the decision with its full trace, the written determination, making the law of a
//! day ready, and the next question of an interview. The rule base is the whole lawbook.
//!
//! `cargo bench -p tongguan-law`

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use law::{Facts, Interview, Law, Value};
use support::{BASE, day, facts};

/// Facts of a real transfer, all known: what most questions look like.
fn cases() -> Vec<(&'static str, Facts)> {
    vec![
        ("exempt", facts("persons.ordinary=5000")),
        ("contract", facts("persons.ordinary=250000 persons.sensitive=900")),
        ("assessment", facts("persons.ordinary=2000000 handler.city=440300 recipient.region=HK")),
        ("important", facts("data.important=notified persons.ordinary=10")),
    ]
}

fn evaluate(c: &mut Criterion) {
    for on in ["2023-11-15", "2026-11-22"] {
        let Ok(law) = Law::on(&BASE, day(on)) else { continue };
        for (name, facts) in cases() {
            let encoded = law.encode(&facts).expect("reads");
            let mut group = c.benchmark_group(format!("{on} {name}"));
            group.bench_function("decide", |b| b.iter(|| law.decide(black_box(&encoded))));
            group.bench_function("encode and decide", |b| {
                b.iter(|| law.encode(black_box(&facts)).and_then(|encoded| law.decide(&encoded)));
            });
            group.bench_function("decide and trace", |b| {
                b.iter(|| (law.decide(black_box(&encoded)), law.trace(black_box(&encoded))));
            });
            group.bench_function("determine", |b| b.iter(|| law.determine(black_box(&facts))));
            group.finish();
        }
        c.bench_function(&format!("{on} law made ready"), |b| b.iter(|| Law::on(&BASE, black_box(day(on)))));
    }
}

/// The first question, and those after a few answers: what is left open is most at the beginning.
fn ask(c: &mut Criterion) {
    let answers = [
        ("data.core", Value::Bool(false)),
        ("data.important", Value::Text("no".to_owned())),
        ("handler.ciio", Value::Bool(false)),
    ];
    let mut interview = Interview::new(&BASE, &Facts::new(), day("2026-11-22"));
    let mut group = c.benchmark_group("next question");
    group.sample_size(20);
    group.bench_function("first", |b| b.iter(|| black_box(&interview).asking()));
    for (fact, value) in answers {
        interview.answer(fact, Some(value)).expect("it is taken");
        group.bench_function(format!("after {fact}"), |b| b.iter(|| black_box(&interview).asking()));
    }
    group.finish();
}

criterion_group!(benches, evaluate, ask);
criterion_main!(benches);
