//! The data items of a case: the rows of its necessity table, on which offices decide one by one.

use dossier::Dossier;
use serde::Serialize;

/// One data item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The path of its row, such as `scenario[1].item[3]`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The columns it is made of, each a name or `source.name`; where none were given, its own name.
    pub columns: Vec<String>,
}

/// The items of a dossier, in the order of its table.
pub fn items(dossier: &Dossier) -> Vec<Item> {
    let scenarios = dossier.answers.rows("scenario", &[]);
    let rows = scenarios.into_iter().flat_map(|scenario| {
        dossier::items(&dossier.answers, scenario).into_iter().map(move |row| {
            let key = format!("scenario[{scenario}].item[{}]", row.no);
            let columns = if row.columns.is_empty() { vec![row.name.clone()] } else { row.columns };
            Item { key, name: row.name, columns }
        })
    });
    rows.collect()
}
