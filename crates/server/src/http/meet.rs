//! Finds out who asks, in which language and with which looks, before any handler runs.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use catalogue::Lang;

use crate::house::{House, Shared};
use crate::problem::Problem;
use crate::who::{Via, Visitor, Who};

/// The cookie of a session. Over TLS it bears the prefix that binds it to this host (RFC 6265bis).
pub(crate) fn session_cookie(house: &House) -> &'static str {
    if house.installation.secure { "__Host-tongguan" } else { "tongguan" }
}

/// The cookie by which forms are tied to a browser before anybody signed in.
pub(crate) const VISIT: &str = "tongguan-visit";

/// Puts a [`Visitor`] to the request.
pub(crate) async fn meet(State(house): State<Shared>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/static/") || path == "/health" || path == "/metrics" {
        return next.run(request).await;
    }
    let target = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let (headers, from) = (request.headers().clone(), source(&house, &request));
    let found = visitor(&house, &headers, target, from).await;
    let (visitor, visit) = match found {
        Ok(found) => found,
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    if let Some(visit) = visit {
        set_cookie(&house, response.headers_mut(), VISIT, &visit, None);
    }
    response.extensions_mut().insert(visitor);
    response
}

async fn visitor(
    house: &House,
    headers: &HeaderMap,
    target: String,
    from: String,
) -> Result<(Visitor, Option<String>), Problem> {
    let mut visitor = Visitor {
        theme: match cookie(headers, "theme") {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "",
        },
        target,
        from,
        ..Visitor::default()
    };
    let chosen = cookie(headers, "lang").and_then(Lang::from_word);
    let mut account_lang = None;
    let mut visit = None;
    if let Some(token) = bearer(headers) {
        // A token that is none is said so, and not taken for nobody.
        let used = house.doors.token(token, house.now()).await?.ok_or_else(Problem::unauthorised)?;
        account_lang = used.account.lang;
        let scopes = Arc::new(used.token.scopes);
        visitor.who = Some(Who::new(used.account, false, false, Via::Token(scopes)));
    } else if let Some(secret) = cookie(headers, session_cookie(house))
        && let Some(session) = house.doors.session(secret, house.now()).await?
    {
        account_lang = session.account.lang;
        let via = Via::Session { secret: Arc::from(secret), id: session.id };
        visitor.who = Some(Who::new(session.account, session.guest.is_some(), session.must_enrol, via));
        visitor.csrf = session.csrf;
    }
    // Programs fill in no forms.
    if visitor.who.is_none() && !visitor.path().starts_with("/api/") {
        let known = cookie(headers, VISIT).filter(|known| known.len() >= 32).map(str::to_owned);
        let seed = match known {
            Some(known) => known,
            None => {
                let new = house.doors.form_seed()?;
                visit = Some(new.clone());
                new
            }
        };
        visitor.csrf = house.doors.form_token(&seed);
    }
    let own = account_lang.and_then(|lang| Lang::from_word(lang.word()));
    visitor.lang = chosen.or(own).unwrap_or_else(|| accepted(headers));
    Ok((visitor, visit))
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The language the browser asks for first, of those the house speaks.
fn accepted(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0_f32, Lang::Zh);
    for part in wanted.split(',') {
        let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        if let Some(lang) = Lang::from_word(tag.trim()).filter(|_| weight > best.0) {
            best = (weight, lang);
        }
    }
    best.1
}

/// Where the request comes from: the other end of the connection, or what a trusted proxy says of it.
fn source(house: &House, request: &Request) -> String {
    let told = house.installation.forwarded.as_deref().and_then(|name| request.headers().get(name));
    // A proxy puts its client at the end; what stands before came with the request and may be made up.
    let told = told.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next()).map(str::trim);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_string());
    told.map(str::to_owned).or(peer).unwrap_or_else(|| "unknown".to_owned())
}

/// Sets a cookie that scripts cannot read; for a session, or with `seconds` for so long; an empty value takes it away.
pub(crate) fn set_cookie(house: &House, headers: &mut HeaderMap, name: &str, value: &str, seconds: Option<i64>) {
    let secure = if house.installation.secure { "; Secure" } else { "" };
    let seconds = if value.is_empty() { Some(0) } else { seconds };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    // Names and values are our own: letters, digits, `-` and `_`.
    if let Ok(value) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_wanted_most_of_those_we_speak() {
        let check = |wanted: &'static str, lang: Lang| {
            let headers = [(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wanted))].into_iter().collect();
            assert_eq!(accepted(&headers), lang, "{wanted}");
        };
        check("nl,en;q=0.8,zh;q=0.9", Lang::Zh);
        check("en-GB,en;q=0.9", Lang::En);
        check("de", Lang::Zh);
        check("", Lang::Zh);
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers =
            [(header::COOKIE, HeaderValue::from_static("xtongguan=1; tongguan=2; theme=dark"))].into_iter().collect();
        assert_eq!(cookie(&headers, "tongguan"), Some("2"));
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "lang"), None);
    }
}
