//! What a case is begun with: a table is looked into, and answers follow from what a transfer shows of itself. Nothing of it is kept.

use std::collections::BTreeMap;

use ::cases::ArtefactKind;
use axum::http::Method;
use doors::TokenScope;
use dossier::{AnswerPath, Answers};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::Shown;
use super::asked::{Asked, Json, Nothing};
use super::files::Sent;
use super::table::{Need, Operation, operation};
use crate::desk::HandedIn;
use crate::house::House;
use crate::problem::Problem;

const TAG: &str = "cases";

pub(super) fn operations() -> Vec<Operation> {
    let need = Need::Scope(&[TokenScope::Act]);
    vec![
        operation(
            (Method::POST, "/api/tables"),
            "scanTable",
            TAG,
            need,
            (
                "Look into a table: its inventory, a plan, and the answers that follow; none of it is kept",
                "检查数据表：得出清单、方案及可推出的答复；均不留存",
            ),
            scan,
        )
        .problems(&["not-a-table", "file-size", "bad-name", "not-found"]),
        operation(
            (Method::POST, "/api/answers"),
            "deriveAnswers",
            TAG,
            need,
            (
                "The answers that follow from inventory, determination and plan; none of it is kept",
                "由清单、判定、方案推出的答复；均不留存",
            ),
            derive,
        )
        .problems(&["bad-request"]),
    ]
}

/// What the table is called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TableAsked {
    /// Its name with its ending (`csv`, `parquet` and the like); of a form, the name that comes with the file.
    name: Option<String>,
}

/// What a case can be opened with (`artefacts` and `answers` of `openCase`).
#[derive(Debug, Serialize, JsonSchema)]
struct Begun {
    artefacts: BTreeMap<ArtefactKind, Value>,
    answers: BTreeMap<AnswerPath, Value>,
}

fn begun(house: &House, found: HandedIn) -> Begun {
    Begun { answers: found.answers(house, &Answers::default()), artefacts: found.kept }
}

async fn scan(asked: Asked<Nothing, TableAsked, Sent>) -> Result<Shown<Begun>, Problem> {
    asked.who()?;
    let mut found = HandedIn::default();
    found.take_table(&asked.house, &asked.body.upload(asked.query.name)?).await?;
    Ok(Shown(begun(&asked.house, found)))
}

/// What the transfer shows of itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shows {
    /// Inventory (one, or a list of one a table), determination, plan, as this program writes them.
    artefacts: BTreeMap<ArtefactKind, Value>,
}

async fn derive(asked: Asked<Nothing, Nothing, Json<Shows>>) -> Result<Shown<Begun>, Problem> {
    asked.who()?;
    let mut found = HandedIn::default();
    let Json(shows) = asked.body;
    for (kind, value) in shows.artefacts {
        found.take(kind, value)?;
    }
    Ok(Shown(begun(&asked.house, found)))
}
