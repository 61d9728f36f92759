//! What the tests of the main job share.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clearance::{
    Assessment, ClearanceError, Cleared, Home, Job, Loaded, Options, Released, Scope, Step, Stop, Tally, Watch,
    rule_base,
};
use jiff::civil::{Date, date};
use law::RuleBase;

/// The handler of the tests.
pub(crate) const HANDLER: &str = "91110105MA0000000A";
/// The day of the tests.
pub(crate) const ON: Date = date(2026, 11, 2);

/// A folder with a state folder, tables and transfer files in it.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) base: RuleBase,
}

struct Silent;

impl Watch for Silent {
    fn begin(&self, _step: Step, _bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), base: rule_base().expect("a rule base") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("writes");
        path
    }

    pub(crate) fn home_path(&self) -> PathBuf {
        self.path("home")
    }

    pub(crate) async fn home(&self) -> Home {
        Home::open(&self.home_path()).await.expect("a state folder")
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            on: ON,
            today: ON,
            strict: false,
            keep_raw: false,
            full: true,
            again: true,
            cores: 2,
            watch: Arc::new(Silent),
        }
    }

    /// The persons of the handler's year.
    pub(crate) async fn tally(&self) -> Tally {
        let home = self.home().await;
        let spill = home.spill().expect("a folder");
        let tally = home.store.tally(HANDLER, 2026, Scope::Counted, false, &spill).await.expect("a tally");
        home.store.close().await;
        tally
    }

    /// Runs the main job on a transfer file's text.
    pub(crate) async fn clear(&self, transfer: &str) -> Result<Cleared, ClearanceError> {
        self.clear_with(transfer, self.options()).await
    }

    pub(crate) async fn clear_with(&self, transfer: &str, options: Options) -> Result<Cleared, ClearanceError> {
        let loaded = Loaded::open(&self.write("transfer.toml", transfer))?;
        let home = Home::open(&self.home_path()).await?;
        let cleared = Job::new(&home, &self.base, &loaded, &options).await?.run().await;
        home.store.close().await;
        cleared
    }

    /// Runs the main job on a transfer file.
    pub(crate) async fn clear_file(&self, path: &Path) -> Result<Cleared, ClearanceError> {
        let loaded = Loaded::open(path)?;
        let home = Home::open(&self.home_path()).await?;
        let options = self.options();
        let cleared = Job::new(&home, &self.base, &loaded, &options).await?.run().await;
        home.store.close().await;
        cleared
    }

    pub(crate) async fn released(&self, transfer: &str) -> Released {
        match self.clear(transfer).await.expect("runs") {
            Cleared::Released(released) => *released,
            Cleared::Stopped(assessment) => panic!("stopped: {:?}", assessment.gate),
            Cleared::NothingNew { release, .. } => panic!("the same as {release}"),
        }
    }

    pub(crate) async fn stopped(&self, transfer: &str) -> (Assessment, Vec<Stop>) {
        match self.clear(transfer).await.expect("runs") {
            Cleared::Released(_) => panic!("it left"),
            Cleared::NothingNew { release, .. } => panic!("the same as {release}"),
            Cleared::Stopped(assessment) => {
                let stops = assessment.gate.clone().expect_err("stops");
                (*assessment, stops)
            }
        }
    }

    pub(crate) async fn fails(&self, transfer: &str, expected: &str) {
        match self.clear(transfer).await {
            Ok(_) => panic!("it ran, instead of: {expected}"),
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains(expected) && !text.contains('\n'), "{text}");
                assert!(error.is_input(), "{text}");
            }
        }
    }
}

/// The parts of a transfer file that most tests have in common; `more` follows, then the destination.
pub(crate) fn transfer(fields: &[(&str, &str)], more: &str, destination: &str) -> String {
    let mut text = String::from(
        r#"
[handler]
uscc = "91110105MA0000000A"
region = "CN-BJ"
city = "110105"
zone = "none"
sector = "none"
ciio = false
[recipient]
id = "r1"
country = "DE"
[data]
important = "no"
core = false
state_secret = false
overseas_origin_only = false
[ground]
necessary = "yes"
contract_with_individual = false
hr_labour_rules = false
hr_collective_contract = false
emergency = false
statutory_duty = false
[list]
scenario = "none"
[request]
foreign_authority = false
[[source]]
path = "people.csv"
"#,
    );
    for (name, need) in fields {
        text.push_str(&["[[field]]\nname = \"", name, "\"\nneed = \"", need, "\"\n"].concat());
    }
    format!("{text}{more}\n[destination]\npath = \"{destination}\"\nformat = \"csv\"\n")
}

/// Key, duties and no earlier exports.
pub(crate) const USUAL: &str = r#"
[[subject]]
key = ["cust_id"]
[duties]
pipia = { done = 2026-10-20 }
notice = { version = "1", since = 2026-01-01 }
basis = "contract"
[earlier]
none = true
by = "tester"
"#;

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A made-up table as CSV.
pub(crate) fn sample_csv(kind: sample::Kind, rows: usize, seed: u64) -> (sample::Table, Vec<u8>) {
    let table = sample::table(kind, rows, seed);
    let mut bytes = Vec::new();
    sample::to_csv(&table, &mut bytes).expect("writes");
    (table, bytes)
}
