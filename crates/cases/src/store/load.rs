//! Cases out of the record: loaded, their chain checked, folded.

use std::collections::BTreeMap;

use database::{number, query, text};
use serde::Serialize;
use sqlx::AnyConnection;

use super::body;
use super::cache::Held;
use super::error::StoreError;
use super::keys::{CaseKeys, Gone, Keys};
use super::sql::Sql;
use crate::case::{Case, fold};
use crate::payload::Recorded;
use crate::terms::{CaseId, Version};

/// The last action of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) digest: String,
    pub(crate) changes: i64,
}

/// One action as it stands in the store.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The action. What was forgotten or cannot be opened here says so in its place.
    pub recorded: Recorded,
    /// SHA-256 over the digest of the action before and the stored bytes, lower-case hex.
    pub digest: String,
    /// Its index in the evidence log, once it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf: Option<u64>,
}

/// A JSON array of ids.
pub(crate) fn ids<'a>(ids: impl IntoIterator<Item = &'a CaseId>) -> String {
    let ids: Vec<&str> = ids.into_iter().map(CaseId::as_str).collect();
    serde_json::to_string(&ids).unwrap_or_default()
}

/// Rows as the JSON array that statements take.
pub(crate) fn json(rows: &impl Serialize) -> String {
    // Texts, numbers and options of them.
    serde_json::to_string(rows).unwrap_or_default()
}

/// The heads of cases; where `sql` says so they are locked.
pub(crate) async fn heads(
    connection: &mut AnyConnection,
    statement: &str,
    of: &str,
) -> Result<BTreeMap<CaseId, Head>, sqlx::Error> {
    use sqlx::Row as _;
    let rows = query(statement).bind(of).fetch_all(connection).await?;
    let head = |row: &sqlx::any::AnyRow| {
        let head = Head { seq: row.try_get(1)?, digest: row.try_get(2)?, changes: row.try_get(3)? };
        Ok((CaseId::new(row.try_get::<String, _>(0)?), head))
    };
    rows.iter().map(head).collect()
}

/// The keys of cases.
pub(crate) async fn keys(
    connection: &mut AnyConnection,
    sql: &Sql,
    keys: &Keys,
    of: &str,
) -> Result<BTreeMap<CaseId, CaseKeys>, StoreError> {
    let mut found: BTreeMap<CaseId, CaseKeys> = BTreeMap::new();
    for row in query(sql.keys.as_str()).bind(of).fetch_all(connection).await? {
        let case = CaseId::new(text(&row, "case_id")?);
        let no = number(&row, "no")?;
        let wrapped = text(&row, "wrapped")?;
        let key = match wrapped.as_str() {
            "" => Err(Gone::from_word(&text(&row, "gone")?)),
            wrapped => Ok(keys.unwrap(&case, no, wrapped)?),
        };
        found.entry(case).or_default().0.insert(no, key);
    }
    Ok(found)
}

/// Loads and folds cases.
pub(crate) async fn load(
    connection: &mut AnyConnection,
    sql: &Sql,
    master: &Keys,
    of: &BTreeMap<CaseId, Head>,
) -> Result<Vec<Held>, StoreError> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = ids(of.keys());
    let mut keys = keys(connection, sql, master, &wanted).await?;
    let rows = query(sql.actions.as_str()).bind(wanted).fetch_all(connection).await?;
    let mut bodies: BTreeMap<CaseId, Vec<(i64, String, String)>> = BTreeMap::new();
    for row in &rows {
        let case = CaseId::new(text(row, "case_id")?);
        bodies.entry(case).or_default().push((number(row, "seq")?, text(row, "body")?, text(row, "digest")?));
    }
    let mut loaded = Vec::new();
    for (id, head) in of {
        let keys = keys.remove(id).unwrap_or_default();
        let (entries, digest) = chain(id, &keys, bodies.remove(id).unwrap_or_default())?;
        if digest != head.digest {
            let version = Version(head.seq as u32);
            return Err(StoreError::Broken { case: id.clone(), version, what: "its head names another action" });
        }
        let record: Vec<Recorded> = entries.into_iter().map(|(recorded, _)| recorded).collect();
        loaded.push(Held { case: fold(id, &record)?, digest, changes: head.changes, keys });
    }
    Ok(loaded)
}

/// Reads bodies in their order and holds each against its digest; the last digest beside them.
pub(crate) fn chain(
    id: &CaseId,
    keys: &CaseKeys,
    bodies: Vec<(i64, String, String)>,
) -> Result<(Vec<(Recorded, String)>, String), StoreError> {
    let mut last = body::first_digest(id);
    let mut entries = Vec::with_capacity(bodies.len());
    for (at, (seq, body, digest)) in bodies.into_iter().enumerate() {
        let version = Version(at as u32 + 1);
        let broken = |what| StoreError::Broken { case: id.clone(), version, what };
        if seq != i64::from(version.0) {
            return Err(broken("an action is missing"));
        }
        if digest != body::next_digest(&last, &body) {
            return Err(broken("its bytes are not those of its digest"));
        }
        entries.push((body::read(keys, id, version, &body)?.0, digest.clone()));
        last = digest;
    }
    Ok((entries, last))
}

/// A case of no actions yet.
pub(crate) fn is_new(head: &Head) -> bool {
    head.seq == 0
}

/// Whether a case of the cache is the one of the head.
pub(crate) fn fits(case: &Case, head: &Head) -> bool {
    i64::from(case.version.0) == head.seq
}
