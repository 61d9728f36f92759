//! One's own account: password, second factor, sessions, tokens.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use doors::{NewToken, SessionId, SignInRefused, TokenId, TokenScope};
use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::props::Say;
use super::shown;
use crate::desk::hooks;
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::tell::wants_mail;
use crate::who::{Visitor, Who};

/// What is shown once and never again.
#[derive(Default)]
struct Once {
    token: Option<String>,
    factor: Option<(String, String)>,
    recovery: Vec<String>,
    wrong: Option<law::Text>,
}

pub(super) async fn page(State(house): State<Shared>, visitor: Visitor, who: Who) -> Result<Html<String>, Problem> {
    form(&house, &visitor, &who, Once::default()).await
}

async fn form(house: &House, visitor: &Visitor, who: &Who, once: Once) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    if who.guest {
        return Err(Problem::forbidden());
    }
    let account = &who.account;
    let (sessions, tokens) =
        tokio::try_join!(house.doors.sessions_of(&account.id, house.now()), house.doors.tokens_of(&account.id))?;
    let own = who.session().map(|(_, id)| id.clone());
    let sessions = sessions.into_iter().map(|session| {
        json!({"id": session.id.as_str(), "created": say.moment(session.created), "seen": say.moment(session.last_seen),
               "from": session.from, "own": Some(&session.id) == own.as_ref()})
    });
    let tokens = tokens.into_iter().filter(|token| token.revoked.is_none()).map(|token| {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| say.text(&format!("scope.{}", scope.word()))).collect();
        json!({"id": token.id.as_str(), "name": token.name, "scopes": scopes.join(say.text("ui.comma")), "ends": say.moment(token.ends),
               "used": token.last_used.map(|at| say.moment(at))})
    });
    let scopes: Vec<Value> = TokenScope::ALL
        .iter()
        .map(|scope| json!({"value": scope.word(), "label": say.text(&format!("scope.{}", scope.word()))}))
        .collect();
    let context = json!({
        "title": say.title("nav.account"),
        "who": {"name": account.name, "login": account.login, "email": account.email, "role": say.word("role", account.role)},
        "second_factor": account.second_factor,
        "oidc": super::provider::view(house, who).await?,
        "must_enrol": who.must_enrol,
        "webhooks": hooks::post(house).is_ok() && hooks::owner_of(house, who, None).await.is_ok(),
        "mail": mail(house, who).await?,
        "sessions": sessions.collect::<Vec<_>>(),
        "tokens": tokens.collect::<Vec<_>>(),
        "scopes": scopes,
        "new_token": once.token,
        "factor": once.factor.map(|(secret, url)| json!({"secret": secret, "url": url})),
        "recovery": once.recovery,
        "problem": once.wrong.as_ref().map(|wrong| say.of(wrong)),
    });
    shown(house, visitor, "account.html", context)
}

/// Whether one wants mail; null where none is sent.
async fn mail(house: &House, who: &Who) -> Result<Option<bool>, Problem> {
    match house.post.as_ref().filter(|post| post.has_mail() && who.account.email.is_some()) {
        Some(post) => Ok(Some(wants_mail(post, &who.account.id).await?)),
        None => Ok(None),
    }
}

/// `POST /account/{what}`.
pub(super) async fn change(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(what): Path<String>,
    filled: Filled,
) -> Result<Response, Problem> {
    let Some((_, session)) = who.session() else { return Err(Problem::forbidden()) };
    if who.guest {
        return Err(Problem::forbidden());
    }
    match changed(&house, &visitor, &who, session, &what, &filled).await {
        Ok(None) => Ok(Redirect::to("/account?done=saved").into_response()),
        Ok(Some(once)) => Ok(form(&house, &visitor, &who, once).await?.into_response()),
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            let page = form(&house, &visitor, &who, Once { wrong: Some(*problem.what), ..Once::default() }).await?;
            Ok((status, page).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// The page, saying why something was not done.
pub(super) async fn refused(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    (status, wrong): (StatusCode, law::Text),
) -> Result<Response, Problem> {
    let page = form(house, visitor, who, Once { wrong: Some(wrong), ..Once::default() }).await?;
    Ok((status, page).into_response())
}

/// Holds the password, and the code of the second factor where there is one, against those of whoever is signed in.
pub(super) async fn proven(house: &House, visitor: &Visitor, who: &Who, filled: &Filled) -> Result<(), Problem> {
    let typed = |name: &str| filled.all(name).first().map(String::as_str).unwrap_or_default();
    let (login, now) = (&who.account.login, house.now());
    match house.doors.sign_in(login, typed("password"), Some(typed("code")), &visitor.from, now).await {
        Ok(proof) => {
            house.doors.sign_out(proof.secret.as_str(), now).await?;
            Ok(())
        }
        Err(SignInRefused::Failed(error)) => Err(error.into()),
        Err(refused) => Err(Problem::new(StatusCode::FORBIDDEN, refused.code(), refused.text())),
    }
}

/// Does it; what is to be shown once.
async fn changed(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    session: &SessionId,
    what: &str,
    filled: &Filled,
) -> Result<Option<Once>, Problem> {
    let (doors, id, now) = (&house.doors, &who.account.id, house.now());
    let secret = |name: &str| filled.all(name).first().map(String::as_str).unwrap_or_default();
    match what {
        "password" => {
            doors.change_password(id, (secret("old"), secret("new")), Some(session), &visitor.from, now).await?;
        }
        "second-factor" => {
            let new = doors.begin_second_factor(id, &house.installation.url).await?;
            return Ok(Some(Once {
                factor: Some((new.secret.to_string(), new.otpauth.to_string())),
                ..Once::default()
            }));
        }
        "second-factor-confirm" => {
            let recovery = doors.confirm_second_factor(id, secret("code"), Some(session), &visitor.from, now).await?;
            let recovery = recovery.iter().map(|code| code.as_str().to_owned()).collect();
            return Ok(Some(Once { recovery, ..Once::default() }));
        }
        "second-factor-remove" => {
            // Whoever finds a page open and unattended must not be able to take the second factor away.
            proven(house, visitor, who, filled).await?;
            doors.remove_second_factor(id, id, now).await?;
        }
        "session" => {
            doors.end_session(id, &SessionId::new(secret("id")), id, now).await?;
        }
        "sessions" => {
            doors.end_sessions(id, Some(session), id, now).await?;
        }
        "token" => {
            // A token would do what the session may not do yet.
            if who.must_enrol {
                return Err(crate::desk::second_factor_first());
            }
            let scopes = filled.all("scope").iter().filter_map(|word| TokenScope::from_word(word));
            let days: i64 = filled.text("days").and_then(|days| days.parse().ok()).unwrap_or(90);
            let new = NewToken {
                name: filled.text("name").unwrap_or_default().to_owned(),
                scopes: scopes.collect::<BTreeSet<_>>(),
                ends: now + (24 * days.clamp(1, 365)).hours(),
            };
            let (secret, _) = doors.make_token(id, &new, now).await?;
            return Ok(Some(Once { token: Some(secret.as_str().to_owned()), ..Once::default() }));
        }
        "token-end" => {
            doors.revoke_token(id, &TokenId::new(secret("id")), id, now).await?;
        }
        _ => return Err(Problem::not_found(law::Text::new("没有这个页面", "there is no such page"))),
    }
    Ok(None)
}
