//! The state store: releases, the persons each counted, and what is under way. One SQLite file.

use std::path::Path;

use engine::People;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row as _, SqlitePool};

use crate::error::ClearanceError;
use crate::ledger;
use crate::tally::{NewEntry, insert_entry};

/// Forward-only: each is run once, in order; the position is kept in `user_version`.
const MIGRATIONS: [&str; 2] =
    [include_str!("../migrations/0001_releases.sql"), include_str!("../migrations/0002_tally.sql")];

/// An opened store.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
}

/// A release as it is committed.
pub struct Commit<'a> {
    /// Its id.
    pub release: &'a str,
    /// The permit's number or kind, for what is spent under it.
    pub permit: &'a str,
    /// Where it goes.
    pub destination: &'a str,
    /// Where it is staged.
    pub staging: &'a str,
    /// The public receipt's bytes: the leaf of the log.
    pub receipt: &'a [u8],
    /// The private part's bytes.
    pub private: &'a [u8],
    /// Keyed digest of what went in.
    pub inputs: &'a str,
    /// The sizes of the sources.
    pub sizes: &'a str,
    /// What it adds to the tally.
    pub entry: NewEntry<'a>,
    /// The persons it adds to the tally.
    pub people: &'a People,
    /// What it adds to ledgers.
    pub ledgers: &'a [(String, People)],
    /// What it sends, where it is the first under its permit.
    pub baseline: Option<&'a str>,
}

/// A release that is committed but not yet published.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// Its id.
    pub release: String,
    /// Where it goes.
    pub destination: String,
    /// Where it is staged.
    pub staging: String,
    /// The public receipt's bytes.
    pub receipt: Vec<u8>,
}

impl Store {
    pub(crate) async fn open(path: &Path) -> Result<Self, ClearanceError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(30));
        let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await?;
        let store = Self { pool };
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), ClearanceError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let version: i64 = sqlx::query("PRAGMA user_version").fetch_one(&mut *transaction).await?.get(0);
        if version as usize > MIGRATIONS.len() {
            return Err(ClearanceError::input(
                "the state folder was written by a newer version of tongguan: use that one",
            ));
        }
        for migration in &MIGRATIONS[version as usize..] {
            sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
        }
        // A pragma takes no parameter; the number is ours.
        let done = format!("PRAGMA user_version = {}", MIGRATIONS.len());
        sqlx::raw_sql(sqlx::AssertSqlSafe(done)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Whether any release was ever committed.
    pub(crate) async fn has_releases(&self) -> Result<bool, ClearanceError> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM release)").fetch_one(&self.pool).await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// Whether any release was ever published, and so stands in the log.
    pub(crate) async fn has_published(&self) -> Result<bool, ClearanceError> {
        let query = "SELECT EXISTS (SELECT 1 FROM release WHERE state = 'published')";
        Ok(sqlx::query(query).fetch_one(&self.pool).await?.get::<i64, _>(0) != 0)
    }

    /// Whether this release was committed.
    pub(crate) async fn is_committed(&self, release: &str) -> Result<bool, ClearanceError> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM release WHERE id = ?)")
            .bind(release)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// Notes a staging folder before it is made, so that recovery can throw it away.
    pub async fn begin_staging(&self, release: &str, folder: &str) -> Result<(), ClearanceError> {
        sqlx::query("INSERT INTO staging (release, folder) VALUES (?, ?)")
            .bind(release)
            .bind(folder)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets a staging folder that was thrown away.
    pub async fn end_staging(&self, release: &str) -> Result<(), ClearanceError> {
        sqlx::query("DELETE FROM staging WHERE release = ?").bind(release).execute(&self.pool).await?;
        Ok(())
    }

    /// Staging folders nobody committed.
    pub async fn abandoned(&self) -> Result<Vec<(String, String)>, ClearanceError> {
        let rows = sqlx::query("SELECT release, folder FROM staging").fetch_all(&self.pool).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// The commit point (I6): tally, ledgers, receipt and intent in one transaction.
    pub async fn commit(&self, commit: &Commit<'_>) -> Result<(), ClearanceError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO release (id, handler, year, day, ground, counted, permit, destination, staging, state, receipt,
                                  private, inputs, sizes)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'committed', ?, ?, ?, ?)",
        )
        .bind(commit.release)
        .bind(commit.entry.handler)
        .bind(i64::from(commit.entry.year))
        .bind(commit.entry.day.to_string())
        .bind(commit.entry.ground)
        .bind(commit.entry.counted)
        .bind(commit.permit)
        .bind(commit.destination)
        .bind(commit.staging)
        .bind(commit.receipt)
        .bind(commit.private)
        .bind(commit.inputs)
        .bind(commit.sizes)
        .execute(&mut *transaction)
        .await?;
        insert_entry(&mut transaction, &commit.entry, commit.people).await?;
        for (name, people) in commit.ledgers {
            ledger::insert(&mut transaction, name, commit.release, people).await?;
        }
        if let Some(baseline) = commit.baseline {
            sqlx::query("INSERT OR REPLACE INTO baseline (handler, permit, release, baseline) VALUES (?, ?, ?, ?)")
                .bind(commit.entry.handler)
                .bind(commit.permit)
                .bind(commit.release)
                .bind(baseline)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("DELETE FROM staging WHERE release = ?").bind(commit.release).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A release of the same inputs, if there is one: its id, day and destination.
    pub async fn same_again(
        &self,
        handler: &str,
        inputs: &str,
    ) -> Result<Option<(String, String, String)>, ClearanceError> {
        let row = sqlx::query(
            "SELECT id, day, destination FROM release WHERE handler = ? AND inputs = ? AND state = 'published'
             ORDER BY rowid DESC LIMIT 1",
        )
        .bind(handler)
        .bind(inputs)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| (row.get(0), row.get(1), row.get(2))))
    }

    /// Whether a release of sources of these sizes was published.
    pub async fn has_sizes(&self, handler: &str, sizes: &str) -> Result<bool, ClearanceError> {
        let row = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM release WHERE handler = ? AND sizes = ? AND state = 'published')",
        )
        .bind(handler)
        .bind(sizes)
        .fetch_one(&self.pool)
        .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// Releases that are committed and still have to be published.
    pub async fn unfinished(&self) -> Result<Vec<Unfinished>, ClearanceError> {
        let rows = sqlx::query(
            "SELECT id, destination, staging, receipt FROM release WHERE state = 'committed' ORDER BY rowid",
        )
        .fetch_all(&self.pool)
        .await?;
        let unfinished = |row: &sqlx::sqlite::SqliteRow| Unfinished {
            release: row.get(0),
            destination: row.get(1),
            staging: row.get(2),
            receipt: row.get(3),
        };
        Ok(rows.iter().map(unfinished).collect())
    }

    /// The release lies at its destination.
    pub async fn published(&self, release: &str) -> Result<(), ClearanceError> {
        sqlx::query("UPDATE release SET state = 'published' WHERE id = ?").bind(release).execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all connections, so that the write-ahead log is folded in.
    pub async fn close(self) {
        self.pool.close().await;
    }
}
