//! The program serving on a free port, its administrator set up by the code it printed, and people who ask over HTTP.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{self, Method};

/// Everybody's password, which the shared helpers of the browser type.
pub(crate) const PASSWORD: &str = server::demo::PASSWORD;
/// A hospital, by a code whose check character holds.
pub(crate) const HOSPITAL: &str = "121100004000000001";
pub(crate) const HOSPITAL_NAME: &str = "样城第一人民医院（示例）";

/// The program, serving.
pub(crate) struct Counter {
    process: Child,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) base: String,
    pub(crate) code: Option<String>,
}

impl Counter {
    /// With an administrator, a hospital and both offices.
    pub(crate) fn new() -> Self {
        let counter = Self::start(tempfile::tempdir().unwrap(), None);
        counter.furnish();
        counter
    }

    /// Serves the state folder `home` in this folder, on its own database or on this one.
    pub(crate) fn start(folder: tempfile::TempDir, database: Option<&str>) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(folder.path().join("serve.log")).unwrap();
        let mut command = tongguan(folder.path(), "home");
        command.args(["serve", "--listen", "127.0.0.1:0", "--format", "json", "--lang", "en"]);
        command.args(database.iter().flat_map(|address| ["--database", address, "--hold-log"]));
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let said = serde_json::Deserializer::from_reader(BufReader::new(process.stdout.take().unwrap()));
        let said: Option<Result<Value, _>> = said.into_iter().next();
        let Some(Ok(said)) = said else {
            panic!("it does not serve: {}", std::fs::read_to_string(folder.path().join("serve.log")).unwrap())
        };
        let base = said["listen"].as_str().unwrap().to_owned();
        Self { process, folder, base, code: said["set_up_code"].as_str().map(str::to_owned) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Everything it said on standard error.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("serve.log")).unwrap()
    }

    /// Ends it as an operator would, and gives its folder for another start.
    pub(crate) fn end(mut self) -> tempfile::TempDir {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
        let ended = self.process.wait().unwrap();
        assert!(ended.success(), "{ended}: {}", self.log());
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    /// Makes the first administrator by the code that was printed.
    fn set_up(&self) -> Visitor {
        let admin = Visitor::at(&self.base);
        let fields = [
            ("code", self.code.as_deref().unwrap_or_default()),
            ("login", "admin"),
            ("name", "管理员"),
            ("password", PASSWORD),
        ];
        assert_eq!(admin.fill("/set-up", &fields, &[]).status, 303);
        admin.adopt();
        admin
    }

    pub(crate) fn furnish(&self) {
        let admin = self.set_up();
        let hospital =
            json!({"id": HOSPITAL, "kind": "handler", "name": HOSPITAL_NAME, "region": "CN-BJ", "sector": "medical"});
        admin.post("/api/organisations", &hospital).ok();
        for (login, role, scope) in [
            ("applicant", "applicant", json!({"handler": HOSPITAL})),
            ("approver", "approver", json!({"handler": HOSPITAL})),
            ("province", "province", json!({"province": "CN-BJ"})),
            ("national", "national", json!("all")),
            ("auditor", "auditor", json!("all")),
        ] {
            let account = json!({"login": login, "name": format!("示例{login}"), "role": role, "scope": scope});
            let made = admin.post("/api/accounts", &account).ok();
            let place = format!("/api/accounts/{}/invitation", made["id"].as_str().unwrap());
            let link = admin.post(&place, &Value::Null).ok()["link"].as_str().unwrap().to_owned();
            let path = link.strip_prefix(&self.base).unwrap_or_else(|| panic!("{link}"));
            let guest = Visitor::at(&self.base);
            assert_eq!(guest.fill(path, &[("password", PASSWORD)], &[]).status, 303);
        }
    }

    /// Somebody signed in.
    pub(crate) fn come(&self, login: &str) -> Visitor {
        let visitor = Visitor::at(&self.base);
        let answer = visitor.post("/api/session", &json!({"login": login, "password": PASSWORD}));
        answer.ok();
        visitor.adopt();
        visitor
    }

    /// A program with a token of an account, for these scopes.
    pub(crate) fn program(&self, login: &str, scopes: &[&str]) -> Visitor {
        let made = self.come(login).post("/api/me/tokens", &json!({"name": "test", "scopes": scopes})).ok();
        let secret = made["secret"].as_str().unwrap();
        Visitor { token: Some(secret.to_owned()), ..Visitor::at(&self.base) }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Today where the program counts days.
#[expect(clippy::disallowed_methods, reason = "the program under test reads the clock of this machine")]
pub(crate) fn today() -> jiff::civil::Date {
    jiff::tz::Offset::constant(8).to_datetime(jiff::Timestamp::now()).date()
}

/// The program, with a state folder in this folder.
pub(crate) fn tongguan(folder: &Path, home: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
    command.current_dir(folder).env("TONGGUAN_HOME", folder.join(home)).stdin(Stdio::null());
    for variable in ["TONGGUAN_DATABASE", "TONGGUAN_LISTEN", "TONGGUAN_URL", "TONGGUAN_LOG", "TONGGUAN_TEMPLATES"] {
        command.env_remove(variable);
    }
    command
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) place: String,
    pub(crate) text: String,
}

impl Answer {
    /// The JSON of a success.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        let said: String = self.text.chars().take(600).collect();
        assert!((200..300).contains(&self.status), "{} {said}", self.status);
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

/// Somebody who asks, with the cookies they were given.
pub(crate) struct Visitor {
    agent: Agent,
    pub(crate) base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    csrf: Mutex<String>,
    token: Option<String>,
}

impl Visitor {
    pub(crate) fn at(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_mins(2)))
            .build();
        let (cookies, csrf) = (Mutex::default(), Mutex::default());
        Self { agent: Agent::new_with_config(config), base: base.to_owned(), cookies, csrf, token: None }
    }

    /// The same program at another installation.
    pub(crate) fn elsewhere(&self, base: &str) -> Self {
        Self { token: self.token.clone(), ..Self::at(base) }
    }

    /// The same session at another installation.
    pub(crate) fn moved_to(&self, base: &str) -> Self {
        Self { cookies: Mutex::new(self.cookies.lock().unwrap().clone()), ..Self::at(base) }
    }

    /// Learns what changing requests of its session carry.
    fn adopt(&self) {
        let me = self.get("/api/me").ok();
        me["csrf"].as_str().unwrap().clone_into(&mut self.csrf.lock().unwrap());
    }

    /// Sends a request; none: no answer came.
    pub(crate) fn try_send(&self, method: &Method, path: &str, kind: &str, body: &[u8]) -> Option<Answer> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        let cookies =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        match &self.token {
            Some(token) => request = request.header("authorization", format!("Bearer {token}")),
            None if !cookies.is_empty() => request = request.header("cookie", cookies.join("; ")),
            None => {}
        }
        let csrf = self.csrf.lock().unwrap().clone();
        if !csrf.is_empty() && self.token.is_none() {
            request = request.header("x-csrf-token", csrf);
        }
        let sent = if *method == Method::GET {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.header("content-type", kind).body(body).unwrap())
        };
        let mut response = sent.ok()?;
        for set in response.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
        }
        let place = response.headers().get("location").map_or("", |place| place.to_str().unwrap()).to_owned();
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(64 << 20).read_to_vec().ok()?;
        Some(Answer { status, place, text: String::from_utf8_lossy(&text).into_owned() })
    }

    fn send(&self, method: &Method, path: &str, kind: &str, body: &[u8]) -> Answer {
        self.try_send(method, path, kind, body).unwrap_or_else(|| panic!("no answer: {method} {path}"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(&Method::GET, path, "", b"")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(&Method::POST, path, "application/json", body.as_bytes())
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(&Method::PATCH, path, "application/json", body.to_string().as_bytes())
    }

    /// Hands in a file as its bytes.
    pub(crate) fn put(&self, path: &str, kind: &str, bytes: &[u8]) -> Answer {
        self.send(&Method::POST, path, kind, bytes)
    }

    /// Takes an action on the case as it is now.
    pub(crate) fn act(&self, case: &str, action: &str, payload: &Value) -> Answer {
        let seen = self.get(&format!("/api/cases/{case}")).ok()["version"].clone();
        self.post(&format!("/api/cases/{case}/actions"), &json!({"action": action, "seen": seen, "payload": payload}))
    }

    /// The same in English.
    pub(crate) fn fill_in_english(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        self.cookies.lock().unwrap().insert("lang".to_owned(), "en".to_owned());
        self.fill(path, fields, files)
    }

    /// Fills in the form of a page as a browser without scripts would: its token, fields, and files by field, name and content.
    pub(crate) fn fill(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        let page = self.get(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        let token = page.text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let token = token.unwrap_or_else(|| panic!("{path} has no form: {}", page.text)).to_owned();
        let fields = [&[("csrf", token.as_str())], fields].concat();
        self.send(&Method::POST, path, "multipart/form-data; boundary=tongguan-test", &multipart(&fields, files))
    }
}

/// A form with files, as a browser sends it.
pub(crate) fn multipart(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--tongguan-test\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    for (name, file, bytes) in files {
        body.extend(format!("--tongguan-test\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: application/octet-stream\r\n\r\n").bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--tongguan-test--\r\n");
    body
}
