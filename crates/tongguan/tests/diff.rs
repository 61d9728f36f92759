//! `rules diff` as a user meets it: editions of a list, rule bases, days, and stored questions asked again.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
    command.args(["rules", "diff"]).args(args).env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command.stdin(Stdio::null()).output().expect("runs")
}

#[track_caller]
fn ends(args: &[&str], status: i32) -> String {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
    String::from_utf8(output.stdout).expect("text")
}

#[track_caller]
fn lines(args: &[&str], status: i32) -> Vec<Value> {
    let text = ends(&[args, &["--format", "json"]].concat(), status);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A call or input that is wrong: one line that says what and where, and nothing on standard output.
#[track_caller]
fn fails(args: &[&str], expected: &[&str]) {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), errors.lines().count()), (Some(2), 1), "{args:?}: {errors}");
    assert!(expected.iter().all(|part| errors.contains(part)), "{errors}");
    assert!(output.stdout.is_empty(), "{args:?}");
}

fn lawbook() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lawbook")).to_owned()
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copied(&path, &name);
        } else {
            std::fs::copy(&path, &name).expect("copies");
        }
    }
}

/// A folder with the lawbook as it is (`now`) and a draft (`draft`) in which the middle band begins at 200,000 persons.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder"));
        copied(&lawbook(), &desk.0.path().join("now"));
        copied(&lawbook(), &desk.0.path().join("draft"));
        for file in ["cn/o16/5.4.toml", "cn/o16/8.toml", "cn/o20/5.toml"] {
            let place = desk.0.path().join("draft").join(file);
            let text = std::fs::read_to_string(&place).expect("reads");
            assert!(text.contains("100_000"), "{file} has another threshold by now");
            std::fs::write(&place, text.replace("100_000", "200_000")).expect("writes");
        }
        desk
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn put(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.path().join(name), text).expect("writes");
        self.path(name)
    }

    /// The sides of a comparison.
    fn sides(&self) -> [String; 2] {
        [self.path("now"), self.path("draft")]
    }
}

/// A stored question about so many persons of ordinary data.
fn stored(persons: u64, on: Option<&str>) -> String {
    let mut question = json!({ "facts": {
        "handler.ciio": false, "handler.zone": "none", "handler.sector": "none", "handler.city": "110115",
        "handler.region": "CN-BJ", "handler.persons_held": persons, "data.personal": true, "data.important": "no",
        "data.core": false, "data.state_secret": false, "data.overseas_origin_only": false,
        "persons.ordinary": persons, "persons.sensitive": 0, "ground.necessary": "yes",
        "ground.contract_with_individual": false, "ground.hr_labour_rules": false,
        "ground.hr_collective_contract": false, "ground.emergency": false, "ground.statutory_duty": false,
        "list.scenario": "none", "list.on_list": false, "recipient.region": "DE",
        "recipient.onward_outside_gba": false, "request.foreign_authority": false,
    } });
    if let Some(on) = on {
        question["on"] = json!(on);
    }
    format!("{question}\n")
}

#[test]
fn two_editions_of_a_list_are_held_against_each_other_row_by_row() {
    let found = lines(&["shanghai-2024", "shanghai-2025"], 1);
    let of = |id: &str| found.iter().find(|difference| difference["id"] == id);
    let whole = of("edition").expect("the edition itself");
    let part = |name: &str| whole["parts"].as_array().expect("parts").iter().find(|part| part["part"] == name);
    assert_eq!(part("known").map(|part| (&part["before"], &part["after"])), Some((&json!("whole"), &json!("partial"))));
    assert!(
        part("in_force").is_some_and(|part| part["after"].as_str().is_some_and(|days| days.starts_with("2026-04-24")))
    );
    let removed = found.iter().filter(|difference| difference["change"] == "removed").count();
    assert!(removed >= 20, "the rows of 2024 that were not seen of 2025: {removed}");
    assert_eq!(ends(&["shanghai-2024", "shanghai-2024"], 0), "");
    let text = ends(&["shanghai-2024", "shanghai-2025", "--lang", "zh"], 1);
    assert!(text.contains("~ edition") && text.lines().any(|line| line.starts_with("- ")), "{text}");
}

#[test]
fn the_law_of_two_days_differs_by_what_came_between() {
    let found = lines(&["2024-03-21", "2024-03-22"], 1);
    let of = |id: &str| found.iter().find(|difference| difference["id"] == id).map(|found| found["change"].clone());
    assert_eq!((of("cn.o16.8"), of("cn.o11.4.3b")), (Some(json!("added")), Some(json!("removed"))));
    assert_eq!(ends(&["2026-03-02", "2026-03-03"], 0), "");
}

#[test]
fn a_draft_says_which_provisions_and_which_answers_change() {
    let desk = Desk::new();
    let [now, draft] = desk.sides();
    let found = lines(&[&now, &draft], 1);
    let ids: Vec<&str> = found.iter().filter_map(|difference| difference["id"].as_str()).collect();
    assert_eq!(ids, ["cn.o16.5.4", "cn.o16.8", "cn.o20.5"]);
    for difference in &found {
        let parts = difference["parts"].as_array().expect("parts");
        assert_eq!((parts.len(), &parts[0]["part"]), (1, &json!("when")), "{difference}");
        let side = |side: &str| parts[0][side].as_str().expect("text").replace([',', '_'], "");
        assert!(side("before").contains("100000") && side("after").contains("200000"), "{difference}");
    }
    // 150,000 persons are in the band that moves, the others are not; a blank line is nothing.
    let on = Some("2026-06-01");
    let asked = [stored(50_000, on), stored(150_000, on), "\n".to_owned(), stored(250_000, on)].concat();
    let file = desk.put("stored.jsonl", &asked);
    let told = lines(&[&now, &draft, "--replay", &file], 1);
    let (changed, tally) = (&told[3], &told[4]);
    assert_eq!(changed["line"], 2);
    assert_eq!(changed["before"]["paths"], json!(["standard-contract", "certification"]));
    assert_eq!(changed["after"]["paths"], json!(["exempt"]));
    assert_eq!((&tally["asked"], &tally["changed"]), (&json!(3), &json!(1)));
    assert_eq!(tally["by_change"], json!({ "standard-contract, certification -> exempt": 1 }));
    let text = ends(&[&now, &draft, "--replay", &file], 1);
    assert!(text.contains("2: standard-contract, certification → exempt"), "{text}");
    assert!(text.contains("3 asked again, 1 come out otherwise"), "{text}");
    let zh = ends(&[&now, &draft, "--replay", &file, "--lang", "zh"], 1);
    assert!(zh.contains("重算 3 条，1 条结果不同"), "{zh}");
    // The same law twice changes nothing.
    assert_eq!(ends(&[&now, &now], 0), "");
    let same = lines(&[&now, &now, "--replay", &file], 0);
    assert_eq!((same.len(), &same[0]["changed"]), (1, &json!(0)));
}

#[test]
fn what_assess_printed_is_a_stored_question() {
    let desk = Desk::new();
    let [now, draft] = desk.sides();
    let question: Value = serde_json::from_str(&stored(150_000, None)).expect("JSON");
    let stated = question["facts"].as_object().expect("facts").iter().map(|(id, value)| format!("{id} = {value}\n"));
    let facts = desk.put("facts.toml", &format!("on = 2026-06-01\n{}", stated.collect::<String>()));
    let mut assess = Command::new(env!("CARGO_BIN_EXE_tongguan"));
    let output = assess.args(["assess", "--facts", &facts, "--format", "json"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let file = desk.put("printed.jsonl", &String::from_utf8(output.stdout).expect("text"));
    let told = lines(&[&now, &draft, "--replay", &file], 1);
    assert_eq!(told.last().map(|tally| tally["changed"].clone()), Some(json!(1)));
}

#[test]
fn input_that_is_wrong_is_one_line_that_says_where() {
    let desk = Desk::new();
    let [now, draft] = desk.sides();
    fails(&["shanghai-2024", "shanghai-2052"], &["is no edition of a list"]);
    fails(&["2024-03-21", "shanghai-2024"], &["`2024-03-21`", "both sides must be of one kind"]);
    fails(&[&now, &desk.path("nowhere")], &["nowhere"]);
    fails(&["2001-01-01", "2024-03-22", "--replay", &desk.put("a.jsonl", &stored(1, None))], &["2001-01-01"]);
    let at = |name: &str, text: &str| desk.put(name, text);
    fails(&["2024-03-21", "2024-03-22", "--replay", &desk.path("none.jsonl")], &["none.jsonl"]);
    let good = stored(1, Some("2026-06-01"));
    fails(&[&now, &now, "--replay", &at("b.jsonl", &format!("{good}{{oops\n"))], &["b.jsonl line 2"]);
    fails(&[&now, &now, "--replay", &at("c.jsonl", &stored(1, None))], &["c.jsonl line 1", "give it an `on`"]);
    let unknown = "{\"facts\":{\"handler.mood\":true},\"on\":\"2026-06-01\"}\n";
    fails(&[&now, &now, "--replay", &at("d.jsonl", unknown)], &["d.jsonl line 1", "handler.mood"]);
    // A draft that does not load names its file.
    let broken = PathBuf::from(&draft).join("cn/o16/8.toml");
    std::fs::write(&broken, "instrument = \"o16\"\n[when\n").expect("writes");
    fails(&[&now, &draft], &["draft", "cn/o16/8.toml", "line 2"]);
}
