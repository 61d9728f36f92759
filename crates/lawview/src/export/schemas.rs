//! JSON Schemas (2020-12): those of the program's types, with the vocabulary of `facts.toml` put in.

use law::{CodeForm, Determination, FactDefinition, FactType, RuleBase};
use serde_json::{Map, Value, json};

use super::suite::Suite;
use super::{ExportError, File, document};

pub(super) fn schemas(base: &RuleBase) -> Result<Vec<File>, ExportError> {
    let determination = serde_json::to_value(schemars::schema_for!(Determination))?;
    let suite = serde_json::to_value(schemars::schema_for!(Suite))?;
    let clocks = serde_json::to_value(schemars::schema_for!(Vec<law::Clock>))?;
    let mut rule = serde_json::to_value(law::rule_file_schema())?;
    // The export names each provision; in the lawbook the path does.
    rule["properties"]["id"] =
        json!({ "type": "string", "description": "The provision's id; in the lawbook it is the file's path." });
    let named = [
        ("facts", facts_file(base), "The facts of one transfer, as FACTS.toml states them."),
        ("rule", rule, "One provision, as a file of the lawbook states it."),
        ("scenarios", suite, "The scenarios of the rule base as a suite."),
        ("clocks", clocks, "The statutory periods."),
        ("determination", determination, "The answer to: may this leave, and by which path."),
    ];
    let mut files = Vec::new();
    for (name, mut schema, title) in named {
        put_vocabulary(base, &mut schema);
        if let Some(map) = schema.as_object_mut() {
            map.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
            map.insert("$id".to_owned(), json!(format!("urn:tongguan:schema:{name}")));
            map.insert("title".to_owned(), json!(title));
        }
        files.push(document(&format!("schemas/{name}.schema.json"), &sorted(schema))?);
    }
    Ok(files)
}

/// Keys in one order, whatever a build has turned on in the JSON library.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Fills in what the types leave to the vocabulary: which facts there are, and what a condition may say of each.
fn put_vocabulary(base: &RuleBase, schema: &mut Value) {
    let Some(defs) = schema.get_mut("$defs").and_then(Value::as_object_mut) else { return };
    if defs.contains_key("Facts") {
        defs.insert("Facts".to_owned(), flat(base));
    }
    if defs.contains_key("Condition") {
        defs.insert("Condition".to_owned(), condition(base));
    }
}

/// Facts by their ids, as determinations and scenarios carry them.
fn flat(base: &RuleBase) -> Value {
    let properties: Map<String, Value> = base.facts().iter().map(|fact| (fact.id.clone(), described(fact))).collect();
    json!({
        "type": "object", "additionalProperties": false, "properties": properties,
        "description": "Facts by id. What is not here is unknown, never false.",
    })
}

/// FACTS.toml read as JSON: a table of facts for each word before the dot, and the day.
fn facts_file(base: &RuleBase) -> Value {
    let mut tables: Map<String, Value> = Map::new();
    tables.insert(
        "on".to_owned(),
        json!({ "type": "string", "format": "date", "description": "The day whose law is asked." }),
    );
    for fact in base.facts() {
        let (table, key) = fact.id.split_once('.').unwrap_or(("", &fact.id));
        let table = tables
            .entry(table)
            .or_insert_with(|| json!({ "type": "object", "additionalProperties": false, "properties": {} }));
        table["properties"][key] = described(fact);
    }
    json!({ "type": "object", "additionalProperties": false, "properties": tables })
}

/// What a fact's value is, with its question.
fn described(fact: &FactDefinition) -> Value {
    let mut schema = value(fact);
    schema["title"] = json!(format!("{} / {}", fact.title.en, fact.title.zh));
    schema["description"] = json!(format!("{} / {} ({})", fact.question.en, fact.question.zh, fact.cite));
    if !fact.unit.is_empty() {
        schema["x-unit"] = json!(fact.unit);
    }
    if let Some(assumed) = &fact.assumed {
        schema["default"] = json!(assumed);
    }
    schema
}

fn value(fact: &FactDefinition) -> Value {
    match fact.kind {
        FactType::Bool => json!({ "type": "boolean" }),
        FactType::Count => json!({ "type": "integer", "minimum": 0 }),
        FactType::Date => json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        FactType::Choice => json!({ "type": "string", "enum": fact.values }),
        FactType::Code => match fact.form {
            Some(CodeForm::Country) => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
            Some(CodeForm::Province) => json!({ "type": "string", "pattern": "^CN-[A-Z]{2}$" }),
            Some(CodeForm::Division) => json!({ "type": "string", "pattern": "^[0-9]{4}([0-9]{2})?$" }),
            Some(CodeForm::Slug) => json!({ "type": "string", "pattern": "^[^\\sA-Z-]+(-[^\\sA-Z-]+)*$" }),
            None => json!({ "type": "string" }),
        },
        FactType::Text => json!({ "type": "string" }),
    }
}

/// `all`, `any`, `not`, or one test of one fact, with the operators its type allows.
fn condition(base: &RuleBase) -> Value {
    let several = json!({ "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/Condition" } });
    let one = |key: &str, schema: &Value| json!({ "type": "object", "additionalProperties": false, "required": [key], "properties": { key: schema } });
    let mut kinds =
        vec![one("all", &several), one("any", &several), one("not", &json!({ "$ref": "#/$defs/Condition" }))];
    kinds.extend(base.facts().iter().map(test));
    json!({ "description": "A condition over the facts of the vocabulary.", "anyOf": kinds })
}

fn test(fact: &FactDefinition) -> Value {
    let value = value(fact);
    let count = json!({ "type": "integer", "minimum": 0 });
    let day = json!({ "type": "string", "format": "date" });
    let mut properties = Map::new();
    properties.insert("fact".to_owned(), json!({ "const": fact.id }));
    properties.insert("is".to_owned(), value.clone());
    properties.insert("is_not".to_owned(), value.clone());
    properties.insert("in".to_owned(), json!({ "type": "array", "items": value }));
    let more: Vec<(&str, Value)> = match fact.kind {
        FactType::Count => vec![("at_least", count.clone()), ("below", count)],
        FactType::Date => vec![("before", day.clone()), ("from", day), ("within_months", count)],
        FactType::Code | FactType::Text => {
            vec![("starts_with", json!({ "type": "array", "items": { "type": "string" } }))]
        }
        FactType::Bool | FactType::Choice => Vec::new(),
    };
    properties.extend(more.into_iter().map(|(key, schema)| (key.to_owned(), schema)));
    json!({
        "type": "object", "additionalProperties": false, "required": ["fact"], "minProperties": 2, "maxProperties": 2,
        "properties": properties,
    })
}
