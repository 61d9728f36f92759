//! One case, read part by part. What an officer reads is written down before it is given.

use ::cases::{Role, Version};
use ::law::{Comparison, Text};
use axum::http::Method;
use doors::{Action, CaseFacts, Page, Read, ReadsQuery, Resource, TokenScope};
use dossier::{Gap, Progress};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Shown;
use super::asked::{Asked, Nothing};
use super::cursor::{self, List};
use super::law::limit;
use super::table::{Need, Operation, operation};
use crate::desk::{self, Looked};
use crate::problem::Problem;
use crate::view::{ActionView, CaseView, ClockView, EntryView, ItemView, entry_view};

const TAG: &str = "cases";
const READ: Need = Need::Scope(&[TokenScope::ReadCases]);

pub(super) fn operations() -> Vec<Operation> {
    let get = Method::GET;
    vec![
        operation(
            (get.clone(), "/api/cases/{case}"),
            "getCase",
            TAG,
            READ,
            ("A case as whoever asks may see it", "案件（按权限显示）"),
            whole,
        ),
        operation(
            (get.clone(), "/api/cases/{case}/record"),
            "getRecord",
            TAG,
            READ,
            ("What happened, each action with its digest and its place in the log", "案件记录：每一操作及其摘要"),
            record,
        ),
        operation(
            (get.clone(), "/api/cases/{case}/clocks"),
            "getClocks",
            TAG,
            READ,
            ("Its periods; with `explain`, day by day", "案件期间；`explain` 时逐日说明"),
            clocks,
        ),
        operation(
            (get.clone(), "/api/cases/{case}/items"),
            "getItems",
            TAG,
            READ,
            ("Its data items, each with what was decided", "数据项及其决定"),
            items,
        ),
        operation(
            (get.clone(), "/api/cases/{case}/gaps"),
            "getGaps",
            TAG,
            READ,
            ("What its forms lack, and how far they are", "表单缺漏与进度"),
            gaps,
        ),
        operation(
            (get.clone(), "/api/cases/{case}/actions"),
            "listActions",
            TAG,
            READ,
            ("What can be done next, and what keeps it", "可办理的操作及其障碍"),
            actions,
        ),
        operation(
            (get.clone(), "/api/cases/{case}/comparison"),
            "getComparison",
            TAG,
            READ,
            ("The handler's determination beside that of this rule base", "处理者判定与本规则库判定的对照"),
            comparison,
        )
        .problems(&["before-rule-base", "rules-conflict", "rules-gap", "facts-contradict", "fact-value"]),
        operation(
            (get, "/api/cases/{case}/reads"),
            "listReads",
            TAG,
            Need::Scope(&[]),
            ("Who read it", "查阅记录"),
            reads,
        ),
    ]
}

/// A case.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct OfCase {
    /// Its id, such as `sa-7k3m9qx2pd`.
    pub(super) case: String,
}

async fn whole(asked: Asked<OfCase>) -> Result<Shown<CaseView>, Problem> {
    let looked = desk::look(&asked.house, asked.who()?, &asked.path.case, "case", false).await?;
    Ok(Shown(looked.view))
}

/// An action as it stands in the record, without what it took along.
#[derive(Debug, Serialize, JsonSchema)]
struct RecordView {
    version: Version,
    at: Timestamp,
    /// The civil day in UTC+8.
    day: Date,
    /// The account.
    by: String,
    role: Role,
    action: String,
    /// The state it led to.
    state: String,
    /// SHA-256 over this action and all before it.
    digest: String,
    /// Its place in the evidence log; null until it stands there.
    leaf: Option<u64>,
}

fn not_recipients(who: &crate::who::Who) -> Result<(), Problem> {
    if who.role == Role::Recipient { Err(Problem::forbidden()) } else { Ok(()) }
}

async fn record(asked: Asked<OfCase>) -> Result<Shown<Vec<RecordView>>, Problem> {
    let who = asked.who()?;
    let case = desk::read_case(&asked.house, who, &asked.path.case, "record").await?;
    not_recipients(who)?;
    let entries = asked.house.store.record(&case.id).await?.into_iter().map(|entry| RecordView {
        version: entry.recorded.version,
        at: entry.recorded.at,
        day: entry.recorded.day,
        by: entry.recorded.by.id.to_string(),
        role: entry.recorded.by.role,
        action: entry.recorded.action.to_string(),
        state: entry.recorded.state.to_string(),
        digest: entry.digest,
        leaf: entry.leaf,
    });
    Ok(Shown(entries.collect()))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Explained {
    /// Whether each day on the way is given, with why it counts or not.
    explain: Option<bool>,
}

async fn clocks(asked: Asked<OfCase, Explained>) -> Result<Shown<Vec<ClockView>>, Problem> {
    let explain = asked.query.explain.unwrap_or(false);
    let looked = desk::look(&asked.house, asked.who()?, &asked.path.case, "clocks", explain).await?;
    Ok(Shown(looked.view.clocks))
}

async fn items(asked: Asked<OfCase>) -> Result<Shown<Vec<ItemView>>, Problem> {
    let looked = desk::look(&asked.house, asked.who()?, &asked.path.case, "items", false).await?;
    Ok(Shown(looked.view.items))
}

/// What its forms lack.
#[derive(Debug, Serialize, JsonSchema)]
struct GapsView {
    version: Version,
    /// How far they are; null where the state asks for none.
    progress: Option<Progress>,
    gaps: Vec<Gap>,
}

async fn gaps(asked: Asked<OfCase>) -> Result<Shown<GapsView>, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let Looked { case, view } = desk::look(house, who, &asked.path.case, "gaps", false).await?;
    not_recipients(who)?;
    let procedure = house.procedure(case.procedure.as_str())?;
    let forms = procedure.state(case.state.as_str()).and_then(|state| state.forms);
    let gaps =
        forms.map(|forms| dossier::gaps(house.world.forms, house.world.base, forms, &case.dossier, house.today()));
    Ok(Shown(GapsView { version: case.version, progress: view.progress, gaps: gaps.unwrap_or_default() }))
}

async fn actions(asked: Asked<OfCase>) -> Result<Shown<Vec<ActionView>>, Problem> {
    let looked = desk::look(&asked.house, asked.who()?, &asked.path.case, "actions", false).await?;
    Ok(Shown(looked.view.actions))
}

async fn comparison(asked: Asked<OfCase>) -> Result<Shown<Comparison>, Problem> {
    let who = asked.who()?;
    let case = desk::read_case(&asked.house, who, &asked.path.case, "comparison").await?;
    not_recipients(who)?;
    let none = || Problem::not_found(Text::new("本案没有附判定", "the case has no determination to compare with"));
    Ok(Shown(desk::compared(&asked.house, &case)?.ok_or_else(none)?))
}

/// Which reads.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadsAsked {
    /// Rows at most, 1 to 200; 50 where nothing is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

async fn reads(asked: Asked<OfCase, ReadsAsked>) -> Result<Shown<List<EntryView>>, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let case = desk::case_of(house, who, &asked.path.case).await?;
    let facts = CaseFacts::of(&house.world, &case)?;
    desk::may(house, who, Action::ReadReads, Resource::Case(&facts))?;
    let (skip, most) = (cursor::place(asked.query.cursor.as_deref())?, limit(asked.query.limit, 50, 200)?);
    let noted = Read {
        account: who.account.id.clone(),
        role: who.role,
        case: Some(case.id.clone()),
        what: "reads".to_owned(),
        at: house.now(),
    };
    house.doors.note_read(noted).await?;
    let query = ReadsQuery { case: Some(case.id.clone()), ..ReadsQuery::default() };
    let mut rows = house.doors.reads(&query, Page { skip, most: most + 1 }).await?;
    let more = rows.len() > most as usize;
    rows.truncate(most as usize);
    let next = more.then(|| cursor::of_place(skip + most));
    Ok(Shown(List { rows: rows.into_iter().map(entry_view).collect(), next }))
}

/// Nothing but the case.
pub(super) type AskedOf<B> = Asked<OfCase, Nothing, B>;
