//! A witness reached over HTTP or HTTPS.

use std::time::Duration;

use evidence::witness::{Answer, WitnessError};
use evidence::{AddCheckpoint, Witness};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, http};

/// The longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 64 * 1024;
/// As much of a refusal as is shown.
const MAX_SHOWN: usize = 160;

/// A witness by its submission prefix.
pub(crate) struct HttpWitness {
    endpoint: String,
    agent: Agent,
}

impl HttpWitness {
    /// The witness at `url`; each request may take so long.
    pub(crate) fn new(url: &str, patience: Duration) -> Self {
        // The roots of the system: a witness inside a company has a certificate of that company. What is signed is checked under
        // the witness's own key in any case.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(patience))
            .tls_config(tls)
            .user_agent(concat!("tongguan/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            endpoint: format!("{}/add-checkpoint", url.trim_end_matches('/')),
            agent: Agent::new_with_config(config),
        }
    }
}

impl Witness for HttpWitness {
    fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Answer, WitnessError> {
        let failed = |error: ureq::Error| WitnessError(line(&error.to_string()));
        let sent = self.agent.post(&self.endpoint).content_type("text/plain; charset=utf-8").send(request.to_string());
        let mut response: http::Response<Body> = sent.map_err(failed)?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let names_size = status == 409 && kind.split(';').next() == Some("text/x.tlog.size");
        let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_string().map_err(failed)?;
        let size = body.strip_suffix('\n').and_then(|size| size.parse().ok()).filter(|_| names_size);
        Ok(match (status, size) {
            (200, _) => Answer::Cosigned(body),
            (_, Some(size)) => Answer::Conflict(size),
            _ => Answer::Refused(status, line(&body)),
        })
    }
}

/// A text of somebody else as one short line without anything that moves a terminal's cursor.
fn line(text: &str) -> String {
    let plain = text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control());
    plain.take(MAX_SHOWN).collect()
}
