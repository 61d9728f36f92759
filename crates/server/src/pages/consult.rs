//! Consultations whose answer is public: a knowledge base for all, without anything of who asked.

use axum::extract::{Query, State};
use axum::response::Html;
use cases::{Case, Published};
use serde::Deserialize;
use serde_json::{Value, json};

use super::props::Say;
use super::shown;
use crate::desk::publication::{Piece, Shown, draft, published};
use crate::house::Shared;
use crate::problem::Problem;
use crate::who::Visitor;

/// Consultations on one page.
const PAGE: usize = 20;
/// What a consultation may be about: the options of the form's field.
const FIELD: &str = "consultation.procedure";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    about: String,
    page: usize,
}

/// `GET /consultations`.
pub(super) async fn page(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let all = published(&house).await?;
    let words: Vec<String> = wanted.q.to_lowercase().split_whitespace().take(8).map(str::to_owned).collect();
    let found: Vec<&Shown> = all.iter().filter(|one| one.fits(&words, &wanted.about)).collect();
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = wanted.page.clamp(1, pages);
    let link = |n: usize| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &wanted.q), ("about", &wanted.about)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("page", &n.to_string());
        format!("/consultations?{}", query.finish())
    };
    let number = |n: usize| crate::words::grouped(&minijinja::Value::from(n));
    let context = json!({
        "title": say.title("consult.title"),
        "filter": [
            {"kind": "text", "id": "q", "label": say.text("ui.search"), "value": wanted.q},
            {"kind": "select", "id": "about", "label": say.text("consult.about"), "options": abouts(say), "empty": say.text("rules.any"), "value": wanted.about},
        ],
        "clear": if wanted.q.is_empty() && wanted.about.is_empty() { "" } else { "/consultations" },
        "found": say.fill("consult.found", &[("n", &number(found.len()))]),
        "any": !all.is_empty(),
        "entries": found.iter().skip((page - 1) * PAGE).take(PAGE).map(|one| entry(say, one)).collect::<Vec<_>>(),
        "pagination": (pages > 1).then(|| json!({
            "from": (page - 1) * PAGE + 1, "to": (page * PAGE).min(found.len()), "total": number(found.len()),
            "previous": (page > 1).then(|| link(page - 1)), "next": (page < pages).then(|| link(page + 1)),
        })),
        "may_ask": visitor.who.as_ref().is_some_and(|who| who.role.is_handlers() && !who.guest),
    });
    shown(&house, &visitor, "consult/all.html", context)
}

fn abouts(say: Say<'_>) -> Vec<Value> {
    let field = say.house.world.forms.field(FIELD);
    let options = match field.map(|field| &field.kind) {
        Some(dossier::Kind::Choice { options }) => options.as_slice(),
        _ => &[],
    };
    options.iter().map(|option| json!({"value": option.id, "label": say.of(&option.title)})).collect()
}

fn pieces(say: Say<'_>, pieces: &[Piece]) -> Vec<Value> {
    let one = |piece: &Piece| match piece {
        Piece::Text(text) => json!({"text": text}),
        Piece::Blank(what) => json!({"blank": say.of(what)}),
    };
    pieces.iter().map(one).collect()
}

fn entry(say: Say<'_>, one: &Shown) -> Value {
    let about = one
        .of
        .about
        .as_deref()
        .and_then(|about| abouts(say).into_iter().find(|option| option["value"] == json!(about)));
    json!({
        "number": one.of.number, "day": say.day(one.of.day), "iso": one.of.day, "by": say.text(&format!("role.{}", one.of.by)),
        "about": about.map(|about| about["label"].clone()),
        "question": pieces(say, &one.question), "answer": pieces(say, &one.answer),
    })
}

/// What would be published of a case as it stands; none where there is nothing yet.
pub(super) fn preview(say: Say<'_>, case: &Case, action: &str) -> Option<Value> {
    matches!(action, "agree" | "object" | "publish")
        .then(|| Published::of(case))
        .flatten()
        .map(|of| entry(say, &Shown::new(of)))
}

/// Puts the question and the answer, with their blanks, into the field in which the text for publication is written.
pub(super) fn begin(case: &Case, action: &str, fields: &mut [Value]) {
    let is_empty = |field: &Value| field["value"].as_str().unwrap_or_default().is_empty();
    let field = fields.iter_mut().find(|field| field["id"] == json!("text") && is_empty(field));
    if let (true, Some(field), Some(text)) = (action == "redact", field, draft(case)) {
        field["value"] = json!(text);
    }
}
