//! Procedures as data: states, actions and clocks, one file of `procedures/` each, over one mechanism.
//!
//! A [`Procedure`] says which states a case can be in, which action by whom leads from which to which, what an action asks for
//! and needs, and which statutory clocks run. Nothing of a single procedure is written in code.

mod action;
mod check;
mod clock;
mod file;
mod guard;
mod part;
mod read;
mod state;

use jiff::civil::Date;
use law::{Status, Text};
use serde::Deserialize;

pub use action::{ActionDefinition, Effect, From, To};
pub use check::ProcedureError;
pub use clock::{ClockUse, Start};
pub use guard::{ConditionUse, Guard};
pub use part::{Ask, Part};
pub use state::{Phase, State};

use crate::payload::Channel;
use crate::terms::{ActionId, ClockId, ProcedureId, StateId};

/// Every procedure of the house and the actions all of them share.
#[derive(Debug, Clone)]
pub struct Procedures {
    pub(crate) all: Vec<Procedure>,
}

/// One procedure.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// Its id.
    pub id: ProcedureId,
    /// The first letters of its cases' ids.
    pub prefix: String,
    /// Its name.
    pub name: Text,
    /// The instruments it rests on.
    pub cite: Text,
    /// How well what stands here is attested.
    pub status: Status,
    /// What its permit is, where it leads to one.
    pub permit: Option<PermitTerms>,
    /// How a case may be filed.
    pub channels: Vec<Channel>,
    /// The first day on which a case may be opened.
    pub from: Date,
    /// States; a case begins in the first.
    pub states: Vec<State>,
    /// Actions, those shared by all procedures last.
    pub actions: Vec<ActionDefinition>,
    /// The clocks that may run.
    pub clocks: Vec<ClockUse>,
}

/// The permit a procedure leads to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PermitTerms {
    /// Its kind.
    pub kind: transfer::PermitKind,
    /// The clocks by which it lasts; none: it has no end.
    #[serde(default)]
    pub validity: Vec<ClockId>,
    /// The day from which it opens, by the name under which an action states it; none: the day it is issued.
    #[serde(default)]
    pub effective: Option<String>,
    /// The action whose day is the day of filing.
    #[serde(default)]
    pub filed_by: Option<ActionId>,
}

impl Procedures {
    /// Those compiled in.
    pub fn embedded() -> Result<Self, ProcedureError> {
        Self::parse(include!(concat!(env!("OUT_DIR"), "/procedures.rs")))
    }

    /// All, in the order of their files.
    pub fn all(&self) -> &[Procedure] {
        &self.all
    }

    /// The procedure with this id.
    pub fn get(&self, id: &str) -> Option<&Procedure> {
        self.all.iter().find(|procedure| procedure.id.as_str() == id)
    }
}

impl Procedure {
    /// The state a case begins in.
    pub fn first(&self) -> &StateId {
        &self.states[0].id
    }

    /// The state with this id.
    pub fn state(&self, id: &str) -> Option<&State> {
        self.states.iter().find(|state| state.id.as_str() == id)
    }

    /// The action with this id.
    pub fn action(&self, id: &str) -> Option<&ActionDefinition> {
        self.actions.iter().find(|action| action.id.as_str() == id)
    }
}
