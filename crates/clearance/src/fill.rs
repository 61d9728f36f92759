//! Writing and committing: the staged release, its permit and receipts, and the one transaction that makes it so.

use std::collections::BTreeMap;

use deid::Transform;
use engine::{OutputForm, Part};
use law::{Determination, Effect, Path as LawPath, RuleBase};
use transfer::{
    Form, Inventory, Permit, PermitForm, PermittedColumn, Plan, PrivateReceipt, Receipt, ReleasedColumn, ReleasedFile,
    RuleBaseName, SourceRecord,
};

use crate::clear::{Assessment, Cleared, Job, Released, Step};
use crate::error::{At as _, ClearanceError};
use crate::gate::Opening;
use crate::planning;
use crate::release::Staging;
use crate::store::Commit;
use crate::survey::keyed_digest;

impl Job<'_> {
    /// Writes the release, then decides once more under the handler's lock and commits: whoever comes second sees the
    /// first (I5).
    pub(crate) async fn fill_and_commit(
        &self,
        staging: &Staging,
        assessment: Assessment,
        opening: Opening,
    ) -> Result<Cleared, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Release, bytes);
        let (files, sources) = self.write_data(staging, &assessment).await?;
        let _decision = self.home.lock(&format!("handler {}", self.handler)).await?;
        let Assessment { inventories, plan, counted, .. } = assessment;
        let assessment = self.decide(inventories, plan, counted).await?;
        if assessment.gate.as_ref() != Ok(&opening) {
            return Ok(Cleared::Stopped(Box::new(assessment)));
        }
        let permit = self.permit(&assessment, &opening);
        let permit_bytes = transfer::canonical_bytes(&permit);
        staging.write("permit.json", &permit_bytes)?;
        let (ground, is_counted) = ground(self.base, &assessment.determination);
        let private = self.private_part(staging, &assessment, ground.clone(), sources)?;
        let private_bytes = transfer::canonical_bytes(&private);
        let salt = private.salt.clone();
        let receipt = Receipt {
            form: "tongguan/receipt/1".to_owned(),
            release: staging.release.clone(),
            day: self.options.on,
            handler: self.handler.clone(),
            recipient: self.loaded.transfer.recipient.id.clone(),
            permit_kind: opening.kind,
            permit_standing: opening.standing,
            permit: transfer::digest(&permit_bytes),
            files,
            columns: released_columns(&assessment.plan),
            rule_base: RuleBaseName {
                version: assessment.determination.rule_base.version.clone(),
                sha256: assessment.determination.rule_base.sha256.clone(),
            },
            program: env!("CARGO_PKG_VERSION").to_owned(),
            commitment: transfer::digest(&[salt.as_bytes(), &private_bytes].concat()),
            log: self.home.log_key()?.to_string(),
        };
        let receipt_bytes = transfer::canonical_bytes(&receipt);
        if receipt_bytes.len() > evidence::tiles::MAX_ENTRY {
            return Err(self.loaded.fault(format!(
                "the receipt would have {} bytes, and a leaf of the log takes {}: release fewer columns or files at a time",
                receipt_bytes.len(),
                evidence::tiles::MAX_ENTRY
            )));
        }
        staging.sync()?;
        let commit = Commit {
            release: &staging.release,
            handler: &self.handler,
            day: self.options.on,
            ground: &ground,
            counted: is_counted,
            permit: &self.permit_name(),
            destination: &staging.destination.to_string(),
            staging: &staging.folder.to_string_lossy(),
            receipt: &receipt_bytes,
            private: &private_bytes,
        };
        let mut people = assessment.counted.people.clone();
        staging.about_to_commit();
        self.home.store.commit(&commit, &mut people).await?;
        let suppressed = private
            .sources
            .iter()
            .flat_map(|source| {
                source.suppressed.iter().map(|(column, count)| (source.name.clone(), column.clone(), *count))
            })
            .collect();
        let destination = staging.destination.clone();
        Ok(Cleared::Released(Box::new(Released { assessment, receipt, destination, suppressed })))
    }

    pub(crate) async fn write_data(
        &self,
        staging: &Staging,
        assessment: &Assessment,
    ) -> Result<(Vec<ReleasedFile>, Vec<SourceRecord>), ClearanceError> {
        let on = self.options.on.to_string();
        let form = match self.loaded.transfer.destination.as_ref().map(|destination| destination.format) {
            Some(Form::Csv) => OutputForm::Csv,
            _ => OutputForm::Parquet,
        };
        let naming = self.home.keys.naming_key()?;
        let (mut files, mut records) = (Vec::new(), Vec::new());
        for (source, planned) in self.loaded.sources.iter().zip(&assessment.plan.sources) {
            let steps = planning::steps(planned);
            let (path, key) = (source.path.clone(), naming.clone());
            let hmac = tokio::task::spawn_blocking(move || {
                let mut file = std::fs::File::open(&path).at(&path)?;
                keyed_digest(key.bytes(), &mut file).at(&path)
            });
            let parts = if steps.is_empty() {
                Vec::new()
            } else {
                self.runner.release(source, &steps, &on, &staging.data(), form).await?
            };
            let hmac = hmac.await.map_err(|error| ClearanceError::Store(error.to_string()))??;
            source.check_unchanged()?;
            let inventory = assessment.inventories.iter().find(|(name, _)| *name == source.name);
            let suppressed = suppressed(&steps, &parts, inventory.map(|(_, inventory)| inventory));
            records.push(SourceRecord {
                name: source.name.clone(),
                bytes: source.size,
                hmac,
                rows: inventory.map_or(0, |(_, inventory)| inventory.rows),
                quarantined: inventory.map_or(0, |(_, inventory)| inventory.quarantined),
                suppressed,
            });
            files.extend(parts.into_iter().map(|part| ReleasedFile {
                path: format!("data/{}", part.name),
                source: source.name.clone(),
                sha256: part.sha256,
                bytes: part.bytes,
                rows: part.rows,
            }));
        }
        Ok((files, records))
    }

    pub(crate) fn permit(&self, assessment: &Assessment, opening: &Opening) -> Permit {
        let determination = &assessment.determination;
        let columns = assessment.plan.sources.iter().flat_map(|source| {
            source.leaving().map(|field| PermittedColumn {
                source: source.source.clone(),
                name: field.name.clone(),
                form: field.transform,
            })
        });
        let purpose = &self.loaded.transfer.purpose;
        Permit {
            form: PermitForm::V1,
            kind: opening.kind,
            standing: opening.standing,
            number: opening.number.clone(),
            effective: opening.effective,
            expires: opening.expires,
            paths: determination.paths.clone(),
            rules: determination.rules.iter().map(|rule| rule.id.clone()).collect(),
            recipient: self.loaded.transfer.recipient.id.clone(),
            purpose: purpose.text.clone().or_else(|| purpose.scenario.clone()).unwrap_or_default(),
            columns: columns.collect(),
        }
    }

    pub(crate) fn private_part(
        &self,
        staging: &Staging,
        assessment: &Assessment,
        ground: String,
        sources: Vec<SourceRecord>,
    ) -> Result<PrivateReceipt, ClearanceError> {
        let mut salt = [0u8; 32];
        getrandom::fill(&mut salt).map_err(|error| ClearanceError::Store(format!("no randomness: {error}")))?;
        let persons = assessment.persons;
        Ok(PrivateReceipt {
            form: "tongguan/private-receipt/1".to_owned(),
            release: staging.release.clone(),
            salt: transfer::hex(&salt),
            made_on: self.options.today,
            ordinary: persons.map(|persons| persons.ordinary).unwrap_or_default(),
            sensitive: persons.map(|persons| persons.sensitive).unwrap_or_default(),
            exact: persons.is_none_or(|persons| persons.exact),
            ground,
            facts: serde_json::to_value(&assessment.facts).unwrap_or_default(),
            determination: assessment.determination.clone(),
            sources,
            plan: assessment.plan.clone(),
        })
    }
}

/// The ground of a release and whether its persons count: those who leave under arts 3, 4, 5(1) to (3) and 6 of Order 16
/// do not (Persons (g)).
fn ground(base: &RuleBase, determination: &Determination) -> (String, bool) {
    if determination.paths != [LawPath::Exempt] {
        return ("counted".to_owned(), true);
    }
    let exempting = |id: &str| {
        let rule = base.rule(id)?;
        let exempts = matches!(&rule.effect, Effect::Paths(paths) if paths == &[LawPath::Exempt]);
        exempts.then_some(rule.persons_counted)
    };
    let fired = determination.rules.iter().filter(|rule| rule.gives_way_to.is_none());
    let grounds = fired.filter_map(|rule| Some((rule.id.clone(), exempting(&rule.id)?))).collect::<Vec<_>>();
    // A ground that leaves them out prevails where several exempt.
    let free = grounds.iter().find(|(_, counted)| !counted).or(grounds.first());
    free.cloned().unwrap_or_else(|| ("counted".to_owned(), true))
}

fn released_columns(plan: &Plan) -> Vec<ReleasedColumn> {
    let columns = plan.sources.iter().flat_map(|source| {
        source.leaving().map(|field| ReleasedColumn {
            source: source.source.clone(),
            name: field.name.clone(),
            label: field.label.clone(),
            form: field.transform,
        })
    });
    columns.collect()
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
