//! `clock`: working days by the State Council's notices, and the statutory periods.

mod read;
mod renewal;
mod run;

use clearance::rule_base;
use jiff::civil::Date;
use law::{ClockError, ConventionChanges, Count, DayCount, Workdays};
use serde::Serialize;

use super::{Context, show};
use crate::args::{ClockCommand, Format};
use crate::catalogue::Say;
use crate::screen::{Paint, paint, wrap};
use crate::{Answer, Failure};

#[derive(Serialize)]
struct Due<'a> {
    due: Date,
    days: Vec<Day<'a>>,
    provisional: bool,
}

#[derive(Serialize)]
struct Before<'a> {
    day: Date,
    days: Vec<Day<'a>>,
    provisional: bool,
}

#[derive(Serialize)]
struct Day<'a> {
    date: Date,
    counts: bool,
    why: &'a str,
}

/// What is asked wrongly is the caller's; what the calendar says has its own standing.
impl From<ClockError> for Failure {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Law(error) => error.into(),
            error => Self::Input(error.to_string()),
        }
    }
}

pub(crate) fn run(context: &Context, command: &ClockCommand) -> Result<Answer, Failure> {
    let base = rule_base()?;
    let calendar = base.calendar();
    match command {
        ClockCommand::Due { from, workdays } => {
            let count = calendar.due(*from, Workdays(*workdays))?;
            match context.format {
                Format::Json => {
                    let days = days(context, &count.days);
                    context.json(&Due { due: count.day, days, provisional: count.provisional })?;
                }
                Format::Text => counted(context, "clock.due", &count)?,
            }
        }
        ClockCommand::Before { day, workdays } => {
            let count = calendar.before(*day, Workdays(*workdays))?;
            match context.format {
                Format::Json => {
                    let days = days(context, &count.days);
                    context.json(&Before { day: count.day, days, provisional: count.provisional })?;
                }
                Format::Text => counted(context, "clock.before", &count)?,
            }
        }
        ClockCommand::List => read::list(context, &base)?,
        ClockCommand::Show { id } => read::show(context, &base, base.clock_book().clock(id)?)?,
        ClockCommand::Conventions => read::conventions(context, &base)?,
        ClockCommand::Run(args) => return run::run(context, &base, args),
        ClockCommand::Renewal(args) => return renewal::run(context, &base, args),
    }
    Ok(Answer::Yes)
}

/// Conventions asked for otherwise than the lawbook has them.
fn changes(asked: &[String]) -> Result<ConventionChanges, ClockError> {
    let mut changes = ConventionChanges::default();
    asked.iter().try_for_each(|given| changes.set(given))?;
    Ok(changes)
}

fn days<'a>(context: &Context, days: &'a [DayCount]) -> Vec<Day<'a>> {
    let day = |day: &'a DayCount| Day { date: day.date, counts: day.counts, why: context.say.of(&day.why) };
    days.iter().map(day).collect()
}

/// The day, and every day on the way.
fn counted(context: &Context, key: &str, count: &Count) -> Result<(), Failure> {
    let say = context.say;
    context.out(&paint(&say.fill(key, &[("day", &count.day.to_string())]), Paint::Strong))?;
    walked(context, &count.days)?;
    if count.provisional {
        context.out(&paint(say.text("clock.provisional"), Paint::Bad))?;
    }
    Ok(())
}

/// Every day on the way; days alike in a row are one line, numbered where they count.
fn walked(context: &Context, days: &[DayCount]) -> Result<(), Failure> {
    let mut counted = 0;
    let mut at = 0;
    while at < days.len() {
        let first = &days[at];
        let alike = days[at..].iter().take_while(|day| day.counts == first.counts && day.why == first.why).count();
        let last = &days[at + alike - 1];
        let span = if alike == 1 { first.date.to_string() } else { format!("{} … {}", first.date, last.date) };
        let number = if first.counts {
            counted += alike;
            if alike == 1 { counted.to_string() } else { format!("{}–{counted}", counted - alike + 1) }
        } else {
            String::new()
        };
        context.out(&format!("  {number:>9}  {span:23}  {}", context.say.of(&first.why)))?;
        at += alike;
    }
    Ok(())
}

/// A number with its unit.
fn length(say: Say, period: law::Period) -> String {
    let unit = word(&period.unit);
    let unit = if period.length == 1 { format!("unit.one.{unit}") } else { format!("unit.{unit}") };
    format!("{} {}", period.length, say.text(&unit))
}

/// A line that stands out: what comes first, and what it is about.
fn headline(context: &Context, head: &str, text: &str) -> Result<(), Failure> {
    let titled = context.say.fill("clock.titled", &[("head", head), ("text", text)]);
    context.out(&paint(&wrap("", &titled, 0), Paint::Strong))
}

/// A closed word as it stands on the wire.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// How certain something is, in words.
fn certainty(say: Say, status: law::Status) -> &'static str {
    say.text(&format!("certainty.{}", show::word(status)))
}
