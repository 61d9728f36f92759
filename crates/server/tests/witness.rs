//! The witness as its clients meet it: over a socket, byte for byte.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;

use evidence::{DirStore, Log, MemStore, SigningKey, WitnessState, open_note};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const ORIGIN: &str = "example.com/log";
const NOW: u64 = 1_763_800_000;

/// A witness that runs until it is dropped.
struct Running {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    fn start(folder: &std::path::Path) -> Self {
        let log = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap().verifier();
        let key = SigningKey::from_seed("witness.example/w", &[9; 32]).unwrap();
        let witness = WitnessState::new(key, [log], DirStore::new(folder));
        let (end, ended) = oneshot::channel();
        let (address, found) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                address.send(listener.local_addr().unwrap()).unwrap();
                let routes = server::witness::router(witness, Arc::new(|| NOW));
                server::witness::serve(listener, routes, async { drop(ended.await) }).await.unwrap();
            });
        });
        Self { address: found.recv().unwrap(), end: Some(end), thread: Some(thread) }
    }

    /// Sends bytes; gives status, content type and body.
    fn send(&self, request: &[u8]) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // A server that has heard enough may close before all is said.
        let _ = stream.write_all(request);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_default();
        let kind = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-type: ").map(str::to_owned));
        (status, kind.unwrap_or_default(), body.to_owned())
    }

    fn post(&self, body: &[u8]) -> (u16, String, String) {
        let length = body.len();
        let head = format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        self.send(&[head.as_bytes(), body].concat())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.end.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

fn log(size: u64) -> Log<MemStore> {
    let key = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    let mut log = Log::create(MemStore::default(), ORIGIN, &key).unwrap();
    log.append(&(0..size).map(|i| format!("leaf {i}").into_bytes()).collect::<Vec<_>>(), &key).unwrap();
    log
}

#[test]
fn it_cosigns_remembers_and_names_the_size_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let three = log(3);
    let (status, _, line) = running.post(format!("old 0\n\n{}", three.checkpoint()).as_bytes());
    assert_eq!(status, 200);
    let witness = SigningKey::from_seed("witness.example/w", &[9; 32]).unwrap().cosigner();
    let keys = [three.keys()[0].clone(), witness];
    assert_eq!(open_note((three.checkpoint().to_owned() + &line).as_bytes(), &keys).unwrap().by, keys);
    drop(running);

    let running = Running::start(folder.path());
    let five = log(5);
    let old = format!("old 0\n\n{}", five.checkpoint());
    assert_eq!(running.post(old.as_bytes()), (409, "text/x.tlog.size".to_owned(), "3\n".to_owned()));
    let proof: String =
        five.consistency_proof(3).unwrap().iter().fold(String::new(), |text, hash| text + &format!("{hash}\n"));
    assert_eq!(running.post(format!("old 3\n{proof}\n{}", five.checkpoint()).as_bytes()).0, 200);
    assert_eq!(running.post(b"old 5\n\nnonsense").0, 400);
}

#[test]
fn what_is_too_long_cut_off_or_elsewhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    assert_eq!(running.post(&vec![b'a'; 130 * 1024]).0, 413);
    let endless =
        b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let chunk = format!("{:x}\r\n{}\r\n", 32 * 1024, "a".repeat(32 * 1024));
    assert_eq!(running.send(&[endless.as_slice(), chunk.repeat(6).as_bytes()].concat()).0, 413);
    assert_eq!(running.send(b"GET /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n").0, 405);
    assert_eq!(running.send(b"POST / HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").0, 404);
    assert_eq!(running.send(b"nonsense\r\n\r\n").0, 400);
    // It still answers.
    assert_eq!(running.post(format!("old 0\n\n{}", log(1).checkpoint()).as_bytes()).0, 200);
}

#[test]
fn a_request_that_has_begun_is_answered_when_the_server_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(folder.path());
    let body = format!("old 0\n\n{}", log(2).checkpoint());
    let mut stream = TcpStream::connect(running.address).unwrap();
    let head = format!("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    let (first, rest) = body.as_bytes().split_at(10);
    stream.write_all(first).unwrap();
    thread::sleep(std::time::Duration::from_millis(200));
    drop(running.end.take());
    thread::sleep(std::time::Duration::from_millis(200));
    stream.write_all(rest).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
