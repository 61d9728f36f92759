//! What must hold before an action may be taken, held against the case on a day.

use jiff::civil::Date;

use crate::case::Case;
use crate::clocks::{CaseClock, Running, clocks};
use crate::conditions;
use crate::items::items;
use crate::procedure::{ActionDefinition, Guard, Procedure};
use crate::refusal::Refusal;
use crate::terms::ClockId;
use crate::world::World;

/// The first of an action's guards that does not hold.
pub(crate) fn guards(
    world: &World<'_>,
    procedure: &Procedure,
    case: &Case,
    action: &ActionDefinition,
    today: Date,
) -> Result<(), Refusal> {
    // Most actions ask for no clock.
    let running = std::cell::OnceCell::new();
    let running = || running.get_or_init(|| clocks(world, case, today)).as_slice();
    action.needs.iter().try_for_each(|guard| self::guard(world, procedure, case, action, guard, today, &running))
}

fn guard<'c>(
    world: &World<'_>,
    procedure: &Procedure,
    case: &Case,
    action: &ActionDefinition,
    guard: &Guard,
    today: Date,
    running: &dyn Fn() -> &'c [CaseClock],
) -> Result<(), Refusal> {
    let hold = |holds: bool, refusal: Refusal| if holds { Ok(()) } else { Err(refusal) };
    let action = &action.id;
    match guard {
        Guard::Complete => complete(world, procedure, case, today),
        Guard::CompleteAsOf(filed) => {
            let filed = case.history.iter().rev().find(|happened| filed.contains(&happened.action));
            let on_that_day = filed.map(|filed| complete(world, procedure, case, filed.day));
            on_that_day.filter(Result::is_ok).unwrap_or_else(|| complete(world, procedure, case, today))
        }
        Guard::MarksAnswered => {
            let at: Vec<String> = case.open_marks().map(|mark| mark.at.clone()).collect();
            hold(at.is_empty(), Refusal::MarksOpen { at })
        }
        Guard::Items => hold(!items(&case.dossier).is_empty(), Refusal::NoItems),
        Guard::Once => hold(case.last(action).is_none(), Refusal::Twice { action: action.clone() }),
        Guard::Permit => hold(!case.permits.is_empty(), Refusal::NoPermit { action: action.clone() }),
        Guard::Valid => {
            let valid =
                case.open_permit().is_some_and(|permit| permit.terms.last_day().is_none_or(|last| today <= last));
            hold(valid, Refusal::NoPermit { action: action.clone() })
        }
        Guard::Over => {
            let until = case.permits.last().and_then(|permit| permit.terms.last_day());
            hold(until.is_some_and(|last| last < today), Refusal::NotOver { action: action.clone(), until })
        }
        Guard::Did(first) => {
            hold(case.last(first).is_some(), Refusal::NotYet { action: action.clone(), first: first.clone() })
        }
        Guard::DidSince { did, since } => {
            let since = case.last(since).map(|happened| happened.version);
            let done = case.last(did).is_some_and(|happened| Some(happened.version) > since);
            hold(done, Refusal::NotYet { action: action.clone(), first: did.clone() })
        }
        Guard::InTime(clock) => {
            let run = last(running(), clock);
            let until = run.and_then(|run| run.due.day());
            let in_time = run.is_some_and(|run| run.is_open() && !run.is_late(today));
            hold(in_time, Refusal::TooLate { clock: clock.clone(), until })
        }
        Guard::Late(clock) => {
            let run = last(running(), clock);
            let until = run.and_then(|run| run.due.day());
            hold(run.is_some_and(|run| run.is_late(today)), Refusal::TooEarly { clock: clock.clone(), until })
        }
        Guard::Open(clock) => {
            let run = last(running(), clock);
            let from = run.and_then(CaseClock::opens);
            let is_open = run.is_some_and(CaseClock::is_open) && from.is_some_and(|from| from <= today);
            hold(is_open, Refusal::NotOpen { clock: clock.clone(), from })
        }
        Guard::Region(regions) => {
            let of = regions.join(", ");
            hold(regions.contains(&case.handler.region), Refusal::NotHere { action: action.clone(), regions: of })
        }
        Guard::Conditions(conditions) => conditions::hold(world, case, conditions),
        Guard::Publishable => hold(case.publish == Some(true), Refusal::NotForPublication { action: action.clone() }),
    }
}

/// Whether the forms of the state have no gap as of a day.
fn complete(world: &World<'_>, procedure: &Procedure, case: &Case, on: Date) -> Result<(), Refusal> {
    let forms = procedure.state(case.state.as_str()).and_then(|state| state.forms);
    let gaps = forms.map_or_else(Vec::new, |of| dossier::gaps(world.forms, world.base, of, &case.dossier, on));
    if !gaps.is_empty() {
        return Err(Refusal::Incomplete { gaps });
    }
    same_handler(case)
}

/// The forms name the handler whose case it is.
fn same_handler(case: &Case) -> Result<(), Refusal> {
    let named = case.dossier.answers.iter().find(|(path, _)| path.field() == "handler.uscc");
    let named = named.and_then(|(_, answer)| answer.value.as_str());
    if named.is_none_or(|named| transfer::is_same_name(named, &case.handler.uscc)) {
        return Ok(());
    }
    Err(Refusal::Bad { what: "the forms' `handler.uscc` is another than the case's".to_owned() })
}

/// The last run of a clock that waits for somebody, or did until its time was over.
fn last<'c>(running: &'c [CaseClock], clock: &ClockId) -> Option<&'c CaseClock> {
    let waits = |run: &&CaseClock| run.is_open() || run.running == Running::Over;
    running.iter().rev().filter(|run| run.clock == *clock).find(waits)
}
