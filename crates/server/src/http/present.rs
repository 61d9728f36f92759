//! A problem as whoever asked can read it: a page, or JSON.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::json;

use crate::house::Shared;
use crate::pages::shown;
use crate::problem::Problem;
use crate::who::Visitor;

/// Writes problems. It stands around whatever may refuse a request, and finds in the answer who asked.
pub(crate) async fn present(State(house): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let target = request.uri().path_and_query().map_or_else(|| path.clone(), ToString::to_string);
    let is_get = request.method().is_safe();
    let wants_json = wants_json(&path, request.headers().get(header::ACCEPT));
    let response = next.run(request).await;
    let marked = response.extensions().get::<Problem>().cloned();
    // A page that says itself what is wrong stays as it is.
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let unsaid = kind.is_empty() || kind.starts_with("text/plain");
    let Some(problem) = marked.or_else(|| bare(response.status()).filter(|_| unsaid)) else {
        return response;
    };
    let visitor = response.extensions().get::<Visitor>().cloned();
    let shown = if wants_json {
        as_json(&house, &problem)
    } else if problem.code == "not-signed-in" && is_get {
        // Whoever has not signed in and looks for a page signs in first, and is brought back to it.
        let back = form_urlencoded::byte_serialize(target.as_bytes()).collect::<String>();
        Redirect::to(&format!("/sign-in?back={back}")).into_response()
    } else {
        let context = json!({"status": problem.status.as_u16(), "code": problem.code, "what": problem.what, "more": problem.more});
        match shown(&house, visitor.as_ref().unwrap_or(&Visitor::default()), "problem.html", context) {
            Ok(page) => (problem.status, page).into_response(),
            Err(_) => (problem.status, Html(problem.what.en.clone())).into_response(),
        }
    };
    carried(&response, shown, visitor)
}

/// What has to come along with the words: cookies, which methods are taken, and who asked.
fn carried(from: &Response, mut to: Response, visitor: Option<Visitor>) -> Response {
    for name in [header::SET_COOKIE, header::ALLOW, header::RETRY_AFTER] {
        for value in from.headers().get_all(&name) {
            to.headers_mut().append(&name, value.clone());
        }
    }
    if let Some(visitor) = visitor {
        to.extensions_mut().insert(visitor);
    }
    to
}

fn wants_json(path: &str, accept: Option<&HeaderValue>) -> bool {
    let accept = accept.and_then(|value| value.to_str().ok()).unwrap_or_default();
    path == "/api" || path.starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"))
}

/// What the router itself refuses has no words of its own.
fn bare(status: StatusCode) -> Option<Problem> {
    let (code, zh, en) = match status {
        StatusCode::NOT_FOUND => ("not-found", "没有这个页面", "there is no such page"),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method-not-allowed", "此地址不接受该方法", "this address does not take that method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "请求过大", "the request is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", "不支持该内容类型", "this content type is not taken"),
        StatusCode::BAD_REQUEST => ("bad-request", "请求无法识别", "the request cannot be read"),
        StatusCode::UNPROCESSABLE_ENTITY => {
            ("bad-request", "请求内容不符合要求", "the request is not of the form that is asked for")
        }
        StatusCode::REQUEST_TIMEOUT => ("timeout", "请求超时", "the request took too long"),
        _ => return None,
    };
    Some(Problem::new(status, code, law::Text::new(zh, en)))
}

pub(crate) fn as_json(house: &Shared, problem: &Problem) -> Response {
    let body = problem.json(&house.installation.url).to_string();
    let mut response = (problem.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
    if problem.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
