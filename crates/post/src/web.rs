//! Carries letters to programs, over HTTPS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, StatusCode, header, redirect};

use crate::address::{Reach, checked};
use crate::error::PostError;
use crate::hook::Hook;
use crate::sign::sign;

/// How long a receiver may take to be reached, and to answer.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(15);

/// What a receiver made of a letter.
pub(crate) struct Answered {
    pub(crate) arrived: bool,
    /// It wants nothing more, ever (410).
    pub(crate) gone: bool,
    /// How long it asked to be left alone (429, 503 with `Retry-After`).
    pub(crate) asked: Option<Duration>,
    /// The status, or a word.
    pub(crate) word: String,
}

pub(crate) struct Web {
    client: Client,
    reach: Reach,
}

impl Web {
    pub(crate) fn new(reach: Reach) -> Result<Self, PostError> {
        let client = Client::builder()
            .user_agent(concat!("Tongguan/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            // Whoever is asked does not choose where else we go; nor does the environment this program was started in.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(1)
            .dns_resolver(Arc::new(Within(reach)))
            .use_rustls_tls()
            .build()
            .map_err(|error| PostError::Sender(error.to_string()))?;
        Ok(Self { client, reach })
    }

    /// Sends a letter. What is answered is not read, but for its status.
    pub(crate) async fn send(&self, hook: &Hook, secret: &str, id: &str, body: &str, now: Timestamp) -> Answered {
        let failed = |word: &str| Answered { arrived: false, gone: false, asked: None, word: word.to_owned() };
        // The reach may be narrower than when the hook was made.
        let Ok(url) = checked(&hook.url, self.reach) else { return failed("out-of-reach") };
        let at = now.as_second();
        let Some(signed) = sign(secret, id, at, body.as_bytes()) else { return failed("no-secret") };
        let request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at.to_string())
            .header("webhook-signature", signed)
            .body(body.to_owned());
        match request.send().await {
            Ok(response) => {
                let status = response.status();
                let after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
                Answered {
                    arrived: status.is_success(),
                    gone: status == StatusCode::GONE,
                    asked: after.and_then(|after| after.trim().parse().ok()).map(Duration::from_secs),
                    word: status.as_u16().to_string(),
                }
            }
            Err(error) if error.is_timeout() => failed("timeout"),
            Err(error) if is_out_of_reach(&error) => failed("out-of-reach"),
            Err(error) if error.is_connect() => failed("no-connection"),
            Err(_) => failed("no-answer"),
        }
    }
}

fn is_out_of_reach(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(of) = cause {
        if of.is::<OutOfReach>() {
            return true;
        }
        cause = of.source();
    }
    false
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads into a network that webhooks do not reach")]
struct OutOfReach;

/// Looks names up and forgets what is out of reach, so that what was looked at is what is connected to.
struct Within(Reach);

impl Resolve for Within {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within: Vec<SocketAddr> = found.filter(|address| reach.takes(address.ip())).collect();
            if within.is_empty() {
                return Err(OutOfReach.into());
            }
            Ok(Box::new(within.into_iter()) as Addrs)
        })
    }
}
