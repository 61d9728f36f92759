//! A hospital files for a security assessment: returned for one field, mended, forwarded, accepted, supplemented, approved in part, and
//! what left is reported.

use deid::Transform;
use dossier::Procedure;
use evidence::{Log, MemStore, SigningKey};
use serde_json::json;
use transfer::{Permit, PermitForm, PermittedColumn, Receipt, ReleasedColumn, RuleBaseName, Standing, Terms};

use crate::filing::{act, example, fill, open};
use crate::scene;

const TITLE: &str = "脑卒中康复随访（荷兰）";
const USCC: &str = "12330100DEMH00010X";

#[test]
#[allow(clippy::too_many_lines, reason = "one case from its first word to its receipt")]
fn a_hospital_files_and_what_is_approved_stands_in_its_permit() {
    scene(true, |served, browser| async move {
        let folder = tempfile::tempdir().unwrap();
        let paper = folder.path().join("paper.pdf");
        std::fs::write(&paper, b"%PDF-1.4\n% made up\n%%EOF\n").unwrap();
        browser.sign_in("applicant").await;
        let case = open(&browser, "security-assessment", TITLE).await;

        // What is typed is saved without a button.
        to_step_with(&browser, &case, "[id='handler.business']").await;
        browser.typed("handler.business", "三级甲等综合医院").await;
        browser.until("return document.querySelector('[data-autosave-status]').dataset.state === 'saved'").await;
        browser.client.refresh().await.unwrap();
        let kept = browser.script("return document.getElementById('handler.business').value", json!(null)).await;
        assert_eq!(kept, json!("三级甲等综合医院"), "after the page was loaded anew");

        let today = "2026-11-23".parse().unwrap();
        let own = [
            ("handler.uscc", json!(USCC)),
            ("filing.group", json!(false)),
            ("scenario[1].data", json!(["personal"])),
            ("scenario[1].personal.sensitive", json!(true)),
            ("scenario[1].item[1].columns", json!(["visits.subject"])),
            ("scenario[1].item[2].columns", json!(["visits.district"])),
            ("scenario[1].item[1].name", json!("受试者编号")),
            ("scenario[1].item[2].name", json!("居住地")),
        ];
        let mut typed = example(&served.house.world, Procedure::SecurityAssessment, today, &own);
        typed.retain(|name, _| !name.contains("member[") && !name.contains(".important."));
        // A row of the table of items is added, another and taken away again.
        let items = "[id='table-scenario[1].item']";
        to_step_with(&browser, &case, items).await;
        browser
            .script(
                "document.getElementsByName('answer.scenario[1].item[1].name')[0].value = '受试者编号'; return 0",
                json!(null),
            )
            .await;
        browser.click(&format!("{items} > button[data-row-button]")).await;
        browser.until(&format!("return document.querySelectorAll(\"{items} [data-row]\").length === 2")).await;
        // A row into which nothing was typed yet stays when another is added.
        browser.click(&format!("{items} > button[data-row-button]")).await;
        browser.until(&format!("return document.querySelectorAll(\"{items} [data-row]\").length === 3")).await;
        let name = "document.getElementsByName('answer.scenario[1].item[2].name')[0].value = '不需要的一项'; return 0";
        browser.script(name, json!(null)).await;
        browser.click(&format!("{items} [data-row]:nth-of-type(2) [data-row-button]")).await;
        browser.until(&format!("return document.querySelectorAll(\"{items} [data-row]\").length === 2")).await;
        assert!(!browser.says("不需要的一项").await);
        // The second row has the number that is free.
        let last = "return [...document.querySelectorAll(arguments[0] + ' [data-row]')].pop().id";
        let no = browser.script(last, json!(items)).await;
        let no = no.as_str().unwrap().to_owned();
        // A row in which nothing stands is none: it would be gone with the page.
        let name = "const row = [...document.querySelectorAll(arguments[0] + ' [data-row]')].pop(); \
                    row.querySelector('[name$=\".name\"]').value = '居住地'; return 0";
        browser.script(name, json!(items)).await;
        typed = typed.into_iter().map(|(name, value)| (name.replace("scenario[1].item[2]", &no), value)).collect();
        browser.script("window.onbeforeunload = null; return 0", json!(null)).await;
        browser.post("button[name=go][value=next]").await;
        fill(&browser, &case, &typed, &paper).await;

        browser.sign_in("approver").await;
        act(&browser, &case, "submit", &[("text", "请审阅。")]).await;
        browser.sign_in("province").await;
        let words = "请写明与信息科是否分设。";
        act(&browser, &case, "return", &[("mark.0.at", "handler.organisation"), ("mark.0.text", words)]).await;

        // The mark stands at its field, and nowhere else.
        browser.sign_in("applicant").await;
        browser.go(&case).await;
        browser.sees(words).await;
        browser.click("main .notice li a").await;
        browser.until("return location.pathname.includes('/forms/')").await;
        let at = "return [...document.querySelectorAll('.field .mark')].map(m => m.closest('.field').dataset.field)";
        assert_eq!(browser.script(at, json!(null)).await, json!(["answer.handler.organisation"]));
        browser.typed("handler.organisation", "分设：数据安全管理办公室直接向院务会报告。").await;
        browser.post("button[name=go][value=next]").await;
        browser.sign_in("approver").await;
        act(&browser, &case, "resubmit", &[]).await;
        browser.sign_in("province").await;
        act(&browser, &case, "forward", &[]).await;
        browser.sign_in("national").await;
        act(&browser, &case, "accept", &[("number", "数评示例〔2026〕0999号")]).await;
        act(
            &browser,
            &case,
            "ask-supplement",
            &[("mark.0.at", "document.storage"), ("mark.0.text", "请补充最长期限。")],
        )
        .await;
        browser.sign_in("applicant").await;
        browser.go(&case).await;
        browser.click("main .notice li a").await;
        browser.until("return location.pathname.includes('/forms/')").await;
        browser.typed("document.storage", "最长五年。").await;
        browser.post("button[name=go][value=next]").await;
        browser.sign_in("approver").await;
        act(&browser, &case, "supplement", &[]).await;

        browser.sign_in("national").await;
        browser.go(&format!("{case}/act/decide")).await;
        let items = browser.count(".items .item").await;
        assert_eq!(items, 2);
        for (item, verdict) in [(0, "approve"), (1, "refuse")] {
            let id = browser
                .script(
                    "return document.querySelectorAll('.items .item')[arguments[0]].id.replace('item-', '')",
                    json!(item),
                )
                .await;
            let id = id.as_str().unwrap();
            browser.click(&format!("label[for='item.{id}-{verdict}']")).await;
            if verdict == "refuse" {
                browser.typed(&format!("item.{id}-reason"), "以城乡两类即可。").await;
            }
        }
        browser.post(".act form .form-actions button").await;
        browser.sees("部分通过").await;

        // The permit is a signed note whose terms hold what was approved, and nothing else.
        browser.sign_in("approver").await;
        browser.go(&format!("{case}/releases")).await;
        let note = "const done = arguments[arguments.length - 1]; fetch(arguments[0]).then(a => a.text()).then(done)";
        let note = browser.client.execute_async(note, vec![json!(format!("{case}/permit"))]).await.unwrap();
        let note = note.as_str().unwrap().to_owned();
        let key = SigningKey::from_seed("demo.example.cn/office", &[9; 32]).unwrap();
        let text = evidence::open_note(note.as_bytes(), &[key.verifier()]).unwrap().text;
        let terms = Terms::from_office_text(&text).unwrap();
        let items = terms.items.clone().unwrap();
        assert_eq!(items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["受试者编号"]);
        assert_eq!(items[0].fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["visits.subject"]);

        // What left is reported with the files of its folder.
        write_release(folder.path(), &terms, &text);
        browser.go(&format!("{case}/act/report-release")).await;
        for (id, file) in [("receipt", "receipt.json"), ("permit", "permit.json"), ("proof", "receipt.proof")] {
            browser.typed(id, folder.path().join(file).to_str().unwrap()).await;
        }
        browser.typed("persons", "120").await;
        browser.post(".act form .form-actions button").await;
        browser.sees("visits.subject").await;
        browser.sees("120").await;
        assert_eq!(browser.count(".release .notice.good").await, 1, "{}", browser.text("main").await);
        assert!(browser.count(".headroom").await > 0, "how much is left is not said: {}", browser.text("main").await);
        let said: Vec<String> = browser.console();
        assert!(said.is_empty(), "{said:#?}");
        browser.close().await;
    });
}

/// Goes to the step that has this.
async fn to_step_with(browser: &crate::Browser, case: &str, css: &str) {
    browser.go(&format!("{case}/forms")).await;
    let steps = browser
        .script("return [...document.querySelectorAll('.steps-list a')].map(a => a.getAttribute('href'))", json!(null))
        .await;
    for step in steps.as_array().unwrap() {
        browser.go(step.as_str().unwrap()).await;
        if browser.count(css).await > 0 {
            return;
        }
    }
    panic!("no step has `{css}`");
}

/// The public files of a release folder, as the gate writes them.
fn write_release(folder: &std::path::Path, terms: &Terms, text: &str) {
    let day = "2026-11-23".parse().unwrap();
    let form = terms.items.as_ref().unwrap()[0].fields[0].forms.first().copied().unwrap_or(Transform::Keep);
    let recipient = terms.recipients.as_ref().unwrap()[0].clone();
    let name = |name: &str| name.to_owned();
    let stood_on = Permit {
        form: PermitForm::V1,
        kind: terms.kind,
        standing: Standing::Signed,
        number: terms.number.clone(),
        effective: terms.effective.unwrap(),
        expires: terms.expires,
        paths: vec![terms.kind.path()],
        rules: Vec::new(),
        recipient: recipient.clone(),
        recipient_name: Some(recipient.clone()),
        purpose: name("随访"),
        office_permit: Some(transfer::digest(text.as_bytes())),
        columns: vec![PermittedColumn { source: name("visits"), name: name("subject"), form, withdrawn_from: None }],
    };
    let key = SigningKey::from_seed("hospital.example/exits", &[3; 32]).unwrap();
    let receipt = Receipt {
        form: name("tongguan/receipt/1"),
        release: name("0123456789abcdef"),
        day,
        handler: USCC.to_owned(),
        recipient,
        permit_kind: terms.kind,
        permit_standing: Standing::Signed,
        permit: transfer::digest(&transfer::canonical_bytes(&stood_on)),
        encrypted_to: Vec::new(),
        files: Vec::new(),
        columns: vec![ReleasedColumn {
            source: name("visits"),
            name: name("subject"),
            label: name("CUSTOMER_KEY"),
            form,
        }],
        rule_base: RuleBaseName { version: name("test"), sha256: transfer::digest(b"test") },
        program: name("test"),
        commitment: transfer::digest(b"test"),
        log: key.verifier().to_string(),
    };
    let leaf = transfer::canonical_bytes(&receipt);
    let mut log = Log::create(MemStore::default(), "hospital.example/exits", &key).unwrap();
    let range = log.append(std::slice::from_ref(&leaf), &key).unwrap();
    std::fs::write(folder.join("receipt.json"), leaf).unwrap();
    std::fs::write(folder.join("permit.json"), transfer::canonical_bytes(&stood_on)).unwrap();
    std::fs::write(folder.join("receipt.proof"), log.proof(range.start).unwrap().to_string()).unwrap();
}
