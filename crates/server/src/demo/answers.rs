//! How a case's forms are filled in: what the script says, over a complete dossier of which nobody is described.

use std::collections::BTreeMap;

use cases::World;
use dossier::{AnswerPath, Attached};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::script::{CaseScript, HandlerScript, HandlerWords, Scenario, Script};

/// Answers and materials of a filing.
pub(super) struct Filled {
    pub(super) answers: BTreeMap<AnswerPath, Value>,
    pub(super) materials: Vec<Attached>,
}

/// The forms of a case as they are filled in on a day; `seed` tells made-up people apart.
pub(super) fn filled(
    world: &World<'_>,
    script: &Script,
    handler: &HandlerScript,
    case: &CaseScript,
    forms: dossier::Procedure,
    on: Date,
    seed: u64,
) -> Filled {
    let example = dossier::example(world.forms, forms, on, seed);
    let scenario = handler.scenario.iter().find(|of| Some(&of.id) == case.scenario.as_ref());
    let mut put = Put { world, forms, answers: BTreeMap::new() };
    for (path, answer) in example.answers.iter() {
        let field = path.field();
        // The rows of the table of necessity are the script's own.
        let of_item = field.starts_with("scenario.item.") || field.starts_with("scenario.important.");
        // Asked for only of applicants abroad and of certificates that are renewed.
        let seldom =
            ["certification.domestic_body", "certification.number", "certification.expires"].contains(&field.as_str());
        if !of_item && !seldom && !answer.value.is_null() {
            put.answers.insert(path.clone(), answer.value.clone());
        }
    }
    let places = places(&handler.handler, scenario);
    let asked: Vec<AnswerPath> = put.answers.keys().cloned().collect();
    for path in asked {
        if let Some(words) = script.words.get(&path.field()) {
            put.answers.insert(path, json!(with(words, &places)));
        }
    }
    put.handler(&handler.handler);
    if let Some(scenario) = scenario {
        put.scenario(scenario);
    }
    for (path, value) in &case.answers {
        put.at(path, value);
    }
    let mut materials = example.materials;
    let keep = |whole: usize| whole * case.filled / 100;
    if case.filled < 100 {
        materials.truncate(keep(materials.len()));
    }
    let answers = if case.filled < 100 { put.begun(keep) } else { put.answers };
    Filled { answers, materials }
}

struct Put<'a> {
    world: &'a World<'a>,
    forms: dossier::Procedure,
    answers: BTreeMap<AnswerPath, Value>,
}

impl Put<'_> {
    /// Puts an answer where the procedure's forms ask for it.
    fn at(&mut self, path: &str, value: &Value) {
        let Ok(path) = path.parse::<AnswerPath>() else { return };
        let asked = self.world.forms.fields_of(self.forms).any(|field| field.id == path.field());
        if asked {
            self.answers.insert(path, value.clone());
        }
    }

    fn handler(&mut self, handler: &HandlerWords) {
        self.at("handler.name", &json!(handler.name));
        self.at("handler.uscc", &json!(handler.uscc));
        for (path, value) in &handler.answers {
            self.at(path, value);
        }
    }

    fn scenario(&mut self, scenario: &Scenario) {
        self.at("scenario[1].data", &json!(["personal"]));
        let sensitive = scenario.items.iter().any(|item| item.get("sensitive") == Some(&json!(true)));
        self.at("scenario[1].personal.sensitive", &json!(sensitive));
        for (name, value) in &scenario.answers {
            self.at(&format!("scenario[1].{name}"), value);
        }
        for (name, value) in &scenario.recipient {
            self.at(&format!("scenario[1].recipient[1].{name}"), value);
        }
        for (item, row) in scenario.items.iter().zip(1..) {
            for (name, value) in item {
                self.at(&format!("scenario[1].item[{row}].{name}"), value);
            }
            if !item.contains_key("sensitive") {
                self.at(&format!("scenario[1].item[{row}].sensitive"), &json!(false));
            }
        }
    }

    /// What whoever fills in from the top has done so far.
    fn begun(self, keep: impl Fn(usize) -> usize) -> BTreeMap<AnswerPath, Value> {
        let order: Vec<&str> = self.world.forms.fields_of(self.forms).map(|field| field.id.as_str()).collect();
        let place = |path: &AnswerPath| order.iter().position(|id| *id == path.field()).unwrap_or(usize::MAX);
        let mut all: Vec<(AnswerPath, Value)> = self.answers.into_iter().collect();
        all.sort_by_key(|(path, _)| (place(path), path.clone()));
        all.truncate(keep(all.len()));
        all.into_iter().collect()
    }
}

/// What the words of `words.toml` leave open.
fn places<'a>(handler: &'a HandlerWords, scenario: Option<&'a Scenario>) -> Vec<(&'static str, &'a str)> {
    let text = |of: Option<&'a Value>| of.and_then(Value::as_str).unwrap_or_default();
    let of = |name: &str| text(scenario.and_then(|scenario| scenario.answers.get(name)));
    vec![
        ("{handler}", handler.name.as_str()),
        ("{place}", text(handler.answers.get("handler.registered_place"))),
        ("{recipient}", text(scenario.and_then(|scenario| scenario.recipient.get("name")))),
        ("{scenario}", of("name")),
        ("{purpose}", of("purpose")),
        ("{system}", of("domestic_storage")),
        ("{abroad}", of("overseas_storage")),
    ]
}

fn with(words: &str, places: &[(&str, &str)]) -> String {
    places.iter().fold(words.to_owned(), |words, (place, text)| words.replace(place, text))
}
