//! One line of log and one count for every request. Neither holds an address of a case, a name or a query: only which route it was.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::house::Shared;
use crate::who::Visitor;

/// Counts and logs.
pub(crate) async fn watch(State(house): State<Shared>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let taken = begun.elapsed();
    let status = response.status().as_u16();
    house.metrics.answered(&method, &route, status, taken);
    if !route.starts_with("/static/") {
        let account = response
            .extensions()
            .get::<Visitor>()
            .and_then(|visitor| visitor.who.as_ref())
            .map(|who| who.id.to_string());
        let account = account.unwrap_or_default();
        tracing::info!(method = %method, route, status, micros = taken.as_micros() as u64, account, "answered");
    }
    response
}
