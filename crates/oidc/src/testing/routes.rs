//! What the test provider answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use openidconnect::url::form_urlencoded;
use ring::digest;
use serde_json::{Value, json};

use super::fault::Fault;
use super::keys::base64;
use super::token::{self, Said};
use super::{CLIENT, Code, Inner, SECRET};

type Shared = State<Arc<Inner>>;
type Fields = BTreeMap<String, String>;

pub(super) fn routes(inner: Arc<Inner>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .route("/elsewhere", get(|| async { "nobody should be here" }))
        .with_state(inner)
}

fn fields(of: &[u8]) -> Fields {
    form_urlencoded::parse(of).into_owned().collect()
}

fn field<'a>(of: &'a Fields, name: &str) -> &'a str {
    of.get(name).map_or("", String::as_str)
}

/// Counts a request; the answer where the server itself is at fault.
async fn counted(inner: &Inner, what: &'static str) -> Result<(), Response> {
    let fault = {
        let mut state = inner.state();
        *state.asked.entry(what).or_default() += 1;
        state.fault
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    match fault {
        Fault::Page => Err(([(header::CONTENT_TYPE, "text/html")], "<h1>Maintenance</h1>").into_response()),
        Fault::Broken => Err(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        Fault::Slow => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Err(StatusCode::OK.into_response())
        }
        Fault::Huge => Err((json, " ".repeat(2 << 20)).into_response()),
        Fault::HugeUnsaid => {
            let chunks = (0..32).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 64 << 10])));
            Err((json, Body::from_stream(futures::stream::iter(chunks))).into_response())
        }
        Fault::Redirecting => Err(Redirect::temporary(&format!("{}/elsewhere", inner.issuer)).into_response()),
        _ => Ok(()),
    }
}

async fn discovery(State(inner): Shared) -> Response {
    if let Err(answer) = counted(&inner, "discovery").await {
        return answer;
    }
    let fault = inner.state().fault;
    let issuer = if fault == Fault::OtherDocument { "https://another.example.cn" } else { inner.issuer.as_str() };
    let at = if fault == Fault::OpenEndpoints { "http://login.example.cn" } else { inner.issuer.as_str() };
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{at}/authorize"),
        "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{}/keys", inner.issuer),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA", "of-tomorrow"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    });
    Json(document).into_response()
}

async fn keys(State(inner): Shared) -> Response {
    if let Err(answer) = counted(&inner, "keys").await {
        return answer;
    }
    Json(inner.state().keys.public()).into_response()
}

async fn authorize(State(inner): Shared, RawQuery(query): RawQuery) -> Response {
    match authorised(&inner, &query.unwrap_or_default()) {
        Ok(back) => Redirect::to(&back).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, why).into_response(),
    }
}

/// Where the browser is sent back to; why it is not, where the request is not one of a known client.
pub(super) fn authorised(inner: &Inner, query: &str) -> Result<String, String> {
    let asked = fields(query.as_bytes());
    let wanted = [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", inner.redirect.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in wanted {
        if field(&asked, name) != value {
            return Err(format!("{name} is not {value}"));
        }
    }
    if !field(&asked, "scope").split(' ').any(|scope| scope == "openid") {
        return Err("scope has no openid".to_owned());
    }
    for name in ["state", "nonce", "code_challenge"] {
        if field(&asked, name).len() < 43 {
            return Err(format!("{name} is too short to be guessed"));
        }
    }
    let mut back = form_urlencoded::Serializer::new(String::new());
    let mut state = inner.state();
    if state.fault == Fault::Denied {
        back.append_pair("error", "access_denied").append_pair("error_description", "张三 <said> no");
    } else {
        state.made += 1;
        let code = format!("code-{}", state.made);
        let stands_for = Code {
            nonce: field(&asked, "nonce").to_owned(),
            challenge: field(&asked, "code_challenge").to_owned(),
            subject: state.subject.clone(),
        };
        back.append_pair("code", &code);
        state.codes.insert(code, stands_for);
    }
    back.append_pair("state", field(&asked, "state")).append_pair("iss", &inner.issuer);
    Ok(format!("{}?{}", inner.redirect, back.finish()))
}

/// Whether the client proves who it is (RFC 6749, section 2.3.1).
fn is_client(inner: &Inner, headers: &HeaderMap, sent: &Fields) -> bool {
    if !inner.confidential {
        return field(sent, "client_id") == CLIENT && !headers.contains_key(header::AUTHORIZATION);
    }
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", escaped(CLIENT), escaped(SECRET))));
    headers.get(header::AUTHORIZATION).is_some_and(|sent| sent.as_bytes() == basic.as_bytes())
}

fn refused(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({"error": error, "error_description": "not for people"}))).into_response()
}

async fn token(State(inner): Shared, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(answer) = counted(&inner, "token").await {
        return answer;
    }
    let sent = fields(&body);
    if !is_client(&inner, &headers, &sent) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let mut state = inner.state();
    // A code is good once.
    let Some(code) = state.codes.remove(field(&sent, "code")) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let challenge = base64(digest::digest(&digest::SHA256, field(&sent, "code_verifier").as_bytes()));
    let fits = field(&sent, "grant_type") == "authorization_code" && field(&sent, "redirect_uri") == inner.redirect;
    if !fits || challenge != code.challenge || state.fault == Fault::Refused {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    state.made += 1;
    let access = format!("access-{}", state.made);
    let said = Said {
        issuer: &inner.issuer,
        client: CLIENT,
        secret: SECRET,
        subject: &code.subject,
        nonce: &code.nonce,
        access: &access,
        now: (inner.now)().as_second(),
    };
    let mut answer: Value = json!({"access_token": access, "token_type": "Bearer", "expires_in": 300});
    match state.fault {
        Fault::NoToken => {}
        Fault::GarbledToken => answer["id_token"] = json!("not.a.token"),
        fault => answer["id_token"] = json!(token::made(&said, &state.keys, state.signing, fault)),
    }
    Json(answer).into_response()
}
