//! The floors of the house: a crate imports only from floors below its own (ARCHITECTURE.md).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Each crate with its floor. A new crate is put here first.
const FLOORS: [(&str, u8); 20] = [
    ("embed", 0),
    ("codes", 0),
    ("database", 0),
    ("law", 1),
    ("detect", 1),
    ("deid", 1),
    ("evidence", 1),
    ("oidc", 1),
    ("sample", 1),
    ("catalogue", 2),
    ("lawview", 2),
    ("post", 2),
    ("transfer", 2),
    ("engine", 3),
    ("dossier", 3),
    ("cases", 4),
    ("clearance", 4),
    ("doors", 5),
    ("server", 6),
    ("tongguan", 7),
];

/// What a crate must never import from outside, with the reason.
const NEVER: [(&str, &[&str], &str); 14] = [
    ("codes", &["tokio", "sqlx", "datafusion"], "the vocabulary does no work of its own"),
    ("database", &["axum", "datafusion", "getrandom", "jiff"], "it knows no table, no day and no meaning"),
    (
        "law",
        &["tokio", "sqlx", "datafusion", "getrandom", "tempfile"],
        "law does no input or output and knows no clock",
    ),
    ("detect", &["law", "tokio", "sqlx"], "detection knows neither law nor files"),
    ("deid", &["law", "tokio", "sqlx", "getrandom"], "keys come in as parameters"),
    ("evidence", &["law", "tokio", "sqlx", "datafusion", "getrandom"], "evidence is over opaque bytes"),
    (
        "oidc",
        &["sqlx", "getrandom", "tempfile"],
        "who somebody is to a provider knows no account; moments and randomness come in",
    ),
    ("lawview", &["tokio", "sqlx", "datafusion", "tempfile"], "what it writes goes back to the caller as text"),
    ("transfer", &["tokio", "sqlx", "datafusion"], "artefacts are plain data"),
    ("dossier", &["tokio", "sqlx", "datafusion", "getrandom", "axum"], "forms and answers are plain data"),
    (
        "cases",
        &["clearance", "engine", "axum", "datafusion", "getrandom", "tempfile"],
        "cases know neither HTTP nor the pipeline; days, keys and randomness come in",
    ),
    ("post", &["axum", "getrandom", "tempfile", "datafusion"], "what it carries means nothing to it"),
    (
        "doors",
        &["axum", "maud", "getrandom", "tempfile", "clearance"],
        "who may come in knows neither HTTP nor HTML; moments, keys and randomness come in",
    ),
    (
        "server",
        &["clearance", "engine", "sqlx", "datafusion", "getrandom", "database"],
        "the server knows no SQL and no data plane; the clock, keys and scans come in",
    ),
];

fn manifests() -> BTreeMap<String, toml::Table> {
    let crates = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(crates).expect("the crates") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path.join("Cargo.toml")).expect("a manifest");
        found.insert(name, text.parse().expect("TOML"));
    }
    found
}

fn imports(manifest: &toml::Table, kinds: &[&str]) -> Vec<String> {
    let tables = kinds.iter().filter_map(|kind| manifest.get(*kind)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn every_crate_has_its_floor_and_imports_downwards_only() {
    let floors = BTreeMap::from(FLOORS);
    let manifests = manifests();
    let known = floors.keys().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        manifests.keys().cloned().collect::<Vec<_>>(),
        known,
        "a crate without a floor, or a floor without its crate"
    );
    for (name, manifest) in &manifests {
        for import in imports(manifest, &["dependencies", "build-dependencies"]) {
            if let Some(floor) = floors.get(import.as_str()) {
                let own = floors[name.as_str()];
                assert!(*floor < own, "`{name}` (floor {own}) imports `{import}` (floor {floor})");
            }
        }
        // Tests may use a crate of the same floor, never one above.
        for import in imports(manifest, &["dev-dependencies"]) {
            if let Some(floor) = floors.get(import.as_str()) {
                assert!(*floor <= floors[name.as_str()], "the tests of `{name}` import `{import}` from above");
            }
        }
    }
}

/// Every Rust file of the workspace.
fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The tests that carry the number of an invariant, as they stand in a text.
fn numbered(text: &str, before: &str) -> BTreeSet<String> {
    let names = text
        .split(before)
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>());
    let is_numbered = |name: &String| {
        let rest = name.strip_prefix('i').unwrap_or_default();
        rest.split_once('_').is_some_and(|(number, _)| number.parse::<u8>().is_ok())
    };
    names.filter(is_numbered).collect()
}

#[test]
fn the_map_names_every_test_that_carries_an_invariant_and_no_other() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut files = Vec::new();
    sources(&root.join("crates"), &mut files);
    let code = files.iter().map(|path| std::fs::read_to_string(path).expect("reads")).collect::<String>();
    let map = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("reads");
    assert_eq!(numbered(&map, "`"), numbered(&code, "fn "));
}

#[test]
fn what_a_crate_must_never_know_it_does_not_import() {
    let manifests = manifests();
    for (name, never, reason) in NEVER {
        let imports = imports(&manifests[name], &["dependencies", "build-dependencies"]);
        for import in never {
            assert!(!imports.contains(&(*import).to_owned()), "`{name}` imports `{import}`: {reason}");
        }
    }
}
