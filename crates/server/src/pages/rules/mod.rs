//! The rule base to browse: provisions, zones' lists, the working-day calendar.

mod calendar;
mod lists;
mod provision;

use axum::extract::{Query, State};
use axum::response::Html;
use jiff::civil::Date;
use law::{Path, Rule, RuleBase, Status};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) use self::calendar::page as calendar;
pub(super) use self::lists::{all as lists, one as list};
pub(super) use self::provision::page as one;
use super::props::{Say, word};
use super::shown;
use crate::house::{House, Shared};
use crate::problem::Problem;
use crate::who::Visitor;

/// Provisions on one page.
const PAGE: usize = 40;

/// What the provisions are narrowed by.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Narrowed {
    q: String,
    instrument: String,
    path: String,
    certainty: String,
    /// In force on this day; `any`: whenever.
    on: String,
    page: usize,
}

impl Narrowed {
    fn link(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let all = [
            ("q", &self.q),
            ("instrument", &self.instrument),
            ("path", &self.path),
            ("certainty", &self.certainty),
            ("on", &self.on),
        ];
        for (name, value) in all.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { "/rules".to_owned() } else { format!("/rules?{query}") }
    }
}

/// The day that is asked about: today where nothing is said, none where any day will do.
fn day(house: &House, typed: &str) -> Result<Option<Date>, Problem> {
    match typed.trim() {
        "" => Ok(Some(house.today())),
        "any" => Ok(None),
        day => day
            .parse()
            .map(Some)
            .map_err(|_| Problem::bad("`on` 须为日期，如 2026-11-23", "`on` has to be a day such as 2026-11-23")),
    }
}

/// Whether a provision is one of those asked for.
fn fits(base: &RuleBase, rule: &Rule, of: &Narrowed, on: Option<Date>, words: &[String]) -> bool {
    let gives = |path: &str| match &rule.effect {
        law::Effect::Paths(paths) | law::Effect::Judgement { possible: paths, .. } => {
            paths.iter().any(|one| one.name() == path)
        }
        law::Effect::Adds { path: one, .. } => one.name() == path,
        law::Effect::Stop(_) => path == Path::Stop.name(),
        _ => path == "none",
    };
    let said = || {
        let cite = base.cited_rule(rule);
        let (title, text) = (&rule.title, &rule.provision);
        [&rule.id, &title.zh, &title.en, &text.zh, &text.en, &cite.zh, &cite.en]
            .map(|text| text.to_lowercase())
            .join("\n")
    };
    (of.instrument.is_empty() || rule.instrument == of.instrument)
        && (of.certainty.is_empty() || word(rule.status) == of.certainty)
        && (of.path.is_empty() || gives(&of.path))
        && on.is_none_or(|on| rule.in_force(on))
        && (words.is_empty() || {
            let said = said();
            words.iter().all(|word| said.contains(word.as_str()))
        })
}

/// `GET /rules`: the provisions, narrowed.
pub(super) async fn all(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(of): Query<Narrowed>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let base = house.world.base;
    let on = day(&house, &of.on)?;
    let words: Vec<String> = of.q.to_lowercase().split_whitespace().take(8).map(str::to_owned).collect();
    let mut found: Vec<&Rule> = base.rules().iter().filter(|rule| fits(base, rule, &of, on, &words)).collect();
    found.sort_by_cached_key(|rule| {
        (first_day(base, &rule.instrument), rule.instrument.clone(), lawview::reading_order(&rule.id))
    });
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = of.page.clamp(1, pages);
    let rows: Vec<Value> = found.iter().skip((page - 1) * PAGE).take(PAGE).map(|rule| row(say, rule)).collect();
    let columns = ["title", "effect", "in-force", "certainty"].map(|name| json!({"label": say.text(&format!("rules.column.{name}")), "kind": if name == "title" { "main" } else { "" }}));
    let number = |n: usize| crate::words::grouped(&minijinja::Value::from(n));
    let link = |n: usize| of.link(n);
    let pagination = (pages > 1).then(|| {
        json!({
            "from": (page - 1) * PAGE + 1, "to": (page * PAGE).min(found.len()), "total": number(found.len()),
            "previous": (page > 1).then(|| link(page - 1)), "next": (page < pages).then(|| link(page + 1)),
            "pages": (1..=pages).map(|n| json!({"n": n, "href": link(n), "current": n == page})).collect::<Vec<_>>(),
        })
    });
    let context = json!({
        "title": say.title("rules.title"),
        "filter": filters(say, &of, on),
        "q": of.q,
        "clear": if of.link(1) == "/rules" { "" } else { "/rules" },
        "found": say.fill("rules.found", &[("n", &number(found.len()))]),
        "day": on.map(|on| say.day(on)),
        "rows": rows,
        "columns": columns,
        "pagination": pagination,
        "version_of": base.version(),
        "checked": say.day(base.last_checked()),
        "all": base.rules().len(),
    });
    shown(&house, &visitor, "rules/all.html", context)
}

fn first_day(base: &RuleBase, instrument: &str) -> Option<Date> {
    base.rules().iter().filter(|rule| rule.instrument == instrument).map(|rule| rule.from).min()
}

fn row(say: Say<'_>, rule: &Rule) -> Value {
    let base = say.house.world.base;
    let (_, kind) = lawview::words::kind(&rule.effect);
    let effect = match &rule.effect {
        law::Effect::Paths(_) | law::Effect::Adds { .. } | law::Effect::Stop(_) => {
            lawview::words::effect(base, &rule.effect)
                .iter()
                .map(|line| say.of(line).to_owned())
                .collect::<Vec<_>>()
                .join(say.text("interview.or"))
        }
        _ => String::new(),
    };
    let cite = base.cited_rule(rule);
    json!({"cells": [
        {"text": say.of(&rule.title), "href": format!("/rules/{}", rule.id), "sub": format!("{} · {}", say.of(&cite), rule.id)},
        {"text": say.of(&kind), "sub": effect},
        {"text": in_force(say, rule.from, rule.to), "sort": rule.from.to_string()},
        {"certainty": rule.status, "text": ""},
    ]})
}

/// From when to when.
fn in_force(say: Say<'_>, from: Date, to: Option<Date>) -> String {
    match to {
        Some(to) => say.fill("rules.from-to", &[("from", &say.day(from)), ("to", &say.day(to))]),
        None => say.fill("rules.from", &[("from", &say.day(from))]),
    }
}

fn filters(say: Say<'_>, of: &Narrowed, on: Option<Date>) -> Value {
    let base = say.house.world.base;
    let used = |id: &&String| base.rules().iter().any(|rule| rule.instrument == **id);
    let mut instruments: Vec<_> = base.instruments().keys().filter(used).collect();
    instruments.sort_by_cached_key(|id| first_day(base, id));
    let instruments: Vec<Value> = instruments
        .into_iter()
        .filter_map(|id| Some(json!({"value": id, "label": say.of(&base.instruments().get(id)?.title)})))
        .collect();
    let paths: Vec<Value> =
        Path::ALL.iter().map(|path| json!({"value": path.name(), "label": say.of(&path.title())})).collect();
    let certainties = [Status::Confirmed, Status::Secondary, Status::Unconfirmed]
        .map(|status| json!({"value": word(status), "label": say.word("ui.certainty", status)}));
    let any = say.text("rules.any");
    json!([
        {"kind": "text", "id": "q", "label": say.text("ui.search"), "value": of.q},
        {"kind": "select", "id": "instrument", "label": say.text("rules.instrument"), "options": instruments, "empty": any, "value": of.instrument},
        {"kind": "select", "id": "path", "label": say.text("rules.path"), "options": paths, "empty": any, "value": of.path},
        {"kind": "select", "id": "certainty", "label": say.text("rules.column.certainty"), "options": certainties, "empty": any, "value": of.certainty},
        {"kind": "date", "id": "on", "label": say.text("rules.on"), "value": on.map(|on| on.to_string())},
    ])
}
