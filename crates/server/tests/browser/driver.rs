//! A browser: Chromium by WebDriver, with a profile of its own that is gone afterwards.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// How long is waited for what a page does.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser at one server.
pub(crate) struct Browser {
    pub(crate) client: Client,
    base: String,
    driver: Child,
    folder: tempfile::TempDir,
}

/// A program in PATH, or where an environment variable says.
fn program(variable: &str, name: &str) -> Option<PathBuf> {
    if let Some(said) = std::env::var_os(variable) {
        return Some(said.into()).filter(|path: &PathBuf| path.exists());
    }
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Chromium and its driver; none where one of them is missing, which is said aloud.
pub(crate) fn programs() -> Option<(PathBuf, PathBuf)> {
    let found = program("TONGGUAN_CHROMIUM", "chromium").zip(program("TONGGUAN_CHROMEDRIVER", "chromedriver"));
    if found.is_none() {
        eprintln!(
            "skipped: there is no `chromium` or no `chromedriver` (Debian: chromium, chromium-driver) to look with"
        );
    }
    found
}

impl Browser {
    pub(crate) async fn open((chromium, chromedriver): &(PathBuf, PathBuf), base: &str, scripts: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(chromedriver);
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = command.spawn().unwrap();
        let said = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = said
            .filter_map(|line| line.trim_end_matches('.').rsplit_once("on port ")?.1.parse::<u16>().ok())
            .find(|port| *port > 0);
        let client = session(chromium, port.unwrap(), folder.path(), scripts).await;
        Self { client, base: base.to_owned(), driver, folder }
    }

    pub(crate) async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    pub(crate) async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.as_str().trim_start_matches(self.base.as_str()).to_owned()
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.client
            .find(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("`{css}`: {error}"))
            .text()
            .await
            .unwrap()
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Whether the text stands somewhere on the page.
    pub(crate) async fn says(&self, text: &str) -> bool {
        self.text("body").await.contains(text)
    }

    pub(crate) async fn sees(&self, text: &str) {
        let page = self.text("main").await;
        assert!(page.contains(text), "`{text}` does not stand on {}:\n{page}", self.path().await);
    }

    /// Types into what has this id, in place of what stood there.
    pub(crate) async fn typed(&self, id: &str, text: &str) {
        let input = self.client.find(Locator::Id(id)).await.unwrap_or_else(|error| panic!("`{id}`: {error}"));
        if input.attr("type").await.unwrap().as_deref() != Some("file") {
            input.clear().await.unwrap();
        }
        input.send_keys(text).await.unwrap();
    }

    pub(crate) async fn click(&self, css: &str) {
        let found = self.client.find(Locator::Css(css)).await;
        let element = found.unwrap_or_else(|error| panic!("`{css}`: {error}"));
        // What stands under a header that sticks is brought to the middle first.
        let at = serde_json::to_value(&element).unwrap();
        self.client.execute("arguments[0].scrollIntoView({block: 'center'})", vec![at]).await.unwrap();
        element.click().await.unwrap_or_else(|error| panic!("`{css}`: {error}"));
    }

    /// Presses what posts a form, answers what is asked before, and waits until another page is there.
    pub(crate) async fn post(&self, css: &str) {
        self.script("window.before = true; return 0", json!(null)).await;
        self.click(css).await;
        if self.script("return document.getElementById('confirm')?.open === true", json!(null)).await == json!(true) {
            self.click("#confirm button[value=ok]").await;
        }
        self.until("return document.readyState === 'complete' && !window.before").await;
    }

    pub(crate) async fn script(&self, script: &str, argument: Value) -> Value {
        self.client.execute(script, vec![argument]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a script says true.
    pub(crate) async fn until(&self, script: &str) {
        let begun = std::time::Instant::now();
        loop {
            // While a page goes and another comes there is none to ask.
            if self.client.execute(script, Vec::new()).await.is_ok_and(|said| said == json!(true)) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "never: {script} at {}", self.path().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the console said since the browser was opened.
    pub(crate) fn console(&self) -> Vec<String> {
        let log = std::fs::read(self.folder.path().join("console.log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        log.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect()
    }

    /// Follows what is saved as a file, and gives its text.
    #[allow(dead_code, reason = "the tests of the program share this file")]
    pub(crate) async fn saved(&self, css: &str) -> String {
        let folder = self.folder.path().join("saved");
        let there = || -> std::collections::BTreeSet<PathBuf> {
            let entries = std::fs::read_dir(&folder).into_iter().flatten();
            let whole = entries.map(|entry| entry.unwrap().path()).filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                !name.starts_with('.') && !name.ends_with(".crdownload")
            });
            whole.collect()
        };
        let before = there();
        self.click(css).await;
        let begun = std::time::Instant::now();
        loop {
            if let Some(file) = there().difference(&before).next() {
                return std::fs::read_to_string(file).unwrap();
            }
            assert!(begun.elapsed() < PATIENCE, "`{css}` saved nothing");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn sign_in(&self, login: &str) {
        self.client.delete_all_cookies().await.unwrap();
        self.go("/sign-in").await;
        self.typed("account", login).await;
        self.typed("password", server::demo::PASSWORD).await;
        self.post(".sign-in form button.primary").await;
        assert!(!self.path().await.starts_with("/sign-in"), "`{login}` was not let in: {}", self.text("main").await);
    }

    pub(crate) async fn close(mut self) {
        // The driver is ended below, whatever the session says.
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

async fn session(chromium: &Path, port: u16, folder: &Path, scripts: bool) -> Client {
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let log = format!("--log-file={}", folder.join("console.log").display());
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-dev-shm-usage",
        "--enable-logging",
        "--window-size=1280,1000",
        "--lang=zh-CN",
        &profile,
        &log,
    ];
    let mut preferences = json!({
        "intl.accept_languages": "zh-CN,zh",
        "download.default_directory": folder.join("saved"),
        "download.prompt_for_download": false,
    });
    if !scripts {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    let options = json!({"args": arguments, "binary": chromium, "prefs": preferences});
    let mut capabilities = serde_json::Map::new();
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
    builder.capabilities(capabilities);
    builder.connect(&format!("http://127.0.0.1:{port}")).await.unwrap()
}
