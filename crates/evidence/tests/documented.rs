//! The example of docs/EVIDENCE.md is what this crate writes, so that other verifiers can be tried on it.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::path::Path;

use evidence::{Cosigned, Log, LogSigner, MemStore, Role, SigningKey, Sm2SigningKey, Trust, VerifierKey, note, proof};

const ORIGIN: &str = "example.com/log";

/// The fenced block that follows a line.
fn block(text: &str, after: &str) -> String {
    let rest = &text[text.find(after).unwrap_or_else(|| panic!("{after}"))..];
    let start = rest.find("```\n").unwrap() + 4;
    let end = rest[start..].find("```\n").unwrap();
    rest[start..start + end].to_owned()
}

#[test]
fn the_example_of_the_documentation_is_what_is_written_and_verifies() {
    let signer = || {
        let own = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
        LogSigner::new(own).with(Sm2SigningKey::from_seed(ORIGIN, &[2; 32]).unwrap()).unwrap()
    };
    let witness = SigningKey::from_seed("witness.example/w1", &[3; 32]).unwrap();
    let mut log = Log::create(MemStore::default(), ORIGIN, &signer()).unwrap();
    let leaves = ["zero", "one", "two", "three", "four"].map(|leaf| leaf.as_bytes().to_vec());
    log.append(&leaves, &signer()).unwrap();
    let line = note::cosignature(log.checkpoint(), &witness, 1_767_225_600).unwrap();
    assert!(log.take_cosignatures(&line, &[witness.cosigner()]).unwrap());
    let mut trust = Trust::default();
    for key in log.keys() {
        trust.add(Role::Log, key.clone());
    }
    trust.add(Role::Witness, witness.cosigner());
    let written = log.proof(2).unwrap();

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/EVIDENCE.md");
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(block(&text, "The trust file of the example"), trust.to_string());
    assert_eq!(block(&text, "The proof of leaf 2 of the example"), written.to_string());

    // And as a reader meets it.
    let trust: Trust = block(&text, "The trust file of the example").parse().unwrap();
    let read: evidence::Proof = block(&text, "The proof of leaf 2 of the example").parse().unwrap();
    let verified = proof::verify(b"two", &read, &trust.keys(Role::Log)).unwrap();
    assert_eq!(
        verified.by.iter().map(VerifierKey::algorithm).map(|a| a.to_string()).collect::<Vec<_>>(),
        ["ed25519", "sm2"]
    );
    let witnesses = Cosigned::all(read.checkpoint.as_bytes(), &trust.keys(Role::Witness)).unwrap();
    assert_eq!(witnesses.iter().map(|cosigned| cosigned.unix_seconds).collect::<Vec<_>>(), [1_767_225_600]);
}
