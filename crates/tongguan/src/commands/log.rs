//! `log`: the transparency log and its witnesses.

use std::path::Path;
use std::time::{Duration, Instant};

use clearance::{Asked, Cosigning, Home};
use evidence::VerifierKey;
use serde_json::json;

use super::Context;
use crate::args::{CosignArgs, Format, LogCommand};
use crate::http_witness::HttpWitness;
use crate::screen::grouped;
use crate::{Answer, Failure};

/// How long a witness is waited for where somebody asked for it.
const ASKED: Duration = Duration::from_secs(15);
/// How long where it is only on the way, after a release.
const ON_THE_WAY: Duration = Duration::from_secs(3);

pub(crate) async fn run(context: &Context, command: &LogCommand) -> Result<Answer, Failure> {
    match command {
        LogCommand::Fsck => fsck(context).await,
        LogCommand::Cosign(args) => cosign(context, args).await,
        LogCommand::Witness(args) => super::witness::run(context, args).await,
    }
}

async fn fsck(context: &Context) -> Result<Answer, Failure> {
    let say = context.say;
    let home = context.home().await?;
    let (log, _) = home.log()?;
    let start = Instant::now();
    let report = log.fsck().map_err(|error| Failure::Other(error.to_string()))?;
    let seconds = start.elapsed().as_secs_f64();
    let faults = report.faults.iter().map(|fault| format!("{}: {}", fault.path, fault.why)).collect::<Vec<_>>();
    let (size, files) = (grouped(log.size()), grouped(report.bundles + report.tiles));
    let spent = format!("{seconds:.2}");
    match context.format {
        Format::Json => context.json(&json!({
            "sound": report.is_sound(), "size": log.size(), "entries": report.entries,
            "files": report.bundles + report.tiles, "seconds": (seconds * 1000.0).round() / 1000.0, "faults": faults,
        }))?,
        Format::Text => {
            for fault in &faults {
                context.out(fault)?;
            }
            let key = if report.is_sound() { "log.sound" } else { "log.unsound" };
            let count = grouped(faults.len() as u64);
            let text = say.fill(key, &[("size", &size), ("files", &files), ("seconds", &spent), ("faults", &count)]);
            context.out(&text)?;
        }
    }
    Ok(if report.is_sound() { Answer::Yes } else { Answer::No })
}

async fn cosign(context: &Context, args: &CosignArgs) -> Result<Answer, Failure> {
    let say = context.say;
    let home = context.home().await?;
    let asked = if args.witness.is_empty() {
        configured(&home, ASKED)?
    } else {
        let keys = home.witness_keys()?;
        if keys.is_empty() {
            return Err(Failure::Input(say.text("cosign.no-keys").to_owned()));
        }
        args.witness.iter().map(|url| asked(url, keys.clone(), ASKED)).collect()
    };
    if asked.is_empty() {
        return Err(Failure::Input(say.fill("cosign.nobody", &[("path", &home.root().display().to_string())])));
    }
    let cosigning = home.cosign(asked, &args.folders).await?;
    home.store.close().await;
    match context.format {
        Format::Json => context.json(&report(&cosigning))?,
        Format::Text => {
            for line in lines(context, &cosigning) {
                context.out(&line)?;
            }
            let text = if cosigning.stored { "cosign.stored" } else { "cosign.not-stored" };
            context.out(&say.fill(text, &[("size", &grouped(cosigning.size))]))?;
        }
    }
    let enough = cosigning.cosigned() >= args.require.unwrap_or(1);
    Ok(if enough { Answer::Yes } else { Answer::No })
}

/// After a release: the witnesses of the file `witnesses` are asked, and the release gets the cosigned proof. Whatever happens is
/// said in notes; the release stands.
pub(crate) async fn cosign_release(context: &Context, home: &Home, release: &Path) {
    let cosigning = match configured(home, ON_THE_WAY) {
        Ok(asked) if asked.is_empty() => return,
        Ok(asked) => home.cosign(asked, &[release.to_owned()]).await.map_err(Failure::from),
        Err(error) => Err(error),
    };
    match cosigning {
        Ok(cosigning) => {
            for line in lines(context, &cosigning) {
                context.note(&line);
            }
        }
        Err(failure) => {
            if let Some((why, _)) = failure.line(context.say) {
                context.note(&context.say.fill("cosign.failed", &[("why", why)]));
            }
        }
    }
}

fn configured(home: &Home, patience: Duration) -> Result<Vec<Asked>, Failure> {
    let lines = home.witnesses()?;
    Ok(lines.into_iter().map(|(url, key)| asked(&url, vec![key], patience)).collect())
}

fn asked(url: &str, keys: Vec<VerifierKey>, patience: Duration) -> Asked {
    Asked { url: url.to_owned(), keys, witness: Box::new(HttpWitness::new(url, patience)) }
}

/// A line a witness.
fn lines(context: &Context, cosigning: &Cosigning) -> Vec<String> {
    let say = context.say;
    let line = |answer: &clearance::WitnessAnswer| match &answer.result {
        Ok(keys) => {
            let names = keys.iter().map(VerifierKey::name).collect::<Vec<_>>().join(", ");
            say.fill("cosign.cosigned", &[("name", &names), ("size", &grouped(cosigning.size))])
        }
        Err(why) => {
            say.fill("cosign.not", &[("url", &answer.url), ("why", why), ("backlog", &grouped(answer.backlog))])
        }
    };
    cosigning.answers.iter().map(line).collect()
}

fn report(cosigning: &Cosigning) -> serde_json::Value {
    let witnesses = cosigning.answers.iter().map(|answer| {
        let keys = answer.result.as_ref().map(|keys| keys.iter().map(ToString::to_string).collect::<Vec<_>>());
        json!({
            "url": answer.url, "cosigned": keys.as_ref().is_ok_and(|keys| !keys.is_empty()), "keys": keys.unwrap_or_default(),
            "backlog": answer.backlog, "error": answer.result.as_ref().err(),
        })
    });
    json!({ "size": cosigning.size, "stored": cosigning.stored, "witnesses": witnesses.collect::<Vec<_>>() })
}
