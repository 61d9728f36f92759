//! What somebody does on a day of a case, or tries to.

use jiff::civil::Date;

use super::invariants::after_action;
use super::life::{Life, phase};
use super::{Report, made_up};
use crate::act::{Available, act, available_actions, refusal};
use crate::case::Case;
use crate::payload::{Payload, Recorded};
use crate::procedure::{ActionDefinition, Part, Phase, To};
use crate::refusal::Refusal;
use crate::terms::{ActionId, Actor, Role, Version};
use crate::world::World;

/// What was taken less often than this is never held back.
const SELDOM: u64 = 3;

/// What somebody tried, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: jiff::Timestamp,
    /// The version they had seen; of a new case 0.
    pub seen: Version,
    /// What they tried; `open` opens a case.
    pub action: ActionId,
    /// What it took along.
    pub payload: Payload,
    /// The action as it was recorded, or why not.
    pub came: Result<Recorded, Refusal>,
}

impl Life<'_, '_> {
    /// Somebody acts, or tries to. Whether something was recorded.
    pub(super) fn step(
        &mut self,
        world: &World<'_>,
        case: &mut Case,
        day: Date,
        report: &mut Report,
    ) -> Result<bool, String> {
        let holder =
            world.procedure(&case.procedure).and_then(|of| of.state(case.state.as_str())).and_then(|s| s.holder);
        let theirs: Vec<Role> =
            Role::ALL.into_iter().filter(|role| holder.is_some_and(|party| role.serves(party))).collect();
        let role = if self.dice.in_thousand(700) { self.dice.of(&theirs).copied() } else { None };
        let role = role.or_else(|| self.dice.of(&Role::ALL).copied()).unwrap_or(Role::Applicant);
        let actor = self.actor(role, &case.handler.uscc, &case.handler.region);
        self.try_what_is_not_given(world, case, &actor, day, report)?;
        let given = available_actions(world, case, &actor, day);
        let free: Vec<_> = given.iter().filter(|one| one.blocked.is_none()).map(|one| one.action).collect();
        // What moves the case is taken more often than what does not, and what ends it less often.
        let moves: Vec<_> = free.iter().filter(|action| action.to != To::Stay).collect();
        let taken = |action: &&&ActionDefinition| {
            report.taken.get(&(case.procedure.clone(), action.id.clone())).copied().unwrap_or(0)
        };
        // Whoever may go on once the forms are filled in mostly fills them in.
        let waits = |one: &Available<'_>| {
            matches!(
                one.blocked,
                Some(
                    Refusal::Incomplete { .. }
                        | Refusal::MarksOpen { .. }
                        | Refusal::ConditionsOpen { .. }
                        | Refusal::NoItems
                )
            )
        };
        let fills = |action: &&&ActionDefinition| action.asks_for(Part::Answers).is_some();
        let to_fill = if given.iter().any(waits) { free.iter().find(fills) } else { None };
        // What was hardly ever done has to come up, too.
        let novel = free.iter().min_by_key(taken).filter(|action| taken(action) < SELDOM);
        let action = match self.dice.below(10) {
            _ if novel.is_some() => novel.copied(),
            0..=4 if to_fill.is_some() => to_fill.copied(),
            0..=7 => self.dice.of(&moves).map(|action| **action),
            _ => None,
        };
        let Some(action) = action.or_else(|| self.dice.of(&free).copied()) else { return Ok(false) };
        let seldom = taken(&&action) < SELDOM;
        // What is in force lives on for years, and most of what is filed is seen through.
        let ends = leads_to(world, case, action).iter().any(|phase| matches!(phase, Phase::Closed | Phase::Held));
        let often = if phase(world, case) == Some(Phase::InForce) { 10 } else { 60 };
        if ends && !seldom && !self.dice.in_thousand(often) {
            return Ok(false);
        }
        let for_handler = role.is_handlers();
        let drawn = made_up::payload(world, case, action, &mut self.dice, day, for_handler);
        let Some(payload) = drawn else { return Ok(false) };
        let recorded = self.act(world, case, &actor, day, case.version, &action.id, &payload);
        let recorded = recorded.map_err(|refusal| format!("`{}` was given and refused: {refusal}", action.id))?;
        let before = case.clone();
        case.apply(&recorded).map_err(|error| error.to_string())?;
        after_action(world, &before, case, &recorded)?;
        self.record.push(recorded);
        self.count(case, report);
        // A second officer who had the same page open comes too late.
        match self.act(world, case, &actor, day, before.version, &action.id, &payload) {
            Err(Refusal::Stale { .. }) => {}
            _ => return Err(format!("`{}` was taken twice at the same version", action.id)),
        }
        Ok(true)
    }

    /// Tries an action, and notes it where that is asked for.
    #[allow(clippy::too_many_arguments, reason = "they are what a request has")]
    fn act(
        &mut self,
        world: &World<'_>,
        case: &Case,
        by: &Actor,
        day: Date,
        seen: Version,
        action: &ActionId,
        payload: &Payload,
    ) -> Result<Recorded, Refusal> {
        let acting = self.acting(by, day, seen);
        let at = acting.at;
        let came = act(world, case, acting, action, payload.clone());
        self.tell(by, at, seen, action.as_str(), payload, &came);
        came
    }

    pub(super) fn tell(
        &mut self,
        by: &Actor,
        at: jiff::Timestamp,
        seen: Version,
        action: &str,
        payload: &Payload,
        came: &Result<Recorded, Refusal>,
    ) {
        if let Some(tried) = &mut self.tried {
            let (by, action) = (by.clone(), ActionId::new(action));
            tried.push(Tried { by, at, seen, action, payload: payload.clone(), came: came.clone() });
        }
    }

    /// What nobody gave is refused, and leaves no trace.
    fn try_what_is_not_given(
        &mut self,
        world: &World<'_>,
        case: &Case,
        actor: &Actor,
        day: Date,
        report: &mut Report,
    ) -> Result<(), String> {
        let Some(procedure) = world.procedure(&case.procedure) else { return Ok(()) };
        let Some(action) = self.dice.of(&procedure.actions) else { return Ok(()) };
        if refusal(world, case, actor, &action.id, day).is_none() {
            return Ok(());
        }
        let id: ActionId = action.id.clone();
        match self.act(world, case, actor, day, case.version, &id, &Payload::default()) {
            Ok(_) => Err(format!("`{id}` was not given to {} and was taken", actor.role)),
            Err(refusal) => {
                *report.refused.entry(refusal.code()).or_default() += 1;
                Ok(())
            }
        }
    }
}

/// The phases an action can lead to from where the case is.
fn leads_to(world: &World<'_>, case: &Case, action: &ActionDefinition) -> Vec<Phase> {
    let Some(procedure) = world.procedure(&case.procedure) else { return Vec::new() };
    let states = match &action.to {
        To::State(state) => vec![state],
        // What is decided is for the dice.
        To::Stay | To::InForce | To::Result { .. } => Vec::new(),
    };
    states.into_iter().filter_map(|state| procedure.state(state.as_str())).map(|state| state.phase).collect()
}
