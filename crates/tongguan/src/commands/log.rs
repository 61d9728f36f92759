//! `log`: the transparency log, its witnesses, and being one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clearance::{Asked, Cosigning, Home, own_witness, read_trust};
use evidence::{Role, VerifierKey};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Context;
use crate::args::{CosignArgs, Format, LogCommand, WitnessArgs};
use crate::http_witness::HttpWitness;
use crate::screen::grouped;
use crate::{Answer, Failure};

/// How long a witness is waited for where somebody asked for it.
const ASKED: Duration = Duration::from_secs(15);
/// How long where it is only on the way, after a release.
const ON_THE_WAY: Duration = Duration::from_secs(3);
/// How long requests are still answered once the witness is told to end.
const LAST_ANSWERS: Duration = Duration::from_secs(15);

pub(crate) async fn run(context: &Context, command: &LogCommand) -> Result<Answer, Failure> {
    match command {
        LogCommand::Fsck => fsck(context).await,
        LogCommand::Cosign(args) => cosign(context, args).await,
        LogCommand::Witness(args) => witness(context, args).await,
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
        Err(Failure::Input(why) | Failure::Other(why)) => {
            context.note(&context.say.fill("cosign.failed", &[("why", &why)]));
        }
        Err(Failure::ClosedPipe) => {}
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

async fn witness(context: &Context, args: &WitnessArgs) -> Result<Answer, Failure> {
    let say = context.say;
    let root = context.home_path()?;
    let logs = known_logs(context, &root, &args.log)?;
    let own = own_witness(&root, &args.name, logs)?;
    let key = own.state.cosigner().to_string();
    let origins = own.state.origins().map(str::to_owned).collect::<Vec<_>>();
    let refused = |error: std::io::Error| {
        Failure::Input(
            say.fill("witness.listen", &[("address", &args.listen.to_string()), ("why", &error.to_string())]),
        )
    };
    let listener = TcpListener::bind(args.listen).await.map_err(refused)?;
    let address = listener.local_addr()?;
    announce(context, address, &key, &origins)?;
    let routes = server::router(own.state, Arc::new(unix_seconds));
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (told, mut hears) = tokio::sync::watch::channel(false);
    let end = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        let _ = told.send(true);
    };
    let serving = server::serve(listener, routes, end);
    let too_long = async {
        let _ = hears.wait_for(|told| *told).await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        served = serving => served?,
        () = too_long => {}
    }
    context.note(say.text("witness.ended"));
    Ok(Answer::Yes)
}

/// Where it listens and under which key it signs, before the first request.
fn announce(context: &Context, address: SocketAddr, key: &str, origins: &[String]) -> Result<(), Failure> {
    let say = context.say;
    if context.format == Format::Json {
        return context.json(&json!({ "listen": format!("http://{address}"), "key": key, "logs": origins }));
    }
    context.out(&say.fill("witness.listens", &[("address", &address.to_string()), ("logs", &origins.join(", "))]))?;
    context.out(&say.fill("witness.key", &[("key", key)]))
}

/// The logs to watch: keys, or files of them, as typed; else those of the state folder's trust file.
fn known_logs(context: &Context, root: &Path, typed: &[String]) -> Result<Vec<VerifierKey>, Failure> {
    let mut logs = Vec::new();
    let own = root.join("trust");
    if typed.is_empty() && own.exists() {
        logs.extend(read_trust(&own)?.keys(Role::Log));
    }
    for text in typed {
        match text.parse::<VerifierKey>() {
            Ok(key) => logs.push(key),
            Err(_) if Path::new(text).exists() => logs.extend(read_trust(&PathBuf::from(text))?.keys(Role::Log)),
            Err(error) => {
                let why = error.to_string();
                return Err(Failure::Input(context.say.fill("witness.log", &[("log", text), ("why", &why)])));
            }
        }
    }
    if logs.is_empty() {
        return Err(Failure::Input(context.say.text("witness.no-logs").to_owned()));
    }
    Ok(logs)
}

fn unix_seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the binary is where the clock is read")]
    let now = jiff::Timestamp::now();
    now.as_second().unsigned_abs()
}
