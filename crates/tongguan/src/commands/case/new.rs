//! `case new` and `case form`: a case from a transfer, or from what a handler says of itself.

use std::collections::BTreeMap;

use cases::{
    ActionId, Actor, ActorId, Channel, Handler, Opening, Payload, ProcedureId, RequestId, Role, Scope, Version,
};
use clearance::Loaded;
use dossier::{Answers, Lang, template};
use serde_json::json;

use super::{Desk, parts, procedures, show};
use crate::args::{Format, NewArgs};
use crate::commands::Context;
use crate::{Answer, Failure};

pub(super) async fn run(desk: &Desk<'_>, args: &NewArgs) -> Result<Answer, Failure> {
    let say = desk.context.say;
    let Some(procedure) = desk.world.procedures.get(&args.procedure) else {
        let known = procedures::known(&desk.world);
        return Err(Failure::Input(say.fill("case.no-procedure", &[("id", &args.procedure), ("known", &known)])));
    };
    let handler = match (&args.transfer, &args.handler) {
        (Some(transfer), _) => of_transfer(desk, transfer)?,
        (None, Some(file)) => parts::handler(file)?,
        (None, None) => return Err(Failure::Input(say.text("case.no-handler").to_owned())),
    };
    let typed = args.answers.as_deref().map(|file| desk.answers(file)).transpose()?.unwrap_or_default();
    let (artefacts, answers) = match &args.transfer {
        Some(transfer) => desk.of_transfer(transfer, &typed).await?,
        None => (BTreeMap::new(), typed),
    };
    let role = desk.role.unwrap_or(Role::Applicant);
    let scope = match role {
        Role::CertificationBody | Role::ZoneBody => Scope::Office(args.office.clone().unwrap_or_default()),
        _ => Scope::Handler(handler.uscc.clone()),
    };
    let opening = Opening {
        procedure: ProcedureId::new(args.procedure.clone()),
        handler,
        channel: if args.offline { Channel::Offline } else { Channel::Online },
        office: args.office.clone(),
        follows: args.follows.clone().map(cases::CaseId::new),
        title: args.title.clone(),
    };
    let payload = Payload {
        opening: Some(opening),
        days: args.day.iter().cloned().collect(),
        answers: parts::difference(&Answers::default(), &answers),
        artefacts,
        ..Payload::default()
    };
    let case = desk.store.new_case_id(procedure.id.as_str())?;
    let request = cases::Request {
        case: case.clone(),
        action: ActionId::new("open"),
        by: Actor { id: ActorId::new("cli"), role, scope },
        at: desk.at,
        seen: Version(0),
        request: None::<RequestId>,
        payload,
        signer: None,
    };
    let done = desk.store.act(request).await?;
    if desk.context.format == Format::Json {
        desk.context.json(&json!({"case": case, "version": done.recorded.version, "digest": done.digest}))?;
        return Ok(Answer::Yes);
    }
    desk.context.out(case.as_str())?;
    let case = desk.store.case(&case).await?;
    show::open_questions(desk, &case)?;
    Ok(Answer::Yes)
}

fn of_transfer(desk: &Desk<'_>, file: &std::path::Path) -> Result<Handler, Failure> {
    let stated = Loaded::open(file)?.transfer.handler;
    let missing = |key: &str| {
        let file = file.display().to_string();
        Failure::Input(desk.context.say.fill("case.handler-lacks", &[("file", &file), ("key", key)]))
    };
    let sector = stated.sector.filter(|sector| sector != "none");
    Ok(Handler {
        uscc: stated.uscc.ok_or_else(|| missing("uscc"))?,
        name: stated.name.ok_or_else(|| missing("name"))?,
        region: stated.region.ok_or_else(|| missing("region"))?,
        sector,
    })
}

/// The questions of a procedure, with nothing answered.
pub(super) fn empty_form(context: &Context, of: &str) -> Result<Answer, Failure> {
    let procedure = of.parse::<dossier::Procedure>().map_err(|error| Failure::Input(error.to_string()))?;
    print(context, procedure, &Answers::default())
}

/// The questions of a case, with its answers.
pub(super) async fn form(desk: &Desk<'_>, of: &str) -> Result<Answer, Failure> {
    let case = desk.case(of).await?;
    match show::forms(desk, &case) {
        Some(forms) => print(desk.context, forms, &case.dossier.answers),
        None => Err(Failure::Input(desk.context.say.fill("case.no-form", &[("id", case.id.as_str())]))),
    }
}

fn print(context: &Context, procedure: dossier::Procedure, answers: &Answers) -> Result<Answer, Failure> {
    let forms = dossier::forms();
    if context.format == Format::Json {
        context.json(&dossier::schema(forms, procedure))?;
        return Ok(Answer::Yes);
    }
    let lang = match context.say.0 {
        crate::args::Lang::Zh => Lang::Zh,
        crate::args::Lang::En => Lang::En,
    };
    context.out(template(forms, procedure, answers, lang).trim_end())?;
    Ok(Answer::Yes)
}
