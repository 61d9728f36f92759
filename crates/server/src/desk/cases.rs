//! Cases: read, opened, acted on.

use ::cases::{ActionId, Case, CaseId, Done, Opening, Payload, QueueQuery, Request, RequestId, StoreError, Version};
use axum::http::StatusCode;
use doors::Read;
use law::Text;

use super::permission;
use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

/// The queue of what somebody has to do with.
pub(crate) fn queue_of(who: &Who) -> QueueQuery {
    QueueQuery::of(who.actor())
}

/// There is no case, or it is none of theirs: nobody learns which.
pub(crate) fn no_case(id: &str) -> Problem {
    let id: String = id.chars().filter(|c| !c.is_control()).take(60).collect();
    Problem::not_found(Text::new(
        format!("没有您可以查看的案件 `{id}`"),
        format!("there is no case `{id}` for you to see"),
    ))
}

/// A case that whoever asks may read. Nobody learns of a case that is none of theirs whether there is one.
pub(crate) async fn case_of(house: &House, who: &Who, id: &str) -> Result<Case, Problem> {
    let unknown = || no_case(id);
    let case = match house.store.case(&CaseId::new(id)).await {
        Ok(case) => case,
        Err(StoreError::NoCase(_)) => return Err(unknown()),
        Err(error) => return Err(error.into()),
    };
    if permission::may_read(house, who, &case) { Ok(case) } else { Err(unknown()) }
}

/// A case that whoever asks may read, or may take this action on: a program may have leave to file receipts and nothing else.
pub(crate) async fn case_to_act(house: &House, who: &Who, id: &str, action: &str) -> Result<Case, Problem> {
    let known = match case_of(house, who, id).await {
        Err(problem) if problem.status == StatusCode::NOT_FOUND => problem,
        other => return other,
    };
    let Ok(case) = house.store.case(&CaseId::new(id)).await else { return Err(known) };
    let definition = house.procedure(case.procedure.as_str())?.action(action);
    let own = definition.filter(|definition| definition.by.contains(&who.role));
    let may =
        own.is_some_and(|definition| permission::may_with(house, who, doors::Action::Act(definition), &case).is_ok());
    if may { Ok(case) } else { Err(known) }
}

/// The same, and where an officer or an auditor reads, it is written down before anything is shown. `what` is the part that is read.
pub(crate) async fn read_case(house: &House, who: &Who, id: &str, what: &str) -> Result<Case, Problem> {
    let case = case_of(house, who, id).await?;
    if !who.role.is_handlers() {
        let read = Read {
            account: who.account.id.clone(),
            role: who.role,
            case: Some(case.id.clone()),
            what: what.to_owned(),
            at: house.now(),
        };
        house.doors.note_read(read).await?;
    }
    Ok(case)
}

/// A case that was opened.
pub(crate) struct Opened {
    pub(crate) case: CaseId,
    pub(crate) done: Done,
}

/// Opens a case. The same request sent again under the same name gives the same case.
pub(crate) async fn open(
    house: &House,
    who: &Who,
    payload: Payload,
    request: Option<RequestId>,
) -> Result<Opened, Problem> {
    let missing =
        || Problem::bad("缺少 `opening`：程序和数据处理者", "`opening` is missing: the procedure and the handler");
    let opening: &Opening = payload.opening.as_ref().ok_or_else(missing)?;
    let procedure = house.procedure(opening.procedure.as_str())?;
    let case = match &request {
        Some(name) => house.store.case_id_for(procedure.id.as_str(), &format!("{}\0{name}", who.id)),
        None => house.store.new_case_id(procedure.id.as_str())?,
    };
    permission::may_open(house, who, &case, opening)?;
    let request = Request {
        case: case.clone(),
        action: ActionId::new("open"),
        by: who.actor(),
        at: house.now(),
        seen: Version(0),
        request,
        payload,
        signer: None,
    };
    let done = house.store.act(request).await?;
    Ok(Opened { case, done })
}

/// Takes an action on a case.
pub(crate) async fn acted(
    house: &House,
    who: &Who,
    case: &Case,
    action: &str,
    seen: Version,
    request: Option<RequestId>,
    payload: Payload,
) -> Result<Done, Problem> {
    permission::may_act(house, who, case, action)?;
    let by = who.actor();
    let signer = if who.role.is_handlers() { None } else { (house.signers)(&by) };
    let request = Request {
        case: case.id.clone(),
        action: ActionId::new(action),
        by,
        at: house.now(),
        seen,
        request,
        payload,
        signer,
    };
    let done = house.store.act(request).await?;
    house.metrics.acted(action);
    Ok(done)
}

/// A name for a request, as the caller sent it.
pub(crate) fn request_name(name: Option<&str>) -> Option<RequestId> {
    name.map(str::trim).filter(|name| !name.is_empty()).map(RequestId::new)
}
