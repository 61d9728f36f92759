//! A PostgreSQL of one's own: started once a test binary, in the target folder, on a unix socket, as user postgres.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// Where Debian puts every version of PostgreSQL.
const VERSIONS: &str = "/usr/lib/postgresql";
/// The longest path of a folder that a socket's path still fits in.
const LONGEST: usize = 80;

/// The programs of the newest version, where there is one and this test may become user postgres.
fn bin() -> Option<&'static Path> {
    static BIN: OnceLock<Option<PathBuf>> = OnceLock::new();
    let newest = || {
        let versions = std::fs::read_dir(VERSIONS).ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
        let number = |bin: &PathBuf| bin.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
        let bin = versions.filter(|bin| bin.join("postgres").exists()).max_by_key(number)?;
        let may = Command::new("runuser").args(["-u", "postgres", "--", "true"]).status();
        may.is_ok_and(|status| status.success()).then_some(bin)
    };
    BIN.get_or_init(newest).as_deref()
}

/// A program of PostgreSQL.
fn program(name: &str) -> String {
    bin().expect("PostgreSQL was found before").join(name).display().to_string()
}

/// A new folder that user postgres can reach: in the target folder, or else where temporary files go.
fn reachable(name: &str) -> PathBuf {
    let below = |root: PathBuf| {
        let folder = root.join("pg").join(format!("{}{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        sweep(&root.join("pg"));
        let owned = Command::new("chown").arg("-R").arg("postgres").arg(&folder).status();
        assert!(owned.is_ok_and(|status| status.success()), "cannot give {} to postgres", folder.display());
        let reached = Command::new("runuser").args(["-u", "postgres", "--", "test", "-w"]).arg(&folder).status();
        let reached = reached.is_ok_and(|status| status.success());
        (reached && folder.as_os_str().len() <= LONGEST).then_some(folder)
    };
    // A test's binary lies in `target/PROFILE/deps`.
    let binary = std::env::current_exe().ok();
    let target = binary.as_deref().and_then(|binary| Some(binary.ancestors().nth(3)?.join("tmp")));
    let folder = target.and_then(below).or_else(|| below(std::env::temp_dir().join("tongguan-tests")));
    folder.expect("a folder that user postgres can reach")
}

/// A running server. It is stopped when the test binary ends: it watches a pipe that closes then.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    databases: AtomicU32,
    /// The server's process.
    running: Mutex<Option<std::process::Child>>,
}

/// The server of this test binary; `None`, said aloud: PostgreSQL is not installed.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| Server::start("")).as_ref()
}

impl Server {
    /// Starts one in a folder of its own.
    pub fn start(name: &str) -> Option<Self> {
        if bin().is_none() {
            eprintln!("no PostgreSQL in {VERSIONS}, or no right to act as its user: its half of this test is left out");
            return None;
        }
        let folder = reachable(name);
        let data = folder.join("data");
        let made = as_postgres(&program("initdb"))
            .args([
                "-D",
                &data.display().to_string(),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ])
            .stdout(Stdio::null())
            .status();
        assert!(made.is_ok_and(|status| status.success()), "initdb failed");
        let server = Self { folder, databases: AtomicU32::new(0), running: Mutex::new(None) };
        server.run();
        Some(server)
    }

    /// Starts the server on its data, after a kill too, and waits until it answers.
    pub fn run(&self) {
        let (data, socket) = (self.data(), self.folder.display().to_string());
        // A killed server leaves its lock; whoever held it is gone.
        let _ = std::fs::remove_file(data.join("postmaster.pid"));
        let log = std::fs::File::create(self.folder.join("log")).expect("a log");
        let mut command = as_postgres(&program("postgres"));
        command
            .args([
                "-D",
                &data.display().to_string(),
                "-k",
                &socket,
                "-c",
                "listen_addresses=",
                "-c",
                "max_connections=60",
            ])
            .args([
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on",
                "-c",
                "shared_buffers=256MB",
                "-c",
                "max_wal_size=2GB",
            ])
            .stdout(Stdio::null())
            .stderr(log);
        let (told, started) = std::sync::mpsc::channel();
        // It is told of the end of the thread that started it, not of the process: so that one has to stay.
        std::thread::spawn(move || {
            let _ = told.send(command.spawn().expect("postgres starts"));
            loop {
                std::thread::park();
            }
        });
        *self.running.lock().expect("no panic before") = Some(started.recv().expect("it was started"));
        for _ in 0..600 {
            let ready = Command::new(program("pg_isready")).args(["-q", "-h", &socket]).status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("postgres does not answer: see {}/log", self.folder.display());
    }

    /// Ends the server as a loss of power would: SIGKILL to it and all its children, nothing brought to disk that was not.
    pub fn kill(&self) {
        let main = std::fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let main: u32 = main.lines().next().and_then(|line| line.trim().parse().ok()).expect("a process id");
        let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap_or_default();
        let all = std::iter::once(main.to_string()).chain(children.split_whitespace().map(str::to_owned));
        let all: Vec<String> = all.collect();
        let _ = Command::new("kill").arg("-9").args(&all).stderr(Stdio::null()).status();
        if let Some(mut server) = self.running.lock().expect("no panic before").take() {
            let _ = server.wait();
        }
        for child in all {
            while Path::new(&format!("/proc/{child}/stat")).exists() && !is_zombie(&child) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }

    /// Where its data lies on disk.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// An empty database, by its address.
    pub fn new_database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let socket = self.folder.display().to_string();
        let made = Command::new(program("createdb")).args(["-h", &socket, "-U", "postgres", &name]).status();
        assert!(made.is_ok_and(|status| status.success()), "createdb failed");
        self.address(&name)
    }

    /// The address of one of its databases.
    pub fn address(&self, name: &str) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}/{name}")
    }

    /// Runs SQL as a person at a terminal would: what it wrote, or what it complained of.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let socket = self.folder.display().to_string();
        let done = Command::new(program("psql"))
            .args(["-h", &socket, "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-At", "-c", sql])
            .output()
            .expect("psql runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
    }

    /// Dumps a database while it is written to, as `pg_dump -Fc` does.
    pub fn dump(&self, address: &str) -> Vec<u8> {
        let done = self.on(address, "pg_dump").args(["-Fc"]).output().expect("pg_dump runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    /// Takes a dump back into an empty database, as `pg_restore` does.
    pub fn take_dump(&self, address: &str, dump: &[u8]) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), dump).expect("written");
        let mut command = self.on(address, "pg_restore");
        let done = command.args(["--exit-on-error", "--no-owner"]).arg(file.path()).output().expect("pg_restore runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// A program of PostgreSQL on one of its databases.
    fn on(&self, address: &str, name: &str) -> Command {
        let mut command = Command::new(program(name));
        let database = address.rsplit('/').next().unwrap_or_default();
        command.args(["-h", &self.folder.display().to_string(), "-U", "postgres", "-d", database]);
        command
    }
}

fn is_zombie(process: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

/// A command as user postgres, which dies with this process.
fn as_postgres(command: &str) -> Command {
    let mut runuser = Command::new("setpriv");
    runuser.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig", "INT", "--", command]);
    runuser.current_dir("/").stdin(Stdio::null());
    runuser
}

/// Removes what test binaries left that no longer run.
fn sweep(root: &Path) {
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process: String = name.chars().take_while(char::is_ascii_digit).collect();
        if !process.is_empty() && !Path::new(&format!("/proc/{process}")).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
