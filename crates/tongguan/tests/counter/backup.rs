//! Backup and restore of the whole counter while it runs, as docs/OPERATION.md says it is done.

use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::served::{Counter, Visitor, tongguan};

/// What was acknowledged: a case and its version.
type Acknowledged = Vec<(String, u64)>;

/// Somebody who writes until told to stop, and keeps what was acknowledged.
struct Writing {
    stop: Arc<AtomicBool>,
    done: Arc<Mutex<Acknowledged>>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Writing {
    fn begin(counter: &Counter) -> Self {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Acknowledged::new())));
        let threads = ["applicant", "approver"].map(|login| {
            let (visitor, stop, done) = (counter.come(login), Arc::clone(&stop), Arc::clone(&done));
            std::thread::spawn(move || write(&visitor, &stop, &done))
        });
        Self { stop, done, threads: threads.into() }
    }

    /// Waits for so many more, and gives all that are acknowledged by then.
    fn after(&self, more: usize) -> Acknowledged {
        let (begun, from) = (Instant::now(), self.done.lock().unwrap().len());
        while self.done.lock().unwrap().len() < from + more {
            assert!(begun.elapsed() < Duration::from_mins(1), "nobody writes");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.done.lock().unwrap().clone()
    }

    fn end(self) -> Acknowledged {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        std::mem::take(&mut self.done.lock().unwrap())
    }
}

fn write(visitor: &Visitor, stop: &AtomicBool, done: &Mutex<Acknowledged>) {
    let mut case = String::new();
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let version = if turn % 5 == 0 {
            let wanted = json!({"procedure": "security-assessment", "title": format!("备份期间的案件 {turn}")});
            let made = visitor.post("/api/cases", &wanted).ok();
            made["case"].as_str().unwrap().clone_into(&mut case);
            made["version"].clone()
        } else {
            visitor.act(&case, "message", &json!({"text": "备份期间写入的话"})).ok()["version"].clone()
        };
        done.lock().unwrap().push((case.clone(), version.as_u64().unwrap()));
    }
}

#[track_caller]
fn ends(folder: &Path, home: &str, args: &[&str]) -> String {
    let done = tongguan(folder, home).args(args).output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Whom everything is held against once it is restored.
struct Before {
    token: Visitor,
    session: Visitor,
    reads: usize,
    acknowledged: Acknowledged,
}

/// Somebody with a token, somebody with a session, reads of an office, and requests that write.
fn at_work(counter: &Counter) -> (Visitor, Visitor, usize, Writing) {
    let token = counter.program("approver", &["read-cases"]);
    let session = counter.come("applicant");
    let case = session.post("/api/cases", &json!({"procedure": "consultation", "title": "一问"})).ok();
    let case = case["case"].as_str().unwrap().to_owned();
    let auditor = counter.come("auditor");
    for _ in 0..3 {
        auditor.get(&format!("/api/cases/{case}"));
    }
    let reads = auditor.get("/api/reads").ok()["rows"].as_array().unwrap().len();
    (token, session, reads, Writing::begin(counter))
}

/// Everything acknowledged before the backup began is there, and people and programs come in as before.
fn all_is_there(restored: &Counter, before: &Before) {
    let token = before.token.elsewhere(&restored.base);
    for (case, version) in &before.acknowledged {
        let is = token.get(&format!("/api/cases/{case}")).ok()["version"].as_u64().unwrap();
        assert!(is >= *version, "{case} is at {is}, and {version} was acknowledged before the backup began");
    }
    let texts = token.get(&format!("/api/cases/{}", before.acknowledged.last().unwrap().0)).text;
    assert!(texts.contains("备份期间"), "what is sealed opens under the restored key");
    for login in ["admin", "applicant", "approver", "province", "national", "auditor"] {
        restored.come(login).get("/api/me").ok();
    }
    before.session.moved_to(&restored.base).get("/api/me").ok();
    let reads = restored.come("auditor").get("/api/reads").ok()["rows"].as_array().unwrap().len();
    assert!(reads >= before.reads, "{reads} reads of {}", before.reads);
    // And it goes on.
    let made = restored.come("approver").post("/api/cases", &json!({"procedure": "consultation", "title": "之后"}));
    made.ok();
    all_is_logged(restored);
}

/// Every action gets its place in the evidence log within seconds.
fn all_is_logged(counter: &Counter) {
    let begun = Instant::now();
    while !Visitor::at(&counter.base).get("/metrics").text.contains("\ntongguan_actions_unlogged 0\n") {
        assert!(begun.elapsed() < Duration::from_secs(20), "something is not logged: {}", counter.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_counter_is_backed_up_while_it_runs_and_comes_back_whole() {
    let counter = Counter::new();
    let (token, session, reads, writing) = at_work(&counter);
    let acknowledged = writing.after(40);
    let folder = counter.folder.path();
    // As docs/OPERATION.md says.
    ends(folder, "home", &["keys", "backup", "keys.plain", "--plain"]);
    ends(folder, "home", &["case", "backup", "--copy", "copy.db"]);
    writing.after(10);
    writing.end();
    all_is_logged(&counter);
    // The same once more, all of it later: that log holds what the first copy of the database does not.
    ends(folder, "home", &["case", "backup", "--copy", "later.db"]);

    let elsewhere = tempfile::tempdir().unwrap();
    ends(elsewhere.path(), "home", &["keys", "restore", counter.path("keys.plain").to_str().unwrap()]);
    std::fs::copy(folder.join("copy.db"), elsewhere.path().join("home/cases.db")).unwrap();
    copy(&folder.join("later.db.log"), &elsewhere.path().join("home/cases-log"));
    let before = Before { token, session, reads, acknowledged };
    let restored = Counter::start(elsewhere, None);
    assert_eq!(restored.code, None, "it is set up already");
    all_is_there(&restored, &before);
    // What came after the copy stands in the log alone, and is named.
    let named = restored.log();
    assert!(named.contains("the log holds action ") && !named.contains("panicked"), "{named}");
    let elsewhere = restored.end();
    let checked = ends(elsewhere.path(), "home", &["case", "check", "--lang", "en"]);
    assert!(checked.contains("actions") && checked.contains("record of the doors"), "{checked}");
    // A copy and the log beside it belong together, though both were written meanwhile.
    let third = tempfile::tempdir().unwrap();
    ends(third.path(), "home", &["keys", "restore", counter.path("keys.plain").to_str().unwrap()]);
    std::fs::copy(folder.join("copy.db"), third.path().join("home/cases.db")).unwrap();
    copy(&folder.join("copy.db.log"), &third.path().join("home/cases-log"));
    let third = Counter::start(third, None);
    all_is_logged(&third);
    third.end();
    // The one that went on is whole, too.
    ends(folder, "home", &["case", "check"]);
}

#[test]
fn a_dump_of_postgresql_comes_back_whole() {
    let Some(server) = database::testing::server() else { return };
    let address = server.new_database();
    let counter = Counter::start(tempfile::tempdir().unwrap(), Some(&address));
    counter.furnish();
    let (token, session, reads, writing) = at_work(&counter);
    let acknowledged = writing.after(40);
    ends(counter.folder.path(), "home", &["keys", "backup", "keys.plain", "--plain"]);
    let dump = server.dump(&address);
    writing.after(10);
    writing.end();
    all_is_logged(&counter);
    copy(&counter.path("home/cases-log"), &counter.path("log-copy"));
    let elsewhere = tempfile::tempdir().unwrap();
    ends(elsewhere.path(), "home", &["keys", "restore", counter.path("keys.plain").to_str().unwrap()]);
    copy(&counter.path("log-copy"), &elsewhere.path().join("home/cases-log"));
    let there = server.new_database();
    server.take_dump(&there, &dump);
    let restored = Counter::start(elsewhere, Some(&there));
    all_is_there(&restored, &Before { token, session, reads, acknowledged });
    let elsewhere = restored.end();
    let checked = ends(elsewhere.path(), "home", &["case", "--database", &there, "check", "--lang", "en"]);
    assert!(checked.contains("record of the doors"), "{checked}");
}
