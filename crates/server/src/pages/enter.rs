//! Coming in and going out: the first administrator, signing in, invitations.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use cases::{Role, Scope};
use doors::{AccountId, NewAccount, Secret, SignInRefused};
use serde::Deserialize;
use serde_json::{Value, json};

use super::props::Say;
use super::{back, shown};
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::http::meet::{session_cookie, set_cookie};
use crate::problem::Problem;
use crate::who::Visitor;

/// `?back=`: where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct To {
    pub(super) back: String,
}

pub(super) async fn page(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(to): Query<To>,
) -> Result<Response, Problem> {
    if house.doors.is_new().await? {
        return Ok(Redirect::to("/set-up").into_response());
    }
    Ok(form(&house, &visitor, &Typed { next: &to.back, ..Typed::default() }).await?.into_response())
}

/// What was typed so far.
#[derive(Default)]
struct Typed<'a> {
    login: &'a str,
    next: &'a str,
    /// Whether the password was right and a code is asked for.
    code: bool,
    wrong: Option<law::Text>,
}

async fn form(house: &House, visitor: &Visitor, typed: &Typed<'_>) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let demo = if house.installation.demo { personas(house, say).await? } else { Vec::new() };
    let context = json!({
        "title": say.title("ui.sign-in"),
        "main_class": "narrow",
        "form": {"action": "/sign-in", "csrf": visitor.csrf, "account": typed.login, "totp": typed.code, "next": typed.next,
                 "oidc": by_provider(house, say, typed.next), "error": typed.wrong.as_ref().map(|wrong| say.of(wrong)), "demo": demo, "demo_action": "/sign-in/as"},
    });
    shown(house, visitor, "sign-in.html", context)
}

/// The button of the provider by which people can sign in, where there is one.
fn by_provider(house: &House, say: Say<'_>, next: &str) -> Vec<Value> {
    let back = form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
    let button = |provider: &oidc::Provider| json!({"label": say.fill("oidc.sign-in", &[("name", provider.name())]), "href": format!("/enter/oidc?back={back}")});
    house.oidc.as_deref().into_iter().map(button).collect()
}

/// The same page, saying why somebody who came by a provider was not let in.
pub(super) async fn refused(
    house: &House,
    visitor: &Visitor,
    next: &str,
    wrong: law::Text,
) -> Result<Html<String>, Problem> {
    form(house, visitor, &Typed { next, wrong: Some(wrong), ..Typed::default() }).await
}

/// Whom the demonstration lets in at a click.
async fn personas(house: &House, say: Say<'_>) -> Result<Vec<Value>, Problem> {
    let (all, _) = house.doors.accounts(doors::Page::default(), &doors::AccountFilter::default()).await?;
    let active = all.into_iter().filter(|account| account.status == doors::Status::Active);
    let personas = active.map(
        |account| json!({"value": account.id.as_str(), "name": account.name, "role": say.word("role", account.role)}),
    );
    Ok(personas.collect())
}

/// Lets somebody in: the session's secret goes into a cookie that scripts cannot read.
pub(super) fn let_in(house: &House, secret: &Secret, to: &str) -> Response {
    let mut response = Redirect::to(back(to)).into_response();
    set_cookie(house, response.headers_mut(), session_cookie(house), secret.as_str(), None);
    response
}

pub(super) async fn sign_in(
    State(house): State<Shared>,
    visitor: Visitor,
    filled: Filled,
) -> Result<Response, Problem> {
    let (login, next) = (filled.text("account").unwrap_or_default(), filled.text("next").unwrap_or_default());
    // A password may begin or end with a space.
    let password = filled.all("password").first().map(String::as_str).unwrap_or_default();
    let signed_in = house.doors.sign_in(login, password, filled.text("totp"), &visitor.from, house.now()).await;
    let refused = match signed_in {
        Ok(signed_in) => return Ok(let_in(&house, &signed_in.secret, next)),
        Err(SignInRefused::Failed(error)) => return Err(error.into()),
        Err(refused) => refused,
    };
    let code = matches!(refused, SignInRefused::CodeNeeded);
    let wrong = (!code).then(|| refused.text());
    let status = match refused {
        SignInRefused::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        SignInRefused::CodeNeeded => StatusCode::OK,
        _ => StatusCode::UNAUTHORIZED,
    };
    let page =
        form(&house, &visitor, &Typed { login, next, code: code || filled.text("totp").is_some(), wrong }).await?;
    Ok((status, page).into_response())
}

/// The demonstration's doors open at a click.
pub(super) async fn sign_in_as(
    State(house): State<Shared>,
    visitor: Visitor,
    filled: Filled,
) -> Result<Response, Problem> {
    if !house.installation.demo {
        return Err(Problem::forbidden());
    }
    let account = AccountId::new(filled.text("as").unwrap_or_default());
    let signed_in = house.doors.admit(&account, "demo", &visitor.from, house.now()).await?;
    Ok(let_in(&house, &signed_in.secret, "/"))
}

pub(super) async fn sign_out(State(house): State<Shared>, visitor: Visitor, _: Filled) -> Result<Response, Problem> {
    if let Some((secret, _)) = visitor.who.as_ref().and_then(|who| who.session()) {
        house.doors.sign_out(secret, house.now()).await?;
    }
    let mut response = Redirect::to("/").into_response();
    set_cookie(&house, response.headers_mut(), session_cookie(&house), "", None);
    Ok(response)
}

pub(super) async fn set_up_page(State(house): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    if !house.doors.is_new().await? {
        return Ok(Redirect::to("/").into_response());
    }
    Ok(set_up_form(&house, &visitor, &Filled::default(), None)?.into_response())
}

fn set_up_form(
    house: &House,
    visitor: &Visitor,
    filled: &Filled,
    wrong: Option<&law::Text>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let value = |name: &str| filled.text(name).unwrap_or_default().to_owned();
    let fields = json!([
        {"kind": "text", "id": "code", "label": say.text("set-up.code"), "hint": say.text("set-up.code.hint"), "required": true, "value": value("code"), "autocomplete": "off"},
        {"kind": "text", "id": "login", "label": say.text("account.login"), "required": true, "value": value("login"), "autocomplete": "username"},
        {"kind": "text", "id": "name", "label": say.text("account.name"), "required": true, "value": value("name"), "autocomplete": "name"},
        {"kind": "password", "id": "password", "label": say.text("account.password"), "hint": say.text("account.password.hint"), "required": true, "autocomplete": "new-password"},
    ]);
    let context = json!({"title": say.title("set-up.title"), "main_class": "narrow", "lead": say.text("set-up.lead"), "fields": fields,
                         "action": "/set-up", "submit": say.text("set-up.submit"), "problem": wrong.map(|wrong| say.of(wrong))});
    shown(house, visitor, "plain-form.html", context)
}

pub(super) async fn set_up(State(house): State<Shared>, visitor: Visitor, filled: Filled) -> Result<Response, Problem> {
    // Whoever started the program can read its terminal; nobody else on the network can.
    let typed = filled.text("code").unwrap_or_default();
    if !house.set_up_code_is(typed) {
        let wrong = law::Text::new(
            "设置码不正确：请查看启动程序的终端",
            "this is not the code: look at the terminal the program was started from",
        );
        return Ok((StatusCode::FORBIDDEN, set_up_form(&house, &visitor, &filled, Some(&wrong))?).into_response());
    }
    let login = filled.text("login").unwrap_or_default();
    let password = filled.all("password").first().map(String::as_str).unwrap_or_default();
    let new = NewAccount {
        login: login.to_owned(),
        name: filled.text("name").unwrap_or_default().to_owned(),
        email: None,
        role: Role::Administrator,
        scope: Scope::All,
        organisation: None,
        lang: None,
    };
    match house.doors.set_up(new, password, house.now()).await {
        Ok(account) => {
            let signed_in = house.doors.admit(&account.id, "set-up", &visitor.from, house.now()).await?;
            Ok(let_in(&house, &signed_in.secret, "/admin"))
        }
        Err(error) if error.is_input() => {
            let page = set_up_form(&house, &visitor, &filled, Some(&error.text()))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The page of an invitation. Looking at it takes nothing: links are opened by mail programs, too.
pub(super) async fn invitation(
    State(house): State<Shared>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> Result<Html<String>, Problem> {
    invitation_form(&house, &visitor, &secret, None).await
}

async fn invitation_form(
    house: &House,
    visitor: &Visitor,
    secret: &str,
    wrong: Option<&law::Text>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let gone =
        || Problem::not_found(law::Text::new("此邀请无效或已过期", "this invitation is none, or its time is over"));
    let found = house.doors.invitation(secret, house.now()).await?.ok_or_else(gone)?;
    let fields = if found.case.is_some() {
        json!([])
    } else {
        json!([{"kind": "password", "id": "password", "label": say.text("account.password"), "hint": say.text("account.password.hint"), "required": true, "autocomplete": "new-password"}])
    };
    let lead = if found.case.is_some() { "invitation.case" } else { "invitation.account" };
    let context = json!({"title": say.title("invitation.title"), "main_class": "narrow", "lead": say.text(lead), "fields": fields,
                         "action": format!("/invitation/{secret}"), "submit": say.text("invitation.accept"), "problem": wrong.map(|wrong| say.of(wrong))});
    shown(house, visitor, "plain-form.html", context)
}

pub(super) async fn accept(
    State(house): State<Shared>,
    visitor: Visitor,
    Path(secret): Path<String>,
    filled: Filled,
) -> Result<Response, Problem> {
    let password = filled.all("password").first().map(String::as_str).unwrap_or_default();
    let gone =
        || Problem::not_found(law::Text::new("此邀请无效或已过期", "this invitation is none, or its time is over"));
    let now = house.now();
    let found = house.doors.invitation(&secret, now).await?.ok_or_else(gone)?;
    if let Some(case) = found.case {
        let signed_in = house.doors.enter(&secret, &visitor.from, now).await?;
        return Ok(let_in(&house, &signed_in.secret, &format!("/cases/{case}")));
    }
    match house.doors.accept(&secret, password, &visitor.from, now).await {
        Ok(Some(signed_in)) => Ok(let_in(&house, &signed_in.secret, "/")),
        // A second factor is set up already, and its code is asked for like at any other time.
        Ok(None) => Ok(Redirect::to("/sign-in").into_response()),
        Err(error) if error.is_input() => {
            let page = invitation_form(&house, &visitor, &secret, Some(&error.text())).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
