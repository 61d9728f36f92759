//! Asking the provider: over TLS, without following it anywhere else, and never longer or more than it should take.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::url::Url;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::redirect::Policy;

use crate::error::OidcError;
use crate::settings::is_plain;

/// How long one answer may take, from the first word to the last.
const LONGEST: Duration = Duration::from_secs(10);
/// How long a connection may take.
const TO_CONNECT: Duration = Duration::from_secs(4);
/// The most bytes of an answer: documents of large providers have ten thousand.
const MOST: usize = 512 * 1024;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failed {
    #[error("{0}")]
    Unreachable(String),
    #[error("it takes too long")]
    Slow,
    #[error("it points elsewhere")]
    Redirected,
    #[error("it is too large")]
    TooLarge,
}

impl Failed {
    /// As an error of asking for `which`.
    pub(crate) fn of(self, which: &'static str) -> OidcError {
        match self {
            Self::Unreachable(why) => OidcError::Unreachable(why),
            Self::Slow => OidcError::Slow,
            Self::Redirected => OidcError::Answer(which, "it points elsewhere"),
            Self::TooLarge => OidcError::Answer(which, "it is too large"),
        }
    }
}

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Slow;
        }
        // The innermost cause says it shortest, and names no address with a query.
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        Self::Unreachable(if cause.source().is_none() { cause.to_string() } else { "no answer".to_owned() })
    }
}

/// Who asks.
#[derive(Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
}

impl Http {
    /// For a provider. One on this machine is asked directly and may be without TLS, every other over TLS alone.
    pub(crate) fn new(issuer: &Url) -> Result<Self, OidcError> {
        Self::waiting(issuer, LONGEST)
    }

    /// The same, waiting for an answer no longer than this.
    pub(crate) fn waiting(issuer: &Url, longest: Duration) -> Result<Self, OidcError> {
        let client = reqwest::Client::builder()
            // A redirect could lead to a machine that only this one can reach.
            .redirect(Policy::none())
            .referer(false)
            .timeout(longest)
            .connect_timeout(TO_CONNECT.min(longest));
        let client = if is_plain(issuer) { client.no_proxy() } else { client.https_only(true) };
        let client = client.build().map_err(|error| Failed::from(error).of("client"))?;
        Ok(Self { client })
    }

    /// One answer.
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let request = reqwest::Request::try_from(request)?;
        let mut answer = self.client.execute(request).await?;
        if answer.status().is_redirection() {
            return Err(Failed::Redirected);
        }
        if answer.content_length().is_some_and(|length| length > MOST as u64) {
            return Err(Failed::TooLarge);
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > MOST {
                return Err(Failed::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(bytes);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// As the library asks.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failed>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
