//! Many threads at one log: every leaf has its own index, and nobody is told that a leaf is durable that is not.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::thread;

use evidence::merkle::leaf_hash;
use evidence::{AppendError, Appender, DirStore, Log, LogError, MemStore, SigningKey, Store, proof};

const ORIGIN: &str = "example.com/log";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn leaf(writer: u64, number: u64) -> Vec<u8> {
    format!("writer {writer}, leaf {number}").into_bytes()
}

/// Appends from many threads; gives each leaf with what its thread was told.
fn hammer<S: Store + Send + Sync>(
    appender: &Appender<S, SigningKey>,
    writers: u64,
    each: u64,
) -> Vec<(Vec<u8>, Result<u64, AppendError>)> {
    let told = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for writer in 0..writers {
            let told = &told;
            scope.spawn(move || {
                for number in 0..each {
                    let leaf = leaf(writer, number);
                    let result = appender.append(leaf.clone());
                    told.lock().unwrap().push((leaf, result));
                }
            });
        }
    });
    told.into_inner().unwrap()
}

#[test]
fn threads_get_an_index_each_and_the_log_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::create(DirStore::new(folder.path()), ORIGIN, &key()).unwrap();
    let appender = Appender::new(log, key());
    let told = hammer(&appender, 24, 40);
    let indices: BTreeSet<u64> = told.iter().map(|(_, index)| *index.as_ref().unwrap()).collect();
    assert_eq!(indices, (0..24 * 40).collect());
    drop(appender);
    let log = Log::open(DirStore::new(folder.path()), &[key().verifier()]).unwrap();
    assert_eq!(log.size(), 24 * 40);
    for (leaf, index) in &told {
        assert_eq!(log.leaf(*index.as_ref().unwrap()).unwrap(), *leaf);
    }
    let (leaf, index) = &told[told.len() / 2];
    let proof = log.proof(*index.as_ref().unwrap()).unwrap();
    proof::verify(leaf, &proof, &[key().verifier()]).unwrap();
    assert!(log.fsck().unwrap().is_sound());
}

/// A store of which the writes `fails` to `fails + lasts` fail, before or after they take effect; and one that panics.
#[derive(Default)]
struct Faulty {
    inner: MemStore,
    writes: AtomicI64,
    fails: i64,
    lasts: i64,
    takes_effect: bool,
    panics: AtomicBool,
    failures: AtomicU64,
}

impl Store for Faulty {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.inner.read(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics.swap(false, Ordering::SeqCst), "the disk is on fire");
        if !(self.fails..self.fails + self.lasts).contains(&number) {
            return self.inner.write(path, bytes);
        }
        self.failures.fetch_add(1, Ordering::SeqCst);
        if self.takes_effect {
            self.inner.write(path, bytes)?;
        }
        Err(io::Error::other("disk full"))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.inner.list(folder)
    }
}

/// What was said durable is in the log at its index, once; whoever was told of a failure can find out.
fn check_told(store: &Faulty, told: &[(Vec<u8>, Result<u64, AppendError>)], what: &str) -> usize {
    let log = Log::open(store, &[key().verifier()]).expect(what);
    let mut said = BTreeMap::new();
    for (leaf, result) in told {
        match result {
            Ok(index) => {
                assert_eq!(log.leaf(*index).expect(what), *leaf, "{what}");
                assert_eq!(said.insert(*index, leaf), None, "{what}: index {index} was given twice");
            }
            Err(AppendError::Log(error)) => {
                assert!(matches!(&**error, LogError::Io { .. }), "{what}: {error}");
                assert!(log.find(&leaf_hash(leaf)).is_ok(), "{what}");
            }
            Err(error) => panic!("{what}: {error}"),
        }
    }
    assert!(log.fsck().expect(what).is_sound(), "{what}");
    said.len()
}

#[test]
fn a_store_that_fails_at_any_write_tells_everyone_and_later_appends_go_on() {
    for takes_effect in [false, true] {
        for lasts in [1, 3] {
            // The first write is the checkpoint of the empty log.
            for fails in 1..60 {
                let what = format!("write {fails} and {lasts} on, takes effect: {takes_effect}");
                let store = Faulty { fails, lasts, takes_effect, ..Faulty::default() };
                let log = Log::create(&store, ORIGIN, &key()).unwrap();
                let appender = Appender::new(log, key());
                let mut told = hammer(&appender, 6, 25);
                let failed = told.iter().filter(|(_, result)| result.is_err()).count();
                assert!(failed > 0 || store.failures.load(Ordering::SeqCst) == 0, "{what}: a failure was kept quiet");
                // The store has recovered; everyone tries again what failed, and some new leaf.
                let later = appender.append(b"later".to_vec());
                assert!(later.is_ok() || store.writes.load(Ordering::SeqCst) <= fails + lasts, "{what}");
                told.push((b"later".to_vec(), later));
                let held = check_told(&store, &told, &what);
                assert_eq!(held + told.iter().filter(|(_, result)| result.is_err()).count(), told.len(), "{what}");
            }
        }
    }
}

#[test]
fn one_leaf_too_long_fails_alone() {
    let log = Log::create(MemStore::default(), ORIGIN, &key()).unwrap();
    let appender = Appender::new(log, key());
    let result = appender.append(vec![0; 65_536]);
    assert!(matches!(result, Err(AppendError::Log(error)) if matches!(*error, LogError::TooLong { bytes: 65_536 })));
    assert_eq!(appender.append(vec![0; 65_535]).unwrap(), 0);
    assert_eq!(appender.with_log(Log::size), 1);
}

#[test]
fn a_thread_that_panics_while_it_writes_leaves_nobody_waiting() {
    let store = Faulty { fails: i64::MAX, ..Faulty::default() };
    let log = Log::create(&store, ORIGIN, &key()).unwrap();
    let appender = Appender::new(log, key());
    store.panics.store(true, Ordering::SeqCst);
    let ends: Vec<bool> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|writer| {
                scope.spawn({
                    let appender = &appender;
                    move || appender.append(leaf(writer, 0))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().is_ok_and(|result| result.is_ok())).collect()
    });
    // The one that wrote ended; those in its batch were told; those after it went on.
    assert!(ends.iter().any(|ok| !ok));
    let first = appender.append(b"later".to_vec()).unwrap();
    assert_eq!(first, ends.iter().filter(|ok| **ok).count() as u64);
    let log = Log::open(&store, &[key().verifier()]).unwrap();
    assert!(log.fsck().unwrap().is_sound());
}
