//! Every action as every other role is refused and never recorded, in every state.

use cases::{ActionId, Actor, ActorId, CaseId, From, Phase, Procedure, Request, Role, Scope, To, Version};
use serde_json::json;

use crate::support::{As, Counter, HOSPITAL, OFFICE, on_both, world};

/// Who asks, by role.
const ROLES: [&str; 13] = [
    "applicant",
    "approver",
    "adviser",
    "stranger",
    "province",
    "elsewhere",
    "national",
    "prefecture",
    "sector",
    "body",
    "zone",
    "auditor",
    "admin",
];

#[test]
fn every_action_as_every_other_role_is_refused_in_every_state_of_an_assessment() {
    on_both(|counter| async move { refuse(&counter, "security-assessment").await });
}

#[test]
fn every_action_as_every_other_role_is_refused_in_every_state_of_a_filing() {
    on_both(|counter| async move { refuse(&counter, "standard-contract").await });
}

async fn refuse(counter: &Counter, procedure: &str) {
    let procedure = world().procedures.get(procedure).expect("known").clone();
    let (mut asked, mut states) = (0, 0);
    for state in &procedure.states {
        let Some(case) = brought(counter, &procedure, state.id.as_str()).await else { continue };
        states += 1;
        let id = CaseId::new(case.as_str());
        let before = counter.store.version(&id).await.expect("there");
        let draft = before.0 == 1;
        for action in &procedure.actions {
            for name in ROLES {
                let person = &counter.people[name].account;
                let own = action.by.contains(&person.role) && !matches!(name, "stranger" | "elsewhere");
                // Offices have to do with it once it was submitted, and bodies where it was given to them.
                let far = draft && !person.role.is_handlers();
                if own && !far {
                    continue;
                }
                let answer = counter
                    .post(
                        name,
                        &format!("/api/cases/{case}/actions"),
                        &json!({"action": action.id, "seen": before, "payload": {"text": "不应记录"}}),
                    )
                    .await;
                let said = String::from_utf8_lossy(&answer.bytes).into_owned();
                assert!(
                    matches!(answer.status, 403 | 404 | 422),
                    "{name} {} in {}: {} {said}",
                    action.id,
                    state.id,
                    answer.status
                );
                assert!(answer.json()["code"].is_string());
                asked += 1;
            }
        }
        assert_eq!(counter.store.version(&id).await.expect("there"), before, "nothing was recorded in {}", state.id);
    }
    assert!(states > procedure.states.len() / 2 && asked > 1000, "{states} states, {asked} refusals");
    eprintln!("{}: {asked} refusals in {states} of {} states", procedure.id, procedure.states.len());
}

/// A case in a state, brought there by somebody who may, past an office; `None`: nothing leads there by itself.
async fn brought(counter: &Counter, procedure: &Procedure, state: &str) -> Option<String> {
    let made = counter
        .post("approver", "/api/cases", &json!({"procedure": procedure.id, "title": "角色", "office": OFFICE}))
        .await;
    let case = made.ok()["case"].as_str()?.to_owned();
    if state == procedure.first().as_str() {
        return Some(case);
    }
    counter.fill(&case).await;
    let mut here = procedure.first().to_string();
    for (action, to) in way(procedure, state)? {
        step(counter, procedure, &case, &here, &action).await?;
        here = to;
    }
    let of = counter.store.case(&CaseId::new(case.as_str())).await.expect("there");
    (of.state.as_str() == state).then_some(case)
}

/// Actions that lead from the first state to this one.
fn way(procedure: &Procedure, state: &str) -> Option<Vec<(String, String)>> {
    let mut ways: Vec<(String, Vec<(String, String)>)> = vec![(procedure.first().to_string(), Vec::new())];
    let mut met = vec![procedure.first().to_string()];
    let mut at = 0;
    while at < ways.len() {
        let (here, way) = ways[at].clone();
        at += 1;
        if here == state {
            return Some(way);
        }
        for action in &procedure.actions {
            let from = match &action.from {
                From::States(states) => states.iter().any(|one| one.as_str() == here),
                _ => procedure.state(&here).is_some_and(|state| state.phase != Phase::Closed),
            };
            let to = match &action.to {
                To::State(to) => vec![to.to_string()],
                To::Result { approved, in_part, refused } => {
                    [approved, in_part, refused].map(ToString::to_string).to_vec()
                }
                _ => Vec::new(),
            };
            for to in to.into_iter().filter(|_| from) {
                if !met.contains(&to) {
                    met.push(to.clone());
                    ways.push((to.clone(), way.iter().cloned().chain([(action.id.to_string(), to)]).collect()));
                }
            }
        }
    }
    None
}

/// Takes an action with what it asks for, as whoever may.
async fn step(counter: &Counter, procedure: &Procedure, case: &str, here: &str, action: &str) -> Option<()> {
    let id = CaseId::new(case);
    counter.hours_later(30);
    // What has to come first.
    for (before, days) in [("record-contract", "effective"), ("record-pipia", "assessed"), ("self-assess", "assessed")]
    {
        let known = counter.store.case(&id).await.expect("there");
        let offered =
            procedure.action(before).is_some_and(|action| action.is_from(procedure.state(here).expect("a state")));
        if offered && !known.history.iter().any(|happened| happened.action.as_str() == before) {
            take(counter, &id, Role::Approver, before, json!({"days": {days: counter.today()}})).await.ok()?;
        }
    }
    let of = counter.store.case(&id).await.expect("there");
    let definition = procedure.action(action)?;
    let mut payload = serde_json::Map::new();
    for ask in definition.asks.iter().filter(|ask| ask.required) {
        use cases::Part;
        let (name, value) = match ask.part {
            Part::Text => ("text", json!("说明")),
            Part::Day => ("days", json!({ask.name.clone()?: counter.today()})),
            Part::Marks => ("marks", json!([{"at": "handler.office", "text": "请补充"}])),
            Part::Number => ("number", json!("备〔2026〕1号")),
            Part::Workdays => ("workdays", json!(5)),
            Part::Publish => ("publish", json!(true)),
            Part::Decisions => {
                let items = cases::items(&of.dossier);
                ("decisions", items.iter().map(|item| json!({"item": item.key, "decision": "approved"})).collect())
            }
            _ => return None,
        };
        payload.insert(name.to_owned(), value);
    }
    let role = *definition.by.first()?;
    take(counter, &id, role, action, payload.into()).await.ok()
}

/// Takes an action as if somebody of the role had.
async fn take(
    counter: &Counter,
    case: &CaseId,
    role: Role,
    action: &str,
    payload: serde_json::Value,
) -> Result<(), String> {
    let scope = match role {
        Role::Applicant | Role::Approver | Role::Adviser => Scope::Handler(HOSPITAL.to_owned()),
        Role::Province => Scope::Province("CN-BJ".to_owned()),
        Role::National | Role::Auditor | Role::Administrator => Scope::All,
        _ => Scope::Office(OFFICE.to_owned()),
    };
    let request = Request {
        case: case.clone(),
        action: ActionId::new(action),
        by: Actor { id: ActorId::new("somebody"), role, scope },
        at: counter.now(),
        seen: counter.store.version(case).await.unwrap_or(Version(0)),
        request: None,
        payload: serde_json::from_value(payload).map_err(|error| error.to_string())?,
        signer: Some(crate::support::office_key()),
    };
    counter.store.act(request).await.map(|_| ()).map_err(|error| format!("{action}: {error}"))
}

#[test]
fn each_sees_its_own_and_nobody_learns_of_what_is_not_theirs() {
    on_both(|counter| async move {
        let case = counter.filled_case("security-assessment").await;
        let parts =
            ["", "/record", "/clocks", "/items", "/gaps", "/answers", "/actions", "/permit", "/comparison", "/package"];
        let same = |one: &serde_json::Value, other: &serde_json::Value| {
            // But for the id they were asked with.
            assert_eq!((&one["code"], &one["status"]), (&other["code"], &other["status"]));
        };
        for name in ["stranger", "elsewhere", "province", "national", "prefecture", "sector", "body", "zone", "auditor"]
        {
            for part in parts {
                let hidden =
                    counter.get(As::One(name), &format!("/api/cases/{case}{part}")).await.refused(404, "not-found");
                let none = counter
                    .get(As::One(name), &format!("/api/cases/sa-0000000000{part}"))
                    .await
                    .refused(404, "not-found");
                same(&hidden, &none);
            }
            let act = json!({"action": "submit", "seen": 1});
            let hidden =
                counter.post(name, &format!("/api/cases/{case}/actions"), &act).await.refused(404, "not-found");
            same(
                &hidden,
                &counter.post(name, "/api/cases/sa-0000000000/actions", &act).await.refused(404, "not-found"),
            );
        }
        counter.hours_later(24);
        counter.act("approver", &case, "submit", json!({})).await.ok();
        counter.act("applicant", &case, "message", json!({"text": "联系王医生13800138000"})).await.ok();
        for (name, sees, personal) in [
            ("province", true, true),
            ("national", true, true),
            ("auditor", true, false),
            ("admin", true, false),
            ("elsewhere", false, false),
            ("stranger", false, false),
            ("body", false, false),
        ] {
            let whole = counter.get(As::One(name), &format!("/api/cases/{case}")).await;
            assert_eq!(whole.status == 200, sees, "{name}");
            if !sees {
                continue;
            }
            let text = String::from_utf8(whole.bytes).expect("text");
            assert_eq!(text.contains("13800138000"), personal, "{name} and what was written");
            let answers = counter.get(As::One(name), &format!("/api/cases/{case}/answers")).await.ok();
            let phone = answers["answers"]
                .as_array()
                .expect("answers")
                .iter()
                .find(|one| one["personal"] == true)
                .expect("one");
            assert_eq!(phone["withheld"], !personal, "{name}: {phone}");
            assert_eq!(phone["value"].is_null(), !personal);
        }
        // Reads of officers are written down, for auditors to see.
        let (secret, _) = counter.signed_in("auditor").await;
        let reads = counter.get(As::Cookie(&secret, None), &format!("/api/reads?case={case}")).await.ok();
        let by: Vec<&str> =
            reads["rows"].as_array().expect("rows").iter().filter_map(|row| row["role"].as_str()).collect();
        assert!(by.contains(&"province") && by.contains(&"national") && !by.contains(&"approver"), "{by:?}");
        for name in ["approver", "province", "national"] {
            let (secret, _) = counter.signed_in(name).await;
            counter.get(As::Cookie(&secret, None), "/api/reads").await.refused(403, "forbidden");
        }
        counter.get(As::One("auditor"), "/api/reads").await.refused(403, "session-only");
    });
}
