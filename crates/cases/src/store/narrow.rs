//! What a queue is narrowed by, as conditions of SQL.

use super::project::row::word;
use super::queue::QueueQuery;
use crate::terms::{Actor, Role, Scope};

/// Conditions put together from our own words, and what they take.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) texts: Vec<String>,
    pub(super) values: Vec<String>,
}

impl Conditions {
    /// A condition on one value; `?` stands for it.
    fn add(&mut self, condition: &str, value: impl Into<String>) {
        self.values.push(value.into());
        self.texts.push(condition.replace('?', &format!("${}", self.values.len())));
    }

    fn plain(&mut self, condition: &str) {
        self.texts.push(condition.to_owned());
    }

    pub(super) fn text(&self) -> String {
        if self.texts.is_empty() { "true".to_owned() } else { self.texts.join(" AND ") }
    }
}

/// What an actor has to do with, as [`crate::may_see`] says it of one case.
fn scope(conditions: &mut Conditions, actor: &Actor) {
    match (&actor.scope, actor.role) {
        (Scope::All, Role::Administrator) => {}
        (Scope::All, Role::National | Role::Auditor) => conditions.plain("submitted = 1"),
        (Scope::Province(region), Role::Province | Role::Auditor) => {
            conditions.plain("submitted = 1");
            conditions.add("province = ?", region);
        }
        (Scope::Handler(uscc), role) if role.is_handlers() => {
            conditions.add("case_id IN (SELECT m.case_id FROM case_member m WHERE m.uscc = ?)", uscc);
        }
        (Scope::Case(id), Role::Recipient | Role::Adviser) => conditions.add("case_id = ?", id.as_str()),
        (Scope::Office(office), role @ (Role::CertificationBody | Role::ZoneBody)) if !office.is_empty() => {
            // What the body files itself, it sees from the first.
            let own = if role == Role::CertificationBody { "submitted IN (1, 2)" } else { "submitted IN (1, 3)" };
            conditions.plain(own);
            conditions.plain("office <> ''");
            conditions.add("office = ?", office);
        }
        (Scope::Office(office), Role::Prefecture | Role::SectorAuthority) if !office.is_empty() => {
            conditions.plain("submitted = 1 AND office <> ''");
            conditions.add("office = ?", office);
        }
        _ => conditions.plain("false"),
    }
}

/// Everything a query asks for, and what its actor has to do with.
pub(super) fn conditions(of: &QueueQuery) -> Conditions {
    let mut conditions = Conditions::default();
    scope(&mut conditions, &of.actor);
    if let Some(holder) = of.holder {
        conditions.add("holder = ?", word(&holder));
    }
    for (condition, value) in
        [("procedure = ?", &of.procedure), ("state = ?", &of.state), ("province = ?", &of.province)]
    {
        if let Some(value) = value {
            conditions.add(condition, value);
        }
    }
    if let Some(phase) = of.phase {
        conditions.add("phase = ?", word(&phase));
    }
    if let Some(officer) = &of.assigned {
        // A name is given to a role: ` province=officer-7 `.
        conditions.add("assigned LIKE '%=' || ? || ' %' ESCAPE '!'", like(officer.as_str()));
    }
    if let Some(day) = of.due_before {
        conditions.plain("stands = 0");
        conditions.add("due < ?", day.to_string());
    }
    conditions
}

/// A text in a pattern of LIKE, where nothing of it means anything.
fn like(text: &str) -> String {
    text.chars().flat_map(|c| if "%_!".contains(c) { vec!['!', c] } else { vec![c] }).collect()
}
