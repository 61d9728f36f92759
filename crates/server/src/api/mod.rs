//! The HTTP API: everything the console does, over the same desk. docs/API.md describes it for its users.

mod accounts;
mod actions;
mod answer;
mod answers;
mod asked;
mod case;
mod cases;
mod codes;
mod cursor;
mod document;
mod figures;
mod files;
mod forms;
mod invitations;
mod law;
mod me;
mod packages;
mod path;
mod releases;
mod schemas;
mod session;
mod table;
mod tables;
mod webhooks;
mod wrong;

use std::sync::OnceLock;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub(crate) use self::codes::CODES;
use self::table::Operation;
use crate::house::{House, Shared};

/// Every operation, in the order of the document.
fn table() -> Vec<Operation> {
    let parts = [
        session::operations(),
        me::operations(),
        path::operations(),
        law::operations(),
        forms::operations(),
        cases::operations(),
        tables::operations(),
        case::operations(),
        answers::operations(),
        actions::operations(),
        files::operations(),
        releases::operations(),
        packages::operations(),
        invitations::operations(),
        figures::operations(),
        accounts::operations(),
        webhooks::operations(),
    ];
    parts.into_iter().flatten().collect()
}

/// The routes of the API.
pub(crate) fn routes() -> Router<Shared> {
    table::router(&table()).route("/api/openapi.json", get(openapi))
}

/// The document of the API, as JSON.
pub(crate) fn described(house: &House) -> &'static serde_json::Value {
    static DOCUMENT: OnceLock<serde_json::Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| document::document(&table(), "/", house.installation.version))
}

/// `GET /api/openapi.json`.
async fn openapi(State(house): State<Shared>) -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| described(&house).to_string());
    ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response()
}
