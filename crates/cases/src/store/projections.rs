//! Projections as they change with the actions of one transaction, and made anew from all of them.

use std::collections::{BTreeMap, BTreeSet};

use database::query;
use jiff::civil::Date;
use serde_json::{Value, json};
use sqlx::AnyConnection;

use super::load::json as rows;
use super::project::facts::{Facts, facts};
use super::project::row::{Row, row};
use super::project::words::{Words, words};
use super::sql::Sql;
use crate::case::Case;
use crate::terms::CaseId;
use crate::world::World;

/// What stands for all of a dimension.
pub(crate) const ALL: &str = "*";

/// A cell of the statistics: which dimensions are named, kind, procedure, province, sector, month, bucket.
pub(crate) type Cell = (i64, &'static str, String, String, String, String, String);

/// What changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    was: BTreeMap<CaseId, Facts>,
    words_before: BTreeMap<CaseId, Words>,
    pub(crate) rows: Vec<Row>,
    words: Vec<Words>,
    members: Vec<Value>,
    counts: BTreeMap<Cell, i64>,
}

impl Changes {
    /// What a case added to the statistics so far.
    pub(crate) fn was(&mut self, id: CaseId, facts: Facts) {
        self.was.insert(id, facts);
    }

    /// A case before the first action of the transaction.
    pub(crate) fn before(&mut self, world: &World<'_>, case: &Case) {
        self.words_before.insert(case.id.clone(), words(world, case));
    }

    /// A case after the last.
    pub(crate) fn after(&mut self, world: &World<'_>, case: &Case, asof: Date) {
        let facts = facts(world, case);
        match self.was.get(&case.id) {
            Some(was) if *was == facts => {}
            was => {
                if let Some(was) = was {
                    add(&mut self.counts, was, -1);
                }
                add(&mut self.counts, &facts, 1);
            }
        }
        self.rows.push(row(world, case, asof, facts.to_text()));
        let words = words(world, case);
        if self.words_before.get(&case.id) != Some(&words) {
            self.words.push(words);
            let seeing = handlers(case).into_iter().map(|uscc| json!({ "case_id": case.id, "uscc": uscc }));
            self.members.extend(seeing);
        }
    }

    /// Writes it, a statement a table.
    pub(crate) async fn write(&mut self, connection: &mut AnyConnection, sql: &Sql) -> Result<(), sqlx::Error> {
        query(sql.put_rows.as_str()).bind(rows(&self.rows)).execute(&mut *connection).await?;
        if !self.words.is_empty() {
            query(sql.put_words.as_str()).bind(rows(&self.words)).execute(&mut *connection).await?;
        }
        if !self.members.is_empty() {
            query(sql.put_members.as_str()).bind(rows(&self.members)).execute(&mut *connection).await?;
        }
        self.counts.retain(|_, n| *n != 0);
        if !self.counts.is_empty() {
            query(sql.count.as_str()).bind(rows(&cells(&self.counts))).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

/// Whoever of the handlers sees a case: who files it, and those of its group.
pub(crate) fn handlers(case: &Case) -> BTreeSet<String> {
    std::iter::once(&case.handler).chain(&case.members).map(|handler| handler.uscc.clone()).collect()
}

/// Adds the facts of a case `times` to the cells of all eight ways of naming its dimensions.
pub(crate) fn add(counts: &mut BTreeMap<Cell, i64>, facts: &Facts, times: i64) {
    for ((what, month, bucket), n) in &facts.counts {
        for dims in 0..8_i64 {
            let named = |bit: i64, value: &String| if dims & bit == 0 { ALL.to_owned() } else { value.clone() };
            let (procedure, province) = (named(1, &facts.procedure), named(2, &facts.province));
            let sector = named(4, &facts.sector);
            let cell = (dims, what.word(), procedure, province, sector, month.clone(), bucket.clone());
            *counts.entry(cell).or_default() += n * times;
        }
    }
}

fn cells(counts: &BTreeMap<Cell, i64>) -> Vec<Value> {
    let cell = |((dims, kind, procedure, province, sector, month, bucket), n): (&Cell, &i64)| {
        json!({
            "dims": dims, "kind": kind, "procedure": procedure, "province": province, "sector": sector,
            "month": month, "bucket": bucket, "n": n,
        })
    };
    counts.iter().map(cell).collect()
}
