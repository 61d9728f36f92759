//! SM2 over SM3 beside Ed25519: the standards' own values, and OpenSSL as a second opinion, both ways.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evidence::{
    Algorithm, Checkpoint, CheckpointSigner as _, KeyError, Log, LogError, LogSigner, MemStore, NoteError, Role,
    SigningKey, Sm2SigningKey, Trust, VerifierKey, open_note, proof, sign_note,
};
use sm2::dsa::signature::Verifier as _;
use sm3::{Digest as _, Sm3};

const ORIGIN: &str = "example.com/log";

fn ed25519() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn sm2() -> Sm2SigningKey {
    Sm2SigningKey::from_seed(ORIGIN, &[2; 32]).unwrap()
}

fn both() -> LogSigner {
    LogSigner::new(ed25519()).with(sm2()).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// GB/T 32905-2016, A.1 and A.2.
#[test]
fn sm3_gives_the_two_values_of_its_standard() {
    let abc = "66c7f0f4 62eeedd9 d1f2d46b dc10e4e2 4167c487 5cf2f7a2 297da02b 8f4ba8e0";
    assert_eq!(Sm3::digest(b"abc").to_vec(), hex(abc));
    let long = "debe9ff9 2275b8a1 38604889 c18e5a4d 6fdb70e5 387e5765 293dcba3 9c0c5732";
    assert_eq!(Sm3::digest("abcd".repeat(16)).to_vec(), hex(long));
}

/// GB/T 32918.5-2017, A.2: the signature of `message digest` under the standard's key.
#[test]
fn the_example_of_the_standard_verifies_and_its_key_comes_out() {
    let secret = hex("3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8");
    let public = hex("04
        09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020
        CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13");
    let signature = hex("F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3
        B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA");
    let key = Sm2SigningKey::from_seed("gbt.example", secret.as_slice().try_into().unwrap()).unwrap().verifier();
    let text = key.to_string();
    let decoded = BASE64_STANDARD.decode(text.splitn(3, '+').nth(2).unwrap()).unwrap();
    assert_eq!(decoded, [b"\xfftongguan/sm2-sm3/1".as_slice(), &public].concat());
    assert_eq!(text.parse::<VerifierKey>().unwrap(), key);

    let verifier = sm2::dsa::VerifyingKey::from_sec1_bytes("1234567812345678", &public).unwrap();
    let signature = sm2::dsa::Signature::from_slice(&signature).unwrap();
    assert!(verifier.verify(b"message digest", &signature).is_ok());
    assert!(verifier.verify(b"message digesu", &signature).is_err());
}

#[test]
fn a_reader_of_ed25519_alone_takes_the_checkpoint_and_one_of_both_finds_both() {
    let mut log = Log::create(MemStore::default(), ORIGIN, &both()).unwrap();
    log.append(&[b"leaf".to_vec()], &both()).unwrap();
    let note = log.checkpoint().as_bytes();
    let (_, opened) = Checkpoint::open(note, &[ed25519().verifier()]).unwrap();
    assert_eq!((opened.by, opened.unknown.len()), (vec![ed25519().verifier()], 1));
    for keys in [vec![sm2().verifier()], vec![ed25519().verifier(), sm2().verifier()]] {
        let verified = proof::verify(b"leaf", &log.proof(0).unwrap(), &keys).unwrap();
        assert_eq!(verified.by, keys);
    }
    assert_eq!(sm2().verifier().algorithm(), Algorithm::Sm2);
    // A log that was opened without that key is not signed with it.
    let mut log = Log::open(log.store(), &[ed25519().verifier()]).unwrap();
    assert!(matches!(log.append(&[b"more".to_vec()], &both()), Err(LogError::ForeignKey { .. })));
}

#[test]
fn an_sm2_signature_that_does_not_hold_rejects_the_note_where_its_key_is_known() {
    let good = sign_note("text\n", &both().all()).unwrap();
    let other = sign_note("other\n", &both().all()).unwrap();
    let mixed: Vec<&str> = good.lines().take(3).chain(other.lines().skip(3)).collect();
    let mixed = mixed.join("\n") + "\n";
    assert!(open_note(mixed.as_bytes(), &[ed25519().verifier()]).is_ok());
    let result = open_note(mixed.as_bytes(), &[ed25519().verifier(), sm2().verifier()]);
    assert!(matches!(result, Err(NoteError::BadSignature { .. })), "{result:?}");
    // Every bit of the signature counts.
    let line = good.lines().last().unwrap();
    let (name, signature) = line.rsplit_once(' ').unwrap();
    let bytes = BASE64_STANDARD.decode(signature).unwrap();
    assert_eq!(bytes.len(), 4 + 64);
    for at in 4..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let note = format!("text\n\n{name} {}\n", BASE64_STANDARD.encode(changed));
        assert!(open_note(note.as_bytes(), &[sm2().verifier()]).is_err(), "byte {at}");
    }
}

#[test]
fn sm2_keys_are_read_strictly_and_trusted_as_a_log() {
    let good = sm2().verifier().to_string();
    let trust: Trust = format!("log {}\nlog {good}\n", ed25519().verifier()).parse().unwrap();
    assert_eq!(trust.keys(Role::Log), [ed25519().verifier(), sm2().verifier()]);
    assert!(format!("witness {good}").parse::<Trust>().is_err());
    let (name, rest) = good.split_once('+').unwrap();
    assert_eq!(format!("{name}2+{rest}").parse::<VerifierKey>().unwrap_err(), KeyError::Hash);
    let other_type = BASE64_STANDARD.encode(b"\xffsomething/else");
    assert_eq!(format!("{name}+00000000+{other_type}").parse::<VerifierKey>().unwrap_err(), KeyError::Kind(0xff));
    // Zero, and the order and one below it, are no secrets of a key.
    let order = hex("FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123");
    let mut below = order.clone();
    below[31] -= 1;
    for seed in [vec![0; 32], order, below] {
        let result = Sm2SigningKey::from_seed("a", seed.as_slice().try_into().unwrap());
        assert_eq!(result.err(), Some(KeyError::Scalar));
    }
    assert_eq!(format!("{:?}", sm2()), "Sm2SigningKey { name: \"example.com/log\", .. }");
}

fn openssl(folder: &Path, args: &[&str]) -> Option<Output> {
    match Command::new("openssl").current_dir(folder).args(args).output() {
        Ok(output) => Some(output),
        Err(error) => {
            // Past the test harness, which would keep it to itself.
            let _ = writeln!(std::io::stderr(), "skipped: openssl: {error}");
            None
        }
    }
}

/// A DER element.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[tag, content.len() as u8], content].concat()
}

/// A DER integer of 32 bytes.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let plain: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if plain[0] & 0x80 == 0 { der(2, &plain) } else { der(2, &[&[0], plain.as_slice()].concat()) }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
}

const EC_PUBLIC_KEY: [u8; 9] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const SM2_CURVE: [u8; 10] = [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];

#[test]
fn openssl_takes_our_signatures_and_we_take_its() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let seed = [7; 32];
    let key = Sm2SigningKey::from_seed(ORIGIN, &seed).unwrap();
    let vkey = key.verifier().to_string();
    let decoded = BASE64_STANDARD.decode(vkey.splitn(3, '+').nth(2).unwrap()).unwrap();
    let point = decoded.strip_prefix(b"\xfftongguan/sm2-sm3/1").unwrap();

    // RFC 5915 and RFC 5480 around the same numbers.
    let algorithm = der(0x30, &[EC_PUBLIC_KEY.as_slice(), &SM2_CURVE].concat());
    let bits = der(3, &[&[0], point].concat());
    fs::write(at("public.pem"), pem("PUBLIC KEY", &der(0x30, &[algorithm, bits.clone()].concat()))).unwrap();
    let secret = [der(2, &[1]), der(4, &seed), der(0xa0, &SM2_CURVE), der(0xa1, &bits)].concat();
    fs::write(at("secret.pem"), pem("EC PRIVATE KEY", &der(0x30, &secret))).unwrap();

    let text = "example.com/log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    fs::write(at("text"), text).unwrap();
    let note = sign_note(text, &[&key]).unwrap();
    let ours = BASE64_STANDARD.decode(note.lines().last().unwrap().rsplit_once(' ').unwrap().1).unwrap();
    fs::write(at("ours.der"), der(0x30, &[integer(&ours[4..36]), integer(&ours[36..])].concat())).unwrap();
    let common = ["-rawin", "-digest", "sm3", "-in", "text", "-pkeyopt", "distid:1234567812345678"];
    let verify = ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-sigfile", "ours.der"];
    let Some(output) = openssl(folder.path(), &[&verify[..], &common].concat()) else { return };
    assert!(output.status.success(), "{output:?}");

    let sign = ["pkeyutl", "-sign", "-inkey", "secret.pem", "-out", "theirs.der"];
    let output = openssl(folder.path(), &[&sign[..], &common].concat()).unwrap();
    assert!(output.status.success(), "{output:?}");
    let theirs = fs::read(at("theirs.der")).unwrap();
    // SEQUENCE of two INTEGERs, each to 32 bytes.
    let first = theirs[3] as usize;
    let parts = [&theirs[4..4 + first], &theirs[6 + first..]];
    let raw = parts.map(|part| {
        let plain: Vec<u8> = part.iter().copied().skip_while(|byte| *byte == 0).collect();
        [vec![0; 32 - plain.len()], plain].concat()
    });
    let signature = [key.verifier().id().0.to_be_bytes().to_vec(), raw.concat()].concat();
    let note = format!("{text}\n\u{2014} {ORIGIN} {}\n", BASE64_STANDARD.encode(signature));
    assert_eq!(open_note(note.as_bytes(), &[key.verifier()]).unwrap().by, [key.verifier()]);
    assert_ne!(raw.concat(), ours[4..], "its random number is its own");
}
