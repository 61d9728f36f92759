//! The editions of zones' lists as plain TOML, and what their rows say, read naively: nothing here knows of rules.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use law::slug;

/// The editions' files as plain TOML, by id: the reader below knows nothing of rules.
pub(crate) static RAW: LazyLock<BTreeMap<String, toml::Table>> = LazyLock::new(|| {
    let lists = crate::support::files().into_iter().filter(|(name, _)| name.starts_with("lists/"));
    lists
        .filter(|(name, _)| name != "lists/precedence.toml")
        .map(|(name, text)| (name[6..name.len() - 5].to_owned(), text.parse().expect("TOML")))
        .collect()
});

pub(crate) const KINDS: [&str; 2] = ["ordinary", "sensitive"];

pub(crate) fn tables<'a>(of: &'a toml::Table, key: &str) -> Vec<&'a toml::Table> {
    let list = of.get(key).and_then(toml::Value::as_array);
    list.map(|list| list.iter().filter_map(toml::Value::as_table).collect()).unwrap_or_default()
}

pub(crate) fn word<'a>(of: &'a toml::Table, key: &str) -> &'a str {
    of[key].as_str().expect("a word")
}

pub(crate) fn figure(of: &toml::Table, key: &str) -> Option<u64> {
    of.get(key).and_then(toml::Value::as_integer).map(|n| n as u64)
}

/// Sector and scenario slugs of an edition.
pub(crate) fn scenarios(edition: &toml::Table) -> Vec<(String, String)> {
    let name = |of: &toml::Table| slug(of["name"]["en"].as_str().expect("a name"));
    tables(edition, "sector")
        .into_iter()
        .flat_map(|sector| tables(sector, "scenario").into_iter().map(move |s| (name(sector), name(s))))
        .collect()
}

pub(crate) fn rows<'a>(edition: &'a toml::Table, scenario: &str) -> Vec<&'a toml::Table> {
    let named = |row: &&toml::Table| {
        row["scenarios"].as_array().is_some_and(|list| list.iter().any(|s| s.as_str() == Some(scenario)))
    };
    tables(edition, "row").into_iter().filter(named).filter(|row| !row.contains_key("important")).collect()
}

pub(crate) fn first_day(edition: &toml::Table) -> Date {
    let term = edition["in_force"].as_table().expect("a table");
    let of = |key: &str| term.get(key).map(|day| day.to_string().parse().expect("a date"));
    of("settled_from").or_else(|| of("from")).expect("a day")
}

/// 0 free, 1 free after filing, 2 contract or certificate, 3 assessment.
pub(crate) fn weight(path: &str) -> u8 {
    ["free", "free-after-filing", "standard-contract-or-certification", "security-assessment"]
        .iter()
        .position(|known| *known == path)
        .expect("a path") as u8
}

/// The national numbers (Order 16 arts 5(1)(4), 7(2), 8).
pub(crate) fn national([ordinary, sensitive]: [u64; 2]) -> u8 {
    match (ordinary, sensitive) {
        (1_000_000.., _) | (_, 10_000..) => 3,
        (100_000.., _) | (_, 1..) => 2,
        _ => 0,
    }
}

fn holds(of: Option<&toml::Value>, kind: usize, counts: [u64; 2]) -> Option<bool> {
    of.and_then(toml::Value::as_table).map(|band| {
        figure(band, "min").is_none_or(|min| min <= counts[kind])
            && figure(band, "max").is_none_or(|max| counts[kind] < max)
    })
}

/// Whether a count lies in the row's band of one kind; `None` where the row says nothing of it.
pub(crate) fn inside(row: &toml::Table, kind: usize, counts: [u64; 2]) -> Option<bool> {
    holds(row.get(KINDS[kind]), kind, counts)
}

/// Whether the row speaks of this count of one kind: by its own band, or by the numbers that hold beside it.
fn covers(row: &toml::Table, kind: usize, counts: [u64; 2]) -> bool {
    let beside = row.get("provided").and_then(toml::Value::as_table).and_then(|beside| beside.get(KINDS[kind]));
    inside(row, kind, counts).or_else(|| holds(beside, kind, counts)) == Some(true)
}

/// Whether the row's numbers are met: both where it frees, either where it asks for a procedure.
pub(crate) fn met(row: &toml::Table, counts: [u64; 2]) -> bool {
    let bands: Vec<bool> = (0..2).filter_map(|kind| inside(row, kind, counts)).collect();
    let free = weight(word(row, "path")) < 2;
    if free { bands.iter().all(|b| *b) } else { bands.iter().any(|b| *b) }
}

/// What the file says of named fields: the heaviest row met; where no band holds a count, the national numbers beside it.
pub(crate) fn by_table(rows: &[&toml::Table], counts: [u64; 2]) -> u8 {
    let heaviest = rows.iter().filter(|row| met(row, counts)).map(|row| weight(word(row, "path"))).max();
    let uncovered = (0..2).any(|kind| !rows.iter().any(|row| covers(row, kind, counts)));
    match heaviest {
        Some(heaviest) if !uncovered => heaviest,
        Some(heaviest) => heaviest.max(national(counts)),
        None => national(counts),
    }
}
