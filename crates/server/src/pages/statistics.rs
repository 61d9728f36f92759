//! Statistics: open to all with small counts withheld; officers see those of their province as they are.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use cases::{Counted, Scope, StatisticsQuery};
use doors::{Action, Resource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::props::Say;
use super::{places, shown};
use crate::charts::{Figure, Series, bars, lines};
use crate::desk;
use crate::desk::statistics::{Atom, Axis, Figures, LEAST, all_figures, public_figures};
use crate::house::{House, Shared};
use crate::problem::Problem;
use crate::who::Visitor;

/// Months that are shown where nothing else is asked for.
const MONTHS: i64 = 24;
/// Rows of a chart of bars; the table has all.
const MOST_BARS: usize = 12;
/// What a case comes to.
const RESULTS: [Counted; 4] = [Counted::Approved, Counted::ApprovedInPart, Counted::Filed, Counted::Refused];

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// The first month, `2026-01`.
    from: String,
    /// The last month.
    to: String,
    procedure: String,
    /// Of an officer who may see all provinces: only this one.
    province: String,
    /// `public`: what the public sees, for whoever may see more.
    view: String,
}

impl Wanted {
    fn month_fits(&self, month: &str) -> bool {
        (self.from.is_empty() || month >= self.from.as_str()) && (self.to.is_empty() || month <= self.to.as_str())
    }

    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let all = [
            ("from", &self.from),
            ("to", &self.to),
            ("procedure", &self.procedure),
            ("province", &self.province),
            ("view", &self.view),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| {
            query.append_pair(name, value);
        });
        query.finish()
    }
}

/// What somebody sees: the figures, and whether small counts are in them.
struct Seen {
    figures: Arc<Figures>,
    open: bool,
    /// The one province that is seen.
    province: Option<String>,
    may_choose: bool,
    wanted: Wanted,
}

async fn seen(house: &House, visitor: &Visitor, mut wanted: Wanted) -> Result<Seen, Problem> {
    for month in [&mut wanted.from, &mut wanted.to] {
        *month = month.trim().to_owned();
        let fits = month.len() == 7 && format!("{month}-01").parse::<jiff::civil::Date>().is_ok();
        if !month.is_empty() && !fits {
            return Err(Problem::bad("月份须如 2026-01", "a month is written as 2026-01"));
        }
    }
    if !wanted.procedure.is_empty() {
        house.procedure(&wanted.procedure)?;
    }
    let may = |who: &&crate::who::Who| desk::may(house, who, Action::ReadStatistics, Resource::Installation).is_ok();
    let scope = visitor.who.as_ref().filter(may).filter(|_| wanted.view != "public").map(|who| who.scope().clone());
    let (province, may_choose) = match scope {
        Some(Scope::Province(region)) => (Some(region), false),
        Some(Scope::All) => (Some(wanted.province.clone()).filter(|code| !code.is_empty()), true),
        // Others have to do with single cases: of all of them they see what everybody sees.
        _ => {
            wanted.province.clear();
            let figures = public_figures(house).await?;
            return Ok(Seen { figures, open: true, province: None, may_choose: false, wanted });
        }
    };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let query = StatisticsQuery {
        from: some(&wanted.from),
        to: some(&wanted.to),
        province: province.clone(),
        ..StatisticsQuery::default()
    };
    let figures = Arc::new(all_figures(house, &query).await?);
    Ok(Seen { figures, open: false, province, may_choose, wanted })
}

/// The months from the first to the last with none left out; at most so many, the newest.
fn months(seen: &Seen, today: jiff::civil::Date) -> Vec<String> {
    let keys = seen.figures.keys(Axis::Month, "");
    let fits: Vec<&str> = keys.into_iter().filter(|month| seen.wanted.month_fits(month)).collect();
    let now = format!("{:04}-{:02}", today.year(), today.month());
    let (Some(first), Some(last)) = (fits.first(), fits.last()) else { return Vec::new() };
    let last = if seen.wanted.to.is_empty() { now.as_str().max(last) } else { last };
    let number = |month: &str| {
        let (year, month) = month.split_once('-')?;
        Some(year.parse::<i64>().ok()? * 12 + month.parse::<i64>().ok()? - 1)
    };
    let (Some(first), Some(last)) = (number(first), number(last)) else { return Vec::new() };
    let first = if seen.wanted.from.is_empty() { first.max(last - MONTHS + 1) } else { first };
    (first..=last).map(|n| format!("{:04}-{:02}", n / 12, n % 12 + 1)).collect()
}

fn grouped(n: u64) -> String {
    crate::words::grouped(&minijinja::Value::from(n))
}

/// A figure as a table says it.
fn told(say: Say<'_>, figure: Figure) -> Value {
    match figure {
        Figure::Is(n) => json!({"text": grouped(n), "sort": n}),
        Figure::AtLeast(n) => json!({"text": format!("{}+", grouped(n)), "sort": n}),
        Figure::Withheld => json!({"text": say.text("statistics.withheld"), "sort": ""}),
    }
}

/// One cell: of a single atom it is said whether it is small.
fn cell(say: Say<'_>, seen: &Seen, counted: &[Counted], axis: Axis, key: &str) -> Value {
    let procedure = seen.wanted.procedure.as_str();
    let atoms: Vec<Atom> = seen
        .figures
        .lines
        .iter()
        .filter(|((what, by, of), _)| {
            counted.contains(what) && *by == axis && (procedure.is_empty() || of == procedure)
        })
        .filter_map(|(_, line)| line.get(key).copied())
        .filter(|atom| *atom != Atom::Is(0))
        .collect();
    match atoms.as_slice() {
        [Atom::Small] => json!({"text": format!("<{LEAST}"), "sort": 1}),
        _ => told(say, seen.figures.sum(counted, axis, procedure, |one| one == key)),
    }
}

/// `GET /statistics`.
pub(super) async fn page(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let seen = seen(&house, &visitor, wanted).await?;
    let months = months(&seen, house.today());
    let charts: Vec<Value> = [
        over_time(say, &seen, &months),
        results(say, &seen, &months),
        by_procedure(say, &seen),
        times(say, &seen),
        by(say, &seen, Axis::Sector),
        by(say, &seen, Axis::Province),
        by(say, &seen, Axis::Field),
    ]
    .into_iter()
    .flatten()
    .collect();
    let query = seen.wanted.query();
    let with = |path: &str| if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let scope = match (&seen.province, seen.open) {
        (Some(code), _) => places::province(code).map_or_else(|| code.clone(), |name| say.of(&name).to_owned()),
        (None, _) => say.text("statistics.all-provinces").to_owned(),
    };
    let public = Wanted { view: "public".to_owned(), province: String::new(), ..seen.wanted.clone() }.query();
    let own = Wanted { view: String::new(), ..seen.wanted.clone() }.query();
    let is_officer = visitor
        .who
        .as_ref()
        .is_some_and(|who| desk::may(&house, who, Action::ReadStatistics, Resource::Installation).is_ok());
    let context = json!({
        "title": say.title("statistics.title"),
        "scope": scope,
        "open": seen.open,
        "other_view": is_officer.then(|| if seen.open { json!({"href": format!("/statistics?{own}"), "label": say.text("statistics.view.own")}) } else { json!({"href": format!("/statistics?{public}"), "label": say.text("statistics.view.public")}) }),
        "filter": filters(say, &seen),
        "clear": if query.is_empty() { "" } else { "/statistics" },
        "tiles": tiles(say, &seen),
        "charts": charts,
        "csv": with("/statistics.csv"),
        "json": with("/statistics.json"),
        "as_of": say.moment(house.now()),
        "least": LEAST,
    });
    shown(&house, &visitor, "statistics.html", context)
}

fn filters(say: Say<'_>, seen: &Seen) -> Value {
    let procedures: Vec<Value> = say
        .house
        .world
        .procedures
        .all()
        .iter()
        .map(|one| json!({"value": one.id, "label": say.of(&one.name)}))
        .collect();
    let mut fields = vec![
        json!({"kind": "month", "id": "from", "label": say.text("statistics.from"), "value": seen.wanted.from, "attrs": {"placeholder": "2026-01", "pattern": "[0-9]{4}-[0-9]{2}"}}),
        json!({"kind": "month", "id": "to", "label": say.text("statistics.to"), "value": seen.wanted.to, "attrs": {"placeholder": "2026-12", "pattern": "[0-9]{4}-[0-9]{2}"}}),
        json!({"kind": "select", "id": "procedure", "label": say.text("statistics.procedure"), "options": procedures, "empty": say.text("rules.any"), "value": seen.wanted.procedure}),
    ];
    if seen.may_choose {
        let provinces: Vec<Value> = places::PROVINCES
            .iter()
            .filter_map(|(code, ..)| Some(json!({"value": code, "label": say.of(&places::province(code)?)})))
            .collect();
        fields.push(json!({"kind": "select", "id": "province", "label": say.text("statistics.province"), "options": provinces, "empty": say.text("rules.any"), "value": seen.wanted.province}));
    }
    Value::Array(fields)
}

fn tiles(say: Say<'_>, seen: &Seen) -> Vec<Value> {
    let of: [(&str, &[Counted]); 5] = [
        ("submitted", &[Counted::Submitted]),
        ("accepted", &[Counted::Accepted]),
        ("approved", &[Counted::Approved, Counted::ApprovedInPart, Counted::Filed]),
        ("refused", &[Counted::Refused]),
        ("returned", &[Counted::Returned]),
    ];
    let one = |(name, counted): (&str, &[Counted])| {
        let figure =
            seen.figures.sum(counted, Axis::Month, &seen.wanted.procedure, |month| seen.wanted.month_fits(month));
        json!({"label": say.text(&format!("statistics.tile.{name}")), "value": told(say, figure)["text"]})
    };
    of.into_iter().map(one).collect()
}

fn month_label(month: &str) -> String {
    month.get(2..).map(|short| short.replace('-', "/")).unwrap_or_default()
}

fn column(label: &str, number: bool) -> Value {
    json!({"label": label, "kind": if number { "number" } else { "main" }})
}

/// Counts of several kinds, month by month.
fn by_month(say: Say<'_>, seen: &Seen, months: &[String], id: &str, kinds: &[(&str, &[Counted])]) -> Option<Value> {
    if months.is_empty() {
        return None;
    }
    let title = say.text(&format!("statistics.chart.{id}")).to_owned();
    let figures = |counted: &[Counted]| -> Vec<Figure> {
        months
            .iter()
            .map(|month| seen.figures.sum(counted, Axis::Month, &seen.wanted.procedure, |one| one == month))
            .collect()
    };
    let series: Vec<Series> = kinds
        .iter()
        .zip(1_u8..)
        .map(|((name, counted), class)| Series {
            name: say.text(&format!("statistics.counted.{name}")).to_owned(),
            class: [1, 3, 6, 5, 2][usize::from(class - 1) % 5],
            figures: figures(counted),
        })
        .collect();
    let labels: Vec<String> = months.iter().map(|month| month_label(month)).collect();
    let svg = lines(&title, &labels, &series);
    let mut columns = vec![column(say.text("statistics.month"), false)];
    columns.extend(series.iter().map(|one| column(&one.name, true)));
    let rows: Vec<Value> = months
        .iter()
        .map(|month| {
            let mut cells = vec![json!({"text": month})];
            cells.extend(kinds.iter().map(|(_, counted)| cell(say, seen, counted, Axis::Month, month)));
            json!({"cells": cells})
        })
        .collect();
    let key: Vec<Value> =
        series.iter().map(|one| json!({"name": one.name, "class": format!("c{}", one.class)})).collect();
    Some(json!({"id": id, "title": title, "svg": svg, "columns": columns, "rows": rows, "key": key, "whole": true}))
}

fn over_time(say: Say<'_>, seen: &Seen, months: &[String]) -> Option<Value> {
    let kinds: [(&str, &[Counted]); 3] = [
        ("submitted", &[Counted::Submitted]),
        ("accepted", &[Counted::Accepted]),
        ("approved-any", &[Counted::Approved, Counted::ApprovedInPart, Counted::Filed]),
    ];
    by_month(say, seen, months, "months", &kinds)
}

fn results(say: Say<'_>, seen: &Seen, months: &[String]) -> Option<Value> {
    let kinds: [(&str, &[Counted]); 4] = [
        ("approved", &[Counted::Approved]),
        ("filed", &[Counted::Filed]),
        ("approved-in-part", &[Counted::ApprovedInPart]),
        ("refused", &[Counted::Refused]),
    ];
    by_month(say, seen, months, "results", &kinds)
}

fn procedure_name(say: Say<'_>, id: &str) -> String {
    say.house.procedure(id).map_or_else(|_| id.to_owned(), |procedure| say.of(&procedure.name).to_owned())
}

/// Bars with a table of submitted, accepted, results beside them.
fn barred(
    say: Say<'_>,
    id: &str,
    note: Option<&str>,
    name: &str,
    rows: Vec<(String, Figure, Vec<Value>)>,
    heads: &[&str],
) -> Option<Value> {
    if rows.is_empty() {
        return None;
    }
    let title = say.text(&format!("statistics.chart.{id}")).to_owned();
    let drawn: Vec<(String, Figure)> =
        rows.iter().take(MOST_BARS).map(|(name, figure, _)| (name.clone(), *figure)).collect();
    let svg = bars(&title, &drawn, 1);
    let mut columns = vec![column(say.text(name), false)];
    columns.extend(heads.iter().map(|head| column(say.text(&format!("statistics.counted.{head}")), true)));
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|(name, _, cells)| {
            let mut all = vec![json!({"text": name})];
            all.extend(cells);
            json!({"cells": all})
        })
        .collect();
    Some(json!({"id": id, "title": title, "note": note, "svg": svg, "columns": columns, "rows": rows}))
}

fn order(rows: &mut [(String, Figure, Vec<Value>)]) {
    rows.sort_by(|(one, figure, _), (other, than, _)| than.drawn().cmp(&figure.drawn()).then_with(|| one.cmp(other)));
}

fn by_procedure(say: Say<'_>, seen: &Seen) -> Option<Value> {
    let all: Vec<&str> = seen
        .figures
        .procedures()
        .into_iter()
        .filter(|id| seen.wanted.procedure.is_empty() || *id == seen.wanted.procedure)
        .collect();
    let sum = |counted: &[Counted], id: &str| {
        seen.figures.sum(counted, Axis::Month, id, |month| seen.wanted.month_fits(month))
    };
    let mut rows: Vec<(String, Figure, Vec<Value>)> = all
        .into_iter()
        .map(|id| {
            let submitted = sum(&[Counted::Submitted], id);
            let cells = [&[Counted::Submitted] as &[Counted], &[Counted::Accepted], &RESULTS[..3], &[Counted::Refused]]
                .map(|counted| told(say, sum(counted, id)));
            (procedure_name(say, id), submitted, cells.to_vec())
        })
        .filter(|(_, figure, _)| *figure != Figure::Is(0))
        .collect();
    order(&mut rows);
    barred(say, "procedures", None, "statistics.procedure", rows, &["submitted", "accepted", "approved-any", "refused"])
}

/// By sector, by province or by the field that was marked.
fn by(say: Say<'_>, seen: &Seen, axis: Axis) -> Option<Value> {
    if axis == Axis::Province && seen.province.is_some() {
        return None;
    }
    let main = if axis == Axis::Field { Counted::Marked } else { Counted::Submitted };
    let counted: &[&[Counted]] = if axis == Axis::Field {
        &[&[Counted::Marked]]
    } else {
        &[&[Counted::Submitted], &[Counted::Accepted], &RESULTS[..3]]
    };
    let heads: &[&str] = if axis == Axis::Field { &["marked"] } else { &["submitted", "accepted", "approved-any"] };
    let procedure = seen.wanted.procedure.as_str();
    let mut rows: Vec<(String, Figure, Vec<Value>)> = Vec::new();
    for key in seen.figures.keys(axis, procedure) {
        let figure = seen.figures.sum(&[main], axis, procedure, |one| one == key);
        let Some(name) = key_name(say, seen, axis, key) else { continue };
        if figure != Figure::Is(0) {
            rows.push((name, figure, counted.iter().map(|counted| cell(say, seen, counted, axis, key)).collect()));
        }
    }
    order(&mut rows);
    let note = (seen.open && axis != Axis::Month).then(|| say.text("statistics.all-months"));
    let id = match axis {
        Axis::Month => return None,
        Axis::Sector => "sectors",
        Axis::Province => "provinces",
        Axis::Field => "fields",
    };
    barred(say, id, note, &format!("statistics.{}", axis.word()), rows, heads)
}

/// The name of a key; none where it must not be named: what somebody wrote as their sector may name them.
fn key_name(say: Say<'_>, seen: &Seen, axis: Axis, key: &str) -> Option<String> {
    match axis {
        Axis::Month => Some(key.to_owned()),
        Axis::Province => Some(places::province(key).map_or_else(|| key.to_owned(), |name| say.of(&name).to_owned())),
        Axis::Field => {
            let forms = say.house.world.forms;
            let title = forms.field(key).map(|field| say.of(&field.title).to_owned());
            title
                .or_else(|| forms.material(key).map(|material| say.of(&material.title).to_owned()))
                .or_else(|| (!seen.open).then(|| key.to_owned()))
        }
        Axis::Sector => {
            let known = format!("sector.{key}");
            let listed = say
                .house
                .world
                .base
                .lists()
                .iter()
                .find_map(|edition| edition.sector(key))
                .map(|sector| say.of(&sector.name).to_owned());
            let named = say.house.catalogue.text(say.lang, &known).map(str::to_owned).or(listed);
            let released = seen.figures.sum(&[Counted::Opened], axis, "", |one| one == key);
            named.or_else(|| {
                (!seen.open || matches!(released, Figure::Is(_) | Figure::AtLeast(_))).then(|| key.to_owned())
            })
        }
    }
}

/// How long it took, by procedure.
fn times(say: Say<'_>, seen: &Seen) -> Option<Value> {
    let days = |days: Option<u32>| {
        days.map_or_else(
            || json!({"text": say.text("statistics.withheld"), "sort": ""}),
            |n| json!({"text": n.to_string(), "sort": n}),
        )
    };
    let of = seen
        .figures
        .times
        .iter()
        .filter(|one| seen.wanted.procedure.is_empty() || one.procedure == seen.wanted.procedure);
    let mut rows: Vec<(String, Figure, Vec<Value>)> = of
        .map(|one| {
            let figure = one.median.map_or(Figure::Withheld, |n| Figure::Is(u64::from(n)));
            let mut cells = vec![days(one.median), days(one.p90)];
            if let Atom::Is(n) = one.n {
                cells.push(told(say, Figure::Is(n)));
            }
            (procedure_name(say, &one.procedure), figure, cells)
        })
        .collect();
    order(&mut rows);
    let heads: &[&str] = if seen.open { &["median", "p90"] } else { &["median", "p90", "with-result"] };
    let note = if seen.open { "statistics.times.open" } else { "statistics.times.note" };
    barred(say, "times", Some(say.text(note)), "statistics.procedure", rows, heads)
}

/// Everything that is told, an atom a row.
fn rows(seen: &Seen) -> Vec<[String; 6]> {
    let of = seen
        .figures
        .lines
        .iter()
        .filter(|((_, _, procedure), _)| seen.wanted.procedure.is_empty() || *procedure == seen.wanted.procedure);
    let mut rows = Vec::new();
    for ((counted, axis, procedure), line) in of {
        for (key, atom) in line {
            if *axis == Axis::Month && !seen.wanted.month_fits(key) {
                continue;
            }
            let (n, note) = match atom {
                Atom::Is(n) => (n.to_string(), ""),
                Atom::Small => (String::new(), "<5"),
                Atom::Withheld => (String::new(), "withheld"),
            };
            // A name somebody wrote is told only where enough others wrote it, too.
            let key = if *axis == Axis::Sector && seen.open && n.is_empty() { "…" } else { key.as_str() };
            rows.push([
                counted.word().to_owned(),
                procedure.clone(),
                axis.word().to_owned(),
                key.to_owned(),
                n,
                note.to_owned(),
            ]);
        }
    }
    rows
}

/// A cell of CSV; a text that a table program would take for a formula is kept from being one.
fn csv_cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// `GET /statistics.csv`.
pub(super) async fn csv(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let seen = seen(&house, &visitor, wanted).await?;
    let mut text = String::from("counted,procedure,by,key,n,note\r\n");
    for row in rows(&seen) {
        text.push_str(&row.map(|cell| csv_cell(&cell)).join(","));
        text.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"statistics.csv\""),
    ];
    Ok((headers, text).into_response())
}

/// `GET /statistics.json`.
pub(super) async fn json(
    State(house): State<Shared>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let seen = seen(&house, &visitor, wanted).await?;
    let counts: Vec<Value> = rows(&seen).into_iter().map(|[counted, procedure, by, key, n, note]| {
        json!({"counted": counted, "procedure": procedure, "by": by, "key": key, "n": n.parse::<u64>().ok(), "note": Some(note).filter(|note| !note.is_empty())})
    }).collect();
    let times: Vec<Value> = seen
        .figures
        .times
        .iter()
        .filter(|one| seen.wanted.procedure.is_empty() || one.procedure == seen.wanted.procedure)
        .map(|one| json!({"procedure": one.procedure, "median_workdays": one.median, "p90_workdays": one.p90}))
        .collect();
    let all = json!({"as_of": house.now().to_string(), "protected": seen.open, "least": LEAST, "province": seen.province, "counts": counts, "times": times});
    Ok(axum::Json(all).into_response())
}
