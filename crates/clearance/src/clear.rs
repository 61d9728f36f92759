//! The main job: inspect, assess, plan, count and, where law, permit and duties allow, release.
//!
//! What each step does stands in a module of its own: `survey` looks and plans, `decide` counts and asks, `fill` writes and
//! commits, `release` publishes.

use std::sync::Arc;

use engine::Runner;
use jiff::civil::Date;
use law::{Determination, RuleBase};
use transfer::{CountChange, Inventory, Plan, Receipt};

use crate::count::{self, Counted};
use crate::destination::Destination;
use crate::error::ClearanceError;
use crate::gate::{Opening, Stop};
use crate::home::Home;
use crate::keystore::JobKeys;
use crate::load::Loaded;
use crate::planning;
use crate::release::{self, Staging};
use crate::store::Unfinished;

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
    pub(crate) facts: law::Facts,
    pub(crate) counted: Counted,
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
    pub destination: Destination,
    /// Values suppressed because a transform could not read them: source, column, count.
    pub suppressed: Vec<(String, String, u64)>,
}

/// One run of the main job.
pub struct Job<'a> {
    pub(crate) home: &'a Home,
    pub(crate) base: &'a RuleBase,
    pub(crate) loaded: &'a Loaded,
    pub(crate) options: &'a Options,
    pub(crate) runner: Runner,
    pub(crate) handler: String,
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
        self.permit_is_readable()?;
        let inventories = self.inspect().await?;
        let plan = self.plan(&inventories)?;
        let counted = self.count(&inventories, &plan).await?;
        self.decide(inventories, plan, counted).await
    }

    /// Runs the whole job.
    pub async fn run(&self) -> Result<Cleared, ClearanceError> {
        let destination = self.destination()?;
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
            Ok(stopped) => {
                staging.discard(self.home).await?;
                Ok(stopped)
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
        Destination::parse(&destination.path, &self.loaded.beside(""), &self.home.stores)
    }
}
