//! Signed notes: known vectors, round trips, and that nothing can be changed unnoticed.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use evidence::note::{self, MAX_NOTE};
use evidence::{KeyError, NoteError, SigningKey, Trust, VerifierKey, open_note, sign_note};
use proptest::prelude::*;

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The keys and note in the documentation of Go's `golang.org/x/mod/sumdb/note`. Ed25519 is deterministic, so ours must be the same bytes.
#[test]
fn gos_example_note_comes_out_byte_for_byte() {
    let skey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let signed = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let key: SigningKey = skey.parse().unwrap();
    assert_eq!(key.verifier().to_string(), vkey);
    assert_eq!(key.to_skey().as_str(), skey);
    assert_eq!(sign_note(text, &[&key]).unwrap(), signed);
    let opened = open_note(signed.as_bytes(), &[vkey.parse().unwrap()]).unwrap();
    assert_eq!(opened.text, text);
}

/// RFC 8032, 7.1, TEST 1: the public key of that seed, and through it the verifier key.
#[test]
fn seed_of_rfc_8032_gives_its_public_key() {
    let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let key = SigningKey::from_seed("rfc8032", seed.as_slice().try_into().unwrap()).unwrap();
    let text = key.verifier().to_string();
    let encoded = text.splitn(3, '+').nth(2).unwrap();
    let decoded = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, encoded).unwrap();
    assert_eq!(decoded[0], 1);
    assert_eq!(decoded[1..], public);
    // SHA-256 of those 32 bytes, computed with coreutils.
    assert_eq!(key.verifier().fingerprint(), "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9");
}

#[test]
fn unknown_signatures_are_listed_and_one_known_is_enough() {
    let (log, other) = (key("log.example", 1), key("other.example", 2));
    let note = sign_note("text\n\nwith a gap\n", &[&other, &log]).unwrap();
    let opened = open_note(note.as_bytes(), &[log.verifier()]).unwrap();
    assert_eq!(opened.text, "text\n\nwith a gap\n");
    assert_eq!(opened.by, [log.verifier()]);
    assert_eq!(opened.unknown, [("other.example".to_owned(), other.verifier().id())]);

    let stranger = open_note(note.as_bytes(), &[key("log.example", 3).verifier()]);
    assert!(matches!(stranger, Err(NoteError::Unknown { unknown }) if unknown.len() == 2));
}

#[test]
fn a_wrong_signature_of_a_known_key_rejects_the_note_even_beside_a_right_one() {
    let (log, other) = (key("log.example", 1), key("other.example", 2));
    let keys = [log.verifier(), other.verifier()];
    let (a, b) = (sign_note("a\n", &[&log]).unwrap(), sign_note("b\n", &[&other]).unwrap());
    let mixed = a + b.lines().last().unwrap() + "\n";
    assert!(
        matches!(open_note(mixed.as_bytes(), &keys), Err(NoteError::BadSignature { name, .. }) if name == "other.example")
    );
}

#[test]
fn malformed_notes_are_refused() {
    let log = key("log.example", 1);
    let good = sign_note("text\n", &[&log]).unwrap();
    let line = good.lines().last().unwrap().to_owned();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("no blank line", format!("text\n{line}\n").into_bytes()),
        ("no signature", b"text\n\n".to_vec()),
        ("no final newline", good.trim_end().as_bytes().to_vec()),
        ("hyphen for dash", good.replace('\u{2014}', "-").into_bytes()),
        ("carriage return", good.replace("text\n", "text\r\n").into_bytes()),
        ("tab", good.replace("text", "te\txt").into_bytes()),
        ("not UTF-8", [b"\xff\n".to_vec(), good.clone().into_bytes()].concat()),
        ("not base64", good.replace('=', "!").into_bytes()),
        ("short signature", b"text\n\n\xe2\x80\x94 log.example AAAA\n".to_vec()),
        ("plus in name", good.replace("log.example", "log+example").into_bytes()),
        ("101 signatures", format!("text\n\n{}", format!("{line}\n").repeat(101)).into_bytes()),
        ("too long", vec![b'a'; MAX_NOTE + 1]),
    ];
    for (what, bytes) in cases {
        let opened = open_note(&bytes, &[log.verifier()]);
        assert!(matches!(opened, Err(NoteError::Malformed(_))), "{what}: {opened:?}");
    }
    assert!(open_note(format!("text\n\n{}", format!("{line}\n").repeat(16)).as_bytes(), &[log.verifier()]).is_ok());
    for text in ["no newline", "tab\t\n", ""] {
        assert!(matches!(sign_note(text, &[&log]), Err(NoteError::Malformed(_))));
    }
    assert!(matches!(sign_note("text\n", &[]), Err(NoteError::Malformed(_))));
}

#[test]
fn keys_are_read_strictly() {
    let good = key("log.example", 1).verifier().to_string();
    assert_eq!(good.parse::<VerifierKey>().unwrap().to_string(), good);
    let (name, rest) = good.split_once('+').unwrap();
    let cases = [
        ("", KeyError::Form),
        ("log.example", KeyError::Form),
        (&format!("+{rest}"), KeyError::Name),
        (&format!("a b+{rest}"), KeyError::Name),
        (&format!("{name}2+{rest}"), KeyError::Hash),
        (&good[..good.len() - 4], KeyError::Form),
        (&good.to_uppercase(), KeyError::Form),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<VerifierKey>().unwrap_err(), expected, "{text}");
    }
    for name in ["", "a b", "a+b", "a\u{3000}b", "a\nb"] {
        assert_eq!(SigningKey::from_seed(name, &[0; 32]).unwrap_err(), KeyError::Name);
    }
}

#[test]
fn a_signing_key_does_not_print_its_secret() {
    let shown = format!("{:?}", key("log.example", 0xab));
    assert_eq!(shown, "SigningKey { name: \"log.example\", .. }");
}

#[test]
fn witness_cosignatures_open_under_the_witness_key_only() {
    let (log, witness) = (key("log.example", 1), key("witness.example", 2));
    let note = sign_note("log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", &[&log]).unwrap();
    let cosigned = note::cosign(&note, &witness, 1_700_000_000).unwrap();
    let opened = open_note(cosigned.as_bytes(), &[log.verifier(), witness.cosigner()]).unwrap();
    assert_eq!(opened.by, [log.verifier(), witness.cosigner()]);
    assert!(open_note(cosigned.as_bytes(), &[witness.verifier()]).is_err());
    // A witness alone vouches for no log.
    assert!(open_note(cosigned.as_bytes(), &[witness.cosigner()]).is_ok());
    assert!(evidence::Checkpoint::open(cosigned.as_bytes(), &[witness.cosigner()]).is_err());
}

#[test]
fn trust_files_give_keys_by_role_and_name_the_bad_line() {
    let (log, office, witness) = (key("log.example", 1), key("office.example", 2), key("witness.example", 3));
    let text = format!(
        "# pinned on 2026-11-22\n\nlog {}\n  office\t{}  \r\nwitness {}\n",
        log.verifier(),
        office.verifier(),
        witness.cosigner()
    );
    let trust: Trust = text.parse().unwrap();
    assert_eq!(trust.keys(evidence::Role::Log), [log.verifier()]);
    assert_eq!(trust.keys(evidence::Role::Office), [office.verifier()]);
    assert_eq!(trust.keys(evidence::Role::Witness), [witness.cosigner()]);
    assert_eq!(trust.to_string().parse::<Trust>().unwrap(), trust);

    let cases = [
        ("log".to_owned(), "line 1 of the trust file is not of the form `role key`"),
        (format!("\nking {}", log.verifier()), "line 2 of the trust file: `king` is none of the roles"),
        ("log a+b+c".to_owned(), "line 1 of the trust file: a verifier key reads"),
        (format!("witness {}", log.verifier()), "line 1 of the trust file: a cosignature key"),
    ];
    for (text, message) in cases {
        let error = text.parse::<Trust>().unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

proptest! {
    #[test]
    fn what_is_signed_opens(text in "[^\\x00-\\x1f]{0,200}(\n[^\\x00-\\x1f]{0,30}){0,5}", seed: [u8; 32]) {
        let text = text + "\n";
        let key = SigningKey::from_seed("log.example", &seed).unwrap();
        let note = sign_note(&text, &[&key]).unwrap();
        let opened = open_note(note.as_bytes(), &[key.verifier()]).unwrap();
        prop_assert_eq!(opened.text, text);
    }

    #[test]
    fn a_changed_byte_never_opens(at: prop::sample::Index, flip in 1_u8..=255) {
        let key = key("log.example", 1);
        let mut bytes = sign_note("first\nsecond\n", &[&key]).unwrap().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(open_note(&bytes, &[key.verifier()]).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        let _ = open_note(&bytes, &[]);
        let text = String::from_utf8_lossy(&bytes);
        let _ = text.parse::<VerifierKey>();
        let _ = text.parse::<evidence::Checkpoint>();
        let _ = text.parse::<evidence::Proof>();
        let _ = text.parse::<Trust>();
    }
}
