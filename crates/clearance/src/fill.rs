//! Writing: the outgoing columns of every source into the staging folder, and whom the recipient has to delete.

use std::collections::BTreeMap;
use std::hash::RandomState;

use deid::Transform;
use engine::{OutputForm, Part, Rows};
use transfer::{Form, Inventory, ReleasedFile, SourceRecord};

use crate::clear::{Assessment, Job, Step};
use crate::consent::Withdrawals;
use crate::egress;
use crate::error::ClearanceError;
use crate::ledger;
use crate::planning;
use crate::release::Staging;
use crate::survey::keyed_digest_of;

/// What was written.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) files: Vec<ReleasedFile>,
    pub(crate) records: Vec<SourceRecord>,
    /// The lists of persons to delete.
    pub(crate) withdrawn: Vec<Withdrawals>,
    /// Persons to delete whose key never leaves.
    pub(crate) withdrawn_unnamed: u64,
}

impl Written {
    fn take(&mut self, source: &str, parts: Vec<Part>) {
        self.files.extend(parts.into_iter().map(|part| ReleasedFile {
            path: format!("data/{}", part.name),
            source: source.to_owned(),
            sha256: part.sha256,
            bytes: part.bytes,
            rows: part.rows,
            inner: None,
        }));
    }
}

impl Job<'_> {
    pub(crate) async fn write_data(
        &self,
        staging: &Staging,
        assessment: &Assessment,
    ) -> Result<Written, ClearanceError> {
        let on = self.options.on.to_string();
        let form = match self.loaded.transfer.destination.as_ref().map(|destination| destination.format) {
            Some(Form::Csv) => OutputForm::Csv,
            _ => OutputForm::Parquet,
        };
        let naming = self.home.keys.naming_key()?;
        let found = &assessment.found;
        let mut written = Written::default();
        for (index, (source, planned)) in self.loaded.sources.iter().zip(&found.plan.sources).enumerate() {
            let steps = planning::steps(planned);
            let (path, key) = (source.path.clone(), naming.clone());
            let hmac = tokio::task::spawn_blocking(move || keyed_digest_of(&key, &path));
            let rows = found.consents.as_ref().and_then(|consents| consents.rows.get(index)?.clone());
            let parts = if steps.is_empty() {
                Vec::new()
            } else {
                let rows = rows.map(Rows::from);
                self.runner.release(source, rows.as_ref(), &steps, &on, &staging.data(), form).await?
            };
            let hmac = hmac.await.map_err(|error| ClearanceError::Store(error.to_string()))??;
            source.check_unchanged()?;
            let inventory = found.inventories.iter().find(|(name, _)| *name == source.name);
            let held_back = found.held_back.get(index).copied().unwrap_or_default();
            // Values of rows that stay are not suppressed, they are held back: then nothing is told of single values.
            let suppressed = if held_back.is_none() {
                suppressed(&steps, &parts, inventory.map(|(_, inventory)| inventory))
            } else {
                Vec::new()
            };
            written.records.push(SourceRecord {
                name: source.name.clone(),
                bytes: source.size,
                hmac,
                rows: inventory.map_or(0, |(_, inventory)| inventory.rows),
                quarantined: inventory.map_or(0, |(_, inventory)| inventory.quarantined),
                suppressed,
                held_back,
            });
            written.take(&source.name, parts);
        }
        if let Some(consents) = &found.consents {
            let ledger = ledger::of_recipient(&self.handler, &self.loaded.transfer.recipient.id);
            let sent = self.home.store.ledger(&ledger, false, &self.spill).await?;
            let (lists, unnamed) = self.withdrawals(consents, &found.plan, &sent).await?;
            written.withdrawn_unnamed = unnamed;
            for list in lists {
                let rows = Rows::from(list.rows.clone());
                let folder = staging.data();
                let parts = self.runner.release(&list.source, Some(&rows), &list.steps, &on, &folder, form).await?;
                list.source.check_unchanged()?;
                written.take(&list.source.name, parts);
                written.withdrawn.push(list);
            }
        }
        Ok(written)
    }

    /// The second scan: the staged files as they lie on the disk, against plan and inventory (I4).
    pub(crate) async fn scan(
        &self,
        staging: &Staging,
        assessment: &Assessment,
        written: &Written,
    ) -> Result<egress::Outcome, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Egress, bytes);
        // Drawn for this scan and never kept: what it keys says nothing to anyone afterwards.
        let key = RandomState::new();
        let (on, found) = (self.options.on.to_string(), &assessment.found);
        let mut all = egress::Outcome::default();
        let sources = self.loaded.sources.iter().zip(&found.plan.sources).enumerate();
        let tables = sources.map(|(index, (source, planned))| {
            let rows = found.consents.as_ref().and_then(|consents| consents.rows.get(index)?.clone());
            let inventory = found.inventories.iter().find(|(name, _)| *name == source.name);
            let inventory = inventory.map(|(_, inventory)| inventory);
            (source, planned, planning::steps(planned), rows.map(Rows::from), inventory)
        });
        let lists = written.withdrawn.iter().map(|list| {
            let rows = Some(Rows::from(list.rows.clone()));
            (&list.source, &list.planned, list.steps.clone(), rows, Some(&list.inventory))
        });
        for (source, planned, steps, rows, inventory) in tables.chain(lists) {
            if steps.is_empty() {
                continue;
            }
            let own = written.files.iter().filter(|file| file.source == source.name);
            let names = own.filter_map(|file| file.path.strip_prefix("data/").map(str::to_owned)).collect::<Vec<_>>();
            let staged = (staging.data(), names);
            let staged = (staged.0.as_path(), staged.1.as_slice());
            let outgoing = self.runner.egress(source, rows.as_ref(), &steps, staged, &on, &key).await?;
            source.check_unchanged()?;
            all.add(egress::evaluate(planned, inventory, &outgoing, assessment.personal, self.options.on));
        }
        Ok(all)
    }
}

/// Values that went in and did not come out: their transform could not read them.
fn suppressed(steps: &[engine::FieldStep], parts: &[Part], inventory: Option<&Inventory>) -> Vec<(String, u64)> {
    let mut out: BTreeMap<usize, u64> = BTreeMap::new();
    for part in parts {
        for (index, nonnull) in part.nonnull.iter().enumerate() {
            *out.entry(index).or_default() += nonnull;
        }
    }
    let lost = steps.iter().enumerate().filter_map(|(index, step)| {
        let column = inventory?.column(&step.field)?;
        let lost = column.nonnull.saturating_sub(out.get(&index).copied().unwrap_or_default());
        (lost > 0 && step.transform != Transform::Keep).then(|| (step.field.clone(), lost))
    });
    lost.collect()
}
