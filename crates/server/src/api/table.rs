//! One table of operations, from which both the router and the document are made: what is answered and what is described cannot differ.

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use doors::TokenScope;
use law::Text;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::Answer;
use super::asked::{Asked, Body, key, path, query};
use super::schemas::Schemas;
use crate::desk;
use crate::house::Shared;
use crate::http::csrf;
use crate::problem::Problem;
use crate::who::{Via, Visitor};

/// Who reaches an operation at all; what they may do there is said by policies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// Everybody.
    Public,
    /// Whoever signed in; a program with any token.
    Known,
    /// Whoever signed in, also before a second factor is set up; never a program.
    Session,
    /// Whoever signed in; a program whose token has one of these scopes.
    Scope(&'static [TokenScope]),
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;
type Handler = Arc<dyn Fn(Shared, Visitor, Vec<(String, String)>, Request) -> Answering + Send + Sync>;

/// One operation.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: Text,
    pub(super) need: Need,
    /// Whether the caller may name its request.
    pub(super) named: bool,
    /// Codes of problems beside those every operation may answer with.
    pub(super) problems: &'static [&'static str],
    pub(super) status: u16,
    pub(super) in_path: Value,
    pub(super) in_query: Value,
    pub(super) body: fn(&mut Schemas) -> Option<Value>,
    pub(super) answer: fn(&mut Schemas) -> Value,
    handler: Handler,
}

impl Operation {
    /// The caller may name its request, so that sending it again does nothing twice.
    pub(super) fn named(mut self) -> Self {
        self.named = true;
        self
    }

    /// What else may go wrong.
    pub(super) fn problems(mut self, codes: &'static [&'static str]) -> Self {
        self.problems = codes;
        self
    }
}

/// An operation: `method` and path, its id, who reaches it, what it does in English and in Chinese, and the function that does it.
/// Parameters, body and answer of the document are those the function takes and gives.
pub(super) fn operation<P, Q, B, A, F, Fut>(
    (method, path_of): (Method, &'static str),
    id: &'static str,
    tag: &'static str,
    need: Need,
    (en, zh): (&'static str, &'static str),
    handler: F,
) -> Operation
where
    P: DeserializeOwned + JsonSchema + Send + 'static,
    Q: DeserializeOwned + JsonSchema + Send + 'static,
    B: Body + 'static,
    A: Answer + 'static,
    F: Fn(Asked<P, Q, B>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<A, Problem>> + Send + 'static,
{
    let answering: Handler = Arc::new(move |house, visitor, pairs, request| {
        let handler = handler.clone();
        Box::pin(async move {
            admitted(&visitor, need, &request)?;
            let key = key(request.headers())?;
            let path = path::<P>(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
            let query = query::<Q>(request.uri().query().unwrap_or_default())?;
            let body = B::read(request, &house).await?;
            let answered = handler(Asked { house, visitor, path, query, body, key }).await?;
            answered.respond()
        })
    });
    Operation {
        method,
        path: path_of,
        id,
        tag,
        summary: Text::new(zh, en),
        need,
        named: false,
        problems: &[],
        status: A::STATUS,
        in_path: Schemas::plain::<P>(),
        in_query: Schemas::plain::<Q>(),
        body: B::describe,
        answer: A::describe,
        handler: answering,
    }
}

/// Whether whoever asks reaches the operation.
fn admitted(visitor: &Visitor, need: Need, request: &Request) -> Result<(), Problem> {
    // A cookie is sent by any page; the token of the session by ours alone.
    if visitor.who.as_ref().is_some_and(|who| who.session().is_some()) && !request.method().is_safe() {
        csrf::holds(visitor, request.headers())?;
    }
    let scopes = match need {
        Need::Public => return Ok(()),
        Need::Known => None,
        Need::Session => {
            let who = visitor.signed_in()?;
            return if who.session().is_some() && !who.guest { Ok(()) } else { Err(desk::session_only()) };
        }
        Need::Scope(scopes) => Some(scopes),
    };
    let who = visitor.signed_in()?;
    if who.must_enrol && scopes.is_some() {
        return Err(desk::second_factor_first());
    }
    match (&who.via, scopes) {
        (Via::Token(held), Some(scopes)) if !scopes.iter().any(|scope| held.contains(scope)) => {
            Err(desk::token_scope(scopes))
        }
        _ => Ok(()),
    }
}

/// The routes of a table.
pub(super) fn router(table: &[Operation]) -> Router<Shared> {
    let mut router = Router::new();
    for operation in table {
        let handler = Arc::clone(&operation.handler);
        // Every method of the table is one that axum knows.
        let Ok(filter) = MethodFilter::try_from(operation.method.clone()) else { continue };
        let answering = move |State(house): State<Shared>,
                              visitor: Visitor,
                              pairs: Result<RawPathParams, RawPathParamsRejection>,
                              request: Request| {
            let handler = Arc::clone(&handler);
            async move {
                let Ok(pairs) = pairs else {
                    return Problem::bad("地址无法识别", "the address cannot be read").into_response();
                };
                let pairs = pairs.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                handler(house, visitor, pairs, request).await.unwrap_or_else(IntoResponse::into_response)
            }
        };
        router = router.route(operation.path, on(filter, answering));
    }
    router
}
