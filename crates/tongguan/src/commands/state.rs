//! `keys`, `tally` and `log`: what lies in the state folder.

use clearance::{Home, Keystore, close_unpublished};
use engine::kind;
use serde_json::json;

use super::Context;
use crate::args::{Format, KeysCommand, LogCommand, TallyCommand};
use crate::screen::{Paint, grouped, paint, table};
use crate::{Answer, Failure};

pub(crate) async fn keys(context: &Context, command: &KeysCommand) -> Result<Answer, Failure> {
    let say = context.say;
    match command {
        KeysCommand::List => {
            let home = context.home().await?;
            let names = home.keys.names()?;
            match context.format {
                Format::Json => context.json(&json!({ "keys": names, "log": home.log_key()?.to_string() }))?,
                Format::Text => {
                    for name in names {
                        context.out(&name)?;
                    }
                    context.out(&say.fill("keys.log", &[("key", &home.log_key()?.to_string())]))?;
                }
            }
        }
        KeysCommand::Backup { file } => {
            let home = context.home().await?;
            let count = home.keys.backup(file)?.to_string();
            let file = file.display().to_string();
            context.note(&say.fill("keys.backed-up", &[("count", &count), ("file", &file)]));
        }
        KeysCommand::Restore { file } => {
            let count = Keystore::restore(&context.home_path()?.join("keys"), file)?.to_string();
            context.note(&say.fill("keys.restored", &[("count", &count)]));
        }
    }
    Ok(Answer::Yes)
}

pub(crate) async fn tally(context: &Context, command: &TallyCommand) -> Result<Answer, Failure> {
    let say = context.say;
    if matches!(command, TallyCommand::Begin) {
        Home::begin_tally(&context.home_path()?).await?;
        context.note(say.text("tally.begun"));
        return Ok(Answer::Yes);
    }
    let home = context.home().await?;
    if let TallyCommand::Correct { not_published, by, why } = command {
        let release = not_published.as_deref().unwrap_or_default();
        let closed = close_unpublished(&home, release, by, why, context.day(None)).await?;
        home.store.close().await;
        let leaf = closed.leaf.to_string();
        match context.format {
            Format::Json => {
                context.json(&json!({ "release": release, "state": "not-published", "leaf": closed.leaf }))?;
            }
            Format::Text => context.out(&say.fill("tally.closed", &[("release", release), ("leaf", &leaf)]))?,
        }
        return Ok(Answer::Yes);
    }
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
