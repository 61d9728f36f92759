//! `log witness`: being a witness of logs.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clearance::{own_witness, read_trust};
use evidence::{Role, VerifierKey};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Context;
use crate::args::{Format, WitnessArgs};
use crate::{Answer, Failure};

/// How long requests are still answered once the witness is told to end.
const LAST_ANSWERS: Duration = Duration::from_secs(15);

pub(crate) async fn run(context: &Context, args: &WitnessArgs) -> Result<Answer, Failure> {
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
    let routes = server::witness::router(own.state, Arc::new(unix_seconds));
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (told, mut hears) = tokio::sync::watch::channel(false);
    let end = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        let _ = told.send(true);
    };
    let serving = server::witness::serve(listener, routes, end);
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
            Err(_) if Path::new(text).exists() => logs.extend(read_trust(Path::new(text))?.keys(Role::Log)),
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
