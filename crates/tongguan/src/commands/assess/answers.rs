//! The file of answers: FACTS.toml with the order of the questions in comments, so that an interview can go on, and so that
//! it can be read and given as `--facts`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use law::{Facts, Interview, RuleBase, Value};

use super::Subject;
use crate::Failure;
use crate::args::AssessArgs;
use crate::commands::Context;

/// The line that lists what was answered, in order.
const ASKED: &str = "# asked:";
/// The line that lists what nobody knows.
const NOT_KNOWN: &str = "# not known:";

/// Where the answers go: what was named, or beside the file that states the facts.
pub(super) fn place(context: &Context, args: &AssessArgs, subject: &Subject) -> Result<PathBuf, Failure> {
    let place = args.answers.clone().unwrap_or_else(|| subject.path.with_extension("answers.toml"));
    if place == subject.path {
        let file = place.display().to_string();
        return Err(Failure::Input(context.say.fill("ask.same-file", &[("file", &file)])));
    }
    Ok(place)
}

/// Takes up what an earlier sitting left.
pub(super) fn resume(
    context: &Context,
    base: &RuleBase,
    place: &Path,
    interview: &mut Interview<'_>,
) -> Result<(), Failure> {
    let shown = place.display().to_string();
    let text = match std::fs::read_to_string(place) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::Input(format!("{shown}: {error}"))),
    };
    let listed = |head: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(head));
        line.map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    };
    let Some(asked) = listed(ASKED) else {
        return Err(Failure::Input(context.say.fill("ask.not-answers", &[("file", &shown)])));
    };
    let not_known = listed(NOT_KNOWN).unwrap_or_default();
    let fault = |error: law::LawError| Failure::Input(format!("{shown}: {error}"));
    let (facts, _) = Facts::parse(base, &text).map_err(fault)?;
    let given = interview.facts()?;
    for id in asked.iter().filter(|id| given.get(id).is_none()) {
        let value = facts.get(id).cloned();
        if value.is_none() && !not_known.contains(id) {
            continue;
        }
        // What the facts have come to contradict since is asked anew.
        if interview.answer(id, value).is_err() {
            context.note(&context.say.fill("ask.outdated", &[("fact", id)]));
        }
    }
    // Whoever writes answers into the file by hand, or a program, need not list them.
    for (id, value) in facts.iter().filter(|(id, _)| given.get(id).is_none() && !asked.iter().any(|one| one == id)) {
        interview.answer(id, Some(value.clone())).map_err(fault)?;
    }
    Ok(())
}

/// Writes down what is known by now, whole or not at all.
pub(super) fn keep(
    context: &Context,
    base: &RuleBase,
    place: &Path,
    interview: &Interview<'_>,
    on: Date,
) -> Result<(), Failure> {
    let text = written(context, base, interview, on)?;
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let draft = folder.join(format!(".{name}.{}", std::process::id()));
    let at = |error: std::io::Error| Failure::Other(format!("{}: {error}", place.display()));
    let mut file = std::fs::File::create(&draft).map_err(at)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at)?;
    std::fs::rename(&draft, place).map_err(at)
}

fn written(context: &Context, base: &RuleBase, interview: &Interview<'_>, on: Date) -> Result<String, Failure> {
    let facts = interview.facts()?;
    let answers = interview.answers();
    let ids = |wanted: fn(&&(String, Option<Value>)) -> bool| {
        answers.iter().filter(wanted).flat_map(|(id, _)| [" ", id.as_str()]).collect::<String>()
    };
    let mut text = format!("# {}\n{ASKED}{}\n", context.say.text("ask.file-head"), ids(|_| true));
    let _ = write!(text, "{NOT_KNOWN}{}\non = {on}\n", ids(|(_, value)| value.is_none()));
    let mut tables: BTreeMap<&str, String> = BTreeMap::new();
    for definition in base.facts() {
        let Some((table, key)) = definition.id.split_once('.') else { continue };
        let lines = match facts.get(&definition.id) {
            Some(value) => {
                let asked = answers.iter().any(|(id, _)| *id == definition.id);
                let comment =
                    if asked { format!("# {}\n", context.say.of(&definition.question)) } else { String::new() };
                format!("{comment}{key} = {}\n", in_toml(value))
            }
            None if facts.at_least(&definition.id) > 0 => {
                format!("# {key}: {} {}\n", context.say.text("ask.at-least"), facts.at_least(&definition.id))
            }
            None => continue,
        };
        tables.entry(table).or_default().push_str(&lines);
    }
    for (table, lines) in tables {
        let _ = write!(text, "\n[{table}]\n{lines}");
    }
    Ok(text)
}

/// A value as FACTS.toml writes it.
pub(super) fn in_toml(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Count(count) => count.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Text(text) => toml::Value::String(text.clone()).to_string(),
    }
}
