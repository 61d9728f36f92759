//! Procedures, states and actions as they are called.

use cases::{ActionDefinition, Ask, Procedure, Refusal, Role, State};
use law::{Party, Text};
use serde::Serialize;

/// A procedure.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct ProcedureView {
    pub(crate) id: String,
    pub(crate) name: Text,
    pub(crate) cite: Text,
    pub(crate) status: law::Status,
}

pub(crate) fn procedure_view(procedure: &Procedure) -> ProcedureView {
    ProcedureView {
        id: procedure.id.to_string(),
        name: procedure.name.clone(),
        cite: procedure.cite.clone(),
        status: procedure.status,
    }
}

/// A state.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct StateView {
    pub(crate) id: String,
    pub(crate) name: Text,
    pub(crate) phase: Option<cases::Phase>,
    /// Whom it waits for.
    pub(crate) holder: Option<Party>,
}

/// A state by its id; one that the procedure no longer has is called by its id.
pub(crate) fn state_view(procedure: &Procedure, id: &str) -> StateView {
    match procedure.state(id) {
        Some(State { id, name, holder, phase, .. }) => {
            StateView { id: id.to_string(), name: name.clone(), phase: Some(*phase), holder: *holder }
        }
        None => StateView { id: id.to_owned(), name: Text::new(id, id), phase: None, holder: None },
    }
}

/// Why an action cannot be taken today.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct Blocked {
    pub(crate) code: &'static str,
    pub(crate) what: Text,
}

/// An action that can be taken, or could if nothing kept it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct ActionView {
    pub(crate) id: String,
    pub(crate) name: Text,
    pub(crate) by: Vec<Role>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) effect: Option<cases::Effect>,
    pub(crate) cite: Option<Text>,
    pub(crate) status: law::Status,
    pub(crate) blocked: Option<Blocked>,
}

pub(crate) fn action_view(action: &ActionDefinition, blocked: Option<&Refusal>) -> ActionView {
    ActionView {
        id: action.id.to_string(),
        name: action.name.clone(),
        by: action.by.clone(),
        asks: action.asks.clone(),
        effect: action.effect,
        cite: action.cite.clone(),
        status: action.status,
        blocked: blocked.map(|why| Blocked { code: why.code(), what: why.text() }),
    }
}
