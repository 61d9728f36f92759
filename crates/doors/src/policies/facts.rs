//! A case as policies see it: built once, asked often.

use std::collections::{HashMap, HashSet};

use cases::{Before, Case, Opening, Phase, Procedure, Role, World, before};
use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression as Value};

use super::PolicyError;
use crate::error::DoorsError;

/// What policies can know of a case.
#[derive(Debug, Clone)]
pub struct CaseFacts(pub(super) Entity);

/// A value of an attribute.
#[derive(Debug, Clone)]
pub(super) enum Fact {
    Text(String),
    Texts(Vec<String>),
}

impl Fact {
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Text(text) => Value::new_string(text.clone()),
            Self::Texts(texts) => Value::new_set(texts.iter().cloned().map(Value::new_string)),
        }
    }
}

impl CaseFacts {
    /// Of a case as it stands. Errors: its procedure is not known.
    pub fn of(world: &World<'_>, case: &Case) -> Result<Self, DoorsError> {
        let procedure = world.procedures.get(case.procedure.as_str());
        let procedure = procedure.ok_or_else(|| DoorsError::NoProcedure(case.id.clone()))?;
        let members = case.members.iter().map(|member| member.uscc.clone()).collect();
        let (handler, office) = (&case.handler, case.office.as_ref());
        let of = Of { id: case.id.as_str(), procedure, state: case.state.as_str(), before: before(procedure, case) };
        of.facts(&handler.uscc, &handler.region, office, members)
    }

    /// Of a case that is to be opened, for the action `open`. Errors: its procedure is not known.
    pub fn opening(world: &World<'_>, id: &cases::CaseId, opening: &Opening) -> Result<Self, DoorsError> {
        let procedure = world.procedures.get(opening.procedure.as_str());
        let procedure = procedure.ok_or_else(|| DoorsError::NoProcedure(id.clone()))?;
        let state = procedure.first().as_str();
        let first = procedure.state(state);
        let before = match first.and_then(|first| first.holder) {
            _ if first.is_some_and(|first| !matches!(first.phase, Phase::Preparing | Phase::Closed)) => Before::Offices,
            None | Some(law::Party::Handler | law::Party::BothSides) => Before::Handler,
            Some(filer) => Before::Filer(filer),
        };
        let of = Of { id: id.as_str(), procedure, state, before };
        of.facts(&opening.handler.uscc, &opening.handler.region, opening.office.as_ref(), Vec::new())
    }
}

/// What is known of a case either way.
struct Of<'a> {
    id: &'a str,
    procedure: &'a Procedure,
    state: &'a str,
    before: Before,
}

impl Of<'_> {
    fn facts(
        &self,
        handler: &str,
        province: &str,
        office: Option<&String>,
        members: Vec<String>,
    ) -> Result<CaseFacts, DoorsError> {
        let phase = self.procedure.state(self.state).map_or("", |state| phase(state.phase));
        let (before, filers) = match self.before {
            Before::Handler => ("handler", Vec::new()),
            Before::Offices => ("offices", Vec::new()),
            Before::Filer(party) => {
                let roles = Role::ALL.into_iter().filter(|role| role.serves(party));
                ("filer", roles.map(|role| role.word().to_owned()).collect())
            }
        };
        let text = |text: &str| Fact::Text(text.to_owned());
        let mut attributes = vec![
            ("id", text(self.id)),
            ("handler", text(handler)),
            ("members", Fact::Texts(members)),
            ("province", text(province)),
            ("procedure", text(self.procedure.id.as_str())),
            ("state", text(self.state)),
            ("phase", text(phase)),
            ("before", text(before)),
            ("filers", Fact::Texts(filers)),
        ];
        attributes.extend(office.map(|office| ("office", text(office))));
        let bad = |what: String| PolicyError::File { file: "schema.cedarschema".to_owned(), what };
        let kind = "Case".parse::<EntityTypeName>().map_err(|error| bad(error.to_string()))?;
        let uid = EntityUid::from_type_name_and_id(kind, EntityId::new(self.id));
        let entity = Entity::new(uid, self::attributes(attributes), HashSet::new());
        Ok(CaseFacts(entity.map_err(|error| bad(error.to_string()))?))
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Preparing => "preparing",
        Phase::Pending => "pending",
        Phase::Returned => "returned",
        Phase::InForce => "in-force",
        Phase::Held => "held",
        Phase::Closed => "closed",
    }
}

/// Attributes as Cedar takes them.
pub(super) fn attributes<'a>(of: impl IntoIterator<Item = (&'a str, Fact)>) -> HashMap<String, Value> {
    of.into_iter().map(|(name, fact)| (name.to_owned(), fact.value())).collect()
}
