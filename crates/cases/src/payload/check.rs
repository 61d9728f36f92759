//! What an action takes along, held against what it asks for.

use std::collections::BTreeSet;

use codes::check::uscc;

use super::receipt::report;
use super::{Attachment, MAX_FILE, MAX_TEXT, Mark, Opening, Payload, Verdict};
use crate::case::Case;
use crate::items::items;
use crate::procedure::{ActionDefinition, Part};
use crate::refusal::Refusal;
use crate::world::World;

/// Every part that has no name of its own.
const PARTS: [Part; 15] = [
    Part::Opening,
    Part::Text,
    Part::Moment,
    Part::Marks,
    Part::Answers,
    Part::Decisions,
    Part::Number,
    Part::Workdays,
    Part::Attachments,
    Part::Assignee,
    Part::Artefacts,
    Part::Receipt,
    Part::Publish,
    Part::Member,
    Part::Case,
];
/// The longest number or name, in characters.
const MAX_NAME: usize = 200;
/// The most working days by which a clock is prolonged at once: four years.
const MAX_WORKDAYS: u32 = 1_000;

/// Holds a payload against its action; of a new case there is none yet.
pub(crate) fn check(
    world: &World<'_>,
    case: Option<&Case>,
    action: &ActionDefinition,
    payload: &Payload,
) -> Result<(), Refusal> {
    asked(action, payload)?;
    if payload.permit.is_some() {
        return bad("a permit is issued by the action itself: leave `permit` out");
    }
    if payload.text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT) {
        return bad(format!("`text` is longer than {MAX_TEXT} characters"));
    }
    let names = payload.number.iter().chain(payload.attachments.iter().map(|file| &file.name));
    if names.into_iter().any(|name| name.chars().count() > MAX_NAME || name.chars().any(char::is_control)) {
        return bad(format!("a number or a name is longer than {MAX_NAME} characters, or has control characters"));
    }
    if payload.workdays.is_some_and(|days| days == 0 || days > MAX_WORKDAYS) {
        return bad(format!("`workdays` must lie between 1 and {MAX_WORKDAYS}"));
    }
    for path in payload.answers.keys() {
        if world.forms.field(&path.field()).is_none() {
            return bad(format!("`{path}` is no field of the forms"));
        }
    }
    payload.marks.iter().try_for_each(|mark| self::mark(world, case, mark))?;
    payload.attachments.iter().try_for_each(|file| attachment(world, file))?;
    if let Some(opening) = &payload.opening {
        self::opening(opening)?;
    }
    if let Some(member) = &payload.member {
        handler(&member.uscc, &member.region, &member.name)?;
    }
    if let Some(case) = case {
        decisions(case, payload)?;
        if let Some(of) = &payload.receipt {
            report(case, of)?;
        }
    }
    Ok(())
}

pub(super) fn bad(what: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal::Bad { what: what.into() })
}

/// Every part that is required is there, and none that is not asked for.
fn asked(action: &ActionDefinition, payload: &Payload) -> Result<(), Refusal> {
    for ask in action.asks.iter().filter(|ask| ask.required) {
        if !payload.has(ask.part, ask.name.as_deref()) {
            return Err(Refusal::Missing { action: action.id.clone(), part: ask.part, name: ask.name.clone() });
        }
    }
    let not_asked = |part, name: Option<String>| Err(Refusal::NotAskedFor { action: action.id.clone(), part, name });
    if let Some(part) = PARTS.into_iter().find(|part| payload.has(*part, None) && action.asks_for(*part).is_none()) {
        return not_asked(part, None);
    }
    for ask in action.asks.iter().filter(|ask| ask.part == Part::Day) {
        let (Some(name), Some((month, day))) = (&ask.name, ask.on) else { continue };
        if payload.days.get(name).is_some_and(|stated| (stated.month(), stated.day()) != (month, day)) {
            return bad(format!("the day `{name}` has to be a {month:02}-{day:02}, in whatever year"));
        }
    }
    let known = |day: &&String| !action.asks.iter().any(|ask| ask.part == Part::Day && ask.name.as_ref() == Some(day));
    match payload.days.keys().find(known) {
        Some(day) => not_asked(Part::Day, Some(day.clone())),
        None => Ok(()),
    }
}

fn mark(world: &World<'_>, case: Option<&Case>, mark: &Mark) -> Result<(), Refusal> {
    if mark.text.trim().is_empty() || mark.text.chars().count() > MAX_TEXT {
        return bad(format!(
            "the mark at `{}` says nothing, or too much: say what is wrong and how to mend it",
            mark.at
        ));
    }
    let is_mark = case.is_some_and(|case| case.open_marks().any(|open| open.at == mark.at));
    if is_mark || is_place(world, &mark.at) {
        return Ok(());
    }
    bad(format!("`{}` is no field, table or material of the forms", short(&mark.at)))
}

/// A field, a row of a table, a whole table, or a material.
fn is_place(world: &World<'_>, at: &str) -> bool {
    let field = at.parse::<dossier::AnswerPath>().map(|path| path.field()).unwrap_or_default();
    world.forms.field(&field).is_some() || world.forms.table(&field).is_some() || world.forms.material(at).is_some()
}

fn attachment(world: &World<'_>, file: &Attachment) -> Result<(), Refusal> {
    let is_digest = file.digest.len() == 64 && file.digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        return bad("the `digest` of an attachment is SHA-256 in 64 lower-case hex digits");
    }
    if file.size == 0 || file.size > MAX_FILE {
        return bad(format!("an attachment has {} bytes; between 1 and {MAX_FILE} are taken", file.size));
    }
    match file.material.as_deref().map(|id| world.forms.material(id)) {
        Some(None) => bad("an attachment names a `material` that is none of the forms'"),
        Some(Some(material)) if !material.media_types.contains(&file.media_type) => {
            bad(format!("`{}` is taken as {}", material.id, material.media_types.join(", ")))
        }
        _ => Ok(()),
    }
}

fn opening(opening: &Opening) -> Result<(), Refusal> {
    if opening.title.chars().count() > MAX_NAME {
        return bad(format!("`title` is longer than {MAX_NAME} characters"));
    }
    handler(&opening.handler.uscc, &opening.handler.region, &opening.handler.name)
}

fn handler(code: &str, region: &str, name: &str) -> Result<(), Refusal> {
    if uscc(code) != codes::check::Verdict::Valid {
        return bad("the handler's `uscc` is no unified social credit code: its check character does not hold");
    }
    let is_region =
        region.strip_prefix("CN-").is_some_and(|rest| rest.len() == 2 && rest.bytes().all(|b| b.is_ascii_uppercase()));
    if !is_region {
        return bad("the handler's `region` is ISO 3166-2, such as `CN-BJ`");
    }
    if name.trim().is_empty() || name.chars().count() > MAX_NAME {
        return bad(format!("the handler's `name` is missing or longer than {MAX_NAME} characters"));
    }
    Ok(())
}

/// Each item is decided once, and nothing else is.
fn decisions(case: &Case, payload: &Payload) -> Result<(), Refusal> {
    if payload.decisions.is_empty() {
        return Ok(());
    }
    let items: BTreeSet<String> = items(&case.dossier).into_iter().map(|item| item.key).collect();
    let mut decided = BTreeSet::new();
    for decision in &payload.decisions {
        let item = &decision.item;
        if !items.contains(item) {
            return bad("a decision names an item that the necessity table does not have");
        }
        if !decided.insert(item.clone()) {
            return bad(format!("item `{item}` is decided twice"));
        }
        let reason = decision.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
        if decision.decision == Verdict::Refused && !reason {
            return bad(format!("item `{item}` is refused without a `reason`"));
        }
    }
    match items.iter().find(|item| !decided.contains(*item)) {
        Some(item) => bad(format!("item `{item}` is not decided on")),
        None => Ok(()),
    }
}

/// As it may stand in a message.
pub(super) fn short(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
