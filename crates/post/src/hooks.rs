//! Hooks in the database: making, changing, finding, removing them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use database::{number, query, text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use crate::address::checked;
use crate::error::PostError;
use crate::hook::{Change, Hook, HookId, NewHook, Shown, Status};
use crate::house::{Inner, Post, millis, moment};
use crate::letters::drop_waiting;
use crate::sign::PREFIX;

/// The columns a hook is read from.
const COLUMNS: &str = "id, owner, content, kinds, status, created, coalesce(failing, 0) AS failing";
/// The most hooks of one owner.
const MOST: i64 = 20;
/// The longest name, in letters.
const LONGEST: usize = 80;

/// What of a hook is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    name: String,
    url: String,
    secret: String,
}

fn place(id: &HookId) -> String {
    format!("hook/{id}")
}

fn opened(inner: &Inner, row: &AnyRow) -> Result<(Hook, Content), PostError> {
    let id = HookId::new(text(row, "id")?);
    let content = inner.sealer.open(&place(&id), &text(row, "content")?)?;
    let content: Content = serde_json::from_str(&content).map_err(|_| database::SealError::Sealed(place(&id)))?;
    let failing = number(row, "failing")?;
    let hook = Hook {
        owner: text(row, "owner")?,
        name: content.name.clone(),
        url: content.url.clone(),
        kinds: text(row, "kinds")?.split_whitespace().map(str::to_owned).collect(),
        status: Status::from_word(&text(row, "status")?),
        created: moment(number(row, "created")?),
        failing: (failing != 0).then(|| moment(failing)),
        id,
    };
    Ok((hook, content))
}

/// A hook with its secret, for whoever sends to it.
pub(crate) async fn with_secret(inner: &Inner, id: &str) -> Result<Option<(Hook, Zeroizing<String>)>, PostError> {
    let of = query(format!("SELECT {COLUMNS} FROM post_hook WHERE id = $1")).bind(id);
    let row = of.fetch_optional(&inner.readers).await?;
    let read = row.map(|row| opened(inner, &row)).transpose()?;
    Ok(read.map(|(hook, content)| (hook, Zeroizing::new(content.secret))))
}

fn named(name: &str) -> Result<String, PostError> {
    let name = name.trim();
    let fits = (1..=LONGEST).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let wrong = || PostError::Bad {
        field: "name",
        what: "is 1 to 80 letters, without control characters",
        zh: "应为1至80个字符",
    };
    if fits { Ok(name.to_owned()) } else { Err(wrong()) }
}

fn words(kinds: &BTreeSet<String>) -> Result<String, PostError> {
    let word = |kind: &String| {
        !kind.is_empty()
            && kind.len() <= 40
            && kind.bytes().all(|byte| byte.is_ascii_lowercase() || b".-".contains(&byte))
    };
    if kinds.len() > 40 || !kinds.iter().all(word) {
        return Err(PostError::Bad {
            field: "kinds",
            what: "are words such as `case.moved`",
            zh: "应为 `case.moved` 之类的词",
        });
    }
    Ok(kinds.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
}

impl Post {
    /// Makes a hook. Its secret is shown now, and never again.
    ///
    /// Errors: an address that is none or out of reach, a name too long, more than 20 hooks of one owner.
    pub async fn make_hook(&self, new: NewHook, now: Timestamp) -> Result<Shown, PostError> {
        let inner = &self.inner;
        let (name, kinds, url) = (named(&new.name)?, words(&new.kinds)?, checked(&new.url, inner.reach)?);
        let id = HookId::new(inner.sealer.new_id("w")?);
        let secret = self.new_secret()?;
        let content = Content { name, url: url.into(), secret: secret.clone() };
        let mut pen = inner.pen().await;
        let mut writing = pen.begin().await?;
        let count = query("SELECT count(*) AS n FROM post_hook WHERE owner = $1").bind(new.owner.as_str());
        if number(&count.fetch_one(&mut *writing).await?, "n")? >= MOST {
            let (what, zh) = ("may be 20 at most: remove one first", "最多20个，请先删除一个");
            return Err(PostError::Bad { field: "webhooks", what, zh });
        }
        let put =
            "INSERT INTO post_hook (id, owner, content, kinds, status, created) VALUES ($1, $2, $3, $4, 'on', $5)";
        query(put)
            .bind(id.as_str())
            .bind(new.owner.as_str())
            .bind(self.sealed(&id, &content)?)
            .bind(kinds)
            .bind(millis(now))
            .execute(&mut *writing)
            .await?;
        writing.commit().await?;
        drop(pen);
        Ok(Shown { hook: self.hook(&id).await?, secret: Some(secret) })
    }

    /// Changes a hook; switched on, it is taken to be well again.
    pub async fn change_hook(&self, id: &HookId, change: Change) -> Result<Shown, PostError> {
        let inner = &self.inner;
        let new = if change.secret { Some(self.new_secret()?) } else { None };
        let mut pen = inner.pen().await;
        let mut writing = pen.begin().await?;
        let (mut hook, mut content) = locked(inner, &mut writing, id).await?;
        if let Some(name) = &change.name {
            content.name = named(name)?;
        }
        if let Some(url) = &change.url {
            content.url = checked(url, inner.reach)?.into();
        }
        if let Some(secret) = &new {
            content.secret.clone_from(secret);
        }
        hook.kinds = change.kinds.unwrap_or(hook.kinds);
        if let Some(on) = change.on {
            hook.status = if on { Status::On } else { Status::Off };
            hook.failing = None;
        }
        let put = "UPDATE post_hook SET content = $2, kinds = $3, status = $4, failing = $5 WHERE id = $1";
        query(put)
            .bind(id.as_str())
            .bind(self.sealed(id, &content)?)
            .bind(words(&hook.kinds)?)
            .bind(hook.status.word())
            .bind(hook.failing.map(millis))
            .execute(&mut *writing)
            .await?;
        if hook.status != Status::On {
            drop_waiting(&mut writing, id).await?;
        }
        writing.commit().await?;
        drop(pen);
        Ok(Shown { hook: self.hook(id).await?, secret: new })
    }

    /// Removes a hook, and what was written to it.
    pub async fn remove_hook(&self, id: &HookId) -> Result<(), PostError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        locked(&self.inner, &mut writing, id).await?;
        for statement in ["DELETE FROM post_letter WHERE hook = $1", "DELETE FROM post_hook WHERE id = $1"] {
            query(statement).bind(id.as_str()).execute(&mut *writing).await?;
        }
        Ok(writing.commit().await?)
    }

    /// A hook.
    pub async fn hook(&self, id: &HookId) -> Result<Hook, PostError> {
        let found = with_secret(&self.inner, id.as_str()).await?;
        found.map(|(hook, _)| hook).ok_or_else(|| PostError::NoHook(id.to_string()))
    }

    /// The hooks of an owner, oldest first; of all, where none is named.
    pub async fn hooks(&self, owner: Option<&str>) -> Result<Vec<Hook>, PostError> {
        let of = match owner {
            Some(owner) => {
                query(format!("SELECT {COLUMNS} FROM post_hook WHERE owner = $1 ORDER BY created, id")).bind(owner)
            }
            None => query(format!("SELECT {COLUMNS} FROM post_hook ORDER BY created, id")),
        };
        let rows = of.fetch_all(&self.inner.readers).await?;
        rows.iter().map(|row| Ok(opened(&self.inner, row)?.0)).collect()
    }

    fn new_secret(&self) -> Result<String, PostError> {
        let bytes = Zeroizing::new(self.inner.sealer.random::<32>()?);
        Ok(format!("{PREFIX}{}", BASE64_STANDARD.encode(&bytes[..])))
    }

    fn sealed(&self, id: &HookId, content: &Content) -> Result<String, PostError> {
        let plain = Zeroizing::new(serde_json::json!(content).to_string());
        Ok(self.inner.sealer.seal(&place(id), &plain)?)
    }
}

async fn locked(inner: &Inner, connection: &mut AnyConnection, id: &HookId) -> Result<(Hook, Content), PostError> {
    let lock = inner.database.dialect().lock("post_hook");
    let of = query(format!("SELECT {COLUMNS} FROM post_hook WHERE id = $1{lock}")).bind(id.as_str());
    let row = of.fetch_optional(connection).await?.ok_or_else(|| PostError::NoHook(id.to_string()))?;
    opened(inner, &row)
}
