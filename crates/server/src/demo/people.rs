//! Organisations and accounts.

use std::collections::BTreeMap;

use cases::{Role, Scope};
use doors::{Account, Doors, NewAccount, Organisation, OrganisationId, OrganisationKind};
use futures::future::try_join_all;
use jiff::{Timestamp, ToSpan as _};

use super::script::{Person, Script};
use super::{DemoError, PASSWORD, Persona};

/// Days ago on which the installation was set up: before its first case.
const SET_UP: i64 = 1_300;
/// Where the accounts were taken up from: no address of anybody (RFC 5737).
const FROM: &str = "192.0.2.1";

/// Everybody, by login.
pub(super) struct People {
    by_login: BTreeMap<String, Account>,
    order: Vec<String>,
}

impl People {
    pub(super) fn account(&self, login: &str) -> Option<&Account> {
        self.by_login.get(login)
    }

    /// Those with a role, in the order of the script.
    pub(super) fn with(&self, role: Role) -> impl Iterator<Item = &Account> {
        self.order.iter().filter_map(|login| self.by_login.get(login)).filter(move |account| account.role == role)
    }

    pub(super) fn personas(&self) -> Vec<Persona> {
        let all = self.order.iter().filter_map(|login| self.by_login.get(login));
        let persona = |account: &Account| Persona {
            account: account.id.clone(),
            login: account.login.clone(),
            name: account.name.clone(),
            actor: account.actor(),
            organisation: account.organisation.as_ref().map(|of| of.as_str().to_owned()),
        };
        all.map(persona).collect()
    }
}

pub(super) async fn make(doors: &Doors, script: &Script, now: Timestamp) -> Result<People, DemoError> {
    let at = now - (24 * SET_UP).hours();
    let (first, others) = script.people.split_first().ok_or_else(|| wrong("there is nobody"))?;
    let admin = doors.set_up(new_account(script, first)?, PASSWORD, at).await?;
    let offices = script.offices.iter().map(|office| Organisation {
        id: OrganisationId::new(&office.id),
        kind: OrganisationKind::Office,
        name: office.name.clone(),
        region: office.region.clone(),
        sector: office.sector.clone(),
        parent: None,
    });
    let handlers = script.handlers.iter().map(|script| &script.handler).filter(|handler| handler.sector.is_some());
    let handlers = handlers.map(|handler| Organisation {
        id: OrganisationId::new(&handler.uscc),
        kind: OrganisationKind::Handler,
        name: handler.name.clone(),
        region: Some(handler.region.clone()),
        sector: handler.sector.clone(),
        parent: None,
    });
    for organisation in offices.chain(handlers) {
        doors.make_organisation(&organisation, &admin.id, at).await?;
    }
    let made =
        try_join_all(others.iter().zip(1..).map(|(person, no)| join(doors, script, person, &admin, at + seconds(no))))
            .await?;
    let order = script.people.iter().map(|person| person.login.clone()).collect();
    let by_login = std::iter::once(admin).chain(made).map(|account| (account.login.clone(), account)).collect();
    Ok(People { by_login, order })
}

/// Accounts are listed in the order in which they were made, which is that of the script.
fn seconds(no: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_secs(60 * no)
}

/// Somebody is invited and takes the invitation up, as everybody does.
async fn join(
    doors: &Doors,
    script: &Script,
    person: &Person,
    admin: &Account,
    at: Timestamp,
) -> Result<Account, DemoError> {
    let made = doors.create(new_account(script, person)?, &admin.id, at).await?;
    let (secret, _) = doors.invite_to_account(&made.id, at + 72.hours(), &admin.id, at).await?;
    doors.accept(secret.as_str(), PASSWORD, FROM, at + 1.hour()).await?;
    Ok(made)
}

fn new_account(script: &Script, person: &Person) -> Result<NewAccount, DemoError> {
    let handler = person.handler.as_ref().map(|id| {
        let found = script.handler(id).ok_or_else(|| wrong(format!("there is no handler `{id}`")))?;
        Ok::<_, DemoError>(found.uscc.clone())
    });
    let handler = handler.transpose()?;
    let office = || person.office.clone().unwrap_or_default();
    let scope = match person.role {
        Role::Applicant | Role::Approver | Role::Adviser | Role::Recipient => {
            Scope::Handler(handler.unwrap_or_default())
        }
        Role::Province => Scope::Province(person.province.clone().unwrap_or_default()),
        Role::Prefecture | Role::SectorAuthority | Role::CertificationBody | Role::ZoneBody => Scope::Office(office()),
        Role::National | Role::Auditor | Role::Administrator => Scope::All,
    };
    Ok(NewAccount {
        login: person.login.clone(),
        name: person.name.clone(),
        email: None,
        role: person.role,
        organisation: person.office.as_ref().map(OrganisationId::new),
        scope,
        lang: None,
    })
}

fn wrong(what: impl Into<String>) -> DemoError {
    DemoError::Script { file: "people.toml", what: what.into() }
}
