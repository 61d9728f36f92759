//! The permit of a case, and what left under it.

use ::cases::{Payload, Report, Version};
use ::law::Text;
use axum::http::Method;
use doors::TokenScope;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use transfer::{Permit, Receipt};

use super::actions::{ActionDone, REFUSALS, action_done};
use super::answer::{Shown, Words};
use super::asked::{Asked, Form, JsonOr, Parts};
use super::case::{AskedOf, OfCase};
use super::table::{Need, Operation, operation};
use crate::desk::{self, ReceiptParts};
use crate::problem::Problem;

const TAG: &str = "releases";

pub(super) fn operations() -> Vec<Operation> {
    let file = Need::Scope(&[TokenScope::FileReceipts, TokenScope::Act]);
    vec![
        operation(
            (Method::GET, "/api/cases/{case}/permit"),
            "getPermit",
            TAG,
            Need::Scope(&[TokenScope::ReadCases]),
            (
                "The permit as the office signed it, for `[permit] file` of a transfer",
                "主管部门签署的许可，供 transfer.toml 的 `[permit] file` 使用",
            ),
            permit,
        ),
        operation(
            (Method::GET, "/api/cases/{case}/permit-key"),
            "getPermitKey",
            TAG,
            Need::Scope(&[TokenScope::ReadCases]),
            (
                "The key of whoever signed the permit, as a line of the gate's trust file",
                "签署许可的公钥，作为闸口信任文件中的一行",
            ),
            permit_key,
        ),
        operation(
            (Method::POST, "/api/cases/{case}/receipts"),
            "fileReceipt",
            TAG,
            file,
            ("Report a release by its receipt, permit and proof", "以回执、许可与证明报告一次出境"),
            receipt,
        )
        .named()
        .problems(REFUSALS),
    ]
}

async fn permit(asked: Asked<OfCase>) -> Result<Words, Problem> {
    let who = asked.who()?;
    let case = desk::read_case(&asked.house, who, &asked.path.case, "permit").await?;
    Ok(Words { name: format!("{}.permit.note", case.id), text: desk::permit_note(who, &case)? })
}

async fn permit_key(asked: Asked<OfCase>) -> Result<Words, Problem> {
    let who = asked.who()?;
    let case = desk::read_case(&asked.house, who, &asked.path.case, "permit-key").await?;
    Ok(Words { name: format!("{}.trust.txt", case.id), text: desk::permit_key(&asked.house, who, &case)? })
}

/// The public files of a release folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReceiptWanted {
    /// `receipt.json`.
    receipt: Box<Receipt>,
    /// `permit.json`.
    permit: Box<Permit>,
    /// `receipt.proof` as text.
    proof: String,
    /// Persons under the permit so far, as the handler counts them.
    #[serde(default)]
    persons: Option<u64>,
    /// The version of the case that was seen; the current one where it is left out.
    #[serde(default)]
    seen: Option<Version>,
}

/// The same as a form of files.
struct ReceiptForm;

impl Parts for ReceiptForm {
    fn schema() -> Value {
        let file = json!({"type": "string", "format": "binary"});
        json!({"type": "object", "required": ["receipt", "permit", "proof"], "properties": {
            "receipt": file, "permit": file, "proof": file, "persons": {"type": "integer", "minimum": 0},
        }})
    }
}

/// The files of a form as a report.
fn report(form: &Form) -> Result<Report, Problem> {
    let part = |name: &str| {
        let missing = || Problem::bad(format!("表单缺少文件 `{name}`"), format!("the form has no file `{name}`"));
        let typed = form.fields.get(name).map(std::string::String::as_bytes);
        form.file(name).map(|file| file.bytes.as_ref()).or(typed).ok_or_else(missing)
    };
    let whole = |text: &String| {
        text.trim().parse::<u64>().map_err(|_| Problem::bad("`persons` 应为整数", "`persons` is a whole number"))
    };
    let persons = form.fields.get("persons").filter(|text| !text.trim().is_empty()).map(whole).transpose()?;
    desk::report(&ReceiptParts { receipt: part("receipt")?, permit: part("permit")?, proof: part("proof")?, persons })
}

async fn receipt(asked: AskedOf<JsonOr<ReceiptWanted, ReceiptForm>>) -> Result<Shown<ActionDone>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let case = desk::case_to_act(house, who, &asked.path.case, "report-release").await?;
    let (receipt, seen) = match asked.body {
        JsonOr::Form(form, _) => (report(&form)?, None),
        JsonOr::Json(wanted) => {
            let (receipt, permit, proof, persons) = (wanted.receipt, wanted.permit, wanted.proof, wanted.persons);
            (Report::Released { receipt, permit, proof, persons }, wanted.seen)
        }
    };
    let text = serde_json::to_string(&receipt).map_err(|error| Problem::internal(&error))?;
    if text.contains("\\u0000") {
        let what = Text::new("回执中不得有空字符", "the receipt has a NUL character in it");
        return Err(Problem::new(axum::http::StatusCode::BAD_REQUEST, "bad-body", what));
    }
    let payload = Payload { receipt: Some(receipt), ..Payload::default() };
    let done =
        desk::acted(house, who, &case, "report-release", seen.unwrap_or(case.version), asked.key, payload).await?;
    Ok(Shown(action_done(house, &case, &done)?))
}
