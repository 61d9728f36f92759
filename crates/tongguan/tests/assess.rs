//! `assess` as a user meets it: questions on a terminal, ways to a lighter path, comparisons, and the reasons as a document.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

struct Desk(tempfile::TempDir);

const WHOLE: &str = r#"on = 2026-11-02
[handler]
ciio = false
region = "CN-BJ"
city = "110115"
zone = "none"
sector = "none"
persons_held = 5000
[data]
personal = true
important = "no"
core = false
state_secret = false
overseas_origin_only = false
[persons]
ordinary = 300
sensitive = 250
[ground]
necessary = "yes"
contract_with_individual = false
hr_labour_rules = false
hr_collective_contract = false
emergency = false
statutory_duty = false
[list]
scenario = "none"
on_list = false
[recipient]
region = "DE"
onward_outside_gba = false
[request]
foreign_authority = false
"#;

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("writes");
    }

    /// The facts of [`WHOLE`] without some lines.
    fn without(&self, lines: &[&str]) {
        let kept = WHOLE.lines().filter(|line| !lines.iter().any(|left| line.starts_with(left)));
        self.put("facts.toml", &kept.flat_map(|line| [line, "\n"]).collect::<String>());
    }

    fn prepared(&self, mut command: Command) -> Command {
        command.current_dir(self.0.path()).env("TONGGUAN_HOME", self.path("home")).env("LANG", "C");
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
        command.args(args);
        self.prepared(command).output().expect("runs")
    }

    #[track_caller]
    fn ends(&self, args: &[&str], status: i32) -> String {
        let output = self.run(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
        String::from_utf8(output.stdout).expect("text")
    }

    #[track_caller]
    fn fails(&self, args: &[&str], expected: &str) {
        let output = self.run(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
        let lines = errors.lines().filter(|line| line.starts_with("error: ")).collect::<Vec<_>>();
        assert!(lines.len() == 1 && lines[0].contains(expected) && output.stdout.is_empty(), "{errors}");
    }

    #[track_caller]
    fn json(&self, args: &[&str], status: i32) -> Value {
        let text = self.ends(&[args, &["--format", "json"]].concat(), status);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
    }

    fn example(&self, name: &str) {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples")).join(name);
        for entry in std::fs::read_dir(folder).expect("the example") {
            let path = entry.expect("an entry").path();
            std::fs::copy(&path, self.path(&path.file_name().expect("a name").to_string_lossy())).expect("copies");
        }
    }

    /// What a command prints with its line breaks taken out.
    #[track_caller]
    fn flowing(&self, args: &[&str], status: i32) -> String {
        let text = self.ends(args, status);
        // Between Chinese characters a break is nothing, elsewhere it is a space.
        let mut out = String::new();
        for line in text.lines().map(str::trim_start) {
            let wide = |c: Option<char>| c.is_some_and(|c| c as u32 > 0x2E7F);
            if !(wide(out.chars().last()) && wide(line.chars().next())) {
                out.push(' ');
            }
            out.push_str(line);
        }
        out
    }

    /// Types into a pseudo-terminal; gives what was on the screen. `None` where there is no `script` to make one with.
    fn typed(&self, args: &str, keys: &str) -> Option<String> {
        let mut command = Command::new("script");
        let line = format!("{} {args}; echo status=$?", env!("CARGO_BIN_EXE_tongguan"));
        command.args(["-qec", &line, "/dev/null"]);
        let mut command = self.prepared(command);
        let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
            let _ = writeln!(std::io::stderr(), "skipped: no `script` to make a terminal with");
            return None;
        };
        child.stdin.take().expect("a pipe").write_all(keys.as_bytes()).expect("types");
        let output = child.wait_with_output().expect("ends");
        Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
    }
}

#[test]
fn on_a_pipe_the_question_is_an_error_with_the_line_to_add() {
    let desk = Desk::new();
    desk.without(&["ciio"]);
    desk.fails(&["assess", "--facts", "facts.toml", "--ask"], "[handler] ciio = false");
    desk.fails(&["assess", "--facts", "facts.toml", "--ask"], "at most 0 more");
}

#[test]
fn on_a_terminal_the_missing_facts_are_asked_kept_and_taken_up_again() {
    let desk = Desk::new();
    desk.without(&["ciio", "sensitive", "core ="]);
    // An answer that is none, a step back, a fact nobody knows, then a stop.
    let Some(screen) = desk.typed("assess --facts facts.toml --ask", "perhaps\n2\nb\n2\n?\nq\n") else { return };
    assert!(screen.contains("question 1, at most 2 more"), "{screen}");
    assert!(screen.contains("that is no answer"), "{screen}");
    assert!(screen.matches("question 1,").count() == 3, "asked again after nonsense and after the step back: {screen}");
    assert!(screen.contains("question 2,") && screen.contains("question 3, the last"), "{screen}");
    assert!(screen.contains("status=1") && screen.contains("not yet known"), "{screen}");
    let kept = std::fs::read_to_string(desk.path("facts.answers.toml")).expect("kept");
    assert!(kept.contains("core = false") && kept.contains("# not known: handler.ciio"), "{kept}");
    // The same command goes on where it stopped.
    let screen = desk.typed("assess --facts facts.toml --ask", "0\n").expect("a terminal");
    assert!(!screen.contains("question 1,") && screen.contains("question 3, the last"), "{screen}");
    assert!(screen.contains("not yet known"), "nobody knows one of them: {screen}");
    // What was answered is a file of facts.
    let answer = desk.json(&["assess", "--facts", "facts.answers.toml"], 1);
    assert_eq!(answer["questions"][0]["fact"], "handler.ciio");
    assert_eq!(answer["facts"]["persons.sensitive"], 0);
}

#[test]
fn questions_are_asked_in_chinese_and_end_in_the_determination() {
    let desk = Desk::new();
    desk.without(&["contract_with"]);
    let Some(screen) = desk.typed("assess --facts facts.toml --ask --lang zh --answers a.toml", "是\n") else {
        return;
    };
    assert!(screen.contains("第 1 问，也是最后一问") && screen.contains("提供是否为订立、履行"), "{screen}");
    assert!(screen.contains("豁免") && screen.contains("status=0"), "{screen}");
    assert!(desk.path("a.toml").exists());
}

#[test]
fn no_file_of_somebody_else_is_overwritten() {
    let desk = Desk::new();
    desk.without(&["ciio"]);
    desk.fails(&["assess", "--facts", "facts.toml", "--ask", "--answers", "facts.toml"], "--answers");
    desk.put("mine.toml", "[handler]\nciio = true\n");
    desk.fails(&["assess", "--facts", "facts.toml", "--ask", "--answers", "mine.toml"], "was not written by --ask");
    desk.fails(&["assess", "--facts", "facts.toml", "--ask", "--not-known", "handler.mood"], "handler.mood");
}

#[test]
fn another_program_can_drive_the_questions() {
    let desk = Desk::new();
    desk.without(&["ciio", "sensitive"]);
    let ask = ["assess", "--facts", "facts.toml", "--ask"];
    let first = desk.json(&ask, 1);
    let asking = &first["asking"];
    assert_eq!((asking["number"].as_u64(), asking["most"].as_u64()), (Some(1), Some(1)));
    assert_eq!(asking["fact"], "handler.ciio");
    assert_eq!(asking["choices"][0], serde_json::json!({"value": true, "words": {"zh": "是", "en": "yes"}}));
    assert_eq!(asking["line"], "[handler] ciio = false");
    assert_eq!(first["determination"]["outcome"], "not-yet-known");
    let next = desk.json(&["assess", "--facts", "facts.toml", "--ask", "--not-known", "handler.ciio"], 1);
    assert_eq!(next["asking"]["fact"], "persons.sensitive");
    desk.put(
        "facts.toml",
        &std::fs::read_to_string(desk.path("facts.toml"))
            .expect("reads")
            .replace("[handler]\n", "[handler]\nciio = true\n"),
    );
    assert_eq!(desk.json(&ask, 0)["paths"], serde_json::json!(["security-assessment"]));
}

#[test]
fn ways_to_a_lighter_path_are_proven_and_conditioned() {
    let desk = Desk::new();
    desk.put("facts.toml", WHOLE);
    let answer = desk.json(&["assess", "--facts", "facts.toml", "--lighter"], 0);
    assert_eq!(answer["paths"], serde_json::json!(["standard-contract", "certification"]));
    let ways = answer["lighter"]["ways"].as_array().expect("ways");
    let contract =
        ways.iter().find(|way| way["changes"][0]["fact"] == "ground.contract_with_individual").expect("a way");
    assert_eq!(contract["paths"], serde_json::json!(["exempt"]));
    assert!(contract["changes"][0]["needs"]["en"].as_str().expect("text").contains("only if it is true"));
    let text = desk.flowing(&["assess", "--facts", "facts.toml", "--lighter"], 0);
    assert!(text.contains("only if it is true") && text.contains("Volumes may not be split"), "{text}");
    let zh = desk.flowing(&["assess", "--facts", "facts.toml", "--lighter", "--lang", "zh"], 0);
    assert!(zh.contains("只有在情况属实") && zh.contains("不得以拆分"), "{zh}");
}

/// The fields are those of the plan, and the numbers those of the data without them.
#[test]
fn a_transfer_says_which_fields_to_leave_out() {
    let desk = Desk::new();
    desk.example("02-contract-needed");
    let answer = desk.json(&["assess", "transfer.toml", "--lighter"], 0);
    let ways = answer["lighter"]["ways"].as_array().expect("ways");
    let fields = ways.iter().find(|way| way["changes"][0]["fields"].is_array()).expect("a way by fields");
    assert_eq!(fields["changes"][0]["fields"], serde_json::json!(["clinical.diagnosis", "clinical.hba1c"]));
    assert_eq!(fields["changes"][0]["to"], 0);
    assert_eq!(fields["paths"], serde_json::json!(["exempt"]));
    // It is true: the transfer without them is exempt.
    let text = std::fs::read_to_string(desk.path("transfer.toml")).expect("reads");
    let dropped = text.split("\n\n").filter(|part| !part.contains("\"diagnosis\"") && !part.contains("\"hba1c\""));
    desk.put("less.toml", &dropped.collect::<Vec<_>>().join("\n\n"));
    assert_eq!(desk.json(&["assess", "less.toml"], 0)["paths"], serde_json::json!(["exempt"]));
}

#[test]
fn another_determination_is_compared_rule_by_rule_and_fact_by_fact() {
    let desk = Desk::new();
    desk.put("facts.toml", WHOLE);
    desk.put("there.json", &desk.ends(&["assess", "--facts", "facts.toml", "--format", "json"], 0));
    // Alone: its own facts asked anew.
    let same = desk.json(&["assess", "--compare", "there.json"], 0);
    assert_eq!((same["agree"].as_bool(), same["same_rule_base"].as_bool()), (Some(true), Some(true)));
    desk.put("here.toml", &WHOLE.replace("sensitive = 250", "sensitive = 10_000").replace("\"DE\"", "\"FR\""));
    let found = desk.json(&["assess", "--facts", "here.toml", "--compare", "there.json"], 1);
    let explains: Vec<_> = found["facts"].as_array().expect("facts").iter().filter(|d| d["explains"] == true).collect();
    assert_eq!(explains.len(), 1);
    assert_eq!(explains[0]["fact"], "persons.sensitive");
    let text = desk.flowing(&["assess", "--facts", "here.toml", "--compare", "there.json"], 1);
    assert!(text.contains("explains the difference alone") && text.contains("must be below 10,000"), "{text}");
    let zh = desk.flowing(&["assess", "--facts", "here.toml", "--compare", "there.json", "--lang", "zh"], 1);
    assert!(zh.contains("仅此一项即可解释差异") && zh.contains("须不满 10,000人"), "{zh}");
    // What an earlier version wrote, and what is no determination.
    let mut old: Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("there.json")).expect("reads")).expect("JSON");
    old.as_object_mut().expect("an object").remove("facts");
    desk.put("old.json", &old.to_string());
    assert_eq!(desk.json(&["assess", "--facts", "facts.toml", "--compare", "old.json"], 0)["replayed"], Value::Null);
    desk.fails(&["assess", "--compare", "old.json"], "does not record its facts");
    desk.put("none.json", "{\"a\":1}");
    desk.fails(&["assess", "--compare", "none.json"], "none.json is no determination");
    desk.fails(&["assess", "--compare", "there.json", "--on", "2026-11-02"], "--on");
}

/// I2, I10: the document cites, dates and says how certain it is, and leaves judgements to persons.
#[test]
fn i2_the_reasons_are_a_document_that_can_be_filed() {
    let desk = Desk::new();
    desk.example("02-contract-needed");
    let text = desk.ends(&["assess", "transfer.toml", "--why"], 0);
    for part in [
        "standard contract and filing",
        "CAC Order 16 art 8",
        "Does not apply",
        "in force from 2024-03-22",
        "reviewed by no lawyer",
        "Digest (SHA-256)",
        "persons of whom sensitive data leaves this year",
    ] {
        assert!(text.contains(part), "lacks {part:?}: {text}");
    }
    for id in ["persons.sensitive", "data.core", "`"] {
        assert!(!text.contains(id), "words for people, not ids: {id}");
    }
    let width = |line: &str| line.chars().map(|c| if c as u32 > 0x2E7F { 2 } else { 1 }).sum::<usize>();
    let wide = |text: &str| {
        text.lines().find(|line| width(line) > 80 && line.contains(' ') && !line.contains("http")).map(str::to_owned)
    };
    assert_eq!(wide(&text), None);
    let zh = desk.ends(&["assess", "transfer.toml", "--why", "--lang", "zh"], 0);
    assert!(
        zh.contains("为什么不是其他路径") && zh.contains("样城第一人民医院") && zh.contains("未经律师审阅"),
        "{zh}"
    );
    let markdown = desk.ends(&["assess", "transfer.toml", "--why=markdown"], 0);
    assert!(
        markdown.starts_with("# ") && markdown.contains("\n## ") && markdown.contains("\n|:--|:--|\n"),
        "{markdown}"
    );
    let json = desk.json(&["assess", "transfer.toml", "--why"], 0);
    assert!(json["why"]["sections"].as_array().expect("sections").len() > 8);
}

/// I10: a matter for a person is asked with its article, in words, and the exit status is no.
#[test]
fn i10_a_judgement_has_its_name_in_every_answer() {
    let desk = Desk::new();
    desk.put("facts.toml", &WHOLE.replace("important = \"no\"", "important = \"suspected\""));
    let answer = desk.json(&["assess", "--facts", "facts.toml"], 1);
    assert_eq!(answer["outcome"], "human-judgement");
    assert_eq!(answer["questions"][0]["kind"], "judgement");
    assert_eq!(answer["questions"][0]["cite"], "CAC Order 16 art 2");
    let text = desk.flowing(&["assess", "--facts", "facts.toml", "--why"], 1);
    assert!(text.contains("For a person to judge") && text.contains("CAC Order 16 art 2"), "{text}");
    if let Some(screen) = desk.typed("assess --facts facts.toml --ask", "1\n") {
        assert!(screen.contains("for a person to judge") && screen.contains("status=0"), "{screen}");
    }
}

/// A merchant in the Zhejiang zone that exported of 200,000 persons before; `marks` say which fields its list names.
fn zhejiang(marks: [bool; 2]) -> String {
    format!(
        r#"on = 2026-11-02
[handler]
name = "merchant"
region = "CN-ZJ"
city = "330200"
zone = "cn-zj-ftz"
sector = "e-commerce"
ciio = false
[recipient]
id = "shop"
country = "DE"
[data]
important = "no"
core = false
state_secret = false
overseas_origin_only = false
[ground]
necessary = "yes"
contract_with_individual = false
hr_labour_rules = false
hr_collective_contract = false
emergency = false
statutory_duty = false
[list]
scenario = "merchant-onboarding-and-display"
[request]
foreign_authority = false
[[source]]
path = "people.csv"
[[subject]]
key = ["cust_id"]
[[field]]
name = "cust_id"
need = "keep"
on_list = {}
[[field]]
name = "gender"
need = "keep"
on_list = {}
[earlier]
ordinary = 200_000
sensitive = 0
"#,
        marks[0], marks[1]
    )
}

#[test]
fn a_transfer_whose_fields_differ_is_asked_anew_field_by_field() {
    let desk = Desk::new();
    desk.put("people.csv", "cust_id,gender\nA1,F\nB2,M\nC3,F\n");
    desk.put("t.toml", &zhejiang([false, true]));
    let stored = desk.json(&["assess", "t.toml"], 0);
    assert_eq!(stored["paths"], serde_json::json!(["standard-contract", "certification"]));
    assert_eq!(stored["by_field"][0]["facts"], serde_json::json!({ "list.on_list": false }));
    assert_eq!(stored["by_field"][1]["paths"], serde_json::json!(["exempt"]));
    desk.put("there.json", &stored.to_string());
    let same = desk.json(&["assess", "--compare", "there.json"], 0);
    assert_eq!((same["agree"].as_bool(), same["same_law"].as_bool()), (Some(true), Some(true)), "{same}");
    assert_eq!(same["notes"], serde_json::json!([]));
    // With both fields on the list all is free after filing: what was so of the fields explains it alone.
    desk.put("all.toml", &zhejiang([true, true]));
    let found = desk.json(&["assess", "all.toml", "--compare", "there.json"], 1);
    let explains: Vec<_> = found["facts"].as_array().expect("facts").iter().filter(|d| d["explains"] == true).collect();
    assert_eq!(explains.len(), 1, "{found}");
    assert_eq!(explains[0]["fact"], "by_field");
    assert_eq!(explains[0]["there"], "people.cust_id: list.on_list = false; people.gender: list.on_list = true");
    // What an earlier version stored did not record them, and says so.
    let mut old = stored;
    for field in old["by_field"].as_array_mut().expect("fields") {
        field.as_object_mut().expect("a field").remove("facts");
    }
    desk.put("old.json", &old.to_string());
    let text = desk.flowing(&["assess", "--compare", "old.json"], 1);
    assert!(text.contains("did not record the facts of each"), "{text}");
}

#[test]
fn questions_and_lighter_ways_of_a_transfer_go_field_by_field() {
    let desk = Desk::new();
    desk.put("people.csv", "cust_id,gender\nA1,F\nB2,M\nC3,F\n");
    desk.put("t.toml", &zhejiang([false, true]).replace("ciio = false\n", ""));
    // Whether the list names a field is stated of each; it is not asked of the whole.
    let asked = desk.json(&["assess", "t.toml", "--ask"], 1);
    assert_eq!((&asked["asking"]["fact"], &asked["asking"]["most"]), (&"handler.ciio".into(), &0.into()), "{asked}");
    desk.put("a.toml", "# asked:\n# not known:\non = 2026-11-02\n[handler]\nciio = false\n");
    let answer = desk.json(&["assess", "t.toml", "--ask", "--answers", "a.toml"], 0);
    assert_eq!(answer["paths"], serde_json::json!(["standard-contract", "certification"]));
    assert_eq!(answer["by_field"].as_array().map(Vec::len), Some(2));
    assert_eq!(answer["by_field"][1]["paths"], serde_json::json!(["exempt"]));
    // A way that frees the heaviest field is shown where all fields come out so.
    desk.put("t.toml", &zhejiang([false, true]));
    let lighter = desk.json(&["assess", "t.toml", "--lighter"], 0);
    let ways = lighter["lighter"]["ways"].as_array().expect("ways");
    let contract = ways.iter().find(|way| way["changes"][0]["fact"] == "ground.contract_with_individual");
    assert_eq!(contract.expect("a way")["paths"], serde_json::json!(["exempt"]));
    desk.put("after.toml", &zhejiang([false, true]).replace("with_individual = false", "with_individual = true"));
    assert_eq!(desk.json(&["assess", "after.toml"], 0)["paths"], serde_json::json!(["exempt"]), "and it is so");
}

/// What no table shows and only a person can state stands in sections of the facts' own names.
#[test]
fn a_transfer_states_counts_of_two_years_events_and_claims() {
    let desk = Desk::new();
    desk.example("02-contract-needed");
    let text = std::fs::read_to_string(desk.path("transfer.toml")).expect("reads");
    let with = |day: &str, more: &str| {
        let text = text
            .replace("on = 2026-11-02", &format!("on = {day}"))
            .replace("ciio = false", "ciio = false\npersons_held = 5000");
        desk.put("t.toml", &format!("{text}\n{more}"));
    };
    let duties = |answer: &Value| -> Vec<String> {
        let duties = answer["obligations"].as_array().expect("duties").iter();
        duties.map(|duty| duty["id"].as_str().expect("an id").to_owned()).collect()
    };
    // Order 11 counts from 1 January of the year before.
    with("2023-07-03", "");
    let open = desk.json(&["assess", "t.toml"], 1);
    let asked: Vec<&str> =
        open["questions"].as_array().expect("questions").iter().filter_map(|q| q["fact"].as_str()).collect();
    assert!(asked.contains(&"persons.sensitive_two_years"), "{asked:?}");
    desk.fails(&["assess", "t.toml", "--ask"], "two_years = ");
    with(
        "2023-07-03",
        "[persons]\nordinary_two_years = 250\nsensitive_two_years = 9_999\n[activity]\nbegan_on = 2023-06-05\n",
    );
    assert_eq!(desk.json(&["assess", "t.toml"], 0)["paths"], serde_json::json!(["standard-contract", "certification"]));
    with(
        "2023-07-03",
        "[persons]\nordinary_two_years = 250\nsensitive_two_years = 10_000\n[activity]\nbegan_on = 2023-06-05\n",
    );
    assert_eq!(desk.json(&["assess", "t.toml"], 0)["paths"], serde_json::json!(["security-assessment"]));
    // What began before Order 13 had until the end of November 2023.
    with(
        "2023-07-03",
        "[persons]\nordinary_two_years = 250\nsensitive_two_years = 250\n[activity]\nbegan_on = 2023-05-05\n",
    );
    let grace = desk.json(&["assess", "t.toml"], 0);
    assert_eq!(grace["facts"]["activity.began_on"], "2023-05-05");
    // A standard contract that changed, and a result that is about to end.
    with("2026-11-02", "[activity]\nfiled = \"standard-contract\"\n[contract]\nevent = \"terms-changed\"\n");
    assert!(duties(&desk.json(&["assess", "t.toml"], 0)).contains(&"refile-contract".to_owned()));
    with(
        "2026-11-02",
        "[renewal]\nstage = \"inside-window\"\npersons_growth = 12\nsize_growth = 0\nevent = \"none\"\n",
    );
    assert_eq!(desk.json(&["assess", "t.toml"], 0)["facts"]["renewal.persons_growth"], 12);
    // A claim by a sector's guide.
    let claim = text.replace("necessary = \"yes\"", "necessary = \"yes\"\nsector_guide = \"finance-exempt-scene\"");
    desk.put("t.toml", &claim);
    assert_eq!(desk.json(&["assess", "t.toml"], 0)["paths"], serde_json::json!(["exempt"]));
    // Persons of the year are counted and not typed; a word the fact does not have is named.
    with("2026-11-02", "[persons]\nordinary = 5\n");
    desk.fails(&["assess", "t.toml"], "unknown field `ordinary`");
    with("2026-11-02", "[contract]\nevent = \"lost\"\n");
    desk.fails(&["assess", "t.toml"], "contract.event");
    // A number below what it includes is taken for that, and said.
    with("2023-07-03", "[persons]\nordinary_two_years = 250\nsensitive_two_years = 249\n");
    let raised = desk.json(&["assess", "t.toml"], 0);
    let notes: Vec<&str> = raised["notes"].as_array().expect("notes").iter().filter_map(|n| n["en"].as_str()).collect();
    assert!(notes.iter().any(|note| note.contains("`persons.sensitive_two_years` was stated lower")), "{notes:?}");
}

/// The reasons in Chinese cite in Chinese, and the rows of lists of other zones are one item each.
#[test]
fn reasons_cite_in_the_language_of_the_reader_and_name_lists_once() {
    let desk = Desk::new();
    desk.example("02-contract-needed");
    let zh = desk.ends(&["assess", "transfer.toml", "--why=markdown", "--lang", "zh"], 0);
    assert!(zh.contains("- **《个人信息保护法》第39条**") && !zh.contains("- **PIPL"), "{zh}");
    assert!(zh.contains("| 项目 | 内容 |"), "{zh}");
    let heads: Vec<&str> = zh.lines().filter(|line| line.starts_with("- **《中国（浙江）")).collect();
    assert!(heads.iter().any(|head| head.contains(" 条）")), "{heads:?}");
    assert!(heads.len() < 8, "{heads:?}");
    let shown = desk.flowing(&["assess", "transfer.toml", "--lang", "zh"], 0);
    assert!(shown.contains("（《") || shown.contains("(《个人信息保护法》第39条)"), "{shown}");
    let json = desk.json(&["assess", "transfer.toml", "--lang", "zh"], 0);
    let cites: Vec<&str> =
        json["obligations"].as_array().expect("duties").iter().filter_map(|d| d["cite"].as_str()).collect();
    assert!(cites.contains(&"PIPL 39"), "programs read what the lawbook writes: {cites:?}");
}
