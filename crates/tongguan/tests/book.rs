//! The rule book and the exports as a user meets them: what is inside, that it asks for nothing from outside, that other
//! tools can read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongguan"));
    command.args(args).current_dir(folder).env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command.stdin(Stdio::null()).output().expect("runs")
}

#[track_caller]
fn ends(folder: &Path, args: &[&str], status: i32) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(status), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The book in a language.
fn book(lang: &str) -> String {
    let folder = folder();
    ends(folder.path(), &["rules", "book", "--on", "2026-06-01", "--lang", lang], 0);
    std::fs::read_to_string(folder.path().join("rulebook.html")).expect("the book")
}

/// What is exported, by path.
fn exported(form: &str, more: &[&str]) -> Vec<(String, String)> {
    let folder = folder();
    let args = [&["rules", "export", "--out", "out", "--form", form, "--format", "json"], more].concat();
    let said: Value = serde_json::from_str(&ends(folder.path(), &args, 0)).expect("JSON");
    let paths = said["files"].as_array().expect("files").iter().map(|path| path.as_str().expect("a path").to_owned());
    let read = |path: String| {
        let text = std::fs::read_to_string(folder.path().join("out").join(&path)).expect("the file");
        (path, text)
    };
    paths.map(read).collect()
}

fn rules() -> Vec<Value> {
    let said = ends(folder().path(), &["rules", "list", "--format", "json"], 0);
    said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The values of an attribute in a text.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split_once('"').map(|(value, _)| value)).collect()
}

#[test]
fn the_book_holds_every_provision_in_both_languages() {
    let html = book("en");
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    for rule in rules() {
        let id = rule["id"].as_str().expect("an id");
        assert!(html.contains(&format!("id=\"{id}\"")), "{id} has no place in the book");
        for lang in ["zh", "en"] {
            let title = rule["title"][lang].as_str().expect("a title");
            assert!(html.contains(&escaped(title)), "{id} without its title in {lang}");
        }
    }
    assert!(html.contains("nobody: no lawyer has signed any provision yet"));
    for part in ["timeline", "matrix", "provisions", "lists", "facts", "clocks", "calendar", "checks"] {
        assert!(html.contains(&format!("id=\"{part}\"")), "no part `{part}`");
    }
}

#[test]
fn the_book_asks_for_nothing_from_outside() {
    let html = book("zh");
    for tag in ["<img", "<iframe", "<object", "<embed", "<audio", "<video", "<base", "<form", "src=", "srcset=", "url("]
    {
        assert!(!html.contains(tag), "`{tag}` can make a request");
    }
    assert!(!html.contains("@import") && !html.contains("fetch(") && !html.contains("XMLHttpRequest"));
    let links = html.split("<link").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    links.for_each(|link| assert!(link.contains("href=\"data:,\""), "`{link}` asks somebody"));
}

#[test]
fn every_anchor_of_the_book_leads_somewhere_and_every_place_has_one_name() {
    let html = book("zh");
    let ids = attributes(&html, "id");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "an id is given twice");
    for link in attributes(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#')) {
        assert!(known.contains(link), "#{link} leads nowhere");
    }
    for name in ["for", "aria-labelledby"] {
        for id in &attributes(&html, name) {
            assert!(known.contains(id), "`{name}` names {id}, which is nowhere");
        }
    }
}

#[test]
fn the_book_opens_in_the_language_asked_for_and_is_the_same_again() {
    let (zh, en) = (book("zh"), book("en"));
    assert!(zh.contains("<html lang=\"zh-Hans\"") && zh.contains("id=\"show-zh\" checked"));
    assert!(en.contains("<html lang=\"en\"") && en.contains("id=\"show-en\" checked"));
    assert_eq!(zh, book("zh"));
    let printed = ends(folder().path(), &["rules", "book", "--out", "-", "--on", "2026-06-01", "--lang", "zh"], 0);
    assert_eq!(printed, zh + "\n", "standard output gets the same");
}

#[test]
fn the_matrix_of_the_book_says_what_the_law_answers() {
    let files = exported("csv", &[]);
    let (_, matrix) = files.iter().find(|(path, _)| path == "matrix.csv").expect("the matrix");
    let now = |line: &&str| line.starts_with("2024-03-22,") || line.split(',').nth(1) == Some("");
    let line = matrix.lines().filter(now).find(|line| line.contains(",100000,1000000,0,1,")).expect("the middle band");
    assert!(line.contains("determined,standard-contract; certification,"), "{line}");
    let ciio = matrix.lines().filter(now).filter(|line| line.split(',').nth(2) == Some("true")).collect::<Vec<_>>();
    assert!(!ciio.is_empty() && ciio.iter().all(|line| line.contains("determined,security-assessment,")), "{ciio:?}");
}

#[test]
fn a_day_before_the_rule_base_and_a_place_that_cannot_be_written_are_one_line() {
    let folder = folder();
    std::fs::write(folder.path().join("file"), "").expect("writes");
    for (args, expected) in [
        (["rules", "book", "--on", "2001-01-01"].as_slice(), "2001-01-01"),
        (["rules", "book", "--out", "file/book.html"].as_slice(), "file/book.html"),
        (["rules", "export", "--out", "file"].as_slice(), "file"),
    ] {
        let output = run(folder.path(), args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), errors.lines().count()), (Some(2), 1), "{args:?}: {errors}");
        assert!(errors.contains(expected), "{errors}");
    }
}

#[test]
fn tables_have_a_row_for_everything_and_no_cell_that_is_a_formula() {
    let files = exported("csv", &[]);
    for (path, text) in &files {
        assert!(
            text.contains("\r\n") && !text.replace("\r\n", "").contains('\r'),
            "{path} does not end lines by RFC 4180"
        );
        let cells = text.replace("\r\n", ",");
        for start in ["=", "+", "-", "@"] {
            assert!(
                !cells.contains(&format!(",{start}")) && !cells.contains(&format!("\"{start}")),
                "{path} begins a cell with {start}"
            );
        }
    }
    let (_, table) = files.iter().find(|(path, _)| path == "rules.csv").expect("the rules");
    for rule in rules() {
        assert!(table.contains(&format!("\r\n{},", rule["id"].as_str().expect("an id"))), "{rule} has no row");
    }
    let marked = exported("csv", &["--bom"]);
    assert!(marked.iter().all(|(_, text)| text.starts_with('\u{feff}')), "a mark was asked for");
    assert!(files.iter().all(|(_, text)| !text.starts_with('\u{feff}')), "no mark was asked for");
}

#[test]
fn schemas_in_the_repository_are_those_the_program_writes() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let files = exported("schemas", &[]);
    assert!(files.len() >= 5);
    for (path, text) in &files {
        let committed = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(&committed == text, "`{path}` is old: run `tongguan rules export --form schemas --out .`");
    }
    let kept = std::fs::read_dir(root.join("schemas")).expect("schemas/").count();
    assert_eq!(kept, files.len(), "schemas/ holds a file that the program does not write");
}

#[test]
fn the_suite_holds_every_scenario_with_what_it_demands_and_what_is_answered() {
    let files = exported("scenarios", &[]);
    let read = |name: &str| -> Value {
        let (_, text) = files.iter().find(|(path, _)| path == name).expect("the file");
        serde_json::from_str(text).expect("JSON")
    };
    let tested: Value =
        serde_json::from_str(&ends(folder().path(), &["rules", "test", "--format", "json"], 0)).expect("JSON");
    let suite = read("scenarios.json");
    let cases = suite["cases"].as_array().expect("cases");
    assert_eq!(tested["ran"].as_u64(), Some(cases.len() as u64));
    for case in cases {
        assert_eq!(case["expect"]["outcome"], case["answer"]["outcome"], "{}", case["id"]);
        assert_eq!(case["expect"]["paths"], case["answer"]["paths"], "{}", case["id"]);
    }
    assert_eq!(read("rules.json").as_array().map(Vec::len), Some(rules().len()));
}

#[test]
fn decision_models_are_well_formed_and_name_every_provision_that_decides() {
    let files = exported("dmn", &[]);
    assert!(!files.is_empty());
    for (path, text) in &files {
        assert!(text.starts_with("<?xml") && text.contains("https://www.omg.org/spec/DMN/20230324/MODEL/"), "{path}");
        let mut open: Vec<&str> = Vec::new();
        for tag in text.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)) {
            match tag.strip_prefix('/') {
                _ if tag.starts_with('?') || tag.ends_with('/') => {}
                Some(name) => assert_eq!(open.pop(), Some(name), "{path} closes what is not open"),
                None => open.push(tag.split_whitespace().next().unwrap_or_default()),
            }
        }
        assert!(open.is_empty(), "{path} leaves {open:?} open");
    }
    let deciding = rules().into_iter().filter(|rule| rule["id"] == "cn.o16.8" || rule["id"] == "cn.secrets.stop");
    for rule in deciding {
        let id = rule["id"].as_str().expect("an id");
        assert!(files.iter().any(|(_, text)| text.contains(&format!("&quot;{id}&quot;"))), "{id} is in no model");
    }
}

#[test]
fn overlaps_are_listed_where_asked_for_and_are_no_fault() {
    let folder = folder();
    let plain = ends(folder.path(), &["rules", "check", "--format", "json"], 0);
    assert_eq!(plain, "", "the rule base is sound");
    let said = ends(folder.path(), &["rules", "check", "--overlaps", "--format", "json"], 0);
    let pairs: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let pair = pairs.iter().find(|pair| pair["rules"] == serde_json::json!(["cn.o16.5.1", "cn.o16.5.3"]));
    let pair = pair.expect("a contract and an emergency at once");
    assert_eq!((&pair["kind"], &pair["on"]), (&Value::from("overlap"), &Value::from("2024-03-22")));
    for (lang, words) in [("en", "say the same, first on 2024-03-22"), ("zh", "自 2024-03-22 起在某些情形并列适用")]
    {
        let said = ends(folder.path(), &["rules", "check", "--overlaps", "--lang", lang], 0);
        let line = said.lines().find(|line| line.starts_with("cn.o16.5.1 ") && line.contains("cn.o16.5.3"));
        assert!(line.is_some_and(|line| line.contains(words)), "{said}");
    }
}
