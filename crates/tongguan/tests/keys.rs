//! Keys as a user meets them: backed up, restored, wrapped, rotated; and a release only its recipient can read.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, environment: &[(&str, &str)], args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
        command.args(args).current_dir(self.0.path()).env("TONGGUAN_HOME", self.path("home")).env("LANG", "C");
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").stdin(Stdio::null());
        command.env_remove("TONGGUAN_IDENTITY").env_remove("TONGGUAN_PASSPHRASE_FILE");
        command.envs(environment.iter().copied()).output().expect("runs")
    }

    /// Runs a command that has to end with a status; gives what it said, answers first.
    #[track_caller]
    fn ends(&self, environment: &[(&str, &str)], args: &[&str], status: i32) -> (String, String) {
        let output = self.run(environment, args);
        let [answer, notes] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
        assert_eq!(output.status.code(), Some(status), "{args:?}: {notes}");
        assert!(!notes.contains("panicked") && !notes.contains("AGE-SECRET"), "{notes}");
        (answer, notes)
    }

    /// Runs a command that has to fail with one line and status 2.
    #[track_caller]
    fn fails(&self, environment: &[(&str, &str)], args: &[&str], expected: &str) {
        let (answer, notes) = self.ends(environment, args, 2);
        let lines = notes.lines().filter(|line| line.starts_with("error: ")).collect::<Vec<_>>();
        assert!(lines.len() == 1 && lines[0].contains(expected) && answer.is_empty(), "{notes}");
    }

    #[track_caller]
    fn json(&self, environment: &[(&str, &str)], args: &[&str], status: i32) -> Value {
        let (answer, _) = self.ends(environment, &[args, &["--format", "json"]].concat(), status);
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{args:?}: {error}: {answer}"))
    }

    fn example(&self) {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/01-exempt"));
        for entry in std::fs::read_dir(folder).expect("the example") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                std::fs::copy(&path, self.path(&path.file_name().expect("a name").to_string_lossy())).expect("copies");
            }
        }
    }

    fn identity(&self, name: &str) -> String {
        self.ends(&[], &["keys", "identity", name], 0).0.trim().to_owned()
    }
}

#[test]
fn a_backup_is_encrypted_unless_asked_otherwise_and_comes_back() {
    let desk = Desk::new();
    let key = desk.identity("owner");
    let keys = desk.json(&[], &["keys", "list"], 0);
    desk.fails(&[], &["keys", "backup", "nowhere"], "--to age1…");
    desk.fails(&[], &["keys", "backup", "nowhere", "--to", "AGE-SECRET-KEY-1GQ9778"], "--to (1): this is a secret key");
    desk.fails(&[], &["keys", "backup", "nowhere", "--to", &key[..50]], "--to (1): is no public key of age");
    assert!(!desk.path("nowhere").exists());
    std::fs::write(desk.path("words"), "correct horse battery\n").expect("writes");
    desk.ends(&[], &["keys", "backup", "to", "--to", &key], 0);
    desk.ends(&[], &["keys", "backup", "phrase", "--passphrase-file", "words"], 0);
    let (_, notes) = desk.ends(&[], &["keys", "backup", "plain", "--plain"], 0);
    assert!(notes.contains("warning") && notes.contains("not encrypted"), "{notes}");
    for sealed in ["to", "phrase"] {
        let text = std::fs::read_to_string(desk.path(sealed)).expect("is text");
        assert!(text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"), "{text}");
    }
    desk.fails(&[], &["keys", "backup", "plain", "--plain"], "is not overwritten");
    desk.fails(&[], &["keys", "restore", "to"], "--identity FILE");
    desk.fails(&[], &["keys", "restore", "phrase"], "--passphrase-file FILE");
    desk.fails(&[], &["keys", "restore", "words"], "is no backup of keys");
    let open: [(&str, &[&str]); 3] =
        [("to", &["--identity", "owner"]), ("phrase", &["--passphrase-file", "words"]), ("plain", &[])];
    for (backup, how) in open {
        let args = [&["keys", "restore", backup], how].concat();
        let listed = desk.json(&[], &[&args[..], &["--list"]].concat(), 0);
        assert_eq!(listed["keys"], keys["fingerprints"], "{backup}");
        assert!(listed["made_on"].is_string());
        let other = [("TONGGUAN_HOME", desk.path(&format!("home-{backup}")).to_string_lossy().into_owned())];
        let other = other.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(desk.json(&other, &args, 0)["restored"], serde_json::json!(["log", "master"]), "{backup}");
        assert_eq!(desk.json(&other, &["keys", "list"], 0), keys, "{backup}");
    }
    // On a folder that has begun a life of its own nothing is replaced.
    let fresh = [("TONGGUAN_HOME", "fresh")];
    let own = desk.json(&fresh, &["keys", "list"], 0);
    let (answer, _) = desk.ends(&fresh, &["keys", "restore", "plain"], 1);
    assert!(answer.contains("log, master") && answer.contains("nothing was restored"), "{answer}");
    let refused = desk.json(&fresh, &["keys", "restore", "plain"], 1);
    assert_eq!(refused["conflicts"], serde_json::json!(["log", "master"]));
    assert_eq!(desk.json(&fresh, &["keys", "list"], 0), own);
    let sealed = std::fs::read(desk.path("to")).expect("reads");
    std::fs::write(desk.path("cut"), &sealed[..sealed.len() / 2]).expect("writes");
    desk.fails(&[], &["keys", "restore", "cut", "--identity", "owner"], "is damaged or cut short");
}

#[test]
fn wrapped_keys_ask_for_their_identity() {
    let desk = Desk::new();
    desk.example();
    let before = desk.json(&[], &["keys", "list"], 0);
    let key = desk.identity("wrapping");
    let named = [("TONGGUAN_IDENTITY", "wrapping")];
    desk.fails(&[], &["keys", "wrap"], "TONGGUAN_IDENTITY");
    std::fs::copy(desk.path("wrapping"), desk.path("home/wrapping")).expect("copies");
    desk.fails(&[("TONGGUAN_IDENTITY", "home/wrapping")], &["keys", "wrap"], "lies in the state folder");
    let (_, notes) = desk.ends(&named, &["keys", "wrap"], 0);
    assert!(notes.contains("2 keys wrapped"), "{notes}");
    for args in
        [&["keys", "list"][..], &["clear", "transfer.toml"], &["log", "fsck"], &["keys", "backup", "b", "--plain"]]
    {
        desk.fails(&[], args, &format!("is wrapped to {key}: name the file of that identity in TONGGUAN_IDENTITY"));
    }
    let after = desk.json(&named, &["keys", "list"], 0);
    assert_eq!((&after["fingerprints"], after["wrapped"].as_str()), (&before["fingerprints"], Some(&*key)));
    desk.ends(&named, &["clear", "transfer.toml"], 0);
    desk.ends(&[], &["verify", "release"], 0);
    let rotated = desk.json(&named, &["keys", "rotate", "master"], 0);
    let names = desk.json(&named, &["keys", "list"], 0);
    assert_eq!(names["fingerprints"]["master"], rotated["new"]);
    let kept = format!("master-{}", rotated["old"].as_str().expect("a fingerprint"));
    assert_eq!(names["fingerprints"][&kept], rotated["old"]);
    desk.ends(&named, &["keys", "unwrap"], 0);
    assert_eq!(desk.json(&[], &["keys", "list"], 0)["fingerprints"], names["fingerprints"]);
    desk.ends(&[], &["verify", "release"], 0);
    std::fs::write(desk.path("words"), "one two three\n").expect("writes");
    let phrase = [("TONGGUAN_PASSPHRASE_FILE", "words")];
    desk.ends(&phrase, &["keys", "wrap"], 0);
    desk.fails(&[], &["keys", "list"], "TONGGUAN_PASSPHRASE_FILE");
    assert_eq!(desk.json(&phrase, &["keys", "list"], 0)["fingerprints"], names["fingerprints"]);
}

#[test]
fn a_release_is_readable_by_its_recipient_alone() {
    let desk = Desk::new();
    desk.example();
    let key = desk.identity("recipient");
    let text = std::fs::read_to_string(desk.path("transfer.toml")).expect("reads");
    let line = |keys: &str| text.replace("[destination]\n", &format!("[destination]\nencrypt_to = [{keys}]\n"));
    std::fs::write(desk.path("transfer.toml"), line("\"age1nobody\"")).expect("writes");
    desk.fails(&[], &["clear", "transfer.toml"], "is no public key of age");
    std::fs::write(desk.path("transfer.toml"), line(&format!("\"{key}\""))).expect("writes");
    let answer = desk.json(&[], &["clear", "transfer.toml"], 0);
    let file = answer["receipt"]["files"][0].clone();
    let path = file["path"].as_str().expect("a path").to_owned();
    assert_eq!(answer["receipt"]["encrypted_to"], serde_json::json!([key]));
    assert!(file["inner"]["sha256"].is_string() && Path::new(&path).extension().is_some_and(|end| end == "age"));
    let bytes = std::fs::read(desk.path("release").join(&path)).expect("reads");
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> X25519 "));
    let (answer, _) = desk.ends(&[], &["verify", "release"], 0);
    assert!(answer.contains("--identity FILE"), "{answer}");
    assert_eq!(desk.json(&[], &["verify", "release"], 0)["unopened"], serde_json::json!([path]));
    let (answer, _) = desk.ends(&[], &["verify", "release", "--identity", "recipient"], 0);
    assert!(!answer.contains("--identity"), "{answer}");
    desk.identity("stranger");
    desk.fails(&[], &["verify", "release", "--identity", "stranger"], "to other keys than those of the identity");
}
