//! One's own account and the identity at the provider: joined, and parted from it.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use doors::{DoorsError, External};
use law::Text;
use oidc::OidcError;
use serde_json::{Value, json};

use super::carried::{Carried, Purpose};
use super::{provider, sign_in_page, stale, told};
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::pages::props::Say;
use crate::pages::{account, shown};
use crate::problem::Problem;
use crate::who::{Visitor, Who};

/// What the page of one's own account shows of it; null where there is no provider.
pub(in crate::pages) async fn view(house: &House, who: &Who) -> Result<Value, Problem> {
    let Some(provider) = &house.oidc else { return Ok(Value::Null) };
    let joined = house.doors.externals_of(&who.account.id, provider.issuer()).await? > 0;
    Ok(json!({"name": provider.name(), "joined": joined}))
}

/// `POST /account/oidc`: sends the browser to the provider to join who it is there to this account. It asks for the password: whoever
/// finds a page open and unattended must not be able to join an identity of their own.
pub(in crate::pages) async fn join(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    filled: Filled,
) -> Result<Response, Problem> {
    let provider = provider(&house)?;
    let session = own_session(&who)?;
    let allowed = if who.must_enrol {
        Err(crate::desk::second_factor_first())
    } else {
        account::proven(&house, &visitor, &who, &filled).await
    };
    match allowed {
        Err(problem) if problem.status.is_client_error() => {
            return account::refused(&house, &visitor, &who, (problem.status, *problem.what)).await;
        }
        allowed => allowed?,
    }
    let begun = match provider.begin(house.now()).await {
        Ok(begun) => begun,
        Err(error) => return account::refused(&house, &visitor, &who, told(&error)).await,
    };
    let say = Say::new(&house, visitor.lang);
    let title = say.fill("oidc.go.title", &[("name", provider.name())]);
    let page =
        shown(&house, &visitor, "oidc-go.html", json!({"title": title, "main_class": "narrow", "to": begun.url}))?;
    let mut response = page.into_response();
    // Our forms send to ourselves alone (`form-action`), and browsers hold redirects of a form against that, too: so the page goes on by itself.
    if let Ok(on) = HeaderValue::from_str(&format!("0; url={}", begun.url)) {
        response.headers_mut().insert(header::REFRESH, on);
    }
    let carried = Carried::new(begun.remembered, Purpose::Join { session }, house.now());
    carried.give(&house, &visitor, response.headers_mut())?;
    Ok(response)
}

/// The browser is back: joins who it is to the account of the session that began it.
pub(super) async fn joined(
    house: &House,
    visitor: &Visitor,
    session: &str,
    external: Result<External, OidcError>,
) -> Result<Response, Problem> {
    let who = visitor.who.as_ref().filter(|who| who.session().is_some_and(|(_, id)| id.as_str() == session));
    let Some(who) = who else {
        return sign_in_page(house, visitor, "/account", (StatusCode::BAD_REQUEST, stale())).await;
    };
    let external = match external {
        Ok(external) => external,
        Err(error) => return account::refused(house, visitor, who, told(&error)).await,
    };
    let id = &who.account.id;
    let done = Redirect::to("/account?done=oidc-joined").into_response();
    if house.doors.by_external(&external).await?.is_some_and(|owner| owner.id == *id) {
        return Ok(done);
    }
    match house.doors.join_external(id, &external, id, house.now()).await {
        Ok(()) => Ok(done),
        Err(error @ DoorsError::ExternalTaken) => {
            account::refused(house, visitor, who, (StatusCode::CONFLICT, error.text())).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/oidc/part`: takes the identity from this account.
pub(in crate::pages) async fn part(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    _: Filled,
) -> Result<Response, Problem> {
    let issuer = provider(&house)?.issuer();
    own_session(&who)?;
    let (id, now) = (&who.account.id, house.now());
    if house.doors.part_external(id, issuer, id, now).await? == 0 {
        let none = Text::new("没有已关联的身份", "no identity is joined");
        return account::refused(&house, &visitor, &who, (StatusCode::NOT_FOUND, none)).await;
    }
    Ok(Redirect::to("/account?done=oidc-parted").into_response())
}

/// The session of somebody with an account; a guest has none, and a program no page.
fn own_session(who: &Who) -> Result<String, Problem> {
    match who.session() {
        Some((_, id)) if !who.guest => Ok(id.as_str().to_owned()),
        _ => Err(Problem::forbidden()),
    }
}
