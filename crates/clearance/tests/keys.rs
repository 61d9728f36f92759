//! What became of the keys must not be felt: the same pseudonyms, the same persons, old releases that still verify. And
//! what is encrypted to its recipient is what would have left otherwise.

mod support;

use std::io::Read as _;
use std::path::Path;

use clearance::{
    Backup, Cleared, Fault, Home, Identities, Job, Keystore, Loaded, Opener, Released, WrapWith, read_trust, verify,
    verify_with,
};
use sqlx::{Connection as _, Row as _};
use support::{Desk, ON, USUAL, files, sample_csv, transfer};
use transfer::PrivateReceipt;

const FIELDS: [(&str, &str); 3] = [("cust_id", "pseudonym"), ("mobile", "ff1"), ("gender", "keep")];

/// Releases with the state folder at `home`, whose keys may be wrapped.
async fn released(desk: &Desk, home: &Path, opener: &Opener, text: &str) -> Released {
    let loaded = Loaded::open(&desk.write("transfer.toml", text)).expect("opens");
    let home = Home::open_with(home, opener.clone()).await.expect("a state folder");
    let options = desk.options();
    let cleared = Job::new(&home, &desk.base, &loaded, &options).await.expect("a job").run().await.expect("runs");
    home.store.close().await;
    match cleared {
        Cleared::Released(released) => *released,
        Cleared::Stopped(stopped) => panic!("stopped: {:?}", stopped.gate),
        Cleared::NothingNew { release, .. } => panic!("the same as {release}"),
    }
}

fn holds(folder: &Path, home: &Path) -> bool {
    verify(folder, &read_trust(&home.join("trust")).expect("trust")).expect("verifies").holds()
}

async fn private_receipt(home: &Path, release: &str) -> PrivateReceipt {
    let url = format!("sqlite://{}", home.join("state.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("connects");
    let query = sqlx::query("SELECT private FROM release WHERE id = ?").bind(release);
    let bytes: Vec<u8> = query.fetch_one(&mut connection).await.expect("a release").get(0);
    connection.close().await.expect("closes");
    serde_json::from_slice(&bytes).expect("a private receipt")
}

fn new_identity(desk: &Desk, name: &str) -> (String, Identities) {
    let path = desk.path(name);
    let key = Identities::create(&path).expect("makes").to_string();
    (key, Identities::read(&path).expect("reads"))
}

fn people(desk: &Desk) {
    let (_, bytes) = sample_csv(sample::Kind::People, 40, 11);
    desk.write("people.csv", bytes);
}

/// Copies what is not a key: the tally and the log.
fn copy_all_but_keys(from: &Path, to: &Path) {
    for path in files(from) {
        let below = path.strip_prefix(from).expect("below");
        if ["keys", "locks", "trust"].iter().all(|part| !below.starts_with(part)) {
            let target = to.join(below);
            std::fs::create_dir_all(target.parent().expect("a folder")).expect("makes");
            std::fs::copy(&path, target).expect("copies");
        }
    }
}

#[tokio::test]
async fn i7_a_backup_restored_elsewhere_knows_persons_and_old_releases() {
    let desk = Desk::new();
    people(&desk);
    let none = Opener::default();
    let first = released(&desk, &desk.home_path(), &none, &transfer(&FIELDS, USUAL, "one")).await;
    let (key, identities) = new_identity(&desk, "owner");
    let to = clearance::SealTo::Recipients(vec![key.parse().expect("a key")]);
    let backup = desk.path("backup.age");
    desk.home().await.keys.backup(&backup, Some(&to), ON).expect("backs up");

    let other = desk.path("other-home");
    copy_all_but_keys(&desk.home_path(), &other);
    let backup = Backup::read(&backup, &Opener { identities, passphrase: None }).expect("opens");
    Keystore::restore(&other.join("keys"), &backup, Opener::default()).expect("restores");
    let second = released(&desk, &other, &none, &transfer(&FIELDS, USUAL, "two")).await;
    assert_eq!(first.receipt.files[0].sha256, second.receipt.files[0].sha256, "the same pseudonyms");
    let persons = second.assessment.persons.expect("persons").ordinary;
    assert_eq!((persons.before, persons.release, persons.after), (40, 40, 40), "everybody was counted before");
    for folder in ["one", "two"] {
        assert!(holds(&desk.path(folder), &other), "{folder} holds under the key that was restored");
        assert!(desk.path(folder).exists());
    }
    assert!(holds(&desk.path("one"), &desk.home_path()));
}

#[tokio::test]
async fn i7_old_releases_hold_after_wrapping_and_rotation() {
    let desk = Desk::new();
    people(&desk);
    let (home, none) = (desk.home_path(), Opener::default());
    let first = released(&desk, &home, &none, &transfer(&FIELDS, USUAL, "one")).await;
    let (_, identities) = new_identity(&desk, "wrapping");
    let opener = Opener { identities: identities.clone(), passphrase: None };
    Keystore::wrap(&home.join("keys"), &WrapWith::Identity(identities)).expect("wraps");
    let error = Home::open(&home).await.err().expect("is wrapped");
    assert!(error.is_input() && error.to_string().contains("TONGGUAN_IDENTITY"), "{error}");
    let second = released(&desk, &home, &opener, &transfer(&FIELDS, USUAL, "two")).await;
    assert_eq!(first.receipt.files[0].sha256, second.receipt.files[0].sha256);

    let keys = Home::open_with(&home, opener.clone()).await.expect("opens").keys;
    let old = keys.pseudonym_key("r1").expect("a key");
    let rotated = keys.rotate_master().expect("rotates");
    let third = released(&desk, &home, &opener, &transfer(&FIELDS, USUAL, "three")).await;
    assert_ne!(first.receipt.files[0].sha256, third.receipt.files[0].sha256, "other pseudonyms");
    assert_eq!(third.assessment.persons.expect("persons").ordinary.after, 40, "the same persons");

    let before = private_receipt(&home, &first.receipt.release).await;
    let after = private_receipt(&home, &third.receipt.release).await;
    assert_eq!((&before.keys["master"], &after.keys["master"]), (&rotated.old, &rotated.new));
    assert_eq!(before.sources[0].hmac, after.sources[0].hmac, "the same file has the same name");
    assert_eq!(before.keys["naming"], after.keys["naming"]);
    let named = keys.master_of(&before.keys["master"]).expect("is kept").pseudonym_key("r1").expect("a key");
    assert_eq!(named.bytes(), old.bytes(), "what left under it can still be joined");
    let counting = |keys: &PrivateReceipt| keys.keys.keys().any(|name| name.starts_with("fingerprint-"));
    assert!(counting(&before) && counting(&after));

    for folder in ["one", "two", "three"] {
        assert!(holds(&desk.path(folder), &home), "{folder}");
    }
    Keystore::unwrap(&home.join("keys"), opener).expect("unwraps");
    released(&desk, &home, &none, &transfer(&FIELDS, USUAL, "four")).await;
}

/// A transfer whose files are encrypted.
fn encrypted(text: &str, keys: &[&str]) -> String {
    let keys = keys.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", ");
    text.replace("[destination]\n", &format!("[destination]\nencrypt_to = [{keys}]\n"))
}

fn decrypt(path: &Path, identity: &Path) -> Vec<u8> {
    let text = std::fs::read_to_string(identity).expect("reads");
    let secret = text.lines().find(|line| line.starts_with("AGE-")).expect("a secret");
    let identity: age::x25519::Identity = secret.parse().expect("an identity");
    let file = age::Decryptor::new(std::fs::File::open(path).expect("opens")).expect("is age");
    let mut plain = Vec::new();
    let mut reader = file.decrypt(std::iter::once(&identity as &dyn age::Identity)).expect("is for us");
    reader.read_to_end(&mut plain).expect("is whole");
    plain
}

#[tokio::test]
async fn i9_what_is_encrypted_is_what_would_have_left_otherwise() {
    let desk = Desk::new();
    people(&desk);
    let (first, mine) = new_identity(&desk, "first");
    let (second, theirs) = new_identity(&desk, "second");
    let (_, stranger) = new_identity(&desk, "stranger");
    for format in ["csv", "parquet"] {
        let text = |out: &str| {
            let out = format!("{out}-{format}");
            transfer(&FIELDS, USUAL, &out).replace("format = \"csv\"", &format!("format = \"{format}\""))
        };
        let plain = desk.released(&text("plain")).await;
        let keys = [first.as_str(), second.as_str()];
        let sealed = desk.released(&encrypted(&text("sealed"), &keys)).await;
        let out = desk.path(&format!("sealed-{format}"));
        let file = &sealed.receipt.files[0];
        assert_eq!(file.path, format!("data/people.{format}.age"));
        let names = files(&out.join("data"));
        assert_eq!(names, [out.join(&file.path)], "no plain file is left");
        let original = std::fs::read(desk.path(&format!("plain-{format}/data/people.{format}"))).expect("reads");
        for identity in ["first", "second"] {
            assert_eq!(decrypt(&names[0], &desk.path(identity)), original, "{identity}");
        }
        let inner = file.inner.as_ref().expect("what was encrypted");
        assert_eq!((&inner.sha256, inner.bytes), (&plain.receipt.files[0].sha256, original.len() as u64));
        assert_eq!(transfer::digest(&std::fs::read(&names[0]).expect("reads")), file.sha256);
        assert_eq!(sealed.receipt.encrypted_to.iter().map(ToString::to_string).collect::<Vec<_>>(), keys);
        assert!(plain.receipt.encrypted_to.is_empty() && plain.receipt.files[0].inner.is_none());

        let trust = read_trust(&desk.home_path().join("trust")).expect("trust");
        let outside = verify(&out, &trust).expect("verifies");
        assert!(outside.holds(), "{:?}", outside.faults);
        assert_eq!(outside.unopened, std::slice::from_ref(&file.path));
        for identities in [&mine, &theirs] {
            let inside = verify_with(&out, &trust, identities).expect("verifies");
            assert!(inside.holds() && inside.unopened.is_empty(), "{:?}", inside.faults);
        }
        let error = verify_with(&out, &trust, &stranger).err().expect("is not for them");
        assert!(error.is_input() && error.to_string().contains("--identity"), "{error}");
    }
}

#[tokio::test]
async fn an_encrypted_file_that_holds_something_else_is_found_out() {
    let desk = Desk::new();
    people(&desk);
    let (key, identities) = new_identity(&desk, "owner");
    desk.released(&encrypted(&transfer(&FIELDS, USUAL, "out"), &[&key])).await;
    let (out, trust) = (desk.path("out"), read_trust(&desk.home_path().join("trust")).expect("trust"));
    let found = |identities: &Identities| verify_with(&out, &trust, identities).expect("verifies").faults;
    let path = out.join("data/people.csv.age");
    let original = std::fs::read(&path).expect("reads");
    for at in [0, original.len() / 2, original.len() - 1] {
        let mut bytes = original.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).expect("writes");
        let changed = [Fault::Changed { path: "data/people.csv.age".to_owned() }];
        assert_eq!(found(&Identities::default()), changed);
        assert_eq!(found(&identities), changed);
    }
    // Another file, well encrypted and named by a receipt to match: what is inside gives it away.
    let sealed =
        age::encrypt(&key.parse::<age::x25519::Recipient>().expect("a key"), b"name\nsomebody\n").expect("seals");
    std::fs::write(&path, &sealed).expect("writes");
    let receipt = out.join("receipt.json");
    let text = std::fs::read_to_string(&receipt).expect("reads");
    let text = text.replace(&transfer::digest(&original), &transfer::digest(&sealed));
    let text = text.replace(&format!("\"bytes\":{},", original.len()), &format!("\"bytes\":{},", sealed.len()));
    std::fs::write(&receipt, text).expect("writes");
    let content = Fault::OtherContent { path: "data/people.csv.age".to_owned() };
    assert!(found(&identities).contains(&content), "{:?}", found(&identities));
    assert!(!found(&Identities::default()).contains(&content), "nobody looked inside");
}
