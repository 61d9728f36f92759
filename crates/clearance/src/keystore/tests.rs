//! Keys on disk: what is lost is not made anew, what is wrapped opens again, what is backed up comes back.

use std::path::PathBuf;

use jiff::civil::date;

use super::*;
use crate::envelope::{Closed, Passphrase, SealTo, public_key};

fn open(folder: &Path) -> Keystore {
    Keystore::open(folder, true, Opener::default()).expect("opens")
}

#[test]
fn keys_differ_by_purpose_and_recipient() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = open(folder.path());
    let hex = |key: Secret| transfer::hex(key.bytes());
    let a = hex(keys.pseudonym_key("a").expect("a key"));
    assert_ne!(a, hex(keys.pseudonym_key("b").expect("a key")));
    assert_ne!(a, hex(keys.ff1_key("a").expect("a key")));
    assert_ne!(a, hex(keys.naming_key().expect("a key")));
}

#[test]
fn a_lost_fingerprint_key_stops_the_year() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = open(folder.path());
    assert!(keys.fingerprint_key("h", 2026, true).is_err());
    assert!(keys.fingerprint_key("h", 2026, false).is_ok());
    assert!(keys.fingerprint_key("h", 2026, true).is_ok());
}

#[test]
fn a_ledger_has_a_key_of_its_own_that_is_never_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = open(folder.path());
    let error = keys.ledger_key("permit N1", true).expect_err("was lost").to_string();
    assert!(error.contains("is missing: restore it from the backup") && !error.contains('\n'), "{error}");
    let made = keys.ledger_key("permit N1", false).expect("a key");
    assert_eq!(made.bytes(), keys.ledger_key("permit N1", true).expect("a key").bytes());
    assert_ne!(made.bytes(), keys.ledger_key("permit N2", false).expect("a key").bytes());
    assert!(Keystore::has_counted(folder.path()).expect("looks"), "somebody was counted");
    assert!(keys.forget_ledger_key("permit N1").expect("forgets"));
    assert!(!keys.forget_ledger_key("permit N1").expect("forgets"), "a second time there is nothing to do");
    assert!(keys.ledger_key("permit N1", true).is_err());
    assert!(keys.ledger_key("permit N2", true).is_ok(), "the other one stays");
}

#[test]
fn a_fingerprint_key_is_forgotten_for_its_handler_and_year_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = open(folder.path());
    for (handler, year) in [("a", 2024), ("a", 2026), ("b", 2024)] {
        keys.fingerprint_key(handler, year, false).expect("a key");
    }
    let of = |handler: &str| {
        let held = keys.fingerprint_keys().expect("lists");
        held.into_iter().filter(|key| key.is_of(handler)).map(|key| key.year).collect::<Vec<_>>()
    };
    assert_eq!((of("a"), of("b")), (vec![2024, 2026], vec![2024]));
    assert!(keys.forget_fingerprint_key("a", 2024).expect("forgets"));
    assert!(!keys.forget_fingerprint_key("a", 2024).expect("forgets"));
    assert_eq!((of("a"), of("b")), (vec![2026], vec![2024]));
    assert!(keys.fingerprint_key("a", 2024, true).is_err(), "what was counted is not counted anew");
}

fn names_and_keys(keys: &Keystore) -> Vec<(String, String)> {
    keys.fingerprints().expect("reads")
}

/// A folder with four keys and an identity that is kept elsewhere.
struct Case {
    folder: tempfile::TempDir,
    opener: Opener,
    before: Vec<(String, String)>,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let case = Self { opener: identity(), before: Vec::new(), folder };
        let keys = open(&case.keys());
        keys.fingerprint_key("h", 2026, false).expect("a key");
        keys.ledger_key("permit", false).expect("a key");
        let before = names_and_keys(&keys);
        assert_eq!(before.len(), 4);
        Self { before, ..case }
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn reopened(&self) -> Keystore {
        Keystore::open(&self.keys(), false, self.opener.clone()).expect("opens")
    }

    fn texts(&self) -> Vec<(String, Vec<u8>)> {
        texts(&self.keys())
    }
}

fn identity() -> Opener {
    Identities::from(age::x25519::Identity::generate()).into_opener()
}

fn wrap_with(opener: &Opener) -> WrapWith {
    match &opener.passphrase {
        Some(passphrase) => WrapWith::Passphrase(passphrase.clone()),
        None => WrapWith::Identity(opener.identities.clone()),
    }
}

fn texts(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("reads").map(|entry| entry.expect("an entry").path());
    let text = |path: PathBuf| {
        (path.file_name().expect("a name").to_string_lossy().into_owned(), std::fs::read(&path).expect("reads"))
    };
    let mut texts = entries.map(text).filter(|(name, _)| name != file::WRITER).collect::<Vec<_>>();
    texts.sort();
    texts
}

/// Puts a folder into a state; what is not in it goes.
fn put(folder: &Path, state: &[(String, Vec<u8>)]) {
    std::fs::remove_dir_all(folder).expect("removes");
    std::fs::create_dir(folder).expect("makes");
    for (name, bytes) in state {
        std::fs::write(folder.join(name), bytes).expect("writes");
    }
}

fn with(state: &[(String, Vec<u8>)], changes: &[(String, Option<Vec<u8>>)]) -> Vec<(String, Vec<u8>)> {
    let mut state = state.iter().cloned().collect::<BTreeMap<_, _>>();
    for (name, bytes) in changes {
        match bytes {
            Some(bytes) => state.insert(name.clone(), bytes.clone()),
            None => state.remove(name),
        };
    }
    state.into_iter().collect()
}

fn is_error<T>(result: Result<T, ClearanceError>, expected: &str) -> String {
    let error = result.err().expect("must fail");
    let text = error.to_string();
    assert!(text.contains(expected) && !text.contains('\n'), "{text}");
    assert!(error.is_input(), "{text}");
    text
}

#[test]
fn wrapped_keys_are_the_same_keys_and_open_for_their_identity_alone() {
    let case = Case::new();
    let secrets = case.texts();
    assert_eq!(Keystore::wrap(&case.keys(), &wrap_with(&case.opener)).expect("wraps"), 4);
    assert_eq!(Keystore::closed(&case.keys()).expect("looks"), Closed::Identity);
    for (name, bytes) in case.texts() {
        for (_, secret) in &secrets {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{name} holds a plain key");
        }
    }
    let keys = case.reopened();
    assert_eq!(names_and_keys(&keys), case.before);
    // What is made later is wrapped, too.
    keys.fingerprint_key("h", 2027, false).expect("a key");
    let made = std::fs::read(keys.path(&fingerprint_name("h", 2027))).expect("reads");
    assert!(made.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
    let path = case.keys().join("master.key");
    let text = is_error(Keystore::open(&case.keys(), false, Opener::default()), "TONGGUAN_IDENTITY");
    assert!(text.starts_with(&path.display().to_string()), "{text}");
    is_error(Keystore::open(&case.keys(), false, identity()), "TONGGUAN_IDENTITY");
    is_error(Keystore::wrap(&case.keys(), &wrap_with(&identity())), "already: run `tongguan keys unwrap` first");
    assert_eq!(Keystore::wrap(&case.keys(), &wrap_with(&case.opener)).expect("wraps"), 0, "nothing is left to do");
    is_error(Keystore::unwrap(&case.keys(), Opener::default()), "TONGGUAN_IDENTITY");
    assert_eq!(Keystore::unwrap(&case.keys(), case.opener.clone()).expect("unwraps"), 5);
    assert_eq!(Keystore::closed(&case.keys()).expect("looks"), Closed::Not);
    for (name, bytes) in secrets {
        assert_eq!(std::fs::read(case.keys().join(&name)).expect("reads"), bytes, "{name}");
    }
}

#[test]
fn a_wrapped_key_is_not_passed_off_as_another_and_damage_is_said() {
    let case = Case::new();
    Keystore::wrap(&case.keys(), &wrap_with(&case.opener)).expect("wraps");
    let (master, log) = (case.keys().join("master.key"), case.keys().join("log.key"));
    let original = std::fs::read(&master).expect("reads");
    std::fs::copy(&log, &master).expect("copies");
    is_error(case.reopened_or_error(), "does not hold the key of its name");
    for end in [0, 30, original.len() / 2, original.len() - 40] {
        std::fs::write(&master, &original[..end]).expect("writes");
        is_error(case.reopened_or_error(), "restore it from the backup");
    }
    std::fs::write(&master, &original).expect("writes");
    assert_eq!(names_and_keys(&case.reopened()), case.before);
}

impl Case {
    fn reopened_or_error(&self) -> Result<Keystore, ClearanceError> {
        Keystore::open(&self.keys(), false, self.opener.clone())
    }
}

/// Wrapping writes the identity, the mark, then key by key; unwrapping takes the mark, key by key, then the identity. Killed
/// after any of it the folder opens, and running again ends it.
fn check_every_cut(case: &Case) {
    let plain = case.texts();
    let with_key = wrap_with(&case.opener);
    Keystore::wrap(&case.keys(), &with_key).expect("wraps");
    let wrapped = case.texts();
    let order = |name: &&(String, Vec<u8>)| match name.0.as_str() {
        "wrapping.age" => 0,
        "wrapping" => 1,
        _ => 2,
    };
    let mut writes = wrapped.iter().collect::<Vec<_>>();
    writes.sort_by_key(order);
    let writes = writes.into_iter().map(|(name, bytes)| (name.clone(), Some(bytes.clone()))).collect::<Vec<_>>();
    let removals = plain.iter().map(|(name, bytes)| (name.clone(), Some(bytes.clone())));
    let undo = [("wrapping".to_owned(), None)].into_iter().chain(removals).chain([("wrapping.age".to_owned(), None)]);
    let undo = undo.collect::<Vec<_>>();
    let draft = (".master.key.1-ThreadId(1)".to_owned(), plain[0].1.clone());
    for (from, changes) in [(&plain, &writes), (&wrapped, &undo)] {
        for cut in 0..=changes.len() {
            let mut state = with(from, &changes[..cut]);
            state.push(draft.clone());
            put(&case.keys(), &state);
            assert_eq!(names_and_keys(&case.reopened()), case.before, "cut at {cut}");
            Keystore::wrap(&case.keys(), &with_key).expect("wraps what is left");
            assert_eq!(names_and_keys(&case.reopened()), case.before, "cut at {cut}, wrapped again");
            let now = case.texts();
            assert!(!now.iter().any(|(name, _)| name.starts_with('.')), "a draft with a plain key stays");
            for (name, bytes) in now.iter().filter(|(name, _)| !name.starts_with("wrapping")) {
                assert!(bytes.starts_with(b"-----BEGIN"), "cut at {cut}: {name} is plain");
            }
            put(&case.keys(), &state);
            Keystore::unwrap(&case.keys(), case.opener.clone()).expect("unwraps what is left");
            assert_eq!(case.texts(), plain, "cut at {cut}, unwrapped again");
        }
    }
}

#[test]
fn wrapping_that_is_cut_short_opens_and_is_ended_by_running_again() {
    check_every_cut(&Case::new());
}

#[test]
fn keys_can_be_wrapped_under_a_passphrase() {
    let mut case = Case::new();
    let right = Passphrase::new("正确的口令 one two\n".to_owned()).expect("a passphrase");
    case.opener = Opener { identities: Identities::default(), passphrase: Some(right) };
    Keystore::wrap(&case.keys(), &wrap_with(&case.opener)).expect("wraps");
    assert_eq!(Keystore::closed(&case.keys()).expect("looks"), Closed::Passphrase);
    assert_eq!(names_and_keys(&case.reopened()), case.before);
    is_error(Keystore::open(&case.keys(), false, Opener::default()), "TONGGUAN_PASSPHRASE_FILE");
    let wrong = Passphrase::new("another".to_owned()).expect("a passphrase");
    let wrong = Opener { identities: Identities::default(), passphrase: Some(wrong) };
    is_error(Keystore::open(&case.keys(), false, wrong), "another passphrase");
    // Cut short after the mark was taken: the identity is still there for the keys that are left.
    std::fs::remove_file(case.keys().join("wrapping")).expect("removes");
    assert_eq!(names_and_keys(&case.reopened()), case.before);
    Keystore::unwrap(&case.keys(), case.opener.clone()).expect("unwraps");
    assert!(!case.keys().join("wrapping.age").exists());
    assert_eq!(names_and_keys(&open(&case.keys())), case.before);
}

#[test]
fn a_backup_restores_what_is_missing_and_never_replaces() {
    let case = Case::new();
    let owner = age::x25519::Identity::generate();
    let to = SealTo::Recipients(vec![public_key(&owner).expect("a key")]);
    let owner = Identities::from(owner).into_opener();
    let file = case.folder.path().join("backup.age");
    assert_eq!(case.reopened().backup(&file, Some(&to), date(2026, 11, 2)).expect("backs up"), 4);
    is_error(case.reopened().backup(&file, Some(&to), date(2026, 11, 2)), "exists");
    is_error(Backup::read(&file, &Opener::default()), "another identity");
    is_error(Backup::read(&file, &identity()), "another identity");
    let backup = Backup::read(&file, &owner).expect("opens");
    assert_eq!((backup.made_on, backup.names()), (Some(date(2026, 11, 2)), case.before.clone()));
    let other = case.folder.path().join("other");
    let restored = Keystore::restore(&other, &backup, Opener::default()).expect("restores");
    assert_eq!((restored.restored.len(), restored.held.len(), restored.conflicts.len()), (4, 0, 0));
    assert_eq!(names_and_keys(&open(&other)), case.before);
    let again = Keystore::restore(&other, &backup, Opener::default()).expect("restores");
    assert_eq!((again.restored.len(), again.held.len()), (0, 4));
    // Another key of one name: nothing at all is written.
    std::fs::remove_file(other.join("log.key")).expect("removes");
    std::fs::write(other.join("master.key"), "ab".repeat(32)).expect("writes");
    let refused = Keystore::restore(&other, &backup, Opener::default()).expect("looks");
    assert_eq!((refused.restored.len(), &refused.conflicts[..]), (0, &["master".to_owned()][..]));
    assert!(!other.join("log.key").exists());
    assert_eq!(std::fs::read_to_string(other.join("master.key")).expect("reads"), "ab".repeat(32));
    // Into a wrapped folder keys come back wrapped.
    let wrapped = Case::new();
    Keystore::wrap(&wrapped.keys(), &wrap_with(&wrapped.opener)).expect("wraps");
    let file = case.folder.path().join("second.age");
    wrapped.reopened().backup(&file, Some(&to), date(2026, 11, 2)).expect("backs up");
    std::fs::remove_file(wrapped.keys().join("log.key")).expect("removes");
    let backup = Backup::read(&file, &owner).expect("opens");
    let restored = Keystore::restore(&wrapped.keys(), &backup, wrapped.opener.clone()).expect("restores");
    assert_eq!(restored.restored, ["log"]);
    assert!(std::fs::read(wrapped.keys().join("log.key")).expect("reads").starts_with(b"-----BEGIN"));
    assert_eq!(names_and_keys(&wrapped.reopened()), wrapped.before);
}

#[test]
fn a_backup_brings_witnesses_and_overlap_along_and_replaces_neither() {
    let case = Case::new();
    let written = |folder: &Path, name: &str| std::fs::read_to_string(folder.join(name)).expect("reads");
    let root = case.folder.path();
    std::fs::write(root.join("witnesses"), "# ours\r\nhttps://w.example key\n\n").expect("writes");
    std::fs::write(root.join("witnesses.seen"), "7 https://w.example\n").expect("writes");
    std::fs::write(root.join("log-overlap"), "").expect("writes");
    let file = root.join("backup");
    assert_eq!(case.reopened().backup(&file, None, date(2026, 11, 2)).expect("backs up"), 4);
    let read = || Backup::read(&file, &Opener::default());
    let backup = read().expect("opens");
    assert_eq!((backup.names(), backup.files().len()), (case.before.clone(), 3));
    let other = tempfile::tempdir().expect("a folder");
    std::fs::write(other.path().join("witnesses.seen"), "9 https://w.example\n").expect("writes");
    let restored = Keystore::restore(&other.path().join("keys"), &backup, Opener::default()).expect("restores");
    assert_eq!((restored.restored.len(), restored.files), (4, vec!["log-overlap".to_owned(), "witnesses".to_owned()]));
    assert_eq!(written(other.path(), "witnesses"), "# ours\nhttps://w.example key\n\n");
    assert_eq!(written(other.path(), "log-overlap"), "");
    assert_eq!(written(other.path(), "witnesses.seen"), "9 https://w.example\n", "what is there knows more");
    // Where the keys are another folder's, its files are, too.
    let foreign = Case::new();
    let refused = Keystore::restore(&foreign.keys(), &backup, Opener::default()).expect("looks");
    assert_eq!((refused.conflicts.is_empty(), refused.files.len()), (false, 0));
    assert!(!foreign.folder.path().join("witnesses").exists());
    // A line that was changed or lost is noticed; a file nobody here knows is passed over, wherever its name leads.
    let text = std::fs::read_to_string(&file).expect("reads");
    for (from, to) in [("7 https", "8 https"), ("#| https://w.example key\n", "")] {
        std::fs::write(&file, text.replacen(from, to, 1)).expect("writes");
        is_error(read(), "is damaged or cut short: its `witnesses");
    }
    let stranger = format!("# file ../x {}\n", transfer::digest(b""));
    std::fs::write(&file, format!("{text}{stranger}")).expect("writes");
    assert_eq!(read().expect("opens").files().len(), 3);
}

#[test]
fn a_damaged_backup_is_one_line_and_the_old_form_still_restores() {
    let case = Case::new();
    let owner = age::x25519::Identity::generate();
    let to = SealTo::Recipients(vec![public_key(&owner).expect("a key")]);
    let owner = Identities::from(owner).into_opener();
    let (sealed, plain) = (case.folder.path().join("sealed"), case.folder.path().join("plain"));
    case.reopened().backup(&sealed, Some(&to), date(2026, 11, 2)).expect("backs up");
    case.reopened().backup(&plain, None, date(2026, 11, 2)).expect("backs up");
    let damaged = case.folder.path().join("damaged");
    for original in [std::fs::read(&sealed).expect("reads"), std::fs::read(&plain).expect("reads")] {
        for end in (0..original.len() - 1).step_by(7) {
            std::fs::write(&damaged, &original[..end]).expect("writes");
            is_error(Backup::read(&damaged, &owner), "damaged");
        }
        for at in (0..original.len() - 1).step_by(11) {
            let mut bytes = original.clone();
            bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
            std::fs::write(&damaged, &bytes).expect("writes");
            // Of the plain form a comment or the day may read otherwise; a key or its name never.
            if let Ok(read) = Backup::read(&damaged, &owner) {
                assert_eq!(read.names(), case.before, "byte {at}");
            }
        }
    }
    let text = std::fs::read_to_string(&plain).expect("reads");
    let keys = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    let old = format!("# tongguan keys backup: whoever reads this file can link every pseudonym\n{keys}\n");
    std::fs::write(&damaged, &old).expect("writes");
    let backup = Backup::read(&damaged, &Opener::default()).expect("the old form");
    assert_eq!((backup.made_on, backup.names()), (None, case.before.clone()));
    std::fs::write(&damaged, old.replace("backup:", "backup 2:")).expect("writes");
    is_error(Backup::read(&damaged, &Opener::default()), "newer version");
}

#[test]
fn a_rotated_master_is_kept_and_the_naming_key_stays() {
    let case = Case::new();
    let keys = case.reopened();
    let secret = |key: Result<Secret, ClearanceError>| *key.expect("a key").bytes();
    let (naming, pseudonym) = (secret(keys.naming_key()), secret(keys.pseudonym_key("r")));
    let backup = case.folder.path().join("backup");
    keys.backup(&backup, None, date(2026, 11, 2)).expect("backs up");
    let rotated = keys.rotate_master().expect("rotates");
    assert_ne!(rotated.old, rotated.new);
    assert_ne!(secret(keys.pseudonym_key("r")), pseudonym);
    assert_eq!(secret(keys.master_of(&rotated.old).expect("is kept").pseudonym_key("r")), pseudonym);
    assert_eq!(secret(keys.naming_key()), naming);
    is_error(keys.master_of("../log"), "no master key has the fingerprint");
    // Twice, and through a reopening.
    let second = keys.rotate_master().expect("rotates");
    assert_eq!(second.old, rotated.new);
    let keys = case.reopened();
    assert_eq!(secret(keys.master_of(&rotated.old).expect("is kept").pseudonym_key("r")), pseudonym);
    assert_eq!(secret(keys.naming_key()), naming);
    // A backup from before is no contradiction: its master is here, under its fingerprint.
    let backup = Backup::read(&backup, &Opener::default()).expect("opens");
    let restored = Keystore::restore(&case.keys(), &backup, Opener::default()).expect("restores");
    assert_eq!((restored.conflicts.len(), restored.held.len()), (0, 4));
    std::fs::remove_file(case.keys().join("naming.key")).expect("removes");
    is_error(case.reopened().naming_key(), "naming.key: the key is missing");
}

#[test]
fn rotation_that_is_cut_short_loses_no_key() {
    let case = Case::new();
    let plain = case.texts();
    let keys = case.reopened();
    let (naming, old) = (*keys.naming_key().expect("a key").bytes(), keys.master().expect("a key").fingerprint);
    keys.rotate_master().expect("rotates");
    let after = case.texts().into_iter().collect::<BTreeMap<_, _>>();
    let steps = ["naming.key".to_owned(), format!("master-{old}.key"), "master.key".to_owned()];
    let steps = steps.map(|name| (name.clone(), Some(after[&name].clone())));
    for cut in 0..=steps.len() {
        put(&case.keys(), &with(&plain, &steps[..cut]));
        let keys = case.reopened();
        assert_eq!(*keys.naming_key().expect("a key").bytes(), naming, "cut at {cut}");
        keys.master_of(&old).expect("is held");
        keys.rotate_master().expect("rotates again");
        assert_eq!(*keys.naming_key().expect("a key").bytes(), naming, "cut at {cut}, rotated again");
        keys.master_of(&old).expect("is kept");
        assert_ne!(keys.master().expect("a key").fingerprint, old);
    }
}

#[test]
fn nothing_prints_a_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("identity");
    let public = Identities::create(&path).expect("makes").to_string();
    is_error(Identities::create(&path), "is not overwritten");
    let text = std::fs::read_to_string(&path).expect("reads");
    let secret = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1")).expect("a secret").to_owned();
    let opener = Opener {
        identities: Identities::read(&path).expect("reads"),
        passphrase: Some(Passphrase::new("geheim-wort".to_owned()).expect("a passphrase")),
    };
    let shown = format!("{opener:?} {:?}", wrap_with(&opener));
    assert!(!shown.contains("AGE-SECRET") && !shown.contains("geheim"), "{shown}");
    std::fs::write(&path, format!("{}X\n", &secret[..40])).expect("writes");
    let error = is_error(Identities::read(&path), "line 1 is no identity");
    assert!(!error.contains(&secret[16..30]), "{error}");
    std::fs::write(&path, format!("{public}\n")).expect("writes");
    is_error(Identities::read(&path), "a public key, not an identity");
}
