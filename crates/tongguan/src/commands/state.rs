//! `keys` and `tally`: what lies in the state folder.

use clearance::{Home, Keystore, Overlap};
use engine::kind;
use serde_json::json;

use super::Context;
use crate::args::{Format, KeysCommand, RotatedKey, TallyCommand};
use crate::screen::{Paint, grouped, paint, table};
use crate::{Answer, Failure};

pub(crate) async fn keys(context: &Context, command: &KeysCommand) -> Result<Answer, Failure> {
    let say = context.say;
    match command {
        KeysCommand::List => {
            let home = context.home().await?;
            let names = home.keys.names()?;
            match context.format {
                Format::Json => context.json(&json!({
                    "keys": names, "log": home.log_key()?.to_string(),
                    "log_sm2": home.log_sm2_key()?.map(|key| key.to_string()),
                }))?,
                Format::Text => {
                    for name in names {
                        context.out(&name)?;
                    }
                    context.out(&say.fill("keys.log", &[("key", &home.log_key()?.to_string())]))?;
                    if let Some(key) = home.log_sm2_key()? {
                        context.out(&say.fill("keys.log-sm2", &[("key", &key.to_string())]))?;
                    }
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
        KeysCommand::AddSm2 => {
            let key = context.home().await?.add_sm2().await?.to_string();
            context.note(say.text("keys.sm2-added"));
            context.out(&key)?;
        }
        KeysCommand::Rotate { key: RotatedKey::Log, at_once } => {
            let overlap = if *at_once { Overlap::None } else { Overlap::Both };
            let (new, old) = context.home().await?.rotate_log_key(overlap).await?;
            let text = if *at_once { "keys.rotated-at-once" } else { "keys.rotated" };
            context.note(&say.fill(text, &[("old", &old.fingerprint())]));
            context.out(&new.to_string())?;
        }
        KeysCommand::Retire { key: RotatedKey::Log } => {
            let count = context.home().await?.retire_log_keys().await?.to_string();
            context.note(&say.fill("keys.retired", &[("count", &count)]));
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
