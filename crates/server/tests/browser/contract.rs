//! A standard contract is filed and numbered, by people whose browser runs no scripts.

use dossier::Procedure;
use serde_json::json;

use crate::filing::{act, example, fill, open};
use crate::scene;

#[test]
fn without_scripts_a_standard_contract_is_filed_and_numbered() {
    scene(false, |served, browser| async move {
        let folder = tempfile::tempdir().unwrap();
        let paper = folder.path().join("paper.pdf");
        std::fs::write(&paper, b"%PDF-1.4\n% made up\n%%EOF\n").unwrap();
        browser.sign_in("applicant").await;
        let case = open(&browser, "standard-contract", "国际患者服务中心协作").await;
        let own = [
            ("handler.uscc", json!("12330100DEMH00010X")),
            ("scenario[1].personal.sensitive", json!(true)),
            ("filing.group", json!(false)),
        ];
        let today = "2026-11-23".parse().unwrap();
        let mut typed = example(&served.house.world, Procedure::StandardContract, today, &own);
        // One item is enough.
        typed.retain(|name, _| !name.contains("item[1]") && !name.contains("member["));
        let second: Vec<_> = typed
            .iter()
            .filter(|(name, _)| name.contains("item[2]"))
            .map(|(name, value)| (name.replace("item[2]", "item[1]"), value.clone()))
            .collect();
        typed.extend(second);
        fill(&browser, &case, &typed, &paper).await;
        act(&browser, &case, "record-pipia", &[("day.assessed", "2026-11-20")]).await;
        act(&browser, &case, "record-contract", &[("day.effective", "2026-11-20")]).await;
        browser.sign_in("approver").await;
        act(&browser, &case, "submit", &[("text", "请查验。")]).await;
        browser.sign_in("province").await;
        act(&browser, &case, "pass", &[("number", "示例浙合同备〔2026〕0099号")]).await;
        browser.sees("示例浙合同备〔2026〕0099号").await;
        browser.sees("已备案").await;
        browser.sign_in("applicant").await;
        browser.go(&case).await;
        browser.sees("示例浙合同备〔2026〕0099号").await;
        browser.close().await;
    });
}
