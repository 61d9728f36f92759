//! What a transfer shows of itself: inventory, determination and plan, as files or found in a table, and the answers that follow.

use std::collections::BTreeMap;

use ::cases::ArtefactKind;
use axum::http::StatusCode;
use dossier::{AnswerPath, Answers, Artefacts, Target};
use law::{Determination, Text};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use transfer::{Inventory, Plan};

use super::files::Upload;
use super::tables;
use crate::house::House;
use crate::problem::Problem;

/// What was handed in.
#[derive(Default)]
pub(crate) struct HandedIn {
    /// As the case keeps it.
    pub(crate) kept: BTreeMap<ArtefactKind, Value>,
    inventories: Option<Vec<Inventory>>,
    determination: Option<Determination>,
    plan: Option<Plan>,
}

impl HandedIn {
    /// Takes one as JSON. Errors: it is not of the form this program writes.
    pub(crate) fn take(&mut self, kind: ArtefactKind, value: Value) -> Result<(), Problem> {
        match kind {
            ArtefactKind::Inventory => {
                // One inventory, or one a table.
                let list = if value.is_array() { value.clone() } else { json!([value]) };
                self.inventories = Some(read("inventory", list)?);
            }
            ArtefactKind::Determination => self.determination = Some(read("determination", value.clone())?),
            ArtefactKind::Plan => self.plan = Some(read("plan", value.clone())?),
        }
        self.kept.insert(kind, value);
        Ok(())
    }

    /// Takes what is found in a table. Errors: it is no table, or this installation looks into none.
    pub(crate) async fn take_table(&mut self, house: &House, upload: &Upload) -> Result<(), Problem> {
        let none = || {
            let what = Text::new(
                "本系统不检查数据表：请上传清单",
                "this installation looks into no tables: hand in an inventory",
            );
            Problem::new(StatusCode::NOT_FOUND, "not-found", what)
        };
        let scan = house.scan.as_ref().ok_or_else(none)?;
        let found = tables::scanned(scan.as_ref(), upload).await?;
        self.take(ArtefactKind::Inventory, json!([found.inventory]))?;
        self.take(ArtefactKind::Plan, found.plan)
    }

    /// The answers that follow from it and are not there yet.
    pub(crate) fn answers(&self, house: &House, there: &Answers) -> BTreeMap<AnswerPath, Value> {
        let mut after = there.clone();
        let of = Artefacts {
            transfer: None,
            inventories: self.inventories.as_deref(),
            plan: self.plan.as_ref(),
            determination: self.determination.as_ref(),
            receipts: None,
        };
        dossier::derive(house.world.forms, &of, Target::default(), &mut after);
        let changed =
            after.iter().filter(|(path, answer)| there.get(path).is_none_or(|there| there.value != answer.value));
        changed.map(|(path, answer)| (path.clone(), answer.value.clone())).collect()
    }
}

fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|_| {
        Problem::bad(
            format!("`{name}` 不是本程序写出的格式"),
            format!("`{name}` is not of the form this program writes"),
        )
    })
}
