//! The doors themselves: the database they are kept in, and the one who writes there.

use std::fmt;
use std::sync::Arc;

use database::{Database, Dialect, Migration, Migrations, Writer, Writing};
use jiff::Timestamp;
use sqlx::AnyPool;
use tokio::sync::{Semaphore, mpsc};

use crate::error::DoorsError;
use crate::keys::Keys;
use crate::password::Hasher;
use crate::policies::Policies;
use crate::rules::Rules;
use crate::scribe::{self, Waiting};
use crate::secret::{form_token, same};

/// Notes that may wait before those who send more have to.
const WAITING: usize = 4096;

const MIGRATIONS: Migrations = Migrations {
    table: "door_migration",
    steps: &[Migration {
        shared: include_str!("../migrations/0001_doors.sql"),
        sqlite: include_str!("../migrations/0001_doors.sqlite.sql"),
        postgres: include_str!("../migrations/0001_doors.postgres.sql"),
        oldest: 1,
    }],
    postgres_always: "",
};

/// Open doors. Clones are the same doors.
#[derive(Clone)]
pub struct Doors {
    pub(crate) inner: Arc<Inner>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) hasher: Hasher,
    pub(crate) notes: mpsc::Sender<Waiting>,
    policies: Arc<Policies>,
}

/// What all who write and read share.
pub(crate) struct Inner {
    pub(crate) keys: Keys,
    pub(crate) database: Database,
    pub(crate) readers: AnyPool,
    writer: Writer,
}

/// The connection that writes, for as long as it is held.
pub(crate) struct Pen<'a> {
    database: &'a Database,
    pen: database::Pen,
}

impl Pen<'_> {
    pub(crate) async fn begin(&mut self) -> Result<Writing<'_>, DoorsError> {
        Ok(self.pen.begin(self.database).await?)
    }

    /// Overwrites what these tables held before: old versions of rows and pages keep it until then.
    pub(crate) async fn clean(&mut self, tables: &str) -> Result<(), DoorsError> {
        let clean = match self.database.dialect() {
            Dialect::Sqlite => "PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
            Dialect::Postgres => format!("VACUUM {tables}"),
        };
        let connection = self.pen.connection(self.database).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(clean)).execute(connection).await?;
        Ok(())
    }
}

impl Inner {
    pub(crate) async fn pen(&self) -> Pen<'_> {
        Pen { database: &self.database, pen: self.writer.lock().await }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.database.dialect()
    }
}

impl Doors {
    /// Opens the doors kept in a database, making or migrating their tables where needed, under the default [`Rules`].
    ///
    /// Errors: no such database, a newer one, another master key. Has to be called on a runtime, which then also runs the one who
    /// writes reads down.
    pub async fn open(database: &Database, keys: Keys, policies: Arc<Policies>) -> Result<Self, DoorsError> {
        let mut connection = database.connect().await?;
        database::migrate(database, &mut connection, &MIGRATIONS).await?;
        let mut writing = database.begin(&mut connection).await?;
        let check = database::setting(&mut writing, "door_setting", "master", &keys.check()).await?;
        writing.commit().await?;
        if check != keys.check() {
            return Err(DoorsError::WrongKey);
        }
        let readers = database.readers().await?;
        let writer = Writer::new(connection);
        let inner = Arc::new(Inner { keys, database: database.clone(), readers, writer });
        let (notes, waiting) = mpsc::channel(WAITING);
        tokio::spawn(scribe::run(Arc::clone(&inner), waiting));
        let rules = Rules::default();
        let hasher = Hasher::new(rules.hashing);
        Ok(Self { inner, rules: Arc::new(rules), hasher, notes, policies })
    }

    /// The same doors under other rules.
    pub fn with_rules(mut self, rules: Rules) -> Self {
        self.hasher = Hasher::new(rules.hashing);
        self.rules = Arc::new(rules);
        self
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The policies: who may do what.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// What a visitor without a session is given in a cookie, so that forms can be told from forged ones.
    pub fn form_seed(&self) -> Result<String, DoorsError> {
        Ok(crate::secret::letters(&self.inner.keys.random::<32>()?))
    }

    /// What a form carries for the seed.
    pub fn form_token(&self, seed: &str) -> String {
        form_token(&self.inner.keys, seed)
    }

    /// Whether a form that was sent carries what belongs to the seed in the cookie it was sent with.
    pub fn form_holds(&self, seed: &str, token: &str) -> bool {
        !seed.is_empty() && same(&form_token(&self.inner.keys, seed), token)
    }

    /// Removes what nobody can use any more: sessions that ended, attempts long past. The record stays. Once a day is enough.
    pub async fn tidy(&self, now: Timestamp) -> Result<(), DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let day_ago = now.as_millisecond() - 86_400_000;
        for statement in
            ["DELETE FROM door_session WHERE ends < $1", "DELETE FROM door_throttle WHERE last < $1 AND until < $1"]
        {
            database::query(statement).bind(day_ago).execute(&mut *writing).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Ends the connections. What was acknowledged is durable without it.
    pub async fn close(self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors").field("database", &self.inner.dialect()).finish_non_exhaustive()
    }
}

/// At most so many passwords are hashed at once.
pub(crate) fn gate(at_once: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(at_once.max(1)))
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
