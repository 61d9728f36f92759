//! Lists of cases: queues, search; and the page on which a case is opened.

use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cases::{CaseId, Channel, Handler, Opening, Payload, Phase, ProcedureId, QueueQuery, QueueRow, Role, Scope};
use catalogue::Lang;
use jiff::civil::Date;
use law::Party;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::props::{Say, due_day, word};
use super::shown;
use crate::desk;
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::view::state_view;
use crate::who::{Visitor, Who};

/// Cases on one page.
const PAGE: u32 = 50;
/// Cases that a search shows.
const FOUND: u32 = 100;

/// What a queue is narrowed by.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Narrowed {
    holder: String,
    phase: String,
    procedure: String,
    state: String,
    province: String,
    mine: String,
    late: String,
    /// The last row of the page before: its day and its id.
    due: String,
    after: String,
}

/// A word of the wire as its enum.
fn parsed<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::from(word)).ok()
}

impl Narrowed {
    fn query(&self, who: &Who, today: Date) -> QueueQuery {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        QueueQuery {
            holder: parsed::<Party>(&self.holder),
            phase: parsed::<Phase>(&self.phase),
            procedure: some(&self.procedure),
            state: some(&self.state),
            province: some(&self.province),
            assigned: some(&self.mine).map(|_| who.id.clone()),
            due_before: some(&self.late).map(|_| today),
            after: some(&self.after).map(|id| (self.due.parse().ok(), CaseId::new(id))),
            most: PAGE,
            ..desk::queue_of(who)
        }
    }

    /// The same as a query, without the place on the list.
    fn link(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let all = [
            ("holder", &self.holder),
            ("phase", &self.phase),
            ("procedure", &self.procedure),
            ("state", &self.state),
            ("province", &self.province),
            ("mine", &self.mine),
            ("late", &self.late),
        ];
        for (name, value) in all.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.finish()
    }
}

pub(super) async fn queue(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Query(narrowed): Query<Narrowed>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let today = house.today();
    let query = narrowed.query(&who, today);
    let whole = QueueQuery { after: None, ..query.clone() };
    let (page, all) = tokio::try_join!(house.store.queue(&query), house.store.queue_length(&whole))?;
    let link = narrowed.link();
    let next = page.rows.last().filter(|_| page.more).map(|last| {
        let due = last.due.map(|day| day.to_string()).unwrap_or_default();
        format!("/cases?{link}{}due={due}&after={}", if link.is_empty() { "" } else { "&" }, last.case)
    });
    let number = crate::words::grouped(&minijinja::Value::from(all));
    let context = json!({
        "title": say.title("nav.cases"),
        "filter": {"action": "/cases", "fields": filters(say, &who, &narrowed), "clear": if link.is_empty() { "" } else { "/cases" },
                   "found": say.fill("cases.found", &[("n", &number)])},
        "queue": {"caption": say.text("nav.cases"), "columns": columns(say, &who), "rows": rows(&house, say, &who, today, &page.rows)},
        "next": next,
        "first": if narrowed.after.is_empty() { None } else { Some(format!("/cases?{link}")) },
        "may_open": who.role.is_handlers() && !who.guest,
        "search": {"action": "/search", "value": ""},
    });
    shown(&house, &visitor, "cases.html", context)
}

fn option(value: impl Into<String>, label: impl Into<String>) -> Value {
    json!({"value": value.into(), "label": label.into()})
}

fn filters(say: Say<'_>, who: &Who, narrowed: &Narrowed) -> Value {
    let phases = [Phase::Preparing, Phase::Pending, Phase::Returned, Phase::InForce, Phase::Held, Phase::Closed];
    let phases: Vec<Value> = phases.into_iter().map(|phase| option(word(phase), say.word("ui.phase", phase))).collect();
    let procedures = say.house.world.procedures.all().iter();
    let procedures: Vec<Value> = procedures.map(|one| option(one.id.to_string(), say.of(&one.name))).collect();
    let parties = [
        Party::Handler,
        Party::Province,
        Party::NationalOffice,
        Party::CertificationBody,
        Party::ZoneBody,
        Party::Prefecture,
    ];
    let parties: Vec<Value> = parties.into_iter().map(|party| option(word(party), say.party(party))).collect();
    let any = say.text("cases.any");
    let mut fields = vec![
        json!({"kind": "select", "id": "holder", "label": say.text("cases.holder"), "empty": any, "options": parties, "value": narrowed.holder}),
        json!({"kind": "select", "id": "phase", "label": say.text("cases.phase"), "empty": any, "options": phases, "value": narrowed.phase}),
        json!({"kind": "select", "id": "procedure", "label": say.text("cases.procedure"), "empty": any, "options": procedures, "value": narrowed.procedure}),
        json!({"kind": "checkbox", "id": "late", "label": say.text("cases.late"), "value": !narrowed.late.is_empty()}),
    ];
    if !who.role.is_handlers() {
        fields.push(json!({"kind": "checkbox", "id": "mine", "label": say.text("cases.mine"), "value": !narrowed.mine.is_empty()}));
    }
    Value::from(fields)
}

/// The columns of a list of cases.
pub(super) fn columns(say: Say<'_>, who: &Who) -> Value {
    let mut columns = vec![
        json!({"label": say.text("cases.case"), "kind": "main"}),
        json!({"label": say.text("cases.procedure")}),
        json!({"label": say.text("cases.state")}),
        json!({"label": say.text("cases.due"), "kind": "date"}),
    ];
    if !who.role.is_handlers() {
        columns.insert(1, json!({"label": say.text("cases.handler")}));
    }
    Value::from(columns)
}

/// The rows of a list of cases.
pub(super) fn rows(house: &House, say: Say<'_>, who: &Who, today: Date, queue: &[QueueRow]) -> Vec<Value> {
    let rows = queue.iter().map(|row| {
        let procedure = house.world.procedures.get(&row.procedure);
        let name = procedure.map_or(row.procedure.as_str(), |procedure| say.of(&procedure.name));
        let state = procedure.map(|procedure| state_view(procedure, &row.state));
        let label = state.as_ref().map_or(row.state.as_str(), |state| say.of(&state.name));
        let title = if row.title.is_empty() { row.handler.as_str() } else { row.title.as_str() };
        let id = row.number.as_deref().unwrap_or(row.case.as_str());
        let clock = row.clock.as_deref().and_then(|id| house.world.base.clock_book().clock(id).ok());
        let clock = clock.map_or("", |clock| say.of(&clock.title));
        let due = due_day(house, today, row.due, row.stands);
        let due = if due.is_null() {
            json!({"text": "—", "sort": "9999-99-99"})
        } else {
            json!({"due": due, "sub": clock, "sort": row.due})
        };
        let mut cells = vec![
            json!({"text": title, "href": format!("/cases/{}", row.case), "sub": id, "sort": title}),
            json!({"text": name}),
            json!({"badge": {"phase": row.phase, "label": label}, "sort": label}),
            due,
        ];
        if !who.role.is_handlers() {
            cells.insert(1, json!({"text": row.handler, "sub": region_name(say, &row.province)}));
        }
        json!({"cells": cells})
    });
    rows.collect()
}

/// A province by its short name.
pub(super) fn region_name<'a>(say: Say<'_>, region: &'a str) -> &'a str {
    match (codes::provinces::by_iso(region), say.lang) {
        (Some(province), Lang::Zh) => province.zh,
        (Some(province), Lang::En) => province.en,
        (None, _) => region,
    }
}

/// `GET /search`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
}

pub(super) async fn search(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Query(Wanted { q }): Query<Wanted>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let q: String = q.chars().take(200).collect();
    let found = if q.trim().is_empty() {
        cases::Found { rows: Vec::new(), all: 0 }
    } else {
        house.store.search(&who.actor(), &q, FOUND).await?
    };
    let number = crate::words::grouped(&minijinja::Value::from(found.all));
    let context = json!({
        "title": say.title("search.title"),
        "search": {"action": "/search", "value": q},
        "found": say.fill("search.found", &[("n", &number)]),
        "asked": !q.trim().is_empty(),
        "queue": {"caption": say.text("search.title"), "columns": columns(say, &who), "rows": rows(&house, say, &who, house.today(), &found.rows)},
    });
    shown(&house, &visitor, "search.html", context)
}

/// `?procedure=`: what the interview found.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Suggested {
    procedure: String,
}

pub(super) async fn new_page(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Query(suggested): Query<Suggested>,
) -> Result<Html<String>, Problem> {
    new_form(&house, &visitor, &who, (&suggested.procedure, ""), None).await
}

/// The procedures somebody of this role may open today.
fn openable(house: &House, role: Role) -> Vec<&cases::Procedure> {
    let today = house.today();
    let opens = |procedure: &&cases::Procedure| {
        procedure.from <= today
            && procedure.action("open").is_some_and(|open| open.by.contains(&role) && open.in_force(today))
    };
    house.world.procedures.all().iter().filter(opens).collect()
}

async fn new_form(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    (procedure, title): (&str, &str),
    wrong: Option<&Problem>,
) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let procedures = openable(house, who.role);
    if procedures.is_empty() {
        return Err(Problem::forbidden());
    }
    let organisation = desk::organisation_of(house, who).await?;
    let options: Vec<Value> = procedures
        .iter()
        .map(|one| json!({"value": one.id, "label": say.of(&one.name), "hint": say.of(&one.cite)}))
        .collect();
    let fields = json!([
        {"kind": "radio", "id": "procedure", "label": say.text("new.procedure"), "options": options, "value": procedure, "required": true},
        {"kind": "text", "id": "title", "label": say.text("new.title"), "hint": say.text("new.title.hint"), "max": 200, "required": true, "value": title},
        {"kind": "text", "id": "office", "label": say.text("new.office"), "hint": say.text("new.office.hint"), "optional": true},
        {"kind": "date", "id": "began", "label": say.text("new.began"), "hint": say.text("new.began.hint"), "optional": true, "size": "short"},
        {"kind": "checkbox", "id": "offline", "label": say.text("new.offline")},
    ]);
    let files = json!([
        {"kind": "file", "id": "inventory", "label": say.text("artefact.inventory"), "accept": ".json", "optional": true},
        {"kind": "file", "id": "determination", "label": say.text("artefact.determination"), "accept": ".json", "optional": true},
        {"kind": "file", "id": "plan", "label": say.text("artefact.plan"), "accept": ".json", "optional": true},
        {"kind": "file", "id": "table", "label": say.text("new.table"), "hint": say.text("new.table.hint"), "accept": ".csv,.tsv,.tab,.psv,.txt,.parquet,.ndjson,.jsonl,.json,.xpt", "optional": true},
    ]);
    let context = json!({
        "title": say.title("new.heading"),
        "fields": fields,
        "files": files,
        "scan": house.scan.is_some(),
        "handler": organisation.map(|of| json!({"name": of.name, "uscc": of.id.as_str(), "region": of.region, "sector": of.sector})),
        "problem": wrong.map(|wrong| say.of(&wrong.what)),
    });
    shown(house, visitor, "new.html", context)
}

pub(super) async fn new_case(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    filled: Filled,
) -> Result<Response, Problem> {
    match open_filled(&house, &who, &filled).await {
        Ok(case) => {
            house.metrics.acted("open");
            Ok(Redirect::to(&format!("/cases/{case}?done=opened")).into_response())
        }
        Err(problem) if problem.status.is_client_error() => {
            let typed = |name: &str| filled.text(name).unwrap_or_default();
            let page = new_form(&house, &visitor, &who, (typed("procedure"), typed("title")), Some(&problem)).await?;
            Ok((problem.status, page).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// Opens the case that was filled in; its id.
async fn open_filled(house: &House, who: &Who, filled: &Filled) -> Result<CaseId, Problem> {
    let opening = opening(house, who, filled).await?;
    let artefacts = super::act::artefacts(house, filled).await?;
    let answers = artefacts.answers(house, &dossier::Answers::default());
    let mut payload = Payload { opening: Some(opening), artefacts: artefacts.kept, answers, ..Payload::default() };
    if let Some(began) = filled.text("began") {
        let day = began.parse().map_err(|_| Problem::bad("日期无法识别", "the day cannot be read"))?;
        payload.days.insert("began".to_owned(), day);
    }
    let request = desk::request_name(filled.text("request"));
    Ok(desk::open(house, who, payload, request).await?.case)
}

/// What a case is opened with: the handler is the one whose organisation the account belongs to.
async fn opening(house: &House, who: &Who, filled: &Filled) -> Result<Opening, Problem> {
    let organisation = desk::organisation_of(house, who).await?;
    let missing = || Problem::bad("请选择程序", "choose a procedure");
    let procedure = filled.text("procedure").ok_or_else(missing)?;
    let handler = match (who.scope(), organisation) {
        (Scope::Handler(uscc), Some(of)) => {
            Handler { uscc: uscc.clone(), name: of.name, region: of.region.unwrap_or_default(), sector: of.sector }
        }
        // A body that files itself names the handler it is about.
        _ => Handler {
            uscc: filled.text("handler.uscc").unwrap_or_default().to_owned(),
            name: filled.text("handler.name").unwrap_or_default().to_owned(),
            region: filled.text("handler.region").unwrap_or_default().to_owned(),
            sector: filled.text("handler.sector").map(str::to_owned),
        },
    };
    let own_office = match who.scope() {
        Scope::Office(office) => Some(office.clone()),
        _ => None,
    };
    Ok(Opening {
        procedure: ProcedureId::new(procedure),
        handler,
        channel: if filled.ticked("offline") { Channel::Offline } else { Channel::Online },
        office: own_office.or_else(|| filled.text("office").map(str::to_owned)),
        follows: filled.text("follows").map(CaseId::new),
        title: filled.text("title").unwrap_or_default().to_owned(),
    })
}
