//! The necessity table: one row a data item, written once and shown in declaration, report, impact assessment and contract.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answers::{Answers, Origin};
use crate::path::AnswerPath;

/// A row of the necessity table. What is not answered is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its number: the row, from 1.
    pub no: u32,
    /// The data item.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub description: String,
    /// Why it has to leave.
    #[serde(default)]
    pub necessity: String,
    /// A made-up example.
    #[serde(default)]
    pub example: String,
    /// A remark.
    #[serde(default)]
    pub remark: String,
    /// Columns of the inventory it stands for, each `source.column`.
    #[serde(default)]
    pub columns: Vec<String>,
    /// The id of its class in the taxonomy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Whether it is sensitive personal information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<bool>,
}

const TABLE: &str = "scenario.item";

fn at(scenario: u32, row: u32, field: &str) -> AnswerPath {
    AnswerPath::of(&format!("{TABLE}.{field}"), &["scenario", TABLE], &[scenario, row])
}

/// The data items of a scenario, in the order of rows; scenarios count from 1.
pub fn items(answers: &Answers, scenario: u32) -> Vec<Item> {
    answers.rows(TABLE, &[scenario]).into_iter().map(|row| item(answers, scenario, row)).collect()
}

fn item(answers: &Answers, scenario: u32, row: u32) -> Item {
    let value = |field: &str| answers.value(&at(scenario, row, field));
    let text = |field: &str| value(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let columns = value("columns").and_then(Value::as_array).into_iter().flatten();
    Item {
        no: row,
        name: text("name"),
        description: text("description"),
        necessity: text("necessity"),
        example: text("example"),
        remark: text("remark"),
        columns: columns.filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        class: value("class").and_then(Value::as_str).map(ToOwned::to_owned),
        sensitive: value("sensitive").and_then(Value::as_bool),
    }
}

/// Puts the data items of a scenario in place of those that were there; rows are numbered anew.
pub fn put_items(answers: &mut Answers, scenario: u32, items: &[Item], origin: Origin) {
    let stands = |path: &AnswerPath| {
        path.rows().first() == Some(&scenario) && path.tables().get(1).is_some_and(|table| table == TABLE)
    };
    let old = answers.iter().map(|(path, _)| path).filter(|path| stands(path)).cloned().collect::<Vec<_>>();
    for path in old {
        answers.remove(&path);
    }
    for (row, item) in (1..).zip(items) {
        let values = [
            ("name", Value::from(item.name.clone())),
            ("description", Value::from(item.description.clone())),
            ("necessity", Value::from(item.necessity.clone())),
            ("example", Value::from(item.example.clone())),
            ("remark", Value::from(item.remark.clone())),
            ("columns", Value::from(item.columns.clone())),
            ("class", Value::from(item.class.clone())),
            ("sensitive", Value::from(item.sensitive)),
        ];
        for (field, value) in values {
            if !crate::answers::is_blank(&value) {
                answers.put(at(scenario, row, field), value, origin);
            }
        }
    }
}
