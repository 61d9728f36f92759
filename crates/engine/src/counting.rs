//! Counting the persons of a source, and which of its rows may leave at all.

use std::sync::Arc;

use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ExprFunctionExt as _, is_true, lit};
use datafusion::prelude::ident;

use crate::error::EngineError;
use crate::functions::{self, State};
use crate::keys::KeyRing;
use crate::persons::{Gathering, People, kind};
use crate::plan;
use crate::runner::Runner;
use crate::source::Source;

/// A column that, alone or with others, tells whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// The field.
    pub field: String,
    /// Within what equal values are one person.
    pub space: String,
    /// The label of its class.
    pub label: String,
}

/// Who the rows are about and what of them leaves.
#[derive(Debug, Clone, Default)]
pub struct PersonQuery {
    /// The names of the keys under which persons are counted: one result each.
    pub key_names: Vec<String>,
    /// What tells the person.
    pub key: Vec<KeyColumn>,
    /// Kinds, and the fields of which at least one has to have a value.
    pub leaves: Vec<(u64, Vec<String>)>,
    /// Columns that tell an age, with their labels: where the person is under 14 all that leaves is sensitive.
    pub ages: Vec<(String, String)>,
    /// Which rows leave; all good ones where nothing is said.
    pub rows: Option<Rows>,
}

/// Rows leave only where each person they are about has a live separate consent; of a child, a guardian's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consented {
    /// The name of the key of the fingerprints.
    pub key_name: String,
    /// The name of the consents.
    pub consents: String,
    /// What tells each person of a row.
    pub subjects: Vec<Vec<KeyColumn>>,
    /// Columns that tell an age.
    pub ages: Vec<(String, String)>,
}

/// Rows of a table of consents: persons who withdrew and were sent to the recipient before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToDelete {
    /// The name of the key of the consents' fingerprints.
    pub key_name: String,
    /// The name of the consents.
    pub consents: String,
    /// The name of the key under which those sent before are kept.
    pub sent_key_name: String,
    /// Their name.
    pub sent: String,
    /// What tells the person.
    pub key: Vec<KeyColumn>,
}

/// Which rows of a source are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Those whose persons have consented.
    Consented(Consented),
    /// Those whose persons the recipient has to delete.
    ToDelete(ToDelete),
}

impl From<Consented> for Rows {
    fn from(consented: Consented) -> Self {
        Self::Consented(consented)
    }
}

impl From<ToDelete> for Rows {
    fn from(to_delete: ToDelete) -> Self {
        Self::ToDelete(to_delete)
    }
}

impl Rows {
    /// Whether a row is meant.
    pub(crate) fn meant(&self, on: &str, keys: &Arc<dyn KeyRing>) -> Expr {
        match self {
            Self::Consented(consented) => consented.leaves(on, keys),
            Self::ToDelete(ToDelete { key_name, consents, sent_key_name, sent, key }) => {
                let withdrawn = state(keys, key_name, consents, key).eq(lit(State::Withdrawn.word()));
                withdrawn.and(state(keys, sent_key_name, sent, key).eq(lit(State::Live.word())))
            }
        }
    }
}

/// What named consents say of the person of a row.
fn state(keys: &Arc<dyn KeyRing>, key_name: &str, consents: &str, key: &[KeyColumn]) -> Expr {
    let literals = [lit(key_name), lit(consents), lit(spaces(key))];
    functions::consented(keys).call(literals.into_iter().chain(key.iter().map(|key| plan::text(&key.field))).collect())
}

/// Rows that stay behind, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldBack {
    /// No consent was given, or nobody can tell whose.
    pub without: u64,
    /// It was withdrawn.
    pub withdrawn: u64,
    /// A child's, without a guardian's consent.
    pub no_guardian: u64,
}

impl Runner {
    /// Counts the persons of a source, once under each key. `on`: the day, for ages.
    pub async fn persons(
        &self,
        source: &Arc<Source>,
        query: &PersonQuery,
        on: &str,
    ) -> Result<Vec<People>, EngineError> {
        let flags = self.flags(query, on);
        let kinds = query.leaves.iter().map(|(kind, _)| kind.to_string()).collect::<Vec<_>>();
        let mut args = vec![lit(query.key_names.join("\n")), lit(spaces(&query.key)), lit(kinds.join("\n"))];
        args.extend(flags);
        args.extend(query.key.iter().map(|key| plan::text(&key.field)));
        let columns = vec![functions::persons(&self.keys).call(args).alias("persons")];
        let states = self
            .aggregate(source, |unit| {
                let rows = self.leaving_rows(source, unit, query.rows.as_ref(), on)?;
                Ok(rows.aggregate(vec![], columns.clone())?)
            })
            .await?;
        let mut counts = query.key_names.iter().map(|_| Gathering::new(&self.spill)).collect::<Vec<_>>();
        for state in states {
            let sets = state.binary.first().map(|bytes| functions::split_sets(bytes)).transpose()?;
            for (count, set) in counts.iter_mut().zip(sets.unwrap_or_default()) {
                count.add_set(&set)?;
            }
        }
        counts.into_iter().map(Gathering::finish).collect()
    }

    /// The rows that stay behind.
    pub async fn held_back(&self, source: &Arc<Source>, rows: &Consented, on: &str) -> Result<HeldBack, EngineError> {
        let any = |state: State| rows.states(&self.keys).map(|said| said.eq(lit(state.word()))).reduce(Expr::or);
        let never = || lit(false);
        let without = any(State::None).unwrap_or_else(never);
        let withdrawn = any(State::Withdrawn).unwrap_or_else(never);
        let all = rows.leaves(on, &self.keys);
        // A row is told once, under the first reason that fits.
        let reasons = [
            without.clone(),
            withdrawn.clone().and(Expr::Not(Box::new(without.clone()))),
            Expr::Not(Box::new(all.or(without).or(withdrawn))),
        ];
        let mut held = HeldBack::default();
        for (reason, number) in reasons.into_iter().zip([&mut held.without, &mut held.withdrawn, &mut held.no_guardian])
        {
            let counted = count(lit(1)).filter(reason).build()?.alias("rows");
            let states = self
                .aggregate(source, |unit| {
                    Ok(self.leaving_rows(source, unit, None, on)?.aggregate(vec![], vec![counted.clone()])?)
                })
                .await?;
            *number = states.iter().map(|state| state.number).sum();
        }
        Ok(held)
    }

    /// How many rows are meant.
    pub async fn count_rows(&self, source: &Arc<Source>, rows: &Rows, on: &str) -> Result<u64, EngineError> {
        let counted = count(lit(1)).alias("rows");
        let states = self
            .aggregate(source, |unit| {
                Ok(self.leaving_rows(source, unit, Some(rows), on)?.aggregate(vec![], vec![counted.clone()])?)
            })
            .await?;
        Ok(states.iter().map(|state| state.number).sum())
    }

    /// For each kind, whether it leaves of a row.
    pub(crate) fn flags(&self, query: &PersonQuery, on: &str) -> Vec<Expr> {
        let any = |fields: &[String]| {
            let tests = fields.iter().map(|field| not_missing(field));
            tests.reduce(Expr::or).unwrap_or_else(|| lit(false))
        };
        let ordinary = query.leaves.iter().find(|(of, _)| *of == kind::ORDINARY).map(|(_, fields)| any(fields));
        let young = young(&query.ages, on, &self.keys).zip(ordinary).map(|(young, ordinary)| young.and(ordinary));
        let flag = |(of, fields): &(u64, Vec<String>)| match &young {
            Some(young) if *of == kind::SENSITIVE => any(fields).or(young.clone()),
            _ => any(fields),
        };
        query.leaves.iter().map(flag).collect()
    }
}

impl Consented {
    /// Whether a row leaves.
    pub(crate) fn leaves(&self, on: &str, keys: &Arc<dyn KeyRing>) -> Expr {
        let guardian = |said: Expr| said.eq(lit(State::Guardian.word()));
        let young = young(&self.ages, on, keys);
        let tests = self.states(keys).map(|said| match &young {
            Some(young) => guardian(said.clone())
                .or(said.eq(lit(State::Live.word())).and(Expr::Not(Box::new(is_true(young.clone()))))),
            None => guardian(said.clone()).or(said.eq(lit(State::Live.word()))),
        });
        // Nobody named is nobody who consented.
        tests.reduce(Expr::and).unwrap_or_else(|| lit(false))
    }

    /// What is said of each person of a row.
    fn states(&self, keys: &Arc<dyn KeyRing>) -> impl Iterator<Item = Expr> {
        self.subjects.iter().map(|subject| state(keys, &self.key_name, &self.consents, subject))
    }
}

/// Whether the person of a row is, or may be, under 14: some column says so, or none that is filled can be read.
fn young(ages: &[(String, String)], on: &str, keys: &Arc<dyn KeyRing>) -> Option<Expr> {
    let says = |word: &str| {
        let tests = ages.iter().map(|(field, label)| {
            let told = plan::under_age(field, label, 14, on, keys);
            is_true(told.eq(lit(word)))
        });
        tests.reduce(Expr::or)
    };
    let (under, over, unknown) = (says("under")?, says("over")?, says("unknown")?);
    Some(under.or(unknown.and(Expr::Not(Box::new(over)))))
}

/// Space and class of each key column, a line each.
pub(crate) fn spaces(key: &[KeyColumn]) -> String {
    key.iter().map(|key| format!("{}\t{}", key.space, key.label)).collect::<Vec<_>>().join("\n")
}

/// A field has a value: not null, and not the empty text that some Parquet files hold.
fn not_missing(field: &str) -> Expr {
    ident(field).is_not_null().and(plan::text(field).not_eq(lit("")))
}
