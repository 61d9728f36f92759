//! The schemas hold for what the program writes and for what people write, and for nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::Validator;
use law::{Facts, RuleBase, Text};
use lawview::{ExportOptions, Form, Language, View, export};
use serde_json::{Value, json};

/// The lawbook's files, by their paths.
fn lawbook() -> BTreeMap<String, String> {
    fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(root, &path, files);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).expect("reads"));
            }
        }
    }
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lawbook"));
    let mut files = BTreeMap::new();
    collect(root, root, &mut files);
    files
}

fn base() -> RuleBase {
    let files = lawbook();
    RuleBase::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))).expect("the lawbook parses")
}

/// What is exported, as JSON by path.
fn exported(base: &RuleBase, form: Form) -> BTreeMap<String, Value> {
    let name = |key: &str| Text::new(key, key);
    let view = View { on: base.last_checked(), first: Language::En, name: &name, program: "test" };
    let files = export(base, &view, ExportOptions { form, bom: false }).expect("exports");
    files.into_iter().map(|file| (file.path, serde_json::from_str(&file.text).expect("JSON"))).collect()
}

fn validator(schemas: &BTreeMap<String, Value>, name: &str) -> Validator {
    let schema = &schemas[&format!("schemas/{name}.schema.json")];
    jsonschema::draft202012::meta::validate(schema).expect("a schema of draft 2020-12");
    jsonschema::options().should_validate_formats(true).build(schema).expect("a schema")
}

#[track_caller]
fn holds(validator: &Validator, document: &Value, what: &str) {
    let faults: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: {}", faults.join("; "));
}

/// TOML as JSON; dates are their text.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect(),
        toml::Value::Array(list) => list.iter().map(as_json).collect(),
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(n) => json!(n),
        toml::Value::Float(n) => json!(n),
        toml::Value::Boolean(truth) => json!(truth),
    }
}

#[test]
fn every_file_of_the_lawbook_and_every_exported_document_is_valid() {
    let base = base();
    let schemas = exported(&base, Form::Schemas);
    let rule = validator(&schemas, "rule");
    let ids: Vec<String> = base.rules().iter().map(|rule| rule.id.clone()).collect();
    let mut seen = 0;
    for (path, text) in lawbook() {
        if ids.contains(&path.trim_end_matches(".toml").replace('/', ".")) {
            let table: toml::Value = toml::from_str(&text).expect("TOML");
            holds(&rule, &as_json(&table), &path);
            seen += 1;
        }
    }
    assert!(seen > 0);
    let documents = exported(&base, Form::Scenarios);
    for document in documents["rules.json"].as_array().expect("rules") {
        holds(&rule, document, &document["id"].to_string());
    }
    holds(&validator(&schemas, "scenarios"), &documents["scenarios.json"], "scenarios.json");
    holds(&validator(&schemas, "clocks"), &documents["clocks.json"], "clocks.json");
}

#[test]
fn determinations_and_facts_of_every_scenario_are_valid() {
    let base = base();
    let schemas = exported(&base, Form::Schemas);
    let (determination, facts_file) = (validator(&schemas, "determination"), validator(&schemas, "facts"));
    let mut seen = 0;
    for scenario in base.rules().iter().flat_map(|rule| &rule.scenarios) {
        let facts = scenario.facts(&base).expect("facts");
        let answer = law::determine(&base, &facts, scenario.on).expect("an answer");
        holds(&determination, &serde_json::to_value(&answer).expect("JSON"), &scenario.name);
        let mut file = json!({ "on": scenario.on });
        for (id, value) in facts.iter() {
            let (table, key) = id.split_once('.').expect("a table and a key");
            file[table][key] = json!(value);
        }
        holds(&facts_file, &file, &scenario.name);
        seen += 1;
    }
    assert!(seen > 0);
    let empty = law::determine(&base, &Facts::new(), base.last_checked()).expect("an answer");
    holds(&determination, &serde_json::to_value(&empty).expect("JSON"), "nothing known");
}

#[test]
fn what_the_program_would_refuse_is_not_valid() {
    let base = base();
    let schemas = exported(&base, Form::Schemas);
    let facts = validator(&schemas, "facts");
    for wrong in [
        json!({ "handler": { "ciio": "no" } }),
        json!({ "handler": { "cio": false } }),
        json!({ "persons": { "ordinary": -1 } }),
        json!({ "data": { "important": "perhaps" } }),
        json!({ "recipient": { "region": "Germany" } }),
        json!({ "on": "30 June" }),
    ] {
        assert!(!facts.is_valid(&wrong), "{wrong}");
    }
    let rule = validator(&schemas, "rule");
    let good = exported(&base, Form::Scenarios)["rules.json"].as_array().expect("rules")[0].clone();
    holds(&rule, &good, "the first rule");
    for (key, wrong) in [
        ("when", json!({ "fact": "handler.ciio", "at_least": 1 })),
        ("when", json!({ "fact": "handler.nobody", "is": true })),
        ("when", json!({ "fact": "persons.ordinary", "at_least": 1, "below": 2 })),
        ("status", json!("certain")),
        ("effect", json!({ "paths": ["by-post"] })),
        ("remark", json!("no such key")),
    ] {
        let mut bad = good.clone();
        bad[key] = wrong;
        assert!(!rule.is_valid(&bad), "{key}: {}", bad[key]);
    }
}
