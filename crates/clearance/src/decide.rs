//! Counting and asking: who it is about together with who left before, what the law says of that, and whether the gate opens.

use std::path::Path;

use engine::{People, Source, kind};
use transfer::{Column, CountChange, Earlier, HeldRows, Inventory, PermitSpent, Plan};

use crate::clear::{Assessment, Found, Job, PersonCounts, Step};
use crate::consent::ConsentsRead;
use crate::count::{self, Counted, Counter, PERMIT, Table};
use crate::error::ClearanceError;
use crate::facts::{self, Counts};
use crate::gate::{self, Baseline, Leaving, Look};
use crate::inventory;
use crate::ledger;
use crate::tally::Scope;

impl Job<'_> {
    /// The persons of this transfer, all sources together.
    pub(crate) async fn count(
        &self,
        inventories: &[(String, Inventory)],
        plan: &Plan,
        consents: Option<&ConsentsRead>,
    ) -> Result<Counted, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Count, bytes);
        let on = self.options.on.to_string();
        let mut subjects = Vec::new();
        let sources = self.loaded.sources.iter().zip(&self.loaded.transfer.source).enumerate();
        for ((index, (source, spec)), (planned, (name, inventory))) in sources.zip(plan.sources.iter().zip(inventories))
        {
            let rows = consents.and_then(|consents| consents.rows.get(index)?.as_ref());
            let table = Table { source, inventory, planned: Some(planned), rows };
            let leaves = planned.leaving().next().is_some();
            if leaves {
                let stated = spec.personal.or(self.loaded.transfer.data.personal);
                self.check_subjects(source, inventory, spec.personal == Some(false), stated)?;
            }
            subjects.extend(self.loaded.transfer.subjects(name).map(|subject| (table, subject, leaves)));
        }
        let counter = Counter {
            runner: &self.runner,
            key_names: self.key_names.clone(),
            terms: self.permit.as_ref().and_then(|permit| permit.terms()),
            on: &on,
            spill: &self.spill,
        };
        let mut counted = Counted::none(self.key_names.len());
        for (index, (table, subject, leaves)) in subjects.iter().enumerate() {
            if *leaves {
                let others = subjects.iter().enumerate().filter(|(other, _)| *other != index);
                let others = others.map(|(_, (table, subject, _))| (*table, *subject)).collect::<Vec<_>>();
                counted.add(&counter.persons(*table, subject, &others).await?)?;
            }
        }
        Ok(counted)
    }

    /// A table of which something leaves has to say who its rows are about.
    fn check_subjects(
        &self,
        source: &Source,
        inventory: &Inventory,
        says_nobody: bool,
        stated: Option<bool>,
    ) -> Result<(), ClearanceError> {
        let name = &source.name;
        if let (true, Some(found)) = (says_nobody, personal_place(name, inventory)) {
            return Err(self.loaded.fault(format!(
                "the source `{name}` says `personal = false`, but {found}: take the line out or leave the data out"
            )));
        }
        if self.loaded.transfer.subjects(name).next().is_some() || stated == Some(false) {
            return Ok(());
        }
        Err(self.loaded.fault(match inventory::propose_key(inventory) {
            Some(column) => format!(
                "who are the rows of `{name}` about? add `[[subject]]` with `source = \"{name}\"` and `key = [\"{}\"]`",
                column.name
            ),
            None => format!(
                "who are the rows of `{name}` about? add `[[subject]]` with `source = \"{name}\"` and as `key` one of: \
                 {}; or, where they are about nobody, `personal = false` to its [[source]]",
                source.columns.join(", ")
            ),
        }))
    }

    /// The rows that stay for want of consent, by source.
    pub(crate) async fn held_back(&self, consents: &ConsentsRead) -> Result<Vec<HeldRows>, ClearanceError> {
        let on = self.options.on.to_string();
        let mut held = Vec::new();
        for (source, rows) in self.loaded.sources.iter().zip(&consents.rows) {
            let Some(rows) = rows else {
                held.push(HeldRows::default());
                continue;
            };
            let engine::HeldBack { without, withdrawn, no_guardian } = self.runner.held_back(source, rows, &on).await?;
            held.push(HeldRows { without, withdrawn, no_guardian });
        }
        Ok(held)
    }

    /// Joins the count with what left before and asks law and gate.
    pub(crate) async fn decide(&self, found: Found) -> Result<Assessment, ClearanceError> {
        let transfer = &self.loaded.transfer;
        let on = self.options.on;
        let has_subject = !transfer.subject.is_empty();
        let place = found.inventories.iter().find_map(|(name, inventory)| personal_place(name, inventory));
        let place = place.or_else(|| has_subject.then(|| "a [[subject]] is declared".to_owned()));
        let personal = facts::personal(transfer, place.as_deref())
            .map_err(|error| ClearanceError::Transfer { path: self.loaded.path.clone(), error })?;
        let persons = self.union(&found.counted).await?;
        let counts = if personal == Some(false) {
            Counts::None
        } else if transfer.earlier.is_some() {
            Counts::Known { ordinary: persons.ordinary.after, sensitive: persons.sensitive.after }
        } else {
            Counts::AtLeast { ordinary: persons.ordinary.after, sensitive: persons.sensitive.after }
        };
        let facts = facts::facts(self.base, transfer, personal, counts)?;
        let fields = facts::by_field(transfer, &found.plan);
        let determination = law::determine_by_field(self.base, &facts, &fields, on)?;
        let (spent, baseline) = self.spent(&found.counted).await?;
        let leaving = self.leaving(&found.plan);
        let items = spent.iter().flat_map(|spent| spent.items.iter().map(|(_, persons)| *persons)).collect::<Vec<_>>();
        let look = Look {
            transfer,
            handler: &self.handler,
            determination: &determination,
            personal: personal != Some(false),
            leaving: &leaving,
            permit: self.permit.as_ref().map(|permit| &permit.held),
            baseline: baseline.as_ref(),
            persons_under_permit: spent.as_ref().map_or(0, |spent| spent.persons),
            persons_by_item: &items,
            consented_rows: found.consented_rows(),
            on,
            calendar: self.base.calendar(),
        };
        let gate = gate::look(&look);
        let mut warnings = gate::warnings(&look);
        if let Some(consents) = found.consents.as_ref().map(|read| read.unreadable).filter(|count| *count > 0) {
            warnings.push(gate::Warning::UnreadableConsents { consents });
        }
        Ok(Assessment {
            determination,
            persons: (personal == Some(true)).then_some(persons),
            personal: personal != Some(false),
            gate,
            warnings,
            spent,
            baseline,
            facts,
            found,
        })
    }

    /// The persons of this transfer together with all who left before in the year.
    pub(crate) async fn union(&self, counted: &Counted) -> Result<PersonCounts, ClearanceError> {
        let earlier = &self.loaded.transfer.earlier;
        let year = self.options.on.year();
        let tally = self.home.store.tally(&self.handler, year, Scope::Counted, false, &self.spill).await?;
        let (mut before, mut exact, mut spaces) = (tally.people, tally.exact, tally.spaces);
        match earlier {
            Some(Earlier::File { file, key, kind }) => {
                let listed = self.earlier_file(file, key, *kind).await?;
                before = People::union([&before, listed.year()])?;
                exact &= listed.exact;
                spaces.extend(listed.spaces);
            }
            Some(Earlier::Numbers { ordinary, sensitive }) => {
                let stated = People::stated(&[(kind::ORDINARY, *ordinary), (kind::SENSITIVE, *sensitive)]);
                before = People::union([&before, &stated])?;
                exact = false;
            }
            Some(Earlier::None { .. }) | None => {}
        }
        spaces.extend(counted.spaces.iter().cloned());
        let difference = People::difference(&before, counted.year(), &self.spill)?;
        let change = |bit: u64| CountChange {
            before: before.count(bit),
            release: counted.year().count(bit),
            after: difference.after(bit),
        };
        Ok(PersonCounts {
            ordinary: change(kind::ORDINARY),
            sensitive: change(kind::SENSITIVE),
            distinct: counted.year().count(kind::PRESENT),
            exact: exact && counted.exact && spaces.len() <= 1,
            earlier_known: earlier.is_some(),
        })
    }

    /// What is spent of the permit, this release included, and what first left under it.
    async fn spent(&self, counted: &Counted) -> Result<(Option<PermitSpent>, Option<Baseline>), ClearanceError> {
        let Some((permit, terms)) = self.permit.as_ref().and_then(|permit| Some((permit, permit.terms()?))) else {
            return Ok((None, None));
        };
        let (name, store) = (permit.name(), &self.home.store);
        let before = store.ledger(&ledger::of_permit(&self.handler, &name), false, &self.spill).await?;
        let older = store.spent_before_ledgers(&self.handler, &name, &self.spill).await?;
        let own = self.key_names.iter().position(|key| key == PERMIT).and_then(|index| counted.people.get(index));
        let all = People::union(std::iter::once(&before).chain(own))?;
        let items = terms.items.iter().flatten().enumerate();
        let items =
            items.map(|(index, item)| (item.name.clone(), older + all.count(1 << (kind::FIRST_ITEM + index as u32))));
        let spent = PermitSpent { persons: older + all.count(kind::PRESENT), items: items.collect(), permit: name };
        let baseline = store.baseline(&self.handler, &spent.permit).await?;
        let baseline = baseline.map(|json| serde_json::from_str(&json)).transpose();
        let baseline = baseline.map_err(|error| ClearanceError::Store(format!("a permit's first release: {error}")))?;
        Ok((Some(spent), baseline))
    }

    fn leaving(&self, plan: &Plan) -> Vec<Leaving> {
        let fields = plan.sources.iter().flat_map(|source| {
            source.leaving().map(|field| Leaving {
                source: source.source.clone(),
                name: field.name.clone(),
                form: field.transform,
                item: field.item.clone(),
            })
        });
        fields.collect()
    }

    /// What this release sends, for later ones under the same permit to be compared with.
    pub(crate) fn as_baseline(&self, plan: &Plan) -> Baseline {
        let purpose = &self.loaded.transfer.purpose;
        let storage = self.loaded.transfer.recipient.storage.clone().unwrap_or_default();
        Baseline {
            fields: self.leaving(plan).into_iter().map(|leaving| (leaving.place(), leaving.form)).collect(),
            recipient: self.loaded.transfer.recipient.id.clone(),
            purpose: purpose.text.clone().or_else(|| purpose.scenario.clone()),
            stored_until: storage.until,
            place: storage.place,
        }
    }

    async fn earlier_file(
        &self,
        file: &Path,
        key: &str,
        kind: transfer::EarlierKind,
    ) -> Result<Counted, ClearanceError> {
        let path = self.loaded.beside(&file.to_string_lossy());
        count::listed_in(&self.runner, &path, key, kind, self.options.on, &self.spill).await
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
