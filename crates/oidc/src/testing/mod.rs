//! A provider of a test's own on the loopback: discovery, keys, authorisation, and a token endpoint that checks client, code and PKCE;
//! with faults that can be switched on. For tests only.

// Each panic is a test that cannot go on.
#![allow(clippy::missing_panics_doc)]

mod fault;
mod keys;
mod routes;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::error::OidcError;
use crate::http::Http;
use crate::provider::Provider;
use crate::settings::{Random, Settings};

pub use fault::Fault;
pub use keys::Signing;

/// What the installation is known by.
pub const CLIENT: &str = "counter";
/// What it proves that by; with what an address has to escape.
pub const SECRET: &str = "a secret: +/%&";

/// A provider that runs until it is dropped.
pub struct TestProvider {
    /// Its address.
    pub issuer: String,
    inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

/// What its routes share.
struct Inner {
    issuer: String,
    redirect: String,
    /// Whether clients have to prove who they are.
    confidential: bool,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    state: Mutex<State>,
}

struct State {
    keys: keys::Keys,
    generation: u32,
    signing: Signing,
    fault: Fault,
    subject: String,
    codes: BTreeMap<String, Code>,
    made: u32,
    asked: BTreeMap<&'static str, u32>,
}

/// What a code stands for.
#[derive(Clone)]
struct Code {
    nonce: String,
    challenge: String,
    subject: String,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TestProvider {
    /// Starts one that sends people back to `redirect` and reads its clock from `now`.
    pub async fn start(redirect: &str, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self::start_as(redirect, now, true).await
    }

    /// The same for a client without a secret.
    pub async fn start_public(redirect: &str, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self::start_as(redirect, now, false).await
    }

    async fn start_as(redirect: &str, now: impl Fn() -> Timestamp + Send + Sync + 'static, confidential: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State {
            keys: keys::Keys::new(1),
            generation: 1,
            signing: Signing::default(),
            fault: Fault::None,
            subject: "248289761001".to_owned(),
            codes: BTreeMap::new(),
            made: 0,
            asked: BTreeMap::new(),
        };
        let inner = Arc::new(Inner {
            issuer: issuer.clone(),
            redirect: redirect.to_owned(),
            confidential,
            now: Arc::new(now),
            state: Mutex::new(state),
        });
        let routes = routes::routes(Arc::clone(&inner));
        let serving = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("it serves");
        });
        Self { issuer, inner, serving }
    }

    /// Switches a fault on, and any other off.
    pub fn fault(&self, fault: Fault) {
        self.inner.state().fault = fault;
    }

    /// Signs by this from now on.
    pub fn signs_by(&self, signing: Signing) {
        self.inner.state().signing = signing;
    }

    /// Whom it takes the next browser for.
    pub fn is(&self, subject: &str) {
        subject.clone_into(&mut self.inner.state().subject);
    }

    /// Gives it new keys, and forgets the old ones.
    pub fn rotate(&self) {
        let mut state = self.inner.state();
        state.generation += 1;
        state.keys = keys::Keys::new(state.generation);
    }

    /// How often it was asked for `discovery`, `keys` or `token`.
    pub fn asked(&self, what: &str) -> u32 {
        self.inner.state().asked.get(what).copied().unwrap_or_default()
    }

    /// Where a browser that was sent to `url`, and whose holder signs in and agrees, is sent back to.
    pub fn consent(&self, url: &str) -> String {
        let query = url.split_once('?').expect("a query").1;
        routes::authorised(&self.inner, query).expect("a request that it takes")
    }

    /// How it is set up for an installation.
    pub fn settings(&self) -> Settings {
        Settings {
            issuer: self.issuer.clone(),
            client: CLIENT.to_owned(),
            secret: self.inner.confidential.then(|| SECRET.to_owned()),
            redirect: self.inner.redirect.clone(),
            name: "Test Office".to_owned(),
        }
    }

    /// It, as an installation knows it, which waits for an answer no longer than a second.
    pub fn known(&self, random: Random) -> Provider {
        impatient(Provider::new(self.settings(), random).expect("settings"))
    }
}

/// The same provider, whose answers may take a second only.
fn impatient(mut provider: Provider) -> Provider {
    let url = provider.settings.issuer_url().expect("an address");
    let http: Result<Http, OidcError> = Http::waiting(&url, Duration::from_secs(1));
    provider.http = http.expect("a client");
    provider
}

impl Drop for TestProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
