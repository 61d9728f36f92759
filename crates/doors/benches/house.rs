//! What every request costs at the doors: finding its session, and writing down what is read; and what signing in costs.
//!
//! `cargo bench -p tongguan-doors --bench house`; PostgreSQL where it is installed.

use std::sync::Arc;

use cases::{CaseId, Role, Scope};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use database::Database;
use database::testing::{Place, runtime};
use doors::{Doors, Keys, NewAccount, Policies, Read};
use jiff::Timestamp;

const TOGETHER: u64 = 64;

async fn open(place: &Place) -> Doors {
    let database = Database::at(&place.address).expect("an address");
    let keys = Keys::new([7; 32], Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other)));
    Doors::open(&database, keys, Arc::new(Policies::embedded().expect("they load"))).await.expect("they open")
}

fn house(criterion: &mut Criterion) {
    let now: Timestamp = "2026-11-23T09:00:00+08:00".parse().expect("a moment");
    let first = NewAccount {
        login: "root-admin".to_owned(),
        name: "王小明".to_owned(),
        email: None,
        role: Role::Administrator,
        scope: Scope::All,
        organisation: None,
        lang: None,
    };
    for place in Place::both() {
        let kind = if place.is_sqlite() { "sqlite" } else { "postgres" };
        let runtime = runtime();
        let (doors, account, secret) = runtime.block_on(async {
            let doors = open(&place).await;
            let account = doors.set_up(first.clone(), "Regen im November", now).await.expect("the first").id;
            let secret = doors.admit(&account, "bench", "192.0.2.7", now).await.expect("let in").secret;
            (doors, account, secret)
        });
        let mut group = criterion.benchmark_group(kind);
        group.sample_size(20);
        group.bench_function("session", |bencher| {
            bencher.iter(|| runtime.block_on(doors.session(secret.as_str(), now)).expect("asked").expect("open"));
        });
        group.bench_function("sign-in", |bencher| {
            let come = || doors.sign_in("root-admin", "Regen im November", None, "192.0.2.7", now);
            bencher.iter(|| runtime.block_on(come()).expect("let in"));
        });
        group.throughput(Throughput::Elements(TOGETHER));
        group.bench_function("64 reads at once", |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    let mut all = Vec::new();
                    for nth in 0..TOGETHER {
                        let (doors, account) = (doors.clone(), account.clone());
                        let case = Some(CaseId::new(format!("sa-{nth}")));
                        let read = Read { account, role: Role::National, case, what: "case".to_owned(), at: now };
                        all.push(tokio::spawn(async move { doors.note_read(read).await }));
                    }
                    for one in all {
                        one.await.expect("no panic").expect("written");
                    }
                });
            });
        });
        group.finish();
    }
}

criterion_group!(benches, house);
criterion_main!(benches);
