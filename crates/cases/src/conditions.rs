//! The conditions of an extension, held against the answers of the forms.

use dossier::{AnswerPath, Answers, Forms};
use law::ExtensionCondition;
use serde_json::Value;

use crate::case::Case;
use crate::procedure::ConditionUse;
use crate::refusal::Refusal;
use crate::world::World;

/// What an answer says of a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Holds,
    Breaks,
    Nothing,
}

/// Whether every condition is answered and none is broken (guide to declarations, 3rd edition, 3(1)). One that is broken is told first:
/// then no extension is possible, whatever else is filled in. Growth is looked at scenario by scenario, as the form asks for it.
pub(crate) fn hold(world: &World<'_>, case: &Case, uses: &[ConditionUse]) -> Result<(), Refusal> {
    let law = &world.base.clock_book().renewal().conditions;
    let (mut conditions, mut at) = (Vec::new(), Vec::new());
    for used in uses {
        // That the law knows it was checked when they were read.
        let Some(condition) = law.iter().find(|condition| condition.id == used.id) else { continue };
        for field in used.fields() {
            for path in places(world.forms, &case.dossier.answers, field) {
                match says(condition, used, field, case.dossier.answers.value(&path)) {
                    Says::Holds => {}
                    Says::Breaks => {
                        let (id, text) = (condition.id.clone(), condition.text.clone());
                        return Err(Refusal::ConditionBroken { condition: id, at: path.to_string(), text });
                    }
                    Says::Nothing => {
                        conditions.push(condition.id.clone());
                        at.push(path.to_string());
                    }
                }
            }
        }
    }
    conditions.dedup();
    if at.is_empty() { Ok(()) } else { Err(Refusal::ConditionsOpen { conditions, at }) }
}

fn says(condition: &ExtensionCondition, used: &ConditionUse, field: &String, value: Option<&Value>) -> Says {
    let Some(value) = value else { return Says::Nothing };
    let holds = |holds: bool| if holds { Says::Holds } else { Says::Breaks };
    if used.yes.contains(field) {
        return value.as_bool().map_or(Says::Nothing, holds);
    }
    if used.growth.contains(field) {
        let within = |growth: i64| condition.percent.is_some_and(|percent| growth <= i64::from(percent));
        return if value == "n/a" { Says::Holds } else { value.as_i64().map_or(Says::Nothing, |by| holds(within(by))) };
    }
    Says::Holds
}

/// Every place at which a field is answered, or the first at which it could be.
fn places(forms: &Forms, answers: &Answers, field: &str) -> Vec<AnswerPath> {
    let mut rows: Vec<Vec<u32>> = vec![Vec::new()];
    for table in forms.tables_around(field) {
        let below = |above: Vec<u32>| {
            let mut of = answers.rows(&table.id, &above);
            if of.is_empty() {
                of.push(1);
            }
            of.into_iter().map(move |row| above.iter().copied().chain([row]).collect::<Vec<u32>>())
        };
        rows = rows.into_iter().flat_map(below).collect();
    }
    rows.iter().map(|rows| forms.path(field, rows)).collect()
}
