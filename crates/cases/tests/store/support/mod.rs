//! What the tests of the store share: a world, both databases, and cases to act on.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod acting;
pub(crate) mod postgres;
pub(crate) mod worlds;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use cases::{Keys, Store};

pub(crate) use acting::*;
pub(crate) use worlds::world;

/// The key of every test's store.
pub(crate) const MASTER: [u8; 32] = [7; 32];

pub(crate) fn keys() -> Keys {
    Keys::new(MASTER, Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other)))
}

/// One empty database of either kind.
pub(crate) struct Place {
    pub(crate) address: String,
    /// What lies on disk.
    pub(crate) folder: PathBuf,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = format!("sqlite:{}", folder.path().join("cases 案.db").display());
        Self { address, folder: folder.path().to_owned(), _folder: Some(folder) }
    }

    pub(crate) fn postgres() -> Option<Self> {
        let server = postgres::server()?;
        Some(Self { address: server.new_database(), folder: server.data(), _folder: None })
    }

    /// Both; PostgreSQL where it is installed.
    pub(crate) fn both() -> Vec<Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres()).collect()
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.address.starts_with("sqlite:")
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.address, keys(), world()).await.expect("the store opens")
    }
}

/// Runs a test on an empty store of each kind.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Store, Arc<Place>) -> F) {
    for place in Place::both() {
        let place = Arc::new(place);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        eprintln!("on {}", place.address.split(':').next().unwrap_or_default());
        runtime.block_on(async { test(place.open().await, Arc::clone(&place)).await });
    }
}
