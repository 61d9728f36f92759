//! A mail server on this machine (aiosmtpd), which writes down what it is sent.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// Takes mail on a free port and writes each as a line of JSON; some recipients it refuses.
const SERVER: &str = r#"
import email, email.policy, json, socket, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such person"
        if address.startswith("later@"):
            return "451 4.3.0 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({"to": envelope.rcpt_tos, "from": envelope.mail_from, "subject": str(mail["subject"]), "text": mail.get_content(),
                          "auto": mail["auto-submitted"], "id": mail["message-id"], "by": session.auth_data or ""}), flush=True)
        return "250 OK"

def authenticate(server, session, envelope, mechanism, data):
    ok = data.login == b"tongguan" and data.password == b"a pass/word"
    return AuthResult(success=ok, handled=False, auth_data="tongguan")

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
controller = Controller(Handler(), hostname="127.0.0.1", port=port, authenticator=authenticate, auth_require_tls=False, auth_required=len(sys.argv) > 1)
controller.start()
print(port, flush=True)
while True:
    time.sleep(1)
"#;

/// It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    got: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    /// With an argument it wants a password. None where there is no aiosmtpd, which is said.
    pub(crate) fn start(argument: &[&str]) -> Option<Self> {
        // Debian's own, where another stands first in PATH.
        let pythons = ["python3", "/usr/bin/python3"];
        let has = |python: &&&str| {
            let found = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
            found.is_ok_and(|status| status.success())
        };
        let Some(python) = pythons.iter().find(has) else {
            eprintln!("skipped: there is no python3 with `aiosmtpd` here, so no mail was sent");
            return None;
        };
        let mut child = Command::new(python)
            .arg("-c")
            .arg(SERVER)
            .args(argument)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = lines.next().expect("a line").expect("text").trim().parse().expect("a port");
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&got);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().expect("whole").push(serde_json::from_str(&line).expect("JSON"));
            }
        });
        Some(Self { child, port, got })
    }

    /// How many letters it was sent.
    pub(crate) fn count(&self) -> usize {
        self.got.lock().expect("whole").len()
    }

    /// What it was sent, once it is so much.
    pub(crate) async fn got(&self, count: usize) -> Vec<Value> {
        for _ in 0..100 {
            let got = self.got.lock().expect("whole").clone();
            if got.len() >= count {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{count} letters did not come");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
