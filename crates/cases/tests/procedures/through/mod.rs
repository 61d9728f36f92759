//! Cases through the store, on SQLite and on PostgreSQL, beside the pure core: every answer is the same, and so is what is read back.

mod counted;
mod simulated;
mod walked;

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use cases::{Attachment, Case, CaseId, NewFile, Recorded, Refusal, Request, Store, StoreError, Version, World};

use crate::stores::{Place, keys};
use crate::support::Beside;

/// A store, and the content of the papers that cases have attached to them, by digest.
#[derive(Clone)]
struct Through {
    store: Store,
    papers: Arc<HashMap<String, Vec<u8>>>,
}

impl Through {
    async fn open(place: &Place, world: World<'static>, papers: Vec<Vec<u8>>) -> Self {
        let store = Store::open(&place.address, keys(), Arc::new(world)).await.unwrap_or_else(|e| panic!("{e}"));
        let papers = papers.into_iter().map(|paper| (transfer::digest(&paper), paper)).collect();
        Self { store, papers: Arc::new(papers) }
    }

    /// Sends a request, with its papers before it; the answer has to be that of the pure core.
    async fn same(&self, request: Request, came: &Result<Recorded, Refusal>) {
        for attached in &request.payload.attachments {
            self.keep(&request.case, attached).await;
        }
        let what = format!("{} of {} at {}", request.action, request.case, request.at);
        // That a case is opened a second time the store notices itself.
        let opens_again = request.action.as_str() == "open" && request.seen != Version(0);
        match (self.store.act(request).await, came) {
            (Err(StoreError::Refused(Refusal::Stale { .. })), Err(_)) if opens_again => {}
            (Ok(done), Ok(recorded)) => assert_eq!(done.recorded, *recorded, "{what}"),
            (Err(StoreError::Refused(refused)), Err(refusal)) => assert_eq!(refused, *refusal, "{what}"),
            (stored, pure) => panic!("{what}: the store says {stored:?}, and the pure core {pure:?}"),
        }
    }

    async fn keep(&self, case: &CaseId, attached: &Attachment) {
        let Some(bytes) = self.papers.get(&attached.digest) else { return };
        let (name, media_type, material) = (&attached.name, &attached.media_type, attached.material.as_deref());
        let kept = self.store.put_file(case, &NewFile { name, media_type, material, bytes }).await;
        assert_eq!(kept.unwrap_or_else(|error| panic!("{name} of {case}: {error}")), *attached);
    }

    /// The record of every case and its fold, and then what is worked out of all of them.
    async fn holds(&self, cases: &[(CaseId, Vec<Recorded>, Case)]) {
        let mut actions = 0;
        for (id, record, case) in cases {
            let stored = self.store.record(id).await.unwrap();
            assert!(stored.iter().map(|entry| &entry.recorded).eq(record), "the record of {id}");
            assert_eq!(self.store.case(id).await.unwrap(), *case, "{id}");
            actions += record.len() as u64;
        }
        assert_eq!(self.store.verify().await.unwrap(), actions, "every action is there, and no other");
        assert_eq!(self.store.verify_projections().await.unwrap(), []);
    }
}

/// A case of a walk through a store, from a thread of its own.
struct Walked(Through, tokio::runtime::Handle);

impl Beside for Walked {
    fn tried(&mut self, tried: Request, came: &Result<Recorded, Refusal>) -> Option<Case> {
        let case = tried.case.clone();
        self.1.block_on(async {
            self.0.same(tried, came).await;
            match self.0.store.case(&case).await {
                Ok(case) => Some(case),
                Err(StoreError::NoCase(_)) => None,
                Err(error) => panic!("{case}: {error}"),
            }
        })
    }
}

/// Runs a test on an empty database of each kind.
fn on_both<F: Future<Output = ()>>(test: impl Fn(Arc<Place>) -> F) {
    for place in Place::both() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        eprintln!("on {}", place.address.split(':').next().unwrap_or_default());
        runtime.block_on(test(Arc::new(place)));
    }
}
