//! `keys` and `log`: what lies in the state folder.

use clearance::Keystore;
use serde_json::json;

use super::Context;
use crate::args::{Format, KeysCommand, LogCommand};
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
