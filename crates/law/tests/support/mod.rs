//! What all tests share: the lawbook from disk and facts in one line.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::Date;
use law::{Determination, Facts, RuleBase, Value, determine};

/// The lawbook of this workspace.
pub(crate) static BASE: LazyLock<RuleBase> = LazyLock::new(|| parse(&files()).expect("the lawbook loads"));

/// Every file of the lawbook: path relative to it, and text.
pub(crate) fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort();
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("folder").map(|e| e.expect("entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
}

pub(crate) fn parse(files: &[(String, String)]) -> Result<RuleBase, law::LawError> {
    RuleBase::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// The plain facts of `facts.toml`, changed by `id=value` words; `id=?` makes a fact unknown.
pub(crate) fn facts(changes: &str) -> Facts {
    let mut facts = Facts::new();
    for definition in BASE.facts() {
        if let Some(plain) = &definition.plain {
            facts.set(&BASE, &definition.id, plain.clone()).expect("plain values fit");
        }
    }
    for word in changes.split_whitespace() {
        let (id, value) = word.split_once('=').expect("id=value");
        if value == "?" {
            facts.forget(id);
            continue;
        }
        let value = match (value, value.replace('_', "").parse::<u64>()) {
            ("true", _) => Value::Bool(true),
            ("false", _) => Value::Bool(false),
            (code, _) if id == "handler.city" => Value::Text(code.to_owned()),
            (_, Ok(n)) => Value::Count(n),
            (word, _) => Value::Text(word.to_owned()),
        };
        facts.set(&BASE, id, value).unwrap_or_else(|error| panic!("{error}"));
    }
    facts
}

pub(crate) fn answer(on: &str, changes: &str) -> Determination {
    determine(&BASE, &facts(changes), day(on)).unwrap_or_else(|error| panic!("{changes}: {error}"))
}

/// `outcome: path, path` as the wire writes it.
pub(crate) fn told(answer: &Determination) -> String {
    let outcome = serde_json::to_value(answer.outcome).expect("json");
    let paths: Vec<&str> = answer.paths.iter().map(|p| p.name()).collect();
    format!("{}: {}", outcome.as_str().expect("a word"), paths.join(", "))
}

/// The lawbook with one file's text changed, or a file added.
pub(crate) fn changed(path: &str, change: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let mut files = files();
    match files.iter_mut().find(|(name, _)| name == path) {
        Some((_, text)) => *text = change(text),
        None => files.push((path.to_owned(), change(""))),
    }
    files
}

/// The lawbook without the zones' lists, of which every case of every day is gone through far sooner.
pub(crate) fn without_lists(mut files: Vec<(String, String)>) -> Vec<(String, String)> {
    files.retain(|(name, _)| !name.starts_with("lists/") && !name.starts_with("scenarios/"));
    files
}
