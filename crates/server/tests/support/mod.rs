//! The counter in memory, asked without a socket.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use cases::{Actor, Procedures, Store, World};
use doors::{Doors, Policies};
use jiff::Timestamp;
use law::RuleBase;
use server::{Installation, Parts};
use tower::ServiceExt as _;

/// The moment at which everything is asked: 23 November 2026, 11:00 in China.
pub(crate) const NOW: &str = "2026-11-23T03:00:00Z";

/// The lawbook of the repository.
pub(crate) fn base() -> &'static RuleBase {
    static BASE: OnceLock<RuleBase> = OnceLock::new();
    BASE.get_or_init(|| {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lawbook"));
        let mut files = Vec::new();
        collect(root, root, &mut files);
        RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).unwrap()
    })
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|ending| ending == "toml" || ending == "md") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// A counter with nobody in it, and what it stands on.
pub(crate) struct Counter {
    pub routes: Router,
    pub store: Store,
    pub doors: Doors,
    pub world: Arc<World<'static>>,
    _folder: tempfile::TempDir,
}

/// Opens one on a database of its own.
pub(crate) async fn counter() -> Counter {
    let folder = tempfile::tempdir().unwrap();
    let procedures: &'static Procedures = Box::leak(Box::new(Procedures::embedded().unwrap()));
    let world = Arc::new(World::new(procedures, dossier::forms(), base()).unwrap());
    let database = database::Database::at(&format!("sqlite:{}", folder.path().join("counter.db").display())).unwrap();
    let random: cases::Random = Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
    let store =
        Store::open_on(&database, cases::Keys::new([7; 32], Arc::clone(&random)), Arc::clone(&world)).await.unwrap();
    let doors = Doors::open(&database, doors::Keys::new([7; 32], random), Arc::new(Policies::embedded().unwrap()))
        .await
        .unwrap();
    let installation = Installation {
        url: "https://exit.example.cn".to_owned(),
        version: "0.0.0",
        secure: false,
        demo: false,
        templates: None,
        forwarded: None,
    };
    let key = Arc::new(evidence::SigningKey::from_seed("demo.tongguan.local/office", &[9; 32]).unwrap());
    let parts = Parts {
        installation,
        store: store.clone(),
        doors: doors.clone(),
        world: Arc::clone(&world),
        now: Arc::new(|| NOW.parse::<Timestamp>().unwrap()),
        signers: Arc::new(move |_: &Actor| Some(Arc::clone(&key) as Arc<dyn evidence::NoteSigner>)),
        scan: None,
        post: None,
        oidc: None,
        set_up_code: None,
    };
    Counter { routes: server::router(parts), store, doors, world, _folder: folder }
}

impl Counter {
    /// Status and body of a page, in English.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        self.get_as(path, None).await
    }

    /// The same with a cookie.
    pub(crate) async fn get_as(&self, path: &str, cookie: Option<&str>) -> (u16, String) {
        let cookie = cookie.map_or_else(|| "lang=en".to_owned(), |cookie| format!("lang=en; {cookie}"));
        let request = Request::get(path).header(header::ACCEPT, "text/html").header(header::COOKIE, cookie);
        let response = self.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// Markup without its tags, spaces drawn together.
pub(crate) fn words(markup: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in markup.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let plain = out
        .replace("&amp;", "&")
        .replace("&#x27;", "'")
        .replace("&quot;", "\"")
        .replace("&#x2f;", "/")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
