//! What happened and was not told yet, for whoever tells others: webhooks, mail.
//!
//! News is written down in the transaction of the action it tells of, so that no crash loses any. Whoever tells it may die over it and
//! begin again: it is there until it is ticked off.

use database::{Type, number, query, text};
use serde_json::json;

use super::Store;
use super::error::StoreError;
use super::load::json as rows;
use crate::terms::{CaseId, Version};

/// The setting that says that somebody tells.
const NEWS: &str = "news";

/// An action that was not told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The case.
    pub case: CaseId,
    /// The action.
    pub version: Version,
}

impl Store {
    /// From now on every action becomes news, whoever's it is and in whichever program.
    pub async fn keep_news(&self) -> Result<(), StoreError> {
        let mut pen = self.inner.writer.lock().await;
        let mut writing = pen.begin(&self.inner.database).await?;
        let put = "INSERT INTO setting (name, value) VALUES ($1, 'kept') ON CONFLICT (name) DO NOTHING";
        query(put).bind(NEWS).execute(&mut *writing).await?;
        Ok(writing.commit().await?)
    }

    /// News, case by case, the actions of each in their order; at most so many.
    pub async fn news(&self, most: u32) -> Result<Vec<News>, StoreError> {
        let of = query("SELECT case_id, seq FROM news ORDER BY case_id, seq LIMIT $1").bind(i64::from(most));
        let rows = of.fetch_all(&self.inner.readers).await?;
        rows.iter()
            .map(|row| {
                Ok(News { case: CaseId::new(text(row, "case_id")?), version: Version(number(row, "seq")? as u32) })
            })
            .collect()
    }

    /// Ticks news off.
    pub async fn told(&self, news: &[News]) -> Result<(), StoreError> {
        let of = self.inner.database.dialect().rows(&[("case_id", Type::Text), ("seq", Type::Number)]);
        let delete = format!("DELETE FROM news WHERE (case_id, seq) IN (SELECT v.case_id, v.seq FROM {of})");
        let told: Vec<_> = news.iter().map(|one| json!({ "case_id": one.case, "seq": one.version })).collect();
        let mut pen = self.inner.writer.lock().await;
        let mut writing = pen.begin(&self.inner.database).await?;
        query(delete).bind(rows(&told)).execute(&mut *writing).await?;
        Ok(writing.commit().await?)
    }
}
