//! Accounts and cases to ask about.

use std::time::Instant;

use cases::{
    ActionId, Actor, ActorId, Attachment, CaseId, Channel, Handler, ItemDecision, NewFile, Opening, Payload,
    ProcedureId, Request, Role, Scope, Store, Verdict, Version,
};
use doors::{Doors, NewAccount, Organisation, OrganisationId, OrganisationKind};
use dossier::{Dossier, Procedure};
use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use crate::Failed;
use crate::install::now;

pub(crate) const PASSWORD: &str = "a long enough password";
pub(crate) const REGIONS: [&str; 8] = ["CN-BJ", "CN-SH", "CN-GD", "CN-ZJ", "CN-JS", "CN-SC", "CN-FJ", "CN-TJ"];
/// Handlers with accounts; their cases are those whose numbers leave the same remainder.
pub(crate) const HANDLERS: u64 = 2_000;
pub(crate) const SIGNING_IN: u64 = 40;
const NAMES: [&str; 6] = ["海川", "远航", "博瑞", "天衡", "云启", "嘉禾"];
const TRADES: [(&str, &str); 5] =
    [("汽车", "automotive"), ("医药", "pharma"), ("航空", "aviation"), ("零售", "retail"), ("银行", "banking")];
const CALLERS: u64 = 64;

/// A code whose check character holds (GB 32100-2015).
pub(crate) fn uscc(nth: u64) -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let body = format!("91110105{nth:09}");
    let value = |letter: u8| LETTERS.iter().position(|known| *known == letter).expect("a letter");
    let sum: usize = body.bytes().zip(WEIGHTS).map(|(letter, weight)| value(letter) * weight).sum();
    format!("{body}{}", char::from(LETTERS[(31 - sum % 31) % 31]))
}

/// Who signs in, as what: the login tells it.
pub(crate) fn accounts() -> Vec<(String, Role, Scope)> {
    let mut all =
        vec![("national".to_owned(), Role::National, Scope::All), ("auditor".to_owned(), Role::Auditor, Scope::All)];
    for region in REGIONS {
        all.push((format!("province-{}", region.to_lowercase()), Role::Province, Scope::Province(region.to_owned())));
    }
    all.extend((0..SIGNING_IN).map(|nth| (format!("approver-{nth}"), Role::Approver, Scope::Handler(uscc(nth)))));
    all
}

pub(crate) async fn people(doors: &Doors) -> Result<(), Failed> {
    let at = now() - (24 * 400).hours();
    let new = |login: String, role: Role, scope: Scope| NewAccount {
        name: format!("示例{login}"),
        login,
        email: None,
        role,
        scope,
        organisation: None,
        lang: None,
    };
    let admin = doors.set_up(new("admin".to_owned(), Role::Administrator, Scope::All), PASSWORD, at).await?;
    for nth in 0..SIGNING_IN {
        let handler = handler(nth);
        let of = Organisation {
            id: OrganisationId::new(handler.uscc),
            kind: OrganisationKind::Handler,
            name: handler.name,
            region: Some(handler.region),
            sector: handler.sector,
            parent: None,
        };
        doors.make_organisation(&of, &admin.id, at).await?;
    }
    for (login, role, scope) in accounts() {
        let account = doors.create(new(login, role, scope), &admin.id, at).await?;
        let (link, _) = doors.invite_to_account(&account.id, at + 24.hours(), &admin.id, at).await?;
        doors.accept(link.as_str(), PASSWORD, "127.0.0.1", at).await?;
    }
    Ok(())
}

fn handler(nth: u64) -> Handler {
    let nth = nth % HANDLERS;
    let (trade, sector) = TRADES[(nth / 7 % 5) as usize];
    Handler {
        uscc: uscc(nth),
        name: format!("{}{trade}第{nth}有限公司", NAMES[(nth / 3 % 6) as usize]),
        region: REGIONS[(nth % 8) as usize].to_owned(),
        sector: Some(sector.to_owned()),
    }
}

pub(crate) async fn cases(store: &Store, cases: u64) -> Result<(), Failed> {
    let start = Instant::now();
    let example = dossier::example(dossier::forms(), Procedure::SecurityAssessment, date(2026, 1, 5), 1);
    let mut tasks = Vec::new();
    for task in 0..CALLERS {
        let (store, example) = (store.clone(), example.clone());
        tasks.push(tokio::spawn(async move {
            for nth in (task..cases).step_by(CALLERS as usize) {
                one(&store, &example, nth).await?;
            }
            Ok::<(), Failed>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    println!("{cases} cases made: {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// A declaration taken as far as its number says.
async fn one(store: &Store, example: &Dossier, nth: u64) -> Result<(), Failed> {
    let handler = handler(nth);
    let approver = Actor {
        id: ActorId::new(format!("approver-{}", nth % HANDLERS)),
        role: Role::Approver,
        scope: Scope::Handler(handler.uscc.clone()),
    };
    let office = |role: Role, scope: Scope| Actor { id: ActorId::new(format!("officer-{}", role.word())), role, scope };
    let province = office(Role::Province, Scope::Province(handler.region.clone()));
    let national = office(Role::National, Scope::All);
    let filed: Timestamp = "2026-01-05T10:00:00+08:00".parse()?;
    let at = |later: u64| filed + (24 * (nth / 11 % 80 + later) as i64).hours();
    let case = store.new_case_id("security-assessment")?;
    let mut answers = Payload {
        answers: example.answers.iter().map(|(path, answer)| (path.clone(), answer.value.clone())).collect(),
        ..Payload::default()
    };
    answers.answers.insert("handler.uscc".parse()?, json!(handler.uscc));
    let title = format!("{}数据出境 project {}", TRADES[(nth / 7 % 5) as usize].0, nth % 977);
    let opening = Opening {
        procedure: ProcedureId::new("security-assessment"),
        handler,
        channel: Channel::Online,
        office: None,
        follows: None,
        title,
    };
    let far = nth % 6;
    act(store, &case, &approver, at(0), 0, "open", Payload { opening: Some(opening), ..Payload::default() }).await?;
    if far == 0 {
        return Ok(());
    }
    if far > 1 {
        answers.attachments = papers(store, &case, example).await?;
    }
    let decisions = ["scenario[1].item[1]", "scenario[1].item[2]"].map(|item| ItemDecision {
        item: item.to_owned(),
        decision: Verdict::Approved,
        forms: Vec::new(),
        persons: None,
        reason: None,
    });
    let number = Payload { number: Some(format!("数评2026第{nth}号")), ..Payload::default() };
    let steps = [
        (&approver, "edit", answers),
        (&approver, "submit", Payload::default()),
        (&province, "forward", Payload::default()),
        (&national, "accept", number),
        (&national, "decide", Payload { decisions: decisions.to_vec(), ..Payload::default() }),
    ];
    for (seen, (by, action, payload)) in steps.into_iter().enumerate().take(far as usize) {
        let later = [0, 1, 4, 8, 40][seen];
        act(store, &case, by, at(later), seen as u32 + 1, action, payload).await?;
    }
    Ok(())
}

async fn papers(store: &Store, case: &CaseId, example: &Dossier) -> Result<Vec<Attachment>, Failed> {
    let mut kept = Vec::new();
    for material in &example.materials {
        let bytes = dossier::example_paper(&material.material, 1);
        let name = format!("{}.pdf", material.material);
        let file = NewFile {
            name: &name,
            media_type: &material.media_type,
            material: Some(&material.material),
            bytes: &bytes,
        };
        kept.push(store.put_file(case, &file).await?);
    }
    Ok(kept)
}

async fn act(
    store: &Store,
    case: &CaseId,
    by: &Actor,
    at: Timestamp,
    seen: u32,
    action: &str,
    payload: Payload,
) -> Result<(), Failed> {
    let request = Request {
        case: case.clone(),
        action: ActionId::new(action),
        by: by.clone(),
        at,
        seen: Version(seen),
        request: None,
        payload,
        signer: (crate::support::signers())(by).filter(|_| !by.role.is_handlers()),
    };
    store.act(request).await.map_err(|error| format!("{action}: {error}"))?;
    Ok(())
}
