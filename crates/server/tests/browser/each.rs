//! Each sees its own, and nothing else.

use dossier::Kind;
use serde_json::json;

use crate::scene;

const HEART: &str = "心血管多中心随访研究（荷兰）";

#[test]
fn each_role_sees_its_own_alone() {
    scene(true, |served, browser| async move {
        let heart = served.case(HEART).await;
        // Its handler sees it, another does not, nor does another province.
        for (login, sees) in [
            ("applicant", true),
            ("airline", false),
            ("province", true),
            ("province-south", false),
            ("national", true),
            ("zone", false),
        ] {
            browser.sign_in(login).await;
            browser.go(&heart).await;
            assert_eq!(browser.says(HEART).await, sees, "`{login}`: {}", browser.text("main").await);
            browser.go("/cases").await;
            if login == "airline" {
                assert!(!browser.says("仁和医院").await, "another handler's queue");
                assert!(browser.says("航班运行保障数据").await);
            }
            if login == "province-south" {
                assert!(!browser.says("仁和医院").await && browser.says("香港").await);
            }
        }
        // The auditor reads, and finds nothing to press.
        browser.sign_in("auditor").await;
        browser.go(&heart).await;
        browser.sees(HEART).await;
        assert_eq!(
            browser.count("main .action-line a, main form button.primary").await,
            0,
            "{}",
            browser.text("main").await
        );
        browser.go(&format!("{heart}/act/office-note")).await;
        assert_eq!(browser.count("main form").await, 0, "an action is offered to the auditor");
        // The administrator sees that there is a case, and nobody who is in it.
        browser.sign_in("admin").await;
        for page in ["/forms", "/messages", "/documents", ""] {
            browser.go(&format!("{heart}{page}")).await;
            let case = served.house.store.case(&cases::CaseId::new(heart.trim_start_matches("/cases/"))).await.unwrap();
            let text = browser.script("return document.body.innerHTML", json!(null)).await;
            for (path, answer) in case.dossier.answers.iter() {
                let kind = served.house.world.forms.field(&path.field()).map(|field| &field.kind);
                let personal =
                    matches!(kind, Some(Kind::Phone | Kind::Email | Kind::PersonName | Kind::IdNumber { .. }));
                let Some(value) = answer.value.as_str().filter(|_| personal) else { continue };
                assert!(!text.as_str().unwrap().contains(value), "{page}: `{path}` is shown to the administrator");
            }
        }
        // The recipient abroad sees its own part by its link.
        let link = served.house.demo.links.iter().find(|link| format!("/cases/{}", link.case) == heart).unwrap();
        browser.client.delete_all_cookies().await.unwrap();
        browser.go(&link.path).await;
        if browser.count("main form button").await > 0 {
            browser.post("main form button").await;
        }
        browser.go(&format!("{heart}/forms")).await;
        let text = browser.script("return document.body.innerText", json!(null)).await;
        assert!(!text.as_str().unwrap().contains("李怀瑾"), "people of the handler");
        for page in ["/documents", "/messages", "/permit", "/record"] {
            browser.go(&format!("{heart}{page}")).await;
            assert!(
                !browser.says("2.docx").await && !browser.says("网关使用了旧方案").await,
                "{page}: {}",
                browser.text("body").await
            );
        }
        browser.go("/cases").await;
        assert!(!browser.says("疑难病例远程会诊").await, "another case");
        browser.close().await;
    });
}
