//! Projections made anew from the actions, held against them, and moved with the calendar.

use std::collections::{BTreeMap, BTreeSet};

use database::{Dialect, number, query, text};
use jiff::civil::Date;
use sqlx::{AnyConnection, Row as _};

use super::Store;
use super::error::StoreError;
use super::load::{self, ids};
use super::project::facts::{Facts, facts};
use super::project::row::{COLUMNS, Row, row};
use super::project::words::{Words, words};
use super::projections::{Cell, Changes, add, handlers};
use crate::terms::CaseId;

/// Cases of one transaction.
const SOME: i64 = 256;

/// What a projection says and what the actions say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The projection and its row; no value of it.
    pub at: String,
}

impl Store {
    /// Works every projection out anew, as of a day. Cases can be acted on meanwhile: each is done under its lock. How many there
    /// were.
    pub async fn rebuild(&self, today: Date) -> Result<u64, StoreError> {
        {
            let mut writer = self.inner.writer.lock().await;
            let connection = writer.connection(&self.inner.database).await?;
            let mut transaction = self.inner.database.begin(connection).await?;
            // Whoever acts between here and its turn writes its own row anew.
            for table in ["case_row", "case_words", "case_member", "statistic"] {
                query(format!("DELETE FROM {table}")).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        }
        *self.inner.index.lock().await = None;
        let every = "SELECT case_id FROM case_head WHERE case_id > $1 ORDER BY case_id LIMIT $2";
        let done = self.project(every, today).await?;
        if self.inner.database.dialect() == Dialect::Postgres {
            // Every row was written anew; what is counted in an index alone waits for this. Nothing rests on it.
            let mut writer = self.inner.writer.lock().await;
            let connection = writer.connection(&self.inner.database).await?;
            let clean = "VACUUM (ANALYZE) case_row, case_words, case_member, statistic";
            let _ = sqlx::raw_sql(clean).execute(connection).await;
        }
        Ok(done)
    }

    /// Makes the projections of a store that has cases and none of them: a program from before there were projections left it, or one that
    /// was ended while it made them anew.
    pub(super) async fn begin_projections(&self) -> Result<(), StoreError> {
        let last = "SELECT max(day) AS day FROM action WHERE NOT EXISTS (SELECT 1 FROM case_row)";
        let row = query(last).fetch_one(&self.inner.readers).await?;
        let day: Option<String> = row.try_get("day")?;
        // What is due as of that day is worked out as of today by `refresh`.
        if let Some(day) = day.and_then(|day| day.parse().ok()) {
            self.rebuild(day).await?;
        }
        Ok(())
    }

    /// Works the days that are due out anew for cases that are open, as of today: a clock that stands still moves on every day, and
    /// a year's notice of holidays moves what was provisional. How many there were.
    pub async fn refresh(&self, today: Date) -> Result<u64, StoreError> {
        let day = today.to_string();
        // Days are of our own making: digits and hyphens.
        let open = format!(
            "SELECT case_id FROM case_row WHERE phase <> 'closed' AND asof < '{day}' AND case_id > $1 ORDER BY case_id LIMIT $2"
        );
        self.project(&open, today).await
    }

    async fn project(&self, which: &str, today: Date) -> Result<u64, StoreError> {
        let (mut after, mut done) = (String::new(), 0);
        loop {
            let rows = query(which).bind(after.as_str()).bind(SOME).fetch_all(&self.inner.readers).await?;
            let Some(last) = rows.last() else { return Ok(done) };
            after = text(last, "case_id")?;
            let cases = rows.iter().map(|row| Ok(CaseId::new(text(row, "case_id")?)));
            let cases = cases.collect::<Result<Vec<CaseId>, StoreError>>()?;
            let mut writer = self.inner.writer.lock().await;
            let connection = writer.connection(&self.inner.database).await?;
            let mut transaction = self.inner.database.begin(connection).await?;
            self.project_some(&mut transaction, &cases, today).await?;
            transaction.commit().await?;
            done += cases.len() as u64;
        }
    }

    /// Works out the projections of cases, under their locks.
    pub(crate) async fn project_some(
        &self,
        connection: &mut AnyConnection,
        cases: &[CaseId],
        today: Date,
    ) -> Result<(), StoreError> {
        let inner = &self.inner;
        let mut heads = load::heads(connection, &inner.sql.heads, &ids(cases)).await?;
        heads.retain(|_, head| !load::is_new(head));
        let mut changes = Changes::default();
        for row in query(inner.sql.facts.as_str()).bind(ids(cases)).fetch_all(&mut *connection).await? {
            changes.was(CaseId::new(text(&row, "case_id")?), Facts::from_text(&text(&row, "facts")?));
        }
        for held in load::load(connection, inner.sql, &inner.keys, &heads).await? {
            // Never as of a day before the last action.
            let last = held.case.history.last().map_or(today, |last| last.day.max(today));
            changes.after(&inner.world, &held.case, last);
        }
        Ok(changes.write(connection, inner.sql).await?)
    }

    /// Holds every projection against the actions; what differs, none: they are equal.
    pub async fn verify_projections(&self) -> Result<Vec<Difference>, StoreError> {
        let world = &self.inner.world;
        let mut differences = Vec::new();
        let mut expected: BTreeMap<Cell, i64> = BTreeMap::new();
        let mut connection = self.inner.readers.acquire().await?;
        let mut moment = self.inner.database.begin_reading(&mut connection).await?;
        let mut after = String::new();
        let heads_of = super::reading_heads(self.inner.sql);
        let mut cases = 0;
        loop {
            let some = "SELECT case_id FROM case_head WHERE case_id > $1 ORDER BY case_id LIMIT $2";
            let some = query(some).bind(after.as_str()).bind(SOME).fetch_all(&mut *moment).await?;
            let Some(last) = some.last() else { break };
            after = text(last, "case_id")?;
            let some = some.iter().map(|row| Ok(CaseId::new(text(row, "case_id")?)));
            let some = some.collect::<Result<Vec<CaseId>, StoreError>>()?;
            let heads = load::heads(&mut moment, &heads_of, &ids(&some)).await?;
            let rows = self.stored_rows(&mut moment, &some).await?;
            let spoken = self.stored_words(&mut moment, &some).await?;
            let seeing = self.stored_members(&mut moment, &some).await?;
            for held in load::load(&mut moment, self.inner.sql, &self.inner.keys, &heads).await? {
                let id = &held.case.id;
                let facts = facts(world, &held.case);
                add(&mut expected, &facts, 1);
                let stored = rows.get(id);
                let asof = stored.and_then(|row| row.asof.parse().ok()).unwrap_or_default();
                if stored != Some(&row(world, &held.case, asof, facts.to_text())) {
                    differences.push(Difference { at: format!("case_row {id}") });
                }
                if spoken.get(id) != Some(&words(world, &held.case)) {
                    differences.push(Difference { at: format!("case_words {id}") });
                }
                if seeing.get(id) != Some(&handlers(&held.case)) {
                    differences.push(Difference { at: format!("case_member {id}") });
                }
                cases += 1;
            }
        }
        differences.extend(self.compare_counts(&mut moment, expected, cases).await?);
        moment.commit().await?;
        Ok(differences)
    }

    async fn compare_counts(
        &self,
        connection: &mut AnyConnection,
        mut expected: BTreeMap<Cell, i64>,
        cases: i64,
    ) -> Result<Vec<Difference>, StoreError> {
        let mut differences = Vec::new();
        expected.retain(|_, n| *n != 0);
        let expected: BTreeMap<String, i64> = expected.into_iter().map(|(cell, n)| (named(&cell), n)).collect();
        let cells = "SELECT dims, kind, procedure, province, sector, month, bucket, n FROM statistic WHERE n <> 0";
        let mut stored = BTreeMap::new();
        for row in query(cells).fetch_all(&mut *connection).await? {
            let mut at = number(&row, "dims")?.to_string();
            for column in ["kind", "procedure", "province", "sector", "month", "bucket"] {
                at = format!("{at}/{}", text(&row, column)?);
            }
            stored.insert(at, number(&row, "n")?);
        }
        let both = expected.keys().chain(stored.keys()).collect::<BTreeSet<_>>();
        for at in both.into_iter().filter(|at| expected.get(*at) != stored.get(*at)) {
            differences.push(Difference { at: format!("statistic {at}") });
        }
        for table in ["case_row", "case_words"] {
            let row = query(format!("SELECT count(*) AS n FROM {table}")).fetch_one(&mut *connection).await?;
            if number(&row, "n")? != cases {
                differences.push(Difference { at: format!("{table}: it has rows of cases that are not there") });
            }
        }
        Ok(differences)
    }

    async fn stored_rows(
        &self,
        connection: &mut AnyConnection,
        of: &[CaseId],
    ) -> Result<BTreeMap<CaseId, Row>, StoreError> {
        let texts = self.inner.database.dialect().texts();
        let statement = format!("SELECT r.* FROM {texts} JOIN case_row r ON r.case_id = v.id");
        let mut found = BTreeMap::new();
        for row in query(statement).bind(ids(of)).fetch_all(connection).await? {
            let mut fields = serde_json::Map::new();
            for (column, kind) in COLUMNS {
                let value = match kind {
                    database::Type::Text => text(&row, column)?.into(),
                    database::Type::Number => number(&row, column)?.into(),
                };
                fields.insert(column.to_owned(), value);
            }
            // Its columns are the fields of a row.
            if let Ok(row) = serde_json::from_value::<Row>(fields.into()) {
                found.insert(CaseId::new(row.case_id.clone()), row);
            }
        }
        Ok(found)
    }

    async fn stored_members(
        &self,
        connection: &mut AnyConnection,
        of: &[CaseId],
    ) -> Result<BTreeMap<CaseId, BTreeSet<String>>, StoreError> {
        let texts = self.inner.database.dialect().texts();
        let statement = format!("SELECT m.case_id, m.uscc FROM {texts} JOIN case_member m ON m.case_id = v.id");
        let mut found: BTreeMap<CaseId, BTreeSet<String>> = BTreeMap::new();
        for row in query(statement).bind(ids(of)).fetch_all(connection).await? {
            found.entry(CaseId::new(text(&row, "case_id")?)).or_default().insert(text(&row, "uscc")?);
        }
        Ok(found)
    }

    async fn stored_words(
        &self,
        connection: &mut AnyConnection,
        of: &[CaseId],
    ) -> Result<BTreeMap<CaseId, Words>, StoreError> {
        let texts = self.inner.database.dialect().texts();
        let statement = format!("SELECT w.* FROM {texts} JOIN case_words w ON w.case_id = v.id");
        let mut found = BTreeMap::new();
        for row in query(statement).bind(ids(of)).fetch_all(connection).await? {
            let words = Words {
                case_id: text(&row, "case_id")?,
                words: text(&row, "words")?,
                submitted: number(&row, "submitted")?,
                province: text(&row, "province")?,
                office: text(&row, "office")?,
                handlers: text(&row, "handlers")?,
                opened: text(&row, "opened")?,
            };
            found.insert(CaseId::new(words.case_id.clone()), words);
        }
        Ok(found)
    }
}

fn named((dims, kind, procedure, province, sector, month, bucket): &Cell) -> String {
    format!("{dims}/{kind}/{procedure}/{province}/{sector}/{month}/{bucket}")
}
