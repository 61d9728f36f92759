//! Whatever is wrong with a request comes out as one problem with a stable code and one clear line.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::document::document;
use crate::support::{Answer, As, Counter, on_one};

/// One line, about the request and not about this program.
fn clear(answer: &Answer) {
    let problem = answer.json();
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let (en, zh) = (problem["title"].as_str().expect("English"), problem["title_zh"].as_str().expect("Chinese"));
    assert!(!en.is_empty() && !zh.is_empty() && !en.contains('\n') && en.len() < 700, "{en}");
    for inside in
        ["struct", "enum", "::", "u32", "u64", "i64", "usize", "Option<", "serde", "panicked", "tongguan_", "src/"]
    {
        assert!(!en.contains(inside), "{en}");
    }
    let kind = problem["type"].as_str().expect("a link");
    assert_eq!(kind, format!("http://counter.example/docs/errors#{}", problem["code"].as_str().expect("a code")));
    assert_eq!(problem["status"], answer.status);
}

async fn raw(counter: &Counter, method: Method, path: &str, kind: Option<&str>, body: &[u8]) -> Answer {
    let mut request = Counter::request(&As::One("approver"), &counter.people, method, path);
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    counter.send(request.body(Body::from(body.to_vec())).expect("a request")).await
}

#[test]
fn every_wrong_request_is_told_what_is_wrong_with_it() {
    on_one(|counter| async move {
        let json_kind = Some("application/json");
        let case = counter.post("approver", "/api/cases", &json!({"procedure": "consultation"})).await.ok()["case"]
            .as_str()
            .expect("an id")
            .to_owned();
        let actions = format!("/api/cases/{case}/actions");
        let deep = "[".repeat(5000);
        let nul = br#"{"procedure": "consultation", "title": "a\u0000b"}"#;
        for (path, kind, body, status, code) in [
            ("/api/cases", json_kind, &b"{"[..], 400, "bad-json"),
            ("/api/cases", json_kind, b"", 400, "bad-json"),
            ("/api/cases", json_kind, b"\xff\xfe", 400, "bad-json"),
            ("/api/cases", json_kind, deep.as_bytes(), 400, "bad-json"),
            ("/api/cases", json_kind, b"[]", 400, "bad-body"),
            ("/api/cases", json_kind, b"{}", 400, "bad-body"),
            ("/api/cases", json_kind, br#"{"procedure": 3}"#, 400, "bad-body"),
            ("/api/cases", json_kind, br#"{"procedure": "consultation", "colour": "red"}"#, 400, "bad-body"),
            ("/api/cases", json_kind, br#"{"procedure": "consultation", "channel": "pigeon"}"#, 400, "bad-body"),
            ("/api/cases", json_kind, br#"{"procedure": "consultation", "days": {"began": "soon"}}"#, 400, "bad-body"),
            ("/api/cases", json_kind, br#"{"procedure": "consultation", "answers": {"no path!": 1}}"#, 400, "bad-body"),
            ("/api/cases", json_kind, nul, 400, "bad-body"),
            ("/api/cases", json_kind, br#"{"procedure": "alchemy"}"#, 404, "not-found"),
            ("/api/cases", Some("text/plain"), b"{}", 415, "media-type"),
            ("/api/cases", None, b"{}", 415, "media-type"),
            ("/api/cases?x=1", json_kind, b"{}", 400, "unknown-parameter"),
            (&actions, json_kind, br#"{"action": "edit"}"#, 400, "bad-body"),
            (&actions, json_kind, br#"{"action": "edit", "seen": -1}"#, 400, "bad-body"),
            (&actions, json_kind, br#"{"action": "edit", "seen": 1e3}"#, 400, "bad-body"),
            (&actions, json_kind, br#"{"action": "fly", "seen": 1}"#, 404, "unknown-action"),
            (&actions, json_kind, br#"{"action": "message", "seen": 1}"#, 422, "missing-part"),
            (
                &actions,
                json_kind,
                br#"{"action": "message", "seen": 1, "payload": {"text": "x", "number": "1"}}"#,
                422,
                "part-not-asked-for",
            ),
            (
                &actions,
                json_kind,
                br#"{"action": "message", "seen": 1, "payload": {"text": "x", "permit": "a note"}}"#,
                422,
                "bad-part",
            ),
        ] {
            let answer = raw(&counter, Method::POST, path, kind, body).await;
            answer.refused(status, code);
            clear(&answer);
        }
        let larger = vec![b' '; 9 * 1024 * 1024];
        let answer = raw(&counter, Method::POST, "/api/cases", json_kind, &larger).await;
        answer.refused(413, "too-large");
        clear(&answer);
        for (path, status, code) in [
            ("/api/cases?limit=0", 400, "bad-parameter"),
            ("/api/cases?limit=501", 400, "bad-parameter"),
            ("/api/cases?limit=-1", 400, "bad-parameter"),
            ("/api/cases?limit=99999999999999999999", 400, "bad-parameter"),
            ("/api/cases?limit=1&limit=2", 400, "bad-parameter"),
            ("/api/cases?late=perhaps", 400, "bad-parameter"),
            ("/api/cases?phase=dreaming", 400, "bad-parameter"),
            ("/api/cases?due_before=tomorrow", 400, "bad-parameter"),
            ("/api/cases?cursor=%F0%9F", 400, "bad-parameter"),
            ("/api/cases?state=%00", 400, "bad-parameter"),
            ("/api/cases?colour=red", 400, "unknown-parameter"),
            ("/api/cases/%00", 400, "bad-parameter"),
            ("/api/cases/%ff", 400, "bad-request"),
            ("/api/calendar/1", 404, "not-found"),
            ("/api/calendar/99999", 400, "bad-parameter"),
            ("/api/calendar/soon", 400, "bad-parameter"),
            ("/api/nothing", 404, "not-found"),
            ("/api", 404, "not-found"),
            ("/api/rules/none", 404, "not-found"),
            ("/api/procedures/none", 404, "not-found"),
            ("/api/search", 400, "bad-parameter"),
        ] {
            let answer = counter.get(As::One("approver"), path).await;
            answer.refused(status, code);
            clear(&answer);
        }
        for (method, path) in [(Method::DELETE, "/api/cases"), (Method::PUT, "/api/me"), (Method::PATCH, "/api/rules")]
        {
            let answer = counter.call(As::One("approver"), method, path, &Value::Null).await;
            answer.refused(405, "method-not-allowed");
            assert!(answer.header("allow").contains("GET"), "{}", answer.header("allow"));
            clear(&answer);
        }
        let key = "x".repeat(201);
        for key in ["", " ", "é", &key] {
            let request = Counter::request(&As::One("approver"), &counter.people, Method::POST, "/api/cases");
            let request =
                request.header("idempotency-key", key.as_bytes()).header(header::CONTENT_TYPE, "application/json");
            let answer =
                counter.send(request.body(Body::from(r#"{"procedure":"consultation"}"#)).expect("a request")).await;
            answer.refused(400, "bad-parameter");
        }
        assert_eq!(counter.get(As::One("approver"), "/api/cases").await.ok()["all"], 1, "none of it opened a case");
    });
}

#[test]
fn whoever_did_not_sign_in_is_told_so_everywhere_and_reads_what_is_open() {
    on_one(|counter| async move {
        for (path, methods) in document()["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let method: Method = method.to_uppercase().parse().expect("a method");
                let path = path.replace("{year}", "2026").replace(['{', '}'], "");
                let answer = counter.call(As::Nobody, method.clone(), &path, &json!({})).await;
                let open = operation["security"].as_array().is_some_and(Vec::is_empty);
                if open {
                    assert_ne!(answer.status, 401, "{method} {path}");
                } else {
                    answer.refused(401, "not-signed-in");
                    assert_eq!(answer.header("www-authenticate"), "Bearer");
                    clear(&answer);
                }
            }
        }
        let head = counter.send(Request::head("/api/rules").body(Body::empty()).expect("a request")).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0));
    });
}
