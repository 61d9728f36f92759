//! What must hold of every case on every day.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::case::{Case, fold};
use crate::clocks::{CaseClock, Running, clocks};
use crate::items::items;
use crate::payload::{Recorded, Verdict};
use crate::procedure::{Phase, To};
use crate::terms::{CaseId, ClockId, Role, Version};
use crate::world::{Due, World};

/// Something that should never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The case.
    pub case: CaseId,
    /// The day.
    pub day: Date,
    /// What.
    pub what: String,
}

/// What a run of a clock was yesterday: by the clock, the action that set it going and the side it binds.
pub(super) type Yesterday = BTreeMap<(ClockId, Version, u8), (Option<Date>, Running)>;

/// Asserts a day of a case; gives what is wrong.
pub(super) fn on_day(
    world: &World<'_>,
    case: &Case,
    day: Date,
    yesterday: &mut Yesterday,
    changed: bool,
) -> Result<Vec<CaseClock>, String> {
    let running = clocks(world, case, day);
    let mut today = Yesterday::new();
    for clock in &running {
        clock_holds(world, clock, day)?;
        let key = (clock.clock.clone(), clock.since, clock.party as u8);
        if let Some((due, was)) = yesterday.get(&key) {
            // Neither a day nor an officer's glance moves a due day: only an action, a notice of holidays or a stop does.
            let stands = matches!(clock.running, Running::Stands { .. });
            if !changed && !stands && *due != clock.due.day() {
                return Err(format!(
                    "the due day of `{}` moved by itself from {due:?} to {:?}",
                    clock.clock,
                    clock.due.day()
                ));
            }
            if matches!(was, Running::Done { .. }) && clock.running != *was && clock.running != Running::Again {
                return Err(format!("`{}` was done and runs again", clock.clock));
            }
        }
        today.insert(key, (clock.due.day(), clock.running));
    }
    *yesterday = today;
    Ok(running)
}

fn clock_holds(world: &World<'_>, clock: &CaseClock, day: Date) -> Result<(), String> {
    if matches!(clock.running, Running::Stands { .. }) && clock.is_late(day) {
        return Err(format!("`{}` stands still and is late", clock.clock));
    }
    let Due::Day { day: due, .. } = &*clock.due else { return Ok(()) };
    let of = world.base.clock_book().clock(clock.clock.as_str()).map_err(|error| error.to_string())?;
    if of.unit == law::ClockUnit::Workdays {
        let works = world.base.calendar().is_working_day(*due).is_ok_and(|kind| kind.counts());
        if !works {
            return Err(format!("`{}` is due on {due}, which is no working day", clock.clock));
        }
    }
    if of.direction == law::Direction::After && *due < clock.start {
        return Err(format!("`{}` is due on {due}, before its event of {}", clock.clock, clock.start));
    }
    if let Some(without) = clock.without_pause.as_ref().and_then(Due::day)
        && without > *due
    {
        return Err(format!("`{}` is due earlier with its stops than without them", clock.clock));
    }
    Ok(())
}

/// Asserts an action that was taken: who, from where, to where, and what became of the permit.
pub(super) fn after_action(world: &World<'_>, before: &Case, after: &Case, recorded: &Recorded) -> Result<(), String> {
    let procedure = world.procedure(&after.procedure).ok_or("the procedure is gone")?;
    let action = procedure.action(recorded.action.as_str()).ok_or("the action is none of the procedure's")?;
    let named = |what: &str| format!("`{}` {what}", action.id);
    if !action.by.contains(&recorded.by.role) {
        return Err(named("was taken by somebody who may not"));
    }
    if matches!(recorded.by.role, Role::Auditor | Role::Recipient) && before.state != after.state {
        return Err(named("moved the case, and a reader took it"));
    }
    let was = procedure.state(before.state.as_str()).ok_or("the state before is none")?;
    let is = procedure.state(after.state.as_str()).ok_or("the state after is none")?;
    if was.phase == Phase::Closed && before.state != after.state {
        return Err(named("moved a closed case"));
    }
    let may_lead = match &action.to {
        To::Stay => after.state == before.state,
        To::State(state) => after.state == *state,
        To::InForce => is.phase == Phase::InForce && is.holder.is_none(),
        To::Result { approved, in_part, refused } => [approved, in_part, refused].contains(&&after.state),
    };
    if !may_lead {
        return Err(named("led somewhere else than it says"));
    }
    if after.version.0 != before.version.0 + 1 || after.history.len() != after.version.0 as usize {
        return Err(named("did not count as one action"));
    }
    permit_holds(after)
}

/// The permit holds what was approved and nothing else.
fn permit_holds(case: &Case) -> Result<(), String> {
    let Some(permit) = case.open_permit().filter(|permit| permit.issued == case.version) else { return Ok(()) };
    let approved = items(&case.dossier).into_iter().filter(|item| {
        let decided = case.decisions.iter().find(|decision| decision.item == item.key);
        decided.is_none_or(|decision| decision.decision == Verdict::Approved)
    });
    let approved: Vec<(String, Vec<String>)> = approved.map(|item| (item.name, item.columns)).collect();
    let permitted = permit.terms.items.iter().flatten();
    let permitted: Vec<(String, Vec<String>)> = permitted
        .map(|item| (item.name.clone(), item.fields.iter().map(|field| field.name.clone()).collect()))
        .collect();
    if approved == permitted { Ok(()) } else { Err("the permit does not hold exactly what was approved".to_owned()) }
}

/// Asserts the whole record at the end: folding it anew gives the same case.
pub(super) fn at_end(case: &Case, record: &[Recorded]) -> Result<(), String> {
    let again = fold(&case.id, record).map_err(|error| error.to_string())?;
    if again != *case {
        return Err("folding the record gives another case".to_owned());
    }
    let written = record.iter().map(|recorded| serde_json::to_string(recorded).map_err(|error| error.to_string()));
    let written = written.collect::<Result<Vec<_>, _>>()?;
    let read = written.iter().map(|text| serde_json::from_str(text).map_err(|error| error.to_string()));
    let read: Vec<Recorded> = read.collect::<Result<_, String>>()?;
    let days_fall = record.windows(2).any(|pair| pair[1].day < pair[0].day);
    if read == record && !days_fall {
        return Ok(());
    }
    Err("the record does not come back from its text as it was, or its days fall".to_owned())
}
