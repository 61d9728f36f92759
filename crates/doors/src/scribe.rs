//! One who writes down what comes often: reads, and when sessions and tokens were last used. What waits is written together.

use std::sync::Arc;

use database::{Type, query};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::error::DoorsError;
use crate::house::{Doors, Inner};
use crate::record::{NewEntry, append};

/// The most notes of one transaction: bounds what one commit waits for.
const MOST: usize = 512;

/// Something to be written down.
pub(crate) enum Note {
    /// Who read what.
    Read(NewEntry),
    /// A session was used.
    Seen { secret: String, at: i64 },
    /// A token was used.
    Used { secret: String, at: i64 },
}

impl Doors {
    /// Has something written down; returns once it is durable.
    pub(crate) async fn note(&self, note: Note) -> Result<(), DoorsError> {
        let (reply, answer) = oneshot::channel();
        self.notes.send(Waiting { note, reply }).await.map_err(|_| DoorsError::Closed)?;
        answer.await.unwrap_or(Err(DoorsError::Closed))
    }
}

/// A note and who waits for it to be written.
pub(crate) struct Waiting {
    note: Note,
    reply: oneshot::Sender<Result<(), DoorsError>>,
}

/// Writes what comes until nobody can send any more.
pub(crate) async fn run(inner: Arc<Inner>, mut notes: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::new();
    while notes.recv_many(&mut waiting, MOST).await > 0 {
        let (group, replies): (Vec<Note>, Vec<_>) = waiting.drain(..).map(|one| (one.note, one.reply)).unzip();
        // Nobody is shown what could not be written down, so all are told.
        let failed = write(&inner, group).await.err().map(|error| error.to_string());
        for reply in replies {
            let answer = match &failed {
                None => Ok(()),
                Some(what) => Err(database::DatabaseError::Failed { what: database::one_line(what) }.into()),
            };
            // Whoever no longer waits needs no answer.
            let _ = reply.send(answer);
        }
    }
}

async fn write(inner: &Inner, group: Vec<Note>) -> Result<(), DoorsError> {
    let (mut reads, mut seen, mut used) = (Vec::new(), Vec::new(), Vec::new());
    for note in group {
        match note {
            Note::Read(entry) => reads.push(entry),
            Note::Seen { secret, at } => seen.push(json!({ "secret": secret, "at": at })),
            Note::Used { secret, at } => used.push(json!({ "secret": secret, "at": at })),
        }
    }
    let mut pen = inner.pen().await;
    let mut writing = pen.begin().await?;
    let from = inner.dialect().rows(&[("secret", Type::Text), ("at", Type::Number)]);
    for (table, column, rows) in [("door_session", "seen", seen), ("door_token", "used", used)] {
        if rows.is_empty() {
            continue;
        }
        // Two of one group are of one minute: either will do.
        let put = format!(
            "UPDATE {table} SET {column} = v.at FROM {from} WHERE {table}.secret = v.secret AND coalesce({table}.{column}, 0) < v.at"
        );
        query(put).bind(Value::from(rows).to_string()).execute(&mut *writing).await?;
    }
    append(inner, &mut writing, &reads).await?;
    Ok(writing.commit().await?)
}
