//! How long it takes to say what a dossier lacks, on one core: a complete one of every procedure, an empty one, one with 2,000
//! data items, and the making of a complete one. The forms and the lawbook are those of the repository.
//!
//! `cargo bench -p tongguan-dossier`

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dossier::{Dossier, Procedure, example, forms, gaps, progress};
use support::{ON, base, complete, with_items};

fn bench(c: &mut Criterion) {
    let held = |c: &mut Criterion, name: &str, procedure: Procedure, dossier: &Dossier| {
        c.bench_function(&format!("gaps {procedure} {name}"), |b| {
            b.iter(|| gaps(forms(), base(), procedure, black_box(dossier), ON));
        });
    };
    for procedure in Procedure::ALL {
        held(c, "complete", procedure, &complete(procedure));
    }
    let assessment = Procedure::SecurityAssessment;
    held(c, "empty", assessment, &Dossier::default());
    for items in [20, 200, 2_000] {
        held(c, &format!("{items} items"), assessment, &with_items(assessment, items));
    }
    let mut made = complete(assessment);
    made.materials[0].answers = Some(made.answers.digest());
    held(c, "paper made from answers", assessment, &made);
    let whole = complete(assessment);
    c.bench_function("progress", |b| b.iter(|| progress(forms(), assessment, black_box(&whole))));
    c.bench_function("example", |b| b.iter(|| example(forms(), assessment, ON, black_box(7))));
}

criterion_group!(benches, bench);
criterion_main!(benches);
