//! The document: committed, sound, and true of every answer the tests get.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use axum::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::{Answer, As, on_one};

/// The document as an installation gives it.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        serde_json::from_str(&std::fs::read_to_string(place()).expect("it is committed")).expect("JSON")
    })
}

fn place() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/openapi.json")
}

/// The operation of a request by its template.
fn template(path: &str) -> Option<&'static str> {
    let fits = |template: &str| {
        let (one, other): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
        one.len() == other.len() && one.iter().zip(&other).all(|(of, is)| of.starts_with('{') || of == is)
    };
    let paths = document()["paths"].as_object().expect("paths");
    let mut found: Vec<&String> = paths.keys().filter(|template| fits(template)).collect();
    found.sort_by_key(|template| template.matches('{').count());
    found.first().map(|template| template.as_str())
}

fn validator(method: &str, template: &str, status: u16, kind: &str) -> Option<Arc<Validator>> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Option<Arc<Validator>>>>> = OnceLock::new();
    let name = format!("{method} {template} {status} {kind}");
    let mut known = KNOWN.get_or_init(Mutex::default).lock().expect("whole");
    known
        .entry(name.clone())
        .or_insert_with(|| {
            let response = &document()["paths"][template][method]["responses"][status.to_string()];
            assert!(!response.is_null(), "the document does not know {name}");
            let content = response.get("content")?.as_object().expect("kinds");
            let of = content.get(kind).unwrap_or_else(|| panic!("the document does not know the content of {name}"));
            let schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [of["schema"]], "components": document()["components"]});
            let validator = jsonschema::options().should_validate_formats(true).build(&schema);
            Some(Arc::new(validator.unwrap_or_else(|error| panic!("{name}: {error}"))))
        })
        .clone()
}

/// Whether an answer is one that the document foretells.
pub(crate) fn fits(method: &Method, path: &str, answer: &Answer) {
    if !path.starts_with("/api/") || path == "/api/openapi.json" || method == Method::HEAD {
        return;
    }
    assert!(answer.status < 500, "{method} {path}: {} {}", answer.status, String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    let Some(template) = template(path) else {
        assert!(answer.status == 404, "{path} is in no document and answers {}", answer.status);
        return;
    };
    if answer.status == 405 {
        assert!(!answer.header("allow").is_empty(), "{method} {path} says which methods it takes");
        return;
    }
    let kind = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
    let validator = validator(&method.as_str().to_lowercase(), template, answer.status, &kind);
    match validator {
        None => assert!(answer.bytes.is_empty(), "{method} {path} has no content"),
        Some(validator) if kind.ends_with("json") => {
            let value = answer.json();
            let wrong: Vec<String> =
                validator.iter_errors(&value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
            assert!(wrong.is_empty(), "{method} {template} {}: {}\n{value}", answer.status, wrong.join("\n"));
        }
        Some(_) => {}
    }
}

#[test]
fn the_document_is_the_committed_one() {
    on_one(|counter| async move {
        let answer = counter.get(As::Nobody, "/api/openapi.json").await;
        let given = serde_json::to_string_pretty(&answer.ok()).expect("JSON") + "\n";
        if std::env::var_os("TONGGUAN_WRITE_SNAPSHOTS").is_some() {
            std::fs::write(place(), &given).expect("written");
        }
        let committed = std::fs::read_to_string(place()).unwrap_or_default();
        assert!(
            given == committed,
            "tests/snapshots/openapi.json differs: TONGGUAN_WRITE_SNAPSHOTS=1 cargo test -p tongguan-server --test api document writes it"
        );
    });
}

#[test]
fn the_document_holds_together() {
    let text = document().to_string();
    assert_eq!(document()["openapi"], "3.1.0");
    let schemas = document()["components"]["schemas"].as_object().expect("schemas");
    for reference in text.split("\"$ref\":\"").skip(1).map(|rest| rest.split('"').next().expect("an end")) {
        let name = reference
            .strip_prefix("#/components/schemas/")
            .unwrap_or_else(|| panic!("{reference} leads out of the document"));
        assert!(schemas.contains_key(name), "{reference} leads nowhere");
    }
    for (name, schema) in schemas {
        jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let mut ids = Vec::new();
    for (path, methods) in document()["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            assert!(!ids.contains(&id), "{id} is there twice");
            ids.push(id);
            assert!(operation["summary"].is_string() && operation["x-summary-zh"].is_string(), "{method} {path}");
            let named = path.matches('{').count();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(named, in_path, "{method} {path}: every part of the path is described");
        }
    }
    assert!(ids.len() > 50, "{} operations", ids.len());
}
