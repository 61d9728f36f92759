//! Accounts, organisations, sessions, tokens, invitations and who read what. No secret is in any of them.

use cases::{Role, Scope};
use doors::{Account, Invitation, Organisation, SessionInfo, Token};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// An account.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AccountView {
    pub(crate) id: String,
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) role: Role,
    pub(crate) scope: Scope,
    pub(crate) organisation: Option<String>,
    /// `zh` or `en`.
    pub(crate) lang: Option<String>,
    /// `invited`, `active` or `disabled`.
    pub(crate) status: String,
    pub(crate) second_factor: bool,
    pub(crate) created: Timestamp,
    pub(crate) last_sign_in: Option<Timestamp>,
}

pub(crate) fn account_view(account: &Account) -> AccountView {
    AccountView {
        id: account.id.to_string(),
        login: account.login.clone(),
        name: account.name.clone(),
        email: account.email.clone(),
        role: account.role,
        scope: account.scope.clone(),
        organisation: account.organisation.as_ref().map(|of| of.as_str().to_owned()),
        lang: account.lang.map(|lang| lang.word().to_owned()),
        status: account.status.word().to_owned(),
        second_factor: account.second_factor,
        created: account.created,
        last_sign_in: account.last_sign_in,
    }
}

/// An organisation.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OrganisationView {
    /// Of a handler its unified social credit code.
    pub(crate) id: String,
    /// `handler` or `office`.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// By ISO 3166-2, such as `CN-BJ`.
    pub(crate) region: Option<String>,
    pub(crate) sector: Option<String>,
    pub(crate) parent: Option<String>,
}

pub(crate) fn organisation_view(of: &Organisation) -> OrganisationView {
    OrganisationView {
        id: of.id.as_str().to_owned(),
        kind: of.kind.word().to_owned(),
        name: of.name.clone(),
        region: of.region.clone(),
        sector: of.sector.clone(),
        parent: of.parent.as_ref().map(|parent| parent.as_str().to_owned()),
    }
}

/// A session of one's own.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SessionView {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) ends: Timestamp,
    /// Where it was opened from.
    pub(crate) from: String,
    /// Whether it is the one that asks.
    pub(crate) own: bool,
}

pub(crate) fn session_view(session: SessionInfo, own: &str) -> SessionView {
    let (created, last_seen, ends) = (session.created, session.last_seen, session.ends);
    let id = session.id.as_str().to_owned();
    SessionView { own: id == own, id, created, last_seen, ends, from: session.from }
}

/// A token of one's own, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TokenView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) last_used: Option<Timestamp>,
    pub(crate) revoked: Option<Timestamp>,
}

pub(crate) fn token_view(token: &Token) -> TokenView {
    TokenView {
        id: token.id.to_string(),
        name: token.name.clone(),
        scopes: token.scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        created: token.created,
        ends: token.ends,
        last_used: token.last_used,
        revoked: token.revoked,
    }
}

/// An invitation to a case.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InvitationView {
    pub(crate) id: String,
    pub(crate) role: Option<Role>,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) used: Option<Timestamp>,
    pub(crate) revoked: Option<Timestamp>,
    /// Whether its link still opens.
    pub(crate) opens: bool,
}

pub(crate) fn invitation_view(of: &Invitation, now: Timestamp) -> InvitationView {
    InvitationView {
        id: of.id.to_string(),
        role: of.role,
        name: of.name.clone(),
        created: of.created,
        ends: of.ends,
        used: of.used,
        revoked: of.revoked,
        opens: of.opens(now),
    }
}

/// An entry of the record of the doors.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EntryView {
    /// Its number.
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    /// What happened, such as `read` or `signed-in`.
    pub(crate) event: String,
    /// Whom it is about; of a read, who read.
    pub(crate) account: Option<String>,
    /// Who did it.
    pub(crate) actor: Option<String>,
    pub(crate) role: Option<Role>,
    pub(crate) case: Option<String>,
    /// More, in words of the program.
    pub(crate) what: String,
    /// Its digest, which covers all before it.
    pub(crate) digest: String,
}

pub(crate) fn entry_view(entry: doors::Entry) -> EntryView {
    EntryView {
        seq: entry.seq,
        at: entry.at,
        event: entry.event.word().to_owned(),
        account: entry.account.map(|id| id.to_string()),
        actor: entry.actor.map(|id| id.to_string()),
        role: entry.role,
        case: entry.case.map(|id| id.to_string()),
        what: entry.what,
        digest: entry.digest,
    }
}
