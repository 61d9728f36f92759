//! Forms filled in as somebody would, page by page.

use std::collections::BTreeMap;
use std::path::Path;

use cases::World;
use dossier::{Kind, Procedure};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::Browser;

/// What is typed where: inputs by name, with the values that are chosen or typed.
pub(crate) type Typed = BTreeMap<String, Vec<String>>;

const FILL: &str = "\
    let n = 0;\
    for (const [name, values] of Object.entries(arguments[0])) for (const el of document.getElementsByName(name)) {\
      if (el.type === 'radio' || el.type === 'checkbox') {\
        const on = values.includes(el.value);\
        if (el.checked !== on) { el.checked = on; n++; el.dispatchEvent(new Event('input', { bubbles: true })); }\
      } else if (el.type !== 'hidden' && el.value !== values[0]) { el.value = values[0]; n++; el.dispatchEvent(new Event('input', { bubbles: true })); }\
    }\
    return n;";

/// A complete made-up filing as it is typed.
pub(crate) fn example(world: &World<'_>, procedure: Procedure, on: Date, own: &[(&str, Value)]) -> Typed {
    let example = dossier::example(world.forms, procedure, on, 5);
    let mut values: BTreeMap<String, Value> =
        example.answers.iter().map(|(path, answer)| (path.to_string(), answer.value.clone())).collect();
    values.extend(own.iter().map(|(path, value)| ((*path).to_owned(), value.clone())));
    values.retain(|_, value| !value.is_null());
    let typed = values.into_iter().map(|(path, value)| {
        let field = path.parse::<dossier::AnswerPath>().unwrap().field();
        let kind = &world.forms.field(&field).unwrap().kind;
        (format!("answer.{path}"), typed(kind, &value))
    });
    typed.collect()
}

fn typed(kind: &Kind, value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (kind, value) {
        (Kind::Columns, Value::Array(of)) => vec![of.iter().map(text).collect::<Vec<_>>().join(", ")],
        (_, Value::Array(of)) => of.iter().map(text).collect(),
        (Kind::Size, Value::Object(of)) => vec![format!("{} {}", of["amount"], text(&of["unit"]))],
        _ => vec![text(value)],
    }
}

/// Goes through all steps of a case's forms, types, attaches a paper wherever one is asked for, and goes on.
pub(crate) async fn fill(browser: &Browser, case: &str, typed: &Typed, paper: &Path) {
    // What is asked for depends on what was answered: the second time there is little left.
    for time in 0..2 {
        browser.go(&format!("{case}/forms")).await;
        loop {
            browser.script(FILL, json!(typed)).await;
            if time == 0 {
                let inputs = "return [...document.querySelectorAll('.material input[type=file]')].map(i => i.id)";
                for id in browser.script(inputs, json!(null)).await.as_array().unwrap() {
                    browser.typed(id.as_str().unwrap(), paper.to_str().unwrap()).await;
                }
            }
            browser.post("button[name=go][value=next]").await;
            if !browser.path().await.contains("/forms/") {
                break;
            }
        }
    }
}

/// Opens a case by the page for it and gives its path.
pub(crate) async fn open(browser: &Browser, procedure: &str, title: &str) -> String {
    browser.go("/cases/new").await;
    browser.click(&format!("input[name=procedure][value={procedure}]")).await;
    browser.typed("title", title).await;
    browser.post("main form button.primary").await;
    let path = browser.path().await;
    let id = path.trim_start_matches("/cases/").split(['/', '?']).next().unwrap().to_owned();
    assert!(id.contains('-'), "no case was opened: {path}: {}", browser.text("main").await);
    format!("/cases/{id}")
}

/// Takes an action by its page; the words go into its text.
pub(crate) async fn act(browser: &Browser, case: &str, action: &str, typed: &[(&str, &str)]) {
    browser.go(&format!("{case}/act/{action}")).await;
    for (id, text) in typed {
        browser.script("const [name, value] = arguments[0]; const el = document.getElementById(name) || document.getElementsByName(name)[0];\
            el.value = value; el.dispatchEvent(new Event('input', { bubbles: true })); return 0", json!([id, text])).await;
    }
    browser.post(".act form .form-actions button").await;
    assert!(!browser.path().await.contains("/act/"), "`{action}` was refused: {}", browser.text("main").await);
}
