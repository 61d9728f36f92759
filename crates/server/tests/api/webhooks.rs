//! Programs and people are told what happens: of their own cases, and nothing that is not theirs to know.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use database::testing::Place;
use doors::{Change, TokenScope};
use post::{Smtp, verify};
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::receiver::mail_server::Server;
use crate::support::{As, Counter, HOSPITAL, Setting, on_both, on_one};

async fn made(counter: &Counter, who: &str, receiver: &Receiver, kinds: &[&str]) -> Value {
    let body = json!({"name": "接收", "url": receiver.url, "kinds": kinds});
    counter.post(who, "/api/webhooks", &body).await.ok()
}

fn told(receiver: &Receiver) -> Vec<Value> {
    receiver.got().iter().map(|got| serde_json::from_slice(&got.body).expect("JSON")).collect()
}

#[test]
fn programs_are_told_of_their_own_cases_signed_and_once() {
    on_both(|counter| async move {
        let (own, other, all) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
        let hook = made(&counter, "approver", &own, &[]).await;
        made(&counter, "stranger", &other, &[]).await;
        made(&counter, "admin", &all, &["case.moved"]).await;
        // What was there before somebody tells is not told.
        counter.tell().await;
        let case = counter.filled_case("security-assessment").await;
        counter.act("approver", &case, "submit", json!({})).await.ok();
        let mark = json!({"marks": [{"at": "handler.name", "text": "请补充 13800138000"}]});
        counter.act("province", &case, "return", mark).await.ok();
        counter.tell().await;
        counter.tell().await;
        let told_own = told(&own);
        let kinds: Vec<&str> = told_own.iter().map(|one| one["type"].as_str().expect("a kind")).collect();
        let count = |kind: &str| kinds.iter().filter(|of| **of == kind).count();
        assert_eq!((count("case.opened"), count("case.moved")), (1, 2), "{kinds:?}");
        let mut versions: BTreeMap<u64, &Value> = BTreeMap::new();
        for one in &told_own {
            let again = versions.insert(one["data"]["version"].as_u64().expect("a number"), one);
            assert!(again.is_none(), "once: {one}");
            let said = one.to_string();
            for hidden in ["13800138000", "与荷兰合作研究", HOSPITAL, "示例市友好医院", "测试"] {
                assert!(!said.contains(hidden), "{said}");
            }
        }
        let last = versions.values().next_back().expect("one")["data"].clone();
        assert_eq!(
            (&last["case"], &last["state"], &last["from"], &last["by"]),
            (&json!(case), &json!("returned"), &json!("completeness"), &json!("province"))
        );
        assert_eq!(last["url"], format!("http://counter.example/cases/{case}"));
        for got in own.got() {
            let at = got.head["webhook-timestamp"].parse().expect("seconds");
            let secret = hook["secret"].as_str().expect("shown once");
            assert!(verify(secret, &got.head["webhook-id"], at, &got.body, &got.head["webhook-signature"], at));
        }
        assert_eq!(told(&other), [] as [Value; 0], "none of theirs");
        assert!(told(&all).iter().all(|one| one["type"] == "case.moved") && told(&all).len() == 2);
        let path = format!("/api/webhooks/{}/deliveries", hook["webhook"]["id"].as_str().expect("an id"));
        let deliveries = counter.get(As::One("approver"), &path).await.ok();
        assert_eq!(deliveries.as_array().expect("a list").len(), told_own.len());
        assert!(deliveries.to_string().contains("arrived"));
    });
}

#[test]
fn hooks_are_looked_after_by_those_they_belong_to() {
    on_both(|counter| async move {
        let receiver = Receiver::start().await;
        let made = made(&counter, "approver", &receiver, &["case.moved"]).await;
        let id = made["webhook"]["id"].as_str().expect("an id").to_owned();
        assert_eq!(made["webhook"]["owner"], HOSPITAL);
        let path = format!("/api/webhooks/{id}");
        assert!(!counter.get(As::One("approver"), &path).await.ok().to_string().contains("whsec_"), "shown once");
        for who in ["stranger", "province", "national", "auditor", "applicant", "adviser"] {
            counter.get(As::One(who), &path).await.refused(404, "not-found");
            counter.call(As::One(who), Method::DELETE, &path, &Value::Null).await.refused(404, "not-found");
            counter.post(who, &format!("{path}/test"), &Value::Null).await.refused(404, "not-found");
        }
        let theirs = json!({"name": "a", "url": receiver.url, "owner": HOSPITAL});
        for who in ["stranger", "province", "applicant", "auditor"] {
            counter.post(who, "/api/webhooks", &theirs).await.refused(403, "forbidden");
        }
        let token = counter.token("approver", &[TokenScope::ReadCases]).await;
        counter.get(As::Token(&token), "/api/webhooks").await.refused(403, "token-scope");
        counter.get(As::Nobody, "/api/webhooks").await.refused(401, "not-signed-in");
        for body in [
            json!({"name": "a", "url": "ftp://example.cn"}),
            json!({"name": "", "url": receiver.url}),
            json!({"name": "a".repeat(81), "url": receiver.url}),
        ] {
            counter.post("approver", "/api/webhooks", &body).await.refused(400, "bad-request");
        }
        let odd = json!({"name": "a", "url": receiver.url, "kinds": ["case.deleted"]});
        counter.post("approver", "/api/webhooks", &odd).await.refused(400, "bad-body");
        // Tried, switched off, given another secret, removed.
        assert_eq!(counter.post("approver", &format!("{path}/test"), &Value::Null).await.status, 204);
        counter.tell().await;
        assert_eq!(told(&receiver)[0]["type"], "test");
        let off = counter.call(As::One("approver"), Method::PATCH, &path, &json!({"on": false})).await.ok();
        assert_eq!((&off["webhook"]["status"], &off["secret"]), (&json!("off"), &Value::Null));
        counter.post("approver", &format!("{path}/test"), &Value::Null).await.refused(400, "bad-request");
        let new = json!({"on": true, "new_secret": true, "kinds": []});
        let new = counter.call(As::One("approver"), Method::PATCH, &path, &new).await.ok();
        assert_ne!(new["secret"], made["secret"]);
        let delivery = counter.get(As::One("approver"), &format!("{path}/deliveries")).await.ok()[0]["id"].clone();
        let again = format!("{path}/deliveries/{}/again", delivery.as_str().expect("an id"));
        assert_eq!(counter.post("approver", &again, &Value::Null).await.status, 204);
        counter.tell().await;
        assert_eq!(told(&receiver).len(), 2);
        assert_eq!(counter.call(As::One("admin"), Method::DELETE, &path, &Value::Null).await.status, 204);
        counter.get(As::One("approver"), &path).await.refused(404, "not-found");
        // Who did what to it stands in the record, the newest first, and its address does not.
        let (secret, _) = counter.signed_in("admin").await;
        let record = counter.get(As::Cookie(&secret, None), "/api/reads?all=true&limit=200").await.ok();
        let rows = record["rows"].as_array().expect("rows").iter();
        let done = rows.filter(|row| row["event"] == "webhook-changed").map(|row| (&row["account"], &row["what"]));
        let by = |who: &str| json!(counter.people[who].account.id);
        let said = |what: &str| json!(format!("{id} {what}"));
        assert_eq!(
            done.map(|(account, what)| (account.clone(), what.clone())).collect::<Vec<_>>(),
            [("admin", "removed"), ("approver", "changed"), ("approver", "changed"), ("approver", "made")]
                .map(|(who, what)| (by(who), said(what)))
        );
        assert!(!record.to_string().contains(&receiver.url));
    });
}

#[test]
fn reminders_come_in_the_morning_of_their_day_once() {
    on_one(|counter| async move {
        let receiver = Receiver::start().await;
        made(&counter, "admin", &receiver, &["case.reminder"]).await;
        counter.tell().await;
        let case = counter.filled_case("security-assessment").await;
        counter.act("approver", &case, "submit", json!({})).await.ok();
        counter.tell().await;
        assert_eq!(told(&receiver), [] as [Value; 0]);
        // The province has five working days from Monday: reminded on the days its clocks say, each once, and not by night.
        let mut days = BTreeMap::new();
        for _ in 0..24 * 9 {
            counter.hours_later(1);
            let before = told(&receiver).len();
            counter.tell().await;
            let hour = jiff::tz::Offset::constant(8).to_datetime(counter.now()).hour();
            for one in told(&receiver).drain(before..) {
                assert!(hour >= 8, "{hour}");
                let reminder = &one["data"]["reminder"];
                assert_eq!(one["data"]["case"], case.as_str());
                let known =
                    days.insert((reminder["day"].to_string(), reminder["clock"].to_string()), reminder["why"].clone());
                assert_eq!(known, None, "once: {one}");
            }
        }
        let whys: Vec<String> = days.values().map(ToString::to_string).collect();
        assert!(whys.iter().any(|why| why == "\"due\"") && whys.iter().any(|why| why == "\"late\""), "{whys:?}");
    });
}

#[test]
fn a_receiver_that_fails_holds_nothing_up() {
    on_one(|counter| async move {
        let (broken, well) = (Receiver::start().await, Receiver::start().await);
        broken.answer(StatusCode::INTERNAL_SERVER_ERROR, None);
        let hook = made(&counter, "approver", &broken, &[]).await;
        made(&counter, "approver", &well, &[]).await;
        counter.tell().await;
        counter.post("approver", "/api/cases", &json!({"procedure": "consultation"})).await.ok();
        counter.tell().await;
        assert_eq!(told(&well).len(), 1);
        let path = format!("/api/webhooks/{}", hook["webhook"]["id"].as_str().expect("an id"));
        let shown = counter.get(As::One("approver"), &path).await.ok();
        assert_eq!(shown["status"], "on");
        assert!(shown["failing"].is_string());
        let metrics = counter.get(As::Nobody, "/metrics").await;
        assert!(String::from_utf8_lossy(&metrics.bytes).contains("tongguan_letters_waiting 1"));
    });
}

#[test]
fn people_are_sent_mail_of_what_the_other_side_did_and_of_what_is_due() {
    let Some(server) = Server::start(&[]) else { return };
    for place in Place::both() {
        database::testing::runtime().block_on(async {
            let before = server.count();
            let smtp = Smtp {
                url: format!("smtp://127.0.0.1:{}", server.port),
                from: "数据出境系统 <noreply@counter.example>".to_owned(),
            };
            let counter =
                Counter::with(&place, Counter::clock(), Setting { smtp: Some(smtp), ..Setting::default() }).await;
            let admin = counter.people["admin"].account.id.clone();
            for (who, address) in [
                ("approver", "approver@hospital.example"),
                ("stranger", "stranger@other.example"),
                ("province", "province@office.example"),
            ] {
                let change = Change { email: Some(Some(address.to_owned())), ..Change::default() };
                counter
                    .doors
                    .change(&counter.people[who].account.id, change, &admin, counter.now())
                    .await
                    .expect("changed");
            }
            counter.tell().await;
            let case = counter.filled_case("security-assessment").await;
            counter.act("approver", &case, "submit", json!({})).await.ok();
            let mark = json!({"marks": [{"at": "handler.name", "text": "请补充 13800138000"}]});
            counter.act("province", &case, "return", mark).await.ok();
            counter.tell().await;
            counter.tell().await;
            let got = server.got(before + 1).await;
            assert_eq!(got.len(), before + 1, "one mail: {got:?}");
            let mail = &got[before];
            assert_eq!(mail["to"], json!(["approver@hospital.example"]));
            let (subject, text) = (mail["subject"].as_str().expect("text"), mail["text"].as_str().expect("text"));
            assert!(
                subject.contains(&case) && text.contains(&format!("http://counter.example/cases/{case}")),
                "{subject}"
            );
            for hidden in ["13800138000", "与荷兰合作研究", HOSPITAL, "示例市友好医院", "测试"] {
                assert!(!text.contains(hidden) && !subject.contains(hidden), "{text}");
            }
            // In the morning the day's reminders come in one mail; who wants none gets none.
            let mended = json!({"answers": {"handler.name": "示例市友好医院（总院）"}});
            let answers = format!("/api/cases/{case}/answers");
            counter.call(As::One("approver"), Method::PATCH, &answers, &mended).await.ok();
            counter.act("approver", &case, "resubmit", json!({})).await.ok();
            for _ in 0..24 * 4 {
                counter.hours_later(1);
                counter.tell().await;
            }
            let got = server.got(before + 2).await;
            let office: Vec<&Value> =
                got[before..].iter().filter(|mail| mail["to"] == json!(["province@office.example"])).collect();
            assert!(!office.is_empty(), "the office is reminded: {got:?}");
            assert!(office[0]["text"].as_str().expect("text").contains(&case));
            assert!(got.iter().all(|mail| mail["to"] != json!(["stranger@other.example"])));
            let (secret, csrf) = counter.signed_in("approver").await;
            let page = counter.get(As::Cookie(&secret, None), "/account").await;
            assert!(String::from_utf8_lossy(&page.bytes).contains("/webhooks/mail"));
            let answer = counter.form(&secret, &csrf, "/webhooks/mail", &[("mail", "off")]).await;
            assert_eq!(answer.status, 303);
            let count = server.count();
            counter.act("province", &case, "forward", json!({})).await.ok();
            counter.tell().await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert_eq!(server.count(), count, "no mail to who wants none");
        });
    }
}
