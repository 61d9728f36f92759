//! What is answered, and how that stands in the document.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::schemas::Schemas;
use crate::problem::Problem;

/// What an operation answers with where it succeeds.
pub(super) trait Answer: Send {
    const STATUS: u16;
    /// Its response object.
    fn describe(schemas: &mut Schemas) -> Value;
    fn respond(self) -> Result<Response, Problem>;
}

/// JSON.
pub(super) struct Shown<T>(pub(super) T);

impl<T: Serialize + JsonSchema + Send> Answer for Shown<T> {
    const STATUS: u16 = 200;

    fn describe(schemas: &mut Schemas) -> Value {
        json!({"description": "as asked for", "content": {"application/json": {"schema": schemas.given::<T>()}}})
    }

    fn respond(self) -> Result<Response, Problem> {
        body(StatusCode::OK, &self.0)
    }
}

/// Something new, and where it is.
pub(super) struct Made<T> {
    pub(super) at: String,
    pub(super) of: T,
}

impl<T: Serialize + JsonSchema + Send> Answer for Made<T> {
    const STATUS: u16 = 201;

    fn describe(schemas: &mut Schemas) -> Value {
        let location = json!({"description": "where it is", "schema": {"type": "string"}});
        json!({"description": "made", "headers": {"Location": location}, "content": {"application/json": {"schema": schemas.given::<T>()}}})
    }

    fn respond(self) -> Result<Response, Problem> {
        let mut response = body(StatusCode::CREATED, &self.of)?;
        if let Ok(at) = HeaderValue::from_str(&self.at) {
            response.headers_mut().insert(header::LOCATION, at);
        }
        Ok(response)
    }
}

/// Nothing more to say.
pub(super) struct Done;

impl Answer for Done {
    const STATUS: u16 = 204;

    fn describe(_: &mut Schemas) -> Value {
        json!({"description": "done"})
    }

    fn respond(self) -> Result<Response, Problem> {
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

/// Plain text, to be saved under a name.
pub(super) struct Words {
    pub(super) name: String,
    pub(super) text: String,
}

impl Answer for Words {
    const STATUS: u16 = 200;

    fn describe(_: &mut Schemas) -> Value {
        json!({"description": "as asked for", "content": {"text/plain": {"schema": {"type": "string"}}}})
    }

    fn respond(self) -> Result<Response, Problem> {
        Ok(saved(&self.name, "text/plain; charset=utf-8", self.text))
    }
}

/// Bytes, to be saved under a name and never shown: what somebody uploaded never runs in a page of ours.
pub(super) struct Bytes {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Answer for Bytes {
    const STATUS: u16 = 200;

    fn describe(_: &mut Schemas) -> Value {
        json!({"description": "as asked for", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}})
    }

    fn respond(self) -> Result<Response, Problem> {
        Ok(saved(&self.name, "application/octet-stream", self.bytes))
    }
}

/// Something with a cookie, such as a new session.
pub(super) struct With<A> {
    pub(super) cookies: Vec<HeaderValue>,
    pub(super) of: A,
}

impl<A: Answer> Answer for With<A> {
    const STATUS: u16 = A::STATUS;

    fn describe(schemas: &mut Schemas) -> Value {
        A::describe(schemas)
    }

    fn respond(self) -> Result<Response, Problem> {
        let mut response = self.of.respond()?;
        for cookie in self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

fn body<T: Serialize>(status: StatusCode, value: &T) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

fn saved(name: &str, kind: &'static str, bytes: impl IntoResponse) -> Response {
    let name = form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    (headers, bytes).into_response()
}
