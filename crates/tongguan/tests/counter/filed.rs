//! A declaration of a table that was uploaded, filed by the API as far as the office's desk.

use std::collections::BTreeMap;

use dossier::{Procedure, example, example_paper, forms};
use serde_json::{Value, json};

use crate::gate::{PURPOSE, RECIPIENT};
use crate::served::{Counter, HOSPITAL, Visitor, today};

pub(crate) const TITLE: &str = "多中心临床研究（荷兰）";

/// Opens a case from an uploaded table by the page for it, as a browser without scripts would.
pub(crate) fn opened(applicant: &Visitor, name: &str, table: &[u8]) -> String {
    let fields = [("procedure", "security-assessment"), ("title", TITLE)];
    let opened = applicant.fill("/cases/new", &fields, &[("table", name, table)]);
    assert_eq!(opened.status, 303, "{}", opened.text);
    let id = opened.place.trim_start_matches("/cases/").split('?').next().unwrap();
    id.to_owned()
}

/// Fills in what the table does not say, and brings the case to the desk of the national office.
pub(crate) fn brought_to_the_office(counter: &Counter, case: &str) {
    let applicant = counter.come("applicant");
    fill(&applicant, case);
    let gaps = applicant.get(&format!("/api/cases/{case}/gaps")).ok();
    assert_eq!(gaps["gaps"], json!([]), "nothing is missing");
    counter.come("approver").act(case, "submit", &json!({})).ok();
    counter.come("province").act(case, "forward", &json!({})).ok();
    counter.come("national").act(case, "accept", &json!({"number": "国安评〔2026〕0007号（示例）"})).ok();
}

fn fill(applicant: &Visitor, case: &str) {
    let there = applicant.get(&format!("/api/cases/{case}/answers")).ok();
    let there: BTreeMap<&str, &Value> =
        there["answers"].as_array().unwrap().iter().map(|one| (one["path"].as_str().unwrap(), &one["value"])).collect();
    let made_up = example(forms(), Procedure::SecurityAssessment, today(), 5);
    let mut answers: BTreeMap<String, Value> = BTreeMap::new();
    let rows = there.keys().filter(|path| path.ends_with("].name") && path.starts_with("scenario[1].item[")).count();
    for (path, answer) in made_up.answers.iter() {
        let path = path.to_string();
        // The items are those of the table; of each what it does not say is typed.
        match path.strip_prefix("scenario[1].item[1].") {
            Some(field) => {
                let of_rows = (1..=rows).map(|row| format!("scenario[1].item[{row}].{field}"));
                answers.extend(of_rows.map(|path| (path, answer.value.clone())));
            }
            None if path.starts_with("scenario[1].item[") => {}
            None => {
                answers.insert(path, answer.value.clone());
            }
        }
    }
    answers.retain(|path, _| !there.contains_key(path.as_str()));
    answers.retain(|path, _| !path.contains("member[") && !path.contains(".important."));
    for (path, value) in [
        ("handler.uscc", json!(HOSPITAL)),
        ("filing.group", json!(false)),
        ("scenario[1].data", json!(["personal"])),
        ("scenario[1].personal.sensitive", json!(true)),
        ("scenario[1].name", json!(PURPOSE)),
        ("scenario[1].recipient[1].name", json!(RECIPIENT)),
    ] {
        answers.insert(path.to_owned(), value);
    }
    applicant.patch(&format!("/api/cases/{case}/answers"), &json!({ "answers": answers })).ok();
    let attached: Vec<Value> = made_up
        .materials
        .iter()
        .map(|paper| {
            let id = &paper.material;
            let place = format!("/api/cases/{case}/files?name={id}.pdf&material={id}");
            applicant.put(&place, &paper.media_type, &example_paper(id, 5)).ok()
        })
        .collect();
    applicant.act(case, "edit", &json!({ "attachments": attached })).ok();
}
