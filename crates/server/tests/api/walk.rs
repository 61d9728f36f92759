//! A whole case over the API, and what is sent twice or too late.

use cases::CaseId;
use doors::TokenScope;
use evidence::{Log, MemStore, SigningKey};
use serde_json::{Value, json};
use transfer::{Permit, PermitForm, PermittedColumn, Receipt, ReleasedColumn, RuleBaseName, Standing, Terms};

use crate::support::{As, Counter, HOSPITAL, on_both};
use axum::http::Method;

#[test]
fn a_hospital_files_mends_is_approved_in_part_and_reports_what_left() {
    on_both(|counter| async move {
        let case = counter.filled_case("security-assessment").await;
        let to = |answer: Value| answer["state"]["id"].as_str().expect("a state").to_owned();
        let item = "scenario[1].item[2]".to_owned();
        counter.hours_later(24);
        assert_eq!(to(counter.act("approver", &case, "submit", json!({})).await.ok()), "completeness");
        // The province sees it now, and returns it for one field.
        let marks = json!({"marks": [{"at": "handler.office", "text": "请写明楼层"}]});
        assert_eq!(to(counter.act("province", &case, "return", marks).await.ok()), "returned");
        let open = counter.get(As::One("approver"), &format!("/api/cases/{case}")).await.ok();
        assert_eq!(open["marks"][0]["mark"]["at"], "handler.office");
        counter.act("approver", &case, "resubmit", json!({})).await.refused(422, "marks-open");
        let mended = json!({"answers": {"handler.office": "北京市示例路1号二层"}});
        let saved = counter
            .call(As::One("applicant"), Method::PATCH, &format!("/api/cases/{case}/answers"), &mended)
            .await
            .ok();
        assert_eq!((&saved["gaps"], &saved["wrong"]), (&json!(0), &json!([])));
        counter.hours_later(24);
        assert_eq!(to(counter.act("approver", &case, "resubmit", json!({})).await.ok()), "completeness");
        assert_eq!(to(counter.act("province", &case, "forward", json!({})).await.ok()), "forwarded");
        assert_eq!(
            to(counter.act("national", &case, "accept", json!({"number": "数评〔2026〕1号"})).await.ok()),
            "assessing"
        );
        let clocks = counter.get(As::One("national"), &format!("/api/cases/{case}/clocks?explain=true")).await.ok();
        let assessment =
            clocks.as_array().expect("clocks").iter().find(|clock| clock["clock"] == "sa-assessment").expect("it runs");
        assert!(assessment["days"].as_array().is_some_and(|days| days.len() > 40), "explained day by day");
        // One supplement.
        counter.hours_later(48);
        let marks = json!({"marks": [{"at": "scenario[1].purpose", "text": "请说明目的"}]});
        assert_eq!(to(counter.act("national", &case, "ask-supplement", marks).await.ok()), "supplementing");
        let mended = json!({"answers": {"scenario[1].purpose": "多中心临床研究的数据核对"}});
        counter.call(As::One("applicant"), Method::PATCH, &format!("/api/cases/{case}/answers"), &mended).await.ok();
        assert_eq!(to(counter.act("approver", &case, "supplement", json!({})).await.ok()), "assessing");
        // Approved but for one item.
        counter.hours_later(24 * 14);
        let items = counter.get(As::One("national"), &format!("/api/cases/{case}/items")).await.ok();
        let decisions: Vec<Value> = items
            .as_array()
            .expect("items")
            .iter()
            .map(|one| {
                if one["key"] == item.as_str() {
                    json!({"item": one["key"], "decision": "refused", "reason": "与目的无关"})
                } else {
                    json!({"item": one["key"], "decision": "approved"})
                }
            })
            .collect();
        assert!(decisions.len() > 1, "{items}");
        let decided = counter.act("national", &case, "decide", json!({ "decisions": decisions })).await.ok();
        assert_eq!(
            (decided["state"]["id"].as_str(), decided["effect"].as_str()),
            (Some("approved-in-part"), Some("permit"))
        );
        // The permit is fetched as it was signed, and the receipt of a release under it is filed by a program that can do nothing else.
        let note = counter.get(As::One("approver"), &format!("/api/cases/{case}/permit")).await;
        assert_eq!(note.status, 200);
        let note = String::from_utf8(note.bytes).expect("text");
        assert!(note.contains("— office.example "), "signed: {note}");
        let program = counter.token("applicant", &[TokenScope::FileReceipts]).await;
        let body = receipt(&counter, &note);
        let place = format!("/api/cases/{case}/receipts");
        let filed = counter.call_named(As::Token(&program), Method::POST, &place, &body, Some("release-1")).await.ok();
        let again = counter.call_named(As::Token(&program), Method::POST, &place, &body, Some("release-1")).await.ok();
        assert_eq!(filed, again, "the same name is the same report");
        counter.call(As::Token(&program), Method::POST, &place, &body).await.refused(422, "bad-part");
        let whole = counter.get(As::One("national"), &format!("/api/cases/{case}")).await.ok();
        assert_eq!(whole["releases"].as_array().map(Vec::len), Some(1));
        assert_eq!((&whole["releases"][0]["outside"], &whole["permits"][0]["persons"]), (&json!([]), &json!(1200)));
        let record = counter.get(As::One("national"), &format!("/api/cases/{case}/record")).await.ok();
        let actions: Vec<&str> =
            record.as_array().expect("a record").iter().filter_map(|one| one["action"].as_str()).collect();
        assert_eq!(actions.last(), Some(&"report-release"));
        assert!(counter.store.verify().await.expect("it holds") >= actions.len() as u64);
    });
}

/// What a release under the permit of a note shows of itself.
fn receipt(counter: &Counter, note: &str) -> Value {
    let text = evidence::note::unverified_text(note.as_bytes()).expect("a note");
    let terms = Terms::from_office_text(text).expect("terms");
    let column =
        terms.items.iter().flatten().flat_map(|item| &item.fields).find_map(|field| field.name.split_once('.'));
    let (source, name) = column.expect("a column of the permit");
    let (source, name) = (source.to_owned(), name.to_owned());
    let key = SigningKey::from_seed("example.com/handler", &[7; 32]).expect("a key");
    let mut log = Log::create(MemStore::default(), "example.com/handler", &key).expect("a log");
    let form = deid::Transform::Keep;
    let stood_on = Permit {
        form: PermitForm::V1,
        kind: terms.kind,
        standing: Standing::Signed,
        number: terms.number.clone(),
        effective: terms.effective.expect("a first day"),
        expires: terms.expires,
        paths: vec![terms.kind.path()],
        rules: Vec::new(),
        recipient: "recipient".to_owned(),
        recipient_name: terms.recipients.iter().flatten().next().cloned(),
        purpose: "研究".to_owned(),
        office_permit: Some(transfer::digest(text.as_bytes())),
        columns: vec![PermittedColumn { source: source.clone(), name: name.clone(), form, withdrawn_from: None }],
    };
    let receipt = Receipt {
        form: "tongguan/receipt/1".to_owned(),
        release: "0123456789abcdef".to_owned(),
        day: counter.today(),
        handler: HOSPITAL.to_owned(),
        recipient: "recipient".to_owned(),
        permit_kind: terms.kind,
        permit_standing: Standing::Signed,
        permit: transfer::digest(&transfer::canonical_bytes(&stood_on)),
        encrypted_to: Vec::new(),
        files: Vec::new(),
        columns: vec![ReleasedColumn { source, name, label: "CITY".to_owned(), form }],
        rule_base: RuleBaseName { version: "test".to_owned(), sha256: transfer::digest(b"test") },
        program: "test".to_owned(),
        commitment: transfer::digest(b"test"),
        log: key.verifier().to_string(),
    };
    let range = log.append(&[transfer::canonical_bytes(&receipt)], &key).expect("logged");
    let proof = log.proof(range.start).expect("a proof").to_string();
    json!({"receipt": receipt, "permit": stood_on, "proof": proof, "persons": 1200})
}

#[test]
fn what_is_sent_twice_happens_once_and_what_comes_late_is_told_so() {
    on_both(|counter| async move {
        let body = json!({"procedure": "standard-contract", "title": "会员数据"});
        let open = |key: &'static str, body: Value| {
            let counter = std::sync::Arc::clone(&counter);
            async move { counter.call_named(As::One("approver"), Method::POST, "/api/cases", &body, Some(key)).await }
        };
        let first = open("one", body.clone()).await;
        let again = open("one", body.clone()).await;
        assert_eq!((first.status, again.status), (201, 201));
        assert_eq!(first.ok(), again.ok());
        assert_eq!(first.header("location"), format!("/api/cases/{}", first.ok()["case"].as_str().expect("an id")));
        assert_ne!(open("two", body.clone()).await.ok()["case"], first.ok()["case"]);
        open("one", json!({"procedure": "standard-contract", "title": "另一案件"}))
            .await
            .refused(409, "request-reused");
        // Another's name is another name.
        let other = counter.call_named(As::One("applicant"), Method::POST, "/api/cases", &body, Some("one")).await.ok();
        assert_ne!(other["case"], first.ok()["case"]);

        let case = first.ok()["case"].as_str().expect("an id").to_owned();
        let place = format!("/api/cases/{case}/actions");
        let say = |text: &str, seen: u32| json!({"action": "message", "seen": seen, "payload": {"text": text}});
        let said =
            counter.call_named(As::One("approver"), Method::POST, &place, &say("第一句", 1), Some("m-1")).await.ok();
        let again =
            counter.call_named(As::One("approver"), Method::POST, &place, &say("第一句", 1), Some("m-1")).await.ok();
        assert_eq!((&said, &said["version"]), (&again, &json!(2)));
        counter
            .call_named(As::One("approver"), Method::POST, &place, &say("第二句", 2), Some("m-1"))
            .await
            .refused(409, "request-reused");
        let stale = counter.post("applicant", &place, &say("没看到", 1)).await.refused(409, "stale-version");
        assert_eq!((&stale["more"]["seen"], &stale["more"]["is"]), (&json!(1), &json!(2)));
        let version = counter.store.version(&CaseId::new(case.as_str())).await.expect("there");
        assert_eq!(version.0, 2, "nothing of it was recorded twice, and nothing that was refused");
    });
}

#[test]
fn lists_go_on_where_they_left_off() {
    on_both(|counter| async move {
        for no in 0..5 {
            counter
                .post("applicant", "/api/cases", &json!({"procedure": "consultation", "title": format!("问题{no}")}))
                .await
                .ok();
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        for pages in 1.. {
            let page = counter.get(As::One("applicant"), &format!("/api/cases?limit=2{cursor}")).await.ok();
            assert_eq!(page["all"], 5);
            seen.extend(page["rows"].as_array().expect("rows").iter().map(|row| row["case"].to_string()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => {
                    assert_eq!(pages, 3);
                    break;
                }
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 5, "each once");
        assert_eq!(
            counter.get(As::One("applicant"), "/api/cases?phase=preparing&procedure=consultation").await.ok()["all"],
            5
        );
        assert_eq!(counter.get(As::One("applicant"), "/api/cases?late=true").await.ok()["all"], 0);
        assert_eq!(
            counter.get(As::One("national"), "/api/cases").await.ok()["all"],
            0,
            "a draft is nobody's but the handler's"
        );
        let found = counter.get(As::One("applicant"), "/api/search?q=%E9%97%AE%E9%A2%983").await.ok();
        assert_eq!((&found["all"], &found["rows"][0]["title"]), (&json!(1), &json!("问题3")));
        assert_eq!(counter.get(As::One("stranger"), "/api/search?q=%E9%97%AE%E9%A2%983").await.ok()["all"], 0);
        counter.get(As::One("applicant"), "/api/cases?cursor=00").await.refused(400, "bad-parameter");
    });
}
