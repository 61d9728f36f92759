//! Accounts: who somebody is to this installation, as what, and for which cases.

use std::fmt;

use cases::{Actor, ActorId, Role, Scope};
use codes::check::uscc;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::DoorsError;
use crate::organisation::OrganisationId;

/// An account, for example `a-7k3m9qx2pd`: never a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The language somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Zh, Self::En].into_iter().find(|lang| lang.word() == word)
    }
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It has no password yet: an invitation sets one.
    Invited,
    /// It can be used.
    Active,
    /// It was closed.
    Disabled,
    /// It was closed, and what named its holder was deleted.
    Forgotten,
}

impl Status {
    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Forgotten => "forgotten",
        }
    }

    /// Whether nobody can use it any more, unless it is opened again.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Disabled | Self::Forgotten)
    }

    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "invited" => Self::Invited,
            "active" => Self::Active,
            "forgotten" => Self::Forgotten,
            _ => Self::Disabled,
        }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What its holder signs in by, in lower case; of a guest, who came by an invitation, empty.
    pub login: String,
    /// Its holder's name.
    pub name: String,
    /// Its holder's e-mail address.
    pub email: Option<String>,
    /// As what.
    pub role: Role,
    /// For which cases.
    pub scope: Scope,
    /// Where its holder works.
    pub organisation: Option<OrganisationId>,
    /// The language its holder chose.
    pub lang: Option<Lang>,
    /// Whether it can be used.
    pub status: Status,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// Since when.
    pub created: Timestamp,
    /// When its holder last signed in.
    pub last_sign_in: Option<Timestamp>,
}

impl Account {
    /// Who acts, for the case store.
    pub fn actor(&self) -> Actor {
        Actor { id: ActorId::new(self.id.as_str()), role: self.role, scope: self.scope.clone() }
    }
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// 3 to 100 letters, digits or `-_.@`; upper and lower case are the same.
    pub login: String,
    /// Its holder's name.
    pub name: String,
    /// Its holder's e-mail address.
    pub email: Option<String>,
    /// As what.
    pub role: Role,
    /// For which cases.
    pub scope: Scope,
    /// Where its holder works; of somebody who acts for a handler or an office it is that one.
    pub organisation: Option<OrganisationId>,
    /// The language.
    pub lang: Option<Lang>,
}

/// What of an account is changed; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its holder's name.
    pub name: Option<String>,
    /// The e-mail address; `Some(None)` takes it away.
    pub email: Option<Option<String>>,
    /// The role.
    pub role: Option<Role>,
    /// The scope.
    pub scope: Option<Scope>,
    /// Where its holder works.
    pub organisation: Option<Option<OrganisationId>>,
    /// The language.
    pub lang: Option<Option<Lang>>,
    /// Whether it can be used.
    pub status: Option<Status>,
}

/// Which accounts are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Of a role.
    pub role: Option<Role>,
    /// In a status.
    pub status: Option<Status>,
    /// Of an organisation.
    pub organisation: Option<OrganisationId>,
    /// Whose login, name or e-mail address has these words in it.
    pub text: Option<String>,
}

/// A login as it is kept and compared.
pub(crate) fn login(text: &str) -> Result<String, DoorsError> {
    let login = text.trim().to_lowercase();
    let count = login.chars().count();
    let fits = |c: char| c.is_alphanumeric() || "-_.@".contains(c);
    if (3..=100).contains(&count) && login.chars().all(fits) {
        return Ok(login);
    }
    Err(DoorsError::Bad {
        field: "login",
        what: "has 3 to 100 letters, digits or `-_.@`",
        zh: "须为3至100个字母、数字或 `-_.@`",
    })
}

/// A name as it is kept.
pub(crate) fn name(text: &str) -> Result<String, DoorsError> {
    let name = text.trim();
    if !name.is_empty() && name.chars().count() <= 200 && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(DoorsError::Bad { field: "name", what: "has 1 to 200 letters in one line", zh: "须为一行1至200个字符" })
}

/// An address as it is kept.
pub(crate) fn email(text: Option<&str>) -> Result<Option<String>, DoorsError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.len() <= 254 && codes::check::email(text).is_valid() {
        return Ok(Some(text.to_owned()));
    }
    Err(DoorsError::Bad { field: "email", what: "is no e-mail address", zh: "不是电子邮件地址" })
}

/// Whether role and scope go together.
pub(crate) fn fits(role: Role, scope: &Scope) -> Result<(), DoorsError> {
    let (needs, holds) = match role {
        Role::Applicant | Role::Approver => {
            ("one handler, by its unified social credit code", matches!(scope, Scope::Handler(_)))
        }
        Role::Adviser => ("one handler or one case", matches!(scope, Scope::Handler(_) | Scope::Case(_))),
        Role::Recipient => ("one case", matches!(scope, Scope::Case(_))),
        Role::Province => ("one province", matches!(scope, Scope::Province(_))),
        Role::Auditor => ("one province or all cases", matches!(scope, Scope::Province(_) | Scope::All)),
        Role::National | Role::Administrator => ("all cases", *scope == Scope::All),
        Role::Prefecture | Role::SectorAuthority | Role::CertificationBody | Role::ZoneBody => {
            ("one office", matches!(scope, Scope::Office(_)))
        }
    };
    if !holds {
        return Err(DoorsError::Scope { role, needs });
    }
    match scope {
        Scope::Handler(code) => code_of_handler(code),
        Scope::Province(region) => self::region(region),
        Scope::All | Scope::Case(_) | Scope::Office(_) => Ok(()),
    }
}

/// A unified social credit code in its one writing.
pub(crate) fn code_of_handler(code: &str) -> Result<(), DoorsError> {
    let plain = code.len() == 18 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if plain && uscc(code).is_valid() {
        return Ok(());
    }
    Err(DoorsError::Bad {
        field: "handler",
        what: "is no unified social credit code (GB 32100): look at its 18 characters",
        zh: "不是统一社会信用代码（GB 32100）：请核对18位字符",
    })
}

/// A province by ISO 3166-2, as cases name it.
pub(crate) fn region(region: &str) -> Result<(), DoorsError> {
    let rest =
        region.strip_prefix("CN-").filter(|rest| rest.len() == 2 && rest.bytes().all(|b| b.is_ascii_uppercase()));
    if rest.is_some() {
        return Ok(());
    }
    Err(DoorsError::Bad {
        field: "region",
        what: "is ISO 3166-2, such as `CN-BJ`",
        zh: "须为 ISO 3166-2，例如 `CN-BJ`",
    })
}
