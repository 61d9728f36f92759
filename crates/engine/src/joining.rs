//! Joining: records of one subject that, by columns the handler names, are persons of another.
//!
//! The consignee of an order has a phone number; where name and phone are those of a customer, the consignee is that customer and
//! is not counted again. Both sides become records of (joining fingerprint, person, what leaves), sorted, and are merged.

use std::sync::Arc;

use codes::ClassId;
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::logical_expr::{Expr, lit};

use crate::counting::{KeyColumn, PersonQuery};
use crate::error::EngineError;
use crate::functions::Fingerprinter;
use crate::persons::{Gathering, People, kind};
use crate::plan;
use crate::runner::Runner;
use crate::runs::{Merge, Sorted, Sorter};
use crate::source::Source;

/// Persons by the joining columns of one subject: two words of joining fingerprint, two of person, kinds.
#[derive(Clone)]
pub struct Links(Sorted<5>);

impl Runner {
    /// Reads, under one key, who a subject's rows are about and what their joining columns say. Rows without joining values are
    /// counted by themselves: they are returned as persons.
    pub async fn links(
        &self,
        source: &Arc<Source>,
        query: &PersonQuery,
        join: &[KeyColumn],
        on: &str,
    ) -> Result<(Links, People), EngineError> {
        let key_name = query.key_names.first().map(String::as_str).unwrap_or_default();
        let secret = self.keys.key(key_name).ok_or_else(|| EngineError::NoKey(key_name.to_owned()))?;
        let fingerprint = Fingerprinter::new(&secret);
        let mut columns: Vec<Expr> =
            self.flags(query, on).into_iter().enumerate().map(|(i, flag)| flag.alias(format!("f{i}"))).collect();
        let keys = query.key.iter().chain(join);
        columns.extend(keys.enumerate().map(|(i, key)| plan::text(&key.field).alias(format!("k{i}"))));
        if columns.is_empty() {
            columns.push(lit(true));
        }
        let width = query.leaves.len();
        let (key, join) = (classes(&query.key)?, classes(join)?);
        let mut links = Sorter::<5>::new(&self.spill);
        let mut alone = Gathering::new(&self.spill);
        self.each_batch(source, query.rows.as_ref(), on, &columns, |batch| {
            let (flags, texts) = batch.columns().split_at(width);
            let (own, joining) = texts.split_at(key.len());
            for row in 0..batch.num_rows() {
                let set = flags.iter().zip(&query.leaves).filter(|(flags, _)| {
                    let flags = flags.as_boolean();
                    flags.is_valid(row) && flags.value(row)
                });
                let kinds = set.fold(kind::PRESENT, |kinds, (_, (kind, _))| kinds | kind);
                let person = of(&fingerprint, &key, own, row);
                match (person, of(&fingerprint, &join, joining, row)) {
                    (Some(person), Some(by)) => links.push(link(by, person, kinds))?,
                    (Some(person), None) => alone.add(person, kinds)?,
                    // Nobody can tell who it is: one more person, whatever the joining columns say.
                    (None, _) => alone.add_without_key(kinds),
                }
            }
            Ok(())
        })
        .await?;
        Ok((Links(links.finish()), alone.finish()?))
    }

    /// Hands over, row by row, who it is about (where that can be told) and the texts of other columns.
    pub async fn each_person(
        &self,
        source: &Arc<Source>,
        key_name: &str,
        key: &[KeyColumn],
        columns: &[String],
        mut take: impl FnMut(Option<u128>, &[Option<&str>]) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let secret = self.keys.key(key_name).ok_or_else(|| EngineError::NoKey(key_name.to_owned()))?;
        let fingerprint = Fingerprinter::new(&secret);
        let fields = key.iter().map(|key| &key.field).chain(columns);
        let texts = fields.enumerate().map(|(i, field)| plan::text(field).alias(format!("c{i}"))).collect::<Vec<_>>();
        let parts = classes(key)?;
        self.each_batch(source, None, "", &texts, |batch| {
            let (own, others) = batch.columns().split_at(parts.len());
            let mut values = Vec::with_capacity(others.len());
            for row in 0..batch.num_rows() {
                values.clear();
                values.extend(others.iter().map(|column| {
                    let column = column.as_string::<i32>();
                    column.is_valid(row).then(|| column.value(row))
                }));
                take(of(&fingerprint, &parts, own, row), &values)?;
            }
            Ok(())
        })
        .await
    }
}

impl Links {
    /// Who the rows of `self` are, given those they may be: every person of `others` with the same joining values, each with all
    /// that leaves; where there is none, the person itself.
    pub fn resolve(&self, others: &[Self], spill: &std::path::Path) -> Result<People, EngineError> {
        let sequences = others.iter().map(|links| links.0.clone()).collect::<Vec<_>>();
        let mut known = Merge::of(&sequences).peekable();
        let mut people = Gathering::new(spill);
        let mut group: ([u64; 2], Vec<u128>) = ([0; 2], Vec::new());
        for record in self.0.read() {
            let [by_high, by_low, high, low, kinds] = record?;
            let by = [by_high, by_low];
            while let Some(next) = known.next_if(|next| next.as_ref().map_or(true, |next| next[..2] <= by[..])) {
                let [next_high, next_low, high, low, _] = next?;
                if group.0 != [next_high, next_low] {
                    group = ([next_high, next_low], Vec::new());
                }
                group.1.push(u128::from(high) << 64 | u128::from(low));
            }
            if group.0 == by && !group.1.is_empty() {
                // Two customers of one name and phone: which of them is not known, so what leaves counts for both.
                for person in &group.1 {
                    people.add(*person, kinds)?;
                }
            } else {
                people.add(u128::from(high) << 64 | u128::from(low), kinds)?;
            }
        }
        people.finish()
    }
}

fn link(by: u128, person: u128, kinds: u64) -> [u64; 5] {
    [(by >> 64) as u64, by as u64, (person >> 64) as u64, person as u64, kinds]
}

fn classes(columns: &[KeyColumn]) -> Result<Vec<(&str, ClassId)>, EngineError> {
    let class = |column: &KeyColumn| codes::taxonomy().by_label(&column.label);
    let known = columns.iter().map(|column| Some((column.space.as_str(), class(column)?)));
    known.collect::<Option<_>>().ok_or_else(|| EngineError::Plane("a key column has a label nobody knows".to_owned()))
}

fn of(fingerprint: &Fingerprinter, key: &[(&str, ClassId)], columns: &[ArrayRef], row: usize) -> Option<u128> {
    let mut parts = Vec::with_capacity(key.len());
    for ((space, class), column) in key.iter().zip(columns) {
        let column = column.as_string::<i32>();
        let value = column.is_valid(row).then(|| column.value(row)).filter(|value| !value.is_empty())?;
        parts.push((*space, *class, value));
    }
    fingerprint.of(parts)
}
