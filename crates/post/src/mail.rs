//! Carries letters to people, over SMTP.

use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::error::PostError;

/// How long the mail server may take to answer.
const ANSWER: Duration = Duration::from_secs(20);

/// What is wrong with us and not with the letter: no password, a wrong one, a weaker way of saying it than is asked for (RFC 4954, 6).
/// Somebody mends that, and the letter is tried again.
const SENDER_REFUSED: [&str; 4] = ["530", "534", "535", "538"];

/// Mail in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// The mail server that takes what is sent, and who sends.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// `smtps://USER:PASSWORD@HOST` (TLS from the start), `smtp://USER:PASSWORD@HOST:587?tls=required` (STARTTLS) or `smtp://HOST:25` (neither).
    pub url: String,
    /// The sender, such as `数据出境系统 <noreply@example.cn>`.
    pub from: String,
}

/// What became of mail that was handed over.
pub(crate) struct Handed {
    pub(crate) arrived: bool,
    /// The server will never take it.
    pub(crate) never: bool,
    pub(crate) word: String,
}

pub(crate) struct Carrier {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Carrier {
    pub(crate) fn new(smtp: &Smtp) -> Result<Self, PostError> {
        let wrong = |what: &str| PostError::Smtp { what: what.to_owned() };
        // Whoever came first chose the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let from: Mailbox =
            smtp.from.parse().map_err(|_| wrong("the sender is no address such as `Tongguan <noreply@example.cn>`"))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp.url)
            .map_err(|_| wrong("this cannot be read"))?
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(ANSWER))
            .build();
        Ok(Self { transport, from })
    }

    /// Hands mail over to the server.
    pub(crate) async fn send(&self, id: &str, mail: &Mail) -> Handed {
        let never = |word: &str| Handed { arrived: false, never: true, word: word.to_owned() };
        let Ok(to) = mail.to.parse::<Address>() else { return never("no-address") };
        let built = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            // Nobody's holiday notice answers a program (RFC 3834).
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone());
        let Ok(message) = built else { return never("no-message") };
        // The transport's own limit is on being connected alone.
        let Ok(sent) = tokio::time::timeout(ANSWER, self.transport.send(message)).await else {
            return Handed { arrived: false, never: false, word: "timeout".to_owned() };
        };
        match sent {
            Ok(answer) => Handed { arrived: true, never: false, word: answer.code().to_string() },
            Err(error) => {
                let word = match error.status() {
                    Some(code) => code.to_string(),
                    None if error.is_timeout() => "timeout".to_owned(),
                    None => "no-connection".to_owned(),
                };
                let never = error.is_permanent() && !SENDER_REFUSED.contains(&word.as_str());
                Handed { arrived: false, never, word }
            }
        }
    }
}

/// `Auto-Submitted: auto-generated`.
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
