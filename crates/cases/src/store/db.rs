//! The two databases under one text of SQL: connections, dialects, migrations.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use super::error::{StoreError, one_line};

/// How long a connection waits for another's lock, in milliseconds.
const BUSY_MS: u32 = 30_000;
/// Connections that read.
const READERS: u32 = 4;
/// Held while a database is migrated, so that two programs that start together do not both do it.
const MIGRATION_LOCK: i64 = 0x746f_6e67_6775_616e;

/// A step of the schema. Steps are only ever added: tables, columns that have a default, indexes.
struct Migration {
    shared: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    /// The oldest schema whose program may still write beside it.
    oldest: i64,
}

const MIGRATIONS: [Migration; 2] = [
    Migration {
        shared: include_str!("../../migrations/0001_record.sql"),
        sqlite: include_str!("../../migrations/0001_record.sqlite.sql"),
        postgres: include_str!("../../migrations/0001_record.postgres.sql"),
        oldest: 1,
    },
    Migration {
        shared: include_str!("../../migrations/0002_projections.sql"),
        sqlite: "",
        postgres: "",
        // Before it there were no projections that a writer would have to keep.
        oldest: 2,
    },
];

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Begins a transaction that writes.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            // Locks at once: two that read first and write then would end in a deadlock.
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins a transaction that reads one moment.
    pub(crate) fn begin_reading(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Locks the rows of `table` that a query reads, where a writer is not alone anyway.
    pub(crate) fn lock(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!(" FOR UPDATE OF {table}"),
        }
    }

    /// The rows of a JSON array of objects in parameter `$1` as a table `v`: any number of rows in one statement that is always
    /// the same, and so is planned once.
    pub(crate) fn rows(self, columns: &[(&str, Type)]) -> String {
        let mut of = String::new();
        for (at, (name, kind)) in columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = match self {
                Self::Sqlite => write!(of, "{comma}value->>'{name}' AS {name}"),
                Self::Postgres => write!(of, "{comma}{name} {}", kind.postgres()),
            };
        }
        match self {
            Self::Sqlite => format!("(SELECT {of} FROM json_each($1)) AS v"),
            Self::Postgres => format!("json_to_recordset($1::json) AS v({of})"),
        }
    }

    /// The texts of a JSON array in parameter `$1` as a table `v` of one column `id`.
    pub(crate) fn texts(self) -> &'static str {
        match self {
            Self::Sqlite => "(SELECT value AS id FROM json_each($1)) AS v",
            Self::Postgres => "json_array_elements_text($1::json) AS v(id)",
        }
    }

    /// A number that grows with each transaction that writes.
    pub(crate) fn stamp(self) -> &'static str {
        match self {
            Self::Sqlite => "(SELECT coalesce(max(stamp), 0) + 1 FROM case_words)",
            Self::Postgres => "pg_current_xact_id()::text::bigint",
        }
    }

    /// The least stamp that a transaction which this one does not see may still write.
    pub(crate) fn horizon(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT coalesce(max(stamp), 0) + 1 FROM case_words",
            Self::Postgres => "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
        }
    }
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Number,
}

impl Type {
    fn postgres(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "bigint",
        }
    }
}

/// A query that was put together from our own words.
pub(crate) fn query<'q>(text: impl Into<String>) -> Query<'q, Any, AnyArguments> {
    sqlx::query(AssertSqlSafe(text.into()))
}

/// A database that can be connected to.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) dialect: Dialect,
    options: AnyConnectOptions,
}

impl Database {
    /// From an address: `sqlite:PATH`, or `postgres://…` as libpq writes it.
    pub(crate) fn at(address: &str) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        // The address may hold a password: it is never repeated.
        let bad = |what: &str| StoreError::Address { what: what.to_owned() };
        let (dialect, url) = if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(bad("name a file; a database in memory would be forgotten"));
            }
            (Dialect::Sqlite, format!("sqlite:{}?mode=rwc", percent(path)))
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            (Dialect::Postgres, address.to_owned())
        } else {
            return Err(bad("this is neither"));
        };
        let options: AnyConnectOptions = url.parse().map_err(|_| bad("it cannot be read"))?;
        Ok(Self { dialect, options: options.disable_statement_logging() })
    }

    /// One connection that writes.
    pub(crate) async fn connect(&self) -> Result<AnyConnection, StoreError> {
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

    /// Connections that read.
    pub(crate) async fn readers(&self) -> Result<AnyPool, StoreError> {
        let dialect = self.dialect;
        let pool = AnyPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(move |connection, _| Box::pin(async move { prepare(connection, dialect).await }));
        Ok(pool.connect_with(self.options.clone()).await?)
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

/// Brings the schema up to what this program knows.
pub(crate) async fn migrate(connection: &mut AnyConnection, dialect: Dialect) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with(dialect.begin()).await?;
    if dialect == Dialect::Postgres {
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *transaction).await?;
    }
    let table = "CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY, oldest BIGINT NOT NULL)";
    sqlx::raw_sql(table).execute(&mut *transaction).await?;
    let at = "SELECT coalesce(max(version), 0), coalesce(max(oldest), 0) FROM migration";
    let row = sqlx::query(at).fetch_one(&mut *transaction).await?;
    let (version, oldest): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let known = MIGRATIONS.len() as i64;
    if oldest > known {
        return Err(StoreError::Newer { found: version, known });
    }
    for (at, migration) in MIGRATIONS.iter().enumerate().skip(version as usize) {
        for text in schema(migration, dialect) {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await?;
        }
        sqlx::query("INSERT INTO migration (version, oldest) VALUES ($1, $2)")
            .bind(at as i64 + 1)
            .bind(migration.oldest)
            .execute(&mut *transaction)
            .await?;
    }
    if dialect == Dialect::Postgres {
        // Numbers of transactions begin anew in a server that a dump was restored into.
        let stamps = "UPDATE case_words SET stamp = 0 WHERE stamp > pg_current_xact_id()::text::bigint";
        sqlx::raw_sql(stamps).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn schema(migration: &Migration, dialect: Dialect) -> Vec<String> {
    let (shared, own) = match dialect {
        Dialect::Sqlite => (migration.shared.replace(" BYTES", " BLOB"), migration.sqlite),
        // Texts are compared byte by byte, as SQLite does, whatever the database's language.
        Dialect::Postgres => {
            (migration.shared.replace(" TEXT", " TEXT COLLATE \"C\"").replace(" BYTES", " BYTEA"), migration.postgres)
        }
    };
    [shared, own.to_owned()].into_iter().filter(|text| !text.is_empty()).collect()
}

/// Puts a setting, unless it is there; what stands there then.
pub(crate) async fn setting(connection: &mut AnyConnection, name: &str, value: &str) -> Result<String, StoreError> {
    let put = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    sqlx::query(put).bind(name).bind(value).execute(&mut *connection).await?;
    let row = sqlx::query("SELECT value FROM setting WHERE name = $1").bind(name).fetch_one(&mut *connection).await?;
    Ok(row.try_get(0)?)
}

/// A text of a row.
pub(crate) fn text(row: &AnyRow, column: &str) -> Result<String, StoreError> {
    Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default())
}

/// A number of a row.
pub(crate) fn number(row: &AnyRow, column: &str) -> Result<i64, StoreError> {
    Ok(row.try_get(column)?)
}

/// Whether the connection can no longer be used.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            // PostgreSQL: shutdown, crash, cannot connect now, connection exceptions.
            error.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08"))
        }
        sqlx::Error::RowNotFound | sqlx::Error::ColumnNotFound(_) => false,
        _ => true,
    }
}

/// Whether the database asks for the same once more: a deadlock, or two that changed the same.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    error.code().is_some_and(|code| matches!(&*code, "40001" | "40P01" | "55P03" | "5" | "517"))
}

/// Brings a finished file to disk.
pub(crate) fn sync(path: &Path) -> Result<(), StoreError> {
    let at = |error| StoreError::Io { what: one_line(&path.display().to_string()), error };
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(at)
}
