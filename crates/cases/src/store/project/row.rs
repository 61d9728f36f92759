//! A case as a row of queues.

use database::Type;
use jiff::civil::Date;
use law::{Bound, Party};
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::clocks::{Running, clocks};
use crate::jurisdiction::{Before, before};
use crate::procedure::Phase;
use crate::world::World;

/// The day of a row for which none runs.
pub(crate) const NO_DAY: &str = "9999-12-31";

/// A row as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) case_id: String,
    pub(crate) version: i64,
    pub(crate) procedure: String,
    pub(crate) state: String,
    pub(crate) phase: String,
    pub(crate) holder: String,
    pub(crate) province: String,
    pub(crate) office: String,
    pub(crate) uscc: String,
    pub(crate) handler: String,
    pub(crate) title: String,
    pub(crate) number: String,
    pub(crate) channel: String,
    pub(crate) submitted: i64,
    pub(crate) assigned: String,
    pub(crate) opened: String,
    pub(crate) updated: String,
    pub(crate) due: String,
    pub(crate) clock: String,
    pub(crate) party: String,
    pub(crate) stands: i64,
    pub(crate) asof: String,
    pub(crate) facts: String,
}

/// Its columns.
pub(crate) const COLUMNS: [(&str, Type); 23] = [
    ("case_id", Type::Text),
    ("version", Type::Number),
    ("procedure", Type::Text),
    ("state", Type::Text),
    ("phase", Type::Text),
    ("holder", Type::Text),
    ("province", Type::Text),
    ("office", Type::Text),
    ("uscc", Type::Text),
    ("handler", Type::Text),
    ("title", Type::Text),
    ("number", Type::Text),
    ("channel", Type::Text),
    ("submitted", Type::Number),
    ("assigned", Type::Text),
    ("opened", Type::Text),
    ("updated", Type::Text),
    ("due", Type::Text),
    ("clock", Type::Text),
    ("party", Type::Text),
    ("stands", Type::Number),
    ("asof", Type::Text),
    ("facts", Type::Text),
];

/// A unit value as the word it is written as.
pub(crate) fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A text as it is shown in one line; control characters, of which PostgreSQL takes no NUL, become spaces.
pub(crate) fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Before whom the case lies: 0 its handler, 1 the offices, 2 the certification body or 3 the zone's body that files it itself.
pub(crate) fn submitted(world: &World<'_>, case: &Case) -> i64 {
    match world.procedure(&case.procedure).map(|procedure| before(procedure, case)) {
        Some(Before::Offices) => 1,
        Some(Before::Filer(Party::CertificationBody)) => 2,
        Some(Before::Filer(Party::ZoneBody)) => 3,
        None | Some(Before::Handler | Before::Filer(_)) => 0,
    }
}

/// The row of a case as of a day; `facts` is what it adds to the statistics.
pub(crate) fn row(world: &World<'_>, case: &Case, asof: Date, facts: String) -> Row {
    let procedure = world.procedure(&case.procedure);
    let state = procedure.and_then(|procedure| procedure.state(case.state.as_str()));
    let phase = state.map_or(Phase::Closed, |state| state.phase);
    let holder = state.and_then(|state| state.holder).map(|party| word(&party)).unwrap_or_default();
    let running = clocks(world, case, asof);
    let open = running.iter().filter(|run| run.is_open() && run.bound == Bound::By && phase != Phase::Closed);
    let next = open.filter_map(|run| Some((run.due.day()?, run))).min_by_key(|(day, _)| *day);
    let (first, last) = (case.history.first(), case.history.last());
    let assigned = case.assigned.iter().map(|(role, officer)| format!("{role}={officer}")).collect::<Vec<_>>();
    Row {
        case_id: case.id.to_string(),
        version: i64::from(case.version.0),
        procedure: case.procedure.to_string(),
        state: case.state.to_string(),
        phase: word(&phase),
        holder,
        province: case.handler.region.clone(),
        office: line(case.office.as_deref().unwrap_or_default()),
        uscc: case.handler.uscc.clone(),
        handler: line(&case.handler.name),
        title: line(&case.title),
        number: line(case.number.as_deref().unwrap_or_default()),
        channel: word(&case.channel),
        submitted: submitted(world, case),
        assigned: format!(" {} ", line(&assigned.join(" "))),
        opened: first.map(|first| first.day.to_string()).unwrap_or_default(),
        updated: last.map(|last| last.at.to_string()).unwrap_or_default(),
        due: next.map_or_else(|| NO_DAY.to_owned(), |(day, _)| day.to_string()),
        clock: next.map(|(_, run)| run.clock.to_string()).unwrap_or_default(),
        party: next.map(|(_, run)| word(&run.party)).unwrap_or_default(),
        stands: i64::from(next.is_some_and(|(_, run)| matches!(run.running, Running::Stands { .. }))),
        asof: asof.to_string(),
        facts,
    }
}
