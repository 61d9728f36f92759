//! Why a request is not answered as it was meant: a stable code, words in both languages, a page that explains it (RFC 9457).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cases::{Refusal, StoreError};
use law::Text;
use serde_json::{Value, json};

/// Why a request is not answered as it was meant.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// Stable: programs go by it, and a page explains it.
    pub(crate) code: &'static str,
    pub(crate) what: Box<Text>,
    /// What belongs to it, such as the gaps of a form; null where nothing does.
    pub(crate) more: Box<Value>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, what: Text) -> Self {
        Self { status, code, what: Box::new(what), more: Box::new(Value::Null) }
    }

    /// The caller's input is wrong.
    pub(crate) fn bad(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", Text::new(zh, en))
    }

    /// There is no such thing, or it is none of the caller's business: nobody learns which.
    pub(crate) fn not_found(what: Text) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", what)
    }

    /// Nobody signed in.
    pub(crate) fn unauthorised() -> Self {
        let what = Text::new("请先登录", "sign in first");
        Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", what)
    }

    /// Whoever asks may not do this.
    pub(crate) fn forbidden() -> Self {
        let what = Text::new("您的角色无权进行此项操作", "your role may not do this");
        Self::new(StatusCode::FORBIDDEN, "forbidden", what)
    }

    /// Something of ours failed. What, stands in the log alone.
    pub(crate) fn internal(what: &dyn std::fmt::Display) -> Self {
        tracing::error!(fault = %what, "a request failed");
        let what = Text::new("服务器未能完成，请稍后再试", "the server could not do it; try again later");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", what)
    }

    pub(crate) fn with(mut self, more: Value) -> Self {
        self.more = Box::new(more);
        self
    }

    /// As a program reads it: `application/problem+json`.
    pub(crate) fn json(&self, url: &str) -> Value {
        let mut said = json!({
            "type": format!("{url}/docs/errors#{}", self.code),
            "title": self.what.en,
            "title_zh": self.what.zh,
            "status": self.status.as_u16(),
            "code": self.code,
        });
        if !self.more.is_null() {
            said["more"] = (*self.more).clone();
        }
        said
    }
}

/// Only a marker: `present` writes it as a page or as JSON, whichever was asked for.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        use StatusCode as S;
        let status = match &error {
            StoreError::Refused(refusal) => return refusal.into(),
            StoreError::NoCase(_) | StoreError::NoFile { .. } => S::NOT_FOUND,
            StoreError::Exists(_) | StoreError::RequestReused { .. } | StoreError::OtherHistory { .. } => S::CONFLICT,
            StoreError::FileSize { .. } => S::PAYLOAD_TOO_LARGE,
            StoreError::NotWhatItSays { .. } => S::UNSUPPORTED_MEDIA_TYPE,
            StoreError::Withheld { .. } => S::GONE,
            StoreError::BadName { .. } | StoreError::Package { .. } => S::UNPROCESSABLE_ENTITY,
            error if error.may_be_sent_again() => S::SERVICE_UNAVAILABLE,
            _ => return Self::internal(&error),
        };
        if status.is_server_error() {
            tracing::error!(fault = %error, "the store failed");
        }
        Self::new(status, error.code(), error.text())
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        use StatusCode as S;
        let status = match refusal {
            Refusal::Stale { .. } => S::CONFLICT,
            // Whose case it is not learns nothing of it.
            Refusal::NotYours { .. } | Refusal::UnknownAction { .. } | Refusal::UnknownProcedure { .. } => S::NOT_FOUND,
            Refusal::WrongRole { .. } => S::FORBIDDEN,
            Refusal::Record { .. } => S::INTERNAL_SERVER_ERROR,
            _ => S::UNPROCESSABLE_ENTITY,
        };
        let problem = Self::new(status, refusal.code(), refusal.text());
        match refusal {
            Refusal::Incomplete { gaps } => problem.with(json!({ "gaps": gaps })),
            Refusal::MarksOpen { at } => problem.with(json!({ "at": at })),
            Refusal::Stale { seen, is, .. } => problem.with(json!({ "seen": seen, "is": is })),
            _ => problem,
        }
    }
}

impl From<doors::DoorsError> for Problem {
    fn from(error: doors::DoorsError) -> Self {
        use StatusCode as S;
        if !error.is_input() {
            return Self::internal(&error);
        }
        let status = match &error {
            doors::DoorsError::Throttled { .. } => S::TOO_MANY_REQUESTS,
            doors::DoorsError::Wrong => S::FORBIDDEN,
            doors::DoorsError::NoSuch { .. } => S::NOT_FOUND,
            _ => S::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.code(), error.text())
    }
}

impl From<post::PostError> for Problem {
    fn from(error: post::PostError) -> Self {
        if !error.is_input() {
            return Self::internal(&error);
        }
        let status = match error.code() {
            "not-found" => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.code(), error.text())
    }
}

impl From<doors::SignInRefused> for Problem {
    fn from(refused: doors::SignInRefused) -> Self {
        use doors::SignInRefused as R;
        let status = match refused {
            R::Failed(error) => return error.into(),
            R::Wrong | R::CodeNeeded => StatusCode::UNAUTHORIZED,
            R::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            R::Disabled => StatusCode::FORBIDDEN,
        };
        Self::new(status, refused.code(), refused.text())
    }
}

impl From<law::LawError> for Problem {
    fn from(error: law::LawError) -> Self {
        if matches!(error, law::LawError::File { .. }) {
            return Self::internal(&error);
        }
        let said = error.to_string();
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.code(), Text::new(format!("无法判定：{said}"), said))
    }
}

impl From<law::ClockError> for Problem {
    fn from(error: law::ClockError) -> Self {
        let said = error.to_string();
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.code(), Text::new(format!("期间无法计算：{said}"), said))
    }
}

impl From<minijinja::Error> for Problem {
    fn from(error: minijinja::Error) -> Self {
        // The chain says the template's line; its values never stand in it.
        let mut said = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            said.push_str(": ");
            said.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::internal(&said)
    }
}
