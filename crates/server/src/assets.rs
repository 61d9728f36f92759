//! What is compiled in, and how static files are served: kept by browsers, and asked after each time by their digest.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

fn tags() -> &'static BTreeMap<&'static str, String> {
    static TAGS: OnceLock<BTreeMap<&'static str, String>> = OnceLock::new();
    let tag = |bytes: &[u8]| format!("\"{}\"", &transfer::digest(bytes)[..16]);
    TAGS.get_or_init(|| STATIC.iter().map(|(name, bytes)| (*name, tag(bytes))).collect())
}

/// `GET /static/{name}`.
pub(crate) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((name, bytes)) = STATIC.iter().find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = tags()[name].as_str();
    // An upgrade shows at once: a browser asks each time, and is told in a few bytes that nothing changed.
    let keep = [(header::CACHE_CONTROL, "public, no-cache"), (header::ETAG, tag)];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, keep).into_response();
    }
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    (keep, [(header::CONTENT_TYPE, kind)], *bytes).into_response()
}
