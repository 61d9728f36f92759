//! Takes a case in from a package.

use evidence::VerifierKey;
use serde_json::json;
use sqlx::AnyConnection;

use super::open::{Opened, open, unwrap};
use super::{Imported, bad};
use crate::case::fold;
use crate::payload::Recorded;
use crate::store::error::StoreError;
use crate::store::files::{changed, place};
use crate::store::keys::{CaseKeys, Gone};
use crate::store::load::{self, ids, json as rows};
use crate::store::rewrap::still_ours;
use crate::store::{Inner, Store, body};
use crate::terms::{CaseId, Version};
use database::{query, text};

impl Store {
    /// Takes a case in from a package that one of `trusted` signed. Taking the same in again changes nothing; a longer history of
    /// the same case is added; another history is refused. `identity` opens what was wrapped to it.
    pub async fn import_case(
        &self,
        package: &[u8],
        trusted: &[VerifierKey],
        identity: Option<&(dyn age::Identity + Sync)>,
    ) -> Result<Imported, StoreError> {
        let opened = open(package, trusted)?;
        let case = opened.manifest.case.clone();
        let known = CaseKeys(
            opened
                .manifest
                .keys
                .iter()
                .map(|key| Ok((key.no, unwrap(&case, key, identity)?)))
                .collect::<Result<_, StoreError>>()?,
        );
        let mut record = Vec::with_capacity(opened.bodies.len());
        for (at, body) in opened.bodies.iter().enumerate() {
            record.push(body::read(&known, &case, Version(at as u32 + 1), body)?.0);
        }
        fold(&case, &record).map_err(|error| bad(error.to_string()))?;
        for (file, bytes) in &opened.files {
            let holds = match (file.key, known.get(file.key)) {
                (0, _) => transfer::digest(bytes) == file.digest && bytes.len() as u64 == file.size,
                (_, Ok(key)) => key
                    .open_bytes(&place(&case, &file.digest), bytes)
                    .is_some_and(|plain| transfer::digest(&plain) == file.digest),
                (_, Err(_)) => true,
            };
            if !holds {
                return Err(bad(format!("the file `{}` has other bytes than its digest says", file.digest)));
            }
        }
        let mut writer = self.inner.writer.lock().await;
        let connection = writer.connection(&self.inner.database).await?;
        let mut transaction = self.inner.database.begin(connection).await?;
        let imported = self.take_in(&mut transaction, &opened, &known, &record).await?;
        transaction.commit().await?;
        self.inner.cache().forget(&case);
        self.inner.recorded.notify_one();
        Ok(imported)
    }

    async fn take_in(
        &self,
        connection: &mut AnyConnection,
        opened: &Opened,
        known: &CaseKeys,
        record: &[Recorded],
    ) -> Result<Imported, StoreError> {
        let (inner, case) = (&self.inner, &opened.manifest.case);
        let of = ids([case]);
        query(inner.sql.claim.as_str()).bind(of.as_str()).execute(&mut *connection).await?;
        let heads = load::heads(connection, &inner.sql.heads, &of).await?;
        let head = heads.get(case).ok_or_else(|| StoreError::NoCase(case.clone()))?;
        let here = "SELECT digest FROM action WHERE case_id = $1 ORDER BY seq";
        let mut have = 0;
        for (row, digest) in
            query(here).bind(case.as_str()).fetch_all(&mut *connection).await?.iter().zip(&opened.digests)
        {
            have += 1;
            if text(row, "digest")? != *digest {
                return Err(StoreError::OtherHistory { case: case.clone(), from: Version(have) });
            }
        }
        let readable = put_keys(inner, connection, case, known).await?;
        let new = (have as usize..opened.bodies.len()).map(|at| {
            let recorded = &record[at];
            json!({
                "case_id": case, "seq": recorded.version, "at": recorded.at, "day": recorded.day,
                "request": recorded.request, "actor": recorded.by.id, "role": recorded.by.role,
                "action": recorded.action, "body": opened.bodies[at], "digest": opened.digests[at],
            })
        });
        let new: Vec<_> = new.collect();
        changed(connection, case, head).await?;
        if !new.is_empty() {
            query(inner.sql.insert_actions.as_str()).bind(rows(&new)).execute(&mut *connection).await?;
            let put = "UPDATE case_head SET seq = $2, digest = $3 WHERE case_id = $1";
            let manifest = &opened.manifest;
            let put = query(put).bind(case.as_str()).bind(i64::from(manifest.actions)).bind(manifest.digest.as_str());
            put.execute(&mut *connection).await?;
        }
        let mut files = 0;
        for (file, bytes) in &opened.files {
            let put = "INSERT INTO blob (case_id, digest, size, media_type, key, bytes) VALUES ($1, $2, $3, $4, $5, $6) \
                       ON CONFLICT (case_id, digest) DO NOTHING";
            let put = query(put).bind(case.as_str()).bind(file.digest.as_str()).bind(file.size as i64);
            let put = put.bind(file.media_type.as_str()).bind(file.key).bind(bytes.clone());
            files += put.execute(&mut *connection).await?.rows_affected() as u32;
        }
        let last = record.last().map(|last| last.day).unwrap_or_default();
        self.project_some(connection, std::slice::from_ref(case), last).await?;
        Ok(Imported { case: case.clone(), actions: new.len() as u32, files, readable, by: opened.by.clone() })
    }
}

/// Keeps keys that came along; whether all are here then. A key that was destroyed here stays destroyed.
async fn put_keys(
    inner: &Inner,
    connection: &mut AnyConnection,
    case: &CaseId,
    came: &CaseKeys,
) -> Result<bool, StoreError> {
    let have = load::keys(connection, inner.sql, &inner.keys, &ids([case])).await?.remove(case).unwrap_or_default();
    let mut put = Vec::new();
    let mut readable = true;
    for (no, key) in &came.0 {
        let before = have.0.get(no);
        match (before, key) {
            (Some(Ok(_)), _) => {}
            (Some(Err(Gone::Forgotten)), _) => readable = false,
            (_, Ok(key)) => {
                put.push(json!({ "case_id": case, "no": no, "wrapped": inner.keys.wrap(case, key)? }));
            }
            (_, Err(gone)) => {
                readable = false;
                put.push(json!({ "case_id": case, "no": no, "gone": gone.word() }));
            }
        }
    }
    if !put.is_empty() {
        still_ours(inner, connection).await?;
        query(inner.sql.put_keys.as_str()).bind(rows(&put)).execute(connection).await?;
    }
    Ok(readable)
}
