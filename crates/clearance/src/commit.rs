//! Committing: permit and receipts of a staged release, and the one transaction that makes it so.

use engine::{People, kind};
use law::{Determination, Effect, Path as LawPath, RuleBase};
use transfer::{
    AgeRecipient, CountChange, Permit as PermitPaper, PermitForm, PermitKind, PermittedColumn, Plan, PrivateReceipt,
    Receipt, ReleasedColumn, RuleBaseName, Transfer,
};

use crate::clear::{Assessment, Cleared, Job, PersonCounts, Released, Step};
use crate::count::{PERMIT, RECIPIENT};
use crate::error::ClearanceError;
use crate::fill::Written;
use crate::gate::{Opening, Warning};
use crate::held::Permit;
use crate::ledger;
use crate::release::Staging;
use crate::seal;
use crate::store::Commit;
use crate::tally::{NewEntry, Scope, What};

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
        let mut written = self.write_data(staging, &assessment).await?;
        let scanned = self.scan(staging, &assessment, &written).await?;
        let stops = scanned.stops();
        if !stops.is_empty() {
            return Ok(Cleared::Stopped(Box::new(Assessment { gate: Err(stops), ..assessment })));
        }
        // Whoever looks at what is about to leave looks before this: here it becomes unreadable to us, too.
        written.files = seal::seal(&staging.data(), written.files, self.encrypt_to(), self.options.cores).await?;
        let _decision = self.home.lock(&format!("handler {}", self.handler)).await?;
        let mut assessment = self.decide(assessment.found).await?;
        if written.withdrawn_unnamed > 0 {
            assessment.warnings.push(Warning::WithdrawnUnnamed { persons: written.withdrawn_unnamed });
        }
        if assessment.gate.as_ref() != Ok(&opening) {
            return Ok(Cleared::Stopped(Box::new(assessment)));
        }
        // What tells the recipient whom to delete leaves too, and is planned, permitted and receipted like the rest.
        let mut plan = assessment.found.plan.clone();
        plan.sources.extend(written.withdrawn.iter().map(|list| list.planned.clone()));
        let by_permit = self.permit.as_ref().filter(|_| opening.kind != PermitKind::Determination);
        let note = by_permit.and_then(|permit| permit.note.as_ref());
        let permit = self.permit(&assessment, &plan, &opening, by_permit, &written);
        let permit_bytes = transfer::canonical_bytes(&permit);
        staging.write("permit.json", &permit_bytes)?;
        if let Some(note) = note {
            staging.write("permit.note", note.as_bytes())?;
        }
        let (ground, is_counted) = ground(self.base, &assessment.determination);
        let inputs = self.inputs(&written.records)?;
        let mut private = self.private_part(staging, &assessment, &plan, ground.clone(), &written, &inputs)?;
        private.egress = scanned.columns;
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
            encrypted_to: self.encrypt_to().to_vec(),
            files: written.files.clone(),
            columns: released_columns(&plan),
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
        self.commit(
            staging,
            &assessment,
            &plan,
            by_permit,
            &Parts { receipt: &receipt_bytes, private: &private_bytes, inputs: &inputs, ground: &ground, is_counted },
        )
        .await?;
        let suppressed = private
            .sources
            .iter()
            .flat_map(|source| {
                source.suppressed.iter().map(|(column, count)| (source.name.clone(), column.clone(), *count))
            })
            .collect();
        let destination = staging.destination.clone();
        Ok(Cleared::Released(Box::new(Released {
            assessment,
            receipt,
            destination,
            suppressed,
            withdrawn: written.withdrawn.iter().map(|list| list.persons).sum(),
        })))
    }

    /// The commit point (I6).
    async fn commit(
        &self,
        staging: &Staging,
        assessment: &Assessment,
        plan: &Plan,
        by_permit: Option<&Permit>,
        parts: &Parts<'_>,
    ) -> Result<(), ClearanceError> {
        let persons = assessment.persons;
        let spaces = &assessment.found.counted.spaces;
        let counted = assessment.found.counted.year();
        let grown = |change: fn(&PersonCounts) -> CountChange| {
            persons.as_ref().map(change).map_or(0, |change| change.after.saturating_sub(change.before))
        };
        let additions = self.additions(assessment, parts, by_permit.is_some()).await?;
        let baseline = by_permit.filter(|_| assessment.baseline.is_none()).map(|_| self.as_baseline(plan));
        let baseline =
            baseline.map(|baseline| String::from_utf8_lossy(&transfer::canonical_bytes(&baseline)).into_owned());
        let permit_name = by_permit.map(Permit::name).unwrap_or_default();
        let commit = Commit {
            release: &staging.release,
            permit: &permit_name,
            destination: &staging.destination.to_string(),
            staging: &staging.folder.to_string_lossy(),
            receipt: parts.receipt,
            private: parts.private,
            inputs: parts.inputs,
            sizes: &self.sizes(),
            entry: NewEntry {
                handler: &self.handler,
                day: self.options.on,
                year: self.options.on.year(),
                what: What::Release,
                release: Some(&staging.release),
                ground: parts.ground,
                counted: parts.is_counted,
                persons: [kind::PRESENT, kind::ORDINARY, kind::SENSITIVE].map(|bit| counted.count(bit)),
                grown: if parts.is_counted { [grown(|p| p.ordinary), grown(|p| p.sensitive)] } else { [0, 0] },
                whole: false,
                exact: assessment.found.counted.is_exact(),
                spaces,
                who: "",
                why: "",
                origin: None,
            },
            people: &additions.people,
            ledgers: &additions.ledgers,
            baseline: baseline.as_deref(),
        };
        staging.about_to_commit();
        self.home.store.commit(&commit).await
    }

    /// What a release adds: to the tally those whom no published release of its scope has, to ledgers likewise. A release
    /// that is not published yet may turn out never to have left: then whoever was in it and is in this one must stay.
    async fn additions(
        &self,
        assessment: &Assessment,
        parts: &Parts<'_>,
        by_permit: bool,
    ) -> Result<Additions, ClearanceError> {
        let (store, counted) = (&self.home.store, &assessment.found.counted);
        let scope = if parts.is_counted { Scope::Counted } else { Scope::Ground(parts.ground) };
        let before = store.tally(&self.handler, self.options.on.year(), scope, true, &self.spill).await?;
        let people = People::difference(&before.people, counted.year(), &self.spill)?.new;
        let mut ledgers = Vec::new();
        for (key, people) in self.key_names.iter().zip(&counted.people) {
            let name = match (key.as_str(), &self.permit) {
                (PERMIT, Some(permit)) if by_permit => ledger::of_permit(&self.handler, &permit.name()),
                (RECIPIENT, _) => ledger::of_recipient(&self.handler, &self.loaded.transfer.recipient.id),
                _ => continue,
            };
            let before = store.ledger(&name, true, &self.spill).await?;
            ledgers.push((name, People::difference(&before, people, &self.spill)?.new));
        }
        Ok(Additions { people, ledgers })
    }

    fn permit(
        &self,
        assessment: &Assessment,
        plan: &Plan,
        opening: &Opening,
        by_permit: Option<&Permit>,
        written: &Written,
    ) -> PermitPaper {
        let determination = &assessment.determination;
        let columns = plan.sources.iter().flat_map(|source| {
            let list = written.withdrawn.iter().find(|list| list.planned.source == source.source);
            source.leaving().map(move |field| PermittedColumn {
                source: source.source.clone(),
                name: field.name.clone(),
                form: field.transform,
                withdrawn_from: list.map(|list| list.of.clone()),
            })
        });
        let Transfer { purpose, recipient, .. } = &self.loaded.transfer;
        let mut purposes = purpose.text.iter().chain(&purpose.scenario);
        // Of its two purposes the one for which the permit was given.
        let terms = by_permit.and_then(Permit::terms);
        let named = purposes.clone().find(|purpose| terms.is_none_or(|terms| terms.names_purpose([*purpose])));
        let note = by_permit.and_then(|permit| permit.note.as_ref());
        let text = |note: &String| note.split_once("\n\n").map(|(text, _)| format!("{text}\n"));
        PermitPaper {
            form: PermitForm::V1,
            kind: opening.kind,
            standing: opening.standing,
            number: opening.number.clone(),
            effective: opening.effective,
            expires: opening.expires,
            paths: determination.paths.clone(),
            rules: determination.rules.iter().map(|rule| rule.id.clone()).collect(),
            recipient: recipient.id.clone(),
            recipient_name: recipient.name.clone(),
            purpose: named.or_else(|| purposes.next()).cloned().unwrap_or_default(),
            office_permit: note.and_then(text).map(|text| transfer::digest(text.as_bytes())),
            columns: columns.collect(),
        }
    }

    fn private_part(
        &self,
        staging: &Staging,
        assessment: &Assessment,
        plan: &Plan,
        ground: String,
        written: &Written,
        inputs: &str,
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
            spent: assessment.spent.clone(),
            inputs: inputs.to_owned(),
            facts: serde_json::to_value(&assessment.facts).unwrap_or_default(),
            determination: assessment.determination.clone(),
            sources: written.records.clone(),
            plan: plan.clone(),
            keys: self.keys_used.clone(),
            egress: Vec::new(),
        })
    }

    /// The public keys to which the files are encrypted; none: they stay readable.
    fn encrypt_to(&self) -> &[AgeRecipient] {
        self.loaded.transfer.destination.as_ref().map_or(&[], |destination| &destination.encrypt_to)
    }
}

/// The parts of a release that its commit holds.
struct Parts<'a> {
    receipt: &'a [u8],
    private: &'a [u8],
    inputs: &'a str,
    ground: &'a str,
    is_counted: bool,
}

/// What a release adds to tally and ledgers.
struct Additions {
    people: People,
    ledgers: Vec<(String, People)>,
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
    // A ground that leaves them out prevails where several exempt.
    let ground = |ids: &mut dyn Iterator<Item = &String>| {
        let grounds = ids.filter_map(|id| Some((id.clone(), exempting(id)?))).collect::<Vec<_>>();
        let free = grounds.iter().find(|(_, counted)| !counted).or(grounds.first());
        free.cloned().unwrap_or_else(|| ("counted".to_owned(), true))
    };
    if determination.by_field.is_empty() {
        let fired = determination.rules.iter().filter(|rule| rule.gives_way_to.is_none());
        return ground(&mut fired.map(|rule| &rule.id));
    }
    // Of fields with grounds of their own, one whose persons count makes the release count.
    let mut each = determination.by_field.iter().map(|field| ground(&mut field.rules.iter()));
    let first = each.next();
    each.chain(first).max_by_key(|(_, counted)| *counted).unwrap_or_else(|| ("counted".to_owned(), true))
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
