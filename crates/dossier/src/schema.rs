//! JSON Schema (2020-12) of the answers of a procedure, as the tree that [`crate::Answers::to_tree`] makes.

use serde_json::{Map, Value, json};

use crate::fault::MOST;
use crate::model::{Field, Forms, Kind, Need};
use crate::path::MAX_ROWS;
use crate::procedure::Procedure;

/// The schema of a procedure's answers. What is always required is required here; what is required only in some cases,
/// check characters and agreement are for [`crate::gaps`].
pub fn schema(forms: &Forms, procedure: Procedure) -> Value {
    let mut root = object();
    for field in forms.fields_of(procedure).filter(|field| field.kind.is_asked()) {
        let required = field.needs.of(procedure) == Some(&Need::Required);
        place(forms, &mut root, &field.id, of_field(field, procedure, forms), required, procedure);
    }
    let of = forms.procedure(procedure);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!(of.title.en);
    root["description"] = json!(of.title.zh);
    root
}

fn object() -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": {}})
}

/// Puts a field's schema at its place, making objects and tables on the way.
fn place(forms: &Forms, root: &mut Value, id: &str, schema: Value, required: bool, procedure: Procedure) {
    let mut here = root;
    let mut upto = String::new();
    let parts = id.split('.').collect::<Vec<_>>();
    // Below a table, rows require their own; a plain object is required once something in it is.
    for (at, part) in parts.iter().enumerate() {
        if !upto.is_empty() {
            upto.push('.');
        }
        upto.push_str(part);
        let last = at + 1 == parts.len();
        let table = forms.table(&upto);
        let below_table = parts[at + 1..].iter().scan(upto.clone(), |path, part| {
            path.push('.');
            path.push_str(part);
            Some(path.clone())
        });
        let through_table = below_table.into_iter().any(|path| forms.table(&path).is_some());
        let need = match table {
            Some(table) => table.needs.of(procedure) == Some(&Need::Required),
            None => required && !through_table,
        };
        if need {
            require(here, part);
        }
        let properties = &mut here["properties"][*part];
        if last {
            *properties = schema;
            return;
        }
        if properties.is_null() {
            *properties = match table {
                Some(table) => {
                    let least = u32::from(table.needs.of(procedure) == Some(&Need::Required));
                    json!({"type": "array", "title": table.title.en, "description": table.guidance.en,
                           "minItems": least, "maxItems": MAX_ROWS, "items": object()})
                }
                None => object(),
            };
        }
        here = if table.is_some() { &mut properties["items"] } else { properties };
    }
}

fn require(object: &mut Value, name: &str) {
    if !object["required"].is_array() {
        object["required"] = json!([]);
    }
    if let Value::Array(required) = &mut object["required"]
        && !required.iter().any(|there| there == name)
    {
        required.push(json!(name));
    }
}

fn of_field(field: &Field, procedure: Procedure, forms: &Forms) -> Value {
    let mut schema = of_kind(&field.kind);
    let mut told = Map::new();
    told.insert("title".into(), json!(field.title.en));
    told.insert("description".into(), json!(field.guidance.en));
    told.insert("x-title-zh".into(), json!(field.title.zh));
    told.insert("x-cite".into(), json!(field.cite));
    told.insert("x-certainty".into(), json!(field.certainty_for(forms.procedure(procedure))));
    if field.personal {
        told.insert("x-personal".into(), json!(true));
    }
    if let Value::Object(schema) = &mut schema {
        schema.extend(told);
    }
    schema
}

fn of_kind(kind: &Kind) -> Value {
    // Blank text is no answer.
    let text = || json!({"type": "string", "pattern": "\\S"});
    let ids = || kind.options().iter().map(|option| option.id.as_str()).collect::<Vec<_>>();
    let whole = || json!({"type": "integer", "minimum": 0, "maximum": MOST});
    match kind {
        Kind::Text { max: Some(max) } => json!({"type": "string", "pattern": "\\S", "maxLength": max}),
        Kind::Choice { .. } => json!({"enum": ids()}),
        Kind::Choices { .. } => {
            json!({"type": "array", "items": {"enum": ids()}, "minItems": 1, "uniqueItems": true})
        }
        Kind::YesNo => json!({"type": "boolean"}),
        Kind::Tick => json!({"const": true}),
        Kind::Day => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Kind::Persons | Kind::Number => whole(),
        Kind::Growth => {
            json!({"anyOf": [{"type": "integer", "minimum": -100, "maximum": 1_000_000}, {"const": "n/a"}]})
        }
        Kind::Size => json!({"type": "object", "additionalProperties": false, "required": ["amount", "unit"],
            "properties": {"amount": {"type": "integer", "minimum": 1, "maximum": MOST}, "unit": {"enum": ["MB", "GB", "TB"]}}}),
        Kind::Country => json!({"type": "string", "pattern": "^[A-Z]{2}$"}),
        Kind::Columns => {
            json!({"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[^.]+\\..+$"}})
        }
        Kind::Text { max: None }
        | Kind::Phone
        | Kind::Email
        | Kind::Uscc
        | Kind::IdNumber { .. }
        | Kind::PersonName
        | Kind::Class
        | Kind::Computed { .. } => text(),
    }
}
