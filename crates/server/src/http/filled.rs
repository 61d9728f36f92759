//! A form that was filled in: fields and files, however the browser sent them, with the token of its session.

use std::collections::BTreeMap;

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use law::Text;

use super::csrf;
use crate::desk::Upload;
use crate::house::Shared;
use crate::problem::Problem;
use crate::who::Visitor;

/// The most fields of a form: a declaration of two thousand items has fewer.
const MOST_FIELDS: usize = 30_000;
/// The field with the token of the session.
pub(crate) const CSRF: &str = "csrf";

/// A form that was filled in.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    fields: BTreeMap<String, Vec<String>>,
    files: Vec<(String, Upload)>,
}

impl Filled {
    /// The first value of a field, spaces around it taken away; none where it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.first().map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// Every value of a field.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// Fields whose names begin so, without that beginning.
    pub(crate) fn beginning<'a>(&'a self, with: &'a str) -> impl Iterator<Item = (&'a str, &'a [String])> {
        let from = self.fields.range(with.to_owned()..);
        from.map_while(move |(name, values)| Some((name.strip_prefix(with)?, values.as_slice())))
    }

    /// The files of a field; an input that was left empty gives none.
    pub(crate) fn files<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Upload> {
        self.files.iter().filter(move |(of, _)| of == name).map(|(_, file)| file)
    }

    /// Files of fields whose names begin so, each with the rest of its field's name.
    pub(crate) fn uploads<'a>(&'a self, with: &'a str) -> impl Iterator<Item = (&'a str, &'a Upload)> {
        self.files.iter().filter_map(move |(name, file)| Some((name.strip_prefix(with)?, file)))
    }

    /// The file of a field.
    pub(crate) fn file<'a>(&'a self, name: &'a str) -> Option<&'a Upload> {
        self.files(name).next()
    }

    fn put(&mut self, name: String, value: String) -> Result<(), Problem> {
        self.fields.entry(name).or_default().push(value);
        if self.fields.len() > MOST_FIELDS { Err(too_many()) } else { Ok(()) }
    }
}

fn too_many() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", Text::new("表单字段过多", "the form has too many fields"))
}

fn unreadable() -> Problem {
    Problem::bad("表单无法读取，或上传中断", "the form cannot be read, or its upload was cut off")
}

impl FromRequest<Shared> for Filled {
    type Rejection = Problem;

    async fn from_request(request: Request, house: &Shared) -> Result<Self, Problem> {
        let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
        let header = request.headers().get("x-csrf-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let filled = if kind.starts_with("multipart/form-data") {
            multipart(request, house).await?
        } else {
            urlencoded(request, house).await?
        };
        let token = header.as_deref().or_else(|| filled.text(CSRF)).unwrap_or_default();
        if visitor.csrf.is_empty() || !csrf::same(token, &visitor.csrf) {
            let what =
                Text::new("表单已过期，请返回重新填写", "the form is no longer valid: go back and fill it in anew");
            return Err(Problem::new(StatusCode::FORBIDDEN, "stale-form", what));
        }
        Ok(filled)
    }
}

async fn urlencoded(request: Request, house: &Shared) -> Result<Filled, Problem> {
    let bytes = bytes::Bytes::from_request(request, house).await.map_err(|_| unreadable())?;
    let mut filled = Filled::default();
    for (name, value) in form_urlencoded::parse(&bytes) {
        filled.put(name.into_owned(), value.into_owned())?;
    }
    Ok(filled)
}

/// Why a part of a form could not be read.
fn wrong_part(error: &MultipartError) -> Problem {
    if error.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return unreadable();
    }
    let mebibytes = cases::MAX_FILE >> 20;
    let what = Text::new(
        format!("上传内容过大：每个文件至多 {mebibytes} MiB"),
        format!("what was sent is too large: a file has at most {mebibytes} MiB"),
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", what)
}

async fn multipart(request: Request, house: &Shared) -> Result<Filled, Problem> {
    let mut parts = Multipart::from_request(request, house).await.map_err(|_| unreadable())?;
    let mut filled = Filled::default();
    while let Some(part) = parts.next_field().await.map_err(|error| wrong_part(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            None => filled.put(name, part.text().await.map_err(|error| wrong_part(&error))?)?,
            Some(file) => {
                let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
                let bytes = part.bytes().await.map_err(|error| wrong_part(&error))?;
                if !file.is_empty() || !bytes.is_empty() {
                    filled.files.push((name, Upload { name: file, media_type, bytes }));
                }
            }
        }
    }
    Ok(filled)
}
