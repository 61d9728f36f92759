//! What must hold of a procedure, whoever wrote it: checked when it is read.

mod actions;
mod clocks;
mod conditions;
mod states;

use std::collections::BTreeSet;

use law::Text;

use super::{ActionDefinition, From, Part, Procedure, To};
use crate::case::RELEASED;
use crate::terms::{ClockId, StateId};

/// Why a file of `procedures/` cannot be used: one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("procedures/{file}: {what}")]
pub struct ProcedureError {
    file: String,
    what: String,
}

impl ProcedureError {
    pub(super) fn new(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self { file: file.into(), what: what.into() }
    }
}

/// Everything that can be said of one procedure alone.
pub(super) fn whole(file: &str, procedure: &Procedure) -> Result<(), ProcedureError> {
    let wrong = |what: String| Err(ProcedureError::new(file, what));
    if file.strip_suffix(".toml") != Some(procedure.id.as_str()) {
        return wrong(format!("its `id` is `{}`; a file is named by it", procedure.id));
    }
    if !is_name(&procedure.prefix) {
        return wrong("its `prefix` is not of small letters".into());
    }
    if procedure.states.is_empty() {
        return wrong("has no `[[state]]`".into());
    }
    if procedure.channels.is_empty() {
        return wrong("`channels` names none".into());
    }
    if let Some(permit) = &procedure.permit {
        if let Some(clock) = permit.validity.iter().find(|clock| !runs(procedure, clock)) {
            return wrong(format!("`permit.validity` names the clock `{clock}`, which does not run in it"));
        }
        let stated = |day: &String| procedure.actions.iter().any(|action| states_day(action, day));
        if let Some(day) = permit.effective.as_ref().filter(|day| !stated(day)) {
            return wrong(format!("`permit.effective` names the day `{day}`, for which no action asks"));
        }
        if let Some(action) = permit.filed_by.as_ref().filter(|id| procedure.action(id.as_str()).is_none()) {
            return wrong(format!("`permit.filed-by` names `{action}`, which is no action"));
        }
    }
    for text in [&procedure.name, &procedure.cite] {
        in_both(file, "the procedure", text)?;
    }
    let mut states = BTreeSet::new();
    for state in &procedure.states {
        if !is_name(state.id.as_str()) {
            return wrong(format!("state `{}` has an id that is not of small letters, digits and hyphens", state.id));
        }
        in_both(file, &format!("state `{}`", state.id), &state.name)?;
        if !states.insert(state.id.as_str()) {
            return wrong(format!("state `{}` stands there twice", state.id));
        }
    }
    let mut actions = BTreeSet::new();
    for action in &procedure.actions {
        if !actions.insert(action.id.as_str()) {
            return wrong(format!("action `{}` stands there twice", action.id));
        }
        if !is_name(action.id.as_str()) {
            return wrong(format!("action `{}` has an id that is not of small letters, digits and hyphens", action.id));
        }
        actions::check(file, procedure, action, &states)?;
    }
    for used in &procedure.clocks {
        clocks::check(file, procedure, used)?;
    }
    states::check(file, procedure)
}

fn is_name(id: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !id.is_empty() && id.bytes().all(known)
}

/// A text says the same in both languages: neither is missing, and neither stands in the other's place.
fn in_both(file: &str, place: &str, text: &Text) -> Result<(), ProcedureError> {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let wrong = |what: &str| Err(ProcedureError::new(file, format!("{place} has a text {what}")));
    if text.zh.trim().is_empty() || text.en.trim().is_empty() {
        return wrong("without `zh` or without `en`");
    }
    if !text.zh.chars().any(han) {
        return wrong("whose `zh` has no Chinese character");
    }
    if text.en.chars().any(han) {
        return wrong("whose `en` has Chinese characters");
    }
    Ok(())
}

fn runs(procedure: &Procedure, clock: &ClockId) -> bool {
    procedure.clocks.iter().any(|used| used.clock.contains(clock))
}

fn states_day(action: &ActionDefinition, day: &str) -> bool {
    let released = day == RELEASED && action.asks_for(Part::Receipt).is_some();
    released || action.asks.iter().any(|ask| ask.part == Part::Day && ask.name.as_deref() == Some(day))
}

/// The states an action names.
fn named(action: &ActionDefinition) -> Vec<&StateId> {
    let mut named = match &action.from {
        From::States(states) => states.iter().collect(),
        From::Any | From::Open => Vec::new(),
    };
    named.extend(targets(action));
    named
}

fn targets(action: &ActionDefinition) -> Vec<&StateId> {
    match &action.to {
        To::Stay | To::InForce => Vec::new(),
        To::State(state) => vec![state],
        To::Result { approved, in_part, refused } => vec![approved, in_part, refused],
    }
}
