//! Reads procedures from their files.

use jiff::civil::Date;
use law::Status;
use serde::Deserialize as _;

use super::check::{ProcedureError, whole};
use super::file::{
    ActionFile, AskFile, AskTable, ClockFile, CommonFile, FromFile, OneOrMore, ProcedureFile, ResultFile, StartFile,
    StartTable, ToFile,
};
use super::{ActionDefinition, Ask, ClockUse, From, Guard, Part, Procedure, Procedures, Start, To};
use crate::terms::{ActionId, ClockId, StateId};

/// The action that opens a case.
const OPEN: &str = "open";
/// The actions that every procedure has.
const COMMON: &str = "common.toml";

impl Procedures {
    /// Reads procedures from their files: names and texts. What is wrong names the file, the place and how to mend it.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, ProcedureError> {
        let common = match files.iter().find(|(name, _)| *name == COMMON) {
            Some((name, text)) => read::<CommonFile>(name, text)?.action,
            None => Vec::new(),
        };
        let mut all = Vec::new();
        for (name, text) in files.iter().filter(|(name, _)| *name != COMMON) {
            let file = read::<ProcedureFile>(name, text)?;
            let procedure = procedure(name, file, &common)?;
            whole(name, &procedure)?;
            if all.iter().any(|other: &Procedure| other.id == procedure.id || other.prefix == procedure.prefix) {
                return Err(ProcedureError::new(*name, "its `id` or `prefix` is another procedure's"));
            }
            all.push(procedure);
        }
        Ok(Self { all })
    }
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, ProcedureError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
        ProcedureError::new(name, format!("line {line}: {}", error.message().replace('\n', " ")))
    })
}

fn procedure(name: &str, file: ProcedureFile, common: &[ActionFile]) -> Result<Procedure, ProcedureError> {
    let own = file.action.into_iter().map(|action| self::action(name, action, file.status));
    let opened_by = file.opened_by;
    // Without a permit nothing leaves, so there is nothing to report.
    let with_permit = file.permit.is_some();
    let possible = move |action: &&ActionFile| with_permit || !action.needs.iter().any(Guard::is_of_permits);
    let shared = common.iter().filter(possible).cloned().map(|mut action| {
        if action.id.as_str() == OPEN && !opened_by.is_empty() {
            action.by.clone_from(&opened_by);
        }
        self::action(COMMON, action, Status::Confirmed)
    });
    let clocks = file.clock.into_iter().map(|clock| self::clock(name, clock));
    Ok(Procedure {
        actions: own.chain(shared).collect::<Result<_, _>>()?,
        clocks: clocks.collect::<Result<_, _>>()?,
        id: file.id,
        prefix: file.prefix,
        name: file.name,
        cite: file.cite,
        status: file.status,
        permit: file.permit,
        channels: file.channels,
        from: file.from,
        states: file.state,
    })
}

fn action(name: &str, file: ActionFile, status: Status) -> Result<ActionDefinition, ProcedureError> {
    let from = match file.from {
        FromFile::Word(word) if word == "open" => From::Open,
        FromFile::Word(word) if word == "any" => From::Any,
        FromFile::Word(word) => {
            let what =
                format!("action `{}`: `from = \"{word}\"` is neither `open` nor `any`; states go into a list", file.id);
            return Err(ProcedureError::new(name, what));
        }
        FromFile::States(states) => From::States(states),
    };
    let to = match file.to {
        None => To::Stay,
        Some(ToFile::Word(word)) if word == "in-force" => To::InForce,
        Some(ToFile::Word(word)) => To::State(StateId::new(word)),
        Some(ToFile::Result(ResultFile { approved, in_part, refused })) => To::Result { approved, in_part, refused },
    };
    let asks = file.asks.into_iter().map(|ask| self::ask(name, &file.id, ask)).collect::<Result<_, _>>()?;
    Ok(ActionDefinition {
        id: file.id,
        name: file.name,
        by: file.by,
        from,
        to,
        asks,
        needs: file.needs,
        effect: file.effect,
        cite: file.cite,
        status: file.status.unwrap_or(status),
        in_force: (file.in_force.from, file.in_force.to),
    })
}

fn ask(name: &str, action: &ActionId, file: AskFile) -> Result<Ask, ProcedureError> {
    let word = match file {
        AskFile::Table(table) => return asked(name, action, table),
        AskFile::Word(word) => word,
    };
    let (part, required) = word.strip_suffix('?').map_or((word.as_str(), true), |part| (part, false));
    let part = Part::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(part))
        .map_err(|_| ProcedureError::new(name, format!("action `{action}` asks for `{part}`, which is no part")))?;
    Ok(Ask { part, name: None, on: None, label: None, required })
}

fn asked(file: &str, action: &ActionId, table: AskTable) -> Result<Ask, ProcedureError> {
    let AskTable { part, name, on, label, optional } = table;
    let read = |text: &String| {
        let (month, day) = text.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        Date::new(2024, month, day).ok().map(|_| (month, day))
    };
    let day = on.as_ref().map(read);
    if day.is_some_and(|day| day.is_none()) {
        let what =
            format!("action `{action}` asks for a day `on` what is none; write month and day, such as \"12-31\"");
        return Err(ProcedureError::new(file, what));
    }
    Ok(Ask { part, name, on: day.flatten(), label, required: !optional })
}

fn clock(name: &str, file: ClockFile) -> Result<ClockUse, ProcedureError> {
    let clock = match file.clock {
        OneOrMore::One(clock) => vec![clock],
        OneOrMore::More(clocks) => clocks,
    };
    let mut starts = Vec::new();
    for start in file.starts {
        starts.push(match start {
            StartFile::Action(action) => Start::Action { action, day: None, to: Vec::new() },
            StartFile::Table(table) => by_table(table).ok_or_else(|| {
                let what = format!(
                    "clock `{}` starts by an `action` (perhaps a `day` it states, perhaps only `to` some states), by `end-of` a clock (perhaps `after` an action), or on the day of the law: where the day named by `began` lies before it, or `once` an action was taken",
                    clock.first().map_or("", ClockId::as_str)
                );
                ProcedureError::new(name, what)
            })?,
        });
    }
    let pauses = file.pauses.into_iter().map(|pause| (pause.from, pause.to)).collect();
    let (party, right, ends, drops) = (file.party, file.right, file.ends, file.drops);
    let (prolonged_by, reading) = (file.prolonged_by, file.reading);
    Ok(ClockUse { clock, starts, party, right, ends, drops, pauses, prolonged_by, reading })
}

/// The start that a table says; `None`: none, or two at once.
fn by_table(table: StartTable) -> Option<Start> {
    let StartTable { action, day, to, end_of, after, began, once } = table;
    let bare = day.is_none() && to.is_empty();
    match (action, end_of, began, once) {
        (Some(action), None, None, None) if after.is_none() => Some(Start::Action { action, day, to }),
        (None, Some(clock), None, None) if bare => Some(Start::EndOf { clock, after }),
        (None, None, Some(before), None) if bare && after.is_none() => Some(Start::Law { before }),
        (None, None, None, Some(action)) if bare && after.is_none() => Some(Start::Fixed { after: action }),
        _ => None,
    }
}
