//! Cases as packages, from one installation to another.

use ::cases::Imported;
use axum::http::Method;
use doors::TokenScope;
use evidence::VerifierKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Bytes, Shown};
use super::asked::{Asked, File, Nothing};
use super::case::OfCase;
use super::table::{Need, Operation, operation};
use crate::desk;
use crate::problem::Problem;

const TAG: &str = "packages";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            (Method::GET, "/api/cases/{case}/package"),
            "exportCase",
            TAG,
            Need::Scope(&[TokenScope::Export]),
            ("A case as a signed package", "导出签名案件包"),
            export,
        )
        .problems(&["no-office-key", "no-case"]),
        operation(
            (Method::POST, "/api/packages"),
            "importCase",
            TAG,
            Need::Scope(&[TokenScope::Backup]),
            ("Take a case in from a package", "导入案件包"),
            import,
        )
        .problems(&["package", "other-history"]),
    ]
}

/// To whom what is personal is opened.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Exported {
    /// An age public key, `age1…`; without one, what is personal stays sealed.
    recipient: Option<String>,
}

async fn export(asked: Asked<OfCase, Exported>) -> Result<Bytes, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let wrong = || Problem::bad("`recipient` 不是age公钥", "`recipient` is no public key of age");
    let recipient = asked.query.recipient.as_deref().map(|text| text.parse().map_err(|_| wrong())).transpose()?;
    let case = desk::case_to_export(house, who, &asked.path.case).await?;
    let bytes = desk::exported(house, who, &case, recipient.as_ref()).await?;
    Ok(Bytes { name: format!("{}.case", case.id), bytes })
}

/// Whose signature counts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Trusted {
    /// The verifier key of the installation the package comes from, as `name+hash+key`.
    trust: String,
}

/// What was taken in.
#[derive(Debug, Serialize, JsonSchema)]
struct ImportedView {
    case: String,
    /// How many actions were new here; 0: the case was here already.
    actions: u32,
    /// How many files were.
    files: u32,
    /// Whether personal values can be read here.
    readable: bool,
}

async fn import(asked: Asked<Nothing, Trusted, File>) -> Result<Shown<ImportedView>, Problem> {
    let wrong = || Problem::bad("`trust` 不是验证密钥", "`trust` is no verifier key");
    // A `+` of a key that was not escaped reads as a space.
    let key: VerifierKey = asked.query.trust.replace(' ', "+").parse().map_err(|_| wrong())?;
    let imported: Imported = desk::imported(&asked.house, asked.who()?, &asked.body.bytes, &[key]).await?;
    let Imported { case, actions, files, readable, .. } = imported;
    Ok(Shown(ImportedView { case: case.to_string(), actions, files, readable }))
}
