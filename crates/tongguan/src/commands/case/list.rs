//! `case list`, `case remind`, `case statistics`, `case check`.

use std::sync::Arc;

use cases::{Ahead, Because, StatisticsQuery, reminders};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;

use super::Desk;
use super::show::word;
use crate::args::{Format, ListArgs};
use crate::screen::table;
use crate::{Answer, Failure};

pub(super) async fn run(desk: &Desk<'_>, args: &ListArgs) -> Result<Answer, Failure> {
    let say = desk.context.say;
    let mut query = desk.everything();
    query.procedure.clone_from(&args.procedure);
    query.state.clone_from(&args.state);
    query.due_before = args.late.then_some(desk.today);
    query.most = args.most;
    let rows = match &args.words {
        Some(words) => desk.store.search(&query.actor, words, args.most).await?.rows,
        None => desk.store.queue(&query).await?.rows,
    };
    if desk.context.format == Format::Json {
        for row in &rows {
            desk.context.json(row)?;
        }
        return Ok(Answer::Yes);
    }
    let header = ["case", "state", "handler", "due", "title"].map(|name| say.text(&format!("case.list.{name}")));
    let rows = rows.into_iter().map(|row| {
        let procedure = desk.world.procedures.get(&row.procedure);
        let state = procedure.and_then(|procedure| procedure.state(&row.state));
        let state = state.map_or(row.state.clone(), |state| say.of(&state.name).to_owned());
        vec![row.case.to_string(), state, row.handler, row.due.map_or(String::new(), |due| due.to_string()), row.title]
    });
    desk.context.out(&table(&header, &rows.collect::<Vec<_>>(), 0))?;
    Ok(Answer::Yes)
}

/// What somebody should be reminded of today, or since a day.
pub(super) async fn remind(desk: &Desk<'_>, since: Option<Date>) -> Result<Answer, Failure> {
    let say = desk.context.say;
    let after = since.map_or(desk.today, |since| since).saturating_sub(1.day());
    let mut query = desk.everything();
    query.most = 500;
    let header = ["day", "case", "party", "what"].map(|name| say.text(&format!("case.remind.{name}")));
    let mut lines = Vec::new();
    loop {
        let page = desk.store.queue(&query).await?;
        for row in &page.rows {
            let case = desk.store.case(&row.case).await?;
            for reminder in reminders(&desk.world, &case, &Ahead::default(), after, desk.today) {
                if desk.context.format == Format::Json {
                    desk.context.json(&json!({"case": case.id, "reminder": reminder}))?;
                    continue;
                }
                let (key, n) = match reminder.because {
                    Because::Due { workdays: 0 } => ("case.remind.today", 0),
                    Because::Due { workdays } => ("case.remind.due", workdays),
                    Because::Late { workdays } => ("case.remind.late", workdays),
                    Because::Opens => ("case.remind.opens", 0),
                    Because::Ends { days } => ("case.remind.ends", days),
                };
                let due = reminder.due.to_string();
                let why = say.fill(key, &[("n", &n.to_string()), ("day", &due)]);
                let what = format!("{}: {why}", say.of(&reminder.title));
                let party = say.text(&format!("clock.party.{}", word(reminder.party))).to_owned();
                lines.push(vec![reminder.day.to_string(), case.id.to_string(), party, what]);
            }
        }
        let Some(last) = page.rows.last().filter(|_| page.more) else { break };
        query.after = Some((last.due, last.case.clone()));
    }
    lines.sort();
    if desk.context.format == Format::Text && !lines.is_empty() {
        desk.context.out(&table(&header, &lines, 0))?;
    }
    Ok(Answer::Yes)
}

pub(super) async fn statistics(
    desk: &Desk<'_>,
    from: Option<String>,
    to: Option<String>,
    by_month: bool,
) -> Result<Answer, Failure> {
    let say = desk.context.say;
    let query = StatisticsQuery { from, to, by_month, ..StatisticsQuery::default() };
    let counts = desk.store.statistics(&query).await?;
    if desk.context.format == Format::Json {
        for count in &counts {
            desk.context.json(count)?;
        }
        return Ok(Answer::Yes);
    }
    let header = ["what", "month", "which", "n"].map(|name| say.text(&format!("case.statistics.{name}")));
    let rows = counts.iter().map(|count| {
        let which = count.bucket.clone().unwrap_or_default();
        vec![word(count.counted), count.month.clone().unwrap_or_default(), which, count.n.to_string()]
    });
    desk.context.out(&table(&header, &rows.collect::<Vec<_>>(), 0))?;
    Ok(Answer::Yes)
}

/// Holds the store against itself: digests, and projections against the actions.
pub(super) async fn check(desk: &Desk<'_>, rebuild: bool) -> Result<Answer, Failure> {
    let say = desk.context.say;
    let actions = desk.store.verify().await?;
    if rebuild {
        desk.store.rebuild(desk.today).await?;
    }
    let differences = desk.store.verify_projections().await?;
    let entries = doors_record(desk).await?;
    desk.context.out(&say.fill("case.check.actions", &[("n", &actions.to_string())]))?;
    desk.context.out(&say.fill("case.check.record", &[("n", &entries.to_string())]))?;
    for difference in &differences {
        desk.context.out(&say.fill("case.check.differs", &[("at", &difference.at)]))?;
    }
    Ok(if differences.is_empty() { Answer::Yes } else { Answer::No })
}

/// Holds the record of the doors, who came in and who read what, against its digests: how many entries it has.
async fn doors_record(desk: &Desk<'_>) -> Result<u64, Failure> {
    let database = database::Database::at(&desk.address).map_err(|error| Failure::Input(error.to_string()))?;
    let master = desk.home.keys.case_store_key(true)?;
    let random: cases::Random =
        Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| std::io::Error::other(error.to_string())));
    let policies = doors::Policies::embedded().map_err(|error| Failure::Other(error.to_string()))?;
    let doors = doors::Doors::open(&database, doors::Keys::new(*master.bytes(), random), Arc::new(policies)).await?;
    let entries = doors.verify_record().await?;
    doors.close().await;
    Ok(entries)
}
