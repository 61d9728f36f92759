//! Cases: queues, search, and a case that is opened.

use std::collections::BTreeMap;

use ::cases::{
    ArtefactKind, Channel, Found, Handler, Opening, Payload, Phase, ProcedureId, QueueQuery, QueueRow, Scope, Version,
};
use ::law::Party;
use axum::http::Method;
use doors::TokenScope;
use dossier::AnswerPath;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{Made, Shown};
use super::asked::{Asked, Json, Nothing};
use super::cursor::{self, List};
use super::law::limit;
use super::table::{Need, Operation, operation};
use crate::desk;
use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

const TAG: &str = "cases";
const READ: Need = Need::Scope(&[TokenScope::ReadCases]);

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            (Method::GET, "/api/cases"),
            "listCases",
            TAG,
            READ,
            ("Cases one has to do with, nearest day first", "本人有关的案件，最近期限在前"),
            list,
        ),
        operation(
            (Method::POST, "/api/cases"),
            "openCase",
            TAG,
            Need::Scope(&[TokenScope::Act]),
            ("Open a case", "设立案件"),
            open,
        )
        .named()
        .problems(&[
            "unknown-procedure",
            "wrong-role",
            "not-yours",
            "bad-part",
            "missing-part",
            "part-not-asked-for",
            "no-channel",
            "other-region",
            "not-in-force",
            "request-reused",
            "stale-version",
            "no-case",
            "not-found",
        ]),
        operation(
            (Method::GET, "/api/search"),
            "searchCases",
            TAG,
            READ,
            ("Search cases by words, in Chinese too", "按词语检索案件"),
            search,
        ),
    ]
}

/// Which cases.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QueueAsked {
    /// Only those that wait for this party.
    holder: Option<Party>,
    /// Only those in this phase.
    phase: Option<Phase>,
    /// Only those of this procedure.
    procedure: Option<String>,
    /// Only those in this state.
    state: Option<String>,
    /// Only those of this province, by ISO 3166-2.
    province: Option<String>,
    /// Only those given to this officer; `me`: to whoever asks.
    assigned: Option<String>,
    /// Only those on which something is due before this day and does not stand still.
    due_before: Option<Date>,
    /// Only those that are late today.
    late: Option<bool>,
    /// Rows at most, 1 to 500; 50 where nothing is said.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of a queue.
#[derive(Debug, Serialize, JsonSchema)]
struct QueuePage {
    /// How many there are on all pages; above 1,000 as they were up to two seconds ago.
    all: u64,
    #[serde(flatten)]
    page: List<QueueRow>,
}

async fn list(asked: Asked<Nothing, QueueAsked>) -> Result<Shown<QueuePage>, Problem> {
    let (house, who, query) = (&asked.house, asked.who()?, &asked.query);
    let late = query.late.unwrap_or(false).then(|| house.today());
    let assigned =
        query.assigned.as_ref().map(|id| if id == "me" { who.id.clone() } else { ::cases::ActorId::new(id) });
    let whole = QueueQuery {
        holder: query.holder,
        phase: query.phase,
        procedure: query.procedure.clone(),
        state: query.state.clone(),
        province: query.province.clone(),
        assigned,
        due_before: [query.due_before, late].into_iter().flatten().min(),
        most: limit(query.limit, 50, 500)?,
        ..desk::queue_of(who)
    };
    let after = query.cursor.as_deref().map(cursor::row).transpose()?;
    let page = QueueQuery { after, ..whole.clone() };
    let (page, all) = tokio::try_join!(house.store.queue(&page), house.store.queue_length(&whole))?;
    let next = page.rows.last().filter(|_| page.more).map(cursor::of_row);
    Ok(Shown(QueuePage { all, page: List { rows: page.rows, next } }))
}

/// What is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchAsked {
    /// Words; all of them have to be there.
    #[schemars(length(min = 1, max = 200))]
    q: String,
    /// Rows at most, 1 to 500; 50 where nothing is said.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
}

/// What was found, the best first.
#[derive(Debug, Serialize, JsonSchema)]
struct FoundView {
    /// How many fit.
    all: u64,
    rows: Vec<QueueRow>,
}

async fn search(asked: Asked<Nothing, SearchAsked>) -> Result<Shown<FoundView>, Problem> {
    let words = &asked.query.q;
    if words.is_empty() || words.chars().count() > 200 {
        let what = ::law::Text::new("`q` 须为1至200个字符", "`q` has 1 to 200 characters");
        return Err(Problem::new(axum::http::StatusCode::BAD_REQUEST, "bad-parameter", what));
    }
    let most = limit(asked.query.limit, 50, 500)?;
    let found = if words.trim().is_empty() {
        Found { rows: Vec::new(), all: 0 }
    } else {
        asked.house.store.search(&asked.who()?.actor(), words, most).await?
    };
    Ok(Shown(FoundView { all: found.all, rows: found.rows }))
}

/// What a case is opened with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CaseWanted {
    /// The procedure, such as `security-assessment`.
    procedure: String,
    /// A few words to know it by, without personal data.
    #[serde(default)]
    title: String,
    /// Who files. Somebody of a handler leaves it out, or names that handler.
    #[serde(default)]
    handler: Option<Handler>,
    #[serde(default)]
    channel: Channel,
    /// The certification body, zone's body, prefecture or authority it goes to, where that is not the province.
    #[serde(default)]
    office: Option<String>,
    /// The case it follows.
    #[serde(default)]
    follows: Option<String>,
    /// Days by their names, such as `began`.
    #[serde(default)]
    days: BTreeMap<String, Date>,
    /// Answers by path.
    #[serde(default)]
    answers: BTreeMap<AnswerPath, Value>,
    /// Inventory, determination, plan.
    #[serde(default)]
    artefacts: BTreeMap<ArtefactKind, Value>,
}

/// A case that was opened, or was opened before under the same name of the request.
#[derive(Debug, Serialize, JsonSchema)]
struct CaseMade {
    case: String,
    version: Version,
    state: String,
}

async fn open(asked: Asked<Nothing, Nothing, Json<CaseWanted>>) -> Result<Made<CaseMade>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let Json(wanted) = asked.body;
    let handler = handler(house, who, wanted.handler).await?;
    let own_office = match who.scope() {
        Scope::Office(office) => Some(office.clone()),
        _ => None,
    };
    let opening = Opening {
        procedure: ProcedureId::new(wanted.procedure),
        handler,
        channel: wanted.channel,
        office: own_office.or(wanted.office),
        follows: wanted.follows.map(::cases::CaseId::new),
        title: wanted.title,
    };
    let (days, answers, artefacts) = (wanted.days, wanted.answers, wanted.artefacts);
    let payload = Payload { opening: Some(opening), days, answers, artefacts, ..Payload::default() };
    let opened = desk::open(house, who, payload, asked.key).await?;
    house.metrics.acted("open");
    let (case, recorded) = (opened.case.to_string(), &opened.done.recorded);
    let of = CaseMade { version: recorded.version, state: recorded.state.to_string(), case: case.clone() };
    Ok(Made { at: format!("/api/cases/{case}"), of })
}

/// The handler that is named, or the one whoever asks belongs to.
async fn handler(house: &House, who: &Who, named: Option<Handler>) -> Result<Handler, Problem> {
    if let Some(named) = named {
        return Ok(named);
    }
    let missing = || {
        Problem::new(
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            "missing-part",
            ::law::Text::new("请填写 `handler`", "name the `handler`"),
        )
    };
    let Scope::Handler(uscc) = who.scope() else { return Err(missing()) };
    let of = desk::organisation_of(house, who).await?.ok_or_else(missing)?;
    Ok(Handler { uscc: uscc.clone(), name: of.name, region: of.region.unwrap_or_default(), sector: of.sector })
}
