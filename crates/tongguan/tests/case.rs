//! A security assessment from the first question to the last receipt, at both sides of the counter, by the program alone: what was
//! approved in part leaves, the rest does not, and the case shows it.

use std::path::{Path, PathBuf};
use std::process::Command;

use dossier::{AnswerPath, Dossier, Lang, Origin, Procedure, example, forms, template};
use jiff::civil::date;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a hospital's table and transfer, a state folder, and the program.
struct Desk {
    folder: TempDir,
}

const HANDLER: &str = "121100004000000001";

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: TempDir::new().expect("a folder") };
        let table = "USUBJID,diagnosis,hba1c\nS-001,高血压,6.1\nS-002,糖尿病,7.9\nS-003,糖尿病,8.4\n";
        desk.write("clinical.csv", table);
        desk.write("transfer.toml", transfer(&["USUBJID", "diagnosis", "hba1c"], ""));
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).expect("written");
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
        let home: &[&str] = if args.first() == Some(&"--home") { &[] } else { &["--home", "home"] };
        command.current_dir(self.folder.path()).args(["--lang", "en"]).args(home).args(args);
        let out = command.env_remove("TONGGUAN_DATABASE").output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        (out.status.code().expect("a status"), text(&out.stdout), text(&out.stderr))
    }

    /// Ends so; what it printed.
    fn ends(&self, args: &[&str], status: i32) -> String {
        let (code, out, err) = self.run(args);
        assert_eq!(code, status, "{args:?}\n{out}\n{err}");
        assert!(!err.contains("panicked"), "{err}");
        out
    }

    /// One line on standard error and status 2.
    fn refused(&self, args: &[&str], says: &str) {
        let quiet = [args, &["--quiet"]].concat();
        let (code, _, err) = self.run(&quiet);
        assert_eq!((code, err.lines().count()), (2, 1), "{args:?}\n{err}");
        assert!(err.contains(says), "{err}");
    }

    fn shown(&self, case: &str, day: &str) -> Value {
        let text = self.ends(&["case", "show", case, "--format", "json", "--at", day], 0);
        serde_json::from_str(&text).expect("JSON")
    }

    fn state(&self, case: &str, day: &str) -> String {
        self.shown(case, day)["case"]["state"].as_str().expect("a state").to_owned()
    }
}

/// A CIIO hospital's transfer: an assessment whatever the numbers (CAC Order 16 art 7).
fn transfer(fields: &[&str], permit: &str) -> String {
    let fields = fields.iter().map(|name| {
        let need = if *name == "USUBJID" { "pseudonym" } else { "keep" };
        format!("[[field]]\nname = \"{name}\"\nneed = \"{need}\"\nwhy = \"object of the study\"\n")
    });
    format!(
        "on = 2026-11-02\n[handler]\nname = \"样城第一人民医院（示例）\"\nuscc = \"{HANDLER}\"\nregion = \"CN-BJ\"\n\
         city = \"110105\"\nzone = \"none\"\nsector = \"none\"\nciio = true\n\
         [recipient]\nid = \"umc-nl\"\nname = \"Voorbeeld UMC\"\ncountry = \"NL\"\nstorage = {{ until = 2027-12-31 }}\n\
         [purpose]\nscenario = \"clinical-research\"\ntext = \"multi-centre clinical research\"\n\
         [data]\nimportant = \"no\"\ncore = false\nstate_secret = false\noverseas_origin_only = false\n\
         [ground]\nnecessary = \"yes\"\ncontract_with_individual = false\nhr_labour_rules = false\n\
         hr_collective_contract = false\nemergency = false\nstatutory_duty = false\n\
         [list]\nscenario = \"none\"\n[request]\nforeign_authority = false\n\
         [[source]]\npath = \"clinical.csv\"\n[[subject]]\nkey = [\"USUBJID\"]\n{}\
         [duties]\npipia = {{ done = 2026-10-20 }}\nnotice = {{ version = \"ICF 3.1\", since = 2026-03-01 }}\n\
         basis = \"public-interest\"\n[earlier]\nnone = true\nby = \"示例负责人\"\n{permit}\
         [destination]\npath = \"release\"\nformat = \"csv\"\n",
        fields.collect::<String>()
    )
}

/// What a person would type: everything the transfer does not say.
fn answers(desk: &Desk, case: &str) -> String {
    let shown = desk.ends(&["case", "show", case, "--format", "json", "--personal", "--at", "2026-06-01"], 0);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    let mut dossier: Dossier = example(forms(), Procedure::SecurityAssessment, date(2026, 6, 1), 5);
    let derived = shown["case"]["dossier"]["answers"].as_object().expect("answers");
    let examples: Vec<AnswerPath> = dossier.answers.iter().map(|(path, _)| path.clone()).collect();
    // The items are those of the plan; only what it does not say of them is typed.
    for path in examples.into_iter().filter(|path| path.to_string().contains(".item[")) {
        dossier.answers.remove(&path);
    }
    for (path, answer) in derived {
        dossier.answers.put(path.parse().expect("a path"), answer["value"].clone(), Origin::Typed);
    }
    for item in 1..=3 {
        for (field, text) in [("description", "数据项说明"), ("example", "示例"), ("necessity", "研究对象")]
        {
            let path: AnswerPath = format!("scenario[1].item[{item}].{field}").parse().expect("a path");
            if dossier.answers.value(&path).is_none() {
                dossier.answers.put(path, text, Origin::Typed);
            }
        }
    }
    template(forms(), Procedure::SecurityAssessment, &dossier.answers, Lang::En)
}

/// Every paper the declaration asks for, as a small PDF.
fn papers(desk: &Desk) -> Vec<String> {
    let needed = forms().materials_of(Procedure::SecurityAssessment);
    let paper = |id: &str| {
        desk.write(&format!("{id}.pdf"), "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
        format!("{id}={id}.pdf")
    };
    needed.map(|material| paper(&material.id)).collect()
}

fn items(shown: &Value) -> Vec<(String, String)> {
    let items = shown["items"].as_array().expect("items");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    items.iter().map(|item| (text(&item["key"]), text(&item["columns"][0]))).collect()
}

#[test]
fn i4_a_declaration_approved_in_part_lets_exactly_that_leave_and_the_case_shows_it() {
    let desk = Desk::new();
    let case = desk.ends(&["case", "new", "security-assessment", "transfer.toml", "--at", "2026-06-01"], 0);
    let case = case.lines().next().expect("an id").to_owned();
    let act = |action: &str, day: &str, more: &[&str]| {
        let args = [&["case", "act", &case, action, "--at", day], more].concat();
        desk.ends(&args, 0)
    };
    // What is missing is named before anything is submitted.
    desk.refused(&["case", "act", &case, "submit", "--at", "2026-06-01"], "are missing or wrong");
    desk.write("answers.toml", answers(&desk, &case));
    let papers = papers(&desk);
    let attached: Vec<&str> = papers.iter().flat_map(|paper| ["--attach", paper.as_str()]).collect();
    act("edit", "2026-06-01", &[&["--answers", "answers.toml"], attached.as_slice()].concat());
    assert_eq!(desk.shown(&case, "2026-06-01")["gaps"], Value::Array(Vec::new()), "nothing is missing");
    act("submit", "2026-06-01", &[]);
    assert_eq!(desk.state(&case, "2026-06-01"), "completeness");

    // The province returns it for one field; only that has to be mended.
    desk.refused(&["case", "act", &case, "accept", "--as", "national", "--at", "2026-06-02"], "cannot be taken while");
    act("return", "2026-06-02", &["--mark", "scenario[1].brief=say to whom the data go"]);
    desk.refused(&["case", "act", &case, "resubmit", "--at", "2026-06-03"], "are not answered");
    act("edit", "2026-06-03", &["--set", "scenario[1].brief=clinical data for a study, to Voorbeeld UMC"]);
    act("resubmit", "2026-06-03", &[]);
    desk.refused(
        &["case", "act", &case, "return", "--at", "2026-06-04", "--mark", "scenario[1].brief=again"],
        "it can be taken once",
    );
    act("forward", "2026-06-04", &[]);
    act("accept", "2026-06-08", &["--number", "国安评〔2026〕0001号（示例）"]);
    act("ask-supplement", "2026-06-15", &["--mark", "scenario[1].onward=say whether anybody else receives them"]);
    act("edit", "2026-06-20", &["--mark", "scenario[1].onward=nobody else receives them"]);
    act("supplement", "2026-06-20", &[]);

    // Two of three items are approved.
    let shown = desk.shown(&case, "2026-07-01");
    let items = items(&shown);
    let refused = items.iter().find(|(_, column)| column == "clinical.hba1c").expect("the item of a column");
    desk.refused(
        &["case", "act", &case, "decide", "--at", "2026-07-01", "--refuse", &format!("{}=not necessary", refused.0)],
        "is not decided on",
    );
    act("decide", "2026-07-01", &["--approve-rest", "--refuse", &format!("{}=not necessary", refused.0)]);
    assert_eq!(desk.state(&case, "2026-07-01"), "approved-in-part");

    // The permit opens the gate for what was approved, and for nothing else.
    let (_, _, err) = desk.run(&["case", "permit", &case, "permit.note"]);
    let key = err.split("office ").last().expect("the office's key").trim().to_owned();
    let permit = "[permit]\nfile = \"permit.note\"\n";
    desk.write("transfer.toml", transfer(&["USUBJID", "diagnosis", "hba1c"], permit));
    desk.ends(&["clear", "transfer.toml"], 1);
    let trust = desk.path("home/trust");
    let pinned = std::fs::read_to_string(&trust).expect("a trust file");
    std::fs::write(&trust, format!("{pinned}office {key}\n")).expect("pinned");
    let stopped = desk.ends(&["clear", "transfer.toml", "--format", "json"], 1);
    assert!(stopped.contains("field-not-permitted") && stopped.contains("clinical.hba1c"), "{stopped}");
    assert!(!stopped.contains("clinical.diagnosis\""), "{stopped}");
    desk.write("transfer.toml", transfer(&["USUBJID", "diagnosis"], permit));
    desk.ends(&["clear", "transfer.toml"], 0);
    desk.ends(&["verify", "release"], 0);

    // What left comes back to the case.
    act("report-release", "2026-11-03", &["--release", "release"]);
    desk.refused(
        &["case", "act", &case, "report-release", "--at", "2026-11-03", "--release", "release"],
        "was reported already",
    );
    let shown = desk.shown(&case, "2026-11-03");
    let release = &shown["case"]["releases"][0];
    assert_eq!(release["outside"], Value::Array(Vec::new()), "{release}");
    assert_eq!(release["columns"], serde_json::json!(["clinical.USUBJID", "clinical.diagnosis"]));
    assert!(
        !Path::new(&desk.path("release/data/clinical.csv")).exists()
            || !read(&desk, "release/data/clinical.csv").contains("7.9")
    );
    desk.ends(&["case", "compare", &case], 0);
    // Years that last are not counted out on the screen.
    let explained = desk.ends(&["case", "show", &case, "--clocks", "--at", "2026-11-03"], 0);
    assert!(explained.lines().count() < 400, "{} lines", explained.lines().count());
    let text = desk.ends(&["case", "show", &case, "--at", "2026-11-03"], 0);
    assert!(text.contains("within the permit") && text.contains("国安评〔2026〕0001号"), "{text}");
    desk.ends(&["case", "check"], 0);
    // Every action is a leaf of the log.
    let checkpoint = read(&desk, "home/cases-log/checkpoint");
    let actions = shown["case"]["version"].as_u64().expect("a version");
    assert_eq!(checkpoint.lines().nth(1), Some(actions.to_string().as_str()), "{checkpoint}");
}

fn read(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.path(name)).expect("a file")
}

#[test]
fn a_case_moves_to_another_installation_whole_or_not_at_all() {
    let desk = Desk::new();
    let case = desk.ends(&["case", "new", "security-assessment", "transfer.toml", "--at", "2026-06-01"], 0);
    let case = case.lines().next().expect("an id").to_owned();
    desk.ends(&["case", "act", &case, "message", "--text", "a question", "--at", "2026-06-02"], 0);
    let (code, _, err) = desk.run(&["case", "export", &case, "case.package"]);
    assert_eq!(code, 0, "{err}");
    let key = err.split("office ").last().expect("the key").trim().to_owned();
    let there = ["--home", "there"];
    let import = [&there[..], &["case", "import", "case.package"]].concat();
    desk.refused(&import, "");
    std::fs::write(desk.path("there/trust"), format!("office {key}\n")).expect("pinned");
    desk.ends(&import, 0);
    desk.ends(&import, 0);
    let list = desk.ends(&[&there[..], &["case", "list", "--format", "json"]].concat(), 0);
    assert_eq!(list.lines().count(), 1, "{list}");
    let package = read(&desk, "case.package");
    desk.write("altered.package", package.replace("message", "massage"));
    desk.refused(
        &[&["--home", "third", "case", "import", "altered.package", "--trust"][..], &["there/trust"]].concat(),
        "",
    );
}

#[test]
fn what_is_wrong_is_one_line() {
    let desk = Desk::new();
    desk.refused(&["case", "new", "no-such-procedure", "transfer.toml"], "no procedure");
    desk.refused(&["case", "new", "security-assessment"], "give a transfer file");
    desk.refused(&["case", "show", "sa-nothing"], "no case");
    let case = desk.ends(&["case", "new", "security-assessment", "transfer.toml", "--at", "2026-06-01"], 0);
    let case = case.lines().next().expect("an id").to_owned();
    let act = |more: &[&'static str]| [&["case", "act", case.as_str()], more].concat();
    desk.refused(&act(&["fly"]), "no action");
    desk.refused(&act(&["forward", "--as", "province", "--at", "2026-06-02"]), "not in your hands");
    desk.refused(&act(&["edit", "--set", "no.such=1", "--at", "2026-06-02"]), "no field");
    desk.refused(&act(&["message", "--text", "hi", "--seen", "7", "--at", "2026-06-02"]), "version");
    desk.refused(&act(&["message", "--text", "hi", "--at", "2026-05-01"]), "before the last action");
    desk.write("virus.pdf", "MZ this is no PDF");
    desk.refused(&act(&["attach", "--attach", "virus.pdf", "--at", "2026-06-02"]), "");
    desk.refused(&act(&["message", "--text", "hi", "--number", "7", "--at", "2026-06-02"]), "does not take");
}
