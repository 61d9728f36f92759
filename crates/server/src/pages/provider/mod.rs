//! Signing in by another provider (OpenID Connect): there and back, and the code of a second factor where the account has one.

mod carried;
mod join;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use doors::{External, SignInRefused};
use jiff::Timestamp;
use law::Text;
use oidc::{Identity, OidcError, Provider, Rejected};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::enter::{self, To};
use super::props::Say;
use super::shown;
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::who::{Visitor, Who};
use carried::{Carried, Purpose};

pub(crate) use carried::CameBack;
pub(super) use join::{join, part, view};

/// What the code of a second factor is asked for.
#[derive(Serialize, Deserialize)]
struct Half {
    issuer: String,
    subject: String,
    back: String,
    ends: Timestamp,
}

fn provider(house: &House) -> Result<&Provider, Problem> {
    let none = || Problem::not_found(Text::new("没有这个页面", "there is no such page"));
    house.oidc.as_deref().ok_or_else(none)
}

/// What is said to whoever comes back with nothing that was begun.
fn stale() -> Text {
    Text::new(
        "本次登录已过期、已用过，或是由另一浏览器发起的：请重新开始",
        "this sign-in is over, was used already, or was begun in another browser: begin again",
    )
}

/// An error of the provider's, with the status it is answered by.
fn told(error: &OidcError) -> (StatusCode, Text) {
    let status = match error {
        OidcError::Settings(_) | OidcError::Random => StatusCode::INTERNAL_SERVER_ERROR,
        OidcError::Unreachable(_) | OidcError::Answer(..) => StatusCode::BAD_GATEWAY,
        OidcError::Slow => StatusCode::GATEWAY_TIMEOUT,
        OidcError::Refused(_) => StatusCode::FORBIDDEN,
        OidcError::Rejected(_) => StatusCode::UNAUTHORIZED,
    };
    if status.is_server_error() || matches!(error, OidcError::Rejected(_)) {
        tracing::warn!(fault = %error, code = error.code(), "the sign-in provider");
    }
    let (zh, en) = error.both();
    (status, Text::new(zh, en))
}

/// The sign-in page, which says what was wrong.
async fn sign_in_page(
    house: &House,
    visitor: &Visitor,
    back: &str,
    (status, wrong): (StatusCode, Text),
) -> Result<Response, Problem> {
    Ok((status, enter::refused(house, visitor, back, wrong).await?).into_response())
}

/// `GET /enter/oidc`: sends the browser to the provider.
pub(super) async fn enter(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(to): Query<To>,
) -> Result<Response, Problem> {
    let begun = match provider(&house)?.begin(house.now()).await {
        Ok(begun) => begun,
        Err(error) => return sign_in_page(&house, &visitor, &to.back, told(&error)).await,
    };
    let mut response = Redirect::to(&begun.url).into_response();
    let carried = Carried::new(begun.remembered, Purpose::Enter { back: to.back }, house.now());
    carried.give(&house, &visitor, response.headers_mut())?;
    Ok(response)
}

/// What the provider sends the browser back with (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answered {
    code: String,
    state: String,
    error: String,
    iss: Option<String>,
}

impl Answered {
    async fn identity(&self, provider: &Provider, carried: &Carried, now: Timestamp) -> Result<Identity, OidcError> {
        if self.iss.as_ref().is_some_and(|issuer| issuer != provider.issuer()) {
            return Err(OidcError::Rejected(Rejected::Issuer));
        }
        if !self.error.is_empty() {
            return Err(OidcError::refused(&self.error));
        }
        provider.finish(&self.code, &carried.remembered, now).await
    }
}

/// `GET /enter/oidc/back`: what the browser was sent to the provider for, is done.
pub(super) async fn back(
    State(house): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(answered): Query<Answered>,
) -> Result<Response, Problem> {
    let provider = provider(&house)?;
    let Some(carried) = Carried::take(&house, &visitor, &headers, &answered.state) else {
        return sign_in_page(&house, &visitor, "", (StatusCode::BAD_REQUEST, stale())).await;
    };
    let identity = answered.identity(provider, &carried, house.now()).await;
    let external = identity.map(|identity| External { issuer: identity.issuer, subject: identity.subject });
    let mut response = match (carried.purpose, external) {
        (Purpose::Enter { back }, Ok(external)) => entered(&house, &visitor, &external, &back).await?,
        (Purpose::Enter { back }, Err(error)) => sign_in_page(&house, &visitor, &back, told(&error)).await?,
        (Purpose::Join { session }, external) => join::joined(&house, &visitor, &session, external).await?,
    };
    Carried::clear(&house, response.headers_mut());
    Ok(response)
}

async fn entered(house: &House, visitor: &Visitor, external: &External, back: &str) -> Result<Response, Problem> {
    match house.doors.sign_in_external(external, None, &visitor.from, house.now()).await {
        Ok(Some(signed_in)) => let_in(house, visitor, &signed_in.secret, back).await,
        Ok(None) => {
            let unjoined = Text::new(
                "该身份尚未关联任何账户：请用密码登录一次，在“我的账户”中关联，或联系管理员",
                "this identity is joined to no account: sign in once by password and join it under “My account”, or ask the administrator",
            );
            sign_in_page(house, visitor, back, (StatusCode::FORBIDDEN, unjoined)).await
        }
        Err(SignInRefused::CodeNeeded) => {
            let External { issuer, subject } = external.clone();
            let half = Half { issuer, subject, back: back.to_owned(), ends: carried::end(house.now()) };
            let half = carried::sealed(house, visitor, "oidc-code", &half)?;
            Ok(code_form(house, visitor, &half, None)?.into_response())
        }
        Err(refused) => {
            let problem = Problem::from(refused);
            if problem.status.is_server_error() {
                return Err(problem);
            }
            sign_in_page(house, visitor, back, (problem.status, *problem.what)).await
        }
    }
}

/// Lets somebody in. Whoever had a session before has another one from now on: what somebody else may have planted opens nothing.
async fn let_in(house: &House, visitor: &Visitor, secret: &doors::Secret, back: &str) -> Result<Response, Problem> {
    if let Some((before, _)) = visitor.who.as_ref().and_then(Who::session) {
        house.doors.sign_out(before, house.now()).await?;
    }
    Ok(enter::let_in(house, secret, back))
}

fn code_form(house: &House, visitor: &Visitor, half: &str, wrong: Option<&Text>) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let context = json!({"title": say.title("oidc.code.title"), "main_class": "narrow", "half": half, "problem": wrong.map(|wrong| say.of(wrong))});
    shown(house, visitor, "oidc-code.html", context)
}

/// `POST /enter/oidc/code`: the code of the second factor.
pub(super) async fn code(State(house): State<Shared>, visitor: Visitor, filled: Filled) -> Result<Response, Problem> {
    let sealed = filled.text("half").unwrap_or_default();
    let half = carried::opened::<Half>(&house, &visitor, "oidc-code", sealed).filter(|half| house.now() < half.ends);
    let Some(half) = half else {
        return sign_in_page(&house, &visitor, "", (StatusCode::BAD_REQUEST, stale())).await;
    };
    let external = External { issuer: half.issuer, subject: half.subject };
    let signed_in = house.doors.sign_in_external(&external, filled.text("totp"), &visitor.from, house.now()).await;
    let refused = match signed_in {
        Ok(Some(signed_in)) => return let_in(&house, &visitor, &signed_in.secret, &half.back).await,
        // It was parted from the account meanwhile.
        Ok(None) => return sign_in_page(&house, &visitor, &half.back, (StatusCode::FORBIDDEN, stale())).await,
        Err(refused) => refused,
    };
    let wrong = match &refused {
        SignInRefused::Wrong | SignInRefused::CodeNeeded => Text::new("验证码不正确", "this is not the code"),
        refused => refused.text(),
    };
    let problem = Problem::from(refused);
    if problem.status.is_server_error() {
        return Err(problem);
    }
    Ok((problem.status, code_form(&house, &visitor, sealed, Some(&wrong))?).into_response())
}
