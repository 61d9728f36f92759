//! The data items of a case, each with what was decided and what left of it.

use cases::{Case, ItemDecision, items};
use dossier::Answers;
use law::Text;
use serde::Serialize;

/// A data item.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct ItemView {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) description: String,
    pub(crate) necessity: String,
    pub(crate) example: String,
    pub(crate) remark: String,
    /// Its class, by name.
    pub(crate) class: Option<Text>,
    pub(crate) sensitive: Option<bool>,
    /// The scenario it leaves for, where a case has several.
    pub(crate) scenario: String,
    pub(crate) decision: Option<ItemDecision>,
}

pub(crate) fn item_views(case: &Case) -> Vec<ItemView> {
    let answers = &case.dossier.answers;
    let scenarios = answers.rows("scenario", &[]);
    let rows: Vec<(u32, dossier::Item)> = scenarios
        .into_iter()
        .flat_map(|no| dossier::items(answers, no).into_iter().map(move |row| (no, row)))
        .collect();
    let decided = |key: &str| case.decisions.iter().find(|decision| decision.item == key).cloned();
    let views = items(&case.dossier).into_iter().zip(rows).map(|(item, (scenario, row))| ItemView {
        decision: decided(&item.key),
        key: item.key,
        name: item.name,
        columns: item.columns,
        description: row.description,
        necessity: row.necessity,
        example: row.example,
        remark: row.remark,
        class: row.class.as_deref().map(class_name),
        sensitive: row.sensitive,
        scenario: scenario_name(answers, scenario),
    });
    views.collect()
}

fn class_name(id: &str) -> Text {
    codes::taxonomy()
        .by_id(id)
        .map_or_else(|| Text::new(id, id), |class| Text::new(class.class().zh.as_str(), class.class().en.as_str()))
}

fn scenario_name(answers: &Answers, scenario: u32) -> String {
    let path = format!("scenario[{scenario}].name").parse().ok();
    let name = path.and_then(|path| answers.value(&path).and_then(|value| value.as_str().map(str::to_owned)));
    name.unwrap_or_default()
}
