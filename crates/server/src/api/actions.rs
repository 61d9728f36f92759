//! Actions: what moves a case.

use ::cases::{Effect, Payload, Version};
use ::law::Text;
use axum::http::{Method, StatusCode};
use doors::TokenScope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Shown;
use super::asked::Json;
use super::case::AskedOf;
use super::table::{Need, Operation, operation};
use crate::desk;
use crate::problem::Problem;
use crate::view::{StateView, state_view};

/// Why a procedure refuses an action.
pub(super) const REFUSALS: &[&str] = &[
    "unknown-action",
    "wrong-role",
    "not-yours",
    "stale-version",
    "request-reused",
    "bad-part",
    "clock-went-back",
    "incomplete",
    "marks-open",
    "missing-part",
    "no-items",
    "no-office-key",
    "no-permit",
    "not-for-publication",
    "not-in-force",
    "not-open",
    "not-over",
    "not-yet",
    "other-region",
    "part-not-asked-for",
    "taken-already",
    "too-early",
    "too-late",
    "wrong-state",
    "no-channel",
    "no-file",
    "no-case",
    "not-known-whether-recorded",
    "bad-name",
    "case-exists",
];

pub(super) fn operations() -> Vec<Operation> {
    let need = Need::Scope(&[TokenScope::Act, TokenScope::FileReceipts]);
    vec![
        operation(
            (Method::POST, "/api/cases/{case}/actions"),
            "act",
            "cases",
            need,
            ("Take an action; it is recorded before it is answered", "办理操作；记录之后才答复"),
            act,
        )
        .named()
        .problems(REFUSALS),
    ]
}

/// An action to be taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ActionWanted {
    /// The action, such as `submit`.
    action: String,
    /// The version of the case that was seen.
    seen: Version,
    /// What it takes along.
    #[serde(default)]
    payload: Payload,
}

/// An action that was recorded, or was recorded before under the same name of the request.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ActionDone {
    case: String,
    version: Version,
    state: StateView,
    /// What it did to the permit.
    effect: Option<Effect>,
}

async fn act(asked: AskedOf<Json<ActionWanted>>) -> Result<Shown<ActionDone>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let Json(wanted) = asked.body;
    if wanted.action == "open" {
        let what = Text::new("案件只设立一次：请用 POST /api/cases", "a case is opened once, by POST /api/cases");
        return Err(Problem::new(StatusCode::NOT_FOUND, "unknown-action", what));
    }
    let case = desk::case_to_act(house, who, &asked.path.case, &wanted.action).await?;
    let done = desk::acted(house, who, &case, &wanted.action, wanted.seen, asked.key, wanted.payload).await?;
    Ok(Shown(action_done(house, &case, &done)?))
}

pub(super) fn action_done(
    house: &crate::house::House,
    case: &::cases::Case,
    done: &::cases::Done,
) -> Result<ActionDone, Problem> {
    let procedure = house.procedure(case.procedure.as_str())?;
    let recorded = &done.recorded;
    Ok(ActionDone {
        case: case.id.to_string(),
        version: recorded.version,
        state: state_view(procedure, recorded.state.as_str()),
        effect: recorded.effect,
    })
}
