//! Another master key: all data keys or none, whoever is killed on the way.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cases::{CaseId, Keys, Store, StoreError};

use crate::support::*;

const ADDRESS: &str = "ROTATION_CHILD_ADDRESS";
const OLD: [u8; 32] = MASTER;
const NEW: [u8; 32] = [8; 32];
const CASES: u64 = 300;
const ROUNDS: u64 = 12;

fn with(master: [u8; 32]) -> Keys {
    Keys::new(master, Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other)))
}

async fn opened(place: &Place, master: [u8; 32]) -> Result<Store, StoreError> {
    Store::open(&place.address, with(master), world()).await
}

/// A case with a sealed answer.
async fn with_contact(store: &Store, nth: u64) -> CaseId {
    let case = open(store, nth, "2025-03-03").await;
    act(store, &case, &approver(nth), "2025-03-04", "edit", filled()).await.expect("filled in");
    case
}

async fn contact(store: &Store, case: &CaseId) -> Option<serde_json::Value> {
    let read = store.case(case).await.expect("the case");
    read.dossier.answers.value(&"contact.name".parse().expect("a path")).cloned()
}

#[test]
fn under_another_master_key_everything_is_read_and_the_old_one_opens_nothing() {
    on_both(|store, place| async move {
        let (case, forgotten) = (with_contact(&store, 1).await, with_contact(&store, 2).await);
        let file = cases::NewFile { name: "a", media_type: "text/plain", material: None, bytes: b"sealed" };
        let file = store.put_file(&case, &file).await.expect("kept");
        store.forget(&forgotten).await.expect("forgotten");
        let before: Vec<String> =
            store.record(&case).await.expect("the record").into_iter().map(|entry| entry.digest).collect();
        assert_eq!(store.rewrap(&with(OLD)).await.expect("nothing to do"), 0);
        assert_eq!(store.rewrap(&with(NEW)).await.expect("changed"), 1, "a key that was destroyed is none");
        // The same store goes on, with what it holds and with what it reads anew.
        assert_eq!(contact(&store, &case).await, Some("欧阳某某".into()));
        assert_eq!(store.file(&case, &file.digest).await.expect("the file").as_slice(), b"sealed");
        let later = with_contact(&store, 3).await;
        store.close().await;
        assert_eq!(opened(&place, OLD).await.expect_err("the old key").code(), "wrong-master-key");
        let store = opened(&place, NEW).await.expect("the new key");
        for case in [&case, &later] {
            assert_eq!(contact(&store, case).await, Some("欧阳某某".into()));
        }
        assert_eq!(contact(&store, &forgotten).await, Some(serde_json::json!({ "forgotten": true })));
        let after: Vec<String> =
            store.record(&case).await.expect("the record").into_iter().map(|entry| entry.digest).collect();
        assert_eq!(after, before, "the record is what it was");
        assert_eq!(store.verify().await.expect("every digest holds"), 6);
        // And back again.
        assert_eq!(store.rewrap(&with(OLD)).await.expect("changed"), 2);
        store.close().await;
        assert_eq!(opened(&place, NEW).await.expect_err("the other key").code(), "wrong-master-key");
        opened(&place, OLD).await.expect("the first key");
    });
}

#[test]
fn a_process_with_the_old_key_adds_no_data_key_and_loses_nothing() {
    on_both(|store, place| async move {
        let case = with_contact(&store, 1).await;
        let other = opened(&place, OLD).await.expect("a second process");
        assert_eq!(contact(&other, &case).await, Some("欧阳某某".into()));
        let bare = open(&other, 2, "2025-03-03").await;
        store.rewrap(&with(NEW)).await.expect("changed");
        // Under a data key that it holds it may go on.
        act(&other, &case, &approver(1), "2025-03-05", "edit", answers(&[("contact.name", "新人".into())]))
            .await
            .expect("filled in");
        for refused in [
            act(&other, &bare, &approver(2), "2025-03-05", "edit", filled()).await.map(|_| ()),
            other
                .put_file(&bare, &cases::NewFile { name: "a", media_type: "text/plain", material: None, bytes: b"a" })
                .await
                .map(|_| ()),
            other.rewrap(&with([9; 32])).await.map(|_| ()),
        ] {
            assert_eq!(refused.expect_err("refused").code(), "wrong-master-key");
        }
        act(&store, &bare, &approver(2), "2025-03-06", "edit", filled()).await.expect("filled in");
        store.close().await;
        other.close().await;
        let store = opened(&place, NEW).await.expect("the new key");
        assert_eq!(contact(&store, &case).await, Some("新人".into()));
        assert_eq!(contact(&store, &bare).await, Some("欧阳某某".into()));
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
    });
}

#[test]
fn who_acts_and_reads_while_the_key_changes_notices_nothing() {
    on_both(|store, place| async move {
        let mut tasks = Vec::new();
        for task in 0..4 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                for nth in 0..25 {
                    let case = with_contact(&store, 100 * task + nth).await;
                    // Past what is held in memory.
                    store.record(&case).await.expect("the record");
                }
            }));
        }
        for turn in 0..20_u8 {
            store.rewrap(&with([turn; 32])).await.expect("changed");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for task in tasks {
            task.await.expect("no panic");
        }
        assert!(store.rewrap(&with(NEW)).await.expect("changed") >= 100);
        store.close().await;
        assert_eq!(opened(&place, NEW).await.expect("it opens").verify().await.expect("all is read"), 200);
    });
}

/// The program that is killed: changes the key there and back, and says so.
#[test]
#[ignore = "started and killed by another test"]
fn child() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = match Store::open(&address, with(OLD), world()).await {
            Ok(store) => store,
            Err(_) => Store::open(&address, with(NEW), world()).await.expect("one of the two"),
        };
        println!("TURN");
        for turn in 0_u64.. {
            // One of the two is the one it has already.
            let count = store.rewrap(&with(if turn.is_multiple_of(2) { NEW } else { OLD })).await.expect("changed");
            assert!(count == CASES || (turn == 0 && count == 0));
            let mut out = std::io::stdout().lock();
            writeln!(out, "TURN").expect("the parent reads");
            out.flush().expect("the parent reads");
        }
    });
}

#[test]
fn a_change_that_is_killed_leaves_one_key_and_everything_readable() {
    for place in Place::both() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let cases = runtime.block_on(async {
            let store = place.open().await;
            let mut tasks = Vec::new();
            for nth in 0..CASES {
                let store = store.clone();
                tasks.push(tokio::spawn(async move { with_contact(&store, nth).await }));
            }
            let mut cases = Vec::new();
            for task in tasks {
                cases.push(task.await.expect("no panic"));
            }
            store.close().await;
            cases
        });
        let mut found = [0; 2];
        for round in 0..ROUNDS {
            killed(&place, round);
            runtime.block_on(async {
                let (old, new) = (opened(&place, OLD).await, opened(&place, NEW).await);
                found[usize::from(new.is_ok())] += 1;
                let (store, refused) = match (old, new) {
                    (Ok(store), Err(refused)) | (Err(refused), Ok(store)) => (store, refused),
                    (Ok(_), Ok(_)) => panic!("both keys open it"),
                    (Err(old), Err(new)) => panic!("neither key opens it: {old}; {new}"),
                };
                assert_eq!(refused.code(), "wrong-master-key");
                assert_eq!(store.verify().await.expect("every key opens"), 2 * CASES);
                for case in cases.iter().step_by(37) {
                    assert_eq!(contact(&store, case).await, Some("欧阳某某".into()));
                }
                store.close().await;
            });
        }
        eprintln!("{} of {ROUNDS} kills found the old key", found[0]);
    }
}

/// Runs the program and kills it somewhere in its work.
fn killed(place: &Place, round: u64) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "rotation::child", "--ignored", "--nocapture"])
        .env(ADDRESS, &place.address)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for _ in 0..=round % 4 {
        while !lines.next().expect("it works").expect("text").contains("TURN") {}
    }
    std::thread::sleep(Duration::from_micros(round * 1_700 % 9_000));
    child.kill().expect("SIGKILL");
    child.wait().expect("it ended");
}
