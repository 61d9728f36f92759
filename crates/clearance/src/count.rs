//! Counting persons: who the rows are about, what of them leaves, and who left before.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use codes::{KeyStrength, Sensitivity};
use engine::{Consented, KeyColumn, People, PersonQuery, Rows, Runner, Source, kind};
use jiff::civil::Date;
use transfer::{Column, EarlierKind, Inventory, PlannedSource, Subject, Terms};

use crate::error::ClearanceError;
use crate::inventory::{can_be_key, inventory, key_space, strength};

/// The name of the fingerprint key in plans.
pub(crate) const FINGERPRINT: &str = "fingerprint";
/// The name of the key of the permit's ledger.
pub(crate) const PERMIT: &str = "ledger/permit";
/// The name of the key of the recipient's ledger.
pub(crate) const RECIPIENT: &str = "ledger/recipient";

/// Persons, and whether they are exact or an upper bound.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    /// One a key, in the order of the key names.
    pub(crate) people: Vec<People>,
    pub(crate) exact: bool,
    /// The key spaces persons were told apart by: whoever stands in two is counted twice.
    pub(crate) spaces: BTreeSet<String>,
}

impl Counted {
    /// Nobody.
    pub(crate) fn none(keys: usize) -> Self {
        Self { people: vec![People::default(); keys], exact: true, spaces: BTreeSet::new() }
    }

    /// The persons under the year's key.
    pub(crate) fn year(&self) -> &People {
        &self.people[0]
    }

    /// Adds others. Persons of two key spaces cannot be compared: then the count is an upper bound.
    pub(crate) fn add(&mut self, other: &Self) -> Result<(), ClearanceError> {
        for (people, more) in self.people.iter_mut().zip(&other.people) {
            *people = People::union([&*people, more])?;
        }
        self.exact &= other.exact;
        self.spaces.extend(other.spaces.iter().cloned());
        Ok(())
    }

    /// Whether every person was counted once.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact && self.spaces.len() <= 1
    }
}

/// A source with what was found in it and what will leave of it.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    pub(crate) source: &'a Arc<Source>,
    pub(crate) inventory: &'a Inventory,
    /// None before there is a plan.
    pub(crate) planned: Option<&'a PlannedSource>,
    /// Which rows leave.
    pub(crate) rows: Option<&'a Consented>,
}

/// Counts subjects.
pub(crate) struct Counter<'a> {
    pub(crate) runner: &'a Runner,
    /// The names of the keys to count under; the first is the year's.
    pub(crate) key_names: Vec<String>,
    /// The permit, for persons by item.
    pub(crate) terms: Option<&'a Terms>,
    pub(crate) on: &'a str,
    pub(crate) spill: &'a Path,
}

impl Counter<'_> {
    /// The persons of one subject of a table. `others`: every other subject, for those that join.
    pub(crate) async fn persons(
        &self,
        table: Table<'_>,
        subject: &Subject,
        others: &[(Table<'_>, &Subject)],
    ) -> Result<Counted, ClearanceError> {
        let query = self.query(table, subject)?;
        let weak = |column: &KeyColumn| strength(&column.label) == KeyStrength::Weak;
        let strong = !query.key.iter().any(weak);
        let spaces = query.key.iter().map(|column| column.space.as_str()).collect::<Vec<_>>().join(" + ");
        let (people, joined) = if subject.join.is_empty() {
            (self.runner.persons(table.source, &query, self.on).await?, false)
        } else {
            (self.joined(table, subject, &query, others).await?, true)
        };
        let exact = strong && !joined && people[0].rows_without_key() == 0;
        Ok(Counted { people, exact, spaces: BTreeSet::from([spaces]) })
    }

    /// What is asked of the data plane for a subject.
    fn query(&self, table: Table<'_>, subject: &Subject) -> Result<PersonQuery, ClearanceError> {
        let mut query = PersonQuery {
            key_names: self.key_names.clone(),
            key: key_columns(table.source, table.inventory, &subject.key)?,
            rows: table.rows.cloned().map(Rows::Consented),
            ..PersonQuery::default()
        };
        if let Some(planned) = table.planned {
            let leaving = |sensitive: bool| {
                let fields = planned.leaving().filter(|field| (field.sensitive != Sensitivity::No) == sensitive);
                fields.map(|field| field.name.clone()).collect::<Vec<_>>()
            };
            // Whatever stands in a person's row is information about that person (PIPL 4).
            query.leaves = vec![(kind::ORDINARY, leaving(false)), (kind::SENSITIVE, leaving(true))];
            for (index, _) in self.terms.and_then(|terms| terms.items.as_ref()).into_iter().flatten().enumerate() {
                let fields = planned.leaving().filter(|field| {
                    let of =
                        self.terms.and_then(|terms| terms.item_of(&planned.source, &field.name, field.item.as_deref()));
                    of.is_some_and(|(of, _)| of == index)
                });
                let fields = fields.map(|field| field.name.clone()).collect();
                query.leaves.push((1 << (kind::FIRST_ITEM + index as u32), fields));
            }
            query.ages = ages(table.inventory);
        }
        Ok(query)
    }

    /// The persons of a subject that the handler joins with others.
    async fn joined(
        &self,
        table: Table<'_>,
        subject: &Subject,
        query: &PersonQuery,
        others: &[(Table<'_>, &Subject)],
    ) -> Result<Vec<People>, ClearanceError> {
        let mut partners = others
            .iter()
            // The other subjects of these same rows are other people: the buyer is not the consignee.
            .filter(|(other, about)| about.join.is_empty() && other.source.name != table.source.name)
            .filter_map(|(other, about)| Some((other, about, join_columns(table, subject, *other)?)))
            .collect::<Vec<_>>();
        // One reading of the columns here: tables that would need another are not joined, which counts too many, never too few.
        if let Some(mine) = partners.first().map(|(_, _, (mine, _))| mine.clone()) {
            partners.retain(|(_, _, (other, _))| *other == mine);
        }
        if partners.is_empty() {
            return Err(ClearanceError::input(format!(
                "`join` of the [[subject]] of `{}` with key `{}` finds no other subject whose source has such columns: name them as \
                 the other table calls them",
                table.source.name,
                subject.key.join(", ")
            )));
        }
        let mut people = Vec::new();
        for name in &self.key_names {
            let under = |query: PersonQuery| PersonQuery { key_names: vec![name.clone()], ..query };
            let mut known = Vec::new();
            for (other, about, (_, theirs)) in &partners {
                // Who they are, whether or not anything of them leaves this time.
                let key = key_columns(other.source, other.inventory, &about.key)?;
                let whom = under(PersonQuery { key, ..PersonQuery::default() });
                known.push(self.runner.links(other.source, &whom, theirs, self.on).await?.0);
            }
            let mine = &partners[0].2.0;
            let (links, alone) = self.runner.links(table.source, &under(query.clone()), mine, self.on).await?;
            people.push(People::union([&links.resolve(&known, self.spill)?, &alone])?);
        }
        Ok(people)
    }
}

/// The key columns of a subject, with the space within which equal values are one person.
pub(crate) fn key_columns(
    source: &Source,
    inventory: &Inventory,
    fields: &[String],
) -> Result<Vec<KeyColumn>, ClearanceError> {
    let mut key = Vec::new();
    for field in fields {
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
        key.push(KeyColumn {
            field: field.clone(),
            space: key_space(&source.name, column),
            label: column.label.clone(),
        });
    }
    Ok(key)
}

/// Columns that tell an age.
pub(crate) fn ages(inventory: &Inventory) -> Vec<(String, String)> {
    let tells = |column: &&Column| matches!(column.label.as_str(), "BIRTH_DATE" | "ID_CN" | "AGE" | "UNDER_14");
    inventory.columns.iter().filter(tells).map(|column| (column.name.clone(), column.label.clone())).collect()
}

/// The joining columns on both sides. An entry of `join` names a column as the other table calls it; here its partner is the
/// column of the same name, or else the key's own or the only one of its class. A wrong guess would count too few: where there
/// are several, nothing is guessed.
fn join_columns(table: Table<'_>, subject: &Subject, other: Table<'_>) -> Option<(Vec<KeyColumn>, Vec<KeyColumn>)> {
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for entry in &subject.join {
        let label = other.inventory.column(entry)?.label.clone();
        let is_of_class = |field: &&String| table.inventory.column(field).is_some_and(|column| column.label == label);
        let mut same = table.inventory.columns.iter().filter(|column| column.label == label && label != "NONE");
        let only = same.next().filter(|_| same.next().is_none()).map(|column| &column.name);
        let here = table.inventory.column(entry).map(|column| &column.name);
        let here = here.or_else(|| subject.key.iter().find(is_of_class)).or(only)?;
        // One space for both sides: equal values of one class join.
        let column =
            |field: &String| KeyColumn { field: field.clone(), space: format!("join {label}"), label: label.clone() };
        mine.push(column(here));
        theirs.push(column(entry));
    }
    Some((mine, theirs))
}

/// Persons listed in a file, of whom so much left. The list has to be whole.
pub(crate) async fn listed_in(
    runner: &Runner,
    path: &Path,
    key: &str,
    which: EarlierKind,
    on: Date,
    spill: &Path,
) -> Result<Counted, ClearanceError> {
    let source = Arc::new(Source::open("earlier", path)?);
    source.column(key)?;
    let inspection = runner.inspect(&source, false).await?;
    if let Some(bad) = inspection.quarantine.located.first() {
        return Err(ClearanceError::input(format!(
            "{}: row {} is bad ({}): a list of earlier persons has to be whole",
            path.display(),
            bad.row,
            bad.reason
        )));
    }
    let inventory = inventory("earlier", &source, &inspection, on);
    let subject = Subject { source: None, key: vec![key.to_owned()], join: Vec::new() };
    let table = Table { source: &source, inventory: &inventory, planned: None, rows: None };
    let counter = Counter { runner, key_names: vec![FINGERPRINT.to_owned()], terms: None, on: "", spill };
    let mut counted = counter.persons(table, &subject, &[]).await?;
    let kinds = kind::PRESENT
        | match which {
            EarlierKind::Ordinary => kind::ORDINARY,
            EarlierKind::Sensitive => kind::SENSITIVE,
            EarlierKind::Both => kind::ORDINARY | kind::SENSITIVE,
        };
    counted.people = vec![counted.year().marked(kinds, spill)?];
    Ok(counted)
}
