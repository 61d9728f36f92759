//! Witnesses: the cases of another implementation, the rules of C2SP tlog-witness, and a log that is cosigned.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use evidence::merkle::{leaf_hash, node_hash};
use evidence::witness::{Answer, CosignError, Outcome, TooFew, WitnessError, cosign_with};
use evidence::{
    AddCheckpoint, Checkpoint, Hash, Log, MemStore, Quorum, SigningKey, Store, VerifierKey, Witness, WitnessState,
    note, proof,
};
use serde::Deserialize;

const ORIGIN: &str = "example.com/log";
const NOW: u64 = 1_763_800_000;

fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn witness_key(number: u8) -> SigningKey {
    SigningKey::from_seed(&format!("witness.example/w{number}"), &[100 + number; 32]).unwrap()
}

fn witness<S: Store>(store: S) -> WitnessState<S> {
    WitnessState::new(witness_key(1), [log_key().verifier()], store)
}

fn signed(size: u64, root: Hash, key: &SigningKey) -> String {
    Checkpoint { origin: key.name().to_owned(), size, root, extensions: Vec::new() }.sign(key).unwrap()
}

/// The tree the cases are about: leaf hash number i is 0x2a, i, and zeroes.
fn case_root(size: u64) -> Hash {
    let leaves: Vec<Hash> = (0..size)
        .map(|i| {
            let mut h = [0; 32];
            h[0] = 0x2a;
            h[1] = i as u8;
            Hash(h)
        })
        .collect();
    naive_root(&leaves)
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

#[derive(Deserialize)]
struct Case {
    name: String,
    should_fail: bool,
    old_size: u64,
    new_size: u64,
    proof: Vec<String>,
    root_hash: String,
    expected_status: Option<u16>,
    #[serde(default = "yes")]
    checkpoint_valid: bool,
}

fn yes() -> bool {
    true
}

#[test]
fn the_cases_of_another_witness_have_their_status() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/tlog/witness-cases");
    if !folder.is_dir() {
        // Past the test harness, which would keep it to itself.
        let _ = writeln!(std::io::stderr(), "skipped: {} is not there", folder.display());
        return;
    }
    let mut ran = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let case: Case = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let witness = witness(MemStore::default());
        if case.old_size > 0 {
            let first = format!("old 0\n\n{}", signed(case.old_size, case_root(case.old_size), &log_key()));
            assert_eq!(witness.add_checkpoint(first.as_bytes(), NOW).status(), 200, "{}", case.name);
        }
        let checkpoint = match case.root_hash.parse() {
            Ok(root) => signed(case.new_size, root, &log_key()),
            Err(_) => String::new(),
        };
        let checkpoint = if case.checkpoint_valid {
            checkpoint
        } else {
            checkpoint.replace(&case.root_hash, &case_root(9).to_string())
        };
        let proof = [case.proof.as_slice(), &[String::new()]].concat().join("\n");
        let body = format!("old {}\n{proof}\n{checkpoint}", case.old_size);
        let outcome = witness.add_checkpoint(body.as_bytes(), NOW);
        assert_eq!(outcome.status() != 200, case.should_fail, "{}: {outcome:?}", case.name);
        // The case without a status hands in no checkpoint at all.
        assert_eq!(outcome.status(), case.expected_status.unwrap_or(400), "{}: {outcome:?}", case.name);
        if let Outcome::Cosigned(line) = outcome {
            let keys = [log_key().verifier(), witness.cosigner()];
            let opened = note::open_note((checkpoint + &line).as_bytes(), &keys).unwrap();
            assert_eq!(opened.by, keys, "{}", case.name);
        }
        ran += 1;
    }
    assert_eq!(ran, 19);
}

#[test]
fn every_refusal_has_the_status_and_body_of_the_specification() {
    let witness = witness(MemStore::default());
    let ask = |old: u64, proof: &[Hash], checkpoint: String| {
        let body = AddCheckpoint { old, proof: proof.to_vec(), checkpoint }.to_string();
        let outcome = witness.add_checkpoint(body.as_bytes(), NOW);
        (outcome.status(), outcome.content_type(), outcome.body())
    };
    let text = "text/plain; charset=utf-8";
    let other = SigningKey::from_seed("example.com/other", &[2; 32]).unwrap();
    let stranger = SigningKey::from_seed(ORIGIN, &[3; 32]).unwrap();
    let root = case_root;
    assert_eq!(
        ask(0, &[], signed(1, root(1), &other)),
        (404, text, "this witness does not know that log\n".to_owned())
    );
    assert_eq!(ask(0, &[], signed(1, root(1), &stranger)).0, 403);
    assert_eq!(ask(3, &[], signed(3, root(3), &log_key())), (409, "text/x.tlog.size", "0\n".to_owned()));
    assert_eq!(ask(0, &[root(1)], signed(3, root(3), &log_key())).0, 422);
    assert_eq!(ask(0, &[], signed(0, root(1), &log_key())).0, 422);
    assert_eq!(ask(0, &[], signed(3, root(3), &log_key())).0, 200);
    assert_eq!(ask(0, &[], signed(4, root(4), &log_key())), (409, "text/x.tlog.size", "3\n".to_owned()));
    assert_eq!(ask(3, &[], signed(3, root(4), &log_key())).0, 422);
    assert_eq!(ask(3, &[], signed(2, root(2), &log_key())).0, 400);
    // A signature by a stranger beside the log's is ignored; one in the log's name that is not its is not.
    let with_stranger = signed(3, root(3), &log_key()) + signed(3, root(3), &stranger).lines().last().unwrap() + "\n";
    assert_eq!(ask(3, &[], with_stranger).0, 200);
    let spoiled = signed(3, root(3), &log_key()) + signed(4, root(4), &log_key()).lines().last().unwrap() + "\n";
    assert_eq!(ask(3, &[], spoiled).0, 403);
    for body in [
        "",
        "old 3\n",
        "old 03\n\nx",
        "old -1\n\nx",
        "new 3\n\nx",
        "old 3\nAAAA\n\nx",
        "old 3\n\n",
        "old 3\n\nexample.com/log\n3\nAAAA\n\n\u{2014} x AAAAAAAA\n",
    ] {
        assert_eq!(witness.add_checkpoint(body.as_bytes(), NOW).status(), 400, "{body:?}");
    }
    let many = AddCheckpoint { old: 3, proof: vec![root(1); 64], checkpoint: signed(4, root(4), &log_key()) };
    assert_eq!(witness.add_checkpoint(many.to_string().as_bytes(), NOW).status(), 400);
    assert_eq!(witness.add_checkpoint(b"old 0\n\n\xff", NOW).status(), 400);
}

#[test]
fn a_request_reads_back_as_it_was_written() {
    let checkpoint = signed(5, case_root(5), &log_key());
    for proof in [vec![], vec![case_root(1), case_root(2)]] {
        let request = AddCheckpoint { old: 3, proof, checkpoint: checkpoint.clone() };
        assert_eq!(request.to_string().parse::<AddCheckpoint>().unwrap(), request);
    }
}

/// Fails to write while told to.
#[derive(Default)]
struct Full {
    inner: MemStore,
    full: AtomicBool,
}

impl Store for Full {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.inner.read(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) { Err(io::Error::other("full")) } else { self.inner.write(path, bytes) }
    }
}

#[test]
fn nothing_is_cosigned_that_was_not_written_down_first() {
    let store = Full::default();
    let witness = witness(&store);
    let body = |old: u64, size| format!("old {old}\n\n{}", signed(size, case_root(size), &log_key()));
    store.full.store(true, Ordering::SeqCst);
    let outcome = witness.add_checkpoint(body(0, 4).as_bytes(), NOW);
    assert!(matches!(outcome, Outcome::StoreFailed(_)), "{outcome:?}");
    assert_eq!(outcome.status(), 500);
    store.full.store(false, Ordering::SeqCst);
    // So another tree may still be the first.
    assert_eq!(witness.add_checkpoint(body(0, 3).as_bytes(), NOW).status(), 200);
    // A restart does not forget it; a damaged record stops, and never starts anew.
    let again = self::witness(&store);
    assert_eq!(again.add_checkpoint(body(0, 4).as_bytes(), NOW).body(), "3\n");
    let path = store.inner.paths().remove(0);
    store.inner.write(&path, b"damaged").unwrap();
    assert_eq!(again.add_checkpoint(body(0, 4).as_bytes(), NOW).status(), 500);
}

#[test]
fn of_two_trees_handed_in_at_once_one_is_cosigned() {
    for _ in 0..50 {
        let witness = witness(MemStore::default());
        let bodies = [1, 2].map(|size| format!("old 0\n\n{}", signed(size, case_root(size + 5), &log_key())));
        let statuses = std::thread::scope(|scope| {
            let threads =
                bodies.each_ref().map(|body| scope.spawn(|| witness.add_checkpoint(body.as_bytes(), NOW).status()));
            threads.map(|thread| thread.join().unwrap())
        });
        assert!(statuses.contains(&200) && statuses.contains(&409), "{statuses:?}");
    }
}

/// A witness in the same program, which keeps what it was asked.
struct Near {
    state: WitnessState<MemStore>,
    asked: RefCell<Vec<u64>>,
}

impl Near {
    fn new(number: u8) -> Self {
        let state = WitnessState::new(witness_key(number), [log_key().verifier()], MemStore::default());
        Self { state, asked: RefCell::default() }
    }
}

impl Witness for Near {
    fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Answer, WitnessError> {
        self.asked.borrow_mut().push(request.old);
        let outcome = self.state.add_checkpoint(request.to_string().as_bytes(), NOW);
        Ok(match outcome {
            Outcome::Cosigned(lines) => Answer::Cosigned(lines),
            Outcome::Conflict(size) => Answer::Conflict(size),
            other => Answer::Refused(other.status(), other.body()),
        })
    }
}

fn leaves(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(|i| format!("leaf {i}").into_bytes()).collect()
}

#[test]
fn a_cosigned_checkpoint_is_carried_by_later_proofs_and_counts_towards_a_quorum() {
    let store = MemStore::default();
    let mut log = Log::create(&store, ORIGIN, &log_key()).unwrap();
    log.append(&leaves(0..300), &log_key()).unwrap();
    let witnesses = [Near::new(1), Near::new(2), Near::new(3)];
    let keys: Vec<VerifierKey> = witnesses.iter().map(|witness| witness.state.cosigner()).collect();
    for witness in &witnesses[..2] {
        let lines = cosign_with(&log, witness, &keys, 0).unwrap();
        assert!(log.take_cosignatures(&lines, &keys).unwrap());
    }
    assert!(log.fsck().unwrap().is_sound());
    let again = Log::open(&store, &[log_key().verifier()]).unwrap();
    let proof = again.proof(7).unwrap();
    proof::verify(b"leaf 7", &proof, &[log_key().verifier()]).unwrap();
    let quorum = |at_least| Quorum { witnesses: keys.clone(), at_least }.check(proof.checkpoint.as_bytes());
    let found: Vec<_> = quorum(2).unwrap().into_iter().map(|cosigned| (cosigned.key, cosigned.unix_seconds)).collect();
    assert_eq!(found, [(keys[0].clone(), NOW), (keys[1].clone(), NOW)]);
    assert_eq!(quorum(3).unwrap_err(), TooFew::Few { have: 2, need: 3 });

    // The next checkpoint has no cosignatures until it is asked for, from where each witness stands.
    log.append(&leaves(300..310), &log_key()).unwrap();
    assert_eq!(note::cosignatures(log.checkpoint().as_bytes(), &keys).unwrap(), []);
    cosign_with(&log, &witnesses[0], &keys, 300).unwrap();
    cosign_with(&log, &witnesses[1], &keys, 0).unwrap();
    cosign_with(&log, &witnesses[2], &keys, 300).unwrap();
    let asked = witnesses.map(|witness| witness.asked.into_inner());
    assert_eq!(asked, [vec![0, 300], vec![0, 0, 300], vec![300, 0]]);
}

#[test]
fn cosignatures_of_a_tree_that_has_grown_meanwhile_stay_with_its_proofs() {
    let store = MemStore::default();
    let mut log = Log::create(&store, ORIGIN, &log_key()).unwrap();
    log.append(&leaves(0..5), &log_key()).unwrap();
    let mut early = Log::open(&store, &[log_key().verifier()]).unwrap();
    log.append(&leaves(5..9), &log_key()).unwrap();
    let near = Near::new(1);
    let keys = [near.state.cosigner()];
    let lines = cosign_with(&early, &near, &keys, 0).unwrap();
    assert!(!early.take_cosignatures(&lines, &keys).unwrap());
    assert_eq!(note::cosignatures(early.proof(3).unwrap().checkpoint.as_bytes(), &keys).unwrap().len(), 1);
    let stored = Log::open(&store, &[log_key().verifier()]).unwrap();
    assert_eq!((stored.size(), stored.checkpoint()), (9, log.checkpoint()));
}

#[test]
fn signing_again_keeps_cosignatures_and_one_key_counts_once() {
    let mut log = Log::create(MemStore::default(), ORIGIN, &log_key()).unwrap();
    log.append(&leaves(0..5), &log_key()).unwrap();
    let near = Near::new(1);
    let keys = [near.state.cosigner()];
    let lines = cosign_with(&log, &near, &keys, 0).unwrap();
    log.take_cosignatures(&lines, &keys).unwrap();
    log.sign_again(&log_key()).unwrap();
    assert_eq!(note::cosignatures(log.checkpoint().as_bytes(), &keys).unwrap().len(), 1);
    // A newer cosignature of the same key replaces the older one.
    let later = note::cosignature(log.checkpoint(), &witness_key(1), NOW + 60).unwrap();
    log.take_cosignatures(&later, &keys).unwrap();
    assert_eq!(log.checkpoint().lines().count(), 3 + 1 + 2);
    assert_eq!(note::cosignatures(log.checkpoint().as_bytes(), &keys).unwrap(), [(keys[0].clone(), NOW + 60)]);
    // The same key pinned under a second name, with a line of that name, too, is still one witness.
    let twin = SigningKey::from_seed("witness.example/twin", &[101; 32]).unwrap();
    let pinned = [keys[0].clone(), twin.cosigner()];
    let line = note::cosignature(log.checkpoint(), &twin, NOW).unwrap();
    log.take_cosignatures(&line, &pinned).unwrap();
    let quorum = Quorum { witnesses: pinned.to_vec(), at_least: 2 };
    assert_eq!(quorum.check(log.checkpoint().as_bytes()).unwrap_err(), TooFew::Few { have: 1, need: 2 });
}

/// Says always the same.
struct Says(Result<Answer, WitnessError>);

impl Witness for Says {
    fn add_checkpoint(&self, _: &AddCheckpoint) -> Result<Answer, WitnessError> {
        self.0.clone()
    }
}

#[test]
fn a_witness_that_errs_or_lies_gives_no_cosignature() {
    let mut log = Log::create(MemStore::default(), ORIGIN, &log_key()).unwrap();
    log.append(&leaves(0..5), &log_key()).unwrap();
    let keys = [witness_key(1).cosigner()];
    let ask = |answer| cosign_with(&log, &Says(answer), &keys, 0).unwrap_err();
    assert!(matches!(ask(Err(WitnessError("down".to_owned()))), CosignError::Unreached(_)));
    assert!(matches!(ask(Ok(Answer::Refused(404, String::new()))), CosignError::Refused { status: 404, .. }));
    assert!(matches!(ask(Ok(Answer::Conflict(6))), CosignError::Longer { seen: 6, size: 5 }));
    assert!(matches!(ask(Ok(Answer::Conflict(3))), CosignError::Restless));
    assert!(matches!(ask(Ok(Answer::Cosigned(String::new()))), CosignError::Answer(_)));
    let line = |key: &SigningKey, note: &str| Ok(Answer::Cosigned(note::cosignature(note, key, NOW).unwrap()));
    assert!(matches!(ask(line(&witness_key(2), log.checkpoint())), CosignError::NoneOfIts));
    let other = signed(5, leaf_hash(b"another tree"), &log_key());
    assert!(matches!(ask(line(&witness_key(1), &other)), CosignError::Answer(_)));
    // Lines that would smuggle in another text.
    let smuggled = format!("x\n\n{}", note::cosignature(&other, &witness_key(1), NOW).unwrap());
    assert!(matches!(ask(Ok(Answer::Cosigned(smuggled))), CosignError::Answer(_)));
    assert!(cosign_with(&log, &Says(line(&witness_key(1), log.checkpoint())), &keys, 0).is_ok());
}
