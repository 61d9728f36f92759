//! Witnesses, SM2 and changed keys, as a user meets them.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A folder with an example in it and state folders beside it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let example = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/01-exempt"));
        for entry in std::fs::read_dir(example).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, desk.path(&path.file_name().unwrap().to_string_lossy())).unwrap();
            }
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, home: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
        command.args(args).current_dir(self.0.path()).env("TONGGUAN_HOME", self.path(home)).env("LANG", "C");
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("NO_PROXY", "*").stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn ends(&self, args: &[&str], status: i32) -> Output {
        let output = self.command("home", args).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}{}", String::from_utf8_lossy(&output.stdout));
        assert!(!errors.contains("panicked"), "{errors}");
        output
    }

    #[track_caller]
    fn text(&self, args: &[&str], status: i32) -> String {
        String::from_utf8(self.ends(args, status).stdout).unwrap()
    }

    #[track_caller]
    fn json(&self, args: &[&str], status: i32) -> Value {
        serde_json::from_str(&self.text(&[args, &["--format", "json"]].concat(), status)).unwrap()
    }

    /// Releases the example into another folder.
    #[track_caller]
    fn clears(&self, destination: &str) -> String {
        let text = std::fs::read_to_string(self.path("transfer.toml")).unwrap();
        let text = text.replace("path = \"release\"", &format!("path = \"{destination}\""));
        std::fs::write(self.path("next.toml"), text).unwrap();
        String::from_utf8(self.ends(&["clear", "next.toml", "--again"], 0).stderr).unwrap()
    }

    fn add_line(&self, file: &str, line: &str) {
        let path = self.path(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, text + line + "\n").unwrap();
    }

    /// The key our log signs with.
    fn log_key(&self) -> String {
        self.json(&["keys", "list"], 0)["log"].as_str().unwrap().to_owned()
    }

    /// Starts a witness of our log.
    fn witness(&self, home: &str, name: &str) -> Running {
        let args = ["log", "witness", "--listen", "127.0.0.1:0", "--name", name, "--log", &self.log_key()];
        let mut command = self.command(home, &[&args[..], &["--format", "json"]].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let of = |field: &str| said[field].as_str().unwrap().to_owned();
        Running { url: of("listen"), key: of("key"), child }
    }
}

/// A running witness; ended when dropped.
struct Running {
    url: String,
    key: String,
    child: Child,
}

impl Running {
    /// Tells it to end, as an init system does, and gives its status.
    fn end(mut self) -> Option<i32> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn witnesses_cosign_the_log_and_a_release_says_who_did() {
    let desk = Desk::new();
    desk.ends(&["clear", "transfer.toml"], 0);
    assert_eq!(desk.json(&["verify", "release"], 0)["witnesses"], serde_json::json!([]));
    let (one, two) = (desk.witness("w1", "witness.example/one"), desk.witness("w2", "witness.example/two"));
    let mode = std::fs::metadata(desk.path("w1/keys/witness.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Nobody knows a key yet, so nothing that is signed could be told from nonsense.
    desk.ends(&["log", "cosign", "--witness", &one.url], 2);
    desk.ends(&["log", "cosign"], 2);
    desk.add_line("home/trust", &format!("witness {}", one.key));
    desk.add_line("home/trust", &format!("witness {}", two.key));
    let answer = desk.json(&["log", "cosign", "release", "--witness", &one.url], 0);
    assert_eq!((answer["stored"].as_bool(), answer["size"].as_u64()), (Some(true), Some(1)));
    let verdict = desk.json(&["verify", "release", "--witnesses", "1"], 0);
    assert_eq!(verdict["witnesses"][0]["name"], "witness.example/one");
    let verdict = desk.json(&["verify", "release", "--witnesses", "2"], 1);
    assert_eq!(verdict["faults"], serde_json::json!([{"code": "too-few-witnesses", "have": 1, "need": 2}]));
    let text = desk.text(&["verify", "release"], 0);
    assert!(text.contains("cosigned by witness witness.example/one at 20"), "{text}");

    // From the file `witnesses` a release asks by itself; one that is down is a note and a backlog, never a failure.
    for witness in [&one, &two] {
        desk.add_line("home/witnesses", &format!("{} {}", witness.url, witness.key));
    }
    let notes = desk.clears("second");
    assert!(notes.contains("witness.example/one has cosigned") && notes.contains("witness.example/two has"), "{notes}");
    desk.ends(&["verify", "second", "--witnesses", "2"], 0);
    assert_eq!(two.end(), Some(0));
    let notes = desk.clears("third");
    assert!(notes.contains("has not cosigned") && notes.contains("not cosigned yet: 1"), "{notes}");
    desk.ends(&["verify", "third", "--witnesses", "2"], 1);
    desk.ends(&["verify", "third", "--witnesses", "1"], 0);
    let notes = desk.clears("fourth");
    assert!(notes.contains("not cosigned yet: 2"), "{notes}");
    desk.ends(&["log", "cosign"], 0);
    desk.ends(&["log", "cosign", "--require", "2"], 1);

    // The second comes back with what it remembers, and is told of all it missed; older releases get the newer proof.
    let two = desk.witness("w2", "witness.example/two");
    std::fs::remove_file(desk.path("home/witnesses")).unwrap();
    for witness in [&one, &two] {
        desk.add_line("home/witnesses", &format!("{} {}", witness.url, witness.key));
    }
    desk.ends(&["log", "cosign", "--require", "2", "release", "third"], 0);
    for release in ["release", "third"] {
        desk.ends(&["verify", release, "--witnesses", "2"], 0);
    }
    // Earlier proofs still hold as they are.
    desk.ends(&["verify", "second"], 0);
    desk.ends(&["log", "fsck"], 0);
    // Without pinned witnesses nobody counts.
    std::fs::write(desk.path("bare"), format!("log {}\n", desk.log_key())).unwrap();
    desk.ends(&["verify", "release", "--trust", "bare"], 0);
    desk.ends(&["verify", "release", "--trust", "bare", "--witnesses", "1"], 1);
}

#[test]
fn a_log_that_was_rolled_back_is_not_cosigned_again() {
    let desk = Desk::new();
    desk.ends(&["clear", "transfer.toml"], 0);
    let early = desk.path("early");
    let copy = |from: &Path, to: &Path| {
        assert!(Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
    };
    copy(&desk.path("home"), &early);
    let one = desk.witness("w1", "witness.example/one");
    for home in ["home", "early"] {
        desk.add_line(&format!("{home}/witnesses"), &format!("{} {}", one.url, one.key));
    }
    desk.clears("second");
    // The same key, one entry fewer.
    let output = desk.command("early", &["log", "cosign"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("the log was rolled back"), "{text}");
}

#[test]
fn a_witness_needs_a_log_a_name_and_its_state_to_itself() {
    let desk = Desk::new();
    let fails = |home: &str, args: &[&str], expected: &str| {
        let output = desk.command(home, args).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(expected), "{errors}");
    };
    let witness = ["log", "witness", "--listen", "127.0.0.1:0", "--name"];
    fails("w1", &[&witness[..], &["w.example"]].concat(), "no log to witness");
    let key = desk.log_key();
    fails("w1", &[&witness[..], &["two words", "--log", &key]].concat(), "a key name must not be empty");
    fails("w1", &[&witness[..], &["w.example", "--log", "nonsense"]].concat(), "neither a log's key nor a file");
    let running = desk.witness("w1", "w.example");
    fails("w1", &[&witness[..], &["w.example", "--log", &key]].concat(), "a witness is running");
    let address = running.url.strip_prefix("http://").unwrap();
    fails("w2", &["log", "witness", "--listen", address, "--name", "w", "--log", &key], "cannot listen on");
}

#[test]
fn an_sm2_signature_stands_beside_and_verify_says_which_held() {
    let desk = Desk::new();
    desk.ends(&["clear", "transfer.toml"], 0);
    let sm2 = desk.text(&["keys", "add-sm2"], 0);
    assert_eq!(desk.text(&["keys", "add-sm2"], 0), sm2, "one that is there stays");
    let mode = std::fs::metadata(desk.path("home/keys/log-sm2.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(desk.json(&["keys", "list"], 0)["log_sm2"].as_str(), Some(sm2.trim()));
    desk.clears("second");
    let algorithms = |release: &str, more: &[&str], status| {
        let verdict = desk.json(&[&["verify", release], more].concat(), status);
        let signers = verdict["signers"].as_array().unwrap().clone();
        signers.iter().map(|signer| signer["algorithm"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(algorithms("release", &[], 0), ["ed25519"]);
    assert_eq!(algorithms("second", &[], 0), ["ed25519", "sm2"]);
    let text = desk.text(&["verify", "second"], 0);
    assert!(text.contains("holds (SM2)") && text.contains("holds (Ed25519)"), "{text}");
    // Whoever knows only one of them is served by that one.
    std::fs::write(desk.path("ed"), format!("log {}\n", desk.log_key())).unwrap();
    std::fs::write(desk.path("sm"), format!("log {sm2}")).unwrap();
    assert_eq!(algorithms("second", &["--trust", "ed"], 0), ["ed25519"]);
    assert_eq!(algorithms("second", &["--trust", "sm"], 0), ["ed25519", "sm2"]);
    // The one that the receipt names holds, too, but nobody has pinned it.
    let verdict = desk.json(&["verify", "second", "--trust", "sm"], 0);
    let pinned: Vec<_> = verdict["signers"].as_array().unwrap().iter().map(|key| key["pinned"].as_bool()).collect();
    assert!(pinned.contains(&Some(false)) && pinned.contains(&Some(true)), "{verdict}");

    // A wrong SM2 line is a fault where its key is pinned, and unknown where it is not.
    let other = std::fs::read_to_string(desk.path("home/log/checkpoint")).unwrap();
    let proof = std::fs::read_to_string(desk.path("second/receipt.proof")).unwrap();
    desk.clears("third");
    let newer = std::fs::read_to_string(desk.path("home/log/checkpoint")).unwrap();
    let (right, wrong) = (other.lines().last().unwrap(), newer.lines().last().unwrap());
    std::fs::write(desk.path("second/receipt.proof"), proof.replace(right, wrong)).unwrap();
    std::fs::write(desk.path("second/checkpoint"), other.replace(right, wrong)).unwrap();
    let verdict = desk.json(&["verify", "second"], 1);
    assert_eq!(verdict["faults"][0]["code"], "proof");
    assert_eq!(algorithms("second", &["--trust", "ed"], 0), ["ed25519"]);
}

#[test]
fn i7_a_log_goes_on_under_a_new_key_and_old_releases_still_verify() {
    let desk = Desk::new();
    desk.ends(&["clear", "transfer.toml"], 0);
    let old = desk.log_key();
    let trust = |name: &str, key: &str| std::fs::write(desk.path(name), format!("log {key}\n")).unwrap();
    trust("old", &old);
    desk.add_line("home/trust", "# a line of ours stays");
    let new = desk.text(&["keys", "rotate", "log"], 0).trim().to_owned();
    trust("new", &new);
    assert!(new != old && desk.log_key() == new);
    let pinned = std::fs::read_to_string(desk.path("home/trust")).unwrap();
    assert!(pinned.contains(&old) && pinned.contains(&new) && pinned.contains("# a line of ours stays"), "{pinned}");
    let kept = std::fs::read_dir(desk.path("home/keys")).unwrap().map(|entry| entry.unwrap());
    let kept: Vec<_> = kept.filter(|entry| entry.file_name().to_string_lossy().starts_with("log-")).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);

    desk.clears("second");
    // While both sign, whoever has pinned either key can check the new release; the old one holds under the old key.
    for (release, trusted, status) in
        [("release", "old", 0), ("release", "new", 1), ("second", "old", 0), ("second", "new", 0)]
    {
        desk.ends(&["verify", release, "--trust", trusted], status);
    }
    desk.ends(&["keys", "retire", "log"], 0);
    desk.clears("third");
    for (trusted, status) in [("old", 1), ("new", 0)] {
        desk.ends(&["verify", "third", "--trust", trusted], status);
    }
    // Rotated at once, the key before signs nothing more.
    let newest = desk.text(&["keys", "rotate", "log", "--at-once"], 0).trim().to_owned();
    trust("newest", &newest);
    desk.clears("fourth");
    for (trusted, status) in [("old", 1), ("new", 1), ("newest", 0)] {
        desk.ends(&["verify", "fourth", "--trust", trusted], status);
    }
    for release in ["release", "second", "third", "fourth"] {
        desk.ends(&["verify", release], 0);
    }
    assert_eq!(desk.json(&["log", "fsck"], 0)["size"], 4);
}

#[test]
fn i7_a_forged_folder_under_a_fresh_key_fails_also_under_the_same_name() {
    let desk = Desk::new();
    desk.ends(&["clear", "transfer.toml"], 0);
    std::fs::copy(desk.path("home/trust"), desk.path("pinned")).unwrap();
    // Another state folder: the same log name, another key, and a whole release of its own making.
    std::fs::rename(desk.path("home"), desk.path("honest")).unwrap();
    desk.clears("forged");
    let forger = desk.log_key();
    let name = |key: &str| key.split('+').next().unwrap().to_owned();
    let honest = std::fs::read_to_string(desk.path("pinned")).unwrap();
    assert_eq!(name(&forger), name(honest.strip_prefix("log ").unwrap()));
    let verdict = desk.json(&["verify", "forged", "--trust", "pinned"], 1);
    assert_eq!((verdict["pinned"].as_bool(), verdict["holds"].as_bool()), (Some(false), Some(false)));
    assert_eq!(verdict["faults"], serde_json::json!([]));
    let text = desk.text(&["verify", "forged", "--trust", "pinned"], 1);
    let fingerprint = verdict["key"].as_str().unwrap();
    assert!(text.contains(&format!("consistent with itself, signed by an unknown key {fingerprint}")), "{text}");
    // A second signature under another fresh key, SM2 or a witness of the forger's own, lends it nothing.
    desk.ends(&["keys", "add-sm2"], 0);
    desk.clears("dressed");
    let text = desk.text(&["verify", "dressed", "--trust", "pinned", "--witnesses", "0"], 1);
    assert!(text.contains("signed by an unknown key"), "{text}");
    desk.ends(&["verify", "release", "--trust", "pinned"], 0);
}
