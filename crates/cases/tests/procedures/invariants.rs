//! What holds in every state of every procedure, for every role, on every day on which an action begins or ends.

use std::collections::BTreeSet;

use cases::{ActionDefinition, Guard, Part, Phase, Procedure, Role, State, To, available_actions};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use law::Party;

use crate::support::{actor, base, in_state, procedures, targets, world};

const REGION: &str = "CN-SH";

/// Every state and role of every procedure with what is given there, on every day on which that could differ.
fn everywhere(mut look: impl FnMut(&Procedure, &State, Role, Date, &[&ActionDefinition])) {
    let world = world();
    for procedure in procedures().all() {
        for state in &procedure.states {
            let case = in_state(procedure, state.id.as_str(), REGION, date(2026, 11, 23));
            for day in days(procedure) {
                for role in Role::ALL {
                    let given = available_actions(&world, &case, &actor(role, REGION), day);
                    let given: Vec<&ActionDefinition> = given.iter().map(|given| given.action).collect();
                    look(procedure, state, role, day, &given);
                }
            }
        }
    }
}

/// The procedure's first day, today, and the days around each at which an action begins or ends.
fn days(procedure: &Procedure) -> BTreeSet<Date> {
    let mut days = BTreeSet::from([procedure.from, date(2026, 11, 23)]);
    for action in &procedure.actions {
        for day in [action.in_force.0, action.in_force.1].into_iter().flatten() {
            days.extend([day.saturating_sub(1.day()), day, day.saturating_add(1.day())]);
        }
    }
    days
}

fn moves(action: &ActionDefinition) -> bool {
    action.to != To::Stay
}

/// Withdrawing, stopping, ending, and what follows from the holder's being late.
fn stops(procedure: &Procedure, action: &ActionDefinition) -> bool {
    if action.needs.iter().any(|guard| matches!(guard, Guard::Late(_))) {
        return true;
    }
    let phase = |id: &str| procedure.state(id).unwrap().phase;
    let targets = targets(action);
    !targets.is_empty() && targets.iter().all(|to| matches!(phase(to.as_str()), Phase::Closed | Phase::Held))
}

#[test]
fn nobody_but_the_holders_side_moves_a_case_on() {
    let mut moved = 0;
    everywhere(|procedure, state, role, day, given| {
        let Some(holder) = state.holder else { return };
        for action in given.iter().filter(|action| moves(action) && !stops(procedure, action)) {
            moved += 1;
            assert!(role.serves(holder), "{} `{}`: {role} may `{}` on {day}", procedure.id, state.id, action.id);
        }
    });
    assert!(moved > 200, "{moved}");
}

#[test]
fn auditors_do_nothing_and_administrators_close_only_what_is_over() {
    let mut closing = 0;
    everywhere(|procedure, state, role, _, given| {
        let place = format!("{} `{}`", procedure.id, state.id);
        if role == Role::Auditor {
            assert!(given.is_empty(), "{place}: the auditor may act");
        }
        if role == Role::Administrator {
            for action in given {
                closing += 1;
                assert!(action.needs.contains(&Guard::Over), "{place}: the administrator may `{}`", action.id);
                assert!(action.effect.is_none() && stops(procedure, action), "{place}: `{}` decides", action.id);
            }
        }
    });
    assert!(closing > 0);
}

#[test]
fn closed_states_take_only_messages_notes_receipts_and_reports() {
    everywhere(|procedure, state, role, _, given| {
        if state.phase != Phase::Closed {
            return;
        }
        for action in given {
            let allowed = ["message", "office-note", "report-release", "report-certificate"];
            assert!(allowed.contains(&action.id.as_str()), "{} `{}`: {role} `{}`", procedure.id, state.id, action.id);
            assert!(!moves(action) && action.effect.is_none());
        }
    });
}

#[test]
fn an_office_sees_and_does_nothing_before_a_case_was_submitted() {
    everywhere(|procedure, state, role, _, given| {
        let files = state.holder.is_some_and(|holder| role.serves(holder));
        if state.phase == Phase::Preparing && !role.is_handlers() && !files {
            assert!(given.is_empty(), "{} `{}`: {role} may act on a draft", procedure.id, state.id);
        }
    });
}

#[test]
fn everybody_who_holds_a_case_has_a_way_on_today() {
    let mut held = BTreeSet::new();
    everywhere(|procedure, state, role, day, given| {
        let Some(holder) = state.holder else { return };
        if day == date(2026, 11, 23) && role.serves(holder) && given.iter().any(|action| moves(action)) {
            held.insert((procedure.id.clone(), state.id.clone()));
        }
    });
    for procedure in procedures().all() {
        for state in procedure.states.iter().filter(|state| state.holder.is_some()) {
            assert!(held.contains(&(procedure.id.clone(), state.id.clone())), "{} `{}`", procedure.id, state.id);
        }
    }
}

#[test]
fn every_action_is_given_to_each_of_its_roles_somewhere() {
    let mut given_to = BTreeSet::new();
    everywhere(|procedure, _, role, _, given| {
        given_to.extend(given.iter().map(|action| (procedure.id.clone(), action.id.clone(), role)));
    });
    for procedure in procedures().all() {
        for action in procedure.actions.iter().filter(|action| action.id.as_str() != "open") {
            let somewhere = |role: &&Role| given_to.contains(&(procedure.id.clone(), action.id.clone(), **role));
            let never: Vec<&Role> = action.by.iter().filter(|role| !somewhere(role)).collect();
            // Bodies and authorities that a procedure never goes to may still write where a case is theirs.
            assert!(never.is_empty(), "{} `{}` is never given to {never:?}", procedure.id, action.id);
        }
    }
}

#[test]
fn a_step_of_the_law_is_given_only_while_it_is_one() {
    everywhere(|procedure, _, _, day, given| {
        for action in given {
            assert!(action.in_force(day), "{} `{}` on {day}", procedure.id, action.id);
        }
    });
    let unneeded = procedures().get("security-assessment").unwrap().action("withdraw-unneeded").unwrap();
    assert!(!unneeded.in_force(date(2024, 3, 21)) && unneeded.in_force(date(2024, 3, 22)));
}

#[test]
fn every_clock_of_the_lawbook_is_used_and_no_other() {
    let used: BTreeSet<&str> = procedures().clocks().into_iter().map(cases::ClockId::as_str).collect();
    let law: BTreeSet<&str> = base().clock_book().clocks().iter().map(|clock| clock.id.as_str()).collect();
    let unused: Vec<_> = law.difference(&used).collect();
    let unknown: Vec<_> = used.difference(&law).collect();
    assert!(unused.is_empty() && unknown.is_empty(), "unused {unused:?}, unknown {unknown:?}");
}

#[test]
fn nobody_is_asked_to_do_a_duty_of_nobody_or_of_a_person() {
    for procedure in procedures().all() {
        for used in &procedure.clocks {
            for id in &used.clock {
                let clock = base().clock_book().clock(id.as_str()).unwrap();
                if matches!(clock.party, Party::Nobody | Party::Individual) {
                    assert!(used.ends.is_empty(), "{} `{id}`", procedure.id);
                }
            }
        }
    }
}

#[test]
fn decisions_and_permits_are_an_offices() {
    for procedure in procedures().all() {
        for action in &procedure.actions {
            let decides = action.asks_for(Part::Decisions).is_some() || action.asks_for(Part::Workdays).is_some();
            if decides || matches!(action.effect, Some(cases::Effect::Permit | cases::Effect::Prolong)) {
                let handlers = action.by.iter().any(|role| role.is_handlers());
                assert!(!handlers, "{} `{}` is the handler's", procedure.id, action.id);
            }
        }
    }
}
