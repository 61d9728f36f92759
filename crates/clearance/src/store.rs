//! The state store: releases, the persons each counted, and what is under way. One SQLite file.

use std::path::Path;

use engine::People;
use jiff::civil::Date;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row as _, SqlitePool};

use crate::error::ClearanceError;
use crate::ledger;
use crate::tally::{NewEntry, insert_entry};

/// Forward-only: each is run once, in order; the position is kept in `user_version`.
const MIGRATIONS: [&str; 3] = [
    include_str!("../migrations/0001_releases.sql"),
    include_str!("../migrations/0002_tally.sql"),
    include_str!("../migrations/0003_not_published.sql"),
];

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

/// Who says that a release will never be published, when and why.
pub(crate) struct Said<'a> {
    pub(crate) day: Date,
    pub(crate) by: &'a str,
    pub(crate) why: &'a str,
}

impl Store {
    pub(crate) async fn open(path: &Path) -> Result<Self, ClearanceError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // No write-ahead log: where its shared memory cannot be opened, SQLite may take a log with commits in it for an empty
            // one and delete it. With a rollback journal the commit is the journal's going, brought to disk (`EXTRA`).
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Extra)
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
        if (version as usize) < MIGRATIONS.len() {
            // A pragma takes no parameter; what is put in is a number of ours.
            let pragma = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {}", MIGRATIONS.len()));
            sqlx::raw_sql(pragma).execute(&mut *transaction).await?;
        }
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

    /// Whether any release was ever published or closed, and so stands in the log.
    pub(crate) async fn has_published(&self) -> Result<bool, ClearanceError> {
        let query = "SELECT EXISTS (SELECT 1 FROM release WHERE state <> 'committed')";
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

    /// Gives a release up that is not committed; false where it is, or nobody knows it. Only then may its staging go: a
    /// commit whose end could not be brought to disk may be durable all the same. What is written here settles that.
    pub(crate) async fn give_up(&self, release: &str) -> Result<bool, ClearanceError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let rewritten = sqlx::query("UPDATE staging SET given_up = given_up + 1 WHERE release = ?")
            .bind(release)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(rewritten.rows_affected() == 1 && !self.is_committed(release).await?)
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
        Ok(rows.iter().map(unfinished).collect())
    }

    /// The state of a release; none where there is no such release.
    pub(crate) async fn state(&self, release: &str) -> Result<Option<String>, ClearanceError> {
        let row =
            sqlx::query("SELECT state FROM release WHERE id = ?").bind(release).fetch_optional(&self.pool).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// A release with its state.
    pub(crate) async fn release(&self, release: &str) -> Result<Option<(String, Unfinished)>, ClearanceError> {
        let query = sqlx::query("SELECT id, destination, staging, receipt, state FROM release WHERE id = ?");
        let row = query.bind(release).fetch_optional(&self.pool).await?;
        Ok(row.map(|row| (row.get(4), unfinished(&row))))
    }

    /// The leaf that closes a release which will never be published, where somebody has said so.
    pub(crate) async fn closing(&self, release: &str) -> Result<Option<Vec<u8>>, ClearanceError> {
        let query = sqlx::query("SELECT leaf FROM not_published WHERE release = ?");
        Ok(query.bind(release).fetch_optional(&self.pool).await?.map(|row| row.get(0)))
    }

    /// Notes that a release will never be published: from here on it is closed, whatever happens.
    pub(crate) async fn begin_closing(
        &self,
        release: &str,
        said: &Said<'_>,
        leaf: &[u8],
    ) -> Result<(), ClearanceError> {
        sqlx::query("INSERT INTO not_published (release, day, by, why, leaf) VALUES (?, ?, ?, ?, ?)")
            .bind(release)
            .bind(said.day.to_string())
            .bind(said.by)
            .bind(said.why)
            .bind(leaf)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The leaf is in the log: the release no longer counts.
    pub(crate) async fn closed(&self, release: &str) -> Result<(), ClearanceError> {
        let query = sqlx::query("UPDATE release SET state = 'not-published' WHERE id = ? AND state = 'committed'");
        query.bind(release).execute(&self.pool).await?;
        Ok(())
    }

    /// The release lies at its destination.
    pub async fn published(&self, release: &str) -> Result<(), ClearanceError> {
        sqlx::query("UPDATE release SET state = 'published' WHERE id = ?").bind(release).execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all connections.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

fn unfinished(row: &sqlx::sqlite::SqliteRow) -> Unfinished {
    Unfinished { release: row.get(0), destination: row.get(1), staging: row.get(2), receipt: row.get(3) }
}
