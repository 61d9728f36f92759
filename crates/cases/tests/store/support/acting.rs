//! Who acts, and cases on their way.
#![allow(dead_code, reason = "each test file and the example use their own part")]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use cases::{
    ActionId, Actor, ActorId, CaseId, Done, Handler, ItemDecision, Mark, Opening, Payload, ProcedureId, Request,
    RequestId, Role, Scope, Store, StoreError, Verdict, Version,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// Codes whose check characters hold.
pub(crate) fn uscc(nth: u64) -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let mut code: Vec<u8> = format!("91110105{:09}", nth % 1_000_000_000).into_bytes();
    let value = |letter: u8| LETTERS.iter().position(|known| *known == letter).expect("a letter");
    let sum: usize = code.iter().zip(WEIGHTS).map(|(letter, weight)| value(*letter) * weight).sum();
    code.push(LETTERS[(31 - sum % 31) % 31]);
    String::from_utf8(code).expect("ASCII")
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Ten in the morning, in UTC+8.
pub(crate) fn at(day: &str) -> Timestamp {
    format!("{day}T10:00:00+08:00").parse().expect("a moment")
}

pub(crate) fn actor(id: &str, role: Role, scope: Scope) -> Actor {
    Actor { id: ActorId::new(id), role, scope }
}

pub(crate) fn approver(nth: u64) -> Actor {
    actor("approver-1", Role::Approver, Scope::Handler(uscc(nth)))
}

pub(crate) fn province(region: &str) -> Actor {
    actor("officer-p", Role::Province, Scope::Province(region.to_owned()))
}

pub(crate) fn national() -> Actor {
    actor("officer-n", Role::National, Scope::All)
}

pub(crate) fn administrator() -> Actor {
    actor("admin-1", Role::Administrator, Scope::All)
}

pub(crate) fn handler(nth: u64, name: &str, region: &str) -> Handler {
    Handler { uscc: uscc(nth), name: name.to_owned(), region: region.to_owned(), sector: Some("automotive".to_owned()) }
}

pub(crate) fn opening(handler: Handler, title: &str) -> Payload {
    let opening = Opening {
        procedure: ProcedureId::new("security-assessment"),
        handler,
        channel: cases::Channel::Online,
        office: None,
        follows: None,
        title: title.to_owned(),
    };
    Payload { opening: Some(opening), ..Payload::default() }
}

pub(crate) fn answers(of: &[(&str, Value)]) -> Payload {
    let answers = of.iter().map(|(path, value)| (path.parse().expect("a path"), value.clone())).collect();
    Payload { answers, ..Payload::default() }
}

pub(crate) fn text(text: &str) -> Payload {
    Payload { text: Some(text.to_owned()), ..Payload::default() }
}

pub(crate) fn request(case: &CaseId, by: &Actor, on: &str, seen: u32, action: &str, payload: Payload) -> Request {
    Request {
        case: case.clone(),
        action: ActionId::new(action),
        by: by.clone(),
        at: at(on),
        seen: Version(seen),
        request: None,
        payload,
        signer: Some(office_key()),
    }
}

pub(crate) fn named(mut request: Request, name: &str) -> Request {
    request.request = Some(RequestId::new(name));
    request
}

/// The key by which offices sign here.
pub(crate) fn office_key() -> Arc<evidence::SigningKey> {
    static KEY: LazyLock<Arc<evidence::SigningKey>> =
        LazyLock::new(|| Arc::new(evidence::SigningKey::from_seed("office.example", &[5; 32]).expect("a key")));
    Arc::clone(&KEY)
}

/// A case of handler `nth`, opened.
pub(crate) async fn open(store: &Store, nth: u64, on: &str) -> CaseId {
    let case = store.new_case_id("security-assessment").expect("an id");
    let payload = opening(handler(nth, "海川数据有限公司", "CN-BJ"), "车联网数据出境");
    store.act(request(&case, &approver(nth), on, 0, "open", payload)).await.expect("it opens");
    case
}

pub(crate) async fn act(
    store: &Store,
    case: &CaseId,
    by: &Actor,
    on: &str,
    action: &str,
    payload: Payload,
) -> Result<Done, StoreError> {
    let seen = store.version(case).await?.0;
    store.act(request(case, by, on, seen, action, payload)).await
}

/// What a handler fills in before it submits.
pub(crate) fn filled() -> Payload {
    answers(&[
        ("contact.name", "欧阳某某".into()),
        ("contact.phone", "13800138000".into()),
        ("handler.brief", "整车制造".into()),
        ("scenario[1].brief", "远程诊断".into()),
        ("scenario[1].item[1].name", "车辆识别代号".into()),
        ("scenario[1].item[2].name", "手机号".into()),
        ("scenario[1].recipient[1].name", "Example Motors GmbH".into()),
        ("scenario[1].recipient[1].contact", "Erika Mustermann".into()),
        ("persons", 1_200_000.into()),
    ])
}

pub(crate) fn decisions(first: Verdict, second: Verdict) -> Payload {
    let decision = |item: &str, decision: Verdict| ItemDecision {
        item: item.to_owned(),
        decision,
        forms: Vec::new(),
        persons: None,
        reason: (decision == Verdict::Refused).then(|| "不必要".to_owned()),
    };
    let decisions = vec![decision("scenario[1].item[1]", first), decision("scenario[1].item[2]", second)];
    Payload { decisions, ..Payload::default() }
}

/// A case taken through return, resubmission, acceptance and a decision in part.
pub(crate) async fn decided(store: &Store, nth: u64) -> CaseId {
    let case = open(store, nth, "2025-03-03").await;
    let handler = approver(nth);
    let mark = |at: &str| Mark { at: at.to_owned(), text: "请补充".to_owned() };
    let marks = Payload { marks: vec![mark("handler.brief"), mark("scenario[1].brief")], ..Payload::default() };
    let number = Payload { number: Some(format!("数评2025第{nth}号")), ..Payload::default() };
    for (by, on, action, payload) in [
        (&handler, "2025-03-04", "edit", filled()),
        (&handler, "2025-03-05", "submit", Payload::default()),
        (&province("CN-BJ"), "2025-03-10", "return", marks),
        (
            &handler,
            "2025-03-11",
            "edit",
            answers(&[("handler.brief", "整车制造与销售".into()), ("scenario[1].brief", "远程诊断与召回".into())]),
        ),
        (&handler, "2025-03-12", "resubmit", text("已按要求补正，联系13800138000")),
        (&province("CN-BJ"), "2025-03-14", "forward", Payload::default()),
        (&national(), "2025-03-18", "accept", number),
        (&national(), "2025-04-24", "decide", decisions(Verdict::Approved, Verdict::Refused)),
    ] {
        act(store, &case, by, on, action, payload).await.unwrap_or_else(|error| panic!("{action}: {error}"));
    }
    case
}

/// Unused parts of a payload by name, for tables of tests.
pub(crate) fn days(of: &[(&str, &str)]) -> BTreeMap<String, Date> {
    of.iter().map(|(name, on)| ((*name).to_owned(), day(on))).collect()
}
