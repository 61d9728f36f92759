//! The main job: inspect, assess, plan, count and, where law, permit and duties allow, release.
//!
//! What each step does stands in a module of its own: `survey` looks and plans, `decide` counts and asks, `fill` writes and
//! commits, `release` publishes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use engine::Runner;
use jiff::civil::Date;
use law::{Determination, RuleBase};
use transfer::{CountChange, HeldRows, Inventory, PermitSpent, Plan, Receipt};

use crate::consent::ConsentsRead;
use crate::count::{Counted, FINGERPRINT, PERMIT, RECIPIENT};
use crate::destination::Destination;
use crate::error::ClearanceError;
use crate::gate::{Baseline, Opening, Stop, Warning};
use crate::held::{self, Permit};
use crate::home::Home;
use crate::keystore::JobKeys;
use crate::ledger;
use crate::load::Loaded;
use crate::planning;
use crate::release::{self, Staging};
use crate::store::Unfinished;

/// How the job is run.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
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
    /// Release even what was released before, unchanged.
    pub again: bool,
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
    /// Reading back what was written.
    Egress,
}

/// What was found and planned.
pub struct Found {
    /// What was found, a table a source.
    pub inventories: Vec<(String, Inventory)>,
    /// What happens to each field.
    pub plan: Plan,
    /// Rows that stay for want of consent, in the order of the sources; empty where consents do not matter.
    pub held_back: Vec<HeldRows>,
    pub(crate) consents: Option<ConsentsRead>,
    pub(crate) counted: Counted,
}

impl Found {
    /// Rows that leave, where consents decide that.
    pub(crate) fn consented_rows(&self) -> Option<u64> {
        self.consents.as_ref()?;
        let rows = self.inventories.iter().zip(&self.plan.sources).zip(&self.held_back);
        let rows = rows.filter(|((_, planned), _)| planned.leaving().next().is_some());
        Some(rows.map(|(((_, inventory), _), held)| inventory.rows.saturating_sub(held.total())).sum())
    }
}

/// Everything known before anything is written.
pub struct Assessment {
    /// What was found and planned.
    pub found: Found,
    /// The answer of the law.
    pub determination: Determination,
    /// Persons of this transfer.
    pub persons: Option<PersonCounts>,
    /// Whether the data is personal information.
    pub personal: bool,
    /// What opens the gate, or all that keeps it shut.
    pub gate: Result<Opening, Vec<Stop>>,
    /// What to do soon.
    pub warnings: Vec<Warning>,
    /// What is spent of the permit, this transfer included.
    pub spent: Option<PermitSpent>,
    pub(crate) baseline: Option<Baseline>,
    pub(crate) facts: law::Facts,
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
    /// The same left before, unchanged: nothing is sent twice.
    NothingNew {
        /// The release.
        release: String,
        /// Its day.
        day: String,
        /// Where it went.
        destination: String,
    },
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
    pub destination: Destination,
    /// Values suppressed because a transform could not read them: source, column, count.
    pub suppressed: Vec<(String, String, u64)>,
    /// Persons listed for the recipient to delete, since they withdrew.
    pub withdrawn: u64,
}

/// One run of the main job.
pub struct Job<'a> {
    pub(crate) home: &'a Home,
    pub(crate) base: &'a RuleBase,
    pub(crate) loaded: &'a Loaded,
    pub(crate) options: &'a Options,
    pub(crate) runner: Runner,
    pub(crate) handler: String,
    pub(crate) keys: Arc<JobKeys>,
    /// The keys of this run, by name and short fingerprint.
    pub(crate) keys_used: BTreeMap<String, String>,
    /// The keys persons are counted under; the first is the year's.
    pub(crate) key_names: Vec<String>,
    pub(crate) permit: Option<Permit>,
    /// Where sorted runs spill to.
    pub(crate) spill: PathBuf,
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
        // Before anything is read: a day that no rule covers has no answer.
        if options.on < base.covers_from() {
            return Err(law::LawError::BeforeRuleBase { on: options.on, begins: base.covers_from() }.into());
        }
        let year = options.on.year();
        if let Some((day, place)) = home.store.handed_over(&handler, year).await? {
            return Err(ClearanceError::input(format!(
                "the tally of {handler} in {year} was handed over to {place} on {day}: release from there"
            )));
        }
        let counted = home.store.has_fingerprints(&handler, year).await?;
        let recipient = &loaded.transfer.recipient.id;
        let permit = held::permit(loaded, &crate::verify::read_trust(&home.trust_file())?)?;
        let mut keys = JobKeys::default();
        keys.insert(FINGERPRINT, home.keys.fingerprint_key(&handler, year, counted)?);
        let master = home.keys.master()?;
        keys.insert(&format!("pseudonym/{recipient}"), master.pseudonym_key(recipient)?);
        keys.insert(&format!("ff1/{recipient}"), master.ff1_key(recipient)?);
        let keys_used = home.keys.used(&master, &handler, year)?;
        let mut key_names = vec![FINGERPRINT.to_owned()];
        let of_permit = permit.as_ref().filter(|permit| permit.terms().is_some());
        let of_permit = of_permit.map(|permit| (PERMIT, ledger::of_permit(&handler, &permit.name())));
        let consents = !loaded.transfer.consent.is_empty();
        let of_recipient = consents.then(|| (RECIPIENT, ledger::of_recipient(&handler, recipient)));
        for (key, ledger) in of_permit.into_iter().chain(of_recipient) {
            let exists = home.store.has_ledger(&ledger).await?;
            keys.insert(key, home.keys.ledger_key(&ledger, exists)?);
            key_names.push(key.to_owned());
        }
        let (keys, watch, spill) = (Arc::new(keys), Arc::clone(&options.watch), home.spill()?);
        let ring = Arc::clone(&keys) as Arc<dyn engine::KeyRing>;
        let runner = Runner::new(ring, options.cores, Arc::new(move |bytes| watch.advance(bytes)), &spill);
        Ok(Self { home, base, loaded, options, runner, handler, keys, keys_used, key_names, permit, spill })
    }

    /// Inspects, plans, counts and asks the law and the gate. Writes nothing but, on request, the bad rows.
    pub async fn assess(&self) -> Result<Assessment, ClearanceError> {
        let inventories = self.inspect().await?;
        let plan = self.plan(&inventories)?;
        let consents = self.read_consents(&inventories).await?;
        let held_back = match &consents {
            Some(consents) => self.held_back(consents).await?,
            None => Vec::new(),
        };
        let counted = self.count(&inventories, &plan, consents.as_ref()).await?;
        self.decide(Found { inventories, plan, held_back, consents, counted }).await
    }

    /// Runs the whole job.
    pub async fn run(&self) -> Result<Cleared, ClearanceError> {
        let destination = self.destination()?;
        if let Some(same) = self.same_again().await? {
            return Ok(same);
        }
        destination.check_free().await?;
        let assessment = self.assess().await?;
        let Ok(opening) = assessment.gate.clone() else {
            return Ok(Cleared::Stopped(Box::new(assessment)));
        };
        let staging = Staging::begin(self.home, destination).await?;
        match self.fill_and_commit(&staging, assessment, opening).await {
            Ok(Cleared::Released(released)) => {
                let unfinished = Unfinished {
                    release: staging.release.clone(),
                    destination: staging.destination.to_string(),
                    staging: staging.folder.to_string_lossy().into_owned(),
                    receipt: transfer::canonical_bytes(&released.receipt),
                };
                release::publish(self.home, &unfinished).await?;
                Ok(Cleared::Released(released))
            }
            Ok(other) => {
                staging.discard(self.home).await?;
                Ok(other)
            }
            Err(error) => {
                // The first error is the one to tell. What is left behind the next run throws away, or publishes where the
                // transaction became durable although it failed to say so.
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

    fn destination(&self) -> Result<Destination, ClearanceError> {
        let destination = self.loaded.transfer.destination.as_ref();
        let destination = destination
            .ok_or_else(|| self.loaded.fault("where to? add [destination] with `path = \"out\"`".to_owned()))?;
        // A nightly transfer goes into a folder of its own each time.
        let path = destination.path.replace("{day}", &self.options.on.to_string());
        Destination::parse(&path, &self.loaded.beside(""), &self.home.stores)
    }
}
