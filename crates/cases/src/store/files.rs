//! Attachments: by their content, checked, sealed where they may hold personal data.

use std::collections::BTreeMap;

use database::{number, query, text};
use sqlx::Row as _;
use zeroize::Zeroizing;

use super::body::is_personal_file;
use super::error::StoreError;
use super::load::{self, Head, ids, json as rows};
use super::rewrap::still_ours;
use super::{Store, media};
use crate::payload::{Attachment, MAX_FILE};
use crate::terms::CaseId;

/// A file as it is handed in.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// Its name, for people.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// The material of the forms it is, where it is one.
    pub material: Option<&'a str>,
    /// Its content.
    pub bytes: &'a [u8],
}

/// What ties a sealed file to its place.
pub(crate) fn place(case: &CaseId, digest: &str) -> String {
    format!("tongguan/case-file/1\0{case}\0{digest}")
}

impl Store {
    /// Keeps a file for a case, and gives what an action attaches it by. Handing the same in again changes nothing.
    ///
    /// A file is sealed unless it is a material of which the forms say that it holds no personal data. Errors: it is too large, or
    /// is not what it is stated to be.
    pub async fn put_file(&self, case: &CaseId, file: &NewFile<'_>) -> Result<Attachment, StoreError> {
        let size = file.bytes.len() as u64;
        if size == 0 || size > MAX_FILE {
            return Err(StoreError::FileSize { size });
        }
        let stated = || file.media_type.chars().filter(|c| !c.is_control()).take(100).collect();
        media::check(file.media_type, file.bytes)
            .map_err(|found| StoreError::NotWhatItSays { stated: stated(), found })?;
        let digest = transfer::digest(file.bytes);
        let sealed = is_personal_file(self.inner.world.forms, file.material);
        self.keep_file(case, &digest, file, sealed).await?;
        Ok(Attachment {
            digest,
            name: file.name.to_owned(),
            media_type: file.media_type.to_owned(),
            size,
            material: file.material.map(str::to_owned),
        })
    }

    async fn keep_file(&self, case: &CaseId, digest: &str, file: &NewFile<'_>, sealed: bool) -> Result<(), StoreError> {
        let inner = &self.inner;
        let mut writer = inner.writer.lock().await;
        let connection = writer.connection(&inner.database).await?;
        let mut transaction = inner.database.begin(connection).await?;
        let heads = load::heads(&mut transaction, &inner.sql.heads, &ids([case])).await?;
        let head = heads.get(case).filter(|head| !load::is_new(head));
        let head = head.ok_or_else(|| StoreError::NoCase(case.clone()))?.clone();
        let known = "SELECT key, media_type FROM blob WHERE case_id = $1 AND digest = $2";
        let known = query(known).bind(case.as_str()).bind(digest).fetch_optional(&mut *transaction).await?;
        if let Some(row) = known {
            let (key, media_type) = (number(&row, "key")?, text(&row, "media_type")?);
            // The same bytes under another type, or open where they are now to be sealed: written anew below.
            if media_type == file.media_type && (key != 0 || !sealed) {
                return Ok(transaction.commit().await?);
            }
        }
        let (key, bytes) = if sealed {
            let keys = load::keys(&mut transaction, inner.sql, &inner.keys, &ids([case])).await?;
            let keys = keys.into_values().next().unwrap_or_default();
            let key = match keys.current() {
                Some(key) => key.clone(),
                None => {
                    let key = inner.keys.new_data_key(keys.next_no())?;
                    let wrapped = inner.keys.wrap(case, &key)?;
                    let row = BTreeMap::from([
                        ("case_id", serde_json::json!(case)),
                        ("no", key.no.into()),
                        ("wrapped", wrapped.into()),
                    ]);
                    still_ours(inner, &mut transaction).await?;
                    query(inner.sql.put_keys.as_str()).bind(rows(&[row])).execute(&mut *transaction).await?;
                    changed(&mut transaction, case, &head).await?;
                    key
                }
            };
            (key.no, key.seal_bytes(&inner.keys, &place(case, digest), file.bytes)?)
        } else {
            (0, file.bytes.to_vec())
        };
        let put = "INSERT INTO blob (case_id, digest, size, media_type, key, bytes) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (case_id, digest) DO UPDATE \
                   SET media_type = excluded.media_type, key = excluded.key, bytes = excluded.bytes";
        query(put)
            .bind(case.as_str())
            .bind(digest)
            .bind(file.bytes.len() as i64)
            .bind(file.media_type)
            .bind(key)
            .bind(bytes)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// A file of a case, its content held against its digest.
    pub async fn file(&self, case: &CaseId, digest: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let no_file =
            || StoreError::NoFile { digest: digest.chars().filter(char::is_ascii_hexdigit).take(64).collect() };
        let mut connection = self.inner.readers.acquire().await?;
        let statement = "SELECT key, bytes FROM blob WHERE case_id = $1 AND digest = $2";
        let row = query(statement).bind(case.as_str()).bind(digest).fetch_optional(&mut *connection).await?;
        let row = row.ok_or_else(no_file)?;
        let (key, bytes) = (number(&row, "key")?, row.try_get::<Vec<u8>, _>("bytes")?);
        let bytes = if key == 0 {
            Zeroizing::new(bytes)
        } else {
            let keys = load::keys(&mut connection, self.inner.sql, &self.inner.keys, &ids([case])).await?;
            let keys = keys.into_values().next().unwrap_or_default();
            let key = keys.get(key).map_err(|gone| StoreError::Withheld { why: gone.why() })?;
            key.open_bytes(&place(case, digest), &bytes).ok_or_else(no_file)?
        };
        if transfer::digest(&bytes) == digest { Ok(bytes) } else { Err(no_file()) }
    }
}

/// Tells everybody who holds the case in memory that its keys are others.
pub(crate) async fn changed(
    connection: &mut sqlx::AnyConnection,
    case: &CaseId,
    head: &Head,
) -> Result<(), sqlx::Error> {
    let put = "UPDATE case_head SET keys = $2 WHERE case_id = $1";
    query(put).bind(case.as_str()).bind(head.changes + 1).execute(connection).await.map(|_| ())
}
