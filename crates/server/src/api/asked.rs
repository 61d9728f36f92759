//! What was asked: who asks, and path, query and body as typed values. Everything is read here, so that whatever is wrong with a
//! request is said in one way.

use std::collections::BTreeMap;

use axum::body::{Body as Stream, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use cases::RequestId;
use law::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::schemas::Schemas;
use super::wrong;
use crate::desk::Upload;
use crate::house::Shared;
use crate::problem::Problem;
use crate::who::{Visitor, Who};

/// The largest JSON that is read: a receipt of a release of thousands of columns is smaller.
const MOST_JSON: usize = 8 * 1024 * 1024;
/// The largest file, with its form around it.
const MOST_FILE: usize = cases::MAX_FILE as usize + 64 * 1024;
/// The longest name of a request.
const MOST_KEY: usize = 200;

/// A request.
pub(super) struct Asked<P = Nothing, Q = Nothing, B = NoBody> {
    pub(super) house: Shared,
    pub(super) visitor: Visitor,
    pub(super) path: P,
    pub(super) query: Q,
    pub(super) body: B,
    /// The caller's own name for it (`Idempotency-Key`).
    pub(super) key: Option<RequestId>,
}

impl<P, Q, B> Asked<P, Q, B> {
    /// Who asks. Routes that are not open to all are reached by nobody else.
    pub(super) fn who(&self) -> Result<&Who, Problem> {
        self.visitor.signed_in()
    }
}

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// What a body is read as.
pub(super) trait Body: Sized + Send {
    /// `requestBody` of the document; none where there is none.
    fn describe(schemas: &mut Schemas) -> Option<Value>;
    /// Reads it.
    fn read(request: Request, house: &Shared) -> impl Future<Output = Result<Self, Problem>> + Send;
}

/// No body; what is sent is not looked at.
pub(super) struct NoBody;

impl Body for NoBody {
    fn describe(_: &mut Schemas) -> Option<Value> {
        None
    }

    async fn read(_: Request, _: &Shared) -> Result<Self, Problem> {
        Ok(Self)
    }
}

/// `application/json`.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned + JsonSchema + Send> Body for Json<T> {
    fn describe(schemas: &mut Schemas) -> Option<Value> {
        let schema = schemas.taken::<T>();
        Some(json!({"required": true, "content": {"application/json": {"schema": schema}}}))
    }

    async fn read(request: Request, _: &Shared) -> Result<Self, Problem> {
        let kind = media_type(request.headers());
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(media("application/json"));
        }
        let bytes = whole(request.into_body(), MOST_JSON).await?;
        wrong::json(&bytes).map(Self)
    }
}

/// A file as its own bytes.
pub(super) struct File {
    pub(super) media_type: String,
    pub(super) bytes: Bytes,
}

impl Body for File {
    fn describe(_: &mut Schemas) -> Option<Value> {
        let any = json!({"schema": {"type": "string", "format": "binary", "maxLength": cases::MAX_FILE}});
        Some(json!({"required": true, "content": {"application/octet-stream": any, "application/pdf": any}}))
    }

    async fn read(request: Request, _: &Shared) -> Result<Self, Problem> {
        let media_type = media_type(request.headers());
        let bytes = whole(request.into_body(), MOST_FILE).await?;
        Ok(Self { media_type, bytes })
    }
}

/// Either JSON, or a form with files.
pub(super) enum JsonOr<T, F> {
    Json(T),
    Form(Form, std::marker::PhantomData<F>),
}

/// How the form of a [`JsonOr`] is described.
pub(super) trait Parts: Send {
    /// Its JSON schema.
    fn schema() -> Value;
}

impl<T: DeserializeOwned + JsonSchema + Send, F: Parts> Body for JsonOr<T, F> {
    fn describe(schemas: &mut Schemas) -> Option<Value> {
        let schema = schemas.taken::<T>();
        let content = json!({"application/json": {"schema": schema}, "multipart/form-data": {"schema": F::schema()}});
        Some(json!({"required": true, "content": content}))
    }

    async fn read(request: Request, house: &Shared) -> Result<Self, Problem> {
        match media_type(request.headers()).as_str() {
            "multipart/form-data" => Ok(Self::Form(Form::read(request, house).await?, std::marker::PhantomData)),
            "application/json" => Ok(Self::Json(wrong::json(&whole(request.into_body(), MOST_JSON).await?)?)),
            _ => Err(media("application/json, multipart/form-data")),
        }
    }
}

/// A form with files.
#[derive(Default)]
pub(super) struct Form {
    pub(super) fields: BTreeMap<String, String>,
    pub(super) files: Vec<(String, Upload)>,
}

impl Form {
    pub(super) async fn read(request: Request, house: &Shared) -> Result<Self, Problem> {
        let cut = |_| Problem::bad("表单无法读取，或上传中断", "the form cannot be read, or its upload was cut off");
        let mut parts = Multipart::from_request(request, house).await.map_err(|_| media("multipart/form-data"))?;
        let mut form = Self::default();
        loop {
            let part = match parts.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(form),
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(too_large(MOST_FILE)),
                Err(error) => return Err(cut(error)),
            };
            if form.fields.len() + form.files.len() >= 64 {
                return Err(Problem::bad("表单字段过多", "the form has too many fields"));
            }
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
            let bytes = match part.bytes().await {
                Ok(bytes) => bytes,
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(too_large(MOST_FILE)),
                Err(error) => return Err(cut(error)),
            };
            match file {
                Some(file) => form.files.push((name, Upload { name: file, media_type, bytes })),
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| wrong::not_text(&name))?;
                    form.fields.insert(name, text);
                }
            }
        }
    }

    /// The file of a field.
    pub(super) fn file(&self, name: &str) -> Option<&Upload> {
        self.files.iter().find(|(of, _)| of == name).map(|(_, file)| file)
    }
}

/// The one file of a form.
pub(super) fn whole_form(form: Form, name: &str) -> Result<Upload, Problem> {
    let found = form.files.into_iter().find(|(of, _)| of == name).map(|(_, file)| file);
    found.ok_or_else(|| Problem::bad(format!("表单缺少文件 `{name}`"), format!("the form has no file `{name}`")))
}

/// Whether a form with files is sent.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    media_type(headers) == "multipart/form-data"
}

/// The content type without its parameters, in lower case.
fn media_type(headers: &HeaderMap) -> String {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn media(taken: &str) -> Problem {
    let what = Text::new(format!("请以 {taken} 发送"), format!("send it as {taken}"));
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", what)
}

fn too_large(most: usize) -> Problem {
    let what =
        Text::new(format!("请求过大：至多 {most} 字节"), format!("the request is too large: at most {most} bytes"));
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", what)
}

/// All of a body, up to so many bytes.
pub(super) async fn whole(body: Stream, most: usize) -> Result<Bytes, Problem> {
    to_bytes(body, most).await.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(here) = cause {
            if here.to_string().contains("length limit exceeded") {
                return too_large(most);
            }
            cause = here.source();
        }
        Problem::bad("请求内容中断", "the body was cut off")
    })
}

/// The parameters of a query by its schema.
pub(super) fn query<Q: DeserializeOwned + JsonSchema>(text: &str) -> Result<Q, Problem> {
    let pairs = form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned()));
    parameters(pairs, "query")
}

/// The parameters of a path.
pub(super) fn path<'a, P: DeserializeOwned + JsonSchema>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<P, Problem> {
    parameters(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())), "path")
}

/// Texts as the values that their places take: a number where the schema says a number.
fn parameters<T: DeserializeOwned + JsonSchema>(
    pairs: impl Iterator<Item = (String, String)>,
    place: &str,
) -> Result<T, Problem> {
    let schema = Schemas::plain::<T>();
    let known = schema["properties"].as_object().cloned().unwrap_or_default();
    let mut values = Map::new();
    for (name, text) in pairs {
        let Some(of) = known.get(&name) else { return Err(wrong::unknown_parameter(&name, place, known.keys())) };
        wrong::plain_text(&name, &text)?;
        let value = typed(of, &text).ok_or_else(|| wrong::parameter(&name, of))?;
        if values.insert(name.clone(), value).is_some() {
            return Err(wrong::twice(&name));
        }
    }
    wrong::value(Value::Object(values), "bad-parameter")
}

fn typed(schema: &Value, text: &str) -> Option<Value> {
    let is = |kind: &str| match &schema["type"] {
        Value::String(only) => only == kind,
        Value::Array(any) => any.iter().any(|one| one == kind),
        _ => false,
    };
    if is("integer") {
        // Only as it would be written: no sign, no leading zeros, nothing around it.
        return text.parse::<u64>().ok().filter(|n| n.to_string() == text).map(Value::from);
    }
    if is("boolean") {
        return text.parse::<bool>().ok().map(Value::from);
    }
    Some(Value::from(text))
}

/// The caller's own name for a request.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<RequestId>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text.is_empty() || text.len() > MOST_KEY || !text.bytes().all(|b| b.is_ascii_graphic()) {
        let what = Text::new(
            format!("`Idempotency-Key` 须为1至{MOST_KEY}个可见ASCII字符"),
            format!("`Idempotency-Key` has 1 to {MOST_KEY} visible ASCII characters"),
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad-parameter", what));
    }
    Ok(Some(RequestId::new(text)))
}
