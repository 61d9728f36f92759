//! Forgetting: the key goes, the record stays and still verifies.

use database::{Dialect, query};

use super::Store;
use super::error::StoreError;
use super::files::changed;
use super::keys::Gone;
use super::load::{self, ids};
use crate::terms::CaseId;

impl Store {
    /// Destroys the data keys of a case, and with them every personal value and every sealed file in it; how many keys there were.
    /// The record and its digests stay; what was sealed is shown as forgotten. Backups made before still hold the keys.
    pub async fn forget(&self, case: &CaseId) -> Result<u64, StoreError> {
        let inner = &self.inner;
        let mut writer = inner.writer.lock().await;
        let connection = writer.connection(&inner.database).await?;
        let mut transaction = inner.database.begin(connection).await?;
        let heads = load::heads(&mut transaction, &inner.sql.heads, &ids([case])).await?;
        let head = heads.get(case).ok_or_else(|| StoreError::NoCase(case.clone()))?;
        let put = "UPDATE case_key SET wrapped = NULL, gone = $2 WHERE case_id = $1 AND wrapped IS NOT NULL";
        let gone = query(put).bind(case.as_str()).bind(Gone::Forgotten.word()).execute(&mut *transaction).await?;
        // What was sealed cannot be opened any more, and takes only room.
        let files = "DELETE FROM blob WHERE case_id = $1 AND key <> 0";
        query(files).bind(case.as_str()).execute(&mut *transaction).await?;
        changed(&mut transaction, case, head).await?;
        transaction.commit().await?;
        inner.cache().forget(case);
        // Old versions of rows and pages hold the wrapped key until they are overwritten.
        let clean = match inner.database.dialect() {
            Dialect::Sqlite => "PRAGMA wal_checkpoint(TRUNCATE)",
            Dialect::Postgres => "VACUUM case_key",
        };
        sqlx::raw_sql(clean).execute(connection).await?;
        Ok(gone.rows_affected())
    }
}
