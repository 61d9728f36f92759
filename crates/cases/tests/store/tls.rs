//! PostgreSQL over TLS: who it is has to be shown by a certificate of the authority that the address names.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cases::{Store, StoreError};

use crate::support::*;

/// A server on a port of the loopback that takes nothing but TLS.
struct Server {
    folder: tempfile::TempDir,
    port: u16,
    running: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = Command::new("kill").args(["-INT", &self.running.id().to_string()]).status();
        if stop.is_ok_and(|status| status.success()) {
            let _ = self.running.wait();
        }
    }
}

/// The folder of PostgreSQL's programs, where there is one, this test may become its user, and certificates can be made.
fn programs() -> Option<PathBuf> {
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let bin = versions.filter(|bin| bin.join("postgres").exists()).max()?;
    let works = |program: &str, argument: &[&str]| {
        let ran = Command::new(program).args(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
        ran.is_ok_and(|status| status.success())
    };
    (works("runuser", &["-u", "postgres", "--", "true"]) && works("openssl", &["version"])).then_some(bin)
}

fn run(program: &str, arguments: &[&str]) {
    let ran = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(ran.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// An authority of one's own, and a certificate by it for `localhost` alone.
fn certificates(folder: &Path, authority: &str) {
    let at = |name: &str| folder.join(name).display().to_string();
    let (ca, ca_key) = (at(&format!("{authority}.pem")), at(&format!("{authority}.key")));
    let (key, request, certificate) = (at("server.key"), at("server.csr"), at("server.pem"));
    let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"];
    let subject = format!("/CN={authority}");
    let own = ["-x509", "-days", "2", "-subj", &subject, "-keyout", &ca_key, "-out", &ca];
    run("openssl", &[&new[..], &own].concat());
    run("openssl", &[&new[..], &["-subj", "/CN=localhost", "-keyout", &key, "-out", &request]].concat());
    let names = at("names");
    std::fs::write(&names, "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n").expect("written");
    let by = ["-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial", "-extfile", &names, "-days", "2", "-out", &certificate];
    run("openssl", &[&["x509", "-req", "-in", &request][..], &by].concat());
}

impl Server {
    fn start() -> Option<Self> {
        let Some(bin) = programs() else {
            eprintln!("no PostgreSQL, no right to act as its user, or no openssl: this test is left out");
            return None;
        };
        let program = |name: &str| bin.join(name).display().to_string();
        let folder = tempfile::Builder::new().prefix("tongguan-tls").tempdir_in("/tmp").expect("a folder");
        certificates(folder.path(), "authority");
        let data = folder.path().join("data").display().to_string();
        let root = folder.path().display().to_string();
        run("chown", &["-R", "postgres", &root]);
        let as_postgres = ["-u", "postgres", "--"];
        let make = [&program("initdb"), "-D", &data, "-U", "postgres", "-A", "trust", "-N", "--locale=C.UTF-8"];
        run("runuser", &[&as_postgres[..], &make.map(|word| word)].concat());
        let who = "hostssl all all all trust\nhostnossl all all all reject\n";
        std::fs::write(folder.path().join("data/pg_hba.conf"), who).expect("written");
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).expect("a port").port();
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let settings = [
            "listen_addresses=localhost".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={root}"),
            "ssl=on".to_owned(),
            format!("ssl_cert_file={root}/server.pem"),
            format!("ssl_key_file={root}/server.key"),
        ];
        let running = Command::new("setpriv")
            .args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig", "INT", "--"])
            .args([program("postgres"), "-D".to_owned(), data])
            .args(settings.iter().flat_map(|setting| ["-c", setting.as_str()]))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres starts");
        let server = Self { folder, port, running };
        for _ in 0..600 {
            let ready = Command::new(program("pg_isready")).args(["-q", "-h", &root, "-p", &port.to_string()]).status();
            if ready.is_ok_and(|status| status.success()) {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let said = std::fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
        panic!("postgres does not answer: {said}");
    }

    async fn open(&self, host: &str, with: &str) -> Result<Store, StoreError> {
        let address = format!("postgres://postgres:geheim@{host}:{}/postgres?{with}", self.port);
        Store::open(&address, keys(), world()).await
    }
}

#[test]
fn i8_postgres_over_tls_has_to_show_who_it_is() {
    let Some(server) = Server::start() else { return };
    let other = tempfile::tempdir().expect("a folder");
    certificates(other.path(), "stranger");
    let root = format!("sslrootcert={}", server.folder.path().join("authority.pem").display());
    let stranger = format!("sslrootcert={}", other.path().join("stranger.pem").display());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = server.open("localhost", &format!("sslmode=verify-full&{root}")).await.expect("it opens");
        let case = decided(&store, 1).await;
        assert_eq!(store.case(&case).await.expect("the case").version, cases::Version(9));
        store.close().await;
        for (host, with) in [
            ("localhost", "sslmode=require".to_owned()),
            ("localhost", "sslmode=prefer".to_owned()),
            ("127.0.0.1", format!("sslmode=verify-ca&{root}")),
        ] {
            let store = server.open(host, &with).await.unwrap_or_else(|error| panic!("{with}: {error}"));
            assert_eq!(store.verify().await.expect("it is read"), 9, "{with}");
            store.close().await;
        }
        for (host, with, why) in [
            // Signed by somebody else, by nobody the system knows, for another name, or not asked for at all.
            ("localhost", format!("sslmode=verify-full&{stranger}"), "certificate"),
            ("localhost", format!("sslmode=verify-ca&{stranger}"), "certificate"),
            ("localhost", "sslmode=verify-full".to_owned(), "certificate"),
            ("127.0.0.1", format!("sslmode=verify-full&{root}"), "certificate"),
            ("localhost", "sslmode=disable".to_owned(), "pg_hba.conf"),
            ("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem".to_owned(), ""),
        ] {
            let error = server.open(host, &with).await.expect_err(&with);
            assert_eq!(error.code(), "database", "{with}: {error}");
            let said = error.to_string();
            assert!(said.contains(why) && !said.contains('\n') && !said.contains("geheim"), "{with}: {said}");
        }
    });
}

#[test]
fn i8_a_server_that_declines_tls_is_refused_where_it_is_asked_for() {
    // Whoever stands between answers that there is none.
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for peer in listener.incoming() {
            let mut peer = peer.expect("a connection");
            let mut asked = [0; 8];
            if peer.read_exact(&mut asked).is_ok() {
                let _ = peer.write_all(b"N");
            }
        }
    });
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for mode in ["require", "verify-ca", "verify-full"] {
        let address = format!("postgres://postgres:geheim@127.0.0.1:{port}/postgres?sslmode={mode}");
        let error = runtime.block_on(Store::open(&address, keys(), world())).expect_err(mode);
        assert!(error.to_string().contains("does not support TLS"), "{error}");
    }
}
