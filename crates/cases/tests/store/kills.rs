//! Kills of the program and of the database under load: what was acknowledged is there, once, and everything agrees.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cases::{CaseId, CaseLog, Store, StoreError, Version};
use evidence::{Appender, DirStore, Log, SigningKey};

use crate::support::*;
use database::testing::Server;

const ADDRESS: &str = "STORE_CHILD_ADDRESS";
const LOG: &str = "STORE_CHILD_LOG";
const ROUND: &str = "STORE_CHILD_ROUND";
const TASKS: u64 = 8;
const ROUNDS: u64 = 6;

fn log_key() -> SigningKey {
    SigningKey::from_seed("cases.example/log", &[9; 32]).expect("a key")
}

fn log_at(folder: &Path) -> Arc<Appender<DirStore, SigningKey>> {
    let key = log_key();
    let store = || DirStore::new(folder);
    let log = match Log::open(store(), &[key.verifier()]) {
        Ok(log) => log,
        Err(_) => Log::create(store(), "cases.example/log", &key).expect("a log"),
    };
    Arc::new(Appender::new(log, key))
}

/// Every leaf of a case's action, by case and version.
fn leaves(log: &Appender<DirStore, SigningKey>) -> BTreeMap<(String, u64), Vec<String>> {
    let mut found: BTreeMap<(String, u64), Vec<String>> = BTreeMap::new();
    for index in 0..CaseLog::size(log) {
        let leaf: serde_json::Value =
            serde_json::from_slice(&CaseLog::leaf(log, index).expect("a leaf")).expect("JSON");
        assert_eq!(leaf["form"], "tongguan/case-action/1");
        let at = (leaf["case"].as_str().expect("text").to_owned(), leaf["version"].as_u64().expect("a number"));
        found.entry(at).or_default().push(leaf["digest"].as_str().expect("text").to_owned());
    }
    found
}

/// The program that is killed: acts as fast as it is acknowledged, and says what was.
#[test]
#[ignore = "started and killed by another test"]
fn child() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let log = log_at(Path::new(&std::env::var(LOG).expect("a folder")));
    let round: u64 = std::env::var(ROUND).expect("a round").parse().expect("a number");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&address, keys(), world()).await.expect("the store opens");
        store.attach_log(log).await.expect("the log is this store's");
        let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(load(store.clone(), task, round))).collect();
        for task in tasks {
            task.await.expect("no panic");
        }
    });
}

async fn load(store: Store, task: u64, round: u64) {
    for nth in 0.. {
        let case = CaseId::new(format!("sa-r{round}t{task}n{nth}"));
        let payload = opening(handler(task, "海川数据有限公司", "CN-BJ"), "车联网数据出境");
        let mut requests = vec![request(&case, &approver(task), "2025-03-03", 0, "open", payload)];
        requests.push(request(&case, &approver(task), "2025-03-04", 1, "edit", filled()));
        requests.push(request(&case, &approver(task), "2025-03-05", 2, "submit", cases::Payload::default()));
        requests
            .extend((3..8).map(|seen| request(&case, &approver(task), "2025-03-06", seen, "message", text("请查收"))));
        for (at, request) in requests.into_iter().enumerate() {
            let done = store.act(named(request, &format!("r{at}"))).await.expect("recorded");
            let mut out = std::io::stdout().lock();
            writeln!(out, "ACK {case} {} {}", done.recorded.version, done.digest).expect("the parent reads");
            out.flush().expect("the parent reads");
        }
    }
}

#[test]
fn a_killed_program_loses_and_doubles_nothing() {
    for place in Place::both() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut acknowledged = Vec::new();
        for round in 0..ROUNDS {
            acknowledged.extend(killed(&place, folder.path(), round));
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(agrees(&place, folder.path(), &acknowledged));
        }
        assert!(acknowledged.len() > 200, "{} actions in {ROUNDS} rounds", acknowledged.len());
    }
}

/// Runs the program, kills it in the middle of its work, and gives what it was told.
fn killed(place: &Place, log: &Path, round: u64) -> Vec<(CaseId, u32, String)> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "kills::child", "--ignored", "--nocapture"])
        .env(ADDRESS, &place.address)
        .env(LOG, log)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let read = |line: String| {
        // The harness writes the name of the test before the first.
        let mut words = line.split_once("ACK ")?.1.split(' ');
        Some((CaseId::new(words.next()?), words.next()?.parse().ok()?, words.next()?.to_owned()))
    };
    let mut told = Vec::new();
    // Somewhere in its work: never at the same place.
    let enough = 40 + 97 * round as usize % 300;
    while told.len() < enough {
        let line = lines.next().expect("it works").expect("text");
        told.extend(read(line));
    }
    child.kill().expect("SIGKILL");
    told.extend(
        lines.map_while(Result::ok).filter_map(read).filter(|(_, _, digest): &(_, u32, String)| digest.len() == 64),
    );
    child.wait().expect("it ended");
    told
}

async fn agrees(place: &Place, folder: &Path, acknowledged: &[(CaseId, u32, String)]) {
    let store = place.open().await;
    let mut records: BTreeMap<CaseId, Vec<cases::Entry>> = BTreeMap::new();
    for (case, version, digest) in acknowledged {
        if !records.contains_key(case) {
            records.insert(case.clone(), store.record(case).await.expect("the case"));
        }
        assert_eq!(records[case][*version as usize - 1].digest, *digest, "{case} {version}");
    }
    // What was under way is sent again, and stands there once.
    for (case, record) in &records {
        let last = &record.last().expect("an action").recorded;
        let task: u64 = case
            .as_str()
            .split('t')
            .nth(1)
            .and_then(|rest| rest.split('n').next())
            .and_then(|n| n.parse().ok())
            .expect("its number");
        let mut again = request(
            case,
            &approver(task),
            "2025-03-06",
            last.version.0 - 1,
            last.action.as_str(),
            last.payload.clone(),
        );
        again.request.clone_from(&last.request);
        assert!(store.act(again).await.expect("the same").again);
        assert_eq!(store.version(case).await.expect("a version"), Version(record.len() as u32));
    }
    let actions = store.verify().await.expect("every digest holds");
    assert!(actions >= acknowledged.len() as u64);
    assert_eq!(store.verify_projections().await.expect("they can be read"), []);
    let log = log_at(folder);
    let report = store.attach_log(log.clone()).await.expect("the log is this store's");
    assert_eq!(report.lost, [], "the log holds nothing that the record lost");
    all_logged(&store).await;
    let leaves = leaves(&log);
    assert_eq!(leaves.len() as u64, actions);
    assert!(leaves.values().all(|digests| digests.len() == 1), "an action stands in the log twice");
    for (case, record) in &records {
        for (entry, version) in record.iter().zip(1..) {
            assert_eq!(leaves[&(case.to_string(), version)], std::slice::from_ref(&entry.digest));
        }
    }
    store.close().await;
}

async fn all_logged(store: &Store) {
    for _ in 0..400 {
        if store.unlogged().await.expect("a number") == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("actions are left out of the log");
}

#[test]
fn a_killed_postgres_loses_and_doubles_nothing() {
    let Some(server) = Server::start("k") else { return };
    let address = server.new_database();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&address, keys(), world()).await.expect("the store opens");
        let unknown = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let tasks: Vec<_> =
            (0..TASKS).map(|task| tokio::spawn(persistent(store.clone(), task, unknown.clone()))).collect();
        let server = &server;
        for pause in [400, 700, 300] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            tokio::task::block_in_place(|| {
                server.kill();
                server.run();
            });
        }
        let mut told = Vec::new();
        for task in tasks {
            told.extend(task.await.expect("no panic"));
        }
        for (case, digests) in &told {
            let record = store.record(case).await.expect("the case");
            assert_eq!(
                record.iter().map(|entry| &entry.digest).collect::<Vec<_>>(),
                digests.iter().collect::<Vec<_>>()
            );
        }
        let actions: usize = told.iter().map(|(_, digests)| digests.len()).sum();
        assert_eq!(store.verify().await.expect("every digest holds"), actions as u64);
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
        eprintln!(
            "{actions} actions over three kills of PostgreSQL; {} times nobody could say",
            unknown.load(std::sync::atomic::Ordering::Relaxed)
        );
    });
    server.kill();
}

/// Sends each request until it is acknowledged, always under the same name.
async fn persistent(store: Store, task: u64, unknown: Arc<std::sync::atomic::AtomicU64>) -> Vec<(CaseId, Vec<String>)> {
    let mut told = Vec::new();
    for nth in 0..60 {
        let case = CaseId::new(format!("sa-t{task}n{nth}"));
        let payload = opening(handler(task, "海川数据有限公司", "CN-BJ"), "车联网数据出境");
        let mut requests = vec![request(&case, &approver(task), "2025-03-03", 0, "open", payload)];
        requests.push(request(&case, &approver(task), "2025-03-04", 1, "edit", filled()));
        requests
            .extend((2..10).map(|seen| request(&case, &approver(task), "2025-03-06", seen, "message", text("请查收"))));
        let mut digests = Vec::new();
        for (at, request) in requests.into_iter().enumerate() {
            let request = named(request, &format!("r{at}"));
            let done = loop {
                match store.act(request.clone()).await {
                    Ok(done) => break done,
                    Err(error) if error.may_be_sent_again() => {
                        if matches!(error, StoreError::Unknown { .. }) {
                            unknown.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        }
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(error) => panic!("{case} {at}: {error}"),
                }
            };
            assert_eq!(done.recorded.version, Version(at as u32 + 1));
            digests.push(done.digest);
        }
        told.push((case, digests));
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    told
}

#[test]
fn a_log_of_another_store_or_an_older_copy_is_refused() {
    on_both(|store, place| async move {
        let folder = tempfile::tempdir().expect("a folder");
        decided(&store, 1).await;
        let log = log_at(folder.path());
        store.attach_log(log.clone()).await.expect("a new log");
        all_logged(&store).await;
        assert_eq!(CaseLog::size(&*log), 9);
        let case = open(&store, 2, "2025-03-03").await;
        all_logged(&store).await;
        let record = store.record(&case).await.expect("the record");
        assert_eq!(record[0].leaf, Some(9));
        store.close().await;
        let store = place.open().await;
        let other = tempfile::tempdir().expect("a folder");
        let refused = store.attach_log(log_at(other.path())).await;
        assert_eq!(refused.expect_err("it is shorter").code(), "log");
    });
}
