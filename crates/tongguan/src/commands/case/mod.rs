//! `case`: procedures driven from the command line, for handler and office alike.

mod act;
mod list;
pub(super) mod log;
mod new;
mod package;
mod parts;
mod procedures;
mod show;

pub(super) use act::OFFICE;

use std::sync::Arc;

use cases::{Actor, ActorId, Case, CaseId, Keys, Procedures, QueueQuery, Role, Scope, Store, StoreError, World};
use clearance::{Home, rule_base};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::Context;
use crate::args::{CaseArgs, CaseCommand};
use crate::{Answer, Failure};

/// Cases whose ids begin alike are counted up to here.
const SEVERAL: u32 = 1_000;

/// Everything a command on cases works with.
pub(crate) struct Desk<'a> {
    pub(crate) context: &'a Context,
    pub(crate) world: Arc<World<'static>>,
    pub(crate) home: Home,
    pub(crate) store: Store,
    /// The address of its database.
    pub(crate) address: String,
    pub(crate) role: Option<Role>,
    pub(crate) at: Timestamp,
    pub(crate) today: Date,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::told(error.text(), error.is_input())
    }
}

impl From<cases::ProcedureError> for Failure {
    fn from(error: cases::ProcedureError) -> Self {
        Self::Other(error.to_string())
    }
}

pub(crate) async fn run(context: &Context, args: &CaseArgs) -> Result<Answer, Failure> {
    let world = world()?;
    match &args.command {
        CaseCommand::Procedures { procedure } => return procedures::run(context, &world, procedure.as_deref()),
        CaseCommand::Form { of } if of.parse::<dossier::Procedure>().is_ok() => {
            return new::empty_form(context, of);
        }
        _ => {}
    }
    let desk = Desk::open(context, args, world).await?;
    let records = matches!(
        args.command,
        CaseCommand::New(_) | CaseCommand::Act(_) | CaseCommand::Import { .. } | CaseCommand::Restore { .. }
    );
    // Whoever serves a database of its own logs what is recorded there.
    let held =
        if records && args.database.is_none() { log::take(desk.context, &desk.home, &desk.store).await? } else { None };
    let answer = match &args.command {
        CaseCommand::Procedures { .. } => Ok(Answer::Yes),
        CaseCommand::Form { of } => new::form(&desk, of).await,
        CaseCommand::New(args) => new::run(&desk, args).await,
        CaseCommand::Show { case, clocks, personal } => show::run(&desk, case, *clocks, *personal).await,
        CaseCommand::Act(args) => act::run(&desk, args).await,
        CaseCommand::List(args) => list::run(&desk, args).await,
        CaseCommand::Permit { case, file } => show::permit(&desk, case, file.as_deref()).await,
        CaseCommand::Export { case, file, to } => package::export(&desk, case, file, to.as_deref()).await,
        CaseCommand::Import { file, trust, identity } => {
            package::import(&desk, file, trust.as_deref(), identity.as_deref()).await
        }
        CaseCommand::Backup { file, copy } => package::backup(&desk, file, *copy).await,
        CaseCommand::Restore { file } => package::restore(&desk, file).await,
        CaseCommand::Compare { case } => show::compare(&desk, case).await,
        CaseCommand::Remind { since } => list::remind(&desk, *since).await,
        CaseCommand::Statistics { from, to, by_month } => {
            list::statistics(&desk, from.clone(), to.clone(), *by_month).await
        }
        CaseCommand::Check { rebuild } => list::check(&desk, *rebuild).await,
    };
    if held.is_some() {
        log::finish(&desk.store).await?;
    }
    desk.store.close().await;
    answer
}

/// Procedures, forms and law. They live as long as the program.
pub(super) fn world() -> Result<Arc<World<'static>>, Failure> {
    let procedures: &'static Procedures = Box::leak(Box::new(Procedures::embedded()?));
    let base: &'static law::RuleBase = Box::leak(Box::new(rule_base()?));
    Ok(Arc::new(World::new(procedures, dossier::forms(), base)?))
}

impl<'a> Desk<'a> {
    async fn open(context: &'a Context, args: &CaseArgs, world: Arc<World<'static>>) -> Result<Self, Failure> {
        let home = context.home().await?;
        let own = home.root().join("cases.db");
        let database = args.database.clone().unwrap_or_else(|| format!("sqlite:{}", own.display()));
        let exists = args.database.is_some() || own.exists();
        let master = home.keys.case_store_key(exists && args.database.is_none())?;
        let random: cases::Random = Arc::new(|bytes: &mut [u8]| {
            getrandom::fill(bytes).map_err(|error| std::io::Error::other(error.to_string()))
        });
        let keys = Keys::new(*master.bytes(), random);
        let store = Store::open(&database, keys, Arc::clone(&world)).await?;
        let (at, today) = now(context, args);
        Ok(Self { context, world, home, store, address: database, role: args.role, at, today })
    }

    /// Everybody who may see it all: whoever holds the database.
    pub(crate) fn everything(&self) -> QueueQuery {
        QueueQuery::of(Actor { id: ActorId::new("cli"), role: Role::Administrator, scope: Scope::All })
    }

    /// The case with this id, or the one whose id begins so.
    pub(crate) async fn case(&self, id: &str) -> Result<Case, Failure> {
        match self.store.case(&CaseId::new(id)).await {
            Err(StoreError::NoCase(_)) => {}
            found => return Ok(found?),
        }
        let found = self.store.cases_beginning(id, SEVERAL).await?;
        match found.as_slice() {
            [one] => Ok(self.store.case(one).await?),
            [] => Err(Failure::Input(self.context.say.fill("case.none", &[("id", id)]))),
            several => {
                // Nobody counts further.
                let more = if several.len() == SEVERAL as usize { "+" } else { "" };
                let count = format!("{}{more}", several.len());
                Err(Failure::Input(self.context.say.fill("case.several", &[("id", id), ("count", &count)])))
            }
        }
    }

    /// Whoever acts on a case in a role: on the command line the one who holds the database acts for everybody, and the record
    /// says in which role.
    pub(crate) fn actor(&self, role: Role, case: &Case) -> Actor {
        let scope = match role {
            Role::Applicant | Role::Approver => Scope::Handler(case.handler.uscc.clone()),
            Role::Adviser | Role::Recipient => Scope::Case(case.id.clone()),
            Role::Province => Scope::Province(case.handler.region.clone()),
            Role::National | Role::Auditor | Role::Administrator => Scope::All,
            Role::Prefecture | Role::SectorAuthority | Role::CertificationBody | Role::ZoneBody => {
                Scope::Office(case.office.clone().unwrap_or_default())
            }
        };
        Actor { id: ActorId::new("cli"), role, scope }
    }
}

fn now(context: &Context, args: &CaseArgs) -> (Timestamp, Date) {
    match args.at {
        Some(when) => {
            let at = Offset::constant(8).to_timestamp(when.0).unwrap_or(Timestamp::UNIX_EPOCH);
            (at, when.0.date())
        }
        None => (context.now(), context.day(None)),
    }
}
