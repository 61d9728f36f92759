//! Accounts, organisations, tokens, guests, and what one does with one's own account.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{As, HOSPITAL, PASSWORD, STRANGER, on_both};

#[test]
fn whoever_answers_for_a_handler_looks_after_its_people_and_no_others() {
    on_both(|counter| async move {
        let (secret, csrf) = counter.signed_in("approver").await;
        let approver = || As::Cookie(&secret, Some(&csrf));
        let wanted = |login: &str, role: &str, scope: Value| json!({"login": login, "name": "新同事", "role": role, "scope": scope});
        let own = json!({"handler": HOSPITAL});
        let made = counter
            .call(approver(), Method::POST, "/api/accounts", &wanted("new-applicant", "applicant", own.clone()))
            .await;
        assert_eq!(made.status, 201);
        let id = made.ok()["id"].as_str().expect("an id").to_owned();
        for (role, scope) in [
            ("administrator", json!("all")),
            ("national", json!("all")),
            ("province", json!({"province": "CN-BJ"})),
            ("approver", json!({"handler": STRANGER})),
            ("auditor", json!("all")),
        ] {
            counter
                .call(approver(), Method::POST, "/api/accounts", &wanted("climber", role, scope.clone()))
                .await
                .refused(403, "forbidden");
            let change = json!({"role": role, "scope": scope});
            counter
                .call(approver(), Method::PATCH, &format!("/api/accounts/{id}"), &change)
                .await
                .refused(403, "forbidden");
        }
        for other in ["admin", "stranger", "national"] {
            let account = &counter.people[other].account.id;
            counter.get(approver(), &format!("/api/accounts/{account}")).await.refused(404, "not-found");
            counter
                .call(approver(), Method::PATCH, &format!("/api/accounts/{account}"), &json!({"status": "disabled"}))
                .await
                .refused(404, "not-found");
            counter
                .call(approver(), Method::POST, &format!("/api/accounts/{account}/invitation"), &Value::Null)
                .await
                .refused(404, "not-found");
        }
        let listed = counter.get(approver(), "/api/accounts").await.ok();
        assert!(listed["rows"].as_array().expect("rows").iter().all(|row| row["organisation"] == HOSPITAL), "{listed}");
        // The link sets a password, once; then the account signs in.
        let invited =
            counter.call(approver(), Method::POST, &format!("/api/accounts/{id}/invitation"), &Value::Null).await.ok();
        assert!(invited["link"].as_str().expect("a link").starts_with("http://counter.example/invitation/"));
        // Of whoever left, what names them is deleted; first the account is closed.
        let at = format!("/api/accounts/{id}");
        counter.call(approver(), Method::DELETE, &at, &Value::Null).await.refused(422, "account-not-closed");
        counter.call(approver(), Method::PATCH, &at, &json!({"status": "disabled"})).await.ok();
        assert_eq!(counter.call(approver(), Method::DELETE, &at, &Value::Null).await.status, 204);
        let left = counter.get(approver(), &at).await.ok();
        assert_eq!((&left["status"], &left["name"], &left["login"]), (&json!("forgotten"), &json!(""), &json!("")));
        let stranger = format!("/api/accounts/{}", counter.people["stranger"].account.id);
        counter.call(approver(), Method::DELETE, &stranger, &Value::Null).await.refused(404, "not-found");
        let (secret, csrf) = counter.signed_in("applicant").await;
        counter.get(As::Cookie(&secret, Some(&csrf)), "/api/accounts").await.refused(403, "forbidden");
        // Who runs the installation makes organisations; nobody else does.
        let (admin, token) = counter.signed_in("admin").await;
        let new = json!({"id": "cac-sh", "kind": "office", "name": "上海市网信办", "region": "CN-SH"});
        counter.call(As::Cookie(&admin, Some(&token)), Method::POST, "/api/organisations", &new).await.ok();
        counter
            .call(As::Cookie(&admin, Some(&token)), Method::POST, "/api/organisations", &new)
            .await
            .refused(422, "organisation-exists");
        let change = json!({"name": "上海市互联网信息办公室"});
        assert_eq!(
            counter
                .call(As::Cookie(&admin, Some(&token)), Method::PATCH, "/api/organisations/cac-sh", &change)
                .await
                .status,
            204
        );
        let all = counter.get(As::Cookie(&admin, None), "/api/organisations").await.ok();
        assert!(all.to_string().contains("上海市互联网信息办公室"));
        counter
            .call(As::Cookie(&secret, Some(&csrf)), Method::POST, "/api/organisations", &new)
            .await
            .refused(403, "forbidden");
        let last = &counter.people["admin"].account.id;
        let close = json!({"status": "disabled"});
        counter
            .call(As::Cookie(&admin, Some(&token)), Method::PATCH, &format!("/api/accounts/{last}"), &close)
            .await
            .refused(422, "last-administrator");
    });
}

#[test]
fn ones_own_account_tokens_and_sessions() {
    on_both(|counter| async move {
        let (secret, csrf) = counter.signed_in("national").await;
        let (other, _) = counter.signed_in("national").await;
        let me = || As::Cookie(&secret, Some(&csrf));
        let made = counter
            .call(
                me(),
                Method::POST,
                "/api/me/tokens",
                &json!({"name": "夜间任务", "scopes": ["read-cases"], "days": 30}),
            )
            .await
            .ok();
        let token = made["secret"].as_str().expect("a secret").to_owned();
        assert!(token.starts_with("tg_"));
        assert_eq!(counter.get(As::Token(&token), "/api/cases").await.status, 200);
        let list = counter.get(me(), "/api/me/tokens").await;
        assert!(!String::from_utf8_lossy(&list.bytes).contains(&token), "it is shown once");
        let id = made["token"]["id"].as_str().expect("an id").to_owned();
        assert_eq!(counter.call(me(), Method::DELETE, &format!("/api/me/tokens/{id}"), &Value::Null).await.status, 204);
        counter.get(As::Token(&token), "/api/cases").await.refused(401, "not-signed-in");
        for wrong in [
            json!({"name": "x", "scopes": []}),
            json!({"name": "x", "scopes": ["everything"]}),
            json!({"name": "", "scopes": ["act"]}),
        ] {
            counter.call(me(), Method::POST, "/api/me/tokens", &wrong).await.refused(422, "bad-field");
        }
        let strangers = counter.people["stranger"].account.id.clone();
        let foreign = counter.doors.tokens_of(&strangers).await.expect("tokens")[0].id.to_string();
        counter
            .call(me(), Method::DELETE, &format!("/api/me/tokens/{foreign}"), &Value::Null)
            .await
            .refused(404, "not-found");
        let sessions = counter.get(me(), "/api/me/sessions").await.ok();
        // Two of now, and the one in which the invitation was accepted.
        assert_eq!(sessions.as_array().map(Vec::len), Some(3));
        let wrong = json!({"old": "not it at all", "new": "another long password"});
        counter.call(me(), Method::POST, "/api/me/password", &wrong).await.refused(403, "wrong-password-or-code");
        let right = json!({"old": PASSWORD, "new": "Schnee von gestern 1"});
        assert_eq!(counter.call(me(), Method::POST, "/api/me/password", &right).await.status, 204);
        counter.get(As::Cookie(&other, None), "/api/me").await.refused(401, "not-signed-in");
        assert_eq!(counter.get(me(), "/api/me").await.status, 200);
    });
}

#[test]
fn a_guest_from_abroad_sees_its_own_part_alone() {
    on_both(|counter| async move {
        let case = counter.filled_case("security-assessment").await;
        let elsewhere = counter.filled_case("consultation").await;
        counter.act("applicant", &case, "message", json!({"text": "内部讨论"})).await.ok();
        let (secret, csrf) = counter.signed_in("approver").await;
        let place = format!("/api/cases/{case}/invitations");
        let made = counter
            .call(
                As::Cookie(&secret, Some(&csrf)),
                Method::POST,
                &place,
                &json!({"role": "recipient", "name": "Academisch Ziekenhuis"}),
            )
            .await
            .ok();
        let link = made["link"].as_str().expect("a link").rsplit('/').next().expect("a secret").to_owned();
        let came = counter.doors.enter(&link, "192.0.2.7", counter.now()).await.expect("it opens");
        let guest = came.secret.as_str().to_owned();
        let seen = counter.get(As::Cookie(&guest, None), &format!("/api/cases/{case}")).await;
        let text = String::from_utf8_lossy(&seen.bytes).into_owned();
        assert_eq!(seen.status, 200);
        assert!(!text.contains("内部讨论"), "{text}");
        let answers = counter.get(As::Cookie(&guest, None), &format!("/api/cases/{case}/answers")).await.ok();
        let paths: Vec<&str> =
            answers["answers"].as_array().expect("answers").iter().filter_map(|one| one["path"].as_str()).collect();
        assert!(!paths.is_empty() && paths.iter().all(|path| path.contains("recipient")), "{paths:?}");
        for hidden in ["/record", "/gaps", "/comparison", "/permit"] {
            let answer = counter.get(As::Cookie(&guest, None), &format!("/api/cases/{case}{hidden}")).await;
            assert!(matches!(answer.status, 403 | 404), "{hidden}: {}", answer.status);
        }
        counter.get(As::Cookie(&guest, None), &format!("/api/cases/{elsewhere}")).await.refused(404, "not-found");
        assert_eq!(counter.get(As::Cookie(&guest, None), "/api/cases").await.ok()["all"], 1);
        for own in ["/api/me/tokens", "/api/me/sessions"] {
            counter.get(As::Cookie(&guest, None), own).await.refused(403, "session-only");
        }
        let id = made["id"].as_str().expect("an id");
        // An invitation is revoked from its own case alone.
        let wrong = format!("/api/cases/{elsewhere}/invitations/{id}");
        counter
            .call(As::Cookie(&secret, Some(&csrf)), Method::DELETE, &wrong, &Value::Null)
            .await
            .refused(404, "not-found");
        assert_eq!(
            counter
                .call(As::Cookie(&secret, Some(&csrf)), Method::DELETE, &format!("{place}/{id}"), &Value::Null)
                .await
                .status,
            204
        );
        counter.get(As::Cookie(&guest, None), &format!("/api/cases/{case}")).await.refused(401, "not-signed-in");
    });
}
