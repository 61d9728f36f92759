//! A case: where it stands, what happened, its items, clocks, papers, words and releases.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use cases::{ArtefactKind, Outside, Role, Verdict};
use serde_json::{Value, json};

use super::props::{Say, badge, clock, size, word};
use super::shown;
use crate::desk;
pub(super) use crate::desk::{Looked, look};
use crate::house::Shared;
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::view::CaseView;
use crate::who::{Visitor, Who};

/// Steps of the time line that the first page shows.
const RECENT: usize = 12;

/// What every page of a case shows on top.
pub(super) fn head(say: Say<'_>, who: &Who, view: &CaseView, tab: &str) -> Value {
    let id = &view.id;
    let recipient = who.role == Role::Recipient;
    let mut tabs = vec![("overview", format!("/cases/{id}"), None)];
    if view.progress.is_some() && !recipient {
        tabs.push(("forms", format!("/cases/{id}/forms"), None));
    }
    if !view.items.is_empty() {
        tabs.push(("items", format!("/cases/{id}/items"), Some(view.items.len())));
    }
    tabs.push(("clocks", format!("/cases/{id}/clocks"), None));
    tabs.push(("documents", format!("/cases/{id}/documents"), Some(view.attachments.len())));
    tabs.push(("messages", format!("/cases/{id}/messages"), Some(view.messages.len())));
    if !recipient {
        if view.artefacts.contains(&ArtefactKind::Determination) {
            tabs.push(("comparison", format!("/cases/{id}/comparison"), None));
        }
        if !view.permits.is_empty() {
            tabs.push(("releases", format!("/cases/{id}/releases"), Some(view.releases.len())));
        }
        tabs.push(("record", format!("/cases/{id}/record"), None));
    }
    let tabs: Vec<Value> = tabs
        .into_iter()
        .map(|(name, href, count)| json!({"label": say.text(&format!("tab.{name}")), "href": href, "current": name == tab, "count": count}))
        .collect();
    let mut facts =
        vec![json!({"key": say.text("case.handler"), "value": {"text": view.handler.name, "sub": view.handler.uscc}})];
    if let Some(number) = &view.number {
        facts.push(json!({"key": say.text("case.number"), "value": {"text": number, "mono": true}}));
    }
    facts.push(json!({"key": say.text("case.region"), "value": super::cases::region_name(say, &view.handler.region)}));
    facts.push(json!({"key": say.text("case.opened"), "value": say.day(view.opened)}));
    if let Some(office) = &view.office {
        facts.push(json!({"key": say.text("case.office"), "value": office}));
    }
    for (key, other) in [("case.follows", &view.follows), ("case.followed-by", &view.followed_by)] {
        if let Some(other) = other {
            facts.push(json!({"key": say.text(key), "value": {"text": other, "href": format!("/cases/{other}")}}));
        }
    }
    let holder = view.state.holder.map_or_else(|| say.text("case.nobody").to_owned(), |party| say.party(party));
    let title = if view.title.is_empty() { view.handler.name.as_str() } else { view.title.as_str() };
    let badge = badge(say, &view.state);
    json!({
        "title": title,
        "case": {"id": id, "number": view.number, "title": title, "procedure": say.of(&view.procedure.name), "phase": badge["phase"],
                 "state": badge["label"], "holder": holder, "version": view.version, "cite": say.of(&view.procedure.cite),
                 "certainty": view.procedure.status},
        "facts": facts,
        "tabs": tabs,
    })
}

/// The head with what a page adds.
pub(super) fn with(mut head: Value, more: Value) -> Value {
    if let (Value::Object(head), Value::Object(more)) = (&mut head, more) {
        head.extend(more);
    }
    head
}

pub(super) async fn overview(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { view, .. } = look(&house, &who, &id, "overview", false).await?;
    let open_clocks = view.clocks.iter().filter(|clock| clock.open || clock.late).take(4);
    let clocks: Vec<Value> = open_clocks.map(|of| clock(say, of)).collect();
    let marks = view.marks.iter().filter(|mark| mark.open.answered.is_none()).map(|mark| {
        let href = mark.step.as_ref().map(|step| format!("/cases/{}/forms/{step}#{}", view.id, mark.open.mark.at));
        json!({"place": say.of(&mark.title), "text": mark.open.mark.text, "href": href})
    });
    let people =
        view.assigned.keys().map(|role| json!({"key": say.word("role", role), "value": say.text("case.assigned")}));
    let context = json!({
        "marks": marks.collect::<Vec<_>>(),
        "timeline": timeline(say, &who, &view, RECENT),
        "timeline_more": view.history.len() > RECENT,
        "clocks": clocks,
        "actions": actions(say, &view),
        "progress": view.progress,
        "headroom": headroom(say, &view),
        "people": people.collect::<Vec<_>>(),
        "may_invite": may_invite(&who),
    });
    shown(&house, &visitor, "case.html", with(head(say, &who, &view, "overview"), context))
}

fn may_invite(who: &Who) -> bool {
    matches!(who.role, Role::Applicant | Role::Approver)
}

/// What can be done next: what moves the case first, then what only adds to it.
fn actions(say: Say<'_>, view: &CaseView) -> Vec<Value> {
    let everyday = ["message", "attach", "assign", "add-artefacts", "office-note", "edit"];
    let forms = view.progress.is_some();
    let mut listed: Vec<(u8, Value)> = view
        .actions
        .iter()
        .filter(|action| !(forms && action.id == "edit"))
        .map(|action| {
            let href = format!("/cases/{}/act/{}", view.id, action.id);
            let rank = match () {
                () if action.blocked.is_some() => 2,
                () if everyday.contains(&action.id.as_str()) => 1,
                () => 0,
            };
            let asks: Vec<String> = action.asks.iter().map(|ask| super::props::asked(say, ask)).collect();
            let shown = json!({"id": action.id, "label": say.of(&action.name), "href": href, "rank": rank, "asks": asks,
                "why_not": action.blocked.as_ref().map(|why| say.of(&why.what)),
                "cite": action.cite.as_ref().map(|cite| say.of(cite)), "certainty": action.status, "effect": action.effect});
            (rank, shown)
        })
        .collect();
    listed.sort_by_key(|(rank, _)| *rank);
    if forms && view.actions.iter().any(|action| action.id == "edit") {
        let edit = json!({"id": "edit", "label": say.text("case.fill-in"), "href": format!("/cases/{}/forms", view.id), "rank": 0,
                          "asks": [], "why_not": null, "cite": null, "certainty": null, "effect": null});
        listed.insert(0, (0, edit));
    }
    listed.into_iter().map(|(_, action)| action).collect()
}

/// What happened, newest first.
fn timeline(say: Say<'_>, who: &Who, view: &CaseView, most: usize) -> Vec<Value> {
    let entries = view.history.iter().rev().take(most).map(|step| {
        let by = &step.happened.by;
        let own = by.id == who.id;
        let marks = view.marks.iter().filter(|mark| mark.open.made == step.happened.version).map(|mark| {
            let href = mark.step.as_ref().map(|at| format!("/cases/{}/forms/{at}#{}", view.id, mark.open.mark.at));
            json!({"place": say.of(&mark.title), "text": mark.open.mark.text, "href": href})
        });
        json!({
            "when": say.moment(step.happened.at),
            "iso": step.happened.at.to_string(),
            "actor": if own { say.text("case.you").to_owned() } else { say.word("role", by.role) },
            "title": say.of(&step.action_name),
            "phase": step.moved.then(|| step.to_phase.map_or_else(|| "closed".to_owned(), word)),
            "label": step.moved.then(|| say.of(&step.to_name)),
            "text": step.happened.text,
            "marks": marks.collect::<Vec<_>>(),
            "office": !by.role.is_handlers(),
        })
    });
    entries.collect()
}

/// How much of its permit a handler has used: persons where their number is limited, and time where it ends.
fn headroom(say: Say<'_>, view: &CaseView) -> Vec<Value> {
    let Some(permit) = view.permits.last().filter(|permit| permit.in_force) else { return Vec::new() };
    let grouped = |n: u64| crate::words::grouped(&minijinja::Value::from(n));
    let bar = |id: &str, label: String, used: u64, limit: u64, unit: &str, note: Option<String>| {
        let percent = used.saturating_mul(100) / limit.max(1);
        let state = match percent {
            0..=89 => "",
            90..=100 => "near",
            _ => "over",
        };
        json!({"id": id, "label": label, "used": grouped(used), "limit": grouped(limit), "percent": percent,
               "unit": say.text(unit), "state": state, "note": note})
    };
    let used = permit.persons.unwrap_or(0);
    let persons = permit.terms.persons.filter(|limit| *limit > 0);
    let persons =
        persons.map(|limit| bar("persons", say.text("case.persons").to_owned(), used, limit, "ui.persons", None));
    // Persons are reported for the permit as a whole: of each item it is at most so many.
    let items = permit.terms.items.as_deref().unwrap_or_default();
    let at_most = (items.len() > 1).then(|| say.text("loop.at-most").to_owned());
    let of_items = items.iter().zip(1..).filter_map(|(item, no)| {
        let limit = item.persons.filter(|limit| *limit > 0)?;
        let label = say.fill("loop.persons-of", &[("item", &item.name)]);
        Some(bar(&format!("persons-{no}"), label, used, limit, "ui.persons", at_most.clone()))
    });
    let of_items: Vec<Value> = of_items.collect();
    let days = permit.terms.effective.zip(permit.last_day).map(|(first, last)| {
        let between =
            |from: jiff::civil::Date, to: jiff::civil::Date| u64::try_from((to - from).get_days()).unwrap_or(0);
        let until = say.fill("case.until", &[("day", &say.day(last))]);
        // Its last day belongs to it.
        bar(
            "days",
            say.text("case.days").to_owned(),
            between(first, say.house.today()),
            between(first, last) + 1,
            "unit.days",
            Some(until),
        )
    });
    persons.into_iter().chain(of_items).chain(days).collect()
}

pub(super) async fn items(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { view, .. } = look(&house, &who, &id, "items", false).await?;
    let context = json!({ "items": item_props(say, &view) });
    shown(&house, &visitor, "case/items.html", with(head(say, &who, &view, "items"), context))
}

/// Items with what was decided on each.
pub(super) fn item_props(say: Say<'_>, view: &CaseView) -> Vec<Value> {
    let items = view.items.iter().zip(1..).map(|(item, number)| {
        let decision = item.decision.as_ref().map(|of| {
            let approved = of.decision == Verdict::Approved;
            let forms: Vec<String> = of.forms.iter().map(|form| transform_name(say, *form)).collect();
            json!({"value": if approved { "approve" } else { "refuse" },
                   "label": say.text(if approved { "ui.item.approved" } else { "ui.item.refused" }),
                   "reason": of.reason, "form_label": forms.join(say.text("ui.comma")), "persons": of.persons})
        });
        json!({"id": number, "key": item.key, "number": number, "name": item.name, "fields": item.columns,
               "classes": item.class.iter().map(|class| say.of(class)).collect::<Vec<_>>(), "sensitive": item.sensitive == Some(true),
               "necessity": item.necessity, "description": item.description, "example": item.example, "remark": item.remark,
               "scenario": item.scenario, "decision": decision})
    });
    items.collect()
}

/// What a form of data is called, in a word or two.
pub(super) fn transform_name(say: Say<'_>, form: deid::Transform) -> String {
    match form {
        deid::Transform::AgeBand(years) => say.fill("transform.age-band", &[("n", &years.to_string())]),
        other => say.text(&format!("transform.{}", other.info().name)).to_owned(),
    }
}

pub(super) async fn clocks(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { view, .. } = look(&house, &who, &id, "clocks", true).await?;
    let (open, past): (Vec<_>, Vec<_>) = view.clocks.iter().partition(|clock| clock.open || clock.late);
    let context = json!({
        "open": open.into_iter().map(|of| clock(say, of)).collect::<Vec<_>>(),
        "past": past.into_iter().map(|of| clock(say, of)).collect::<Vec<_>>(),
    });
    shown(&house, &visitor, "case/clocks.html", with(head(say, &who, &view, "clocks"), context))
}

pub(super) async fn documents(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { case, view } = look(&house, &who, &id, "documents", false).await?;
    let files = view.attachments.iter().rev().map(|file| {
        let material = file.material.as_deref().and_then(|id| house.world.forms.material(id));
        json!({"name": file.name, "href": format!("/cases/{id}/files/{}", file.digest), "size": size(file.size),
               "kind": material.map_or(file.media_type.as_str(), |material| say.of(&material.title)), "digest": file.digest})
    });
    let procedure = house.procedure(case.procedure.as_str())?;
    let forms = procedure.states.iter().find_map(|state| state.forms);
    let printable = forms.map(|forms| house.world.forms.procedure(forms).forms.clone()).unwrap_or_default();
    let printable = printable
        .iter()
        .filter_map(|id| house.world.forms.form(id))
        .map(|form| json!({"href": format!("/cases/{id}/print/{}", form.id), "label": say.of(&form.title)}));
    let permits = view.permits.iter().rev().map(|permit| {
        json!({"in_force": permit.in_force, "number": permit.terms.number, "until": permit.last_day.map(|day| say.day(day))})
    });
    let recipient = who.role == Role::Recipient;
    let context = json!({
        "files": files.collect::<Vec<_>>(),
        "forms": if recipient { Vec::new() } else { printable.collect::<Vec<_>>() },
        "permits": if recipient { Vec::new() } else { permits.collect::<Vec<_>>() },
        "attach": view.actions.iter().any(|action| action.id == "attach" && action.blocked.is_none()),
    });
    shown(&house, &visitor, "case/documents.html", with(head(say, &who, &view, "documents"), context))
}

pub(super) async fn messages(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { view, .. } = look(&house, &who, &id, "messages", false).await?;
    let thread = view.messages.iter().map(|said| {
        json!({"from": if said.own { say.text("case.you").to_owned() } else { say.word("role", said.what.by.role) },
               "mine": said.own, "when": said.at.map(|at| say.moment(at)), "iso": said.at.map(|at| at.to_string()), "text": said.what.text})
    });
    let context = json!({
        "thread": thread.collect::<Vec<_>>(),
        "may_write": view.actions.iter().any(|action| action.id == "message" && action.blocked.is_none()),
    });
    shown(&house, &visitor, "case/messages.html", with(head(say, &who, &view, "messages"), context))
}

pub(super) async fn comparison(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { case, view } = look(&house, &who, &id, "comparison", false).await?;
    if who.role == Role::Recipient {
        return Err(Problem::forbidden());
    }
    let compared = desk::compared(&house, &case)?;
    let context = match compared {
        None => json!({"diff": null}),
        Some(comparison) => diff(say, &comparison),
    };
    shown(&house, &visitor, "case/comparison.html", with(head(say, &who, &view, "comparison"), context))
}

fn diff(say: Say<'_>, found: &law::Comparison) -> Value {
    let paths = |paths: &[law::Path]| {
        let names: Vec<String> = paths.iter().map(|path| say.word("path", path)).collect();
        if names.is_empty() { "—".to_owned() } else { names.join(say.text("ui.comma")) }
    };
    let row = |label: &str, left: String, right: String| {
        let same = left == right;
        json!({"label": say.text(label), "left": left, "right": right, "same": same})
    };
    let (there, here) = (&found.there, &found.here);
    let mut rows = vec![
        row("diff.outcome", say.word("outcome", there.outcome), say.word("outcome", here.outcome)),
        row("diff.paths", paths(&there.paths), paths(&here.paths)),
        row("diff.certainty", say.word("ui.certainty", there.certainty), say.word("ui.certainty", here.certainty)),
        row("diff.rule-base", there.rule_base.version.clone(), here.rule_base.version.clone()),
    ];
    rows.extend(found.rules.iter().map(|rule| {
        json!({"label": say.of(&rule.cite), "left": say.word("diff.bears", rule.there), "right": say.word("diff.bears", rule.here), "same": false, "note": say.of(&rule.why)})
    }));
    let facts = found.facts.iter().map(|fact| {
        let said = |value: &Option<law::Value>| {
            value.as_ref().map_or_else(|| "—".to_owned(), |value| json!(value).to_string().trim_matches('"').to_owned())
        };
        json!({"cells": [{"text": say.of(&fact.title), "sub": fact.fact}, said(&fact.there), said(&fact.here)]})
    });
    json!({
        "diff": {"caption": say.text("diff.caption"), "left": {"title": say.title("diff.there"), "sub": say.day(there.on)},
                 "right": {"title": say.title("diff.here"), "sub": say.day(here.on)}, "rows": rows},
        "agree": found.agree,
        "facts": facts.collect::<Vec<_>>(),
        "notes": found.notes.iter().map(|note| say.of(note)).collect::<Vec<_>>(),
    })
}

pub(super) async fn releases(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { case, view } = look(&house, &who, &id, "releases", false).await?;
    let releases = view.releases.iter().rev().map(|release| {
        let outside: Vec<String> = release.outside.iter().map(|one| outside(say, one)).collect();
        json!({"release": release.release, "day": say.day(release.day), "columns": release.columns, "persons": release.persons,
               "outside": outside, "withdrawn": release.not_published.is_some(), "log": release.log})
    });
    let permits = view.permits.iter().rev().map(|permit| {
        let items = permit.terms.items.iter().flatten().map(|item| {
            let fields: Vec<String> = item
                .fields
                .iter()
                .map(|field| {
                    let forms: Vec<String> = field.forms.iter().map(|form| transform_name(say, *form)).collect();
                    if forms.is_empty() { field.name.clone() } else { format!("{} ({})", field.name, forms.join("/")) }
                })
                .collect();
            json!({"name": item.name, "fields": fields, "persons": item.persons})
        });
        json!({"number": permit.terms.number, "in_force": permit.in_force, "revoked": permit.revoked.is_some(),
               "from": permit.terms.effective.map(|day| say.day(day)), "until": permit.last_day.map(|day| say.day(day)),
               "recipients": permit.terms.recipients, "purposes": permit.terms.purposes, "items": items.collect::<Vec<_>>()})
    });
    let context = json!({
        "releases": releases.collect::<Vec<_>>(),
        "permits": permits.collect::<Vec<_>>(),
        "headroom": headroom(say, &view),
        "key": desk::permit_key(&house, &who, &case).is_ok(),
        "may_report": view.actions.iter().any(|action| action.id == "report-release" && action.blocked.is_none()),
    });
    shown(&house, &visitor, "case/releases.html", with(head(say, &who, &view, "releases"), context))
}

/// What of a release lies outside its permit, in words.
pub(super) fn outside(say: Say<'_>, of: &Outside) -> String {
    let key = |word: &str| format!("outside.{word}");
    match of {
        Outside::NoPermit => say.text(&key("no-permit")).to_owned(),
        Outside::OtherPermit => say.text(&key("other-permit")).to_owned(),
        Outside::Kind => say.text(&key("kind")).to_owned(),
        Outside::Handler => say.text(&key("handler")).to_owned(),
        Outside::Recipient { recipient } => say.fill(&key("recipient"), &[("what", recipient)]),
        Outside::Day { day } => say.fill(&key("day"), &[("what", &say.day(*day))]),
        Outside::Column { column } => say.fill(&key("column"), &[("what", column)]),
        Outside::Form { column } => say.fill(&key("form"), &[("what", column)]),
        Outside::Persons { persons, permitted } => {
            say.fill(&key("persons"), &[("n", &persons.to_string()), ("most", &permitted.to_string())])
        }
    }
}

pub(super) async fn record(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { case, view } = look(&house, &who, &id, "record", false).await?;
    if who.role == Role::Recipient {
        return Err(Problem::forbidden());
    }
    let entries = house.store.record(&case.id).await?;
    let digests: std::collections::BTreeMap<_, _> =
        entries.iter().map(|entry| (entry.recorded.version, entry)).collect();
    let mut timeline = timeline(say, &who, &view, usize::MAX);
    for (entry, step) in timeline.iter_mut().zip(view.history.iter().rev()) {
        if let Some(recorded) = digests.get(&step.happened.version) {
            entry["digest"] = json!(recorded.digest);
            entry["leaf"] = json!(recorded.leaf);
            entry["version"] = json!(step.happened.version);
        }
    }
    let edits = view.edits.iter().map(|edit| {
        json!({"place": say.of(&edit.title), "at": edit.at, "role": say.word("role", edit.by.role), "version": edit.version})
    });
    let context = json!({ "timeline": timeline, "edits": edits.collect::<Vec<_>>() });
    shown(&house, &visitor, "case/record.html", with(head(say, &who, &view, "record"), context))
}

/// A file is saved, never shown: what somebody uploaded never runs in a page of ours.
pub(super) async fn file(
    State(house): State<Shared>,
    who: Who,
    Path((id, digest)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let case = desk::read_case(&house, &who, &id, "file").await?;
    let (file, bytes) = desk::fetched(&house, &who, &case, &digest).await?;
    let name = form_urlencoded::byte_serialize(file.name.as_bytes()).collect::<String>().replace('+', "%20");
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    let sandbox = "default-src 'none'; sandbox";
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, sandbox.to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// The signed permit, as `[permit] file` of a transfer takes it.
pub(super) async fn permit(State(house): State<Shared>, who: Who, Path(id): Path<String>) -> Result<Response, Problem> {
    let case = desk::read_case(&house, &who, &id, "permit").await?;
    let note = desk::permit_note(&who, &case)?;
    let name = format!("attachment; filename=\"{}.permit.note\"", case.id);
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], note)
        .into_response())
}

/// The key of whoever signed the permit, as a line of the gate's trust file.
pub(super) async fn permit_key(
    State(house): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let case = desk::read_case(&house, &who, &id, "permit-key").await?;
    let line = desk::permit_key(&house, &who, &case)?;
    let name = format!("attachment; filename=\"{}.trust.txt\"", case.id);
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], line)
        .into_response())
}

/// The page on which a recipient or an adviser is invited.
pub(super) async fn invite_page(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { view, .. } = look(&house, &who, &id, "overview", false).await?;
    if !may_invite(&who) {
        return Err(Problem::forbidden());
    }
    let context = json!({"link": null, "may_invite": true});
    shown(&house, &visitor, "case/invite.html", with(head(say, &who, &view, "overview"), context))
}

/// Makes a link by which a guest comes in to this case alone. It is shown once.
pub(super) async fn invite(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
    filled: Filled,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let Looked { case, view } = look(&house, &who, &id, "overview", false).await?;
    let role = if filled.text("role") == Some("adviser") { Role::Adviser } else { Role::Recipient };
    let name = filled.text("name").unwrap_or_default();
    let (secret, _) = desk::invited(&house, &who, &case, role, name).await?;
    let context =
        json!({"link": format!("{}/invitation/{}", house.installation.url, secret.as_str()), "may_invite": true});
    shown(&house, &visitor, "case/invite.html", with(head(say, &who, &view, "overview"), context))
}
