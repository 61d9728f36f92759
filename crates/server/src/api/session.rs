//! Signing in and out, for programs that have no token.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use doors::SignInRefused;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Done, Shown, With};
use super::asked::{Asked, Json, Nothing};
use super::me::{MeView, me_view};
use super::table::{Need, Operation, operation};
use crate::http::meet::{session_cookie, set_cookie};
use crate::problem::Problem;
use crate::who::{Via, Who};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            (Method::POST, "/api/session"),
            "signIn",
            "session",
            Need::Public,
            ("Sign in; the session comes as a cookie", "登录；会话以Cookie给出"),
            sign_in,
        )
        .problems(&["code-needed", "wrong-login-or-password", "account-disabled", "too-many-attempts"]),
        operation(
            (Method::DELETE, "/api/session"),
            "signOut",
            "session",
            Need::Known,
            ("Sign out", "退出登录"),
            sign_out,
        )
        .problems(&["session-only"]),
    ]
}

/// What one signs in by.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    login: String,
    password: String,
    /// The code of the second factor, or a recovery code; asked for by `code-needed`.
    #[serde(default)]
    code: Option<String>,
}

/// A session that was opened.
#[derive(Serialize, JsonSchema)]
struct SignedInView {
    me: MeView,
    /// What `X-CSRF-Token` of changing requests carries from now on.
    csrf: String,
}

async fn sign_in(asked: Asked<Nothing, Nothing, Json<SignIn>>) -> Result<With<Shown<SignedInView>>, Problem> {
    let (house, Json(typed), now) = (&asked.house, asked.body, asked.house.now());
    let signed_in =
        house.doors.sign_in(&typed.login, &typed.password, typed.code.as_deref(), &asked.visitor.from, now).await;
    let signed_in = signed_in.map_err(|refused: SignInRefused| Problem::from(refused))?;
    // Whoever had a session before has another one from now on: what somebody else may have planted opens nothing.
    if let Some((before, _)) = asked.visitor.who.as_ref().and_then(Who::session) {
        house.doors.sign_out(before, now).await?;
    }
    let secret = signed_in.secret.as_str();
    let session = house.doors.session(secret, now).await?.ok_or_else(Problem::unauthorised)?;
    let via = Via::Session { secret: secret.into(), id: session.id };
    let who = Who::new(session.account, false, session.must_enrol, via);
    let view = SignedInView { me: me_view(&who), csrf: session.csrf };
    let mut headers = HeaderMap::new();
    set_cookie(house, &mut headers, session_cookie(house), secret, None);
    Ok(With { cookies: cookies(&headers), of: Shown(view) })
}

fn cookies(headers: &HeaderMap) -> Vec<HeaderValue> {
    headers.get_all(header::SET_COOKIE).iter().cloned().collect()
}

async fn sign_out(asked: Asked) -> Result<With<Done>, Problem> {
    let (secret, _) = asked.who()?.session().ok_or_else(crate::desk::session_only)?;
    asked.house.doors.sign_out(secret, asked.house.now()).await?;
    let mut headers = HeaderMap::new();
    set_cookie(&asked.house, &mut headers, session_cookie(&asked.house), "", None);
    Ok(With { cookies: cookies(&headers), of: Done })
}
