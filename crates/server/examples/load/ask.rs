//! A browser without a screen: connections that are kept, a cookie, the token of its session.

use axum::body::Body;
use axum::http::{Method, Request, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::Failed;
use crate::fill::{PASSWORD, accounts};

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) login: String,
    cookie: String,
    csrf: String,
}

pub(crate) struct Caller {
    client: Client<HttpConnector, Body>,
    base: String,
}

/// What came back: the status, and the body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    cookie: Option<String>,
}

impl Caller {
    pub(crate) fn new(base: &str) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), base: base.to_owned() }
    }

    pub(crate) async fn get(&self, who: Option<&Person>, path: &str) -> Result<Answer, Failed> {
        self.send(who, Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn post(&self, who: Option<&Person>, path: &str, body: &Value) -> Result<Answer, Failed> {
        self.send(who, Method::POST, path, Body::from(body.to_string())).await
    }

    async fn send(&self, who: Option<&Person>, method: Method, path: &str, body: Body) -> Result<Answer, Failed> {
        let uri = format!("{}{path}", self.base);
        let mut request = Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, "application/json");
        if let Some(who) = who {
            let cookie = format!("tongguan={}", who.cookie);
            request = request.header(header::COOKIE, cookie).header("x-csrf-token", &who.csrf);
        }
        let response = self.client.request(request.body(body)?).await?;
        let set = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookie = set.filter_map(|line| line.strip_prefix("tongguan=")).next_back();
        let cookie = cookie.and_then(|line| line.split(';').next()).map(str::to_owned);
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(Body::new(response.into_body()), usize::MAX).await?.to_vec();
        Ok(Answer { status, body, cookie })
    }
}

pub(crate) async fn sign_in_all(base: &str) -> Result<Vec<Person>, Failed> {
    let caller = Caller::new(base);
    let mut people = Vec::new();
    for (login, _, _) in accounts() {
        let answer = caller.post(None, "/api/session", &json!({"login": login, "password": PASSWORD})).await?;
        let told: Value = serde_json::from_slice(&answer.body)?;
        let csrf = told["csrf"].as_str().ok_or_else(|| format!("{login} is not let in: {told}"))?.to_owned();
        people.push(Person { login, cookie: answer.cookie.ok_or("no cookie")?, csrf });
    }
    Ok(people)
}
