//! What pages refuse. How they look and work is tried in a browser.

use cases::Role;
use doors::{Rules, TokenScope};
use serde_json::json;

use crate::support::{Answer, As, Counter, HOSPITAL, on_one};

/// A paper.
const PDF: &str = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

/// A form with a paper that is handed in.
async fn send(counter: &Counter, (secret, csrf): &(String, String), path: &str, parts: &[(&str, &str)]) -> Answer {
    let paper = ("material.uscc-certificate", "a.pdf", "application/pdf", PDF);
    counter.form_with(secret, csrf, path, parts, Some(paper)).await
}

#[test]
fn a_token_opens_no_page() {
    on_one(|counter| async move {
        let case = counter.filled_case("security-assessment").await;
        // The scopes of a token are the API's; a page would show more than they say.
        let token = counter.token("approver", &[TokenScope::FileReceipts]).await;
        for page in ["/", "/cases", "/search?q=a", "/account", "/admin", "/statistics"] {
            let answer = counter.get(As::Token(&token), page).await;
            assert_eq!(answer.status, 403, "{page}");
        }
        let answer = counter.get(As::Token(&token), &format!("/cases/{case}")).await;
        assert_eq!(answer.status, 403);
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("与荷兰合作研究"));
        // Whoever signed in sees it.
        let (secret, _) = counter.signed_in("approver").await;
        let answer = counter.get(As::Cookie(&secret, None), &format!("/cases/{case}")).await;
        assert!(String::from_utf8_lossy(&answer.bytes).contains("与荷兰合作研究"));
    });
}

#[test]
fn a_file_is_kept_only_for_those_who_may_hand_it_in() {
    on_one(|counter| async move {
        let case = counter.filled_case("security-assessment").await;
        counter.act("approver", &case, "submit", json!({})).await.ok();
        let files = |counter: std::sync::Arc<Counter>, case: String| async move {
            counter.store.case(&cases::CaseId::new(&case)).await.expect("a case").version
        };
        let before = files(std::sync::Arc::clone(&counter), case.clone()).await;
        let page = counter.get(As::One("approver"), &format!("/api/cases/{case}")).await.ok();
        assert_eq!(page["state"]["id"], "completeness", "{page}");
        for who in ["province", "auditor", "applicant", "stranger"] {
            let session = counter.signed_in(who).await;
            let answer = send(&counter, &session, &format!("/cases/{case}/forms/handler"), &[("seen", "3")]).await;
            assert!([403, 404, 409].contains(&answer.status), "{who}: {}", answer.status);
        }
        assert_eq!(files(std::sync::Arc::clone(&counter), case.clone()).await, before);
    });
}

#[test]
fn whoever_has_to_set_up_a_second_factor_is_led_there() {
    on_one(|counter| async move {
        let session = counter.signed_in("national").await;
        let rules = Rules { second_factor_of: [Role::National].into(), ..counter.doors.rules().clone() };
        let strict = counter.with_rules(rules);
        for page in ["/", "/cases", "/search?q=a"] {
            let answer = strict.get(As::Cookie(&session.0, None), page).await;
            assert_eq!((answer.status, answer.header("location")), (303, "/account"), "{page}");
        }
        // What is open to all, and the way to the second factor, stay open.
        for page in ["/account", "/statistics", "/rules"] {
            assert_eq!(strict.get(As::Cookie(&session.0, None), page).await.status, 200, "{page}");
        }
        let other = counter.signed_in("approver").await;
        assert_eq!(strict.get(As::Cookie(&other.0, None), "/cases").await.status, 200, "{HOSPITAL}");
    });
}

#[test]
fn accounts_are_made_as_far_as_ones_own_reach() {
    on_one(|counter| async move {
        let session = counter.signed_in("province").await;
        let parts = [("login", "new"), ("name", "新"), ("role", "national"), ("scope", "")];
        assert_eq!(send(&counter, &session, "/admin/accounts", &parts).await.status, 403);
        let filter = doors::AccountFilter { text: Some("new".to_owned()), ..doors::AccountFilter::default() };
        let (found, _) = counter.doors.accounts(doors::Page::default(), &filter).await.expect("read");
        assert_eq!(found, []);
    });
}
