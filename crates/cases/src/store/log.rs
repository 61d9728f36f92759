//! The evidence log of actions: after its commit the digest of each becomes a leaf, and the leaf's index is marked in the record.
//!
//! Leaf and mark are two steps on two disks. Whoever takes the log over compares the leaves behind the last that was marked with
//! the record first, so that after any crash nothing stands there twice and nothing is left out.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use database::{number, one_line, query, text};
use evidence::appender::Appender;
use evidence::{CheckpointSigner, Store as LogStore};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::StoreError;
use super::load::json as rows;
use super::{Inner, Store};
use crate::terms::{CaseId, Version};

/// The most leaves of one batch.
const MOST: i64 = 4096;
/// The setting that holds how many leaves of the log were compared with the record.
const COMPARED: &str = "log";
/// How long to wait before the log is tried again after it failed, or looked at for actions of other processes.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// A log that leaves are appended to, one process at a time.
pub trait CaseLog: Send + Sync {
    /// Appends leaves one after the other; the index of the first, once all are durable.
    fn append(&self, leaves: Vec<Vec<u8>>) -> Result<u64, String>;
    /// How many leaves it has.
    fn size(&self) -> u64;
    /// One leaf.
    fn leaf(&self, index: u64) -> Result<Vec<u8>, String>;
}

impl<S: LogStore + Send, K: CheckpointSigner + Send + Sync> CaseLog for Appender<S, K> {
    fn append(&self, leaves: Vec<Vec<u8>>) -> Result<u64, String> {
        self.append_all(leaves).map(|range| range.start).map_err(|error| error.to_string())
    }

    fn size(&self) -> u64 {
        self.with_log(evidence::Log::size)
    }

    fn leaf(&self, index: u64) -> Result<Vec<u8>, String> {
        self.with_log(|log| log.leaf(index)).map_err(|error| error.to_string())
    }
}

/// What stands in the log for an action. A case's id is random and tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaf {
    form: LeafForm,
    case: CaseId,
    version: Version,
    digest: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum LeafForm {
    #[serde(rename = "tongguan/case-action/1")]
    V1,
}

/// What was found when a log was taken over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogReport {
    /// Leaves that were in the log and not marked yet.
    pub marked: u64,
    /// Actions the log holds and this store does not: it was restored from a backup that is older than they are.
    pub lost: Vec<(CaseId, Version)>,
}

struct Mark {
    leaf: Leaf,
    index: u64,
}

impl Store {
    /// Takes over the log: compares its end with the record, and from now on appends every action that is not in it, also those of
    /// other processes on the same database. Only one process has the log.
    ///
    /// Errors: this store has a log already, or the log is shorter than what was marked already, so that it is another one, or an
    /// older copy.
    pub async fn attach_log(&self, log: Arc<dyn CaseLog>) -> Result<LogReport, StoreError> {
        if self.inner.has_log.swap(true, Ordering::AcqRel) {
            return Err(StoreError::Log { what: "this store has one already".to_owned() });
        }
        let report = recover(&self.inner, &log).await;
        if report.is_err() {
            self.inner.has_log.store(false, Ordering::Release);
        }
        let report = report?;
        tokio::spawn(run(Arc::downgrade(&self.inner), log));
        Ok(report)
    }

    /// How many actions are not in the log yet.
    pub async fn unlogged(&self) -> Result<u64, StoreError> {
        let row = query("SELECT count(*) AS n FROM action WHERE leaf IS NULL").fetch_one(&self.inner.readers).await?;
        Ok(number(&row, "n")? as u64)
    }
}

/// Appends what is recorded, for as long as the store is open.
async fn run(inner: std::sync::Weak<Inner>, log: Arc<dyn CaseLog>) {
    let mut whole = true;
    loop {
        let Some(inner) = inner.upgrade() else { return };
        // What failed may stand in the log all the same.
        if !whole {
            whole = recover(&inner, &log).await.is_ok();
        }
        let moved = if whole { append(&inner, &log).await } else { Ok(0) };
        match moved {
            Ok(0) => {
                let recorded = inner.recorded.notified();
                // Another process's actions are told by nobody.
                let _ = tokio::time::timeout(PAUSE, recorded).await;
            }
            Ok(_) => {}
            Err(_) => {
                whole = false;
                drop(inner);
                tokio::time::sleep(PAUSE / 4).await;
            }
        }
    }
}

/// Appends some of what is not in the log; how many.
async fn append(inner: &Inner, log: &Arc<dyn CaseLog>) -> Result<u64, StoreError> {
    let statement = "SELECT case_id, seq, digest FROM action WHERE leaf IS NULL ORDER BY case_id, seq LIMIT $1";
    let rows = query(statement).bind(MOST).fetch_all(&inner.readers).await?;
    let leaf = |row: &sqlx::any::AnyRow| {
        let (case, version) = (CaseId::new(text(row, "case_id")?), Version(number(row, "seq")? as u32));
        Ok(Leaf { form: LeafForm::V1, case, version, digest: text(row, "digest")? })
    };
    let leaves = rows.iter().map(leaf).collect::<Result<Vec<Leaf>, StoreError>>()?;
    if leaves.is_empty() {
        return Ok(0);
    }
    let bytes = leaves.iter().map(transfer::canonical_bytes).collect();
    let appending = Arc::clone(log);
    // The log writes to a disk, and waits for it.
    let appended = tokio::task::spawn_blocking(move || appending.append(bytes)).await;
    let first = appended.map_err(|error| failed(&error.to_string()))?.map_err(|error| failed(&error))?;
    let marks = leaves.into_iter().zip(first..).map(|(leaf, index)| Mark { leaf, index }).collect::<Vec<_>>();
    mark(inner, &marks, first + marks.len() as u64).await?;
    Ok(marks.len() as u64)
}

fn failed(what: &str) -> StoreError {
    StoreError::Log { what: one_line(what) }
}

/// Notes where actions stand, and up to where the log was compared, in one transaction.
async fn mark(inner: &Inner, marks: &[Mark], compared: u64) -> Result<(), StoreError> {
    let mut writer = inner.writer.lock().await;
    let connection = writer.connection(&inner.database).await?;
    let marked = async {
        let mut transaction = inner.database.begin(connection).await?;
        if !marks.is_empty() {
            let of: Vec<_> = marks
                .iter()
                .map(|mark| json!({ "case_id": mark.leaf.case, "seq": mark.leaf.version, "leaf": mark.index }))
                .collect();
            query(inner.sql.mark.as_str()).bind(rows(&of)).execute(&mut *transaction).await?;
        }
        let put =
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        query(put).bind(COMPARED).bind(compared.to_string()).execute(&mut *transaction).await?;
        transaction.commit().await
    };
    let marked = marked.await;
    if marked.is_err() {
        writer.drop_connection();
    }
    Ok(marked?)
}

/// Compares the leaves behind the last that was compared with the record.
async fn recover(inner: &Inner, log: &Arc<dyn CaseLog>) -> Result<LogReport, StoreError> {
    let asked =
        query("SELECT value FROM setting WHERE name = $1").bind(COMPARED).fetch_optional(&inner.readers).await?;
    let mut from: u64 = match asked {
        Some(row) => text(&row, "value")?.parse().unwrap_or(0),
        None => 0,
    };
    let size = log.size();
    if size < from {
        let what =
            format!("it has {size} leaves, and {from} were seen already: hand in the log this store was kept with");
        return Err(StoreError::Log { what });
    }
    let mut report = LogReport::default();
    while from < size {
        let to = size.min(from + MOST as u64);
        let reading = Arc::clone(log);
        let read =
            move || (from..to).map(|index| Ok((index, reading.leaf(index)?))).collect::<Result<Vec<_>, String>>();
        let leaves = tokio::task::spawn_blocking(read).await;
        let leaves = leaves.map_err(|error| failed(&error.to_string()))?.map_err(|error| failed(&error))?;
        let mut marks = Vec::new();
        for (index, bytes) in leaves {
            // Others may keep other things in the same log.
            let Ok(leaf) = serde_json::from_slice::<Leaf>(&bytes) else { continue };
            let statement = "SELECT digest, leaf FROM action WHERE case_id = $1 AND seq = $2";
            let asked = query(statement).bind(leaf.case.as_str()).bind(i64::from(leaf.version.0));
            match asked.fetch_optional(&inner.readers).await? {
                Some(row) if text(&row, "digest")? == leaf.digest => {
                    use sqlx::Row as _;
                    if row.try_get::<Option<i64>, _>("leaf")?.is_none() {
                        marks.push(Mark { leaf, index });
                    }
                }
                _ => report.lost.push((leaf.case, leaf.version)),
            }
        }
        mark(inner, &marks, to).await?;
        report.marked += marks.len() as u64;
        from = to;
    }
    Ok(report)
}
