//! Files of cases: handed in as bytes or by a form, given out to be saved and never to be shown.

use ::cases::Attachment;
use axum::http::Method;
use doors::TokenScope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Bytes, Made};
use super::asked::{Asked, Body, File, Form, NoBody, whole_form};
use super::case::OfCase;
use super::table::{Need, Operation, operation};
use crate::desk::{self, Upload};
use crate::problem::Problem;

const TAG: &str = "files";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            (Method::POST, "/api/cases/{case}/files"),
            "putFile",
            TAG,
            Need::Scope(&[TokenScope::Act]),
            ("Hand in a file; an action attaches it by what is answered", "上传文件；以答复内容在操作中附上"),
            put,
        )
        .problems(&["file-size", "file-type", "bad-name", "no-case"]),
        operation(
            (Method::GET, "/api/cases/{case}/files/{digest}"),
            "getFile",
            TAG,
            Need::Scope(&[TokenScope::ReadFiles]),
            ("A file, to be saved", "下载文件"),
            get,
        )
        .problems(&["no-file", "withheld"]),
    ]
}

/// What the file is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FileAsked {
    /// Its name, for people; of a form, the name that comes with the file.
    name: Option<String>,
    /// The material of the forms it is.
    material: Option<String>,
}

async fn put(asked: Asked<OfCase, FileAsked, Sent>) -> Result<Made<Attachment>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let case = desk::case_to_act(house, who, &asked.path.case, "attach").await?;
    desk::may_hand_in(house, who, &case)?;
    let upload = asked.body.upload(asked.query.name)?;
    let material = asked.query.material.as_deref();
    if material.is_some_and(|id| house.world.forms.material(id).is_none()) {
        return Err(Problem::bad("`material` 不是表单所列材料", "`material` is none of the forms' materials"));
    }
    let kept = desk::keep(house, who, &case, &upload, material).await?;
    Ok(Made { at: format!("/api/cases/{}/files/{}", case.id, kept.digest), of: kept })
}

/// A file as its bytes, or in a form with one field `file`.
pub(super) enum Sent {
    Bytes(File),
    Form(Form),
}

impl Sent {
    /// What was sent; a name beside it holds before the name that came with it.
    pub(super) fn upload(self, name: Option<String>) -> Result<Upload, Problem> {
        let mut upload = match self {
            Self::Bytes(file) => Upload { name: "file".to_owned(), media_type: file.media_type, bytes: file.bytes },
            Self::Form(form) => whole_form(form, "file")?,
        };
        if let Some(name) = name {
            upload.name = name;
        }
        Ok(upload)
    }
}

impl Body for Sent {
    fn describe(schemas: &mut super::schemas::Schemas) -> Option<Value> {
        let mut described = File::describe(schemas)?;
        let form = json!({"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}});
        described["content"]["multipart/form-data"] = json!({ "schema": form });
        Some(described)
    }

    async fn read(request: axum::extract::Request, house: &crate::house::Shared) -> Result<Self, Problem> {
        if super::asked::is_form(request.headers()) {
            Ok(Self::Form(Form::read(request, house).await?))
        } else {
            Ok(Self::Bytes(File::read(request, house).await?))
        }
    }
}

/// A file of a case.
#[derive(Debug, Deserialize, JsonSchema)]
struct OfFile {
    case: String,
    /// SHA-256 of its bytes, lower-case hex.
    digest: String,
}

async fn get(asked: Asked<OfFile, super::asked::Nothing, NoBody>) -> Result<Bytes, Problem> {
    let who = asked.who()?;
    let case = desk::read_case(&asked.house, who, &asked.path.case, "file").await?;
    let (file, bytes) = desk::fetched(&asked.house, who, &case, &asked.path.digest).await?;
    Ok(Bytes { name: file.name, bytes })
}
