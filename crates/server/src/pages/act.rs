//! The page of an action: what it asks for as a form, and the form as what the action takes along.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cases::{
    ActionDefinition, ActorId, ArtefactKind, Ask, Case, CaseId, Handler, ItemDecision, Mark, Part, Payload, Role,
    Verdict, Version,
};
use dossier::Answers;
use serde_json::{Value, json};

use super::case::{Looked, head, item_props, look, with};
use super::props::{Say, asked, word};
use super::shown;
use crate::desk::{self, HandedIn, ReceiptParts};
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::view::case_view;
use crate::who::{Visitor, Who};

/// Marks that a form offers at once, and by how many it grows.
const MARKS: usize = 3;

pub(super) async fn page(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path((id, action)): Path<(String, String)>,
) -> Result<Html<String>, Problem> {
    form(&house, &visitor, &who, &id, &action, &Filled::default(), None).await
}

async fn form(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    id: &str,
    action: &str,
    filled: &Filled,
    wrong: Option<&Problem>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let Looked { case, view } = look(house, who, id, action, false).await?;
    let offered = view.actions.iter().find(|one| one.id == action);
    let Some(offered) = offered else {
        // State and role say why; so does the refusal itself.
        let refused = cases::refusal(&house.world, &case, &who.actor(), &cases::ActionId::new(action), house.today());
        return Err(refused.as_ref().map_or_else(Problem::forbidden, Into::into));
    };
    let procedure = house.procedure(case.procedure.as_str())?;
    let definition = procedure.action(action).ok_or_else(Problem::forbidden)?;
    let mut fields = Vec::new();
    for ask in &definition.asks {
        fields.extend(self::fields(house, say, who, &case, ask, filled).await?);
    }
    super::consult::begin(&case, action, &mut fields);
    let decides = definition.asks_for(Part::Decisions).is_some();
    let items = if decides { decided_before(&view, say, filled) } else { Vec::new() };
    let marks = definition.asks_for(Part::Marks).map(|_| mark_rows(house, say, who, &case, filled));
    let blocked = offered.blocked.as_ref();
    let gaps = wrong.and_then(|wrong| wrong.more.get("gaps")).cloned();
    let context = json!({
        "action": {"id": action, "label": say.of(&definition.name), "cite": definition.cite.as_ref().map(|cite| say.of(cite)),
                   "certainty": definition.status, "href": format!("/cases/{id}/act/{action}"), "effect": definition.effect,
                   "danger": is_final(procedure, definition)},
        "fields": fields,
        "items": items,
        "decide": decides,
        "marks": marks,
        "seen": filled.text("seen").map_or_else(|| case.version.to_string(), str::to_owned),
        "request": filled.text("request").map_or_else(|| house.doors.form_seed(), |known| Ok(known.to_owned()))?,
        "blocked": blocked.map(|why| say.of(&why.what)),
        "problem": wrong.map(|wrong| say.of(&wrong.what)),
        "gaps": gaps,
        "preview": super::consult::preview(say, &case, action),
    });
    shown(house, visitor, "act.html", with(head(say, who, &view, "overview"), context))
}

/// Whether it closes the case for good: said aloud before it is done.
fn is_final(procedure: &cases::Procedure, action: &ActionDefinition) -> bool {
    match &action.to {
        cases::To::State(state) => {
            procedure.state(state.as_str()).is_some_and(|state| state.phase == cases::Phase::Closed)
        }
        _ => false,
    }
}

/// The questions for one part.
async fn fields(
    house: &House,
    say: Say<'_>,
    who: &Who,
    case: &Case,
    ask: &Ask,
    filled: &Filled,
) -> Result<Vec<Value>, Problem> {
    let label = asked(say, ask);
    let typed = |name: &str| filled.text(name).unwrap_or_default().to_owned();
    let one = |kind: &str, id: &str| json!({"kind": kind, "id": id, "label": label, "required": ask.required, "optional": !ask.required, "value": typed(id)});
    let file = |id: &str, key: &str, accept: &str, required: bool| json!({"kind": "file", "id": id, "label": say.text(key), "accept": accept, "required": required, "optional": !required});
    Ok(match ask.part {
        Part::Text => vec![with(one("textarea", "text"), json!({"rows": 5, "max": cases::MAX_TEXT}))],
        Part::Day => {
            let name = format!("day.{}", ask.name.as_deref().unwrap_or_default());
            vec![with(one("date", &name), json!({"size": "short"}))]
        }
        Part::Moment => vec![with(one("datetime-local", "moment"), json!({"size": "medium", "hint": say.text("part.moment.hint")}))],
        Part::Number => vec![with(one("text", "number"), json!({"size": "medium", "max": 200}))],
        Part::Workdays => vec![with(one("number", "workdays"), json!({"size": "short", "min": 1, "max": 1000, "unit": say.text("unit.workdays")}))],
        Part::Attachments => {
            let materials = attachable(house, say, case);
            let mut fields = vec![with(one("file", "attachments"), json!({"multiple": true, "hint": say.text("part.attachments.hint")}))];
            if !materials.is_empty() {
                fields.push(json!({"kind": "select", "id": "material", "label": say.text("part.material"), "empty": say.text("part.material.none"),
                                   "options": materials, "optional": true, "value": typed("material")}));
            }
            fields
        }
        Part::Assignee => {
            let officers = desk::colleagues(house, who).await?;
            let options: Vec<Value> = officers.iter().map(|one| json!({"value": one.id.as_str(), "label": one.name})).collect();
            vec![with(one("select", "assignee"), json!({"options": options, "empty": say.text("part.assignee.choose")}))]
        }
        Part::Publish => vec![json!({"kind": "checkbox", "id": "publish", "label": label, "value": filled.ticked("publish")})],
        Part::Case => vec![with(one("text", "case"), json!({"size": "medium"}))],
        Part::Member => ["uscc", "name", "region", "sector"]
            .into_iter()
            .map(|name| {
                let id = format!("member.{name}");
                json!({"kind": "text", "id": id, "label": say.text(&format!("member.{name}")), "required": name != "sector", "optional": name == "sector", "value": typed(&id)})
            })
            .collect(),
        Part::Artefacts => vec![
            file("inventory", "artefact.inventory", ".json", false),
            file("determination", "artefact.determination", ".json", false),
            file("plan", "artefact.plan", ".json", false),
        ],
        Part::Receipt => vec![
            file("receipt", "receipt.receipt", ".json", true),
            file("permit", "receipt.permit", ".json", true),
            file("proof", "receipt.proof", ".proof,.txt", true),
            json!({"kind": "number", "id": "persons", "label": say.text("receipt.persons"), "hint": say.text("receipt.persons.hint"), "min": 0, "optional": true, "value": typed("persons")}),
        ],
        // Answers are filled in in the forms; items, marks and the opening have forms of their own.
        Part::Answers | Part::Decisions | Part::Marks | Part::Opening => Vec::new(),
    })
}

/// The materials a file of this case can be.
fn attachable(house: &House, say: Say<'_>, case: &Case) -> Vec<Value> {
    let Ok(procedure) = house.procedure(case.procedure.as_str()) else { return Vec::new() };
    let Some(forms) = procedure.state(case.state.as_str()).and_then(|state| state.forms) else { return Vec::new() };
    let materials = house.world.forms.materials_of(forms);
    materials.map(|material| json!({"value": material.id, "label": say.of(&material.title)})).collect()
}

/// Items, with what was decided before, or typed a moment ago.
fn decided_before(view: &crate::view::CaseView, say: Say<'_>, filled: &Filled) -> Vec<Value> {
    let forms: Vec<Value> = deid::TRANSFORMS
        .iter()
        .filter(|info| info.transform != deid::Transform::Drop)
        .map(|info| json!({"value": info.transform.to_string(), "label": super::case::transform_name(say, info.transform)}))
        .collect();
    let any = json!({"value": "", "label": say.text("item.any-form")});
    let forms: Vec<Value> = std::iter::once(any).chain(forms).collect();
    let mut items = item_props(say, view);
    for item in &mut items {
        let id = item["id"].to_string();
        item["decide"] = json!(true);
        item["forms"] = json!(forms);
        if let Some(decision) = filled.text(&format!("item.{id}.decision")) {
            let of = |name: &str| filled.text(&format!("item.{id}.{name}")).unwrap_or_default().to_owned();
            item["decision"] =
                json!({"value": decision, "reason": of("reason"), "form": of("form"), "persons": of("persons")});
        }
    }
    items
}

/// Rows for marks: where, and what is wrong. A handler answers those that wait.
fn mark_rows(house: &House, say: Say<'_>, who: &Who, case: &Case, filled: &Filled) -> Value {
    if who.role.is_handlers() {
        let open = case.open_marks().enumerate().map(|(no, mark)| {
            let text = filled.text(&format!("mark.{no}.text")).unwrap_or_default();
            json!({"no": no, "at": mark.at, "place": mark.text, "text": text})
        });
        return json!({"reply": true, "rows": open.collect::<Vec<_>>()});
    }
    let places = places(house, say, case);
    let there = filled.beginning("mark.").filter(|(name, _)| name.strip_suffix(".at").is_some()).count();
    let more = if filled.ticked("more") { MARKS } else { 0 };
    let rows = (0..there.max(MARKS) + more).map(|no| {
        let of = |name: &str| filled.text(&format!("mark.{no}.{name}")).unwrap_or_default().to_owned();
        json!({"no": no, "at": of("at"), "text": of("text")})
    });
    json!({"reply": false, "rows": rows.collect::<Vec<_>>(), "places": places})
}

/// Every place of the forms that an office can mark: answers as they stand, tables, materials.
fn places(house: &House, say: Say<'_>, case: &Case) -> Vec<Value> {
    let Ok(procedure) = house.procedure(case.procedure.as_str()) else { return Vec::new() };
    let of = procedure.state(case.state.as_str()).and_then(|state| state.forms);
    let Some(of) = of.or_else(|| procedure.states.iter().find_map(|state| state.forms)) else { return Vec::new() };
    let forms = house.world.forms;
    let mut places = Vec::new();
    for step in dossier::contents(forms, of) {
        let mut options = Vec::new();
        for field in &step.fields {
            let tables: Vec<_> = forms.tables_around(&field.id).collect();
            let ids: Vec<&str> = tables.iter().map(|table| table.id.as_str()).collect();
            for rows in every_row(&case.dossier.answers, &ids, &[]) {
                let place = forms.path(&field.id, &rows);
                let title = say.of(&field.title);
                let label = if rows.is_empty() {
                    title.to_owned()
                } else {
                    format!("{title} ({})", rows.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
                };
                options.push(json!({"value": place.to_string(), "label": label}));
            }
        }
        for material in &step.materials {
            options.push(json!({"value": material.id, "label": say.of(&material.title)}));
        }
        if !options.is_empty() {
            places.push(json!({"label": say.of(&step.step.title), "options": options}));
        }
    }
    places
}

fn every_row(answers: &Answers, tables: &[&str], above: &[u32]) -> Vec<Vec<u32>> {
    let Some((first, rest)) = tables.split_first() else { return vec![above.to_vec()] };
    let rows = answers.rows(first, above).into_iter();
    rows.flat_map(|row| every_row(answers, rest, &[above, &[row]].concat())).collect()
}

pub(super) async fn act(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path((id, action)): Path<(String, String)>,
    filled: Filled,
) -> Result<Response, Problem> {
    if filled.ticked("more") {
        return Ok(form(&house, &visitor, &who, &id, &action, &filled, None).await?.into_response());
    }
    let case = desk::case_of(&house, &who, &id).await?;
    let done = take(&house, &who, &case, &action, &filled).await;
    match done {
        Ok(()) => {
            let to = match action.as_str() {
                "message" => format!("/cases/{id}/messages?done=message"),
                "report-release" => format!("/cases/{id}/releases?done=reported"),
                _ => format!("/cases/{id}?done=acted"),
            };
            Ok(Redirect::to(&to).into_response())
        }
        Err(problem)
            if problem.status.is_client_error() && problem.status.as_u16() != 404 && problem.status.as_u16() != 403 =>
        {
            let page = form(&house, &visitor, &who, &id, &action, &filled, Some(&problem)).await?;
            Ok((problem.status, page).into_response())
        }
        Err(problem) => Err(problem),
    }
}

async fn take(house: &House, who: &Who, case: &Case, action: &str, filled: &Filled) -> Result<(), Problem> {
    desk::may_act(house, who, case, action)?;
    let procedure = house.procedure(case.procedure.as_str())?;
    let definition = procedure.action(action).ok_or_else(Problem::forbidden)?;
    let seen = filled.text("seen").and_then(|seen| seen.parse().ok()).map_or(case.version, Version);
    let payload = payload(house, who, case, definition, filled).await?;
    let request = desk::request_name(filled.text("request"));
    desk::acted(house, who, case, action, seen, request, payload).await?;
    Ok(())
}

/// What was filled in as what the action takes along. Files are put into the store first.
async fn payload(
    house: &House,
    who: &Who,
    case: &Case,
    action: &ActionDefinition,
    filled: &Filled,
) -> Result<Payload, Problem> {
    let mut payload = Payload::default();
    for ask in &action.asks {
        match ask.part {
            Part::Text => payload.text = filled.text("text").map(|text| text.replace("\r\n", "\n")),
            Part::Day => {
                let name = ask.name.clone().unwrap_or_default();
                if let Some(day) = filled.text(&format!("day.{name}")) {
                    payload.days.insert(name, parsed("day", day)?);
                }
            }
            Part::Moment => payload.moment = filled.text("moment").map(|text| parsed("moment", text)).transpose()?,
            Part::Number => payload.number = filled.text("number").map(str::to_owned),
            Part::Workdays => {
                payload.workdays = filled.text("workdays").map(|text| parsed("workdays", text)).transpose()?;
            }
            Part::Attachments => {
                for upload in filled.files("attachments") {
                    payload.attachments.push(desk::keep(house, who, case, upload, filled.text("material")).await?);
                }
            }
            Part::Assignee => payload.assignee = filled.text("assignee").map(ActorId::new),
            Part::Publish => payload.publish = Some(filled.ticked("publish")),
            Part::Case => payload.case = filled.text("case").map(CaseId::new),
            Part::Member => payload.member = member(filled),
            Part::Marks => payload.marks = marks(who, case, filled),
            Part::Decisions => payload.decisions = decisions(case, filled)?,
            Part::Receipt => payload.receipt = receipt(filled)?,
            Part::Artefacts => {
                let found = artefacts(house, filled).await?;
                payload.artefacts = found.kept;
            }
            Part::Answers | Part::Opening => {}
        }
    }
    Ok(payload)
}

fn parsed<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::bad(format!("`{what}` 无法识别"), format!("`{what}` cannot be read")))
}

fn member(filled: &Filled) -> Option<Handler> {
    let of = |name: &str| filled.text(&format!("member.{name}")).map(str::to_owned);
    let uscc = of("uscc")?;
    Some(Handler {
        uscc,
        name: of("name").unwrap_or_default(),
        region: of("region").unwrap_or_default(),
        sector: of("sector"),
    })
}

fn marks(who: &Who, case: &Case, filled: &Filled) -> Vec<Mark> {
    let numbers = filled.beginning("mark.").filter_map(|(name, _)| name.strip_suffix(".text")).collect::<Vec<_>>();
    let open: Vec<&Mark> = case.open_marks().collect();
    let marks = numbers.into_iter().filter_map(|no| {
        let text = filled.text(&format!("mark.{no}.text"))?.to_owned();
        let at = if who.role.is_handlers() {
            open.get(no.parse::<usize>().ok()?)?.at.clone()
        } else {
            filled.text(&format!("mark.{no}.at"))?.to_owned()
        };
        Some(Mark { at, text })
    });
    marks.collect()
}

/// A decision on each item; the items are numbered as the page shows them.
fn decisions(case: &Case, filled: &Filled) -> Result<Vec<ItemDecision>, Problem> {
    let mut decisions = Vec::new();
    for (item, no) in cases::items(&case.dossier).into_iter().zip(1..) {
        let of = |name: &str| filled.text(&format!("item.{no}.{name}"));
        let Some(decision) = of("decision") else { continue };
        let approved = decision == "approve";
        let form = of("form").filter(|_| approved).map(|form| parsed::<deid::Transform>("form", form)).transpose()?;
        decisions.push(ItemDecision {
            item: item.key,
            decision: if approved { Verdict::Approved } else { Verdict::Refused },
            forms: form.into_iter().collect(),
            persons: of("persons").filter(|_| approved).map(|text| parsed("persons", text)).transpose()?,
            reason: of("reason").filter(|_| !approved).map(str::to_owned),
        });
    }
    Ok(decisions)
}

fn receipt(filled: &Filled) -> Result<Option<cases::Report>, Problem> {
    let (Some(receipt), Some(permit), Some(proof)) =
        (filled.file("receipt"), filled.file("permit"), filled.file("proof"))
    else {
        return Ok(None);
    };
    let persons = filled.text("persons").map(|text| parsed("persons", text)).transpose()?;
    desk::report(&ReceiptParts { receipt: &receipt.bytes, permit: &permit.bytes, proof: &proof.bytes, persons })
        .map(Some)
}

/// The artefacts among the files of a form: as JSON, or found in a table that was uploaded.
pub(super) async fn artefacts(house: &House, filled: &Filled) -> Result<HandedIn, Problem> {
    let mut found = HandedIn::default();
    for kind in [ArtefactKind::Inventory, ArtefactKind::Determination, ArtefactKind::Plan] {
        let name = word(kind);
        if let Some(upload) = filled.file(&name) {
            found.take(kind, serde_json::from_slice(&upload.bytes).map_err(|error| no_json(&name, &error))?)?;
        }
    }
    if let Some(upload) = filled.file("table") {
        found.take_table(house, upload).await?;
    }
    Ok(found)
}

fn no_json(name: &str, error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::bad(
        format!("`{name}` 不是JSON（第 {line} 行第 {column} 列）"),
        format!("`{name}` is no JSON (line {line}, column {column})"),
    )
}

/// Whether the view of a case offers an action to somebody now.
pub(super) fn offers(house: &House, who: &Who, case: &Case, action: &str) -> bool {
    let view = case_view(&house.world, case, &who.actor(), house.today(), false);
    view.actions.iter().any(|one| one.id == action && one.blocked.is_none()) && who.role != Role::Auditor
}
