//! Headers that keep pages safe, and the check that a changing request comes from our own pages.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::house::Shared;
use crate::problem::Problem;

/// Nothing but our own files, nothing inline, nowhere framed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

/// Puts the headers on every answer, errors included.
pub(crate) async fn headers(State(house): State<Shared>, request: Request, next: Next) -> Response {
    let is_static = request.uri().path().starts_with("/static/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut put = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    put(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(
        header::HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    if house.installation.secure {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    if !is_static {
        // What one person was shown must not be shown to the next.
        put(header::CACHE_CONTROL, "no-store");
    }
    response
}

/// Refuses a changing request that a page of somebody else sent with our cookies. Beside it every form carries a token of its session.
pub(crate) async fn own_pages_only(State(house): State<Shared>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let by_cookie =
        request.headers().contains_key(header::COOKIE) && !request.headers().contains_key(header::AUTHORIZATION);
    if changes && by_cookie && is_foreign(request.headers(), &house.installation.url) {
        let what = law::Text::new("请求来自其他网站，已拒绝", "the request comes from another site and was refused");
        return Problem::new(axum::http::StatusCode::FORBIDDEN, "cross-site", what).into_response();
    }
    next.run(request).await
}

/// Whether a browser says that another site's page sent this (Fetch Metadata; the origin where a browser has none of it).
fn is_foreign(headers: &HeaderMap, url: &str) -> bool {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match of("sec-fetch-site") {
        Some(site) => !matches!(site, "same-origin" | "none"),
        None => of("origin").is_some_and(|origin| {
            let host = of("host").unwrap_or_default();
            origin != url && origin.split_once("://").is_none_or(|(_, of)| of != host)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers =
            pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_foreign(&headers.collect(), "https://exit.example.cn")
    }

    #[test]
    fn what_another_site_sends_is_known_by_fetch_metadata_or_by_its_origin() {
        assert!(!foreign(&[("sec-fetch-site", "same-origin")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site")]));
        // A sibling under the same domain is another site to us.
        assert!(foreign(&[("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[("origin", "https://exit.example.cn")]));
        assert!(!foreign(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(foreign(&[("origin", "https://elsewhere.example"), ("host", "127.0.0.1:8080")]));
        assert!(foreign(&[("origin", "null"), ("host", "127.0.0.1:8080")]));
    }
}
