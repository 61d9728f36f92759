//! The loop of a permit: decided on item by item at the counter, obeyed by the gate, reported back, and shown to both sides.

use serde_json::{Value, json};

use crate::driver::{self, Browser};
use crate::filed::{brought_to_the_office, opened};
use crate::gate::{Gate, SUBJECTS, Stands};
use crate::served::{Counter, Visitor, multipart};

/// What is approved: the item's column, with its form and the most persons.
const APPROVED: [(&str, &str, u64); 3] =
    [("clinical.USUBJID", "pseudonym", 150), ("clinical.diagnosis", "", 150), ("clinical.hba1c", "", 150)];
const FIELDS: [&str; 3] = ["USUBJID", "diagnosis", "hba1c"];

/// `clear` lets exactly what was approved leave.
fn exactly_that_leaves(gate: &Gate) {
    // One field more, and nothing leaves at all.
    let stopped = gate.clear(&[&FIELDS[..], &["hospital"]].concat(), "more", &Stands::Signed, 1);
    assert_eq!(stopped["released"], false);
    let stop = stopped["stops"].as_array().unwrap().iter().find(|stop| stop["code"] == "field-not-permitted");
    assert_eq!(stop.unwrap_or_else(|| panic!("{stopped}"))["fields"], json!(["clinical.hospital"]));
    gate.nothing_left("more");
    let cleared = gate.clear(&FIELDS, "out", &Stands::Signed, 0);
    assert_eq!((&cleared["released"], &cleared["spent"]["persons"]), (&json!(true), &json!(SUBJECTS)));
    let (columns, text) = gate.released("out");
    assert_eq!(columns, FIELDS);
    assert_eq!(text.lines().count() as u64, SUBJECTS + 1);
    assert!(!text.contains("TG-2025-01-") && !text.contains("医院"), "what was refused, or left as it was");
    gate.ends(&["verify", "out"], 0);
}

#[test]
fn i4_what_the_console_approves_in_part_the_gate_lets_leave_and_the_receipt_is_shown_to_both_sides() {
    let Some(programs) = driver::programs() else { return };
    let (counter, gate) = (Counter::new(), Gate::new());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let browser = Browser::open(&programs, &counter.base, true).await;
        // A declaration begins from the table itself.
        browser.sign_in("applicant").await;
        browser.go("/cases/new").await;
        browser.click("input[name=procedure][value=security-assessment]").await;
        browser.typed("title", crate::filed::TITLE).await;
        browser.typed("table", gate.path("clinical.csv").to_str().unwrap()).await;
        browser.post("main form button.primary").await;
        let case = browser.path().await;
        let case = case.trim_start_matches("/cases/").split(['/', '?']).next().unwrap().to_owned();
        tokio::task::block_in_place(|| brought_to_the_office(&counter, &case));

        // Item by item.
        browser.sign_in("national").await;
        browser.go(&format!("/cases/{case}/act/decide")).await;
        decide(&browser).await;
        browser.sees("部分通过").await;

        // What is downloaded is what the gate takes.
        browser.sign_in("approver").await;
        browser.go(&format!("/cases/{case}/releases")).await;
        let permit = browser.saved(&format!("a[href='/cases/{case}/permit']")).await;
        let key = browser.saved(&format!("a[href='/cases/{case}/permit-key']")).await;
        assert!(key.starts_with("office ") && key.lines().count() == 1, "{key}");
        tokio::task::block_in_place(|| gate.take(&permit, &key));
        tokio::task::block_in_place(|| exactly_that_leaves(&gate));

        report(&browser, &gate, &case, "out", SUBJECTS).await;
        assert_eq!(browser.count(".release .notice.good").await, 1, "{}", browser.text("main").await);
        for login in ["approver", "national"] {
            browser.sign_in(login).await;
            for page in ["", "/releases"] {
                browser.go(&format!("/cases/{case}{page}")).await;
                let rooms = browser.text("main").await;
                assert!(rooms.contains("120 / 150"), "{login}{page}: {rooms}");
            }
            browser.sees("clinical.diagnosis").await;
        }

        // What left on something else, with a column more, is marked.
        tokio::task::block_in_place(|| {
            let fields = ["USUBJID", "diagnosis", "AGE"];
            gate.clear(&fields, "else", &Stands::Stated(&fields), 0);
        });
        browser.sign_in("approver").await;
        report(&browser, &gate, &case, "else", 460).await;
        browser.sign_in("national").await;
        browser.go(&format!("/cases/{case}/releases")).await;
        assert_eq!((browser.count(".release .notice.good").await, browser.count(".release .notice.bad").await), (1, 1));
        let marked = browser.text(".release .notice.bad").await;
        assert!(marked.contains("clinical.AGE") && marked.contains("460"), "{marked}");
        assert!(browser.count(".headroom.over").await > 0, "{}", browser.text("main").await);
        assert_eq!(browser.console(), Vec::<String>::new());
        browser.close().await;
    });
}

/// Presses what stands beside each item, and the button below.
async fn decide(browser: &Browser) {
    let items = "return [...document.querySelectorAll('.items .item')].map(i => [i.id.replace('item-', ''), i.querySelector('.chips').innerText.trim()])";
    let items = browser.script(items, Value::Null).await;
    assert_eq!(items.as_array().unwrap().len(), 15, "each column of the table is an item: {items}");
    for item in items.as_array().unwrap() {
        let (id, column) = (item[0].as_str().unwrap(), item[1].as_str().unwrap());
        match APPROVED.iter().find(|(approved, _, _)| *approved == column) {
            Some((_, form, persons)) => {
                browser.click(&format!("label[for='item.{id}-approve']")).await;
                browser.typed(&format!("item.{id}-persons"), &persons.to_string()).await;
                if !form.is_empty() {
                    browser.click(&format!("[id='item.{id}-form'] option[value='{form}']")).await;
                }
            }
            None => {
                browser.click(&format!("label[for='item.{id}-refuse']")).await;
                browser.typed(&format!("item.{id}-reason"), "与研究目的无关").await;
            }
        }
    }
    browser.post(".act form .form-actions button").await;
}

/// Uploads the files of a release.
async fn report(browser: &Browser, gate: &Gate, case: &str, to: &str, persons: u64) {
    browser.go(&format!("/cases/{case}/act/report-release")).await;
    for (field, file) in gate.files(to) {
        browser.typed(field, file.to_str().unwrap()).await;
    }
    browser.typed("persons", &persons.to_string()).await;
    browser.post(".act form .form-actions button").await;
    assert!(browser.path().await.contains("/releases"), "it was refused: {}", browser.text("main").await);
}

#[test]
fn i4_the_loop_closes_for_programs_with_a_token_that_can_only_report() {
    let (counter, gate) = (Counter::new(), Gate::new());
    let case = opened(&counter.come("applicant"), "clinical.csv", &gate.table());
    brought_to_the_office(&counter, &case);
    let national = counter.come("national");
    let items = national.get(&format!("/api/cases/{case}/items")).ok();
    let decisions = items.as_array().unwrap().iter().map(|item| {
        match APPROVED.iter().find(|(column, _, _)| item["columns"][0] == *column) {
            Some((_, form, persons)) => {
                let forms: Vec<&str> = [*form].into_iter().filter(|form| !form.is_empty()).collect();
                json!({"item": item["key"], "decision": "approved", "forms": forms, "persons": persons})
            }
            None => json!({"item": item["key"], "decision": "refused", "reason": "与研究目的无关"}),
        }
    });
    let decisions: Vec<Value> = decisions.collect();
    let decided = national.act(&case, "decide", &json!({ "decisions": decisions })).ok();
    assert_eq!(decided["state"]["id"], "approved-in-part");

    let reader = counter.program("approver", &["read-cases"]);
    let permit = reader.get(&format!("/api/cases/{case}/permit")).text;
    let key = reader.get(&format!("/api/cases/{case}/permit-key")).text;
    gate.take(&permit, &key);
    exactly_that_leaves(&gate);

    // A token for receipts reports, and reads nothing.
    let program = counter.program("applicant", &["file-receipts"]);
    assert_eq!(program.get(&format!("/api/cases/{case}")).status, 403);
    let send = |to: &str, persons: u64| post(&program, &case, &gate, to, persons);
    send("out", SUBJECTS).ok();
    assert_eq!(send("out", SUBJECTS).status, 422, "a release is reported once");
    // A second release under the same permit spends what the first had left.
    let again = gate.clear(&["USUBJID", "diagnosis"], "again", &Stands::Signed, 0);
    assert_eq!(again["spent"]["persons"], json!(SUBJECTS), "the same persons");
    send("again", SUBJECTS).ok();
    for login in ["approver", "national"] {
        let whole = counter.come(login).get(&format!("/api/cases/{case}")).ok();
        let releases = whole["releases"].as_array().unwrap();
        assert_eq!(releases.len(), 2, "{login}");
        assert!(releases.iter().all(|release| release["outside"] == json!([])), "{login}: {whole}");
        assert_eq!(releases[0]["columns"], json!(["clinical.USUBJID", "clinical.diagnosis", "clinical.hba1c"]));
        let permit = &whole["permits"][0];
        assert_eq!((&permit["persons"], &permit["terms"]["items"][0]["persons"]), (&json!(SUBJECTS), &json!(150)));
    }
    // More persons than the items that left allow together.
    let fields = ["USUBJID", "AGE"];
    gate.clear(&fields, "else", &Stands::Stated(&fields), 0);
    send("else", 460).ok();
    let marked = counter.come("national").get(&format!("/api/cases/{case}")).ok()["releases"][2]["outside"].clone();
    let of = |what: &str| marked.as_array().unwrap().iter().find(|one| one["what"] == what).cloned();
    assert_eq!(of("column").unwrap_or_else(|| panic!("{marked}"))["column"], "clinical.AGE");
    assert_eq!(of("persons").unwrap_or_else(|| panic!("{marked}"))["permitted"], 450);
    assert!(of("other-permit").is_some(), "{marked}");
    // A receipt that was altered is no receipt.
    let altered = gate.path("again/receipt.json");
    let text = std::fs::read_to_string(&altered).unwrap().replace("clinical", "klinical");
    std::fs::write(&altered, text).unwrap();
    assert_eq!(send("again", SUBJECTS).status, 422);
    let (log, shown) = (counter.log(), "clinical.");
    assert!(!log.contains(shown) && !log.contains(&case), "{log}");
}

fn post(program: &Visitor, case: &str, gate: &Gate, to: &str, persons: u64) -> crate::served::Answer {
    let files = gate.files(to).map(|(field, file)| (field, std::fs::read(file).unwrap()));
    let files: Vec<(&str, &str, &[u8])> =
        files.iter().map(|(field, bytes)| (*field, "receipt.json", bytes.as_slice())).collect();
    let body = multipart(&[("persons", &persons.to_string())], &files);
    program.put(&format!("/api/cases/{case}/receipts"), "multipart/form-data; boundary=tongguan-test", &body)
}
