//! What is tried against sessions and tokens.

use axum::body::Body;
use axum::http::{Method, Request};
use doors::TokenScope;
use serde_json::{Value, json};

use crate::support::{As, PASSWORD, on_both, on_one};

#[test]
fn a_cookie_alone_changes_nothing() {
    on_both(|counter| async move {
        let (secret, csrf) = counter.signed_in("approver").await;
        let (_, other) = counter.signed_in("applicant").await;
        let (_, own_other) = counter.signed_in("approver").await;
        let body = json!({"procedure": "consultation", "title": "问题"});
        for wrong in [None, Some(""), Some("0000"), Some(other.as_str()), Some(own_other.as_str())] {
            let answer = counter.call(As::Cookie(&secret, wrong), Method::POST, "/api/cases", &body).await;
            answer.refused(403, "csrf");
        }
        for (method, path) in
            [(Method::DELETE, "/api/session"), (Method::POST, "/api/me/password"), (Method::DELETE, "/api/me/sessions")]
        {
            counter.call(As::Cookie(&secret, None), method, path, &Value::Null).await.refused(403, "csrf");
        }
        assert_eq!(counter.get(As::Cookie(&secret, None), "/api/cases").await.ok()["all"], 0, "nothing was opened");
        counter.call(As::Cookie(&secret, Some(&csrf)), Method::POST, "/api/cases", &body).await.ok();
        // The token of the session is told to whoever holds it.
        assert_eq!(counter.get(As::Cookie(&secret, None), "/api/me").await.ok()["csrf"], csrf.as_str());
        // A page of another site sends the cookie along, and perhaps more.
        let foreign = Request::post("/api/cases")
            .header("cookie", format!("tongguan={secret}"))
            .header("x-csrf-token", &csrf)
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/json");
        counter.send(foreign.body(Body::from(body.to_string())).expect("a request")).await.refused(403, "cross-site");
    });
}

#[test]
fn a_session_that_was_planted_opens_nothing_after_signing_in() {
    on_both(|counter| async move {
        let body = json!({"login": "approver", "password": PASSWORD});
        // A made-up cookie is not taken over.
        let planted = Request::post("/api/session")
            .header("cookie", "tongguan=planted-by-somebody-else-0123456789")
            .header("content-type", "application/json");
        let answer = counter.send(planted.body(Body::from(body.to_string())).expect("a request")).await;
        assert_eq!(answer.status, 200);
        assert_ne!(answer.session(), "planted-by-somebody-else-0123456789");
        let cookie = answer.headers.get("set-cookie").expect("a cookie").to_str().expect("ASCII").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        // A true session of somebody else is ended, not gone on with.
        let (attacker, csrf) = counter.signed_in("stranger").await;
        let answer = counter.call(As::Cookie(&attacker, Some(&csrf)), Method::POST, "/api/session", &body).await;
        let (own, account) = (answer.session(), answer.ok());
        assert_eq!(account["me"]["account"]["login"], "approver");
        assert_ne!(own, attacker);
        counter.get(As::Cookie(&attacker, None), "/api/me").await.refused(401, "not-signed-in");
        assert_eq!(counter.get(As::Cookie(&own, None), "/api/me").await.ok()["account"]["login"], "approver");
        // Signed out is signed out.
        let csrf = account["csrf"].as_str().expect("a token").to_owned();
        assert_eq!(
            counter.call(As::Cookie(&own, Some(&csrf)), Method::DELETE, "/api/session", &Value::Null).await.status,
            204
        );
        counter.get(As::Cookie(&own, None), "/api/me").await.refused(401, "not-signed-in");
    });
}

#[test]
fn guessing_is_slowed_down() {
    on_one(|counter| async move {
        let wrong = json!({"login": "approver", "password": "not the password"});
        let mut last = 0;
        for _ in 0..40 {
            last = counter.call(As::Nobody, Method::POST, "/api/session", &wrong).await.status;
            if last == 429 {
                break;
            }
            assert_eq!(last, 401);
        }
        assert_eq!(last, 429);
        let right = json!({"login": "approver", "password": PASSWORD});
        counter.call(As::Nobody, Method::POST, "/api/session", &right).await.refused(429, "too-many-attempts");
    });
}

#[test]
fn a_token_reaches_what_it_is_for_and_nothing_else() {
    on_both(|counter| async move {
        let case = counter.filled_case("consultation").await;
        let here = format!("/api/cases/{case}");
        for (scopes, reads, files, acts) in [
            (&[TokenScope::ReadCases][..], true, false, false),
            (&[TokenScope::ReadFiles], false, true, false),
            (&[TokenScope::Act], false, false, true),
            (&[TokenScope::FileReceipts], false, false, false),
            (&[TokenScope::Statistics], false, false, false),
        ] {
            let token = counter.token("approver", scopes).await;
            let who = || As::Token(&token);
            assert_eq!(counter.get(who(), "/api/cases").await.status == 200, reads, "{scopes:?}");
            assert_eq!(counter.get(who(), &here).await.status == 200, reads, "{scopes:?}");
            let file = counter.get(who(), &format!("{here}/files/{}", "0".repeat(64))).await;
            // No such file is another answer than no leave to ask.
            assert_eq!(file.json()["code"] != "token-scope", files, "{scopes:?}");
            let seen = counter.store.version(&cases::CaseId::new(case.as_str())).await.expect("there");
            let said = json!({"action": "message", "seen": seen, "payload": {"text": "由程序发送"}});
            let acted = counter.call(who(), Method::POST, &format!("{here}/actions"), &said).await;
            assert_eq!(acted.status == 200, acts, "{scopes:?}: {}", String::from_utf8_lossy(&acted.bytes));
            assert_eq!(counter.get(who(), "/api/me").await.status, 200, "who it is, it may know");
            for path in ["/api/me/tokens", "/api/me/sessions", "/api/accounts", "/api/organisations", "/api/reads"] {
                counter.get(who(), path).await.refused(403, "session-only");
            }
            counter
                .call(who(), Method::POST, "/api/me/tokens", &json!({"name": "x", "scopes": ["act"]}))
                .await
                .refused(403, "session-only");
        }
        for token in ["tg_", "tg_0123456789abcdef", "x", "\u{80}"] {
            counter.get(As::Token(token), "/api/me").await.refused(401, "not-signed-in");
        }
        // A token that is none is said so, also where none is needed.
        counter.get(As::Token("tg_0123456789abcdef"), "/api/rules").await.refused(401, "not-signed-in");
    });
}
