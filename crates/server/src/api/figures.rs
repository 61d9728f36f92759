//! Statistics, reminders, and consultations that were published.

use ::cases::{Ahead, Count, Counted, Group, QueueQuery, Reminder, Scope, StatisticsQuery};
use axum::http::Method;
use doors::{Action, Resource, TokenScope};
use jiff::ToSpan as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Shown;
use super::asked::{Asked, Nothing};
use super::cursor::{self, List};
use super::law::limit;
use super::table::{Need, Operation, operation};
use crate::desk::statistics::Atom;
use crate::desk::{self, publication, statistics};
use crate::problem::Problem;

/// Days that reminders look back at most.
const DAYS: u32 = 92;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            (Method::GET, "/api/statistics"),
            "getStatistics",
            "figures",
            Need::Scope(&[TokenScope::Statistics]),
            (
                "Counts by month, procedure, province and sector; a province sees its own",
                "统计：按月份、程序、省份、行业；省级仅见本省",
            ),
            full_statistics,
        ),
        operation(
            (Method::GET, "/api/statistics/public"),
            "getPublicStatistics",
            "figures",
            Need::Public,
            ("What everybody may know: small counts are not told", "公开统计：小数目不予显示"),
            public_statistics,
        ),
        operation(
            (Method::GET, "/api/reminders"),
            "listReminders",
            "figures",
            Need::Scope(&[TokenScope::ReadCases]),
            ("What falls due on one's cases, or fell due in the last days", "本人案件的到期提醒"),
            reminders,
        ),
        operation(
            (Method::GET, "/api/consultations"),
            "listConsultations",
            "consultations",
            Need::Public,
            ("Consultations whose answer was published, redacted", "已公开的咨询答复（已隐去身份）"),
            consultations,
        ),
    ]
}

/// What is told apart.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum By {
    Procedure,
    Province,
    Sector,
}

/// Which figures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FiguresAsked {
    /// The first month, such as `2026-01`.
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}$"))]
    from: Option<String>,
    /// The last month.
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}$"))]
    to: Option<String>,
    /// Only this procedure.
    procedure: Option<String>,
    /// Only this province.
    province: Option<String>,
    /// Only this sector.
    sector: Option<String>,
    /// Told apart by this.
    by: Option<By>,
    /// Whether months are told apart.
    by_month: Option<bool>,
}

/// Figures.
#[derive(Debug, Serialize, JsonSchema)]
struct Figures {
    counts: Vec<Count>,
    /// Working days within which half of the cases had their result; null where there are none.
    median_days: Option<u32>,
    /// The same of nine in ten.
    p90_days: Option<u32>,
}

fn month(text: Option<&String>) -> Result<Option<String>, Problem> {
    let is = |text: &String| {
        text.len() == 7
            && text.bytes().enumerate().all(|(at, byte)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() })
    };
    let wrong = || {
        Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            "bad-parameter",
            ::law::Text::new("月份形如 `2026-01`", "a month is written like `2026-01`"),
        )
    };
    text.map(|text| if is(text) { Ok(text.clone()) } else { Err(wrong()) }).transpose()
}

async fn full_statistics(asked: Asked<Nothing, FiguresAsked>) -> Result<Shown<Figures>, Problem> {
    let (house, who, query) = (&asked.house, asked.who()?, &asked.query);
    desk::may(house, who, Action::ReadStatistics, Resource::Installation)?;
    // Small numbers tell of single cases: whoever has to do with one province sees those of that province.
    let province = match who.scope() {
        Scope::All => query.province.clone(),
        Scope::Province(own) if query.province.as_ref().is_none_or(|named| named == own) => Some(own.clone()),
        _ => return Err(Problem::forbidden()),
    };
    let by = query.by.map(|by| match by {
        By::Procedure => Group::Procedure,
        By::Province => Group::Province,
        By::Sector => Group::Sector,
    });
    let of = StatisticsQuery {
        from: month(query.from.as_ref())?,
        to: month(query.to.as_ref())?,
        procedure: query.procedure.clone(),
        province,
        sector: query.sector.clone(),
        by: by.into_iter().collect(),
        by_month: query.by_month.unwrap_or(false),
    };
    let counts = house.store.statistics(&of).await?;
    let (median_days, p90_days) = (::cases::percentile(&counts, 50), ::cases::percentile(&counts, 90));
    Ok(Shown(Figures { counts, median_days, p90_days }))
}

/// Since when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RemindersAsked {
    /// Reminders of so many days up to today, 1 to 92; 7 where nothing is said.
    #[schemars(range(min = 1, max = 92))]
    days: Option<u32>,
    /// Cases that are looked at, 1 to 200; 50 where nothing is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What somebody should be reminded of.
#[derive(Debug, Serialize, JsonSchema)]
struct ReminderView {
    case: String,
    title: String,
    #[serde(rename = "reminder")]
    of: Reminder,
}

async fn reminders(asked: Asked<Nothing, RemindersAsked>) -> Result<Shown<List<ReminderView>>, Problem> {
    let (house, who, query) = (&asked.house, asked.who()?, &asked.query);
    let today = house.today();
    let after = today.saturating_sub(i64::from(limit(query.days, 7, DAYS)?).days());
    let after_row = query.cursor.as_deref().map(cursor::row).transpose()?;
    let page = QueueQuery { after: after_row, most: limit(query.limit, 50, 200)?, ..desk::queue_of(who) };
    let page = house.store.queue(&page).await?;
    let mut rows = Vec::new();
    for row in &page.rows {
        let case = house.store.case(&row.case).await?;
        let all = ::cases::reminders(&house.world, &case, &Ahead::default(), after, today);
        let own = all.into_iter().filter(|reminder| who.role.serves(reminder.party));
        rows.extend(own.map(|of| ReminderView { case: row.case.to_string(), title: row.title.clone(), of }));
    }
    let next = page.rows.last().filter(|_| page.more).map(cursor::of_row);
    Ok(Shown(List { rows, next }))
}

/// Which consultations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConsultationsAsked {
    /// Words; all of them have to be there.
    q: Option<String>,
    /// Rows at most, 1 to 100; 50 where nothing is said.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A consultation as it was published: nothing of who asked, and a blank where somebody would be known by the text.
#[derive(Debug, Serialize, JsonSchema)]
struct Consultation {
    /// The office's number, where it gave one.
    number: Option<String>,
    question: String,
    answer: String,
}

async fn consultations(asked: Asked<Nothing, ConsultationsAsked>) -> Result<Shown<List<Consultation>>, Problem> {
    let query = &asked.query;
    let (skip, most) = (cursor::place(query.cursor.as_deref())?, limit(query.limit, 50, 100)?);
    let words = query.q.as_deref().unwrap_or_default().to_lowercase();
    let words: Vec<String> = words.split_whitespace().take(8).map(str::to_owned).collect();
    let all = publication::published(&asked.house).await?;
    let mut found = all.iter().filter(|one| one.fits(&words, "")).skip(skip as usize);
    let rows = found.by_ref().take(most as usize).map(|one| Consultation {
        number: one.of.number.clone(),
        question: publication::written(&one.question),
        answer: publication::written(&one.answer),
    });
    let rows: Vec<Consultation> = rows.collect();
    let next = found.next().map(|_| cursor::of_place(skip + most));
    Ok(Shown(List { rows, next }))
}

/// A count that is told to everybody.
#[derive(Debug, Serialize, JsonSchema)]
struct PublicCount {
    counted: Counted,
    procedure: String,
    /// `month`, `sector`, `province` or `field`.
    by: String,
    key: String,
    /// Null where it is not told.
    n: Option<u64>,
    /// Whether it is not told because it is small, or so that a small one cannot be worked out.
    hidden: bool,
}

/// The figures of the public.
#[derive(Debug, Serialize, JsonSchema)]
struct PublicFigures {
    /// Counts below this, nought aside, are not told.
    least: u64,
    counts: Vec<PublicCount>,
}

async fn public_statistics(asked: Asked) -> Result<Shown<PublicFigures>, Problem> {
    let figures = statistics::public_figures(&asked.house).await?;
    let mut counts = Vec::new();
    for ((counted, axis, procedure), line) in &figures.lines {
        counts.extend(line.iter().map(|(key, atom)| {
            let n = match atom {
                Atom::Is(n) => Some(*n),
                Atom::Small | Atom::Withheld => None,
            };
            let (procedure, by) = (procedure.clone(), axis.word().to_owned());
            PublicCount { counted: *counted, procedure, by, key: key.clone(), n, hidden: n.is_none() }
        }));
    }
    Ok(Shown(PublicFigures { least: statistics::LEAST, counts }))
}
