//! The second verifier, `docs/verify.py`, as tests drive it: many folders in one process.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Harm;

/// A Python that can run it.
pub(crate) struct Python(PathBuf);

/// Speaks past the test harness, which would keep it to itself.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Python with `cryptography`; none, with a word on it, where it is missing.
pub(crate) fn at_hand() -> Option<Python> {
    let found = Command::new("python3").args(["-c", "import cryptography"]).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return Some(Python(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")));
    }
    say("skipped: no python3 with `cryptography` here, so the second verifier was not run");
    None
}

impl Python {
    /// Runs the verifier as its users do: status and all it says.
    pub(crate) fn command(&self, folder: &Path, trust: &Path, more: &[&str]) -> (i32, String) {
        let mut command = Command::new("python3");
        command.arg("-B").arg(self.0.join("verify.py")).arg(folder).arg("--trust").arg(trust).args(more);
        let output = command.env("PYTHONIOENCODING", "utf-8").output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(text).unwrap())
    }

    fn driven(&self, arguments: &[&std::ffi::OsStr], input: String) -> String {
        let mut command = Command::new("python3");
        command.arg("-B").arg(self.0.join("test_verify.py")).args(arguments).env("PYTHONIOENCODING", "utf-8");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The codes of each folder's faults, each once, in order.
    pub(crate) fn verdicts(&self, folders: &[PathBuf], trust: &Path) -> Vec<Vec<String>> {
        let lines = folders.iter().map(|folder| format!("{}\n", folder.display())).collect::<Vec<_>>().concat();
        codes(&self.driven(&["verdicts".as_ref(), trust.as_os_str()], lines))
    }

    /// The same of one folder after each of the changes, which are undone again.
    pub(crate) fn harmed(&self, folder: &Path, trust: &Path, harms: &[(String, usize, Harm)]) -> Vec<Vec<String>> {
        let line = |(name, at, harm): &(String, usize, Harm)| match harm {
            Harm::Flip(bits) => format!("{name} {at} {bits}\n"),
            Harm::Remove => format!("{name} {at} remove\n"),
        };
        let lines = harms.iter().map(line).collect::<Vec<_>>().concat();
        codes(&self.driven(&["harmed".as_ref(), trust.as_os_str(), folder.as_os_str()], lines))
    }

    /// Runs its Merkle functions over a folder of vectors.
    pub(crate) fn vectors(&self, folder: &Path) -> String {
        self.driven(&["vectors".as_ref(), folder.as_os_str()], String::new()).trim().to_owned()
    }
}

fn codes(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}
