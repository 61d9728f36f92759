//! A database by its address: its connections and its transactions.

use std::fmt::Write as _;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Transaction};

use crate::dialect::Dialect;
use crate::error::DatabaseError;
use crate::turn::{Turn, Turns};

/// How long a connection waits for another's lock, in milliseconds.
const BUSY_MS: u32 = 30_000;
/// Connections of a pool that reads.
const READERS: u32 = 4;

/// A database that can be connected to. Clones are the same database.
#[derive(Debug, Clone)]
pub struct Database {
    dialect: Dialect,
    options: AnyConnectOptions,
    turns: Turns,
}

impl Database {
    /// From an address: `sqlite:PATH`, or `postgres://…` as libpq writes it. Nothing is connected yet.
    pub fn at(address: &str) -> Result<Self, DatabaseError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        // The address may hold a password: it is never repeated.
        let bad = |what: &str| DatabaseError::Address { what: what.to_owned() };
        let (dialect, url, turns) = if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(bad("name a file; a database in memory would be forgotten"));
            }
            (Dialect::Sqlite, format!("sqlite:{}?mode=rwc", percent(path)), Turns::of_file(Path::new(path)))
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            (Dialect::Postgres, address.to_owned(), Turns::free())
        } else {
            return Err(bad("this is neither"));
        };
        let options: AnyConnectOptions = url.parse().map_err(|_| bad("it cannot be read"))?;
        Ok(Self { dialect, options: options.disable_statement_logging(), turns })
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// One connection that writes. On PostgreSQL it looks rows up by keys alone.
    pub async fn connect(&self) -> Result<AnyConnection, DatabaseError> {
        let mut connection = AnyConnection::connect_with(&self.options).await?;
        prepare(&mut connection, self.dialect).await?;
        if self.dialect == Dialect::Postgres {
            // The writer looks rows up by their keys and nothing else: a plan made while the tables were empty must not
            // become a scan of all of them later.
            let by_keys = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";
            sqlx::raw_sql(by_keys).execute(&mut connection).await?;
        }
        Ok(connection)
    }

    /// A new pool of connections that read.
    pub async fn readers(&self) -> Result<AnyPool, DatabaseError> {
        let dialect = self.dialect;
        let pool = AnyPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(move |connection, _| Box::pin(async move { prepare(connection, dialect).await }));
        Ok(pool.connect_with(self.options.clone()).await?)
    }

    /// Waits for one's turn to write. Held around every transaction that writes: [`Database::begin`] does.
    pub async fn turn(&self) -> Turn {
        self.turns.take().await
    }

    /// Begins a transaction that writes, when it is one's turn.
    pub async fn begin<'c>(&self, connection: &'c mut AnyConnection) -> Result<Writing<'c>, sqlx::Error> {
        let turn = self.turn().await;
        let transaction = connection.begin_with(self.dialect.begin()).await?;
        Ok(Writing { transaction, _turn: turn })
    }

    /// Begins a transaction that reads one moment.
    pub async fn begin_reading<'c>(
        &self,
        connection: &'c mut AnyConnection,
    ) -> Result<Transaction<'c, Any>, sqlx::Error> {
        connection.begin_with(self.dialect.begin_reading()).await
    }
}

/// A transaction that writes, and the turn to do so. Dropped without [`Writing::commit`] it is rolled back.
#[derive(Debug)]
pub struct Writing<'c> {
    // Before the turn, so that it is rolled back while the turn still lasts.
    transaction: Transaction<'c, Any>,
    _turn: Turn,
}

impl Writing<'_> {
    /// Makes it durable.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }
}

impl Deref for Writing<'_> {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

/// A path as it stands in an address.
fn percent(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

async fn prepare(connection: &mut AnyConnection, dialect: Dialect) -> Result<(), sqlx::Error> {
    let settings = match dialect {
        // `FULL`: in write-ahead mode a commit is durable when it is told, not at the next checkpoint. `secure_delete`: a key
        // that is destroyed leaves no bytes in pages that are free.
        Dialect::Sqlite => format!(
            "PRAGMA busy_timeout = {BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA secure_delete = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000"
        ),
        Dialect::Postgres => format!(
            "SET synchronous_commit = on; SET lock_timeout = {BUSY_MS}; SET client_min_messages = warning; SET jit = off"
        ),
    };
    sqlx::raw_sql(AssertSqlSafe(settings)).execute(connection).await.map(|_| ())
}
