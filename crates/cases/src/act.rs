//! What may be done next, and doing it: pure functions of the case, the actor and the day.

use evidence::NoteSigner;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::case::Case;
use crate::guards::guards;
use crate::jurisdiction::may_act;
use crate::payload::{self, Payload, Recorded, Verdict};
use crate::permit;
use crate::procedure::{ActionDefinition, Effect, From, Phase, Procedure, To};
use crate::refusal::Refusal;
use crate::terms::{ActionId, Actor, CaseId, RequestId, StateId, Version};
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
    payload::check::check(world, Some(case), definition, &payload)?;
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
    payload::check::check(world, None, action, &payload)?;
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
