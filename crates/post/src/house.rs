//! The post: the database letters are kept in, and what carries them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use database::{Database, Migration, Migrations, Sealer, Writer, Writing};
use jiff::Timestamp;
use sqlx::AnyPool;
use tokio::sync::Notify;

use crate::address::Reach;
use crate::error::PostError;
use crate::mail::{Carrier, Smtp};
use crate::web::Web;

const MIGRATIONS: Migrations = Migrations {
    table: "post_migration",
    steps: &[Migration { shared: include_str!("../migrations/0001_post.sql"), sqlite: "", postgres: "", oldest: 1 }],
    postgres_always: "",
};

/// An open post. Clones are the same post.
#[derive(Clone)]
pub struct Post {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) sealer: Sealer,
    pub(crate) database: Database,
    pub(crate) readers: AnyPool,
    pub(crate) reach: Reach,
    pub(crate) web: Web,
    pub(crate) mail: Option<Carrier>,
    /// Told when a letter was written.
    pub(crate) written: Notify,
    writer: Writer,
}

/// The connection that writes, for as long as it is held.
pub(crate) struct Pen<'a> {
    database: &'a Database,
    pen: database::Pen,
}

impl Pen<'_> {
    pub(crate) async fn begin(&mut self) -> Result<Writing<'_>, PostError> {
        Ok(self.pen.begin(self.database).await?)
    }
}

impl Inner {
    pub(crate) async fn pen(&self) -> Pen<'_> {
        Pen { database: &self.database, pen: self.writer.lock().await }
    }
}

impl Post {
    /// Opens the post of a database, making or migrating its tables where needed. Without a mail server no mail is written.
    ///
    /// Errors: no such database, a newer one, a mail server that is not named as it should be.
    pub async fn open(
        database: &Database,
        master: [u8; 32],
        random: database::Random,
        reach: Reach,
        smtp: Option<&Smtp>,
    ) -> Result<Self, PostError> {
        let mut connection = database.connect().await?;
        database::migrate(database, &mut connection, &MIGRATIONS).await?;
        let inner = Inner {
            sealer: Sealer::new(master, "post", random),
            database: database.clone(),
            readers: database.readers().await?,
            reach,
            web: Web::new(reach)?,
            mail: smtp.map(Carrier::new).transpose()?,
            written: Notify::new(),
            writer: Writer::new(connection),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether mail is sent.
    pub fn has_mail(&self) -> bool {
        self.inner.mail.is_some()
    }

    /// What the caller wrote down under a name; none: nothing yet.
    pub async fn note(&self, name: &str) -> Result<Option<String>, PostError> {
        let of = database::query("SELECT value FROM post_setting WHERE name = $1").bind(name);
        let row = of.fetch_optional(&self.inner.readers).await?;
        Ok(row.map(|row| database::text(&row, "value")).transpose()?)
    }

    /// What the caller wrote down under names that begin like this.
    pub async fn notes(&self, prefix: &str) -> Result<BTreeMap<String, String>, PostError> {
        let of = database::query("SELECT name, value FROM post_setting WHERE name >= $1 AND value <> '' ORDER BY name");
        let rows = of.bind(prefix).fetch_all(&self.inner.readers).await?;
        let pairs = rows.iter().map(|row| Ok((database::text(row, "name")?, database::text(row, "value")?)));
        let pairs = pairs.collect::<Result<Vec<_>, PostError>>()?;
        Ok(pairs.into_iter().filter(|(name, _)| name.starts_with(prefix)).collect())
    }

    /// Writes something down under a name.
    pub async fn set_note(&self, name: &str, value: &str) -> Result<(), PostError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let put = "INSERT INTO post_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        database::query(put).bind(name).bind(value).execute(&mut *writing).await?;
        Ok(writing.commit().await?)
    }

    /// Ends the connections. What was written down is durable without it.
    pub async fn close(self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("mail", &self.has_mail()).finish_non_exhaustive()
    }
}

/// A moment as it is kept: milliseconds since 1970.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A moment as it was kept.
pub(crate) fn moment(millis: i64) -> Timestamp {
    // What was written was a moment.
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
