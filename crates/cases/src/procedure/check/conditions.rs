//! What must hold of the conditions of an extension: all of the law's, each told by questions that its forms ask.

use std::collections::BTreeSet;

use dossier::{Forms, Kind};
use law::{ClockBook, ExtensionCondition};

use super::ProcedureError;
use crate::procedure::{ActionDefinition, ConditionUse, From, Guard, Procedure, Procedures};

impl Procedures {
    /// Holds the conditions that actions need against the law and the forms: every condition of an extension stands there once, and
    /// is told by fields that are asked where the action is taken from.
    pub fn check_conditions(&self, law: &ClockBook, forms: &Forms) -> Result<(), ProcedureError> {
        let known = &law.renewal().conditions;
        for procedure in &self.all {
            for action in &procedure.actions {
                for guard in &action.needs {
                    let Guard::Conditions(uses) = guard else { continue };
                    let wrong = |what| {
                        let what = format!("action `{}` {what}", action.id);
                        ProcedureError::new(format!("{}.toml", procedure.id), what)
                    };
                    all(uses, known).map_err(wrong)?;
                    let asked = asked(procedure, action).map_err(wrong)?;
                    uses.iter().try_for_each(|used| told(used, known, forms, &asked)).map_err(wrong)?;
                }
            }
        }
        Ok(())
    }
}

/// Each condition of the law once, and no other.
fn all(uses: &[ConditionUse], known: &[ExtensionCondition]) -> Result<(), String> {
    let mut named = BTreeSet::new();
    for used in uses {
        if !known.iter().any(|condition| condition.id == used.id) {
            return Err(format!("needs the condition `{}`, which is none of an extension", used.id));
        }
        if !named.insert(used.id.as_str()) {
            return Err(format!("needs the condition `{}` twice: put its fields together", used.id));
        }
    }
    match known.iter().find(|condition| !named.contains(condition.id.as_str())) {
        Some(left) => Err(format!("leaves out the condition `{}`: all of them hold at once", left.id)),
        None => Ok(()),
    }
}

/// The forms that are filled in where the action is taken from.
fn asked(procedure: &Procedure, action: &ActionDefinition) -> Result<Vec<dossier::Procedure>, String> {
    let From::States(states) = &action.from else {
        return Err("needs conditions, so `from` has to list the states in which they are answered".to_owned());
    };
    let forms = |state: &crate::StateId| {
        let forms = procedure.state(state.as_str()).and_then(|state| state.forms);
        forms.ok_or_else(|| format!("needs conditions, and the state `{state}` has no forms to answer them in"))
    };
    states.iter().map(forms).collect()
}

/// The fields tell what the condition asks.
fn told(
    used: &ConditionUse,
    known: &[ExtensionCondition],
    forms: &Forms,
    asked: &[dossier::Procedure],
) -> Result<(), String> {
    let wrong = |what: String| Err(format!("needs the condition `{}`, which {what}", used.id));
    if used.fields().next().is_none() {
        return wrong("looks at no field: name some in `yes`, `growth` or `said`".to_owned());
    }
    for id in used.fields() {
        let Some(field) = forms.field(id) else { return wrong(format!("looks at `{id}`, and that is no field")) };
        if asked.iter().any(|of| field.needs.of(*of).is_none()) {
            return wrong(format!("looks at `{id}`, for which the forms of its state do not ask"));
        }
        let fits = match () {
            () if used.yes.contains(id) => field.kind == Kind::YesNo,
            () if used.growth.contains(id) => field.kind == Kind::Growth,
            () => true,
        };
        if !fits {
            return wrong(format!("looks at `{id}`, whose answer is of another kind"));
        }
    }
    let bounded = known.iter().any(|condition| condition.id == used.id && condition.percent.is_some());
    match (bounded, used.growth.is_empty()) {
        (true, true) => wrong("is a bound of a growth, and looks at none".to_owned()),
        (false, false) => wrong("looks at a `growth`, and the law names no percent".to_owned()),
        _ => Ok(()),
    }
}
