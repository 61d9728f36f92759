//! One row of a scenario table: its columns, its facts, its demands.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::book::definition::{FactDefinition, FactType};
use crate::book::scenario::{Expectation, Scenario};
use crate::{Outcome, Path, Status};

/// A column of a scenario table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Case,
    On,
    Facts,
    Outcome,
    Paths,
    Certainty,
    Rules,
    Duties,
    Fines,
    AlsoCheck,
    Questions,
    Shows,
}

const COLUMNS: [(&str, Column); 12] = [
    ("case", Column::Case),
    ("on", Column::On),
    ("facts", Column::Facts),
    ("outcome", Column::Outcome),
    ("paths", Column::Paths),
    ("certainty", Column::Certainty),
    ("rules", Column::Rules),
    ("duties", Column::Duties),
    ("fines", Column::Fines),
    ("also check", Column::AlsoCheck),
    ("questions", Column::Questions),
    ("what it shows", Column::Shows),
];

const NEEDED: usize = 5;

/// The columns by the names in a table's first row.
pub(crate) fn columns(cells: &[&str]) -> Result<Vec<Column>, String> {
    let mut found = Vec::new();
    for cell in cells {
        let column = COLUMNS.iter().find(|(name, _)| name == cell).map(|(_, column)| *column);
        let column = column.ok_or_else(|| {
            let names = COLUMNS.map(|(name, _)| format!("`{name}`")).join(", ");
            format!("`{cell}` is no column; a scenario table has {names}, a list of cases `case` and `why`")
        })?;
        if found.contains(&column) {
            return Err(format!("the column `{cell}` is there twice; keep one"));
        }
        found.push(column);
    }
    match COLUMNS[..NEEDED].iter().find(|(_, column)| !found.contains(column)) {
        Some((name, _)) => Err(format!("a scenario table needs a column `{name}`; add it")),
        None => Ok(found),
    }
}

/// Facts as a table states them: what differs from the plain facts, and what is not known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stated {
    facts: BTreeMap<String, toml::Value>,
    unknown: Vec<String>,
}

/// Reads `fact = value; fact = ?`. Whole numbers may be grouped (`99,999`), words stand bare, `?` means not known.
pub(crate) fn parse_facts(text: &str, names: &[FactDefinition]) -> Result<Stated, String> {
    let mut stated = Stated::default();
    for part in text.replace('`', "").split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (id, value) = part.split_once('=').ok_or_else(|| format!("`{part}` is no fact; write `fact = value`"))?;
        let (id, value) = (id.trim(), value.trim());
        let definition = names.iter().find(|f| f.id == id);
        let definition = definition.ok_or_else(|| format!("`{id}` is not a known fact; mend it"))?;
        if stated.facts.contains_key(id) || stated.unknown.iter().any(|other| other == id) {
            return Err(format!("`{id}` is stated twice; keep one"));
        }
        if value == "?" {
            stated.unknown.push(id.to_owned());
        } else {
            stated.facts.insert(id.to_owned(), typed(definition, value)?);
        }
    }
    Ok(stated)
}

fn typed(definition: &FactDefinition, text: &str) -> Result<toml::Value, String> {
    let value = match definition.kind {
        FactType::Bool => text.parse().ok().map(toml::Value::Boolean),
        FactType::Count => text.replace([',', '_'], "").parse().ok().map(toml::Value::Integer),
        FactType::Date | FactType::Choice | FactType::Code | FactType::Text => {
            Some(toml::Value::String(text.to_owned()))
        }
    };
    let fits = value.as_ref().is_some_and(|value| match (definition.kind, value) {
        (FactType::Date, toml::Value::String(text)) => text.parse::<Date>().is_ok(),
        (_, value) => crate::source::value(value).is_some_and(|value| definition.accepts(&value).is_ok()),
    });
    value
        .filter(|_| fits)
        .ok_or_else(|| format!("`{}` must be {}, or `?`; `{text}` is not", definition.id, definition.expected()))
}

/// A row as a scenario, with what it shows.
pub(crate) fn parse_row(
    columns: &[Column],
    cells: &[&str],
    given: &Stated,
    names: &[FactDefinition],
) -> Result<(Scenario, String), String> {
    let cell = |wanted: Column| {
        let at = columns.iter().position(|column| *column == wanted);
        at.map(|at| cells[at].trim_matches('`')).filter(|cell| !matches!(*cell, "" | "-" | "–"))
    };
    let need = |column: Column, name: &str| cell(column).ok_or_else(|| format!("the cell `{name}` is empty; fill it"));
    let words = |column: Column| -> Vec<String> {
        let list = cell(column).unwrap_or_default().split(',').map(|word| word.replace('`', "").trim().to_owned());
        list.filter(|word| !word.is_empty()).collect()
    };
    let mut stated = given.clone();
    let own = parse_facts(cell(Column::Facts).unwrap_or_default(), names)?;
    stated.unknown.retain(|id| !own.facts.contains_key(id));
    stated.facts.retain(|id, _| !own.unknown.contains(id));
    stated.facts.extend(own.facts);
    stated.unknown.extend(own.unknown);
    let on = need(Column::On, "on")?;
    let mut paths: Vec<Path> = Vec::new();
    for word in words(Column::Paths) {
        paths.push(word_of(&word, "path")?);
    }
    paths.sort_unstable();
    let asked = columns.contains(&Column::Questions).then(|| words(Column::Questions));
    let scenario = Scenario {
        name: need(Column::Case, "case")?.to_owned(),
        on: on.parse().map_err(|_| format!("`{on}` is no day; write it as 2025-06-30"))?,
        facts: stated.facts,
        unknown: stated.unknown,
        expect: Expectation {
            outcome: word_of::<Outcome>(need(Column::Outcome, "outcome")?, "outcome")?,
            paths,
            certainty: cell(Column::Certainty).map(|word| word_of::<Status>(word, "certainty")).transpose()?,
            fires: true,
            rules: words(Column::Rules),
            obligations: words(Column::Duties),
            fines: words(Column::Fines),
            questions: asked.filter(|asked| !asked.is_empty()),
            also_check: words(Column::AlsoCheck),
        },
    };
    Ok((scenario, cell(Column::Shows).unwrap_or_default().to_owned()))
}

/// One of the closed words of an answer, as the wire writes it.
fn word_of<T: serde::de::DeserializeOwned>(word: &str, kind: &str) -> Result<T, String> {
    T::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word))
        .map_err(|error| format!("`{word}` is no {kind}: {error}"))
}
