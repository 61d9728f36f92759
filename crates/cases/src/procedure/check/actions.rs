//! What must hold of one action.

use std::collections::BTreeSet;

use super::{ProcedureError, in_both, named, runs};
use crate::procedure::{ActionDefinition, Effect, From, Guard, Part, Phase, Procedure, To};
use crate::terms::Role;

/// The one action that is taken before there is a case.
const OPEN: &str = "open";

/// What can be said of one action.
pub(super) fn check(
    file: &str,
    procedure: &Procedure,
    action: &ActionDefinition,
    states: &BTreeSet<&str>,
) -> Result<(), ProcedureError> {
    let place = format!("action `{}`", action.id);
    let wrong = |what: String| Err(ProcedureError::new(file, format!("{place} {what}")));
    for text in
        std::iter::once(&action.name).chain(&action.cite).chain(action.asks.iter().filter_map(|a| a.label.as_ref()))
    {
        in_both(file, &place, text)?;
    }
    if action.by.is_empty() {
        return wrong("names nobody in `by`".into());
    }
    if matches!(&action.from, From::States(states) if states.is_empty()) && action.id.as_str() != OPEN {
        return wrong("can be taken from no state: name one in `from`".into());
    }
    let (from, to) = action.in_force;
    if to.is_some_and(|to| from.unwrap_or(procedure.from) > to || to < procedure.from) {
        return wrong("can be taken on no day: its last day lies before its first".into());
    }
    by(file, procedure, action)?;
    if let Some(state) = named(action).into_iter().find(|state| !states.contains(state.as_str())) {
        return wrong(format!("names the state `{state}`, which is none"));
    }
    let decides = action.asks.iter().any(|ask| ask.part == Part::Decisions && ask.required);
    if matches!(action.to, To::Result { .. }) && !decides {
        return wrong("leads where the decisions say, so it has to ask for `decisions`".into());
    }
    if action.effect.is_some() && procedure.permit.is_none() {
        return wrong("issues or ends a permit, so the procedure has to name its kind in `permit`".into());
    }
    if procedure.permit.is_none() && action.needs.iter().any(Guard::is_of_permits) {
        return wrong("needs a permit, and the procedure issues none, so it can never be taken".into());
    }
    let mut asked = BTreeSet::new();
    if let Some(ask) = action.asks.iter().find(|ask| !asked.insert((ask.part, &ask.name))) {
        return wrong(format!("asks for {:?} twice", ask.part).to_lowercase());
    }
    if action.asks.iter().any(|ask| ask.part == Part::Day && ask.label.is_none()) {
        return wrong("asks for a `day` without a `label` that says what it is".into());
    }
    let unnamed_day = action.asks.iter().any(|ask| (ask.part == Part::Day) != ask.name.is_some());
    if unnamed_day {
        return wrong("asks for a `day` without a `name`, or names another part".into());
    }
    for guard in &action.needs {
        match guard {
            Guard::Did(other) if *other == action.id => {
                return wrong("needs itself first, so it can never be taken".into());
            }
            Guard::CompleteAsOf(filed) if filed.iter().any(|id| procedure.action(id.as_str()).is_none()) => {
                return wrong("needs the forms complete as of an action which is none".into());
            }
            Guard::Region(regions) if regions.is_empty() || !regions.iter().all(|region| is_region(region)) => {
                return wrong("needs a `region` that is none; write it like \"CN-SH\"".into());
            }
            Guard::DidSince { did, since } if [did, since].iter().any(|id| procedure.action(id.as_str()).is_none()) => {
                return wrong(format!("needs `{did}` since `{since}`, and one of them is no action"));
            }
            Guard::Did(other) if procedure.action(other.as_str()).is_none() => {
                return wrong(format!("needs `{other}`, which is no action"));
            }
            Guard::InTime(clock) | Guard::Late(clock) | Guard::Open(clock) if !runs(procedure, clock) => {
                return wrong(format!("needs the clock `{clock}`, which does not run in this procedure"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Auditors do nothing, administrators close at most what the law has ended, and only an office's key signs a permit.
fn by(file: &str, procedure: &Procedure, action: &ActionDefinition) -> Result<(), ProcedureError> {
    let wrong = |what: &str| Err(ProcedureError::new(file, format!("action `{}` {what}", action.id)));
    if action.by.contains(&Role::Auditor) {
        return wrong("is given to the auditor, who reads only");
    }
    let closes = match &action.to {
        To::State(to) => procedure.state(to.as_str()).is_some_and(|state| state.phase == Phase::Closed),
        _ => false,
    };
    let clerical = closes && action.effect.is_none() && action.needs.contains(&Guard::Over);
    if action.by.contains(&Role::Administrator) && !clerical {
        return wrong("is given to the administrator, who decides nothing but closes what is `over`");
    }
    let signs = matches!(action.effect, Some(Effect::Permit | Effect::Prolong));
    if signs && action.by.iter().any(|role| role.is_handlers()) {
        return wrong("issues a permit, which the handler's side cannot");
    }
    Ok(())
}

fn is_region(text: &str) -> bool {
    text.strip_prefix("CN-").is_some_and(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()))
}
