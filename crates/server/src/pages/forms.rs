//! The forms of a case, a step at a time, saved as they are filled in.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cases::{Case, Payload, Role, Version};
use dossier::Kind;
use serde::Deserialize;
use serde_json::{Value, json};

use super::case::{Looked, head, look, with};
use super::props::{Say, size};
use super::shown;
use crate::desk;
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::view::{Blank, Entry, FieldView, MaterialView, RowView, TableView, wizard};
use crate::who::{Visitor, Who};

/// What an answer's field is called in a form: `answer.scenario[1].name`.
const ANSWER: &str = "answer.";

/// `?add=scenario[1].item&kept=scenario[1].item[2]`: rows that are shown though nothing stands in them yet.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Added {
    add: String,
    /// Paths, with spaces between them.
    kept: String,
}

/// Empty rows that a page keeps in its address.
const MOST_KEPT: usize = 40;

pub(super) async fn first(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    shown_step(&house, &visitor, &who, &id, None, &Blank::default()).await
}

pub(super) async fn step(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path((id, step)): Path<(String, String)>,
    Query(added): Query<Added>,
) -> Result<Html<String>, Problem> {
    let blank =
        Blank { kept: added.kept.split_whitespace().take(MOST_KEPT).map(str::to_owned).collect(), add: added.add };
    shown_step(&house, &visitor, &who, &id, Some(&step), &blank).await
}

/// The forms of a case: those of its state, or else those it was filed with.
pub(super) fn forms_of(house: &House, case: &Case) -> Result<dossier::Procedure, Problem> {
    let procedure = house.procedure(case.procedure.as_str())?;
    let now = procedure.state(case.state.as_str()).and_then(|state| state.forms);
    let none = || Problem::not_found(law::Text::new("此程序没有表单", "this procedure has no forms"));
    now.or_else(|| procedure.states.iter().find_map(|state| state.forms)).ok_or_else(none)
}

async fn shown_step(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    id: &str,
    step: Option<&str>,
    blank: &Blank,
) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let Looked { case, view } = look(house, who, id, "forms", false).await?;
    let forms = forms_of(house, &case)?;
    let none = || Problem::not_found(law::Text::new("没有这一步", "there is no such step"));
    let found =
        wizard(house.world.forms, house.world.base, forms, &case, house.today(), step, blank).ok_or_else(none)?;
    let (steps, step) = found;
    let editable = super::act::offers(house, who, &case, "edit");
    let personal = desk::may_read_personal(house, who, &case);
    let sheet = Sheet { say, editable, personal, own_part: who.role == Role::Recipient, add: &blank.add };
    let list = steps.steps.iter().map(|head| {
        let state = match () {
            () if head.current => "current",
            () if head.gaps == 0 => "done",
            () => "todo",
        };
        json!({"label": say.of(&head.title), "href": format!("/cases/{id}/forms/{}", head.id), "state": state, "gaps": head.gaps, "marks": head.marks})
    });
    let done = steps.steps.iter().filter(|head| head.gaps == 0).count();
    let number = steps.steps.iter().position(|head| head.current).map_or(1, |at| at + 1);
    let link = |to: &Option<String>| to.as_ref().map(|to| format!("/cases/{id}/forms/{to}"));
    let entries = step.entries.iter().filter_map(|entry| sheet.entry(entry)).collect::<Vec<_>>();
    let others = step.others.iter().map(|gap| json!({"text": say.of(&gap.what), "mend": say.of(&gap.mend)}));
    let context = json!({
        "wizard": {"title": say.of(&steps.procedure), "action": format!("/cases/{id}/forms/{}", step.id)},
        "steps": {"list": list.collect::<Vec<_>>(), "done": done, "total": steps.steps.len()},
        "step": {"id": step.id, "title": say.of(&step.title), "number": number, "total": steps.steps.len()},
        "asked": entries,
        "materials": if who.role == Role::Recipient { Vec::new() } else { step.materials.iter().map(|material| sheet.material(id, material)).collect() },
        "others": if step.next.is_none() { others.collect::<Vec<_>>() } else { Vec::new() },
        "previous": link(&step.before),
        "next": link(&step.next),
        "editable": editable,
        "seen": case.version,
        "gaps": steps.gaps,
    });
    shown(house, visitor, "wizard.html", with(head(say, who, &view, "forms"), context))
}

struct Sheet<'a> {
    say: Say<'a>,
    editable: bool,
    personal: bool,
    own_part: bool,
    add: &'a str,
}

impl Sheet<'_> {
    /// An entry as the components take it; none where the reader has nothing to do with it.
    fn entry(&self, entry: &Entry) -> Option<Value> {
        match entry {
            // A recipient abroad sees what is said of recipients, and nothing else.
            Entry::Field(field) if self.own_part && !field.id.starts_with("scenario.recipient.") => None,
            Entry::Field(field) => Some(self.field(field)),
            Entry::Table(table) => self.table(table),
        }
    }

    fn table(&self, table: &TableView) -> Option<Value> {
        let mut rows: Vec<Value> = table.rows.iter().map(|row| self.row(table, row)).collect();
        if self.own_part {
            rows.retain(|row| row["entries"].as_array().is_some_and(|entries| !entries.is_empty()));
            if rows.is_empty() {
                return None;
            }
        }
        Some(json!({
            "entry": "table",
            "id": table.path,
            "legend": self.say.of(&table.title),
            "hint": self.say.of(&table.guidance),
            "required": table.required,
            "rows": rows,
            "errors": table.gaps.iter().map(|gap| self.say.of(&gap.what)).collect::<Vec<_>>(),
            "marks": table.marks,
            "next": table.next,
            "editable": self.editable,
            "adding": self.add == table.path,
        }))
    }

    fn row(&self, table: &TableView, row: &RowView) -> Value {
        let no = row.no.to_string();
        let title = row
            .label
            .clone()
            .unwrap_or_else(|| self.say.fill("forms.row", &[("title", self.say.of(&table.title)), ("n", &no)]));
        json!({"id": row.path, "no": row.no, "title": title,
               "entries": row.entries.iter().filter_map(|entry| self.entry(entry)).collect::<Vec<_>>()})
    }

    fn field(&self, field: &FieldView) -> Value {
        let say = self.say;
        let hidden = field.personal && !self.personal;
        let (kind, extra) = input(say, field);
        let origin = match field.origin {
            Some(dossier::Origin::Derived) => say.text("forms.derived"),
            Some(dossier::Origin::Officer) => say.text("forms.officer"),
            _ => "",
        };
        let value = match (hidden, &field.value) {
            (true, Some(_)) => json!("＊＊＊"),
            (false, Some(value)) => typed(&field.kind, value),
            (_, None) => Value::Null,
        };
        let mut shown = json!({
            "entry": "field",
            "kind": if self.editable && !hidden { kind } else { "static" },
            "id": field.path,
            "name": format!("{ANSWER}{}", field.path),
            "label": say.of(&field.title),
            "hint": say.of(&field.guidance),
            "required": field.required,
            "optional": !field.required,
            "value": value,
            "error": field.gaps.iter().filter(|gap| gap.code != dossier::GapCode::Missing).map(|gap| say.of(&gap.what)).next(),
            "missing": field.gaps.iter().any(|gap| gap.code == dossier::GapCode::Missing),
            "mark": field.marks.first(),
            "cite": field.cite,
            "certainty": field.certainty,
            "origin": origin,
            "personal": field.personal,
            "options": field.options.iter().map(|option| json!({"value": option.id, "label": say.of(&option.title)})).collect::<Vec<_>>(),
        });
        if !self.editable {
            shown["value"] = json!(read_only(say, field, &shown["value"]));
        }
        with(shown, extra)
    }

    fn material(&self, id: &str, material: &MaterialView) -> Value {
        let say = self.say;
        json!({
            "id": material.id,
            "label": say.of(&material.title),
            "hint": say.of(&material.guidance),
            "required": material.required,
            "accept": material.media_types.join(","),
            "cite": material.cite,
            "certainty": material.certainty,
            "file": material.attached.as_ref().map(|file| json!({"name": file.name, "href": format!("/cases/{id}/files/{}", file.digest),
                "size": size(file.size), "digest": file.digest})),
            "error": material.gaps.iter().filter(|gap| gap.code != dossier::GapCode::MissingMaterial).map(|gap| say.of(&gap.what)).next(),
            "mark": material.marks.first(),
        })
    }
}

/// The component for a kind of answer, and what it takes beside.
fn input(say: Say<'_>, field: &FieldView) -> (&'static str, Value) {
    let expects = say.of(&field.expects);
    match &field.kind {
        Kind::Text { max: Some(max @ 0..=100) } => ("text", json!({"max": max})),
        Kind::Text { max } => ("textarea", json!({"max": max, "rows": 4})),
        Kind::Choice { options } if options.len() <= 6 => ("radio", json!({})),
        Kind::Choice { .. } => ("select", json!({"empty": say.text("forms.choose")})),
        Kind::Choices { .. } => ("checkboxes", json!({})),
        Kind::YesNo => {
            let options = json!([{"value": "true", "label": say.text("forms.yes")}, {"value": "false", "label": say.text("forms.no")}]);
            ("radio", json!({"options": options}))
        }
        Kind::Tick => ("checkbox", json!({})),
        Kind::Day => ("date", json!({"size": "short"})),
        Kind::Persons => ("text", json!({"size": "short", "inputmode": "numeric", "unit": say.text("ui.persons")})),
        Kind::Number => ("text", json!({"size": "short", "inputmode": "numeric"})),
        Kind::Growth => ("text", json!({"size": "short", "unit": "%", "attrs": {"placeholder": "n/a"}})),
        Kind::Size => ("text", json!({"size": "short", "attrs": {"placeholder": "12 GB"}})),
        Kind::Phone => ("tel", json!({"size": "medium"})),
        Kind::Email => ("email", json!({"size": "medium"})),
        Kind::Uscc => ("text", json!({"size": "medium", "max": 18})),
        Kind::Country => ("text", json!({"size": "short", "max": 2, "attrs": {"placeholder": "NL"}})),
        Kind::Columns => ("text", json!({"attrs": {"placeholder": "orders.mobile, orders.name"}})),
        Kind::IdNumber { .. } | Kind::PersonName | Kind::Class => ("text", json!({"size": "medium"})),
        Kind::Computed { .. } => ("static", json!({"note": expects})),
    }
}

/// A value as it stands in its input.
fn typed(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::YesNo, Value::Bool(yes)) => json!(yes.to_string()),
        (Kind::Columns, Value::Array(names)) => {
            json!(names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        (Kind::Size, Value::Object(of)) => {
            let unit = of.get("unit").and_then(Value::as_str).unwrap_or_default();
            json!(format!("{} {unit}", of.get("amount").unwrap_or(&Value::Null)))
        }
        _ => value.clone(),
    }
}

/// A value in words, where it cannot be changed.
fn read_only(say: Say<'_>, field: &FieldView, value: &Value) -> String {
    let named = |id: &str| {
        let option = field.options.iter().find(|option| option.id == id);
        option.map_or_else(|| id.to_owned(), |option| say.of(&option.title).to_owned())
    };
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(true) => say.text("forms.yes").to_owned(),
        Value::Bool(false) => say.text("forms.no").to_owned(),
        Value::String(text) if matches!(field.kind, Kind::YesNo) => {
            say.text(if text == "true" { "forms.yes" } else { "forms.no" }).to_owned()
        }
        Value::String(text) => named(text),
        Value::Array(of) => {
            of.iter().filter_map(Value::as_str).map(named).collect::<Vec<_>>().join(say.text("ui.comma"))
        }
        Value::Number(number) => crate::words::grouped(&minijinja::Value::from(number.to_string())),
        Value::Object(_) => value.to_string(),
    }
}

/// Saves what was filled in. A page that saves as it goes asks for JSON and gets the version it has seen from now on.
pub(super) async fn save(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path((id, step)): Path<(String, String)>,
    headers: axum::http::HeaderMap,
    filled: Filled,
) -> Result<Response, Problem> {
    let case = desk::case_of(&house, &who, &id).await?;
    let quiet = headers.get("x-autosave").is_some();
    let row = filled.text("row").unwrap_or_default().to_owned();
    let mut payload = changes(&house, &case, &filled)?;
    if let Some(gone) = row.strip_prefix("remove:") {
        remove_row(&case, gone, &mut payload);
    }
    for (name, upload) in filled.uploads("material.") {
        payload.attachments.push(desk::keep(&house, &who, &case, upload, Some(name)).await?);
    }
    let version = if payload == Payload::default() {
        case.version
    } else {
        // Fields are saved one by one: what somebody else saved elsewhere meanwhile is not overwritten by it.
        let seen =
            filled.text("seen").and_then(|seen| seen.parse().ok()).filter(|_| !quiet).map_or(case.version, Version);
        let request = desk::request_name(filled.text("request"));
        let done = desk::acted(&house, &who, &case, "edit", seen, request, payload).await?;
        done.recorded.version
    };
    if quiet {
        let case = desk::case_of(&house, &who, &id).await?;
        return Ok(Json(saved(&house, &visitor, &case, &filled, version)?).into_response());
    }
    let here = format!("/cases/{id}/forms/{step}");
    let to = match (row.strip_prefix("add:"), row.strip_prefix("remove:"), filled.text("go")) {
        (Some(table), _, _) => {
            let query = with_blank(&[("add", table)], &blank_rows(&filled, ""));
            format!("{here}?{query}#add")
        }
        (None, Some(gone), _) => {
            let query = with_blank(&[("done", "saved")], &blank_rows(&filled, gone));
            format!("{here}?{query}")
        }
        (None, None, Some("leave")) => format!("/cases/{id}?done=saved"),
        (None, None, Some("next")) => {
            filled.text("next").map_or_else(|| format!("/cases/{id}?done=saved"), |next| super::back(next).to_owned())
        }
        _ => format!("{here}?done=saved"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// Rows that were on the page and into which nothing was typed, without the one that goes. Those of which an answer is kept are shown anyway.
fn blank_rows(filled: &Filled, gone: &str) -> Vec<String> {
    let mut rows: BTreeMap<String, bool> = BTreeMap::new();
    for (path, values) in filled.beginning(ANSWER) {
        let is_blank = values.iter().all(|value| value.trim().is_empty());
        for (end, _) in path.match_indices(']') {
            let blank = rows.entry(path[..=end].to_owned()).or_insert(true);
            *blank = *blank && is_blank;
        }
    }
    let stays = |row: &String| gone.is_empty() || !(row == gone || within(row, gone));
    rows.into_iter().filter(|(_, blank)| *blank).map(|(row, _)| row).filter(stays).take(MOST_KEPT).collect()
}

/// A query with the empty rows that stay on the page.
fn with_blank(pairs: &[(&str, &str)], blank: &[String]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    if !blank.is_empty() {
        query.append_pair("kept", &blank.join(" "));
    }
    query.finish()
}

fn changes(house: &House, case: &Case, filled: &Filled) -> Result<Payload, Problem> {
    let mut typed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, values) in filled.beginning(ANSWER) {
        typed.insert(path.to_owned(), values.to_vec());
    }
    // Boxes that were not ticked are not sent; the form names those it has.
    for path in filled.all("boxes") {
        typed.entry(path.clone()).or_default();
    }
    let answers = desk::changed_answers(house.world.forms, case, &typed)?;
    Ok(Payload { answers, ..Payload::default() })
}

/// Every answer of a row is taken away.
fn remove_row(case: &Case, row: &str, payload: &mut Payload) {
    payload.answers.retain(|path, _| !within(&path.to_string(), row));
    for (path, _) in case.dossier.answers.iter().filter(|(path, _)| within(&path.to_string(), row)) {
        payload.answers.insert(path.clone(), Value::Null);
    }
}

fn within(path: &str, row: &str) -> bool {
    path.strip_prefix(row).is_some_and(|rest| rest.starts_with('.'))
}

/// What is wrong with the fields that were just saved.
fn saved(house: &House, visitor: &Visitor, case: &Case, filled: &Filled, version: Version) -> Result<Value, Problem> {
    let say = Say::new(house, visitor.lang);
    let forms = forms_of(house, case)?;
    let gaps = dossier::gaps(house.world.forms, house.world.base, forms, &case.dossier, house.today());
    let sent: Vec<&str> = filled.beginning(ANSWER).map(|(path, _)| path).collect();
    let errors: BTreeMap<String, &str> = sent
        .iter()
        .map(|path| {
            let gap = gaps.iter().find(|gap| gap.path == **path && gap.code != dossier::GapCode::Missing);
            ((*path).to_owned(), gap.map_or("", |gap| say.of(&gap.what)))
        })
        .collect();
    Ok(json!({"version": version, "gaps": gaps.len(), "errors": errors}))
}

/// A form as it is printed.
pub(super) async fn print(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path((id, form)): Path<(String, String)>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { case, view } = look(&house, &who, &id, "form", false).await?;
    if who.role == Role::Recipient {
        return Err(Problem::forbidden());
    }
    let forms = forms_of(&house, &case)?;
    let none = || Problem::not_found(law::Text::new("没有这份表单", "there is no such form"));
    let printed = dossier::view(house.world.forms, &form, forms, &case.dossier.answers).ok_or_else(none)?;
    let personal = desk::may_read_personal(&house, &who, &case);
    let sections = printed.sections.iter().filter(|section| !section.entries.is_empty()).map(|section| {
        let entries = section.entries.iter().map(|entry| {
            let value = match &entry.value {
                _ if entry.field.personal && !personal => "＊＊＊".to_owned(),
                None => String::new(),
                Some(value) => printed_value(say, entry.field, value),
            };
            json!({"title": say.of(entry.title), "value": value, "path": entry.path.to_string()})
        });
        json!({"no": section.section.no, "title": say.of(&section.section.title), "entries": entries.collect::<Vec<_>>()})
    });
    let sections: Vec<Value> = sections.collect();
    let context = json!({"form": {"title": say.of(&printed.form.title), "edition": printed.form.edition, "cite": printed.form.cite,
        "certainty": printed.form.certainty}, "sections": sections});
    shown(&house, &visitor, "print.html", with(head(say, &who, &view, "documents"), context))
}

fn printed_value(say: Say<'_>, field: &dossier::Field, value: &Value) -> String {
    let named = |id: &str| {
        let option = field.kind.options().iter().find(|option| option.id == id);
        option.map_or_else(|| id.to_owned(), |option| say.of(&option.title).to_owned())
    };
    match value {
        Value::String(text) => named(text),
        Value::Bool(yes) => say.text(if *yes { "forms.yes" } else { "forms.no" }).to_owned(),
        Value::Array(of) => {
            of.iter().filter_map(Value::as_str).map(named).collect::<Vec<_>>().join(say.text("ui.comma"))
        }
        other => match typed(&field.kind, other) {
            Value::String(text) => text,
            other => crate::words::grouped(&minijinja::Value::from(other.to_string())),
        },
    }
}
