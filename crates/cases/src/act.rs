//! What may be done next, and doing it: pure functions of the case, the actor and the day.

use evidence::NoteSigner;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::case::Case;
use crate::clocks::{CaseClock, Running, clocks};
use crate::items::items;
use crate::jurisdiction::may_act;
use crate::payload::{Payload, Recorded, Verdict};
use crate::payload_check;
use crate::permit;
use crate::procedure::{ActionDefinition, Effect, From, Guard, Phase, Procedure, To};
use crate::refusal::Refusal;
use crate::terms::{ActionId, Actor, CaseId, ClockId, RequestId, StateId, Version};
use crate::world::World;

/// The first action of every case.
const OPEN: &str = "open";
/// Hours by which the day of the law is ahead of universal time.
const OFFSET: i8 = 8;

/// Who acts, when, and having seen what.
#[derive(Clone, Copy)]
pub struct Acting<'a> {
    /// Who.
    pub by: &'a Actor,
    /// When.
    pub at: Timestamp,
    /// The version the actor has seen; of a new case 0.
    pub seen: Version,
    /// The caller's own name for this request.
    pub request: Option<&'a RequestId>,
    /// The key of the office that signs what the action permits.
    pub signer: Option<&'a dyn NoteSigner>,
}

/// An action that role and state give, and what keeps it from being taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available<'a> {
    /// The action.
    pub action: &'a ActionDefinition,
    /// Why it cannot be taken today; none: it can.
    pub blocked: Option<Refusal>,
}

/// The civil day of the law, in UTC+8.
pub(crate) fn day_of(at: Timestamp) -> Date {
    local(at).date()
}

/// The moment in UTC+8.
pub(crate) fn local(at: Timestamp) -> DateTime {
    at.to_zoned(TimeZone::fixed(jiff::tz::offset(OFFSET))).datetime()
}

/// What the actor may do with the case on the day: every action that role, state and day give, in the procedure's order; those
/// that something still keeps from being taken say what.
pub fn available_actions<'a>(world: &World<'a>, case: &Case, actor: &Actor, today: Date) -> Vec<Available<'a>> {
    let Some(procedure) = world.procedure(&case.procedure) else { return Vec::new() };
    let Some(state) = procedure.state(case.state.as_str()) else { return Vec::new() };
    if !may_act(world, actor, case) {
        return Vec::new();
    }
    let given = procedure
        .actions
        .iter()
        .filter(|action| action.by.contains(&actor.role) && action.is_from(state) && action.in_force(today));
    let guarded = given.map(|action| {
        let blocked = guards(world, procedure, case, action, today).err();
        Available { action, blocked }
    });
    guarded.collect()
}

/// Why the actor cannot take the action on the day, whatever it would take along; `None`: nothing keeps it.
pub fn refusal(world: &World<'_>, case: &Case, actor: &Actor, action: &ActionId, today: Date) -> Option<Refusal> {
    check(world, case, actor, action, today).err()
}

fn check<'a>(
    world: &World<'a>,
    case: &Case,
    actor: &Actor,
    action: &ActionId,
    today: Date,
) -> Result<(&'a Procedure, &'a ActionDefinition), Refusal> {
    let procedure = known(world, case.procedure.as_str())?;
    if !may_act(world, actor, case) {
        return Err(Refusal::NotYours { case: case.id.clone() });
    }
    let unknown = || Refusal::UnknownAction { action: action.clone(), procedure: procedure.id.to_string() };
    let action = procedure.action(action.as_str()).ok_or_else(unknown)?;
    allowed(action, actor, today)?;
    let state = procedure.state(case.state.as_str());
    if !state.is_some_and(|state| action.is_from(state)) {
        return Err(Refusal::WrongState {
            action: action.id.clone(),
            state: case.state.clone(),
            from: froms(procedure, action),
        });
    }
    if let Some(last) = case.history.last().map(|happened| happened.day).filter(|last| today < *last) {
        return Err(Refusal::Backwards { day: today, last });
    }
    guards(world, procedure, case, action, today)?;
    Ok((procedure, action))
}

fn known<'a>(world: &World<'a>, procedure: &str) -> Result<&'a Procedure, Refusal> {
    world.procedures.get(procedure).ok_or_else(|| Refusal::UnknownProcedure {
        procedure: procedure.to_owned(),
        known: world.procedures.all().iter().map(|known| known.id.as_str()).collect::<Vec<_>>().join(", "),
    })
}

fn allowed(action: &ActionDefinition, actor: &Actor, today: Date) -> Result<(), Refusal> {
    if !action.by.contains(&actor.role) {
        let by = action.by.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
        return Err(Refusal::WrongRole { action: action.id.clone(), role: actor.role, by });
    }
    if !action.in_force(today) {
        let day = |day: Option<Date>, open: &str| day.map_or(open.to_owned(), |day| day.to_string());
        let (from, to) = (day(action.in_force.0, "the beginning"), day(action.in_force.1, "today"));
        return Err(Refusal::NotInForce { action: action.id.clone(), on: today, from, to });
    }
    Ok(())
}

fn froms(procedure: &Procedure, action: &ActionDefinition) -> String {
    match &action.from {
        From::States(states) if states.is_empty() => "no state: a case is opened once".to_owned(),
        From::States(states) => states.iter().map(StateId::as_str).collect::<Vec<_>>().join(", "),
        From::Any | From::Open => {
            let open = procedure.states.iter().filter(|state| state.phase != Phase::Closed);
            open.map(|state| state.id.as_str()).collect::<Vec<_>>().join(", ")
        }
    }
}

fn guards(
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

/// Takes an action: checks it against procedure, law and state and gives the record to append. The case itself is not changed.
///
/// A request that was recorded before is not taken again: ask [`Case::answered_as`] first.
pub fn act(
    world: &World<'_>,
    case: &Case,
    acting: Acting<'_>,
    action: &ActionId,
    payload: Payload,
) -> Result<Recorded, Refusal> {
    if acting.seen != case.version {
        return Err(Refusal::Stale { case: case.id.clone(), seen: acting.seen, is: case.version });
    }
    let day = day_of(acting.at);
    let (procedure, definition) = check(world, case, acting.by, action, day)?;
    payload_check::check(world, Some(case), definition, &payload)?;
    let state = target(procedure, case, definition, &payload);
    let mut recorded = recorded(acting, day, action, Version(case.version.0 + 1), state, definition.effect, payload);
    recorded.payload.permit = permit::issue(world, procedure, definition, case, &recorded, acting.signer)?;
    if recorded.payload.permit.is_none() && definition.effect == Some(Effect::Prolong) {
        return Err(Refusal::NoPermit { action: action.clone() });
    }
    Ok(recorded)
}

/// Opens a case: its first action.
pub fn open_case(world: &World<'_>, id: &CaseId, acting: Acting<'_>, payload: Payload) -> Result<Recorded, Refusal> {
    let opening = payload.opening.as_ref();
    let missing = || Refusal::Missing { action: ActionId::new(OPEN), part: crate::Part::Opening, name: None };
    let opening = opening.ok_or_else(missing)?;
    let procedure = known(world, opening.procedure.as_str())?;
    let day = day_of(acting.at);
    let action = procedure
        .action(OPEN)
        .ok_or_else(|| Refusal::UnknownAction { action: ActionId::new(OPEN), procedure: procedure.id.to_string() })?;
    allowed(action, acting.by, day)?;
    if day < procedure.from {
        let from = procedure.from.to_string();
        return Err(Refusal::NotInForce { action: action.id.clone(), on: day, from, to: "today".to_owned() });
    }
    if !procedure.channels.contains(&opening.channel) {
        return Err(Refusal::NoChannel { procedure: procedure.id.to_string() });
    }
    payload_check::check(world, None, action, &payload)?;
    let recorded = recorded(acting, day, &action.id, Version(1), procedure.first().clone(), action.effect, payload);
    let case = Case::opened(id, &recorded).map_err(|error| Refusal::Record { what: error.to_string() })?;
    if may_act(world, acting.by, &case) { Ok(recorded) } else { Err(Refusal::NotYours { case: id.clone() }) }
}

fn recorded(
    acting: Acting<'_>,
    day: Date,
    action: &ActionId,
    version: Version,
    state: StateId,
    effect: Option<Effect>,
    payload: Payload,
) -> Recorded {
    let request = acting.request.cloned();
    let (at, by, action) = (acting.at, acting.by.clone(), action.clone());
    Recorded { version, at, day, by, action, request, state, effect, payload }
}

fn target(procedure: &Procedure, case: &Case, action: &ActionDefinition, payload: &Payload) -> StateId {
    match &action.to {
        To::Stay => case.state.clone(),
        To::State(state) => state.clone(),
        To::InForce => {
            let resting = |state: &&StateId| {
                procedure
                    .state(state.as_str())
                    .is_some_and(|state| state.phase == Phase::InForce && state.holder.is_none())
            };
            let reached = case.history.iter().rev().map(|happened| &happened.to);
            reached.into_iter().find(resting).unwrap_or(&case.state).clone()
        }
        To::Result { approved, in_part, refused } => {
            let of = |verdict: Verdict| payload.decisions.iter().any(|decision| decision.decision == verdict);
            match (of(Verdict::Approved), of(Verdict::Refused)) {
                (true, false) => approved.clone(),
                (true, true) => in_part.clone(),
                (false, _) => refused.clone(),
            }
        }
    }
}
