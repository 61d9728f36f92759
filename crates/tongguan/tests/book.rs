//! The rule book and the exports as a user meets them: what is inside, that it asks for nothing from outside, that other
//! tools can read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

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

/// The book in a language; written once for all who only read it.
fn book(lang: &str) -> String {
    static BOOKS: [OnceLock<String>; 2] = [OnceLock::new(), OnceLock::new()];
    BOOKS[usize::from(lang == "en")].get_or_init(|| written(lang)).clone()
}

/// The same, written anew.
fn written(lang: &str) -> String {
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
    assert_eq!(zh, written("zh"));
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

/// One element of an XML document.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    inside: Vec<Element>,
}

impl Element {
    fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Element)) {
        visit(self);
        self.inside.iter().for_each(|child| child.each(visit));
    }

    fn count(&self, name: &str) -> usize {
        self.inside.iter().filter(|child| child.name == name).count()
    }
}

/// The elements of a document; texts are left out.
fn parsed(text: &str) -> Element {
    let mut open = vec![Element { name: String::new(), attributes: Vec::new(), inside: Vec::new() }];
    for tag in text.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)) {
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().expect("what is closed was open");
            assert_eq!(element.name, name);
            open.last_mut().expect("the document").inside.push(element);
            continue;
        }
        let (inner, closed) = tag.strip_suffix('/').map_or((tag, false), |inner| (inner, true));
        let (name, rest) = inner.split_once(' ').unwrap_or((inner, ""));
        let attributes = rest.split("\" ").filter_map(|part| part.trim_end_matches('"').split_once("=\""));
        let attributes = attributes.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let element = Element { name: name.to_owned(), attributes, inside: Vec::new() };
        let place = if closed { open.last_mut().map(|of| &mut of.inside) } else { None };
        match place {
            Some(inside) => inside.push(element),
            None => open.push(element),
        }
    }
    let mut document = open.pop().expect("the document");
    assert!(open.is_empty() && document.inside.len() == 1, "one element holds all others");
    document.inside.remove(0)
}

/// What DMN 1.5 lets stand in an element: its children in their order, each with the least and the most of them; then the
/// attributes it must have and those it may have. By the schema of the standard (DMN15.xsd), of which the models are a part.
type Grammar = (&'static [(&'static str, usize, usize)], &'static [&'static str], &'static [&'static str]);

const MANY: usize = usize::MAX;

fn grammar(name: &str, inside: &str) -> Option<Grammar> {
    Some(match name {
        "definitions" => (
            &[("description", 0, 1), ("itemDefinition", 0, MANY), ("inputData", 0, MANY), ("decision", 0, MANY)],
            &["name", "namespace"],
            &["id", "xmlns", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion"],
        ),
        // Either a type with its values, or components; never both.
        "itemDefinition" | "itemComponent" => (
            &[("description", 0, 1), ("typeRef", 0, 1), ("allowedValues", 0, 1), ("itemComponent", 0, MANY)],
            &["name"],
            &["id", "label", "isCollection"],
        ),
        "inputData" => (&[("description", 0, 1), ("variable", 0, 1)], &["name"], &["id", "label"]),
        "decision" => (
            &[
                ("description", 0, 1),
                ("variable", 0, 1),
                ("informationRequirement", 0, MANY),
                ("decisionTable", 0, 1),
                ("literalExpression", 0, 1),
                ("list", 0, 1),
            ],
            &["name"],
            &["id", "label"],
        ),
        "variable" => (&[("description", 0, 1)], &["name"], &["id", "label", "typeRef"]),
        "informationRequirement" => (&[("requiredDecision", 0, 1), ("requiredInput", 0, 1)], &[], &["id", "label"]),
        "requiredDecision" | "requiredInput" => (&[], &["href"], &[]),
        "decisionTable" => (
            &[
                ("description", 0, 1),
                ("input", 0, MANY),
                ("output", 1, MANY),
                ("annotation", 0, MANY),
                ("rule", 0, MANY),
            ],
            &[],
            &["id", "label", "typeRef", "hitPolicy", "aggregation", "preferredOrientation", "outputLabel"],
        ),
        "input" => (&[("description", 0, 1), ("inputExpression", 1, 1), ("inputValues", 0, 1)], &[], &["id", "label"]),
        "output" => (
            &[("description", 0, 1), ("outputValues", 0, 1), ("defaultOutputEntry", 0, 1)],
            &[],
            &["id", "label", "name", "typeRef"],
        ),
        "annotation" => (&[], &[], &["name"]),
        "rule" => (
            &[("description", 0, 1), ("inputEntry", 0, MANY), ("outputEntry", 1, MANY), ("annotationEntry", 0, MANY)],
            &[],
            &["id", "label"],
        ),
        "inputEntry" | "allowedValues" | "inputValues" | "outputValues" => {
            (&[("description", 0, 1), ("text", 1, 1)], &[], &["id", "label", "typeRef", "expressionLanguage"])
        }
        "annotationEntry" => (&[("text", 0, 1)], &[], &[]),
        "literalExpression" | "inputExpression" | "outputEntry" | "defaultOutputEntry" => {
            (&[("description", 0, 1), ("text", 0, 1)], &[], &["id", "label", "typeRef", "expressionLanguage"])
        }
        "list" => (&[("description", 0, 1), ("literalExpression", 0, MANY)], &[], &["id", "label", "typeRef"]),
        "description" | "text" => (&[], &[], &[]),
        "typeRef" if inside.starts_with("item") => (&[], &[], &[]),
        _ => return None,
    })
}

#[test]
fn decision_models_have_the_structure_of_dmn_1_5() {
    for (path, text) in exported("dmn", &[]) {
        let model = parsed(&text);
        assert_eq!(
            (model.name.as_str(), model.get("xmlns")),
            ("definitions", Some("https://www.omg.org/spec/DMN/20230324/MODEL/"))
        );
        let language = Some("https://www.omg.org/spec/DMN/20230324/FEEL/");
        assert_eq!((model.get("expressionLanguage"), model.get("typeLanguage")), (language, language));
        holds(&path, &model, "");
        let (mut ids, mut refers, mut types) = (Vec::new(), Vec::new(), Vec::new());
        model.each(&mut |element| {
            ids.extend(element.get("id"));
            refers.extend(element.get("href"));
            types.extend(element.get("typeRef"));
            if element.name == "decisionTable" {
                let width = ["input", "output", "annotation"].map(|name| element.count(name));
                for rule in element.inside.iter().filter(|child| child.name == "rule") {
                    let cells = ["inputEntry", "outputEntry", "annotationEntry"].map(|name| rule.count(name));
                    assert_eq!(cells, width, "{path}: a row with other cells than columns");
                }
                assert!(matches!(element.get("hitPolicy"), Some("UNIQUE" | "COLLECT")), "{path}");
            }
        });
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "{path} gives an id twice");
        let named =
            |id: &&str| id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !id.contains([' ', ':', '/']);
        assert!(ids.iter().all(named), "{path}: {ids:?}");
        for href in refers {
            assert!(href.strip_prefix('#').is_some_and(|id| known.contains(id)), "{path}: {href} leads nowhere");
        }
        let defined: Vec<&str> = model
            .inside
            .iter()
            .filter(|child| child.name == "itemDefinition")
            .filter_map(|item| item.get("name"))
            .collect();
        for name in types {
            let built_in = ["string", "number", "boolean", "date"].contains(&name);
            assert!(built_in || defined.contains(&name), "{path}: the type {name} is not defined");
        }
        assert!(
            text.contains("Zones' negative lists are not part of the tables"),
            "{path} does not say what it leaves out"
        );
    }
}

/// Whether an element has the children and attributes it may have, and so have all within.
fn holds(path: &str, element: &Element, inside: &str) {
    let name = &element.name;
    let Some((children, needed, allowed)) = grammar(name, inside) else { panic!("{path}: <{name}> within <{inside}>") };
    for key in needed {
        assert!(element.get(key).is_some_and(|value| !value.is_empty()), "{path}: <{name}> without `{key}`");
    }
    for (key, _) in &element.attributes {
        assert!(needed.contains(&key.as_str()) || allowed.contains(&key.as_str()), "{path}: <{name}> with `{key}`");
    }
    let place = |child: &Element| {
        let place = children.iter().position(|(known, ..)| *known == child.name);
        place.unwrap_or_else(|| panic!("{path}: <{}> within <{name}>", child.name))
    };
    let places: Vec<usize> = element.inside.iter().map(place).collect();
    assert!(places.is_sorted(), "{path}: <{name}> has its children in another order: {places:?}");
    for (child, least, most) in children {
        let count = element.count(child);
        assert!((*least..=*most).contains(&count), "{path}: <{name}> has {count} times <{child}>");
    }
    let logic = ["decisionTable", "literalExpression", "list"].iter().map(|logic| element.count(logic)).sum::<usize>();
    let required = element.count("requiredDecision") + element.count("requiredInput");
    match name.as_str() {
        "decision" => assert_eq!(logic, 1, "{path}: a decision has one expression"),
        "informationRequirement" => assert_eq!(required, 1, "{path}: a requirement requires one thing"),
        "itemDefinition" | "itemComponent" => {
            assert!(element.count("typeRef") == 0 || element.count("itemComponent") == 0, "{path}: <{name}>");
        }
        _ => {}
    }
    element.inside.iter().for_each(|child| holds(path, child, name));
}

/// The rows of a table that was exported, by the names of their columns.
fn table(files: &[(String, String)], name: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let (_, text) = files.iter().find(|(path, _)| path == name).expect("the table");
    let mut rows = cells(text).into_iter();
    let head = rows.next().expect("a head");
    let named = |row: Vec<String>| {
        assert_eq!(row.len(), head.len(), "{name}: {row:?}");
        head.iter().cloned().zip(row).collect()
    };
    rows.map(named).collect()
}

/// RFC 4180.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

fn lists() -> Vec<Value> {
    let said = ends(folder().path(), &["rules", "lists", "--format", "json"], 0);
    said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn every_row_of_every_list_is_in_the_table_with_its_bounds_and_paths() {
    let files = exported("csv", &[]);
    let rows = table(&files, "lists.csv");
    let ids: BTreeSet<String> = rules().iter().filter_map(|rule| Some(rule["id"].as_str()?.to_owned())).collect();
    for edition in lists() {
        let of: Vec<_> = rows.iter().filter(|row| Some(row["list"].as_str()) == edition["id"].as_str()).collect();
        let held = ["row", "residual", "scale"].map(|kind| edition[kind].as_array().map_or(0, Vec::len));
        let written = ["row", "residual", "scale"].map(|kind| of.iter().filter(|row| row["record"] == kind).count());
        assert_eq!(held, written, "{}", edition["id"]);
        assert!(!of.is_empty(), "an edition of which no row was seen has a line, too");
        for row in of {
            assert_eq!(
                (&row["held"], &row["users_zh"]),
                (&string(&edition["known"]), &string(&edition["users"]["zh"]))
            );
            assert!(row["rule"].is_empty() || ids.contains(&row["rule"]), "{} is no provision", row["rule"]);
        }
    }
    let row = |rule: &str| rows.iter().find(|row| row["rule"] == rule).expect("the row");
    let bounds = |rule: &str| {
        ["ordinary_from", "ordinary_below", "sensitive_from", "sensitive_below", "numbers", "path"]
            .map(|key| row(rule)[key].clone())
    };
    // 100 万以上不满 500 万: the first figure is in, the second is not; a row that frees wants both numbers kept.
    let contract = bounds("cn.list.zhejiang-2025.e-commerce.4");
    assert_eq!(contract, ["1000000", "5000000", "", "", "", "standard-contract-or-certification"]);
    let free = bounds("cn.list.zhejiang-2025.e-commerce.7");
    assert_eq!(free, ["", "1000000", "", "500000", "both", "free-after-filing"]);
    let residual = bounds("cn.list.zhejiang-2025.e-commerce.3");
    assert_eq!(residual, ["1000000", "", "10000", "", "either", "security-assessment"]);
    assert_eq!(row("cn.list.zhejiang-2025.e-commerce.3")["record"], "residual");
    let fields = table(&files, "list-fields.csv");
    let named: usize = lists().iter().filter(|edition| edition["id"] == "zhejiang-2025").map(fields_of).sum();
    let written = fields.iter().filter(|row| row["list"] == "zhejiang-2025" && !row["field_zh"].is_empty()).count();
    assert_eq!(written, named);
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// How many fields an edition names for its scenarios.
fn fields_of(edition: &Value) -> usize {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let sets = list(&edition["field_set"]);
    let size =
        |id: &Value| sets.iter().filter(|set| &set["id"] == id).map(|set| list(&set["fields"]).len()).sum::<usize>();
    let scenarios = list(&edition["sector"]).iter().flat_map(|sector| list(&sector["scenario"])).collect::<Vec<_>>();
    scenarios.iter().flat_map(|scenario| list(&scenario["fields"])).map(|id| size(&id)).sum()
}

#[test]
fn the_book_shows_every_list_with_its_rows_and_says_which_bounds_are_in() {
    let html = book("en");
    for edition in lists() {
        let id = edition["id"].as_str().expect("an id");
        let start = html.find(&format!("id=\"list.{id}\"")).unwrap_or_else(|| panic!("{id} is not in the book"));
        let section = &html[start..html[start..].find("</section>").map_or(html.len(), |end| start + end)];
        let extent = if edition["known"] == "whole" { "whole" } else { "in part" };
        assert!(section.contains(extent), "{id} does not say how much of it is held");
        let rows = |kind: &str| edition[kind].as_array().cloned().unwrap_or_default();
        for row in rows("row").iter().chain(&rows("residual")) {
            for (kind, band) in [("ordinary", &row["ordinary"]), ("sensitive", &row["sensitive"])] {
                let figure = |key: &str| band[key].as_u64().map(grouped);
                let said = match (figure("min"), figure("max")) {
                    (Some(min), Some(max)) => format!("at least {min} and fewer than {max}"),
                    (Some(min), None) => format!("at least {min}"),
                    (None, Some(max)) => format!("fewer than {max}"),
                    (None, None) => continue,
                };
                assert!(section.contains(&said), "{id} row {} does not say {kind} {said}", row["id"]);
            }
            let scenarios = row["scenarios"].as_array().map_or(0, Vec::len);
            assert!(scenarios > 0 || row["scenarios"].is_null(), "{id}");
        }
        for duty in edition["duty"].as_array().into_iter().flatten() {
            assert!(
                section.contains(&format!("#cn.list.{id}.{}", duty["id"].as_str().expect("an id"))),
                "{id}: {duty}"
            );
        }
    }
    let zh = book("zh");
    assert!(zh.contains("达到 1,000,000 人、不满 5,000,000 人") && zh.contains("“不满”不含该数"));
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let cut = |(place, digit): (usize, char)| {
        let comma = place > 0 && (digits.len() - place).is_multiple_of(3);
        [comma.then_some(','), Some(digit)]
    };
    digits.chars().enumerate().flat_map(cut).flatten().collect()
}

/// Chinese text cites in Chinese; what programs read stays as the lawbook writes it.
#[test]
fn duties_are_cited_in_the_language_of_the_reader() {
    let zh = book("zh");
    for cite in ["《个人信息保护法》第39条", "《个人信息保护法》第51条至第54条", "《数据安全法》第27条、第29条"]
    {
        assert!(zh.contains(cite), "{cite}");
    }
    let clocks = ends(folder().path(), &["clock", "list", "--lang", "zh"], 0);
    assert!(clocks.contains("《促进和规范数据跨境流动规定》第9条"), "{clocks}");
    let shown = ends(folder().path(), &["rules", "show", "cn.o16.8", "--lang", "zh"], 0);
    assert!(shown.starts_with("《促进和规范数据跨境流动规定》第8条："), "{shown}");
    let shown = ends(folder().path(), &["rules", "show", "cn.o16.8"], 0);
    assert!(shown.starts_with("CAC Order 16 art 8: "), "{shown}");
}

#[test]
fn lists_of_provisions_and_editions_fit_a_terminal_and_lose_nothing() {
    use unicode_width::UnicodeWidthStr as _;
    for lang in ["zh", "en"] {
        for command in ["list", "lists"] {
            let text = ends(folder().path(), &["rules", command, "--lang", lang], 0);
            let wide = text.lines().find(|line| line.width() > 80);
            assert_eq!(wide, None, "rules {command} in {lang}");
            assert!(!text.contains('…'), "rules {command} in {lang} cuts something");
            for one in if command == "list" { rules() } else { lists() } {
                assert!(text.contains(one["id"].as_str().expect("an id")), "{}", one["id"]);
            }
        }
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
