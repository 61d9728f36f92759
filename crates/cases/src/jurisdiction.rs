//! Who has to do with which case.

use law::Party;

use crate::case::Case;
use crate::procedure::{Phase, Procedure};
use crate::terms::{Actor, Role, Scope};
use crate::world::World;

/// Whether the actor has to do with the case at all.
///
/// Handlers see their own cases and those filed for them by their group; a recipient and an adviser the one they were asked to;
/// offices those that go to them once they were submitted, and what an office files itself; the national office and auditors all
/// of those.
pub fn may_see(world: &World<'_>, actor: &Actor, case: &Case) -> bool {
    let before = || world.procedure(&case.procedure).map(|procedure| before(procedure, case));
    let submitted = || before() == Some(Before::Offices);
    match &actor.scope {
        Scope::All => match actor.role {
            Role::Administrator => true,
            Role::National | Role::Auditor => submitted(),
            _ => false,
        },
        Scope::Handler(uscc) => {
            actor.role.is_handlers() && (case.handler.uscc == *uscc || case.members.iter().any(|m| m.uscc == *uscc))
        }
        Scope::Province(region) => {
            matches!(actor.role, Role::Province | Role::Auditor) && case.handler.region == *region && submitted()
        }
        Scope::Case(id) => case.id == *id && matches!(actor.role, Role::Recipient | Role::Adviser),
        Scope::Office(office) => {
            let is_office = match actor.role {
                // What a body files itself, it sees from the first.
                Role::CertificationBody | Role::ZoneBody => {
                    submitted() || matches!(before(), Some(Before::Filer(party)) if actor.role.serves(party))
                }
                Role::Prefecture | Role::SectorAuthority => submitted(),
                _ => false,
            };
            is_office && case.office.as_ref() == Some(office)
        }
    }
}

/// Whether the actor may act on the case where its role and the state allow: handlers for themselves only.
pub(crate) fn may_act(world: &World<'_>, actor: &Actor, case: &Case) -> bool {
    match &actor.scope {
        Scope::Handler(uscc) => actor.role.is_handlers() && case.handler.uscc == *uscc,
        _ => may_see(world, actor, case),
    }
}

/// Before whom a case lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Before its handler alone: a draft.
    Handler,
    /// Before the office that files it itself: a draft, too.
    Filer(Party),
    /// Before the offices: it was submitted once.
    Offices,
}

/// Before whom the case lies: the offices see nothing of it until it was submitted once.
pub fn before(procedure: &Procedure, case: &Case) -> Before {
    let mut reached = case.history.iter().filter_map(|happened| procedure.state(happened.to.as_str()));
    if reached.any(|state| !matches!(state.phase, Phase::Preparing | Phase::Closed)) {
        return Before::Offices;
    }
    match procedure.states.first().and_then(|state| state.holder) {
        None | Some(Party::Handler | Party::BothSides) => Before::Handler,
        Some(filer) => Before::Filer(filer),
    }
}
