//! `clock`: working days by the State Council's notices, and the statutory periods.

use clearance::rule_base;
use jiff::civil::Date;
use law::{ClockUnit, Count, DayCount, Workdays};
use serde::Serialize;

use super::Context;
use crate::args::{ClockCommand, Format};
use crate::screen::{Paint, paint, table};
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

pub(crate) fn run(context: &Context, command: &ClockCommand) -> Result<Answer, Failure> {
    let base = rule_base()?;
    let calendar = base.calendar();
    match *command {
        ClockCommand::Due { from, workdays } => {
            let count = calendar.due(from, Workdays(workdays))?;
            let days = days(context, &count);
            match context.format {
                Format::Json => context.json(&Due { due: count.day, days, provisional: count.provisional })?,
                Format::Text => show(context, "clock.due", &count)?,
            }
        }
        ClockCommand::Before { day, workdays } => {
            let count = calendar.before(day, Workdays(workdays))?;
            let days = days(context, &count);
            match context.format {
                Format::Json => context.json(&Before { day: count.day, days, provisional: count.provisional })?,
                Format::Text => show(context, "clock.before", &count)?,
            }
        }
        ClockCommand::List => list(context, &base)?,
    }
    Ok(Answer::Yes)
}

fn days<'a>(context: &Context, count: &'a Count) -> Vec<Day<'a>> {
    let day = |day: &'a DayCount| Day { date: day.date, counts: day.counts, why: context.say.of(&day.why) };
    count.days.iter().map(day).collect()
}

/// The day, and every day on the way; working days in a row are one line.
fn show(context: &Context, key: &str, count: &Count) -> Result<(), Failure> {
    let say = context.say;
    context.out(&paint(&say.fill(key, &[("day", &count.day.to_string())]), Paint::Strong))?;
    let mut counted = 0;
    let mut at = 0;
    while at < count.days.len() {
        let first = &count.days[at];
        let alike =
            count.days[at..].iter().take_while(|day| day.counts == first.counts && day.why == first.why).count();
        let last = &count.days[at + alike - 1];
        let span = if alike == 1 { first.date.to_string() } else { format!("{} … {}", first.date, last.date) };
        let number = if first.counts {
            counted += alike;
            if alike == 1 { counted.to_string() } else { format!("{}–{counted}", counted - alike + 1) }
        } else {
            String::new()
        };
        context.out(&format!("  {number:>7}  {span:23}  {}", say.of(&first.why)))?;
        at += alike;
    }
    if count.provisional {
        context.out(&paint(say.text("clock.provisional"), Paint::Bad))?;
    }
    Ok(())
}

fn list(context: &Context, base: &law::RuleBase) -> Result<(), Failure> {
    let say = context.say;
    if context.format == Format::Json {
        for clock in base.clocks() {
            context.json(clock)?;
        }
        return Ok(());
    }
    let header = ["clock", "length", "article", "title"].map(|name| say.text(&format!("clock.column.{name}")));
    let rows = base.clocks().iter().map(|clock| {
        let unit = say.text(match clock.unit {
            ClockUnit::Hours => "unit.hours",
            ClockUnit::Days => "unit.days",
            ClockUnit::Workdays => "unit.workdays",
            ClockUnit::Months => "unit.months",
            ClockUnit::Years => "unit.years",
        });
        let article = format!("{} {}", clock.instrument, clock.article);
        vec![clock.id.clone(), format!("{} {unit}", clock.length), article, say.of(&clock.title).to_owned()]
    });
    context.out(&table(&header, &rows.collect::<Vec<_>>(), 0))
}
