//! An installation with an account of each role, asked in process; every answer is held against the document.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use cases::{Actor, Procedures, Role, Scope, Store, World};
use database::Database;
use database::testing::Place;
use doors::{
    Account, Doors, Hashing, NewAccount, NewToken, Organisation, OrganisationId, OrganisationKind, Policies, Rules,
    TokenScope,
};
use evidence::SigningKey;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use law::RuleBase;
use post::{Post, Reach, Smtp};
use serde_json::{Value, json};
use server::{Installation, Parts};
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = "a long enough password";
/// A handler and another one, by codes whose check characters hold.
pub(crate) const HOSPITAL: &str = "121100004000000001";
pub(crate) const STRANGER: &str = "91350100M000100Y43";
pub(crate) const OFFICE: &str = "body-1";
/// Monday morning in Beijing.
pub(crate) const START: &str = "2026-03-02T09:00:00+08:00";

/// Procedures, forms and law of the repository.
pub(crate) fn world() -> Arc<World<'static>> {
    static WORLD: OnceLock<Arc<World<'static>>> = OnceLock::new();
    let make = || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook");
        let mut files = Vec::new();
        collect(&root, &root, &mut files);
        let base =
            RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("the lawbook");
        let procedures = Procedures::embedded().expect("the procedures");
        Arc::new(
            World::new(Box::leak(Box::new(procedures)), dossier::forms(), Box::leak(Box::new(base))).expect("they fit"),
        )
    };
    Arc::clone(WORLD.get_or_init(make))
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.file_name().is_some_and(|name| name != "README.md") {
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/");
            files.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
}

/// Somebody who asks.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) account: Account,
    /// A token with every scope.
    pub(crate) token: String,
}

/// How an installation is set up.
#[derive(Clone)]
pub(crate) struct Setting {
    /// Where it is reached.
    pub(crate) url: &'static str,
    /// The mail server.
    pub(crate) smtp: Option<Smtp>,
    /// The provider by which people sign in.
    pub(crate) oidc: Option<Arc<::oidc::Provider>>,
}

impl Default for Setting {
    fn default() -> Self {
        Self { url: "http://counter.example", smtp: None, oidc: None }
    }
}

/// The installation.
pub(crate) struct Counter {
    pub(crate) routes: Router,
    pub(crate) store: Store,
    pub(crate) doors: Doors,
    pub(crate) post: Post,
    pub(crate) people: BTreeMap<&'static str, Person>,
    served: server::Counter,
    setting: Setting,
    clock: Arc<Mutex<Timestamp>>,
}

/// How one comes in.
#[derive(Debug, Clone, Default)]
pub(crate) enum As<'a> {
    #[default]
    Nobody,
    /// By the token of an account.
    One(&'a str),
    /// By this token.
    Token(&'a str),
    /// By a cookie, with this token of a session where there is one.
    Cookie(&'a str, Option<&'a str>),
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The JSON of a success.
    pub(crate) fn ok(&self) -> Value {
        let said: String = String::from_utf8_lossy(&self.bytes).chars().take(400).collect();
        assert!((200..300).contains(&self.status), "{} {said}", self.status);
        self.json()
    }

    /// Refused with this status and code.
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        let said: String = String::from_utf8_lossy(&self.bytes).chars().take(400).collect();
        assert_eq!(self.status, status, "{said}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{said}");
        problem
    }

    /// The secret of the session that was opened.
    pub(crate) fn session(&self) -> String {
        let set = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let own = set.filter_map(|line| line.strip_prefix("tongguan=")).next_back().expect("a session");
        own.split(';').next().expect("a value").to_owned()
    }
}

impl Counter {
    /// Furnished, on an empty database.
    pub(crate) async fn new(place: &Place) -> Self {
        Self::with(place, Self::clock(), Setting::default()).await
    }

    /// A clock that stands at the beginning.
    pub(crate) fn clock() -> Arc<Mutex<Timestamp>> {
        Arc::new(Mutex::new(START.parse::<Timestamp>().expect("a moment")))
    }

    /// The same by another clock and otherwise set up.
    pub(crate) async fn with(place: &Place, clock: Arc<Mutex<Timestamp>>, setting: Setting) -> Self {
        let database = Database::at(&place.address).expect("an address");
        let random: cases::Random = Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
        let store =
            Store::open_on(&database, cases::Keys::new([7; 32], Arc::clone(&random)), world()).await.expect("a store");
        let post = Post::open(&database, [7; 32], Arc::clone(&random), Reach::Any, setting.smtp.as_ref())
            .await
            .expect("a post");
        let policies = Arc::new(Policies::embedded().expect("they load"));
        let light = Rules { hashing: Hashing { memory_kib: 64, passes: 1, lanes: 1, at_once: 4 }, ..Rules::default() };
        let doors =
            Doors::open(&database, doors::Keys::new([7; 32], random), policies).await.expect("doors").with_rules(light);
        let now = *clock.lock().expect("whole");
        let people = furnish(&doors, now).await;
        let served = served(&store, &doors, &post, &clock, &setting);
        Self { routes: served.routes(), served, store, doors, post, people, clock, setting }
    }

    /// The same under other rules of its doors.
    pub(crate) fn with_rules(&self, rules: Rules) -> Self {
        let doors = self.doors.clone().with_rules(rules);
        let (store, post, people, setting) =
            (self.store.clone(), self.post.clone(), self.people.clone(), self.setting.clone());
        let served = served(&store, &doors, &post, &self.clock, &setting);
        Self { routes: served.routes(), served, store, doors, post, people, clock: Arc::clone(&self.clock), setting }
    }

    /// Tells what happened, and carries the letters.
    pub(crate) async fn tell(&self) {
        self.served.tell_now().await.expect("told");
        while self.post.deliver(self.now()).await.expect("carried") > 0 {}
    }

    /// So many working hours later.
    pub(crate) fn hours_later(&self, hours: i64) {
        let mut now = self.clock.lock().expect("whole");
        *now += SignedDuration::from_hours(hours);
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.clock.lock().expect("whole")
    }

    /// The civil day in Beijing.
    pub(crate) fn today(&self) -> jiff::civil::Date {
        jiff::tz::Offset::constant(8).to_datetime(self.now()).date()
    }

    /// A token of an account with these scopes.
    pub(crate) async fn token(&self, who: &str, scopes: &[TokenScope]) -> String {
        token(&self.doors, &self.people[who].account, scopes, self.now()).await
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.routes.clone().oneshot(request).await.expect("it never fails");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body").to_vec();
        let answer = Answer { status, headers, bytes };
        super::document::fits(&method, &path, &answer);
        answer
    }

    pub(crate) fn request(
        who: &As<'_>,
        people: &BTreeMap<&'static str, Person>,
        method: Method,
        path: &str,
    ) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        request = match who {
            As::Nobody => request,
            As::One(name) => request.header(header::AUTHORIZATION, format!("Bearer {}", people[name].token)),
            As::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            As::Cookie(secret, csrf) => {
                let request = request.header(header::COOKIE, format!("tongguan={secret}"));
                match csrf {
                    Some(csrf) => request.header("x-csrf-token", *csrf),
                    None => request,
                }
            }
        };
        request
    }

    pub(crate) async fn get(&self, who: As<'_>, path: &str) -> Answer {
        let request = Self::request(&who, &self.people, Method::GET, path).body(Body::empty()).expect("a request");
        self.send(request).await
    }

    pub(crate) async fn call(&self, who: As<'_>, method: Method, path: &str, body: &Value) -> Answer {
        self.call_named(who, method, path, body, None).await
    }

    /// The same under a name.
    pub(crate) async fn call_named(
        &self,
        who: As<'_>,
        method: Method,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Answer {
        let mut request =
            Self::request(&who, &self.people, method, path).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).expect("a request")).await
    }

    pub(crate) async fn post(&self, who: &str, path: &str, body: &Value) -> Answer {
        self.call(As::One(who), Method::POST, path, body).await
    }

    /// Takes an action with the version of now.
    pub(crate) async fn act(&self, who: &str, case: &str, action: &str, payload: Value) -> Answer {
        let seen = self.store.version(&cases::CaseId::new(case)).await.expect("a case");
        self.post(
            who,
            &format!("/api/cases/{case}/actions"),
            &json!({"action": action, "seen": seen, "payload": payload}),
        )
        .await
    }

    /// Hands a file in; what an action attaches it by.
    pub(crate) async fn hand_in(&self, who: &str, case: &str, query: &str, kind: &str, bytes: &[u8]) -> Answer {
        let request =
            Self::request(&As::One(who), &self.people, Method::POST, &format!("/api/cases/{case}/files?{query}"));
        let request = request.header(header::CONTENT_TYPE, kind).body(Body::from(bytes.to_vec())).expect("a request");
        self.send(request).await
    }

    /// Sends a form as a browser does.
    pub(crate) async fn form(&self, secret: &str, csrf: &str, path: &str, parts: &[(&str, &str)]) -> Answer {
        self.form_with(secret, csrf, path, parts, None).await
    }

    /// The same, with a file: its field, name, type and content.
    pub(crate) async fn form_with(
        &self,
        secret: &str,
        csrf: &str,
        path: &str,
        parts: &[(&str, &str)],
        file: Option<(&str, &str, &str, &str)>,
    ) -> Answer {
        const EDGE: &str = "----edge-of-a-part";
        let plain = |(name, value): &(&str, &str)| {
            format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let mut body: Vec<String> = [("csrf", csrf)].iter().chain(parts).map(plain).collect();
        body.extend(file.map(|(field, name, kind, content)| {
            format!(
                "--{EDGE}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: {kind}\r\n\r\n{content}\r\n"
            )
        }));
        body.push(format!("--{EDGE}--\r\n"));
        let request = Request::post(path)
            .header(header::COOKIE, format!("tongguan={secret}"))
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
        self.send(request.body(Body::from(body.concat())).expect("a request")).await
    }

    /// Signs somebody in: the secret of the session, and its token for changing requests.
    pub(crate) async fn signed_in(&self, who: &str) -> (String, String) {
        let body = json!({"login": self.people[who].account.login, "password": PASSWORD});
        let answer = self.call(As::Nobody, Method::POST, "/api/session", &body).await;
        let csrf = answer.ok()["csrf"].as_str().expect("a token").to_owned();
        (answer.session(), csrf)
    }

    /// A case of the hospital, opened by its approver, its forms complete.
    pub(crate) async fn filled_case(&self, procedure: &str) -> String {
        let made =
            self.post("approver", "/api/cases", &json!({"procedure": procedure, "title": "与荷兰合作研究"})).await;
        assert_eq!(made.status, 201);
        let case = made.ok()["case"].as_str().expect("an id").to_owned();
        self.fill(&case).await;
        case
    }

    /// Fills in the forms of a case and attaches its papers.
    pub(crate) async fn fill(&self, case: &str) {
        let (answers, attachments) = self.filled(case).await;
        let saved = self
            .call(
                As::One("applicant"),
                Method::PATCH,
                &format!("/api/cases/{case}/answers"),
                &json!({ "answers": answers }),
            )
            .await;
        saved.ok();
        self.act("applicant", case, "edit", json!({ "attachments": attachments })).await.ok();
        let gaps = self.get(As::One("approver"), &format!("/api/cases/{case}/gaps")).await.ok();
        assert_eq!(gaps["gaps"], json!([]), "nothing is missing any more");
    }

    async fn filled(&self, case: &str) -> (BTreeMap<String, Value>, Vec<Value>) {
        let of = self.store.case(&cases::CaseId::new(case)).await.expect("a case");
        let procedure = world().procedures.get(of.procedure.as_str()).expect("known").clone();
        let forms = procedure.state(of.state.as_str()).and_then(|state| state.forms).expect("it has forms");
        let example = dossier::example(world().forms, forms, self.today(), 1);
        let mut answers: BTreeMap<String, Value> =
            example.answers.iter().map(|(path, answer)| (path.to_string(), answer.value.clone())).collect();
        answers.insert("handler.uscc".to_owned(), json!(HOSPITAL));
        let mut attachments = Vec::new();
        for material in &example.materials {
            let (id, bytes) = (&material.material, dossier::example_paper(&material.material, 1));
            let kept = self
                .hand_in("applicant", case, &format!("name={id}.pdf&material={id}"), &material.media_type, &bytes)
                .await;
            attachments.push(kept.ok());
        }
        (answers, attachments)
    }
}

/// The counter on what is open already.
fn served(
    store: &Store,
    doors: &Doors,
    post: &Post,
    clock: &Arc<Mutex<Timestamp>>,
    setting: &Setting,
) -> server::Counter {
    let installation = Installation {
        url: setting.url.to_owned(),
        version: "0.0.0",
        secure: setting.url.starts_with("https://"),
        demo: false,
        templates: None,
        forwarded: None,
    };
    let now = Arc::clone(clock);
    let parts = Parts {
        installation,
        store: store.clone(),
        doors: doors.clone(),
        world: world(),
        now: Arc::new(move || *now.lock().expect("whole")),
        signers: Arc::new(|_: &Actor| Some(office_key() as Arc<dyn evidence::NoteSigner>)),
        scan: None,
        post: Some(post.clone()),
        oidc: setting.oidc.clone(),
        set_up_code: None,
    };
    server::Counter::new(parts)
}

/// The key by which offices sign here.
pub(crate) fn office_key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed("office.example", &[9; 32]).expect("a key"))
}

async fn token(doors: &Doors, account: &Account, scopes: &[TokenScope], now: Timestamp) -> String {
    let new =
        NewToken { name: "test".to_owned(), scopes: scopes.iter().copied().collect(), ends: now + (24 * 300).hours() };
    doors.make_token(&account.id, &new, now).await.expect("a token").0.as_str().to_owned()
}

async fn furnish(doors: &Doors, at: Timestamp) -> BTreeMap<&'static str, Person> {
    let new = |login: &str, role: Role, scope: Scope| NewAccount {
        login: login.to_owned(),
        name: format!("测试{login}"),
        email: None,
        role,
        scope,
        organisation: None,
        lang: None,
    };
    let admin = doors.set_up(new("admin", Role::Administrator, Scope::All), PASSWORD, at).await.expect("the first");
    for (id, kind, name) in [
        (HOSPITAL, OrganisationKind::Handler, "示例市友好医院"),
        (STRANGER, OrganisationKind::Handler, "示例科技有限公司"),
        (OFFICE, OrganisationKind::Office, "示例认证机构"),
    ] {
        let of = Organisation {
            id: OrganisationId::new(id),
            kind,
            name: name.to_owned(),
            region: Some("CN-BJ".to_owned()),
            sector: (kind == OrganisationKind::Handler).then(|| "medical".to_owned()),
            parent: None,
        };
        doors.make_organisation(&of, &admin.id, at).await.expect("made");
    }
    let hospital = || Scope::Handler(HOSPITAL.to_owned());
    let office = || Scope::Office(OFFICE.to_owned());
    let province = |region: &str| Scope::Province(region.to_owned());
    let mut people = BTreeMap::new();
    for (name, role, scope) in [
        ("applicant", Role::Applicant, hospital()),
        ("approver", Role::Approver, hospital()),
        ("adviser", Role::Adviser, hospital()),
        ("stranger", Role::Approver, Scope::Handler(STRANGER.to_owned())),
        ("province", Role::Province, province("CN-BJ")),
        ("elsewhere", Role::Province, province("CN-SH")),
        ("national", Role::National, Scope::All),
        ("prefecture", Role::Prefecture, office()),
        ("sector", Role::SectorAuthority, office()),
        ("body", Role::CertificationBody, office()),
        ("zone", Role::ZoneBody, office()),
        ("auditor", Role::Auditor, Scope::All),
    ] {
        let account = doors.create(new(name, role, scope), &admin.id, at).await.expect("made");
        let (link, _) = doors.invite_to_account(&account.id, at + 24.hours(), &admin.id, at).await.expect("invited");
        doors.accept(link.as_str(), PASSWORD, "127.0.0.1", at).await.expect("accepted");
        let account = doors.account(&account.id).await.expect("read").expect("there");
        people.insert(name, Person { token: token(doors, &account, TokenScope::ALL, at).await, account });
    }
    let token = token(doors, &admin, TokenScope::ALL, at).await;
    people.insert("admin", Person { account: admin, token });
    people
}

/// Runs a test on an empty installation on each kind of database.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Arc<Counter>) -> F) {
    for place in Place::both() {
        eprintln!("on {}", place.address.split(':').next().unwrap_or_default());
        database::testing::runtime().block_on(async { test(Arc::new(Counter::new(&place).await)).await });
    }
}

/// Runs a test on the embedded database alone, where the database makes no difference.
pub(crate) fn on_one<F: Future<Output = ()>>(test: impl Fn(Arc<Counter>) -> F) {
    let place = Place::sqlite();
    database::testing::runtime().block_on(async { test(Arc::new(Counter::new(&place).await)).await });
}
