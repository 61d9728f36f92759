//! `case act`: takes an action, as a handler or as an office.

use std::path::Path;
use std::sync::Arc;

use cases::{ActionId, Case, RequestId, Role, StoreError, Version, available_actions};
use evidence::{NoteSigner, SigningKey};
use serde_json::json;

use super::{Desk, show};
use crate::args::{ActArgs, Format};
use crate::screen::{Paint, paint};
use crate::{Answer, Failure};

/// The name under which permits are signed where the office gives no key of its own.
pub(in crate::commands) const OFFICE: &str = "tongguan.local/office";

pub(super) async fn run(desk: &Desk<'_>, args: &ActArgs) -> Result<Answer, Failure> {
    let case = desk.case(&args.case).await?;
    let role = desk.role.map_or_else(|| role(desk, &case, &args.action), Ok)?;
    let payload = desk.payload(&case, args).await?;
    let signer = signer(desk, args.key.as_deref(), role)?;
    let request = cases::Request {
        case: case.id.clone(),
        action: ActionId::new(args.action.clone()),
        by: desk.actor(role, &case),
        at: desk.at,
        seen: args.seen.map_or(case.version, Version),
        request: args.request.clone().map(RequestId::new),
        payload,
        signer,
    };
    let done = match desk.store.act(request).await {
        Ok(done) => done,
        // Words of the law in the language that was asked for; what is wrong with a form is listed whole.
        Err(StoreError::Refused(refusal)) => {
            let text = desk.context.say.of(&refusal.text()).to_owned();
            if desk.context.format == Format::Json {
                desk.context.json(&json!({"refused": refusal.code(), "what": refusal.text()}))?;
            }
            if let cases::Refusal::Incomplete { gaps } = &refusal {
                show::gaps(desk, gaps)?;
            }
            return Err(Failure::Input(text));
        }
        Err(error) => return Err(error.into()),
    };
    let after = desk.store.case(&case.id).await?;
    if desk.context.format == Format::Json {
        desk.context.json(&json!({"case": after.id, "version": done.recorded.version, "state": after.state,
            "digest": done.digest, "again": done.again}))?;
        return Ok(Answer::Yes);
    }
    desk.context.out(&format!("{}  {}", paint(after.id.as_str(), Paint::Strong), show::state(desk, &after)))?;
    show::clocks(desk, &after, false)?;
    Ok(Answer::Yes)
}

/// The role that has the action today, where only one side of the counter has it.
fn role(desk: &Desk<'_>, case: &Case, action: &str) -> Result<Role, Failure> {
    let has = |role: &Role| {
        let actor = desk.actor(*role, case);
        available_actions(&desk.world, case, &actor, desk.today).iter().any(|one| one.action.id.as_str() == action)
    };
    // A handler's approver may do what its applicant may; of offices at most one has an action.
    let order = [Role::Approver, Role::Province, Role::National, Role::Prefecture, Role::SectorAuthority];
    let order = order.into_iter().chain([Role::CertificationBody, Role::ZoneBody, Role::Applicant, Role::Recipient]);
    let mut having = order.filter(has);
    match (having.next(), having.next()) {
        (Some(one), None) => Ok(one),
        // Where nobody has it the refusal says why.
        (Some(Role::Approver), Some(Role::Applicant)) | (None, _) => Ok(Role::Approver),
        (Some(_), Some(_)) => Err(Failure::Input(desk.context.say.fill("case.which-role", &[("action", action)]))),
    }
}

/// The office's key: a file, or this installation's own.
fn signer(desk: &Desk<'_>, file: Option<&Path>, role: Role) -> Result<Option<Arc<dyn NoteSigner>>, Failure> {
    if role.is_handlers() {
        return Ok(None);
    }
    let key: SigningKey = match file {
        Some(file) => {
            let text = super::parts::read(file)?;
            let wrong =
                |_| Failure::Input(desk.context.say.fill("case.bad-key", &[("file", &file.display().to_string())]));
            text.trim().parse().map_err(wrong)?
        }
        None => desk.home.keys.office_key(OFFICE)?,
    };
    Ok(Some(Arc::new(key)))
}
