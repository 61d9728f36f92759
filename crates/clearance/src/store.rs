//! The state store: releases, the persons each counted, and what is under way. One SQLite file.

use std::path::Path;

use engine::PersonSet;
use jiff::civil::Date;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row as _, SqlitePool};

use crate::error::ClearanceError;

/// Forward-only: each is run once, in order; the position is kept in `user_version`.
const MIGRATIONS: [&str; 2] =
    [include_str!("../migrations/0001_releases.sql"), include_str!("../migrations/0003_not_published.sql")];
/// Persons in one row of a run: about 1 MB.
const RUN_PERSONS: usize = 65_536;

/// An opened store.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
}

/// A release as it is committed.
pub struct Commit<'a> {
    /// Its id.
    pub release: &'a str,
    /// The handler: one tally for each.
    pub handler: &'a str,
    /// The day it leaves.
    pub day: Date,
    /// The ground it leaves on: `counted`, or the exempting provision.
    pub ground: &'a str,
    /// Whether its persons add to the year's numbers.
    pub counted: bool,
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

/// A release as `tally show` lists it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ReleaseLine {
    /// Its id.
    pub release: String,
    /// The day.
    pub day: String,
    /// The ground.
    pub ground: String,
    /// Whether it counts.
    pub counted: bool,
    /// Its state.
    pub state: String,
    /// Where it went.
    pub destination: String,
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
        if (version as usize) < MIGRATIONS.len() {
            // A pragma takes no parameter; what is put in is a number of ours.
            let pragma = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {}", MIGRATIONS.len()));
            sqlx::raw_sql(pragma).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Whether anything of this handler was counted in a year.
    pub async fn has_tally(&self, handler: &str, year: i16) -> Result<bool, ClearanceError> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM release WHERE handler = ? AND year = ?)")
            .bind(handler)
            .bind(i64::from(year))
            .fetch_one(&self.pool)
            .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// The persons whose information left in a year on counted grounds.
    pub async fn tally(&self, handler: &str, year: i16) -> Result<PersonSet, ClearanceError> {
        let rows = sqlx::query(
            "SELECT people FROM tally_run JOIN release ON release.id = tally_run.release
             WHERE handler = ? AND year = ? AND counted = 1 AND state <> 'not-published' ORDER BY release.id, chunk",
        )
        .bind(handler)
        .bind(i64::from(year))
        .fetch_all(&self.pool)
        .await?;
        union_of(rows.iter().map(|row| row.get::<&[u8], _>(0)))
    }

    /// The persons who left under one permit, by year: each year has a fingerprint key of its own.
    pub async fn spent(&self, handler: &str, permit: &str) -> Result<Vec<(i16, PersonSet)>, ClearanceError> {
        let mut years = Vec::new();
        for (_, year) in self.tallies().await?.into_iter().filter(|(of, _)| of == handler) {
            let rows = sqlx::query(
                "SELECT people FROM tally_run JOIN release ON release.id = tally_run.release
                 WHERE handler = ? AND year = ? AND permit = ? AND state <> 'not-published' ORDER BY release.id, chunk",
            )
            .bind(handler)
            .bind(i64::from(year))
            .bind(permit)
            .fetch_all(&self.pool)
            .await?;
            years.push((year, union_of(rows.iter().map(|row| row.get::<&[u8], _>(0)))?));
        }
        Ok(years)
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
    /// commit that failed while it was brought to disk may still lie in the write-ahead log and come to life when that is
    /// next read from disk. What is written here takes its place there.
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

    /// The commit point (I6): tally, receipt and intent in one transaction.
    pub async fn commit(&self, commit: &Commit<'_>, people: &mut PersonSet) -> Result<(), ClearanceError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO release (id, handler, year, day, ground, counted, permit, destination, staging, state, receipt, private)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'committed', ?, ?)",
        )
        .bind(commit.release)
        .bind(commit.handler)
        .bind(i64::from(commit.day.year()))
        .bind(commit.day.to_string())
        .bind(commit.ground)
        .bind(commit.counted)
        .bind(commit.permit)
        .bind(commit.destination)
        .bind(commit.staging)
        .bind(commit.receipt)
        .bind(commit.private)
        .execute(&mut *transaction)
        .await?;
        for (chunk, run) in people.runs(RUN_PERSONS).into_iter().enumerate() {
            sqlx::query("INSERT INTO tally_run (release, chunk, people) VALUES (?, ?, ?)")
                .bind(commit.release)
                .bind(chunk as i64)
                .bind(run)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("DELETE FROM staging WHERE release = ?").bind(commit.release).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
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

    /// The releases of a handler in a year, in the order they were committed.
    pub async fn releases(&self, handler: &str, year: i16) -> Result<Vec<ReleaseLine>, ClearanceError> {
        let rows = sqlx::query(
            "SELECT id, day, ground, counted, state, destination FROM release
             WHERE handler = ? AND year = ? ORDER BY rowid",
        )
        .bind(handler)
        .bind(i64::from(year))
        .fetch_all(&self.pool)
        .await?;
        let line = |row: &sqlx::sqlite::SqliteRow| ReleaseLine {
            release: row.get(0),
            day: row.get(1),
            ground: row.get(2),
            counted: row.get(3),
            state: row.get(4),
            destination: row.get(5),
        };
        Ok(rows.iter().map(line).collect())
    }

    /// The handlers and years that have a tally.
    pub async fn tallies(&self) -> Result<Vec<(String, i16)>, ClearanceError> {
        let rows = sqlx::query("SELECT DISTINCT handler, year FROM release ORDER BY handler, year")
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1) as i16)).collect())
    }

    /// Ends all connections, so that the write-ahead log is folded in.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

fn unfinished(row: &sqlx::sqlite::SqliteRow) -> Unfinished {
    Unfinished { release: row.get(0), destination: row.get(1), staging: row.get(2), receipt: row.get(3) }
}

fn union_of<'a>(runs: impl Iterator<Item = &'a [u8]>) -> Result<PersonSet, ClearanceError> {
    PersonSet::union_all(runs.map(PersonSet::from_bytes)).map_err(Into::into)
}
