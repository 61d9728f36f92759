//! Letters in the database: written once, tried when they are due, and how that went.

use std::fmt;

use database::{number, query, text};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::error::PostError;
use crate::hook::HookId;
use crate::house::{Inner, Post, millis, moment};
use crate::mail::Mail;

/// The most letters taken to be tried at once.
const AT_ONCE: i64 = 16;
/// How long a letter that is being tried is left to whoever tries it.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// How long what became of a letter is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A letter by name, for example `l-7k3m9qx2pd`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LetterId(String);

impl LetterId {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A letter to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// By what it is known that the same letter was written before.
    pub once: String,
    /// Of what it tells, such as `case.moved`.
    pub kind: String,
    /// To whom, and what.
    pub content: Content,
}

/// To whom a letter goes, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A program: JSON.
    Hook {
        /// Its hook.
        hook: HookId,
        /// The body.
        body: String,
    },
    /// Somebody.
    Mail(Mail),
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is tried again.
    Waiting,
    /// It arrived.
    Arrived,
    /// It was tried for three days, or will never be taken.
    GivenUp,
    /// Its hook was switched off.
    Dropped,
}

impl State {
    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Arrived => "arrived",
            Self::GivenUp => "given-up",
            Self::Dropped => "dropped",
        }
    }

    fn from_word(word: &str) -> Self {
        [Self::Waiting, Self::Arrived, Self::Dropped]
            .into_iter()
            .find(|one| one.word() == word)
            .unwrap_or(Self::GivenUp)
    }
}

/// How a letter to a hook went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The letter: `webhook-id`.
    pub id: LetterId,
    /// Of what it tells.
    pub kind: String,
    /// When it was written.
    pub made: Timestamp,
    /// How often it was tried.
    pub tries: u64,
    /// What became of it.
    pub state: State,
    /// What was answered last: a status of HTTP, or a word such as `timeout`.
    pub answer: Option<String>,
    /// When it was tried last.
    pub tried: Option<Timestamp>,
    /// When it is tried next.
    pub due: Option<Timestamp>,
}

/// A letter that is being tried.
pub(crate) struct Claimed {
    pub(crate) id: String,
    pub(crate) hook: Option<String>,
    pub(crate) tries: u64,
    pub(crate) content: String,
}

/// How a try ended.
pub(crate) struct Tried {
    pub(crate) state: State,
    pub(crate) answer: String,
    pub(crate) again: Option<Timestamp>,
    /// Whether the hook is told nothing more.
    pub(crate) hook_failed: bool,
}

fn place(id: &str) -> String {
    format!("letter/{id}")
}

fn delivery(row: &AnyRow) -> Result<Delivery, PostError> {
    let some = |column| Ok::<_, PostError>(Some(number(row, column)?).filter(|at| *at != 0).map(moment));
    Ok(Delivery {
        id: LetterId::new(text(row, "id")?),
        kind: text(row, "kind")?,
        made: moment(number(row, "made")?),
        tries: number(row, "tries")? as u64,
        state: State::from_word(&text(row, "state")?),
        answer: Some(text(row, "answer")?).filter(|answer| !answer.is_empty()),
        tried: some("tried")?,
        due: some("due")?,
    })
}

/// Nothing that waits for a hook is sent any more.
pub(crate) async fn drop_waiting(connection: &mut AnyConnection, hook: &HookId) -> Result<(), PostError> {
    let put = "UPDATE post_letter SET state = 'dropped', due = NULL WHERE hook = $1 AND due IS NOT NULL";
    query(put).bind(hook.as_str()).execute(connection).await?;
    Ok(())
}

impl Post {
    /// Writes letters down; they are sent from `now` on. A letter that was written before, by its `once`, is not written again. How many
    /// were new.
    pub async fn write(&self, letters: &[Letter], now: Timestamp) -> Result<u64, PostError> {
        if letters.is_empty() {
            return Ok(0);
        }
        let inner = &self.inner;
        let mut pen = inner.pen().await;
        let mut writing = pen.begin().await?;
        let mut new = 0;
        for letter in letters {
            let id = inner.sealer.new_id("l")?;
            let (hook, plain) = match &letter.content {
                Content::Hook { hook, body } => (Some(hook.as_str()), body.clone()),
                Content::Mail(mail) => (None, serde_json::json!(mail).to_string()),
            };
            let put = "INSERT INTO post_letter (id, once, hook, kind, content, made, due, state) \
                       VALUES ($1, $2, $3, $4, $5, $6, $6, 'waiting') ON CONFLICT (once) DO NOTHING";
            let put = query(put)
                .bind(id.as_str())
                .bind(letter.once.as_str())
                .bind(hook)
                .bind(letter.kind.as_str())
                .bind(inner.sealer.seal(&place(&id), &plain)?)
                .bind(millis(now));
            new += put.execute(&mut *writing).await?.rows_affected();
        }
        writing.commit().await?;
        inner.written.notify_one();
        Ok(new)
    }

    /// How letters to a hook went, newest first.
    pub async fn deliveries(&self, hook: &HookId, most: u32) -> Result<Vec<Delivery>, PostError> {
        let of = "SELECT id, kind, made, tries, state, coalesce(answer, '') AS answer, coalesce(tried, 0) AS tried, \
                  coalesce(due, 0) AS due FROM post_letter WHERE hook = $1 ORDER BY made DESC, id DESC LIMIT $2";
        let rows = query(of).bind(hook.as_str()).bind(i64::from(most.min(200))).fetch_all(&self.inner.readers).await?;
        rows.iter().map(delivery).collect()
    }

    /// Sends a letter to a hook once more, from `now` on, as often as a new one.
    pub async fn send_again(&self, hook: &HookId, letter: &LetterId, now: Timestamp) -> Result<(), PostError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let put = "UPDATE post_letter SET state = 'waiting', due = $3, tries = 0 WHERE id = $1 AND hook = $2";
        let put = query(put).bind(letter.as_str()).bind(hook.as_str()).bind(millis(now));
        let done = put.execute(&mut *writing).await?.rows_affected();
        writing.commit().await?;
        if done == 0 {
            return Err(PostError::NoLetter(letter.to_string()));
        }
        self.inner.written.notify_one();
        Ok(())
    }

    /// Throws away what became of letters a month ago. Once a day is enough.
    pub async fn tidy(&self, now: Timestamp) -> Result<(), PostError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let delete = query("DELETE FROM post_letter WHERE due IS NULL AND made < $1").bind(millis(now - KEPT));
        delete.execute(&mut *writing).await?;
        Ok(writing.commit().await?)
    }

    /// How many letters wait to be sent.
    pub async fn waiting(&self) -> Result<u64, PostError> {
        let row = query("SELECT count(*) AS n FROM post_letter WHERE due IS NOT NULL").fetch_one(&self.inner.readers);
        Ok(number(&row.await?, "n")? as u64)
    }
}

impl Inner {
    /// Takes letters that are due: nobody else tries them meanwhile, and whoever dies over them leaves them to others.
    pub(crate) async fn claim(&self, now: Timestamp) -> Result<Vec<Claimed>, PostError> {
        let due = "SELECT id FROM post_letter WHERE due <= $1 LIMIT 1";
        if query(due).bind(millis(now)).fetch_optional(&self.readers).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut pen = self.pen().await;
        let mut writing = pen.begin().await?;
        let lock = self.database.dialect().lock("post_letter");
        let due = format!(
            "SELECT id, coalesce(hook, '') AS hook, tries, content FROM post_letter WHERE due <= $1 ORDER BY due, id LIMIT {AT_ONCE}{lock}"
        );
        let rows = query(due).bind(millis(now)).fetch_all(&mut *writing).await?;
        let mut claimed = Vec::new();
        for row in &rows {
            let (id, hook) = (text(row, "id")?, text(row, "hook")?);
            let tries = number(row, "tries")? + 1;
            let put = "UPDATE post_letter SET due = $2, tries = $3, tried = $4 WHERE id = $1";
            let put = query(put).bind(id.as_str()).bind(millis(now + LEASE)).bind(tries).bind(millis(now));
            put.execute(&mut *writing).await?;
            let content = self.sealer.open(&place(&id), &text(row, "content")?)?.to_string();
            let hook = Some(hook).filter(|hook| !hook.is_empty());
            claimed.push(Claimed { id, hook, tries: tries as u64, content });
        }
        writing.commit().await?;
        Ok(claimed)
    }

    /// Writes down how a try ended. What was switched off meanwhile stays so.
    pub(crate) async fn tried(&self, letter: &Claimed, tried: &Tried, now: Timestamp) -> Result<(), PostError> {
        let mut pen = self.pen().await;
        let mut writing = pen.begin().await?;
        let put = "UPDATE post_letter SET state = $2, answer = $3, due = $4 WHERE id = $1 AND due IS NOT NULL";
        query(put)
            .bind(letter.id.as_str())
            .bind(tried.state.word())
            .bind(tried.answer.as_str())
            .bind(tried.again.map(millis))
            .execute(&mut *writing)
            .await?;
        if let Some(hook) = &letter.hook {
            let put = match (tried.state, tried.hook_failed) {
                (State::Arrived, _) => query("UPDATE post_hook SET failing = NULL WHERE id = $1").bind(hook.as_str()),
                (_, false) => query("UPDATE post_hook SET failing = coalesce(failing, $2) WHERE id = $1")
                    .bind(hook.as_str())
                    .bind(millis(now)),
                (_, true) => query(
                    "UPDATE post_hook SET failing = coalesce(failing, $2), status = 'failed' WHERE id = $1 AND status = 'on'",
                )
                .bind(hook.as_str())
                .bind(millis(now)),
            };
            put.execute(&mut *writing).await?;
            if tried.hook_failed {
                drop_waiting(&mut writing, &HookId::new(hook.as_str())).await?;
            }
        }
        Ok(writing.commit().await?)
    }
}
