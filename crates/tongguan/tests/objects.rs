//! Releases into an object store (I6): the real program against an S3 server on the loopback.

#![cfg(unix)]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use serde_json::Value;

const KEY: &str = "AKIDEXAMPLEEXAMPLE";
const SECRET: &str = "secretEXAMPLEsecretEXAMPLE";

/// An S3 server over a folder.
struct Server {
    root: tempfile::TempDir,
    address: std::net::SocketAddr,
    /// While set, whatever would be written is refused.
    refuses: Arc<AtomicBool>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("bucket")).expect("a bucket");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).expect("a store"));
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = builder.build();
        let refuses = Arc::new(AtomicBool::new(false));
        let refusing = Arc::clone(&refuses);
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (service, refusing) = (service.clone(), Arc::clone(&refusing));
                let answer = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                    let is_refused = refusing.load(Ordering::Acquire) && request.method() == hyper::Method::PUT;
                    let service = service.clone();
                    async move {
                        if is_refused {
                            // As real stores do, it quotes what it was sent.
                            let body = format!(
                                "<Error><Code>AccessDenied</Code><AWSAccessKeyId>{KEY}</AWSAccessKeyId></Error>"
                            );
                            let mut answer = hyper::Response::new(s3s::Body::from(body));
                            *answer.status_mut() = hyper::StatusCode::FORBIDDEN;
                            return Ok(answer);
                        }
                        hyper::service::Service::call(&service, request).await
                    }
                });
                tokio::spawn(async move {
                    let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(socket), answer).await;
                });
            }
        });
        Self { root, address, refuses, _runtime: runtime }
    }

    /// The objects below a prefix of the bucket.
    fn objects(&self, prefix: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.root.path().join("bucket").join(prefix)];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() { open.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        found
    }
}

/// A folder with a state folder, tables and transfers.
struct Desk<'a> {
    folder: tempfile::TempDir,
    server: &'a Server,
}

impl<'a> Desk<'a> {
    fn new(server: &'a Server) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), server }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A transfer of persons that nobody else has, to a place.
    fn transfer(&self, name: &str, persons: usize, place: &str) -> String {
        let example = include_str!("../../../examples/01-exempt/transfer.toml");
        let facts = example.split("[[source]]").next().expect("the facts");
        let duties = &example[example.find("[duties]").expect("duties")..];
        let duties = duties.replace("path = \"release\"", &format!("path = \"{place}\""));
        let rows = (0..persons).map(|person| format!("{name}-{person},F")).collect::<Vec<_>>().join("\n");
        std::fs::write(self.path(&format!("{name}.csv")), format!("cust_id,gender\n{rows}\n")).expect("writes");
        let text = format!(
            "{facts}[[source]]\npath = \"{name}.csv\"\n[[subject]]\nkey = [\"cust_id\"]\n[[field]]\nname = \"gender\"\n\
             need = \"keep\"\n[[field]]\nname = \"cust_id\"\nneed = \"pseudonym\"\n{duties}"
        );
        std::fs::write(self.path(&format!("{name}.toml")), text).expect("writes");
        format!("{name}.toml")
    }

    fn command(&self, args: &[&str]) -> Command {
        let program = std::env::var_os("TONGGUAN_TEST_PROGRAM");
        let mut command = Command::new(program.unwrap_or_else(|| env!("CARGO_BIN_EXE_tongguan").into()));
        command.args(args).current_dir(self.folder.path()).env("TONGGUAN_HOME", self.path("home")).env("LANG", "C");
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").stdin(Stdio::null());
        command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_REGION", "us-east-1");
        command.env("AWS_ENDPOINT_URL", format!("http://{}", self.server.address)).env("AWS_ALLOW_HTTP", "true");
        command
    }

    #[track_caller]
    fn ends(&self, args: &[&str], status: i32) -> Output {
        let output = self.command(args).output().expect("runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
        for text in [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()) {
            assert!(!text.contains(KEY) && !text.contains(SECRET), "a credential is told: {text}");
        }
        output
    }

    #[track_caller]
    fn json(&self, args: &[&str], status: i32) -> Value {
        serde_json::from_slice(&self.ends(&[args, &["--format", "json"]].concat(), status).stdout).expect("JSON")
    }

    fn errors(&self, args: &[&str], status: i32) -> String {
        String::from_utf8_lossy(&self.ends(args, status).stderr).into_owned()
    }

    /// Persons counted and, for each destination, the state of its release.
    fn tally(&self) -> (u64, Vec<(String, String, String)>) {
        let tally = self.json(&["tally", "show"], 0);
        let text = |line: &Value, key: &str| line[key].as_str().expect("text").to_owned();
        let line = |line: &Value| (text(line, "destination"), text(line, "state"), text(line, "release"));
        let lines = tally["releases"].as_array().expect("releases").iter().map(line).collect();
        (tally["ordinary"].as_u64().expect("a count"), lines)
    }

    fn staged(&self) -> usize {
        std::fs::read_dir(self.path("home/staging")).into_iter().flatten().count()
    }
}

#[test]
fn i6_a_release_into_an_object_store_holds_until_anything_there_is_changed() {
    let server = Server::start();
    let desk = Desk::new(&server);
    let file = desk.transfer("one", 3, "s3://bucket/out/one");
    let answer = desk.json(&["clear", &file], 0);
    assert_eq!(answer["destination"], "s3://bucket/out/one");
    let names = server.objects("out/one");
    let names = names.iter().map(|path| path.file_name().expect("a name").to_string_lossy()).collect::<Vec<_>>();
    assert_eq!(names, ["checkpoint", "one.parquet", "permit.json", "receipt.json", "receipt.proof"]);
    assert_eq!(desk.staged(), 0, "nothing stays staged");
    assert_eq!(desk.json(&["verify", "s3://bucket/out/one"], 0)["holds"], true);
    // What lies there is never written over, and a prefix alone is no place.
    assert!(desk.errors(&["clear", &file, "--again"], 2).contains("the destination exists"));
    for (place, why) in [
        ("s3://bucket", "s3://bucket/prefix"),
        ("s3://user:word@bucket/x", "s3://bucket/prefix"),
        ("ftp://user:word@host/x", "`ftp://` is not known"),
    ] {
        let errors = desk.errors(&["clear", &desk.transfer("bad", 1, place)], 2);
        assert!(errors.contains(why) && !errors.contains("word"), "{errors}");
    }
    assert!(desk.errors(&["clear", &desk.transfer("bad", 1, "s3://nowhere/x")], 3).contains("no such bucket"));
    // Changed, strange and missing objects are found.
    let object = |name: &str| server.root.path().join("bucket/out/one").join(name);
    std::fs::write(object("data/more.csv"), "1").expect("writes");
    assert_eq!(desk.json(&["verify", "s3://bucket/out/one"], 1)["faults"][0]["code"], "unknown");
    std::fs::remove_file(object("data/more.csv")).expect("removes");
    std::fs::write(object("permit.json"), "{}").expect("writes");
    desk.ends(&["verify", "s3://bucket/out/one"], 1);
    std::fs::remove_file(object("receipt.json")).expect("removes");
    desk.ends(&["verify", "s3://bucket/out/one"], 1);
    assert!(desk.errors(&["verify", "s3://bucket/out/two"], 2).contains("no such release"));
    // A `file` URL is a folder.
    let place = format!("file://{}", desk.path("out").display());
    desk.ends(&["clear", &desk.transfer("local", 2, &place)], 0);
    desk.ends(&["verify", &place], 0);
}

#[test]
fn i6_a_destination_that_refuses_keeps_the_release_committed_until_it_is_closed() {
    let server = Server::start();
    let desk = Desk::new(&server);
    desk.ends(&["clear", &desk.transfer("one", 3, "s3://bucket/one")], 0);
    server.refuses.store(true, Ordering::Release);
    let file = desk.transfer("two", 4, "s3://bucket/two");
    assert!(desk.errors(&["clear", &file], 3).contains("403"));
    let (persons, lines) = desk.tally();
    assert_eq!((persons, lines[1].1.as_str()), (7, "committed"), "it is committed, and counts");
    let release = lines[1].2.clone();
    // Each run says so, and goes on with its own work.
    let elsewhere = desk.transfer("three", 5, "out-three");
    let errors = desk.errors(&["clear", &elsewhere], 0);
    assert!(errors.contains(&release) && errors.contains("stay counted"), "{errors}");
    // It is not closed without a name and a reason, nor is one that is out.
    let correct = |release: &str, by: &str, status: i32| {
        let args =
            ["tally", "correct", "--not-published", release, "--by", by, "--why", "the bucket is not ours any more"];
        String::from_utf8_lossy(&desk.ends(&args, status).stderr).into_owned()
    };
    assert!(correct(&release, " ", 2).contains("--by NAME"));
    assert!(correct(&lines[0].2, "A. Tester", 2).contains("it was published"));
    assert!(correct("rel-none", "A. Tester", 2).contains("no such release"));
    correct(&release, "A. Tester", 0);
    correct(&release, "A. Tester", 0);
    let (persons, lines) = desk.tally();
    assert_eq!((persons, lines[1].1.as_str()), (8, "not-published"), "its persons count no more");
    assert_eq!((desk.staged(), server.objects("two").len()), (0, 0));
    // Three receipts and the leaf that closes one of them, once.
    let log = desk.json(&["log", "fsck"], 0);
    assert_eq!((log["sound"].as_bool(), log["size"].as_u64()), (Some(true), Some(4)));
    // Then the transfer can be made anew.
    server.refuses.store(false, Ordering::Release);
    desk.ends(&["clear", &file], 0);
    assert_eq!(desk.tally().0, 12);
}

#[test]
fn i6_a_destination_that_comes_back_gets_its_release() {
    let server = Server::start();
    let desk = Desk::new(&server);
    server.refuses.store(true, Ordering::Release);
    desk.ends(&["clear", &desk.transfer("one", 3, "s3://bucket/one")], 3);
    server.refuses.store(false, Ordering::Release);
    let errors = desk.errors(&["clear", &desk.transfer("two", 4, "s3://bucket/two")], 0);
    assert!(errors.contains("is now complete"), "{errors}");
    desk.ends(&["verify", "s3://bucket/one"], 0);
    assert_eq!((desk.tally().0, desk.staged()), (7, 0));
}

#[test]
fn i6_kills_while_an_object_store_is_written_leave_nothing_that_disagrees() {
    let server = Server::start();
    let seed = u64::from(std::process::id());
    say(&format!("kills against an object store: seed {seed}"));
    let (kills, out) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for worker in 0..2_u64 {
            let (server, kills, out) = (&server, &kills, &out);
            scope.spawn(move || kill(server, worker, seed, kills, out));
        }
    });
    let (kills, out) = (kills.into_inner(), out.into_inner());
    say(&format!("{kills} kills, {out} releases out, none disagrees"));
    assert!(kills >= 100);
}

/// Kills releases at random moments until a hundred were killed; after each everything has to agree.
fn kill(server: &Server, worker: u64, seed: u64, kills: &AtomicUsize, out: &AtomicUsize) {
    let desk = Desk::new(server);
    // It stops at the gate: what it does is to recover.
    let stopped = desk.transfer("stopped", 1, "out");
    let text = std::fs::read_to_string(desk.path(&stopped)).expect("reads");
    std::fs::write(
        desk.path(&stopped),
        text.replace("none = true", "ordinary = 99_999\nsensitive = 0").replace("by = ", "# "),
    )
    .expect("writes");
    let mut usual = Duration::from_millis(150);
    let (mut persons, mut releases) = (0, 0);
    for number in 0_u64.. {
        if kills.load(Ordering::Relaxed) >= 100 {
            break;
        }
        let (name, own) = (format!("t{worker}-{number}"), number % 5 + 1);
        let place = format!("s3://bucket/{worker}/{number}");
        let file = desk.transfer(&name, own as usize, &place);
        let draw = mixed(seed ^ worker << 32 ^ number) % (usual.as_micros() as u64 * 11 / 10 + 1);
        let mut child =
            desk.command(&["clear", &file]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
        std::thread::sleep(Duration::from_micros(draw));
        child.kill().expect("kills");
        let was_killed = child.wait().expect("ends").code().is_none();
        kills.fetch_add(usize::from(was_killed), Ordering::Relaxed);
        usual = match was_killed {
            false => usual.mul_f64(0.95),
            true if Duration::from_micros(draw) > usual.mul_f64(0.9) => usual.mul_f64(1.25),
            true => usual,
        };
        desk.ends(&["clear", &stopped], 1);
        let objects = server.objects(&format!("{worker}/{number}"));
        let what = format!("seed {seed}, worker {worker}, case {number}, after {draw} µs");
        if objects.is_empty() {
            assert!(was_killed, "{what}: it ended well, and nothing is there");
        } else {
            assert_eq!(objects.len(), 5, "{what}: {objects:?}");
            desk.ends(&["verify", &place], 0);
            persons += own;
            releases += 1;
            out.fetch_add(1, Ordering::Relaxed);
        }
        assert_eq!(desk.staged(), 0, "{what}");
        if releases > 0 {
            let (counted, lines) = desk.tally();
            assert_eq!((counted, lines.len()), (persons, releases), "{what}");
            assert!(lines.iter().all(|(_, state, _)| state == "published"), "{what}: {lines:?}");
        }
        let log = desk.json(&["log", "fsck"], 0);
        assert_eq!(log["size"].as_u64(), Some(releases as u64), "{what}");
    }
}

/// A line past the test harness, which would keep it to itself.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// SplitMix64 (Steele, Lea, Flood 2014): one step.
fn mixed(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
