//! The main job: inspect, assess, plan, count and, where law, permit and duties allow, release.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deid::Transform;
use engine::{OutputForm, Part, Runner, Source, kind};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::civil::Date;
use law::{Determination, Effect, Path as LawPath, RuleBase};
use sha2::Sha256;
use transfer::{
    CountChange, Earlier, Form, Inventory, Permit, PermitForm, PermitSource, PermittedColumn, Plan, PrivateReceipt,
    Receipt, ReleasedColumn, ReleasedFile, RuleBaseName, SourceRecord,
};

use crate::count::{self, Counted};
use crate::error::{At as _, ClearanceError};
use crate::facts::{self, Counts};
use crate::gate::{self, Look, Opening, Stop};
use crate::home::Home;
use crate::inventory;
use crate::keystore::JobKeys;
use crate::load::Loaded;
use crate::planning;
use crate::release::{self, Staging};
use crate::store::{Commit, Unfinished};

/// How the job is run.
pub struct Options {
    /// The day (UTC+8) as of which is assessed and released.
    pub on: Date,
    /// The day it really is (UTC+8).
    pub today: Date,
    /// Stop at the first bad row.
    pub strict: bool,
    /// Keep bad rows, raw, in the state folder.
    pub keep_raw: bool,
    /// Scan running text whole.
    pub full: bool,
    /// Units under way at a time.
    pub cores: usize,
    /// Told what is going on.
    pub watch: Arc<dyn Watch>,
}

/// Is told how far the job is.
pub trait Watch: Send + Sync {
    /// A step begins: its name and the bytes it will read.
    fn begin(&self, step: Step, bytes: u64);
    /// So many bytes of it are done.
    fn advance(&self, bytes: u64);
}

/// The steps of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What is in the data.
    Inspect,
    /// Who it is about.
    Count,
    /// Writing what leaves.
    Release,
}

/// Everything known before anything is written.
pub struct Assessment {
    /// What was found, a table a source.
    pub inventories: Vec<(String, Inventory)>,
    /// What happens to each field.
    pub plan: Plan,
    /// The answer of the law.
    pub determination: Determination,
    /// Persons of this transfer.
    pub persons: Option<PersonCounts>,
    /// Whether the data is personal information.
    pub personal: bool,
    /// What opens the gate, or all that keeps it shut.
    pub gate: Result<Opening, Vec<Stop>>,
    facts: law::Facts,
    counted: Counted,
}

/// The numbers of persons of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct PersonCounts {
    /// With ordinary personal information.
    pub ordinary: CountChange,
    /// With sensitive personal information.
    pub sensitive: CountChange,
    /// All persons of this transfer.
    pub distinct: u64,
    /// False: upper bounds.
    pub exact: bool,
    /// Whether other exports of the year were stated.
    pub earlier_known: bool,
}

/// How the job ended.
pub enum Cleared {
    /// It left.
    Released(Box<Released>),
    /// It did not, and why.
    Stopped(Box<Assessment>),
}

/// A release that was made.
pub struct Released {
    /// What it rested on.
    pub assessment: Assessment,
    /// The public receipt.
    pub receipt: Receipt,
    /// Where it lies.
    pub destination: PathBuf,
    /// Values suppressed because a transform could not read them: source, column, count.
    pub suppressed: Vec<(String, String, u64)>,
}

/// One run of the main job.
pub struct Job<'a> {
    home: &'a Home,
    base: &'a RuleBase,
    loaded: &'a Loaded,
    options: &'a Options,
    runner: Runner,
    handler: String,
}

impl<'a> Job<'a> {
    /// Prepares a run.
    pub async fn new(
        home: &'a Home,
        base: &'a RuleBase,
        loaded: &'a Loaded,
        options: &'a Options,
    ) -> Result<Self, ClearanceError> {
        let handler = loaded.handler()?;
        let year = options.on.year();
        let has_tally = home.store.has_tally(&handler, year).await?;
        let recipient = &loaded.transfer.recipient.id;
        let mut keys = JobKeys::default();
        keys.insert(count::FINGERPRINT, home.keys.fingerprint_key(&handler, year, has_tally)?);
        keys.insert(&format!("pseudonym/{recipient}"), home.keys.pseudonym_key(recipient)?);
        keys.insert(&format!("ff1/{recipient}"), home.keys.ff1_key(recipient)?);
        let watch = Arc::clone(&options.watch);
        let runner = Runner::new(Arc::new(keys), options.cores, Arc::new(move |bytes| watch.advance(bytes)));
        Ok(Self { home, base, loaded, options, runner, handler })
    }

    /// Inspects, plans, counts and asks the law and the gate. Writes nothing but, on request, the bad rows.
    pub async fn assess(&self) -> Result<Assessment, ClearanceError> {
        let inventories = self.inspect().await?;
        let plan = self.plan(&inventories)?;
        let counted = self.count(&inventories, &plan).await?;
        self.decide(inventories, plan, counted).await
    }

    /// Runs the whole job.
    pub async fn run(&self) -> Result<Cleared, ClearanceError> {
        let destination = self.destination()?;
        release::check_destination(&destination)?;
        if self.options.on > self.options.today {
            return Err(ClearanceError::input(format!(
                "{} is still to come: nothing is released ahead of its day; `assess` and `plan` look ahead",
                self.options.on
            )));
        }
        let assessment = self.assess().await?;
        let Ok(opening) = assessment.gate.clone() else {
            return Ok(Cleared::Stopped(Box::new(assessment)));
        };
        let staging = Staging::begin(self.home, &destination).await?;
        match self.fill_and_commit(&staging, assessment, opening).await {
            Ok(Cleared::Released(released)) => {
                let unfinished = Unfinished {
                    release: staging.release.clone(),
                    destination: staging.destination.to_string_lossy().into_owned(),
                    staging: staging.folder.to_string_lossy().into_owned(),
                    receipt: transfer::canonical_bytes(&released.receipt),
                };
                release::publish(self.home, &unfinished).await?;
                Ok(Cleared::Released(released))
            }
            Ok(stopped) => {
                staging.discard(self.home).await?;
                Ok(stopped)
            }
            // The transaction may have become durable although it failed to say so: then the next run publishes it.
            Err(error) if self.home.store.is_committed(&staging.release).await.unwrap_or(true) => Err(error),
            Err(error) => {
                // The first error is the one to tell; what is left behind the next run throws away.
                let _ = staging.discard(self.home).await;
                Err(error)
            }
        }
    }

    /// Rows before and after, for people to look at.
    pub async fn preview(&self, plan: &Plan, source: &str, rows: usize) -> Result<engine::Preview, ClearanceError> {
        let on = self.options.on.to_string();
        let planned = plan.sources.iter().find(|planned| planned.source == source);
        let opened = self.loaded.sources.iter().find(|opened| opened.name == source);
        match (planned, opened) {
            (Some(planned), Some(opened)) => {
                Ok(self.runner.preview(opened, &planning::steps(planned), &on, rows).await?)
            }
            _ => Ok(Vec::new()),
        }
    }

    fn destination(&self) -> Result<PathBuf, ClearanceError> {
        let destination = self.loaded.transfer.destination.as_ref();
        let destination = destination
            .ok_or_else(|| self.loaded.fault("where to? add [destination] with `path = \"out\"`".to_owned()))?;
        if destination.path.contains("://") {
            return Err(self
                .loaded
                .fault("[destination] is a URL: this version releases into folders only".to_owned()));
        }
        Ok(self.loaded.beside(&destination.path))
    }

    async fn inspect(&self) -> Result<Vec<(String, Inventory)>, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Inspect, bytes);
        let mut inventories = Vec::new();
        for source in &self.loaded.sources {
            let inspection = self.runner.inspect(source, self.options.full).await?;
            if let (true, Some(bad)) = (self.options.strict, inspection.quarantine.located.first()) {
                return Err(ClearanceError::input(format!(
                    "{}: row {} (bytes {} to {}) is bad: {}",
                    source.path.display(),
                    bad.row,
                    bad.start,
                    bad.end,
                    bad.reason
                )));
            }
            if inspection.quarantine.count > inspection.rows {
                return Err(ClearanceError::input(format!(
                    "{}: {} rows are bad and only {} good ({}): is it read as it was written?",
                    source.path.display(),
                    inspection.quarantine.count,
                    inspection.rows,
                    source.format.describe()
                )));
            }
            if self.options.keep_raw && inspection.quarantine.count > 0 {
                self.keep_raw(source, &inspection.quarantine)?;
            }
            inventories
                .push((source.name.clone(), inventory::inventory(&source.name, source, &inspection, self.options.on)));
        }
        Ok(inventories)
    }

    /// Puts the located bad rows, raw, into a file of the state folder that only its owner can read.
    fn keep_raw(&self, source: &Source, quarantine: &engine::Quarantine) -> Result<(), ClearanceError> {
        let folder = self.home.root().join("quarantine");
        crate::disk::private_folder(&folder).at(&folder)?;
        let mut raw = Vec::new();
        for bad in &quarantine.located {
            raw.extend(source.raw(bad.start, bad.end)?);
        }
        let mut number = 1;
        loop {
            let path = folder.join(format!("{}-{}-{number}.raw", source.name, self.options.on));
            match crate::disk::write_private(&path, &raw) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                done => return done.at(&path),
            }
        }
    }

    fn plan(&self, inventories: &[(String, Inventory)]) -> Result<Plan, ClearanceError> {
        let key = self.home.keys.naming_key()?;
        let bytes = transfer::canonical_bytes(&inventories);
        let digest = keyed_digest(key.bytes(), &mut bytes.as_slice()).at(Path::new("inventory"))?;
        let plan = planning::plan(&self.loaded.transfer, inventories, self.options.on, digest);
        if plan.sources.iter().all(|source| source.leaving().next().is_none()) {
            return Err(self
                .loaded
                .fault("nothing leaves: name fields with `[[field]]`, for example `need = \"keep\"`".to_owned()));
        }
        Ok(plan)
    }

    /// The persons of this transfer, all sources together.
    async fn count(&self, inventories: &[(String, Inventory)], plan: &Plan) -> Result<Counted, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Count, bytes);
        let on = self.options.on.to_string();
        let mut counted = Counted::none();
        for (source, (planned, (name, inventory))) in
            self.loaded.sources.iter().zip(plan.sources.iter().zip(inventories))
        {
            if planned.leaving().next().is_none() {
                continue;
            }
            let subjects = self.loaded.transfer.subjects(name).collect::<Vec<_>>();
            if subjects.is_empty() && self.loaded.transfer.data.personal != Some(false) {
                return Err(self.loaded.fault(match inventory::propose_key(inventory) {
                    Some(column) => format!(
                        "who are the rows of `{name}` about? add `[[subject]]` with `source = \"{name}\"` and `key = [\"{}\"]`",
                        column.name
                    ),
                    None => format!(
                        "who are the rows of `{name}` about? add `[[subject]]` with `source = \"{name}\"` and as `key` one of: \
                         {}; or, where they are about nobody, `personal = false` to [data]",
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
    async fn decide(
        &self,
        inventories: Vec<(String, Inventory)>,
        plan: Plan,
        mut counted: Counted,
    ) -> Result<Assessment, ClearanceError> {
        let transfer = &self.loaded.transfer;
        let (on, year) = (self.options.on, self.options.on.year());
        let has_subject = !transfer.subject.is_empty();
        let found = inventories.iter().find_map(|(name, inventory)| {
            let personal = |column: &&transfer::Column| {
                (column.personal || !column.found_in_text.is_empty()) && column.nonnull > 0
            };
            let column = inventory.columns.iter().find(personal);
            column.map(|column| match column.found_in_text.first() {
                Some((label, _)) => format!("`{name}.{}` holds {label}", column.name),
                None => format!("`{name}.{}` is {}", column.name, column.label),
            })
        });
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
        let (mut under_permit, mut spent) = (0, Counted::none());
        for (spent_in, mut people) in self.home.store.spent(&self.handler, &self.permit_name()).await? {
            if spent_in == year {
                spent.people.union(&people);
            } else {
                under_permit += people.count(kind::PRESENT);
            }
        }
        spent.add(&counted);
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
        self.permit_is_readable()?;
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

    fn permit_is_readable(&self) -> Result<(), ClearanceError> {
        let source = self.loaded.transfer.permit_source();
        match source.map_err(|error| ClearanceError::Transfer { path: self.loaded.path.clone(), error })? {
            PermitSource::File(_) => Err(self.loaded.fault(
                "[permit] names a `file`: this version reads permits that are typed here (`kind`, `number`, `effective`, …)".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// What is spent under a permit is found by its number, or by its kind where it has none.
    fn permit_name(&self) -> String {
        let permit = &self.loaded.transfer.permit;
        match (&permit.number, permit.kind) {
            (Some(number), _) => number.split_whitespace().collect(),
            (None, Some(kind)) => format!("{kind:?}"),
            (None, None) => String::new(),
        }
    }

    async fn earlier_file(
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

    /// Writes the release, then decides once more under the handler's lock and commits: whoever comes second sees the
    /// first (I5).
    async fn fill_and_commit(
        &self,
        staging: &Staging,
        assessment: Assessment,
        opening: Opening,
    ) -> Result<Cleared, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Release, bytes);
        let (files, sources) = self.write_data(staging, &assessment).await?;
        let _decision = self.home.lock(&format!("handler {}", self.handler))?;
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
            destination: &staging.destination.to_string_lossy(),
            staging: &staging.folder.to_string_lossy(),
            receipt: &receipt_bytes,
            private: &private_bytes,
        };
        let mut people = assessment.counted.people.clone();
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

    async fn write_data(
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

    fn permit(&self, assessment: &Assessment, opening: &Opening) -> Permit {
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

    fn private_part(
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

/// HMAC-SHA-256 under an onshore key, hex: a name for raw data that reveals nothing of it.
fn keyed_digest(key: &[u8; 32], input: &mut impl std::io::Read) -> std::io::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(std::io::Error::other)?;
    let mut buffer = vec![0u8; 1 << 18];
    loop {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            return Ok(transfer::hex(&mac.finalize().into_bytes()));
        }
        mac.update(&buffer[..read]);
    }
}
