//! What a search looks through of a case, and who may find it. Nothing personal: no answers, no messages, no files.

use database::Type;
use serde::Serialize;

use super::row::{line, submitted};
use crate::case::Case;
use crate::world::World;

/// As it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Words {
    pub(crate) case_id: String,
    pub(crate) words: String,
    pub(crate) submitted: i64,
    pub(crate) province: String,
    pub(crate) office: String,
    pub(crate) handlers: String,
    pub(crate) opened: String,
}

/// Its columns, but for the stamp.
pub(crate) const COLUMNS: [(&str, Type); 7] = [
    ("case_id", Type::Text),
    ("words", Type::Text),
    ("submitted", Type::Number),
    ("province", Type::Text),
    ("office", Type::Text),
    ("handlers", Type::Text),
    ("opened", Type::Text),
];

/// One writing for what is looked for and looked through: full-width letters and capitals are small ASCII, spaces are one.
pub(crate) fn fold(text: &str) -> String {
    let narrow = text.chars().map(|c| if c.is_control() { ' ' } else { codes::normalise::fold_width(c) });
    let small: String = narrow.flat_map(char::to_lowercase).collect();
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a case.
pub(crate) fn words(world: &World<'_>, case: &Case) -> Words {
    let procedure = world.procedure(&case.procedure);
    let names = procedure.map(|procedure| format!("{} {}", procedure.name.zh, procedure.name.en)).unwrap_or_default();
    let number = case.number.as_deref().unwrap_or_default();
    let parts = [case.id.as_str(), number, &case.title, &case.handler.name, &case.handler.uscc, &names];
    // Tabs keep words of different parts from being found as one.
    let folded = parts.map(fold).join("\t");
    let handlers = std::iter::once(&case.handler).chain(&case.members).map(|handler| handler.uscc.as_str());
    Words {
        case_id: case.id.to_string(),
        words: folded,
        submitted: submitted(world, case),
        province: case.handler.region.clone(),
        office: line(case.office.as_deref().unwrap_or_default()),
        handlers: format!(" {} ", handlers.collect::<Vec<_>>().join(" ")),
        opened: case.history.first().map(|first| first.day.to_string()).unwrap_or_default(),
    }
}
