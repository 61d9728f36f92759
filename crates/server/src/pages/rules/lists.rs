//! Zones' lists: every edition, and one of them with its rows, scenarios and fields.

use axum::extract::{Path, State};
use axum::response::Html;
use law::{Band, Extent, FieldSet, ListEdition, ListKind, ListReading, ListRow, PersonKind, ResidualRow, Text};
use serde_json::{Value, json};

use super::provision::sourced;
use crate::house::Shared;
use crate::pages::props::Say;
use crate::pages::shown;
use crate::problem::Problem;
use crate::who::Visitor;

/// `GET /lists`.
pub(in crate::pages) async fn all(State(house): State<Shared>, visitor: Visitor) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let today = house.today();
    let rows = house.world.base.lists().iter().map(|edition| {
        let n = edition.row.len() + edition.residual.len() + edition.scale.len();
        let state = if edition.in_force(today) { say.text("lists.now") } else { say.text("lists.past") };
        json!({"cells": [
            {"text": say.of(&edition.title), "href": format!("/lists/{}", edition.id), "sub": format!("{} · {}", kind(say, edition), edition.id)},
            {"text": zones(say, edition).join(say.text("ui.comma"))},
            {"text": super::in_force(say, edition.in_force.from, edition.in_force.to), "sub": state, "sort": edition.in_force.from.to_string()},
            {"text": extent(say, edition.known), "sub": say.fill("lists.rows", &[("n", &n.to_string())])},
            {"text": "", "certainty": edition.status},
        ]})
    });
    let columns = ["list", "zones", "in-force", "held", "certainty"]
        .map(|name| json!({"label": say.text(&format!("lists.column.{name}"))}));
    let context = json!({"title": say.title("lists.title"), "rows": rows.collect::<Vec<_>>(), "columns": columns});
    shown(&house, &visitor, "rules/lists.html", context)
}

fn kind(say: Say<'_>, edition: &ListEdition) -> String {
    let key = match edition.kind {
        ListKind::Negative => "lists.kind.negative",
        ListKind::General => "lists.kind.general",
    };
    say.text(key).to_owned()
}

fn extent(say: Say<'_>, known: Extent) -> String {
    let key = match known {
        Extent::Whole => "lists.held.whole",
        Extent::Partial => "lists.held.partial",
    };
    say.text(key).to_owned()
}

/// The zones by name, and the cities whose handlers outside any zone may use the list.
fn zones(say: Say<'_>, edition: &ListEdition) -> Vec<String> {
    let names = say.house.world.base.fact("handler.zone");
    let zones = edition.zones.iter().map(|zone| {
        let words = names.and_then(|fact| fact.words.get(zone));
        words.map_or_else(|| zone.clone(), |words| say.of(words).to_owned())
    });
    let cities = edition.cities.iter().map(|head| say.fill("lists.city", &[("code", head)]));
    zones.chain(cities).collect()
}

/// `GET /lists/{id}`.
pub(in crate::pages) async fn one(
    State(house): State<Shared>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let base = house.world.base;
    let none = || Problem::not_found(Text::new("没有这份清单", "there is no such list"));
    let edition = base.list(&id).ok_or_else(none)?;
    let has = &edition.published;
    let published =
        [(has.sectors, "sectors"), (has.scenarios, "scenarios"), (has.rows, "rows"), (has.fields, "fields")];
    let published = published
        .iter()
        .filter_map(|(n, what)| Some(say.fill(&format!("lists.published.{what}"), &[("n", &(*n)?.to_string())])));
    let published: Vec<String> = published.collect();
    let columns = ["row", "scenarios", "ordinary", "sensitive", "path", "certainty"]
        .map(|name| json!({"label": say.text(&format!("lists.column.{name}"))}));
    let context = json!({
        "title": say.of(&edition.title),
        "kind": kind(say, edition),
        "edition": edition.edition,
        "id": edition.id,
        "status": edition.status,
        "zones": zones(say, edition),
        "in_force": super::in_force(say, edition.in_force.from, edition.in_force.to),
        "now": edition.in_force(house.today()),
        "today": say.day(house.today()),
        "settled_from": edition.in_force.settled_from.map(|day| say.day(day)),
        "known": extent(say, edition.known),
        "whole": edition.known == Extent::Whole,
        "missing": edition.missing.as_ref().map(|text| say.of(text)),
        "users": say.of(&edition.users),
        "ciio": say.of(&edition.ciio),
        "published": published.join(say.text("ui.comma")),
        "superseded_by": edition.superseded_by.as_ref().and_then(|id| base.list(id)).map(|other| json!({"href": format!("/lists/{}", other.id), "title": say.of(&other.title)})),
        "adopts": edition.adopts.as_ref().map(|adopts| json!({"text": say.of(&adopts.text), "cite": say.of(&base.cited(&adopts.cite)), "status": adopts.status})),
        "sectors": edition.sector.iter().map(|sector| sector_shown(say, edition, sector)).collect::<Vec<_>>(),
        "scale": edition.scale.iter().map(|row| json!({"what": say.of(&row.what), "persons": say.of(&lawview::words::persons(row.persons_held)), "href": rule(edition, &row.id), "status": row.status})).collect::<Vec<_>>(),
        "duties": edition.duty.iter().map(|duty| json!({"text": say.of(&duty.text), "cite": say.of(&base.cited(&duty.cite)), "status": duty.status})).collect::<Vec<_>>(),
        "also_check": edition.also_check.iter().map(|one| json!({"text": say.of(&one.why), "status": one.status})).collect::<Vec<_>>(),
        "notes": readings(say, &edition.note),
        "source": edition.source.iter().map(|source| sourced(source)).collect::<Vec<_>>(),
        "checked": say.fill("rules.checked", &[("day", &say.day(edition.last_checked.on))]),
        "against": edition.last_checked.against,
        "reviewed_by": edition.reviewed_by.trim(),
        "columns": columns,
    });
    shown(&house, &visitor, "rules/list.html", context)
}

fn rule(edition: &ListEdition, id: &str) -> String {
    format!("/rules/{}.{id}", edition.rule_prefix())
}

fn readings(say: Say<'_>, readings: &[ListReading]) -> Vec<Value> {
    readings.iter().map(|reading| json!({"text": say.of(&reading.text), "status": reading.status})).collect()
}

fn sector_shown(say: Say<'_>, edition: &ListEdition, sector: &law::ListSector) -> Value {
    let slug = sector.slug();
    let place = |n: &Option<String>| n.as_ref().and_then(|n| n.parse::<u32>().ok()).unwrap_or(u32::MAX);
    let rows =
        edition.row.iter().filter(|row| row.sector == slug).map(|row| (place(&row.n), row_shown(say, edition, row)));
    let rest = edition
        .residual
        .iter()
        .filter(|row| row.sector == slug)
        .map(|row| (place(&row.n), residual(say, edition, row)));
    let mut rows: Vec<(u32, Value)> = rows.chain(rest).collect();
    rows.sort_by_key(|(n, _)| *n);
    let scenarios = sector.scenario.iter().map(|scenario| {
        let sets = scenario.fields.iter().filter_map(|id| edition.field_set.iter().find(|set| &set.id == id));
        json!({
            "name": say.of(&scenario.name), "slug": scenario.slug(), "definition": scenario.definition.as_ref().map(|text| say.of(text)),
            "fields": sets.map(|set| fields(say, set)).collect::<Vec<_>>(),
        })
    });
    json!({
        "name": say.of(&sector.name), "slug": slug, "rows": rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        "scenarios": scenarios.collect::<Vec<_>>(),
    })
}

fn fields(say: Say<'_>, set: &FieldSet) -> Value {
    let key = match set.kind {
        PersonKind::Ordinary => "lists.fields.ordinary",
        PersonKind::Sensitive => "lists.fields.sensitive",
    };
    json!({
        "kind": say.text(key), "names": set.fields.iter().map(|name| say.of(name)).collect::<Vec<_>>(), "open": set.open_ended,
        "limits": set.limits.as_ref().map(|text| say.of(text)), "status": set.status,
    })
}

fn persons(say: Say<'_>, band: Option<Band>) -> String {
    band.map_or_else(|| "—".to_owned(), |band| say.of(&lawview::words::persons(band)).to_owned())
}

fn row_shown(say: Say<'_>, edition: &ListEdition, row: &ListRow) -> Value {
    let names = row
        .scenarios
        .iter()
        .filter_map(|slug| edition.scenario(&row.sector, slug))
        .map(|scenario| say.of(&scenario.name));
    let names = names.collect::<Vec<_>>().join(say.text("ui.comma"));
    let paths: Vec<Text> = row.path.paths().iter().map(|path| path.title()).collect();
    let paths = paths.iter().map(|path| say.of(path)).collect::<Vec<_>>().join(say.text("interview.or"));
    let filing = row.path == law::ListPath::FreeAfterFiling;
    // Rows on important data of the same scenarios became one provision, the first's.
    let first = edition.row.iter().find(|other| {
        row.important.is_some()
            && other.important.is_some()
            && other.sector == row.sector
            && other.scenarios == row.scenarios
    });
    let notes = row.reading.iter().map(|reading| say.of(&reading.text)).chain(row.note.iter().map(|note| say.of(note)));
    let (ordinary, sensitive) = match &row.important {
        Some(what) => (say.fill("lists.important", &[("what", say.of(what))]), String::new()),
        None => (persons(say, row.ordinary), persons(say, row.sensitive)),
    };
    json!({"cells": [
        {"text": row.n.as_deref().unwrap_or(&row.id), "href": rule(edition, first.map_or(&row.id, |row| &row.id))},
        {"text": names, "sub": notes.collect::<Vec<_>>().join(" ")},
        {"text": ordinary},
        {"text": sensitive},
        {"text": paths, "sub": if filing { say.text("lists.after-filing") } else { "" }},
        {"text": "", "certainty": row.status},
    ]})
}

fn residual(say: Say<'_>, edition: &ListEdition, row: &ResidualRow) -> Value {
    let paths: Vec<Text> = row.path.paths().iter().map(|path| path.title()).collect();
    let paths = paths.iter().map(|path| say.of(path)).collect::<Vec<_>>().join(say.text("interview.or"));
    json!({"cells": [
        {"text": row.n.as_deref().unwrap_or(&row.id), "href": rule(edition, &row.id)},
        {"text": say.text("lists.residual")},
        {"text": persons(say, Some(row.ordinary))},
        {"text": persons(say, Some(row.sensitive))},
        {"text": paths},
        {"text": "", "certainty": row.status},
    ]})
}
