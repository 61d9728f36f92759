//! States of a procedure.

use law::Text;
use serde::{Deserialize, Serialize};

use crate::terms::StateId;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
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
