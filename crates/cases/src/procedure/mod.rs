//! Procedures as data: states, actions and clocks, one file of `procedures/` each, over one mechanism.
//!
//! A [`Procedure`] says which states a case can be in, which action by whom leads from which to which, what an action asks for
//! and needs, and which statutory clocks run. Nothing of a single procedure is written in code.

mod check;
mod file;
mod guard;
mod part;

use jiff::civil::Date;
use law::{Party, Status, Text};
use serde::{Deserialize, Serialize};

pub use check::ProcedureError;
pub use guard::Guard;
pub use part::{Ask, Part};

use crate::payload::Channel;
use crate::terms::{ActionId, ClockId, ProcedureId, Role, StateId};

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

/// A state of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct State {
    /// Its id.
    pub id: StateId,
    /// Its name.
    pub name: Text,
    /// Who has to act; none: nobody need do anything.
    #[serde(default)]
    pub holder: Option<law::Party>,
    /// What it means for the case.
    pub phase: Phase,
    /// The forms that have to be complete for what is submitted from here.
    #[serde(default)]
    pub forms: Option<dossier::Procedure>,
}

/// What a state means for statistics, queues and permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The handler prepares; nothing was submitted.
    Preparing,
    /// An office checks or assesses.
    Pending,
    /// Sent back to the handler to be mended or supplemented.
    Returned,
    /// What was asked for is in force.
    InForce,
    /// In force but held: nothing may leave.
    Held,
    /// Over, with what was asked for refused, ended or withdrawn.
    Closed,
}

/// Where an action may be taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// From every state that is not closed.
    Open,
    /// From every state.
    Any,
    /// From these.
    States(Vec<StateId>),
}

/// Where an action leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Nowhere else.
    Stay,
    /// There.
    State(StateId),
    /// Back to the last state in which it was in force and nobody had to act.
    InForce,
    /// By what is decided on the items.
    Result {
        /// All were approved.
        approved: StateId,
        /// Some were.
        in_part: StateId,
        /// None was.
        refused: StateId,
    },
}

/// What an action does beside moving the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A signed permit is issued for what was approved.
    Permit,
    /// The permit that was issued no longer opens anything.
    Revoke,
    /// The permit goes on until the new end of validity.
    Prolong,
}

/// One action of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionDefinition {
    /// Its id.
    pub id: ActionId,
    /// Its name, as a button says it.
    pub name: Text,
    /// Who may take it.
    pub by: Vec<Role>,
    /// From where.
    pub from: From,
    /// To where.
    pub to: To,
    /// What it takes along.
    pub asks: Vec<Ask>,
    /// What must hold.
    pub needs: Vec<Guard>,
    /// What it does.
    pub effect: Option<Effect>,
    /// Its provision, where it has one.
    pub cite: Option<Text>,
    /// How well it is attested.
    pub status: Status,
    /// First and last day on which it may be taken.
    pub in_force: (Option<Date>, Option<Date>),
}

/// From when a clock runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// From the day an action was taken, or a day that it states.
    Action {
        /// The action.
        action: ActionId,
        /// The name of the day it states; none: the day it was taken.
        day: Option<String>,
        /// Only where it led to one of these states; none: wherever it led.
        to: Vec<StateId>,
    },
    /// From the end of another clock of this case, perhaps only once an action was taken.
    EndOf {
        /// The other clock.
        clock: ClockId,
        /// The action.
        after: Option<ActionId>,
    },
    /// From the day the law itself sets, once an action was taken.
    Fixed {
        /// The action.
        after: ActionId,
    },
    /// From the day the law itself sets, where the named day of the case lies before it.
    Law {
        /// The name of the day that an action stated.
        before: String,
    },
}

/// How a procedure uses a clock of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockUse {
    /// The clock; of several the one in force on the day it starts.
    pub clock: Vec<ClockId>,
    /// What starts it; each time anew.
    pub starts: Vec<Start>,
    /// Whose it is in this procedure, where the law names both sides.
    pub party: Option<Party>,
    /// Whether it is a right that lapses and not a duty that falls due: nobody is late who does not use it.
    pub right: bool,
    /// Actions that do what it asks for.
    pub ends: Vec<ActionId>,
    /// Actions by which what it was for falls away. Whatever closes a case does that too, but for what has to be kept or lasts.
    pub drops: Vec<ActionId>,
    /// Actions that stop it, each with those that let it run on.
    pub pauses: Vec<(ActionId, Vec<ActionId>)>,
    /// Actions that prolong it by the working days they state.
    pub prolonged_by: Vec<ActionId>,
    /// A reading that is less certain than the clock's text.
    pub reading: Option<law::ClockReading>,
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

impl ActionDefinition {
    /// Whether it may be taken from the state.
    pub fn is_from(&self, state: &State) -> bool {
        match &self.from {
            From::Any => true,
            From::Open => state.phase != Phase::Closed,
            From::States(states) => states.contains(&state.id),
        }
    }

    /// Whether it may be taken on the day at all.
    pub fn in_force(&self, on: Date) -> bool {
        self.in_force.0.is_none_or(|from| from <= on) && self.in_force.1.is_none_or(|to| on <= to)
    }

    /// Whether and how it asks for a part.
    pub fn asks_for(&self, part: Part) -> Option<&Ask> {
        self.asks.iter().find(|ask| ask.part == part)
    }
}
