//! Counting persons: who the rows are about, what of them leaves, and who left before.

use std::sync::Arc;

use codes::{KeyStrength, Sensitivity};
use engine::{PersonQuery, PersonSet, Runner, Source, kind};
use transfer::{EarlierKind, Inventory, PlannedSource, Subject};

use crate::error::ClearanceError;
use crate::inventory::{can_be_key, key_space, strength};

/// The name of the fingerprint key in plans.
pub(crate) const FINGERPRINT: &str = "fingerprint";

/// Persons, and whether they are exact or an upper bound.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    pub(crate) people: PersonSet,
    pub(crate) exact: bool,
}

impl Counted {
    pub(crate) fn none() -> Self {
        Self { people: PersonSet::default(), exact: true }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.people.union(&other.people);
        self.exact &= other.exact;
    }
}

/// The persons of one source. `planned`: what leaves; none leaves before there is a plan.
pub(crate) async fn persons(
    runner: &Runner,
    source: &Arc<Source>,
    inventory: &Inventory,
    planned: Option<&PlannedSource>,
    subject: &Subject,
    on: &str,
) -> Result<Counted, ClearanceError> {
    let mut keys = Vec::new();
    let mut strong = true;
    for field in &subject.key {
        source.column(field)?;
        let column = inventory
            .column(field)
            .ok_or_else(|| ClearanceError::input(format!("`{}.{field}` was not inspected", source.name)))?;
        if !can_be_key(column) {
            return Err(ClearanceError::input(format!(
                "`{}.{field}` is {}: it cannot be the key of a person",
                source.name, column.label
            )));
        }
        // A declared key whose class is nobody's is the handler's own: strong within its name.
        strong &= strength(&column.label) != KeyStrength::Weak;
        keys.push((field.clone(), key_space(&source.name, column), column.label.clone()));
    }
    let mut query = PersonQuery { key_name: FINGERPRINT.to_owned(), keys, ..PersonQuery::default() };
    if let Some(planned) = planned {
        for field in planned.leaving() {
            if field.sensitive == Sensitivity::No {
                // Whatever stands in a person's row is information about that person (PIPL 4).
                query.ordinary.push(field.name.clone());
            } else {
                query.sensitive.push(field.name.clone());
            }
        }
        let ages = inventory
            .columns
            .iter()
            .filter(|column| matches!(column.label.as_str(), "BIRTH_DATE" | "ID_CN" | "AGE" | "UNDER_14"));
        query.ages = ages.map(|column| (column.name.clone(), column.label.clone())).collect();
    }
    let people = runner.persons(source, &query, on).await?;
    let exact = strong && people.rows_without_key() == 0;
    Ok(Counted { people, exact })
}

/// Persons of earlier exports, listed in a file.
pub(crate) async fn earlier_file(
    runner: &Runner,
    source: &Arc<Source>,
    inventory: &Inventory,
    key: &str,
    which: EarlierKind,
) -> Result<Counted, ClearanceError> {
    let subject = Subject { source: None, key: vec![key.to_owned()], join: Vec::new() };
    let mut listed = persons(runner, source, inventory, None, &subject, "").await?;
    let kinds = kind::PRESENT
        | match which {
            EarlierKind::Ordinary => kind::ORDINARY,
            EarlierKind::Sensitive => kind::SENSITIVE,
            EarlierKind::Both => kind::ORDINARY | kind::SENSITIVE,
        };
    let mut people = PersonSet::default();
    for _ in 0..listed.people.rows_without_key() {
        people.add_without_key(kinds);
    }
    for (fingerprint, _) in listed.people.people() {
        people.add(*fingerprint, kinds);
    }
    Ok(Counted { people, exact: listed.exact })
}
