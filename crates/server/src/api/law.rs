//! Rules, lists, calendar and periods of the law, to look up. Open to all.

use ::law::{
    Checked, Clock, ConventionChanges, DayCount, Effect, Events, ListEdition, ListKind, Pause, Rule, Run, Start,
    Status, Term, Text,
};
use axum::http::{Method, StatusCode};
use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Shown;
use super::asked::{Asked, Json, Nothing};
use super::cursor::{self, List};
use super::table::{Need, Operation, operation};
use crate::house::House;
use crate::problem::Problem;

const TAG: &str = "law";
/// Rows of a page at most.
const MOST: u32 = 200;
/// The most a period is prolonged by, or stands still, in an example.
const LONGEST: i32 = 4_000;

pub(super) fn operations() -> Vec<Operation> {
    let open = Need::Public;
    vec![
        operation(
            (Method::GET, "/api/rules"),
            "listRules",
            TAG,
            open,
            ("Provisions of the rule base", "规则库的规定"),
            rules,
        ),
        operation(
            (Method::GET, "/api/rules/{rule}"),
            "getRule",
            TAG,
            open,
            ("One provision, cited and dated", "一条规定，含出处与日期"),
            rule,
        ),
        operation(
            (Method::GET, "/api/lists"),
            "listLists",
            TAG,
            open,
            ("Lists of free-trade zones and others", "自贸区等清单"),
            lists,
        ),
        operation(
            (Method::GET, "/api/lists/{list}"),
            "getList",
            TAG,
            open,
            ("One edition of a list, row by row", "一份清单，逐行"),
            list,
        ),
        operation(
            (Method::GET, "/api/calendar/{year}"),
            "getCalendar",
            TAG,
            open,
            ("Working days of a year", "一年的工作日"),
            calendar,
        )
        .problems(&["outside-calendar"]),
        operation((Method::GET, "/api/clocks"), "listClocks", TAG, open, ("Statutory periods", "法定期间"), clocks),
        operation(
            (Method::GET, "/api/clocks/{clock}"),
            "getClock",
            TAG,
            open,
            ("One statutory period", "一个法定期间"),
            clock,
        ),
        operation(
            (Method::POST, "/api/clocks/{clock}/runs"),
            "runClock",
            TAG,
            open,
            ("Run a period from a day, explained day by day", "自某日起计算期间，逐日说明"),
            run,
        )
        .problems(&["clock-run", "clock-range", "clock-convention", "outside-calendar"]),
    ]
}

fn none(zh: &str, en: &str) -> Problem {
    Problem::not_found(Text::new(zh, en))
}

/// A page of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RulesAsked {
    /// Only those in force on the day.
    on: Option<Date>,
    /// Only those of an instrument, by its id.
    instrument: Option<String>,
    /// Rows at most, 1 to 200; 50 where nothing is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A provision.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleView {
    id: String,
    instrument: String,
    /// How the instrument is cited.
    cited: String,
    article: String,
    title: Text,
    /// The provision in our own words.
    provision: Text,
    from: Date,
    to: Option<Date>,
    status: Status,
    source: Vec<String>,
    last_checked: Checked,
    /// The lawyer who signed it; empty until one did.
    reviewed_by: String,
    superseded_by: Vec<String>,
    /// Rules that give way to this one.
    exception_to: Vec<String>,
    /// Rules that prevail over this one.
    gives_way_to: Vec<String>,
    /// When it applies, in words.
    when: String,
    effect: Effect,
}

fn rule_view(house: &House, rule: &Rule) -> RuleView {
    RuleView {
        id: rule.id.clone(),
        instrument: rule.instrument.clone(),
        cited: rule.instrument_short.clone(),
        article: rule.article.clone(),
        title: rule.title.clone(),
        provision: rule.provision.clone(),
        from: rule.from,
        to: rule.to,
        status: rule.status,
        source: rule.source.clone(),
        last_checked: rule.last_checked.clone(),
        reviewed_by: rule.reviewed_by.clone(),
        superseded_by: rule.superseded_by.clone(),
        exception_to: rule.exception_to.iter().map(|exception| exception.rule.clone()).collect(),
        gives_way_to: rule.gives_way_to.clone(),
        when: rule.when.words(house.world.base.facts()),
        effect: rule.effect.clone(),
    }
}

async fn rules(asked: Asked<Nothing, RulesAsked>) -> Result<Shown<List<RuleView>>, Problem> {
    let (house, query) = (&asked.house, &asked.query);
    let (skip, most) = (cursor::place(query.cursor.as_deref())?, limit(query.limit, 50, MOST)?);
    let wanted = |rule: &&Rule| {
        query.on.is_none_or(|on| rule.in_force(on)) && query.instrument.as_ref().is_none_or(|id| rule.instrument == *id)
    };
    let mut all = house.world.base.rules().iter().filter(wanted).skip(skip as usize);
    let rows: Vec<RuleView> = all.by_ref().take(most as usize).map(|rule| rule_view(house, rule)).collect();
    let next = all.next().map(|_| cursor::of_place(skip + most));
    Ok(Shown(List { rows, next }))
}

/// How many rows are wanted.
pub(super) fn limit(wanted: Option<u32>, usual: u32, most: u32) -> Result<u32, Problem> {
    match wanted.unwrap_or(usual) {
        n if (1..=most).contains(&n) => Ok(n),
        _ => {
            let what = Text::new(format!("`limit` 须为1至{most}"), format!("`limit` is 1 to {most}"));
            Err(Problem::new(StatusCode::BAD_REQUEST, "bad-parameter", what))
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct OfRule {
    /// Its id, such as `cn.o16.8`.
    rule: String,
}

async fn rule(asked: Asked<OfRule>) -> Result<Shown<RuleView>, Problem> {
    let found = asked.house.world.base.rule(&asked.path.rule);
    let found = found.ok_or_else(|| none("规则库中没有这条规定", "the rule base has no such rule"))?;
    Ok(Shown(rule_view(&asked.house, found)))
}

/// A list by its head.
#[derive(Debug, Serialize, JsonSchema)]
struct ListHead {
    id: String,
    short: String,
    title: Text,
    kind: ListKind,
    edition: String,
    zones: Vec<String>,
    in_force: Term,
    superseded_by: Option<String>,
    status: Status,
    /// Rows that are known here.
    rows: usize,
}

async fn lists(asked: Asked) -> Result<Shown<Vec<ListHead>>, Problem> {
    let heads = asked.house.world.base.lists().iter().map(|list| ListHead {
        id: list.id.clone(),
        short: list.short.clone(),
        title: list.title.clone(),
        kind: list.kind,
        edition: list.edition.clone(),
        zones: list.zones.clone(),
        in_force: list.in_force.clone(),
        superseded_by: list.superseded_by.clone(),
        status: list.status,
        rows: list.row.len(),
    });
    Ok(Shown(heads.collect()))
}

#[derive(Deserialize, JsonSchema)]
struct OfList {
    list: String,
}

async fn list(asked: Asked<OfList>) -> Result<Shown<ListEdition>, Problem> {
    let found = asked.house.world.base.list(&asked.path.list);
    Ok(Shown(found.ok_or_else(|| none("没有这份清单", "there is no such list"))?.clone()))
}

#[derive(Deserialize, JsonSchema)]
struct OfYear {
    #[schemars(range(min = 1, max = 9999))]
    year: u16,
}

/// A year of the working-day calendar.
#[derive(Debug, Serialize, JsonSchema)]
struct YearView {
    year: u16,
    /// The address of the notice of holidays; empty where none is out.
    notice: String,
    status: Status,
    /// Whether days may still move because the notice is not out.
    provisional: bool,
    days: Vec<DayCount>,
}

async fn calendar(asked: Asked<OfYear>) -> Result<Shown<YearView>, Problem> {
    let calendar = asked.house.world.base.calendar();
    let year = asked.path.year;
    let outside = || none("日历不含该年", "the calendar does not have that year");
    let (notice, status) = i16::try_from(year).ok().and_then(|year| calendar.notice(year)).ok_or_else(outside)?;
    let first = Date::new(year as i16, 1, 1).map_err(|_| outside())?;
    let mut days = Vec::new();
    let mut day = first;
    while day.year() == first.year() {
        let kind = calendar.is_working_day(day)?;
        days.push(DayCount { date: day, counts: kind.counts(), why: kind.why() });
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(Shown(YearView { year, notice: notice.to_owned(), status, provisional: calendar.is_provisional(first), days }))
}

async fn clocks(asked: Asked) -> Result<Shown<Vec<Clock>>, Problem> {
    Ok(Shown(asked.house.world.base.clocks().to_vec()))
}

#[derive(Deserialize, JsonSchema)]
struct OfClock {
    /// Its id, such as `sc-filing`.
    clock: String,
}

fn clock_of<'a>(house: &'a House, id: &str) -> Result<&'a Clock, Problem> {
    house.world.base.clock_book().clock(id).map_err(|_| none("没有这个期间", "there is no such period"))
}

async fn clock(asked: Asked<OfClock>) -> Result<Shown<Clock>, Problem> {
    Ok(Shown(clock_of(&asked.house, &asked.path.clock)?.clone()))
}

/// When the event of a period was, and what happened to the run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RunWanted {
    /// The day of the event.
    from: Date,
    /// The moment in UTC+8, for periods in hours.
    #[serde(default)]
    moment: Option<DateTime>,
    /// Days on which it stood still, both included.
    #[serde(default)]
    pauses: Vec<PauseWanted>,
    /// By how much it was prolonged, in its own unit.
    #[serde(default)]
    extended: u32,
    /// Other ways of counting, such as `first-day=counted`.
    #[serde(default)]
    conventions: Vec<String>,
}

/// Days on which a period stood still.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PauseWanted {
    from: Date,
    to: Date,
}

async fn run(asked: Asked<OfClock, Nothing, Json<RunWanted>>) -> Result<Shown<Run>, Problem> {
    let base = asked.house.world.base;
    let clock = clock_of(&asked.house, &asked.path.clock)?;
    let Json(wanted) = asked.body;
    let far =
        |from: Date, to: Date| from.until(to).map_or(true, |span| span.get_days() > LONGEST || span.get_days() < 0);
    let unreal = !(1980..=2100).contains(&wanted.from.year())
        || wanted.extended > LONGEST as u32
        || wanted.pauses.len() > 50
        || wanted.conventions.len() > 10
        || wanted.pauses.iter().any(|pause| far(pause.from, pause.to));
    if unreal {
        let what = Text::new(
            "日期或时长超出可计算的范围",
            "a day or a length lies outside what is worked out here: days of 1980 to 2100",
        );
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "clock-range", what));
    }
    let mut changes = ConventionChanges::default();
    for given in &wanted.conventions {
        changes.set(given)?;
    }
    let start = wanted.moment.map_or(Start::Day(wanted.from), Start::Moment);
    let events = Events {
        pauses: wanted.pauses.iter().map(|pause| Pause { from: pause.from, to: pause.to }).collect(),
        extended: wanted.extended,
    };
    let by = base.clock_book().conventions_for(clock, changes);
    Ok(Shown(clock.run(base.calendar(), by, start, &events)?))
}
