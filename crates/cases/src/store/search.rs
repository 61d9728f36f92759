//! Search: every case whose words contain what is looked for, Chinese or Latin, the newest first.
//!
//! The words of all cases are held in memory, one after the other, and looked through: 100,000 cases are some 15 MB, which takes a
//! few milliseconds, however common what is looked for is. An index in the database would cost each action a hundred rows and be
//! slowest on the commonest words.

use std::collections::HashMap;

use database::{query, text};

use super::Store;
use super::db::horizon;
use super::error::StoreError;
use super::index::{Entry, Index};
use super::load::ids;
use super::project::words::fold;
use super::queue::{QueueRow, row};
use crate::terms::{Actor, CaseId};

/// Between the values of a row: no control character is in any of them.
const UNIT: &str = "\u{1f}";
/// The most words of one search.
const MOST_WORDS: usize = 10;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Found {
    /// The newest, as rows of a queue.
    pub rows: Vec<QueueRow>,
    /// How many there are in all.
    pub all: u64,
}

impl Store {
    /// The cases whose id, number, title, handler's name or code, or procedure contain every word of `text`, newest first, `most` of
    /// them at most. Width, case and spaces do not matter. Only what the actor has to do with is found.
    pub async fn search(&self, actor: &Actor, text: &str, most: u32) -> Result<Found, StoreError> {
        let words: Vec<String> =
            fold(text).split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).map(str::to_owned).collect();
        let mut held = self.inner.index.lock().await;
        let index = held.get_or_insert_default();
        self.read_changes(index).await?;
        let mut hits = index.find(&words, actor);
        let all = hits.len() as u64;
        let most = most.clamp(1, 500) as usize;
        if hits.len() > most {
            hits.select_nth_unstable_by(most, |one, other| other.cmp(one));
            hits.truncate(most);
        }
        let case = |at: u32| &index.entries[at as usize].case;
        hits.sort_by(|(day, at), (other_day, other)| (other_day, case(*other)).cmp(&(day, case(*at))));
        let cases: Vec<CaseId> = hits.iter().map(|(_, at)| case(*at).clone()).collect();
        drop(held);
        Ok(Found { rows: self.rows_of(&cases).await?, all })
    }

    /// The queue's rows of cases, in the order of `cases`.
    async fn rows_of(&self, cases: &[CaseId]) -> Result<Vec<QueueRow>, StoreError> {
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        let statement =
            format!("SELECT r.* FROM {} JOIN case_row r ON r.case_id = v.id", self.inner.database.dialect().texts());
        let rows = query(statement).bind(ids(cases)).fetch_all(&self.inner.readers).await?;
        let rows = rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        let mut rows: HashMap<CaseId, QueueRow> = rows.into_iter().map(|row| (row.case.clone(), row)).collect();
        Ok(cases.iter().filter_map(|case| rows.remove(case)).collect())
    }

    /// Reads what changed since the last time, by whatever process.
    async fn read_changes(&self, index: &mut Index) -> Result<(), StoreError> {
        let dialect = self.inner.database.dialect();
        let mut connection = self.inner.readers.acquire().await?;
        // Rows and horizon are of one moment: what this does not see has a stamp at or after the horizon.
        let mut moment = self.inner.database.begin_reading(&mut connection).await?;
        let horizon = query(horizon(dialect)).fetch_one(&mut *moment).await?;
        // One value a row: of 100,000 rows each value more is felt.
        let statement = "SELECT case_id || $2 || opened || $2 || CAST(submitted AS TEXT) || $2 || province || $2 || office || $2 \
                         || handlers || $2 || words AS line FROM case_words WHERE stamp >= $1";
        let rows = query(statement).bind(index.horizon).bind(UNIT).fetch_all(&mut *moment).await?;
        moment.commit().await?;
        for row in &rows {
            let line = text(row, "line")?;
            let mut parts = line.splitn(7, UNIT);
            let mut next = || parts.next().unwrap_or_default().to_owned();
            let case = CaseId::new(next());
            let opened =
                next().bytes().filter(u8::is_ascii_digit).fold(0, |day, digit| day * 10 + u32::from(digit - b'0'));
            let (submitted, province) = (next().parse().unwrap_or(0), next());
            let (office, handlers, words) = (next(), next(), next());
            index.put(Entry { case, opened, submitted, province, office, handlers }, &words);
        }
        index.horizon = sqlx::Row::try_get(&horizon, 0)?;
        Ok(())
    }
}
