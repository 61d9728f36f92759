//! Rows of the necessity table from the plan: one row a kind of field that leaves, whatever tables it stands in.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use codes::{ClassId, Sensitivity, Strength, taxonomy};
use deid::Transform;
use serde_json::Value;
use transfer::{Plan, PlannedField, is_same_name};

use super::{Difference, offer};
use crate::answers::{Answers, Origin};
use crate::items::items;
use crate::model::{Forms, Source};

const TABLE: &str = "scenario.item";

/// A data item that leaves.
struct Leaving<'a> {
    fields: Vec<&'a PlannedField>,
    columns: Vec<String>,
}

pub(super) fn derive(
    forms: &Forms,
    plan: &Plan,
    scenario: u32,
    answers: &mut Answers,
    differences: &mut Vec<Difference>,
) {
    let leaving = leaving(plan);
    let there = items(answers, scenario);
    let mut free = there.iter().map(|item| item.no).max().unwrap_or(0);
    let mut met = Vec::new();
    for (at, item) in leaving.iter().enumerate() {
        let name = name(&leaving, at);
        // The same columns are the same item; a row somebody typed without columns is told by its name.
        let same = |row: &&crate::Item| {
            let untold = row.columns.is_empty() && is_same_name(&row.name, &name);
            !met.contains(&row.no) && (untold || row.columns.iter().any(|column| item.columns.contains(column)))
        };
        let row = there.iter().find(same).map_or_else(|| next(&mut free), |row| row.no);
        met.push(row);
        for field in
            forms.fields().iter().filter(|field| forms.tables_around(&field.id).last().is_some_and(|t| t.id == TABLE))
        {
            if let Some(source) = field.derived {
                let value = item.value(source, &name);
                offer(answers, forms.path(&field.id, &[scenario, row]), value, source.name(), differences);
            }
        }
    }
    for row in there.iter().filter(|row| !met.contains(&row.no)) {
        gone(forms, scenario, row.no, answers, differences);
    }
}

fn next(free: &mut u32) -> u32 {
    *free += 1;
    *free
}

/// A row of which no column leaves any more: what was derived goes, what a person wrote is told.
fn gone(forms: &Forms, scenario: u32, row: u32, answers: &mut Answers, differences: &mut Vec<Difference>) {
    let fields =
        forms.fields().iter().filter(|field| forms.tables_around(&field.id).last().is_some_and(|t| t.id == TABLE));
    for path in fields.map(|field| forms.path(&field.id, &[scenario, row])) {
        match answers.get(&path) {
            Some(answer) if answer.origin == Origin::Derived => {
                answers.remove(&path);
            }
            Some(answer) => differences.push(Difference {
                origin: answer.origin,
                said: answer.value.clone(),
                derived: None,
                from: Source::ItemColumns.name().to_owned(),
                path,
            }),
            None => {}
        }
    }
}

/// Fields that leave, joined where name and class are the same: data items stand once (self-assessment template).
fn leaving(plan: &Plan) -> Vec<Leaving<'_>> {
    let mut items: Vec<Leaving<'_>> = Vec::new();
    for source in &plan.sources {
        for field in source.leaving() {
            let column = format!("{}.{}", source.source, field.name);
            let same = |item: &&mut Leaving<'_>| {
                item.fields[0].label == field.label && is_same_name(&item.fields[0].name, &field.name)
            };
            match items.iter_mut().find(same) {
                Some(item) => {
                    item.fields.push(field);
                    item.columns.push(column);
                }
                None => items.push(Leaving { fields: vec![field], columns: vec![column] }),
            }
        }
    }
    items
}

/// The Chinese name of its class; with the field's name where two items are of one class, and that alone where the class
/// says nothing.
fn name(leaving: &[Leaving<'_>], at: usize) -> String {
    let own = &leaving[at].fields[0];
    let alike = leaving.iter().filter(|item| item.fields[0].label == own.label).count();
    match class(own) {
        Some(class) if alike == 1 => class.class().zh.clone(),
        Some(class) => format!("{}（{}）", class.class().zh, own.name),
        None => own.name.clone(),
    }
}

/// Its class, where it has one that says something.
fn class(field: &PlannedField) -> Option<ClassId> {
    taxonomy().by_label(&field.label).filter(|class| class.label() != "NONE")
}

/// Texts joined, each once.
fn joined(texts: impl Iterator<Item = String>) -> Option<Value> {
    let mut said: Vec<String> = Vec::new();
    for text in texts.filter(|text| !text.trim().is_empty()) {
        if !said.contains(&text) {
            said.push(text);
        }
    }
    (!said.is_empty()).then(|| Value::from(said.join("；")))
}

impl Leaving<'_> {
    fn value(&self, source: Source, name: &str) -> Option<Value> {
        let fields = self.fields.iter();
        let class = class(self.fields[0]);
        match source {
            Source::ItemName => Some(Value::from(name)),
            Source::ItemDescription => {
                let class = class?;
                Some(Value::from(format!("{}，取自 {}", class.class().zh, self.columns.join("、"))))
            }
            Source::ItemWhy => joined(fields.filter_map(|field| field.why.clone())),
            Source::ItemTransform => joined(fields.map(|field| deid::describe(field.transform).0)),
            Source::ItemColumns => Some(Value::from(self.columns.clone())),
            Source::ItemClass => class.map(|class| Value::from(class.id())),
            Source::ItemSensitive => self.sensitive().map(Value::from),
            // A value in the clear would mislead about what leaves changed.
            Source::ItemExample if self.fields.iter().all(|field| field.transform == Transform::Keep) => {
                class.and_then(|class| examples().get(&class)).map(|value| Value::from(value.as_str()))
            }
            _ => None,
        }
    }

    /// Nothing is said where it depends: that is a question to a person.
    fn sensitive(&self) -> Option<bool> {
        if self.fields.iter().any(|field| field.sensitive == Sensitivity::Yes) {
            return Some(true);
        }
        self.fields.iter().all(|field| field.sensitive == Sensitivity::No).then_some(false)
    }
}

/// A made-up value of each class the generators know; never one from anybody's data.
fn examples() -> &'static BTreeMap<ClassId, String> {
    static EXAMPLES: OnceLock<BTreeMap<ClassId, String>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let mut examples = BTreeMap::new();
        for kind in sample::Kind::ALL {
            let table = sample::table(kind, 20, 1);
            for (at, header) in table.header.iter().enumerate() {
                let best = taxonomy().by_header(header).into_iter().next();
                let Some(best) = best.filter(|best| best.strength == Strength::Whole) else { continue };
                if let Some(value) = table.rows.iter().find_map(|row| row[at].clone()) {
                    examples.entry(best.class).or_insert(value);
                }
            }
        }
        examples
    })
}
