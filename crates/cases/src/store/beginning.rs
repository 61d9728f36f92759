//! Cases by the beginning of their ids, as people write them.

use super::Store;
use super::error::StoreError;
use crate::terms::CaseId;
use database::{query, text};

impl Store {
    /// The ids that begin with a prefix, in their order, `most` of them at most. An id is of ASCII letters, digits and hyphens: with
    /// anything else in it no id begins.
    pub async fn cases_beginning(&self, prefix: &str, most: u32) -> Result<Vec<CaseId>, StoreError> {
        if !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Ok(Vec::new());
        }
        // Ids are compared byte by byte: all of these lie before what no letter, digit or hyphen comes behind.
        let statement =
            "SELECT case_id FROM case_head WHERE case_id >= $1 AND case_id < $2 AND seq > 0 ORDER BY case_id LIMIT $3";
        let asked = query(statement).bind(prefix).bind(format!("{prefix}~")).bind(i64::from(most));
        let rows = asked.fetch_all(&self.inner.readers).await?;
        rows.iter().map(|row| Ok(CaseId::new(text(row, "case_id")?))).collect()
    }
}
