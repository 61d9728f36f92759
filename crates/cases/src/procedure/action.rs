//! Actions of a procedure: who, from where, to where, taking along what.

use jiff::civil::Date;
use law::{Status, Text};
use serde::{Deserialize, Serialize};

use super::{Ask, Guard, Part, Phase, State};
use crate::terms::{ActionId, Role, StateId};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
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
