//! Counting and asking: who it is about together with who left before, what the law says of that, and whether the gate opens.

use std::path::Path;
use std::sync::Arc;

use engine::{Source, kind};
use transfer::{Column, CountChange, Earlier, Inventory, PermitSource, Plan};

use crate::clear::{Assessment, Job, PersonCounts, Step};
use crate::count::{self, Counted};
use crate::error::ClearanceError;
use crate::facts::{self, Counts};
use crate::gate::{self, Look};
use crate::inventory;

impl Job<'_> {
    /// The persons of this transfer, all sources together.
    pub(crate) async fn count(
        &self,
        inventories: &[(String, Inventory)],
        plan: &Plan,
    ) -> Result<Counted, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Count, bytes);
        let on = self.options.on.to_string();
        let mut counted = Counted::none();
        let tables = self.loaded.sources.iter().zip(&self.loaded.transfer.source);
        for ((source, spec), (planned, (name, inventory))) in tables.zip(plan.sources.iter().zip(inventories)) {
            if planned.leaving().next().is_none() {
                continue;
            }
            let subjects = self.loaded.transfer.subjects(name).collect::<Vec<_>>();
            let stated = spec.personal.or(self.loaded.transfer.data.personal);
            if let (Some(false), Some(found)) = (spec.personal, personal_place(name, inventory)) {
                return Err(self.loaded.fault(format!(
                    "the source `{name}` says `personal = false`, but {found}: take the line out or leave the data out"
                )));
            }
            if subjects.is_empty() && stated != Some(false) {
                return Err(self.loaded.fault(match inventory::propose_key(inventory) {
                    Some(column) => format!(
                        "who are the rows of `{name}` about? add `[[subject]]` with `source = \"{name}\"` and `key = [\"{}\"]`",
                        column.name
                    ),
                    None => format!(
                        "who are the rows of `{name}` about? add `[[subject]]` with `source = \"{name}\"` and as `key` one of: \
                         {}; or, where they are about nobody, `personal = false` to its [[source]]",
                        source.columns.join(", ")
                    ),
                }));
            }
            for subject in subjects {
                counted.add(&count::persons(&self.runner, source, inventory, Some(planned), subject, &on).await?);
            }
        }
        Ok(counted)
    }

    /// Joins the count with what left before and asks law and gate.
    pub(crate) async fn decide(
        &self,
        inventories: Vec<(String, Inventory)>,
        plan: Plan,
        mut counted: Counted,
    ) -> Result<Assessment, ClearanceError> {
        let transfer = &self.loaded.transfer;
        let (on, year) = (self.options.on, self.options.on.year());
        let has_subject = !transfer.subject.is_empty();
        let found = inventories.iter().find_map(|(name, inventory)| personal_place(name, inventory));
        let found = found.or_else(|| has_subject.then(|| "a [[subject]] is declared".to_owned()));
        let personal = facts::personal(transfer, found.as_deref())
            .map_err(|error| ClearanceError::Transfer { path: self.loaded.path.clone(), error })?;
        let mut before = Counted { people: self.home.store.tally(&self.handler, year).await?, exact: true };
        let mut added = (0, 0);
        match &transfer.earlier {
            Some(Earlier::File { file, key, kind }) => before.add(&self.earlier_file(file, key, *kind).await?),
            Some(Earlier::Numbers { ordinary, sensitive }) => added = (*ordinary, *sensitive),
            Some(Earlier::None { .. }) | None => {}
        }
        let mut union = before.clone();
        union.add(&counted);
        let change =
            |bit: u8, more: u64, before: &mut Counted, union: &mut Counted, counted: &mut Counted| CountChange {
                before: before.people.count(bit) + more,
                release: counted.people.count(bit),
                after: union.people.count(bit) + more,
            };
        let ordinary = change(kind::ORDINARY, added.0, &mut before, &mut union, &mut counted);
        let sensitive = change(kind::SENSITIVE, added.1, &mut before, &mut union, &mut counted);
        let counts = if personal == Some(false) {
            Counts::None
        } else if transfer.earlier.is_some() {
            Counts::Known { ordinary: ordinary.after, sensitive: sensitive.after }
        } else {
            Counts::AtLeast { ordinary: ordinary.after, sensitive: sensitive.after }
        };
        let persons = (personal == Some(true)).then(|| PersonCounts {
            ordinary,
            sensitive,
            distinct: counted.people.count(kind::PRESENT),
            exact: union.exact,
            earlier_known: transfer.earlier.is_some(),
        });
        let facts = facts::facts(self.base, transfer, personal, counts)?;
        let determination = law::determine(self.base, &facts, on)?;
        let leaving = plan
            .sources
            .iter()
            .flat_map(|source| source.leaving().map(move |field| format!("{}.{}", source.source, field.name)))
            .collect::<Vec<_>>();
        // Fingerprints of different years cannot be compared: earlier years count whole, as an upper bound.
        let (mut under_permit, mut spent) = (0, counted.clone());
        let earlier = match transfer.permit.persons {
            Some(_) => self.home.store.spent(&self.handler, &self.permit_name()).await?,
            None => Vec::new(),
        };
        for (spent_in, mut people) in earlier {
            if spent_in == year {
                spent.people.union(&people);
            } else {
                under_permit += people.count(kind::PRESENT);
            }
        }
        under_permit += spent.people.count(kind::PRESENT);
        let gate = gate::look(&Look {
            transfer,
            determination: &determination,
            personal: personal != Some(false),
            leaving: &leaving,
            persons_under_permit: under_permit,
            on,
            calendar: self.base.calendar(),
        });
        Ok(Assessment {
            inventories,
            plan,
            determination,
            persons,
            personal: personal != Some(false),
            gate,
            facts,
            counted,
        })
    }

    pub(crate) fn permit_is_readable(&self) -> Result<(), ClearanceError> {
        let source = self.loaded.transfer.permit_source();
        match source.map_err(|error| ClearanceError::Transfer { path: self.loaded.path.clone(), error })? {
            PermitSource::File(_) => Err(self.loaded.fault(
                "[permit] names a `file`: this version reads permits that are typed here (`kind`, `number`, `effective`, …)".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// What is spent under a permit is found by its number, or by its kind where it has none.
    pub(crate) fn permit_name(&self) -> String {
        let permit = &self.loaded.transfer.permit;
        match (&permit.number, permit.kind) {
            (Some(number), _) => number.split_whitespace().collect(),
            (None, Some(kind)) => format!("{kind:?}"),
            (None, None) => String::new(),
        }
    }

    pub(crate) async fn earlier_file(
        &self,
        file: &Path,
        key: &str,
        kind: transfer::EarlierKind,
    ) -> Result<Counted, ClearanceError> {
        let path = self.loaded.beside(&file.to_string_lossy());
        let source = Arc::new(Source::open("earlier", &path)?);
        source.column(key)?;
        let inspection = self.runner.inspect(&source, false).await?;
        if let Some(bad) = inspection.quarantine.located.first() {
            return Err(ClearanceError::input(format!(
                "{}: row {} is bad ({}): a list of earlier persons has to be whole",
                path.display(),
                bad.row,
                bad.reason
            )));
        }
        let inventory = inventory::inventory("earlier", &source, &inspection, self.options.on);
        count::earlier_file(&self.runner, &source, &inventory, key, kind).await
    }
}

/// A column that makes a table personal, in words.
fn personal_place(name: &str, inventory: &Inventory) -> Option<String> {
    let personal = |column: &&Column| (column.personal || !column.found_in_text.is_empty()) && column.nonnull > 0;
    inventory.columns.iter().find(personal).map(|column| match column.found_in_text.first() {
        Some((label, _)) => format!("`{name}.{}` holds {label}", column.name),
        None => format!("`{name}.{}` is {}", column.name, column.label),
    })
}
