//! `tally` and `log`: what lies in the state folder beside the keys.

use clearance::Home;
use engine::kind;
use serde_json::json;

use super::Context;
use crate::args::{Format, LogCommand, TallyCommand};
use crate::screen::{Paint, grouped, paint, table};
use crate::{Answer, Failure};

pub(crate) async fn tally(context: &Context, command: &TallyCommand) -> Result<Answer, Failure> {
    let say = context.say;
    if matches!(command, TallyCommand::Begin) {
        let path = context.home_path()?;
        Home::begin_tally(&path, context.opener(&path)?).await?;
        context.note(say.text("tally.begun"));
        return Ok(Answer::Yes);
    }
    let home = context.home().await?;
    for (handler, year) in home.store.tallies().await? {
        let mut people = home.store.tally(&handler, year).await?;
        let (ordinary, sensitive) = (people.count(kind::ORDINARY), people.count(kind::SENSITIVE));
        let releases = home.store.releases(&handler, year).await?;
        if context.format == Format::Json {
            context.json(&json!({
                "handler": handler, "year": year, "ordinary": ordinary, "sensitive": sensitive, "releases": releases,
            }))?;
            continue;
        }
        context.out(&paint(&format!("{handler}  {year}"), Paint::Strong))?;
        context
            .out(&say.fill("tally.counts", &[("ordinary", &grouped(ordinary)), ("sensitive", &grouped(sensitive))]))?;
        let header = ["day", "release", "ground", "state"].map(|name| say.text(&format!("tally.column.{name}")));
        let rows = releases.into_iter().map(|line| vec![line.day, line.release, line.ground, line.state]);
        context.out(&table(&header, &rows.collect::<Vec<_>>(), 2))?;
    }
    Ok(Answer::Yes)
}

pub(crate) async fn log(context: &Context, command: &LogCommand) -> Result<Answer, Failure> {
    let LogCommand::Fsck = command;
    let say = context.say;
    let home = context.home().await?;
    let (log, _) = home.log()?;
    let report = log.fsck().map_err(|error| Failure::Other(error.to_string()))?;
    let faults = report.faults.iter().map(|fault| format!("{}: {}", fault.path, fault.why)).collect::<Vec<_>>();
    let size = log.size().to_string();
    match context.format {
        Format::Json => context.json(&json!({ "sound": report.is_sound(), "size": log.size(), "faults": faults }))?,
        Format::Text if report.is_sound() => context.out(&say.fill("log.sound", &[("size", &size)]))?,
        Format::Text => {
            for fault in &faults {
                context.out(fault)?;
            }
        }
    }
    Ok(if report.is_sound() { Answer::Yes } else { Answer::No })
}
