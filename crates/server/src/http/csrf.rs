//! The token of a session, which a changing request that comes with its cookie has to carry.

use axum::http::{HeaderMap, StatusCode};
use law::Text;

use crate::problem::Problem;
use crate::who::Visitor;

/// Whether the header `X-CSRF-Token` is that of the session.
pub(crate) fn holds(visitor: &Visitor, headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !visitor.csrf.is_empty() && same(sent, &visitor.csrf) {
        return Ok(());
    }
    let what = Text::new(
        "以Cookie登录的修改请求须在 `X-CSRF-Token` 中带有本会话的令牌（见 GET /api/me 的 `csrf`）",
        "a changing request that signs in by a cookie carries the token of its session in `X-CSRF-Token` (`csrf` of GET /api/me)",
    );
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf", what))
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    transfer::digest(one.as_bytes()) == transfer::digest(other.as_bytes())
}
