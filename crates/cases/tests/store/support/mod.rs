//! What the tests of the store share: a world, both databases, and cases to act on.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod acting;
pub(crate) mod worlds;

use std::future::Future;
use std::sync::Arc;

use cases::{Keys, Store};
pub(crate) use database::testing::Place;

pub(crate) use acting::*;
pub(crate) use worlds::world;

/// The key of every test's store.
pub(crate) const MASTER: [u8; 32] = [7; 32];

pub(crate) fn keys() -> Keys {
    Keys::new(MASTER, Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other)))
}

/// Opens the store of a place.
pub(crate) trait Opens {
    async fn open(&self) -> Store;
}

impl Opens for Place {
    async fn open(&self) -> Store {
        Store::open(&self.address, keys(), world()).await.expect("the store opens")
    }
}

/// Runs a test on an empty store of each kind.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Store, Arc<Place>) -> F) {
    for place in Place::both() {
        let place = Arc::new(place);
        let runtime = database::testing::runtime();
        eprintln!("on {}", place.address.split(':').next().unwrap_or_default());
        runtime.block_on(async { test(place.open().await, Arc::clone(&place)).await });
    }
}
