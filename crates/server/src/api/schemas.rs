//! Schemas of what is taken and of what is given, both made of the types themselves (JSON Schema 2020-12, as OpenAPI 3.1 has it).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};

/// Where schemas stand in the document.
const PLACE: &str = "#/components/schemas/";
/// What tells a schema of an input from that of an output where they differ.
const INPUT: &str = "Input";

/// Schemas by name. A type may be taken otherwise than it is given: what is given by default can be left out.
pub(super) struct Schemas {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self {
            taken: settings().for_deserialize().into_generator(),
            given: settings().for_serialize().into_generator(),
        }
    }

    /// The schema of what is taken. Its names are settled by [`Schemas::settled`].
    pub(super) fn taken<T: JsonSchema>(&mut self) -> Value {
        let mut schema = self.taken.subschema_for::<T>().to_value();
        mark(&mut schema);
        schema
    }

    /// The schema of what is given.
    pub(super) fn given<T: JsonSchema>(&mut self) -> Value {
        self.given.subschema_for::<T>().to_value()
    }

    /// A schema by itself, with everything it refers to inside.
    pub(super) fn plain<T: JsonSchema>() -> Value {
        let settings =
            SchemaSettings::draft2020_12().for_deserialize().with(|settings| settings.inline_subschemas = true);
        settings.into_generator().into_root_schema_for::<T>().to_value()
    }

    /// All of them under one set of names, and the document's references to those of inputs brought to it.
    pub(super) fn settled(mut self, document: &mut Value) -> Map<String, Value> {
        let mut all = self.given.take_definitions(true);
        let taken = self.taken.take_definitions(true);
        // An input that differs from the output of its name gets another one, and so does whatever refers to it.
        let mut other: BTreeSet<String> = taken
            .iter()
            .filter(|(name, schema)| all.get(*name).is_some_and(|given| given != *schema))
            .map(|(name, _)| name.clone())
            .collect();
        loop {
            let more: Vec<String> = taken
                .iter()
                .filter(|(name, schema)| !other.contains(*name) && all.contains_key(*name) && refers(schema, &other))
                .map(|(name, _)| name.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            other.extend(more);
        }
        let name = |name: &str| if other.contains(name) { format!("{name}{INPUT}") } else { name.to_owned() };
        for (old, mut schema) in taken {
            rename(&mut schema, PLACE, &name);
            all.insert(name(&old), schema);
        }
        rename(document, &format!("{PLACE}?"), &name);
        all.sort_keys();
        all
    }
}

/// References to inputs are told from others until their names are settled.
fn mark(schema: &mut Value) {
    each_reference(schema, &mut |reference| {
        if let Some(name) = reference.strip_prefix(PLACE) {
            *reference = format!("{PLACE}?{name}");
        }
    });
}

fn rename(schema: &mut Value, place: &str, name: &dyn Fn(&str) -> String) {
    each_reference(schema, &mut |reference| {
        if let Some(old) = reference.strip_prefix(place) {
            *reference = format!("{PLACE}{}", name(old));
        }
    });
}

fn refers(schema: &Value, to: &BTreeSet<String>) -> bool {
    let mut found = false;
    let mut copy = schema.clone();
    each_reference(&mut copy, &mut |reference| {
        found |= reference.strip_prefix(PLACE).is_some_and(|name| to.contains(name));
    });
    found
}

fn each_reference(schema: &mut Value, with: &mut dyn FnMut(&mut String)) {
    match schema {
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                match value {
                    Value::String(reference) if name == "$ref" => with(reference),
                    _ => each_reference(value, with),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| each_reference(one, with)),
        _ => {}
    }
}
