//! Invitations by a secret link: to an account, whose holder sets a password by it, or to one case without an account.

use std::fmt;

use cases::{CaseId, Role};
use database::{number, text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use crate::account::{AccountId, Lang};
use crate::error::DoorsError;
use crate::house::moment;
use crate::keys::Keys;

/// An invitation by a name that opens nothing, for example `v-7k3m9qx2pd`; a guest acts under it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationId(String);

impl InvitationId {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InvitationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How often a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uses {
    /// Once.
    Once,
    /// Until it ends or is revoked.
    UntilRevoked,
}

/// To what somebody is invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// To an account.
    Account(AccountId),
    /// To a case, as its recipient abroad or as an adviser.
    Case(CaseId, Role),
}

/// An invitation to a case that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// The case.
    pub case: CaseId,
    /// [`Role::Recipient`] or [`Role::Adviser`].
    pub role: Role,
    /// Who is meant.
    pub name: String,
    /// Where it is sent.
    pub email: Option<String>,
    /// In which language.
    pub lang: Option<Lang>,
    /// Until when.
    pub ends: Timestamp,
    /// How often it opens.
    pub uses: Uses,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The account it is to.
    pub account: Option<AccountId>,
    /// The case it is to.
    pub case: Option<CaseId>,
    /// As what.
    pub role: Option<Role>,
    /// Who is meant.
    pub name: String,
    /// Where it was sent.
    pub email: Option<String>,
    /// In which language.
    pub lang: Option<Lang>,
    /// Who invited.
    pub by: AccountId,
    /// How often it opens.
    pub uses: Uses,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub ends: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl Invitation {
    /// Whether sessions that were opened by it still count.
    pub(crate) fn stands(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.ends
    }

    /// Whether the link still opens.
    pub fn opens(&self, now: Timestamp) -> bool {
        self.stands(now) && (self.uses == Uses::UntilRevoked || self.used.is_none())
    }
}

/// What of an invitation is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) lang: Option<Lang>,
}

/// The columns an invitation is read from.
pub(crate) const COLUMNS: &str = "i.id AS i_id, i.account AS i_account, i.case_id AS i_case, i.role AS i_role, i.person AS i_person, \
     i.invited_by AS i_by, i.once AS i_once, i.created AS i_created, i.ends AS i_ends, i.used AS i_used, i.revoked AS i_revoked";

/// An invitation from [`COLUMNS`]; none where a join found none.
pub(crate) fn read(keys: &Keys, row: &AnyRow) -> Result<Option<Invitation>, DoorsError> {
    use sqlx::Row as _;
    let some = |column| Ok::<_, DoorsError>(Some(text(row, column)?).filter(|text| !text.is_empty()));
    let Some(id) = some("i_id")? else { return Ok(None) };
    let person = keys.open(&at_person(&id), &text(row, "i_person")?)?;
    let person: Person = serde_json::from_str(&person).map_err(|_| DoorsError::Sealed(at_person(&id)))?;
    let at = |column| Ok::<_, DoorsError>(row.try_get::<Option<i64>, _>(column)?.map(moment));
    Ok(Some(Invitation {
        id: InvitationId(id),
        account: some("i_account")?.map(AccountId::new),
        case: some("i_case")?.map(CaseId::new),
        role: some("i_role")?.as_deref().and_then(Role::from_word),
        name: person.name,
        email: person.email,
        lang: person.lang,
        by: AccountId::new(text(row, "i_by")?),
        uses: if number(row, "i_once")? == 0 { Uses::UntilRevoked } else { Uses::Once },
        created: moment(number(row, "i_created")?),
        ends: moment(number(row, "i_ends")?),
        used: at("i_used")?,
        revoked: at("i_revoked")?,
    }))
}

pub(crate) fn at_person(id: &str) -> String {
    format!("invitation/{id}/person")
}
