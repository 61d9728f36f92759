//! The counter on a database, served on a port of its own.

use std::sync::Arc;
use std::time::Instant;

use cases::{Actor, Keys, Store, World};
use doors::{Doors, Policies};
use jiff::{SignedDuration, Timestamp};
use server::{Installation, Parts};

use crate::{Failed, support};

/// When it is: the cases were filed in the months before.
const NOW: &str = "2026-06-01T10:00:00+08:00";

pub(crate) struct Installed {
    pub(crate) store: Store,
    pub(crate) doors: Doors,
    world: Arc<World<'static>>,
}

pub(crate) fn now() -> Timestamp {
    NOW.parse().expect("a moment")
}

impl Installed {
    pub(crate) async fn at(address: &str) -> Result<Self, Failed> {
        let world = support::world();
        let database = database::Database::at(address)?;
        let random: cases::Random = Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
        let store = Store::open_on(&database, Keys::new([7; 32], Arc::clone(&random)), Arc::clone(&world)).await?;
        let doors = Doors::open(&database, doors::Keys::new([7; 32], random), Arc::new(Policies::embedded()?)).await?;
        Ok(Self { store, doors, world })
    }

    /// Serves it; where it is reached. The clock goes on from its moment.
    pub(crate) async fn served(&self) -> Result<String, Failed> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let start = Instant::now();
        let later = move || now() + SignedDuration::try_from(start.elapsed()).expect("a short time");
        let installation = Installation {
            url: base.clone(),
            version: env!("CARGO_PKG_VERSION"),
            secure: false,
            demo: false,
            templates: None,
            forwarded: None,
        };
        let parts = Parts {
            installation,
            store: self.store.clone(),
            doors: self.doors.clone(),
            world: Arc::clone(&self.world),
            now: Arc::new(later),
            signers: {
                let signers = support::signers();
                Arc::new(move |actor: &Actor| signers(actor))
            },
            scan: None,
            post: None,
            oidc: None,
            set_up_code: None,
        };
        let counter = server::Counter::new(parts);
        let begun = Instant::now();
        counter.warm().await;
        println!("worked out ahead: {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
        tokio::spawn(server::serve(listener, counter.routes(), None, std::future::pending()));
        Ok(base)
    }
}
