//! What must hold of the clocks a procedure uses, alone and against the law.

use std::collections::BTreeSet;

use law::{Bound, Clock, ClockBook, Extension, Party, Pauses, Unsaid};

use super::{ProcedureError, in_both, runs, states_day, targets};
use crate::procedure::{ClockUse, Guard, Part, Procedure, Procedures, Start};
use crate::terms::{ActionId, ClockId};

/// What can be said of one clock without the law.
pub(super) fn check(file: &str, procedure: &Procedure, used: &ClockUse) -> Result<(), ProcedureError> {
    let id = used.clock.first().map_or("", ClockId::as_str);
    let wrong = |what: String| Err(ProcedureError::new(file, format!("clock `{id}` {what}")));
    if used.clock.is_empty() || used.starts.is_empty() {
        return wrong("has no name or no start".into());
    }
    if let Some(reading) = &used.reading {
        in_both(file, &format!("clock `{id}`"), &reading.text)?;
    }
    let pausing = used.pauses.iter().flat_map(|(from, to)| std::iter::once(from).chain(to));
    let named = pausing.chain(&used.ends).chain(&used.drops).chain(&used.prolonged_by);
    if let Some(action) = named.into_iter().find(|action| procedure.action(action.as_str()).is_none()) {
        return wrong(format!("names the action `{action}`, which is none"));
    }
    for start in &used.starts {
        match start {
            Start::Action { action, day, to } => {
                let Some(definition) = procedure.action(action.as_str()) else {
                    return wrong(format!("starts by the action `{action}`, which is none"));
                };
                if let Some(day) = day
                    && !states_day(definition, day)
                {
                    return wrong(format!("starts on the day `{day}`, for which `{action}` does not ask"));
                }
                let leads = targets(definition);
                if let Some(state) = to.iter().find(|state| !leads.contains(state)) {
                    return wrong(format!("starts where `{action}` leads to `{state}`, and it never does"));
                }
            }
            Start::EndOf { clock: other, .. } if !before(procedure, other, id) => {
                return wrong(format!("starts from the end of `{other}`, which has to stand before it"));
            }
            Start::EndOf { clock: other, .. } if !runs(procedure, other) => {
                return wrong(format!("starts from the end of `{other}`, which does not run in this procedure"));
            }
            Start::EndOf { after: Some(action), .. } if procedure.action(action.as_str()).is_none() => {
                return wrong(format!("starts after `{action}`, which is no action"));
            }
            Start::Law { before } if !procedure.actions.iter().any(|action| states_day(action, before)) => {
                return wrong(format!("looks at the day `{before}`, for which no action asks"));
            }
            Start::Fixed { after } if procedure.action(after.as_str()).is_none() => {
                return wrong(format!("starts once `{after}` was taken, which is no action"));
            }
            Start::EndOf { .. } | Start::Law { .. } | Start::Fixed { .. } => {}
        }
    }
    if let Some(action) = used.ends.iter().find(|action| used.drops.contains(action)) {
        return wrong(format!("is both ended and dropped by `{action}`"));
    }
    let prolonging = used.prolonged_by.iter().filter_map(|id| procedure.action(id.as_str()));
    if let Some(action) = prolonging.into_iter().find(|action| action.asks_for(Part::Workdays).is_none()) {
        return wrong(format!("is prolonged by `{}`, which does not ask for `workdays`", action.id));
    }
    Ok(())
}

/// Whether the first clock is worked out before the second; of one that does not run at all another check speaks.
fn before(procedure: &Procedure, first: &ClockId, second: &str) -> bool {
    let at = |id: &str| procedure.clocks.iter().position(|used| used.clock.iter().any(|clock| clock.as_str() == id));
    at(first.as_str()).zip(at(second)).is_none_or(|(first, second)| first < second)
}

/// Whether use and law fit together; what does not is the answer.
fn fits(procedure: &Procedure, used: &ClockUse, clock: &Clock) -> Result<(), String> {
    let unless = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    let said = |by_law: &str| Err(by_law.to_owned());
    if !used.pauses.is_empty() && clock.pauses == Pauses::Not(Unsaid::None) {
        return said("is stopped, and its provision knows no stop");
    }
    if !used.prolonged_by.is_empty() && clock.extension == Extension::Not(Unsaid::None) {
        return said("is prolonged, and its provision knows no extension");
    }
    let by_law = used.starts.iter().any(|start| matches!(start, Start::Law { .. } | Start::Fixed { .. }));
    unless(!by_law || clock.starts.is_some(), "starts by the law, and the lawbook names no day")?;
    let of_both = used.party.is_none() || clock.party == Party::BothSides;
    unless(of_both, "has a `party`, and the law names one side only")?;
    unless(!used.right || clock.bound != Bound::Through, "is a state that lasts and no right")?;
    if clock.bound == Bound::By && !used.right {
        let party = used.party.unwrap_or(clock.party);
        let theirs = |id: &ActionId| {
            procedure.action(id.as_str()).is_some_and(|action| action.by.iter().any(|role| role.serves(party)))
        };
        unless(!used.ends.is_empty(), "is a duty that no action in `ends` ever does; or is it a `right`?")?;
        unless(used.ends.iter().any(theirs), "is ended by nobody whose duty it is")?;
    }
    Ok(())
}

/// Whether a guard can ever hold of the clock it names.
fn guarded(guard: &Guard, procedure: &Procedure, law: &ClockBook) -> Result<(), String> {
    let bound = |id: &ClockId| law.clock(id.as_str()).map(|clock| clock.bound);
    let right = |id: &ClockId| procedure.clocks.iter().any(|used| used.right && used.clock.contains(id));
    match guard {
        Guard::Open(id) if matches!(bound(id), Ok(Bound::By | Bound::Through)) => {
            Err(format!("needs the window of `{id}`, which is a period to act by and no window"))
        }
        Guard::InTime(id) | Guard::Late(id)
            if matches!(bound(id), Ok(Bound::From | Bound::Beyond | Bound::Through)) =>
        {
            Err(format!("looks whether `{id}` is over, and nothing has to be done by it"))
        }
        Guard::Late(id) if right(id) => Err(format!("needs `{id}` to be late, and nobody is late with a right")),
        _ => Ok(()),
    }
}

impl Procedures {
    /// Holds the clocks of all procedures against the law: each exists, is stopped only where its provision allows that or is
    /// not known, and is prolonged only where that may be.
    pub fn check_clocks(&self, law: &ClockBook) -> Result<(), ProcedureError> {
        for procedure in &self.all {
            let wrong = |what: String| Err(ProcedureError::new(format!("{}.toml", procedure.id), what));
            for used in &procedure.clocks {
                for id in &used.clock {
                    let Ok(clock) = law.clock(id.as_str()) else {
                        return wrong(format!("clock `{id}` is none of the lawbook's"));
                    };
                    fits(procedure, used, clock).or_else(|what| wrong(format!("clock `{id}` {what}")))?;
                }
            }
            for action in &procedure.actions {
                for guard in &action.needs {
                    let place = |what| wrong(format!("action `{}` {what}", action.id));
                    guarded(guard, procedure, law).or_else(place)?;
                }
            }
        }
        Ok(())
    }

    /// Every clock that a procedure uses.
    pub fn clocks(&self) -> BTreeSet<&ClockId> {
        self.all.iter().flat_map(|procedure| &procedure.clocks).flat_map(|used| &used.clock).collect()
    }

    /// Every action of a procedure, by its id.
    pub fn actions(&self) -> impl Iterator<Item = (&Procedure, &ActionId)> {
        self.all.iter().flat_map(|procedure| procedure.actions.iter().map(move |action| (procedure, &action.id)))
    }
}
