//! A state folder in the middle of its work, put back as often as a test needs it.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Who sends in these tests.
pub(crate) const HANDLER: &str = "91110105MA0000000Y";
/// The transfers, each with persons of its own: how many.
pub(crate) const TRANSFERS: [(&str, u64); 5] = [("earlier", 1), ("cut", 2), ("thrown", 4), ("new", 8), ("other", 16)];
/// How long a run may take before it counts as hung.
const PATIENCE: Duration = Duration::from_mins(1);

/// A fault, in the words of `shim.c`.
pub(crate) struct Fault<'a> {
    pub(crate) how: &'a str,
    pub(crate) on: Option<&'a str>,
    pub(crate) at: usize,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) status: Option<i32>,
    pub(crate) killed: bool,
    pub(crate) errors: String,
}

/// The program under test. A long run may be given a copy that nobody builds over.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("TONGGUAN_TEST_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_tongguan").into(), PathBuf::from)
}

/// The shim, compiled; none where this system cannot have it.
pub(crate) fn shim() -> Option<PathBuf> {
    let skipped = |why: &str| {
        // Past the test harness, which would keep it to itself.
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: faults beneath the program need {why}");
        None
    };
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return skipped("Linux with the GNU C library");
    }
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim.c");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shim-{}.so", std::process::id()));
    let mut compiler = Command::new("cc");
    match compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&path).arg(source).status() {
        Ok(status) => assert!(status.success(), "the shim does not compile"),
        Err(_) => return skipped("a C compiler named `cc`"),
    }
    Some(path)
}

/// A folder with tables, transfers and a state folder, and what lay in it when it was kept.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    shim: PathBuf,
    kept: Vec<(PathBuf, Option<Vec<u8>>)>,
}

impl Desk {
    /// Tables and transfers; no state folder yet.
    pub(crate) fn new(shim: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut desk = Self { folder, shim: shim.to_owned(), kept: Vec::new() };
        for (name, persons) in TRANSFERS {
            let rows = (0..persons).map(|person| format!("{name}-{person},F")).collect::<Vec<_>>();
            desk.write(&format!("{name}.csv"), &format!("cust_id,gender\n{}\n", rows.join("\n")));
            desk.write(&format!("{name}.toml"), &transfer(name, &format!("out-{name}")));
        }
        desk.keep();
        desk
    }

    /// As a state folder looks where one release is out, one was cut short after its commit and one before it.
    pub(crate) fn in_the_middle(shim: &Path) -> Self {
        let mut desk = Self::new(shim);
        assert_eq!(desk.run(&["clear", "earlier.toml"], None).status, Some(0), "the first release");
        // Held, not killed, while the other runs, or that one would throw it away; before it asks for the handler's lock.
        let on = format!("fsync {}/.tongguan-*/data/thrown.parquet", desk.root());
        let mut held = desk.start(&["clear", "thrown.toml"], Some(&Fault { how: "hold", on: Some(&on), at: 1 }));
        desk.wait_for("fsync ", "/data/thrown.parquet");
        let on = format!("rename {}/out-cut", desk.root());
        let fault = Fault { how: "before", on: Some(&on), at: 1 };
        assert!(desk.run(&["clear", "cut.toml"], Some(&fault)).killed, "killed before the renaming");
        held.kill().expect("kills");
        held.wait().expect("ends");
        desk.keep();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder's path.
    pub(crate) fn root(&self) -> String {
        self.folder.path().to_string_lossy().into_owned()
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("writes");
    }

    /// Keeps the folder as it is.
    pub(crate) fn keep(&mut self) {
        let _ = fs::remove_file(self.path("trace"));
        self.kept = contents(self.folder.path());
    }

    /// Puts the folder back to what was kept.
    pub(crate) fn restore(&self) {
        for entry in fs::read_dir(self.folder.path()).expect("reads") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("removes");
        }
        for (path, bytes) in &self.kept {
            let path = self.folder.path().join(path);
            match bytes {
                Some(bytes) => fs::write(path, bytes).expect("writes"),
                None => fs::create_dir(path).expect("makes"),
            }
        }
    }

    fn command(&self, args: &[&str], fault: Option<&Fault>) -> Command {
        let mut command = Command::new(program());
        command.args(args).current_dir(self.folder.path()).env("TONGGUAN_HOME", self.home()).env("LANG", "C");
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        if let Some(fault) = fault {
            command.env("LD_PRELOAD", &self.shim).env("TONGGUAN_FAULT_TRACE", self.path("trace"));
            command.env("TONGGUAN_FAULT_HOW", fault.how).env("TONGGUAN_FAULT_AT", fault.at.to_string());
            command.envs(fault.on.map(|on| ("TONGGUAN_FAULT_ON", on)));
        }
        command
    }

    /// Starts the program.
    pub(crate) fn start(&self, args: &[&str], fault: Option<&Fault>) -> Child {
        self.command(args, fault).spawn().expect("starts")
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str], fault: Option<&Fault>) -> End {
        end(self.start(args, fault))
    }

    /// The release that was cut short after its commit.
    pub(crate) fn cut(&self) -> String {
        let mut staged = self.kept.iter().filter_map(|(path, _)| path.to_str()?.strip_suffix("/permit.json"));
        staged.find_map(|folder| folder.strip_prefix(".tongguan-")).expect("a release is staged").to_owned()
    }

    /// Every call counted so far, without its number.
    pub(crate) fn trace(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("trace")).unwrap_or_default();
        let call = |line: &str| line.split_once(' ').map(|(_, call)| call.to_owned());
        text.lines().filter_map(call).collect()
    }

    /// The calls of an undisturbed run.
    pub(crate) fn calls(&self, args: &[&str]) -> Vec<String> {
        let end = self.run(args, Some(&Fault { how: "nothing", on: None, at: 0 }));
        assert_eq!(end.status, Some(0), "an undisturbed run: {}", end.errors);
        self.trace()
    }

    fn wait_for(&self, name: &str, path: &str) {
        let begun = Instant::now();
        while !self.trace().iter().any(|call| call.starts_with(name) && call.ends_with(path)) {
            assert!(begun.elapsed() < PATIENCE, "no call `{name}` on {path}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Waits for the end of a run.
pub(crate) fn end(mut child: Child) -> End {
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().expect("waits") {
            Some(status) => break status,
            None if begun.elapsed() > PATIENCE => {
                child.kill().expect("kills");
                panic!("a run hangs");
            }
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let mut errors = String::new();
    if let Some(mut pipe) = child.stderr.take() {
        use std::io::Read as _;
        let _ = pipe.read_to_string(&mut errors);
    }
    End { status: status.code(), killed: status.signal() == Some(9), errors }
}

/// Everything below a folder, folders before what is in them.
pub(crate) fn contents(root: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("reads") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("below").to_owned();
            if path.is_dir() {
                found.push((name, None));
                open.push(path);
            } else {
                found.push((name, Some(fs::read(&path).expect("reads"))));
            }
        }
    }
    found.sort();
    found
}

/// A transfer of one table that is exempt.
pub(crate) fn transfer(name: &str, destination: &str) -> String {
    let example = include_str!("../../../../examples/01-exempt/transfer.toml");
    let facts = example.split("[[source]]").next().expect("the facts");
    let duties = &example[example.find("[duties]").expect("duties")..];
    let duties = duties.replace("path = \"release\"", &format!("path = \"{destination}\""));
    format!(
        "{facts}[[source]]\npath = \"{name}.csv\"\n[[subject]]\nkey = [\"cust_id\"]\n[[field]]\nname = \"gender\"\n\
         need = \"keep\"\n[[field]]\nname = \"cust_id\"\nneed = \"pseudonym\"\n{duties}"
    )
}
