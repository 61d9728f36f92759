//! A post on an empty database, and a receiver that keeps what it was sent.
#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod mail_server;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use database::Database;
use database::testing::Place;
use jiff::{Timestamp, ToSpan as _};
use post::{Content, HookId, Letter, NewHook, Post, Reach, Smtp};

/// So many seconds after a Monday morning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-03-02T09:00:00+08:00".parse::<Timestamp>().expect("a moment") + seconds.seconds()
}

/// Runs a test on an empty database of each kind.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Arc<Place>) -> F) {
    for place in Place::both() {
        eprintln!("on {}", place.address.split(':').next().unwrap_or_default());
        database::testing::runtime().block_on(async { test(Arc::new(place)).await });
    }
}

pub(crate) async fn open_with(place: &Place, reach: Reach, smtp: Option<&Smtp>) -> Post {
    let database = Database::at(&place.address).expect("an address");
    let random: database::Random = Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
    Post::open(&database, [7; 32], random, reach, smtp).await.expect("a post")
}

pub(crate) async fn open(place: &Place, reach: Reach) -> Post {
    open_with(place, reach, None).await
}

pub(crate) fn new_hook(url: &str) -> NewHook {
    NewHook { owner: "owner".to_owned(), name: "接收".to_owned(), url: url.to_owned(), kinds: BTreeSet::new() }
}

pub(crate) fn letter(hook: &HookId, once: &str) -> Letter {
    let body = r#"{"type":"case.moved","data":{"case":"sa-1"}}"#.to_owned();
    let content = Content::Hook { hook: hook.clone(), body };
    Letter { once: format!("{hook}/{once}"), kind: "case.moved".to_owned(), content }
}

/// What a receiver was sent.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) head: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
struct Kept {
    got: Vec<Got>,
    answer: Option<(StatusCode, Option<(&'static str, &'static str)>)>,
}

/// A program that is told.
pub(crate) struct Receiver {
    pub(crate) url: String,
    kept: Arc<Mutex<Kept>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let routes = Router::new().fallback(take).with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, kept }
    }

    /// How it answers from now on; with `x-wait` not for a minute.
    pub(crate) fn answer(&self, status: StatusCode, head: Option<(&'static str, &'static str)>) {
        self.kept.lock().expect("whole").answer = Some((status, head));
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.kept.lock().expect("whole").got.clone()
    }
}

async fn take(State(kept): State<Arc<Mutex<Kept>>>, head: HeaderMap, body: Bytes) -> Response {
    let head = head.iter().map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned())).collect();
    let (status, extra) = {
        let mut kept = kept.lock().expect("whole");
        kept.got.push(Got { head, body: body.to_vec() });
        kept.answer.unwrap_or((StatusCode::NO_CONTENT, None))
    };
    match extra {
        Some(("x-wait", _)) => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            status.into_response()
        }
        Some((name, value)) => (status, [(name, value)]).into_response(),
        None => status.into_response(),
    }
}
