//! Carries what is due, and writes down how it went.

use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::error::PostError;
use crate::hook::Status;
use crate::hooks::with_secret;
use crate::house::{Inner, Post};
use crate::letters::{Claimed, State, Tried};
use crate::mail::Mail;
use crate::retry::wait;

/// How long to wait before it is looked what is due, where nobody tells of something new.
const LOOK: Duration = Duration::from_secs(5);

impl Post {
    /// Carries letters for as long as it is let to; `now` is the clock.
    pub async fn carry(self, now: impl Fn() -> Timestamp + Send) {
        loop {
            match self.deliver(now()).await {
                Ok(0) => {
                    let written = self.inner.written.notified();
                    // Another process's letters are told by nobody.
                    let _ = tokio::time::timeout(LOOK, written).await;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(fault = %error, "letters could not be carried");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Carries some of what is due; how many letters.
    pub async fn deliver(&self, now: Timestamp) -> Result<usize, PostError> {
        let claimed = self.inner.claim(now).await?;
        let tried = join_all(claimed.iter().map(|letter| carried(&self.inner, letter, now))).await;
        for (letter, tried) in claimed.iter().zip(tried) {
            let tried = tried?;
            // Which hook and how it went; never where it is nor what was said.
            tracing::info!(
                letter = letter.id,
                hook = letter.hook.as_deref().unwrap_or("mail"),
                tries = letter.tries,
                state = tried.state.word(),
                answer = tried.answer,
                "letter"
            );
            self.inner.tried(letter, &tried, now).await?;
        }
        Ok(claimed.len())
    }
}

async fn carried(inner: &Inner, letter: &Claimed, now: Timestamp) -> Result<Tried, PostError> {
    match &letter.hook {
        Some(hook) => to_hook(inner, letter, hook, now).await,
        None => to_person(inner, letter, now).await,
    }
}

/// Dropped: nobody waits for it any more.
fn dropped(word: &str) -> Tried {
    Tried { state: State::Dropped, answer: word.to_owned(), again: None, hook_failed: false }
}

/// When it is tried again; none: it was tried often enough.
fn again(
    inner: &Inner,
    letter: &Claimed,
    asked: Option<Duration>,
    now: Timestamp,
) -> Result<Option<Timestamp>, PostError> {
    let [dice] = inner.sealer.random::<1>()?;
    let wait = wait(letter.tries, dice, asked).and_then(|wait| SignedDuration::try_from(wait).ok());
    Ok(wait.map(|wait| now + wait))
}

async fn to_hook(inner: &Inner, letter: &Claimed, hook: &str, now: Timestamp) -> Result<Tried, PostError> {
    let Some((hook, secret)) = with_secret(inner, hook).await? else { return Ok(dropped("no-hook")) };
    if hook.status != Status::On {
        return Ok(dropped("off"));
    }
    let answered = inner.web.send(&hook, &secret, &letter.id, &letter.content, now).await;
    if answered.arrived {
        return Ok(Tried { state: State::Arrived, answer: answered.word, again: None, hook_failed: false });
    }
    let again = if answered.gone { None } else { again(inner, letter, answered.asked, now)? };
    let state = if again.is_some() { State::Waiting } else { State::GivenUp };
    Ok(Tried { state, answer: answered.word, again, hook_failed: again.is_none() })
}

async fn to_person(inner: &Inner, letter: &Claimed, now: Timestamp) -> Result<Tried, PostError> {
    let Ok(mail) = serde_json::from_str::<Mail>(&letter.content) else { return Ok(dropped("unreadable")) };
    let Some(carrier) = &inner.mail else { return Ok(dropped("no-mail")) };
    let handed = carrier.send(&letter.id, &mail).await;
    if handed.arrived {
        return Ok(Tried { state: State::Arrived, answer: handed.word, again: None, hook_failed: false });
    }
    let again = if handed.never { None } else { again(inner, letter, None, now)? };
    let state = if again.is_some() { State::Waiting } else { State::GivenUp };
    Ok(Tried { state, answer: handed.word, again, hook_failed: false })
}
