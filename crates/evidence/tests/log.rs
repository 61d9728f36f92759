//! The log against a naive tree, failing disks, forgers and flipped bytes.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::Path;

use evidence::merkle::{leaf_hash, node_hash, verify_consistency};
use evidence::proof::{self, unsigned_claim, verify_consistent_with_itself};
use evidence::{Checkpoint, DirStore, Hash, Log, LogError, MemStore, Proof, ProofError, SigningKey, Store};
use proptest::prelude::*;

const ORIGIN: &str = "example.com/log";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn leaf(i: u64) -> Vec<u8> {
    format!("{{\"release\":{i}}}").into_bytes()
}

fn leaves(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(leaf).collect()
}

fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => evidence::merkle::empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

fn root_of(n: u64) -> Hash {
    naive_root(&(0..n).map(|i| leaf_hash(&leaf(i))).collect::<Vec<_>>())
}

#[test]
fn one_by_one_every_root_is_the_naive_one_and_every_proof_holds() {
    let key = key();
    let store = MemStore::default();
    let mut log = Log::create(&store, ORIGIN, &key).unwrap();
    assert_eq!(log.root(), root_of(0));
    for i in 0..600 {
        assert_eq!(log.append(&[leaf(i)], &key).unwrap(), i..i + 1);
        assert_eq!(log.root(), root_of(i + 1), "size {}", i + 1);
        if [1, 2, 3, 255, 256, 257, 511, 512, 513, 600].contains(&(i + 1)) {
            let again = Log::open(&store, &[key.verifier()]).unwrap();
            assert_eq!(again.size(), i + 1);
            for j in 0..=i {
                let proof: Proof = again.proof(j).unwrap().to_string().parse().unwrap();
                let verified = proof::verify(&leaf(j), &proof, &[key.verifier()]).unwrap();
                assert_eq!(verified.checkpoint.root, log.root());
                assert_eq!(again.leaf(j).unwrap(), leaf(j));
            }
        }
    }
    for old in 1..=600 {
        let path = log.consistency_proof(old).unwrap();
        verify_consistency(old, 600, &path, &root_of(old), &log.root()).unwrap();
    }
    assert_eq!(log.find(&leaf_hash(&leaf(3))).unwrap(), Some(3));
    assert_eq!(log.find(&leaf_hash(&leaf(300))).unwrap(), Some(300));
    assert_eq!(log.find(&leaf_hash(b"never logged")).unwrap(), None);
    assert_eq!(log.ensure(&leaf(7), &key).unwrap(), 7);
    assert_eq!(log.ensure(&leaf(600), &key).unwrap(), 600);
    let report = log.fsck().unwrap();
    assert!(report.is_sound(), "{:?}", report.faults);
    assert_eq!(report.entries, 601);
    for (asked, result) in
        [(601, log.leaf(601).err()), (9999, log.proof(9999).err()), (0, log.consistency_proof(0).err())]
    {
        assert!(matches!(result, Some(LogError::Range { asked: a, size: 601 }) if a == asked));
    }
    assert!(log.consistency_proof(602).is_err());
}

#[test]
fn three_levels_of_tiles_hold() {
    let key = key();
    let store = MemStore::default();
    let mut log = Log::create(&store, ORIGIN, &key).unwrap();
    log.append(&leaves(0..65_535), &key).unwrap();
    log.append(&leaves(65_535..65_536), &key).unwrap();
    log.append(&leaves(65_536..70_000), &key).unwrap();
    assert_eq!(log.root(), root_of(70_000));
    let paths = store.paths();
    for path in ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"] {
        assert!(paths.iter().any(|p| p == path), "{path}");
    }
    let log = Log::open(&store, &[key.verifier()]).unwrap();
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_999] {
        proof::verify(&leaf(index), &log.proof(index).unwrap(), &[key.verifier()]).unwrap();
    }
    for old in [1, 256, 65_535, 65_536, 65_537, 70_000] {
        let path = log.consistency_proof(old).unwrap();
        verify_consistency(old, 70_000, &path, &root_of(old), &log.root()).unwrap();
    }
    assert!(log.fsck().unwrap().is_sound());
}

#[test]
fn partial_tiles_may_be_deleted_once_the_full_one_is_there() {
    let key = key();
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::create(DirStore::new(folder.path()), ORIGIN, &key).unwrap();
    log.append(&leaves(0..200), &key).unwrap();
    let old = fs::read(folder.path().join("checkpoint")).unwrap();
    log.append(&leaves(200..256), &key).unwrap();
    fs::remove_dir_all(folder.path().join("tile/0/000.p")).unwrap();
    fs::remove_dir_all(folder.path().join("tile/entries/000.p")).unwrap();
    assert!(log.fsck().unwrap().is_sound());
    // As a mirror that still holds the older checkpoint would read it.
    fs::write(folder.path().join("checkpoint"), old).unwrap();
    let log = Log::open(DirStore::new(folder.path()), &[key.verifier()]).unwrap();
    assert_eq!((log.size(), log.leaf(199).unwrap()), (200, leaf(199)));
    assert!(log.fsck().unwrap().is_sound());
}

#[test]
fn entries_are_at_most_65535_bytes_and_nothing_is_written_for_a_longer_one() {
    let key = key();
    let store = MemStore::default();
    let mut log = Log::create(&store, ORIGIN, &key).unwrap();
    let result = log.append(&[leaf(0), vec![0; 65_536]], &key);
    assert!(matches!(result, Err(LogError::TooLong { bytes: 65_536 })));
    assert_eq!(store.paths(), ["checkpoint"]);
    log.append(&[vec![9; 65_535], Vec::new()], &key).unwrap();
    assert_eq!(log.leaf(0).unwrap().len(), 65_535);
    assert_eq!(log.leaf(1).unwrap(), b"");
}

/// Fails at the `fails_at`-th write from now, before or after the bytes are in place, and at all after it.
struct Failing {
    inner: MemStore,
    fails_at: Cell<Option<u32>>,
    takes_effect: bool,
}

impl Store for Failing {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.inner.read(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        match self.fails_at.get() {
            None => self.inner.write(path, bytes),
            Some(0) => Err(io::Error::other("disk full")),
            Some(1) => {
                self.fails_at.set(Some(0));
                if self.takes_effect {
                    self.inner.write(path, bytes)?;
                }
                Err(io::Error::other("disk full"))
            }
            Some(n) => {
                self.fails_at.set(Some(n - 1));
                self.inner.write(path, bytes)
            }
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.inner.list(folder)
    }
}

/// Appends 300 to 250 entries with a failure at write `k`; says whether the append still went through.
fn check_failure(k: u32, takes_effect: bool, reopens: bool) -> bool {
    let key = key();
    let store = Failing { inner: MemStore::default(), fails_at: Cell::new(None), takes_effect };
    let mut log = Log::create(&store, ORIGIN, &key).unwrap();
    log.append(&leaves(0..250), &key).unwrap();
    let before = log.checkpoint().to_owned();
    let more = leaves(250..550);

    store.fails_at.set(Some(k));
    let through = log.append(&more, &key).is_ok();
    store.fails_at.set(None);

    let what = format!("write {k}, takes effect: {takes_effect}, reopens: {reopens}");
    let again = Log::open(&store, &[key.verifier()]).expect(&what);
    let committed = again.size() == 550;
    assert!(committed || again.checkpoint() == before, "{what}");
    assert!(again.fsck().unwrap().is_sound(), "{what}");
    if !through {
        if reopens {
            log = again;
        }
        let range = if reopens && committed {
            // After a restart one asks first.
            let start = log.find(&leaf_hash(&more[0])).unwrap().expect(&what);
            start..start + 300
        } else {
            log.append(&more, &key).expect(&what)
        };
        assert_eq!(range, 250..550, "{what}");
    }
    assert_eq!((log.size(), log.root()), (550, root_of(550)), "{what}");
    let log = Log::open(&store, &[key.verifier()]).expect(&what);
    assert!(log.fsck().unwrap().is_sound(), "{what}");
    through
}

#[test]
fn a_write_that_fails_at_any_point_loses_nothing_and_the_retry_succeeds() {
    for takes_effect in [false, true] {
        for reopens in [false, true] {
            let writes = (1..100).find(|k| check_failure(*k, takes_effect, reopens)).unwrap() - 1;
            // Two full bundles and tiles, one partial bundle, partial tiles of two levels, the checkpoint.
            assert_eq!(writes, 8);
        }
    }
}

#[test]
fn after_a_failure_other_leaves_may_follow_and_nothing_forks() {
    for k in 1..=8 {
        for takes_effect in [false, true] {
            let key = key();
            let store = Failing { inner: MemStore::default(), fails_at: Cell::new(None), takes_effect };
            let mut log = Log::create(&store, ORIGIN, &key).unwrap();
            log.append(&leaves(0..250), &key).unwrap();
            store.fails_at.set(Some(k));
            log.append(&leaves(250..550), &key).unwrap_err();
            store.fails_at.set(None);
            let start = log.append(&[b"another".to_vec()], &key).unwrap().start;
            assert!(start == 250 || start == 550, "write {k}");
            let log = Log::open(&store, &[key.verifier()]).unwrap();
            let path = log.consistency_proof(250).unwrap();
            verify_consistency(250, log.size(), &path, &root_of(250), &log.root()).unwrap();
            assert!(log.fsck().unwrap().is_sound(), "write {k}: {:?}", log.fsck().unwrap());
        }
    }
}

/// The leftovers of a failed append were never signed; later versions that pass their width made them look like changed ones.
#[test]
fn leftovers_of_a_failed_append_do_not_look_like_changed_files_later() {
    for k in 1..=8 {
        for reopens in [false, true] {
            let key = key();
            let store = Failing { inner: MemStore::default(), fails_at: Cell::new(None), takes_effect: true };
            let mut log = Log::create(&store, ORIGIN, &key).unwrap();
            log.append(&leaves(0..250), &key).unwrap();
            store.fails_at.set(Some(k));
            log.append(&leaves(250..550), &key).unwrap_err();
            store.fails_at.set(None);
            if reopens {
                log = Log::open(&store, &[key.verifier()]).unwrap();
            }
            for number in 0..400 {
                log.append(&[format!("another {number}").into_bytes()], &key).unwrap();
            }
            let report = log.fsck().unwrap();
            assert!(report.is_sound(), "write {k}, reopens: {reopens}: {:?}", report.faults);
        }
    }
}

#[test]
fn retrying_an_entry_equal_to_the_last_one_still_adds_it() {
    let key = key();
    let store = Failing { inner: MemStore::default(), fails_at: Cell::new(None), takes_effect: false };
    let mut log = Log::create(&store, ORIGIN, &key).unwrap();
    log.append(&leaves(0..1), &key).unwrap();
    store.fails_at.set(Some(1));
    log.append(&leaves(0..1), &key).unwrap_err();
    store.fails_at.set(None);
    assert_eq!(log.append(&leaves(0..1), &key).unwrap(), 1..2);
}

#[test]
fn a_second_handle_goes_on_from_the_first_and_a_rollback_is_refused() {
    let key = key();
    let store = MemStore::default();
    let mut one = Log::create(&store, ORIGIN, &key).unwrap();
    one.append(&leaves(0..10), &key).unwrap();
    let early = store.read("checkpoint").unwrap().unwrap();
    let mut two = Log::open(&store, &[key.verifier()]).unwrap();
    assert_eq!(two.append(&leaves(10..20), &key).unwrap(), 10..20);
    assert_eq!(one.append(&leaves(20..30), &key).unwrap(), 20..30);
    assert_eq!(one.root(), root_of(30));

    store.write("checkpoint", &early).unwrap();
    assert!(matches!(one.append(&leaves(30..31), &key), Err(LogError::Forked { seen: 30 })));

    // Same size or longer, but other entries, under the same key.
    let fork = MemStore::default();
    let mut forger = Log::create(&fork, ORIGIN, &key).unwrap();
    forger.append(&leaves(100..140), &key).unwrap();
    for path in fork.paths() {
        store.write(&path, &fork.read(&path).unwrap().unwrap()).unwrap();
    }
    assert!(matches!(one.append(&leaves(30..31), &key), Err(LogError::Forked { seen: 30 })));
}

#[test]
fn a_forged_log_under_a_fresh_key_fails_under_the_pinned_one() {
    let pinned = key().verifier();
    let fresh = SigningKey::from_seed(ORIGIN, &[2; 32]).unwrap();
    let mut forged = Log::create(MemStore::default(), ORIGIN, &fresh).unwrap();
    forged.append(&leaves(0..5), &fresh).unwrap();
    let proof = forged.proof(2).unwrap();

    let error = proof::verify(&leaf(2), &proof, std::slice::from_ref(&pinned)).unwrap_err();
    let (name, id) = (ORIGIN.to_owned(), fresh.verifier().id());
    assert_eq!(error, ProofError::UnknownKey { name, id });
    assert!(verify_consistent_with_itself(&leaf(2), &proof, &fresh.verifier()).is_ok());
    assert_eq!(unsigned_claim(&leaf(2), &proof).unwrap().0.size, 5);
    let store = forged.store();
    assert!(Log::open(store, std::slice::from_ref(&pinned)).is_err());

    // A pinned key of another log cannot vouch for this one, not even when it signs.
    let other = SigningKey::from_seed("example.com/other", &[3; 32]).unwrap();
    let text = evidence::note::unverified_text(proof.checkpoint.as_bytes()).unwrap();
    let borrowed = Proof { checkpoint: evidence::sign_note(text, &[&other]).unwrap(), ..proof };
    let error = proof::verify(&leaf(2), &borrowed, &[other.verifier()]).unwrap_err();
    let origin = ORIGIN.to_owned();
    assert_eq!(error, ProofError::OtherLog { origin });
}

#[test]
fn only_the_logs_own_key_appends() {
    let key = key();
    let mut log = Log::create(MemStore::default(), ORIGIN, &key).unwrap();
    let other = SigningKey::from_seed(ORIGIN, &[2; 32]).unwrap();
    assert!(matches!(log.append(&[leaf(0)], &other), Err(LogError::ForeignKey { .. })));
    assert!(Log::create(MemStore::default(), "example.com/else", &key).is_err());
    assert!(matches!(Log::open(MemStore::default(), &[key.verifier()]), Err(LogError::Absent)));
}

#[test]
fn proofs_say_what_is_wrong_with_them() {
    let key = key();
    let keys = [key.verifier()];
    let mut log = Log::create(MemStore::default(), ORIGIN, &key).unwrap();
    log.append(&leaves(0..5), &key).unwrap();
    let good = log.proof(2).unwrap();

    assert_eq!(proof::verify(&leaf(3), &good, &keys).unwrap_err(), ProofError::RootMismatch);
    let elsewhere = Proof { index: 3, ..good.clone() };
    assert_eq!(proof::verify(&leaf(2), &elsewhere, &keys).unwrap_err(), ProofError::RootMismatch);
    let beyond = Proof { index: 5, ..good.clone() };
    assert!(matches!(proof::verify(&leaf(2), &beyond, &keys), Err(ProofError::Malformed(_))));
    let (name, id) = (ORIGIN.to_owned(), key.verifier().id());
    let resized = Proof { checkpoint: good.checkpoint.replacen("\n5\n", "\n6\n", 1), ..good.clone() };
    assert_eq!(proof::verify(&leaf(2), &resized, &keys).unwrap_err(), ProofError::BadSignature { name, id });

    let text = good.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 2\n"));
    let extra = text.replacen("\nindex", "\nextra aGk=\nindex", 1);
    assert_eq!(extra.parse::<Proof>().unwrap(), good);
    let cases = [
        String::new(),
        text.replacen("@v1", "@v2", 1),
        text.replacen("index 2", "index 02", 1),
        text.replacen("index 2", "index -2", 1),
        text.replacen("index 2\n", "", 1),
        text.replacen("\nindex", "\nextra !\nindex", 1),
        text.replacen("index 2\n", "index 2\nAAAA\n", 1),
        text.replace("\n\n", "\n"),
    ];
    for case in cases {
        assert!(matches!(case.parse::<Proof>(), Err(ProofError::Malformed(_))), "{case}");
    }
}

fn all_files(folder: &Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_files(&path, into);
        } else {
            into.push(path);
        }
    }
}

#[test]
fn fsck_finds_a_flipped_byte_in_any_file() {
    let key = key();
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::create(DirStore::new(folder.path()), ORIGIN, &key).unwrap();
    for range in [0..3, 3..255, 255..300, 300..520] {
        log.append(&leaves(range), &key).unwrap();
    }
    assert!(log.fsck().unwrap().is_sound());
    let mut files = Vec::new();
    all_files(folder.path(), &mut files);
    // Superseded partial tiles and bundles are among them.
    assert_eq!(files.len(), 15, "{files:?}");
    for file in files {
        let sound = fs::read(&file).unwrap();
        let (last, step) = (sound.len() - 1, (sound.len() / 40).max(1));
        for at in (0..sound.len()).step_by(step).chain([last]) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            fs::write(&file, &bytes).unwrap();
            assert!(!log.fsck().unwrap().is_sound(), "byte {at} of {}", file.display());
        }
        fs::write(&file, &sound[..last]).unwrap();
        assert!(!log.fsck().unwrap().is_sound(), "{} cut short", file.display());
        fs::write(&file, &sound).unwrap();
    }
    assert!(log.fsck().unwrap().is_sound());
    fs::remove_file(folder.path().join("tile/entries/001")).unwrap();
    fs::remove_file(folder.path().join("tile/0/000")).unwrap();
    let report = log.fsck().unwrap();
    let paths: Vec<&str> = report.faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["tile/0/000", "tile/entries/001"]);
}

#[test]
fn opening_notices_a_broken_right_edge() {
    let key = key();
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::create(DirStore::new(folder.path()), ORIGIN, &key).unwrap();
    log.append(&leaves(0..300), &key).unwrap();
    for name in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "checkpoint"] {
        let path = folder.path().join(name);
        let sound = fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        bytes[10] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert!(Log::open(DirStore::new(folder.path()), &[key.verifier()]).is_err(), "{name}");
        fs::remove_file(&path).unwrap();
        assert!(Log::open(DirStore::new(folder.path()), &[key.verifier()]).is_err(), "{name} missing");
        fs::write(&path, sound).unwrap();
    }
    assert!(Log::open(DirStore::new(folder.path()), &[key.verifier()]).is_ok());
}

#[test]
fn a_proof_that_does_not_hold_is_never_handed_out() {
    let key = key();
    let store = MemStore::default();
    let mut log = Log::create(&store, ORIGIN, &key).unwrap();
    log.append(&leaves(0..300), &key).unwrap();
    let mut bytes = store.read("tile/0/000").unwrap().unwrap();
    bytes[32 * 17] ^= 1;
    store.write("tile/0/000", &bytes).unwrap();
    assert!(matches!(log.proof(3), Err(LogError::Corrupt { .. })));
    assert!(matches!(log.leaf(17), Err(LogError::Corrupt { .. })));
    // The other half of the tree does not need that tile.
    assert!(log.proof(299).is_ok());
    assert_eq!(log.leaf(3).unwrap(), leaf(3));
}

#[test]
fn a_folder_takes_only_paths_inside_itself_and_leaves_no_temporary_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirStore::new(folder.path().join("log"));
    for path in ["", "../x", "/etc/x", "a/../../x", "a/./../x"] {
        assert_eq!(store.write(path, b"x").unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path}");
    }
    store.write("a/b/c", b"one").unwrap();
    store.write("a/b/c", b"two").unwrap();
    assert_eq!(store.read("a/b/c").unwrap().unwrap(), b"two");
    assert_eq!(store.read("a/b/d").unwrap(), None);
    assert_eq!(fs::read_dir(folder.path().join("log/a/b")).unwrap().count(), 1);
    // A folder in the file's place: the write fails and cleans up.
    assert!(store.write("a/b", b"x").is_err());
    assert_eq!(fs::read_dir(folder.path().join("log/a")).unwrap().count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_batches_give_the_naive_tree(batches in prop::collection::vec(0_u64..400, 0..6)) {
        let key = key();
        let store = MemStore::default();
        let mut log = Log::create(&store, ORIGIN, &key).unwrap();
        let mut size = 0;
        for batch in batches {
            prop_assert_eq!(log.append(&leaves(size..size + batch), &key).unwrap(), size..size + batch);
            size += batch;
            log = Log::open(&store, &[key.verifier()]).unwrap();
        }
        prop_assert_eq!(log.root(), root_of(size));
        prop_assert!(log.fsck().unwrap().is_sound());
        let (checkpoint, _) = Checkpoint::open(log.checkpoint().as_bytes(), &[key.verifier()]).unwrap();
        prop_assert_eq!(checkpoint.size, size);
    }

    #[test]
    fn a_changed_byte_in_a_proof_file_never_verifies(at: prop::sample::Index, flip in 1_u8..=255) {
        let key = key();
        let mut log = Log::create(MemStore::default(), ORIGIN, &key).unwrap();
        log.append(&leaves(0..7), &key).unwrap();
        let mut bytes = log.proof(4).unwrap().to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let verified = String::from_utf8(bytes)
            .ok()
            .and_then(|text| text.parse::<Proof>().ok())
            .and_then(|proof| proof::verify(&leaf(4), &proof, &[key.verifier()]).ok());
        prop_assert!(verified.is_none());
    }
}
