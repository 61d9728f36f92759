//! What must hold of the states of a procedure and of the ways between them.

use std::collections::BTreeSet;

use super::{ProcedureError, targets};
use crate::procedure::{ActionDefinition, Guard, Part, Phase, Procedure, State, To};
use crate::terms::StateId;

/// Every state can be reached and left for an end, and who holds a case is who can move it on.
pub(super) fn check(file: &str, procedure: &Procedure) -> Result<(), ProcedureError> {
    let reached = reached(procedure);
    for (at, state) in procedure.states.iter().enumerate() {
        let wrong = |what: &str| Err(ProcedureError::new(file, format!("state `{}` {what}", state.id)));
        if at == 0 && state.phase != Phase::Preparing {
            return wrong("is the first, so its phase has to be `preparing`");
        }
        if !reached.contains(state.id.as_str()) {
            return wrong("is reached by no action");
        }
        let waits = matches!(state.phase, Phase::Preparing | Phase::Pending | Phase::Returned);
        match state.holder {
            Some(_) if state.phase == Phase::Closed => return wrong("is closed, so nobody holds it"),
            None if waits => return wrong("waits for somebody: name the `holder`"),
            _ => {}
        }
        moves(file, procedure, state)?;
        if !ends(procedure, state) {
            return wrong("leads to no closed state, so a case in it never ends");
        }
    }
    Ok(())
}

/// Who holds a case can move it on, and nobody else can but to end or to hold it.
fn moves(file: &str, procedure: &Procedure, state: &State) -> Result<(), ProcedureError> {
    let wrong = |what: String| Err(ProcedureError::new(file, format!("state `{}` {what}", state.id)));
    let from_here = || procedure.actions.iter().filter(|action| action.is_from(state));
    if state.phase == Phase::Closed {
        let parts = [Part::Answers, Part::Decisions, Part::Marks, Part::Member];
        let changes = |action: &&ActionDefinition| {
            action.to != To::Stay
                || action.effect.is_some()
                || parts.iter().any(|part| action.asks_for(*part).is_some())
        };
        return match from_here().find(changes) {
            Some(action) => wrong(format!("is closed, and `{}` still changes the case", action.id)),
            None => Ok(()),
        };
    }
    let Some(holder) = state.holder else { return Ok(()) };
    let serves = |action: &ActionDefinition| action.by.iter().any(|role| role.serves(holder));
    if !from_here().any(|action| action.to != To::Stay && serves(action)) {
        return wrong("is held by somebody who cannot move it on".into());
    }
    let stops = |action: &ActionDefinition| {
        let phase = |id: &str| procedure.state(id).map(|state| state.phase);
        targets(action).iter().all(|to| matches!(phase(to.as_str()), Some(Phase::Closed | Phase::Held)))
    };
    // Of whoever is late the other side need not wait any longer.
    let late = |action: &ActionDefinition| action.needs.iter().any(|guard| matches!(guard, Guard::Late(_)));
    let moves_on = |action: &&ActionDefinition| action.to == To::InForce || !(stops(action) || late(action));
    for action in from_here().filter(|action| action.to != To::Stay).filter(moves_on) {
        if let Some(role) = action.by.iter().find(|role| !role.serves(holder)) {
            return wrong(format!("is moved on by `{}`, which `{role}` may take and who does not hold it", action.id));
        }
    }
    Ok(())
}

/// The states that can be reached from the first.
fn reached(procedure: &Procedure) -> BTreeSet<&str> {
    let mut reached = BTreeSet::from([procedure.first().as_str()]);
    let mut waiting = vec![procedure.first().as_str()];
    while let Some(id) = waiting.pop() {
        waiting.extend(next(procedure, id).filter(|to| reached.insert(to)));
    }
    reached
}

/// Whether a closed state can be reached from here.
fn ends(procedure: &Procedure, state: &State) -> bool {
    let mut seen = BTreeSet::from([state.id.as_str()]);
    let mut waiting = vec![state.id.as_str()];
    while let Some(id) = waiting.pop() {
        if procedure.state(id).is_some_and(|state| state.phase == Phase::Closed) {
            return true;
        }
        waiting.extend(next(procedure, id).filter(|to| seen.insert(to)));
    }
    false
}

fn next<'a>(procedure: &'a Procedure, id: &str) -> impl Iterator<Item = &'a str> {
    let state = procedure.state(id);
    let from_here = move |action: &&ActionDefinition| state.is_some_and(|state| action.is_from(state));
    let resting = procedure.states.iter().filter(|state| state.phase == Phase::InForce && state.holder.is_none());
    let resting: Vec<&str> = resting.map(|state| state.id.as_str()).collect();
    procedure.actions.iter().filter(from_here).flat_map(move |action| match action.to {
        To::InForce => resting.clone(),
        _ => targets(action).into_iter().map(StateId::as_str).collect(),
    })
}
