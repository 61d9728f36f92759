//! Typed names: ids of cases, procedures, states and actions, roles and actors.

use std::fmt;

use law::Party;
use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// From a text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name! {
    /// A case, for example `sa-7k3m9qx2pd`.
    CaseId
}
name! {
    /// A procedure, for example `security-assessment`.
    ProcedureId
}
name! {
    /// A state of a procedure.
    StateId
}
name! {
    /// An action of a procedure.
    ActionId
}
name! {
    /// A clock of the law, by its id there.
    ClockId
}
name! {
    /// An account: a person or a program, never by name.
    ActorId
}
name! {
    /// What a caller names its request by, so that sending it again does nothing twice.
    RequestId
}

/// How many actions a case has: whoever acts says which version it has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Version(pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// As what somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Prepares a handler's case.
    Applicant,
    /// Submits it and answers for it.
    Approver,
    /// Helps a handler, in a service centre.
    Adviser,
    /// The recipient abroad, for its own part.
    Recipient,
    /// A reviewer of the provincial office.
    Province,
    /// An assessor of the national office.
    National,
    /// An officer of the prefecture.
    Prefecture,
    /// An officer of the authority of a sector.
    SectorAuthority,
    /// A certification body.
    CertificationBody,
    /// The body that runs a zone's list.
    ZoneBody,
    /// Reads only.
    Auditor,
    /// Runs the installation; decides nothing.
    Administrator,
}

impl Role {
    /// All, in order.
    pub const ALL: [Self; 12] = [
        Self::Applicant,
        Self::Approver,
        Self::Adviser,
        Self::Recipient,
        Self::Province,
        Self::National,
        Self::Prefecture,
        Self::SectorAuthority,
        Self::CertificationBody,
        Self::ZoneBody,
        Self::Auditor,
        Self::Administrator,
    ];

    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Approver => "approver",
            Self::Adviser => "adviser",
            Self::Recipient => "recipient",
            Self::Province => "province",
            Self::National => "national",
            Self::Prefecture => "prefecture",
            Self::SectorAuthority => "sector-authority",
            Self::CertificationBody => "certification-body",
            Self::ZoneBody => "zone-body",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether a duty of the party is this role's to do.
    pub fn serves(self, party: Party) -> bool {
        match self {
            Self::Applicant | Self::Approver => matches!(party, Party::Handler | Party::BothSides),
            Self::Recipient => matches!(party, Party::Recipient | Party::BothSides),
            Self::Province => party == Party::Province,
            Self::National => party == Party::NationalOffice,
            Self::Prefecture => party == Party::Prefecture,
            Self::SectorAuthority => party == Party::SectorAuthority,
            Self::CertificationBody => party == Party::CertificationBody,
            Self::ZoneBody => party == Party::ZoneBody,
            Self::Adviser | Self::Auditor | Self::Administrator => false,
        }
    }

    /// Whether it stands on the handler's side of the counter.
    pub fn is_handlers(self) -> bool {
        matches!(self, Self::Applicant | Self::Approver | Self::Adviser | Self::Recipient)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which cases somebody has to do with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All.
    All,
    /// Those of one handler, by its unified social credit code.
    Handler(String),
    /// Those of one province, by ISO 3166-2, such as `CN-BJ`.
    Province(String),
    /// One case: a recipient, an adviser.
    Case(CaseId),
    /// Those given to one office: a certification body, a zone's body, a prefecture, an authority of a sector.
    Office(String),
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Actor {
    /// The account.
    pub id: ActorId,
    /// As what.
    pub role: Role,
    /// Which cases it has to do with.
    pub scope: Scope,
}
