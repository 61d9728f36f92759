//! Ledgers: persons under one permit, or sent to one recipient, across years, each under a key of its own.

use std::path::Path;

use engine::{Gathering, People, PersonSet};
use futures::TryStreamExt as _;
use sqlx::{Row as _, SqliteConnection};

use crate::error::ClearanceError;
use crate::store::Store;

/// Persons in one row of a run.
const PIECE: usize = 32_768;

/// The name of the ledger of a permit.
pub(crate) fn of_permit(handler: &str, permit: &str) -> String {
    format!("permit\t{handler}\t{permit}")
}

/// The name of the ledger of a recipient.
pub(crate) fn of_recipient(handler: &str, recipient: &str) -> String {
    format!("recipient\t{handler}\t{recipient}")
}

impl Store {
    /// Whether anybody stands in a ledger.
    pub(crate) async fn has_ledger(&self, ledger: &str) -> Result<bool, ClearanceError> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM ledger_run WHERE ledger = ?)")
            .bind(ledger)
            .fetch_one(self.pool())
            .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// The persons of a ledger. `published`: without releases that may still turn out never to have left.
    pub(crate) async fn ledger(&self, ledger: &str, published: bool, spill: &Path) -> Result<People, ClearanceError> {
        let mut runs = sqlx::query(
            "SELECT people FROM ledger_run LEFT JOIN release ON release.id = ledger_run.release
             WHERE ledger = ? AND (state IS NULL OR state = 'published' OR (state = 'committed' AND ? = 0))
             ORDER BY release, chunk",
        )
        .bind(ledger)
        .bind(published)
        .fetch(self.pool());
        let mut gathering = Gathering::new(spill);
        while let Some(run) = runs.try_next().await? {
            gathering.add_set(&PersonSet::from_bytes(run.get(0))?)?;
        }
        Ok(gathering.finish()?)
    }

    /// The names of a handler's ledgers.
    pub(crate) async fn ledgers(&self, handler: &str) -> Result<Vec<String>, ClearanceError> {
        let rows = sqlx::query("SELECT DISTINCT ledger FROM ledger_run ORDER BY ledger").fetch_all(self.pool()).await?;
        let names = rows.iter().map(|row| row.get::<String, _>(0));
        Ok(names.filter(|name| name.split('\t').nth(1) == Some(handler)).collect())
    }

    /// The releases of a ledger with the persons each added; without those that never left.
    pub(crate) async fn ledger_releases(
        &self,
        ledger: &str,
        spill: &Path,
    ) -> Result<Vec<(String, People)>, ClearanceError> {
        let rows = sqlx::query(
            "SELECT DISTINCT ledger_run.release FROM ledger_run LEFT JOIN release ON release.id = ledger_run.release
             WHERE ledger = ? AND (state IS NULL OR state <> 'not-published') ORDER BY ledger_run.release",
        )
        .bind(ledger)
        .fetch_all(self.pool())
        .await?;
        let mut releases = Vec::new();
        for row in &rows {
            let release: String = row.get(0);
            let query = "SELECT people FROM ledger_run WHERE ledger = ? AND release = ? ORDER BY chunk";
            let mut runs = sqlx::query(query).bind(ledger).bind(&release).fetch(self.pool());
            let mut gathering = Gathering::new(spill);
            while let Some(run) = runs.try_next().await? {
                gathering.add_set(&PersonSet::from_bytes(run.get(0))?)?;
            }
            drop(runs);
            releases.push((release, gathering.finish()?));
        }
        Ok(releases)
    }

    /// Adds what a release of another state folder had in a ledger; what is there already stays.
    pub(crate) async fn add_to_ledger(
        &self,
        ledger: &str,
        release: &str,
        people: &People,
    ) -> Result<(), ClearanceError> {
        let mut transaction = self.pool().begin_with("BEGIN IMMEDIATE").await?;
        let there = sqlx::query("SELECT EXISTS (SELECT 1 FROM ledger_run WHERE ledger = ? AND release = ?)")
            .bind(ledger)
            .bind(release)
            .fetch_one(&mut *transaction)
            .await?;
        if there.get::<i64, _>(0) == 0 {
            insert(&mut transaction, ledger, release, people).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What the first release under a permit sent.
    pub(crate) async fn baseline(&self, handler: &str, permit: &str) -> Result<Option<String>, ClearanceError> {
        let row = sqlx::query(
            "SELECT baseline FROM baseline JOIN release ON release.id = baseline.release
             WHERE baseline.handler = ? AND baseline.permit = ? AND state <> 'not-published'",
        )
        .bind(handler)
        .bind(permit)
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Persons of releases under a permit that were made before permits had ledgers: an upper bound, added whole.
    pub(crate) async fn spent_before_ledgers(
        &self,
        handler: &str,
        permit: &str,
        spill: &Path,
    ) -> Result<u64, ClearanceError> {
        let entries = sqlx::query(
            "SELECT entry.id FROM entry JOIN release ON release.id = entry.release
             WHERE release.handler = ? AND release.permit = ? AND release.inputs = '' AND state <> 'not-published'",
        )
        .bind(handler)
        .bind(permit)
        .fetch_all(self.pool())
        .await?;
        let mut persons = 0;
        for entry in &entries {
            let mut gathering = Gathering::new(spill);
            self.gather_runs(entry.get(0), &mut gathering).await?;
            persons += gathering.finish()?.count(engine::kind::PRESENT);
        }
        Ok(persons)
    }
}

/// Writes what a release adds to a ledger within a transaction.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    ledger: &str,
    release: &str,
    people: &People,
) -> Result<(), ClearanceError> {
    for (chunk, piece) in people.pieces(PIECE).enumerate() {
        sqlx::query("INSERT INTO ledger_run (ledger, release, chunk, people) VALUES (?, ?, ?, ?)")
            .bind(ledger)
            .bind(release)
            .bind(chunk as i64)
            .bind(piece?)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
