//! `log`: the transparency log in the state folder.

use serde_json::json;

use super::Context;
use crate::args::{Format, LogCommand};
use crate::{Answer, Failure};

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
