//! The demonstration, served on a free port by this process.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use post::{Content, Letter, NewHook};
use server::{Installation, Parts};

use crate::support::{self, House};

/// A working Monday; the moment runs on from there.
pub(crate) const MONDAY: &str = "2026-11-23T02:30:00Z";

pub(crate) struct Served {
    pub(crate) house: House,
    pub(crate) base: String,
    begun: Instant,
}

impl Served {
    pub(crate) async fn open() -> Self {
        let house = House::at(&support::world(), MONDAY).await.unwrap_or_else(|error| panic!("{error}"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let begun = Instant::now();
        let installation = Installation {
            url: base.clone(),
            version: "test",
            secure: false,
            demo: true,
            templates: None,
            forwarded: None,
        };
        let parts = Parts {
            installation,
            store: house.store.clone(),
            doors: house.doors.clone(),
            world: Arc::clone(&house.world),
            now: Arc::new(move || moment(begun)),
            signers: support::signers(),
            scan: None,
            post: Some(house.post.clone()),
            oidc: None,
            set_up_code: None,
        };
        tokio::spawn(server::serve(listener, server::router(parts), None, std::future::pending()));
        Self { house, base, begun }
    }

    pub(crate) fn now(&self) -> Timestamp {
        moment(self.begun)
    }

    /// The path of a new webhook of somebody's organisation, with a letter that waits.
    pub(crate) async fn hook(&self, login: &str) -> String {
        let account = self.house.doors.by_login(login).await.unwrap().unwrap();
        let owner = account.organisation.unwrap().as_str().to_owned();
        let url = "https://receiver.example.cn/cases".to_owned();
        let new = NewHook { owner, name: "医院信息平台".to_owned(), url, kinds: BTreeSet::new() };
        let made = self.house.post.make_hook(new, self.now()).await.unwrap();
        let content = Content::Hook { hook: made.hook.id.clone(), body: "{}".to_owned() };
        let letter = Letter { once: "one".to_owned(), kind: "case.moved".to_owned(), content };
        self.house.post.write(&[letter], self.now()).await.unwrap();
        format!("/webhooks/{}", made.hook.id)
    }

    /// The path of the case with this title.
    pub(crate) async fn case(&self, title: &str) -> String {
        for id in &self.house.demo.cases {
            if self.house.store.case(id).await.unwrap().title == title {
                return format!("/cases/{id}");
            }
        }
        panic!("no case is called `{title}`");
    }
}

fn moment(begun: Instant) -> Timestamp {
    let start: Timestamp = MONDAY.parse().unwrap();
    start + begun.elapsed()
}
