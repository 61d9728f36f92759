//! The console: pages for people, made on the server.

mod account;
mod act;
mod admin;
mod case;
mod cases;
mod consult;
mod docs;
mod enter;
mod forms;
mod home;
mod path;
mod places;
mod props;
mod provider;
mod rules;
mod shown;
mod statistics;
mod webhooks;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::desk;
use crate::house::Shared;
use crate::who::Visitor;

pub(crate) use path::warm;
pub(crate) use provider::CameBack;
pub(crate) use shown::{back, shown};

/// Every page.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(home::page))
        .route("/path", get(path::page))
        .route("/rules", get(rules::all))
        .route("/rules/{id}", get(rules::one))
        .route("/lists", get(rules::lists))
        .route("/lists/{id}", get(rules::list))
        .route("/calendar", get(rules::calendar))
        .route("/consultations", get(consult::page))
        .route("/docs/errors", get(docs::errors))
        .route("/docs/api", get(docs::api))
        .route("/statistics", get(statistics::page))
        .route("/statistics.csv", get(statistics::csv))
        .route("/statistics.json", get(statistics::json))
        .route("/sign-in", get(enter::page).post(enter::sign_in))
        .route("/sign-in/as", post(enter::sign_in_as))
        .route("/enter/oidc", get(provider::enter))
        .route("/enter/oidc/back", get(provider::back))
        .route("/enter/oidc/code", post(provider::code))
        .route("/sign-out", post(enter::sign_out))
        .route("/set-up", get(enter::set_up_page).post(enter::set_up))
        .route("/invitation/{secret}", get(enter::invitation).post(enter::accept))
        .route("/language/{lang}", get(shown::language))
        .route("/cases", get(cases::queue))
        .route("/cases/new", get(cases::new_page).post(cases::new_case))
        .route("/search", get(cases::search))
        .route("/cases/{id}", get(case::overview))
        .route("/cases/{id}/items", get(case::items))
        .route("/cases/{id}/clocks", get(case::clocks))
        .route("/cases/{id}/documents", get(case::documents))
        .route("/cases/{id}/messages", get(case::messages))
        .route("/cases/{id}/comparison", get(case::comparison))
        .route("/cases/{id}/releases", get(case::releases))
        .route("/cases/{id}/record", get(case::record))
        .route("/cases/{id}/files/{digest}", get(case::file))
        .route("/cases/{id}/permit", get(case::permit))
        .route("/cases/{id}/permit-key", get(case::permit_key))
        .route("/cases/{id}/forms", get(forms::first))
        .route("/cases/{id}/forms/{step}", get(forms::step).post(forms::save))
        .route("/cases/{id}/print/{form}", get(forms::print))
        .route("/cases/{id}/act/{action}", get(act::page).post(act::act))
        .route("/cases/{id}/invite", get(case::invite_page).post(case::invite))
        .route("/account", get(account::page))
        .route("/account/oidc", post(provider::join))
        .route("/account/oidc/part", post(provider::part))
        .route("/account/{what}", post(account::change))
        .route("/webhooks", get(webhooks::all).post(webhooks::new))
        .route("/webhooks/mail", post(webhooks::mail))
        .route("/webhooks/{id}", get(webhooks::one).post(webhooks::change))
        .route("/admin", get(admin::page))
        .route("/admin/accounts", get(admin::accounts).post(admin::new_account))
        .route("/admin/accounts/{id}", get(admin::account).post(admin::change_account))
        .route("/admin/organisations", get(admin::organisations).post(admin::new_organisation))
        .route("/admin/reads", get(admin::reads))
        .layer(from_fn(for_people))
}

/// Pages are for people: a token, whose scopes pages do not know, reaches the API alone. Whoever has to set up a second factor first is
/// led there from every page that is not open to all.
async fn for_people(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let who = request.extensions().get::<Visitor>().and_then(|visitor| visitor.who.as_ref());
    if who.is_some_and(|who| who.session().is_none()) {
        return desk::session_only().into_response();
    }
    let own = path == "/" || ["/cases", "/search", "/webhooks", "/admin"].iter().any(|room| path.starts_with(room));
    if own && who.is_some_and(|who| who.must_enrol) {
        return Redirect::to("/account").into_response();
    }
    next.run(request).await
}
