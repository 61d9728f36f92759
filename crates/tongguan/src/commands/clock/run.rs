//! `clock run`: one run of a clock, day by day.

use law::{Clock, Conventions, Events, RuleBase, Run, Standing, Start};
use serde_json::json;

use super::super::Context;
use super::super::show::line;
use super::{changes, days, headline, read, walked, word};
use crate::args::{ClockRunArgs, Format};
use crate::screen::{Paint, paint};
use crate::{Answer, Failure};

pub(super) fn run(context: &Context, base: &RuleBase, args: &ClockRunArgs) -> Result<Answer, Failure> {
    let say = context.say;
    let calendar = base.calendar();
    let book = base.clock_book();
    let clock = book.clock(&args.id)?;
    let by = book.conventions_for(clock, changes(&args.convention)?);
    let events = Events { pauses: args.paused.clone(), extended: args.extended };
    let start = match (args.from, args.until, clock.starts) {
        (Some(event), ..) => event.0,
        (None, Some(until), _) => Start::Day(clock.latest_start(calendar, by, until)?),
        (None, None, Some(day)) => Start::Day(day),
        (None, None, None) => {
            return Err(Failure::Input(
                say.fill("clock.no-start", &[("id", &clock.id), ("event", say.of(&clock.from))]),
            ));
        }
    };
    let run = clock.run(calendar, by, start, &events)?;
    let left = run.left(calendar, context.day(args.on));
    match context.format {
        Format::Json => {
            let rest_day = run
                .rest_day
                .as_ref()
                .map(|rest| json!({ "why": say.of(&rest.why), "next": rest.next, "provisional": rest.provisional }));
            let unknown = run.unknown.iter().map(|text| say.of(text)).collect::<Vec<_>>();
            context.json(&json!({
                "clock": clock.id, "start": run.start, "day": run.day, "moment": run.moment, "bound": clock.bound,
                "party": clock.party, "in_force": run.in_force, "provisional": run.provisional,
                "rest_day": rest_day, "end_known": run.end_known, "left": left, "conventions": run.conventions,
                "unknown": unknown, "certainty": clock.certainty(), "days": days(context, &run.days),
            }))?;
        }
        Format::Text => {
            title(context, clock, &run, args.until.is_some())?;
            read::rule(context, base, clock)?;
            line(context, say.text("clock.label.party"), say.text(&format!("clock.party.{}", word(&clock.party))))?;
            line(context, say.text("clock.label.left"), &standing(context, left))?;
            line(context, say.text("clock.label.ends"), say.of(&clock.ends))?;
            notes(context, &run)?;
            read::status(context, clock)?;
            // Hours run through: there is nothing to count day by day.
            if run.moment.is_none() {
                line(context, say.text("clock.label.counting"), &counting(by))?;
                context.out("")?;
                walked(context, &run.days)?;
            }
        }
    }
    Ok(if run.in_force { Answer::Yes } else { Answer::No })
}

/// The day and what it is; before all else, whether the clock was in force.
fn title(context: &Context, clock: &Clock, run: &Run, backwards: bool) -> Result<(), Failure> {
    let say = context.say;
    let day = run.moment.map_or_else(|| run.day.to_string(), |moment| moment.strftime("%Y-%m-%d %H:%M").to_string());
    let text = say.fill(&format!("clock.bound.{}", word(&clock.bound)), &[("day", &day)]);
    headline(context, &text, say.of(&clock.title))?;
    if !run.in_force {
        let (from, to) = (clock.in_force.from.to_string(), clock.in_force.to.map(|day| day.to_string()));
        let mut text = say.fill(
            "clock.not-in-force",
            &[("from", &from), ("to", &to.unwrap_or_default()), ("day", &run.start.to_string())],
        );
        if let Some(id) = &clock.in_force.superseded_by {
            text.push_str(&say.fill("clock.superseded", &[("id", id)]));
        }
        line(context, "", &paint(&text, Paint::Bad))?;
    }
    if backwards {
        line(context, "", &say.fill("clock.latest", &[("day", &run.start.to_string())]))?;
    }
    Ok(())
}

fn standing(context: &Context, left: law::Left) -> String {
    let say = context.say;
    let (on, days) = (left.on.to_string(), left.days.abs().to_string());
    match (left.standing, left.workdays) {
        (Standing::NotBegun, _) => say.fill("clock.left.not-begun", &[("on", &on)]),
        (Standing::Today, _) => say.fill("clock.left.today", &[("on", &on)]),
        (Standing::Past, _) => say.fill("clock.left.past", &[("on", &on), ("days", &days)]),
        (Standing::Ahead, Some(n)) => {
            say.fill("clock.left.ahead", &[("on", &on), ("days", &days), ("workdays", &n.to_string())])
        }
        (Standing::Ahead, None) => say.fill("clock.left.days", &[("on", &on), ("days", &days)]),
    }
}

/// What makes the day less than plain: a rest day, not known, provisional.
fn notes(context: &Context, run: &Run) -> Result<(), Failure> {
    let say = context.say;
    let mut title = say.text("show.note");
    let mut note = |text: &str| {
        let done = line(context, title, text);
        title = "";
        done
    };
    if let Some(rest) = &run.rest_day {
        let next = rest.next.map_or_else(String::new, |day| day.to_string());
        let key = match () {
            () if rest.next == Some(run.day) => "clock.rest-day.rolled",
            () if rest.next.is_some_and(|day| day < run.day) => "clock.rest-day.before",
            () => "clock.rest-day.stays",
        };
        note(&say.fill(key, &[("day", &run.day.to_string()), ("why", say.of(&rest.why)), ("next", &next)]))?;
    } else if !run.end_known && run.moment.is_none() {
        note(say.text("clock.end-unknown"))?;
    }
    if run.provisional {
        note(&paint(say.text("clock.provisional"), Paint::Bad))?;
    }
    run.unknown.iter().try_for_each(|text| note(say.of(text)))
}

/// The conventions a run was counted by, as they would be typed.
fn counting(by: Conventions) -> String {
    let value = serde_json::to_value(by).unwrap_or_default();
    let pairs = value.as_object().into_iter().flatten();
    let pairs = pairs.map(|(key, value)| format!("{}={}", key.replace('_', "-"), value.as_str().unwrap_or_default()));
    pairs.collect::<Vec<_>>().join(", ")
}
