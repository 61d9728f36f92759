//! `serve`: both sides of the counter, over HTTP.

mod keeping;
mod provider;
mod scan;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use cases::{Actor, Role, Store, World};
use clearance::Home;
use database::Database;
use doors::{Doors, Policies, Rules};
use evidence::NoteSigner;
use post::{Post, Reach, Smtp};
use serde_json::json;
use server::{Installation, Parts, Signers, Tls};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Context;
use super::case::log;
use crate::args::{Format, ServeArgs};
use crate::{Answer, Failure};

impl From<doors::DoorsError> for Failure {
    fn from(error: doors::DoorsError) -> Self {
        Self::told(error.text(), error.is_input())
    }
}

impl From<post::PostError> for Failure {
    fn from(error: post::PostError) -> Self {
        Self::told(error.text(), error.is_input())
    }
}

/// What is open while the counter is.
struct Counter {
    home: Home,
    world: Arc<World<'static>>,
    store: Store,
    doors: Doors,
    post: Post,
    /// The demonstration's database goes with it.
    _folder: Option<tempfile::TempDir>,
}

pub(crate) async fn run(context: &Context, args: &ServeArgs) -> Result<Answer, Failure> {
    log_lines();
    let counter = open(context, args).await?;
    // Of several processes on one database, one is told to.
    let logs = args.database.is_none() || args.hold_log;
    let held = if logs { log::take(context, &counter.home, &counter.store).await? } else { None };
    let key: Arc<dyn NoteSigner> = Arc::new(counter.home.keys.office_key(super::case::OFFICE)?);
    let signers: Signers = Arc::new(move |actor: &Actor| signs(actor).then(|| Arc::clone(&key)));
    let refused = |error: std::io::Error| {
        let values = [("address", args.listen.to_string()), ("why", error.to_string())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        Failure::Input(context.say.fill("serve.listen", &values))
    };
    let listener = TcpListener::bind(args.listen).await.map_err(refused)?;
    let address = listener.local_addr()?;
    let tls = tls(args)?;
    let installation = installation(context, args, address, tls.is_some())?;
    let oidc = provider::of(context, args, &installation.url)?;
    if args.demo {
        server::demo::demo(&counter.store, &counter.doors, &counter.world, context.now(), &signers)
            .await
            .map_err(|error| Failure::Other(error.to_string()))?;
    }
    let code = set_up_code(&counter).await?;
    announce(context, &installation.url, code.as_deref())?;
    let keeping = keeping::begin(counter.store.clone(), counter.doors.clone());
    let parts = Parts {
        installation,
        store: counter.store.clone(),
        doors: counter.doors.clone(),
        world: Arc::clone(&counter.world),
        now: Arc::new(now),
        signers,
        scan: Some(Arc::new(scan::Scanner)),
        post: Some(counter.post.clone()),
        oidc: oidc.map(Arc::new),
        set_up_code: code,
    };
    let open = server::Counter::new(parts);
    let (telling, carrying) = (tokio::spawn(open.clone().tell()), tokio::spawn(counter.post.clone().carry(now)));
    let warming = tokio::spawn({
        let open = open.clone();
        async move { open.warm().await }
    });
    let served = server::serve(listener, open.routes(), tls, told()?).await;
    for task in [keeping, telling, carrying, warming] {
        task.abort();
    }
    if held.is_some() {
        log::finish(&counter.store).await?;
    }
    counter.store.close().await;
    counter.doors.close().await;
    counter.post.close().await;
    served?;
    context.note(context.say.text("serve.ended"));
    Ok(Answer::Yes)
}

/// This moment.
pub(super) fn now() -> jiff::Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the binary is where the clock is read")]
    jiff::Timestamp::now()
}

/// Lines of JSON on standard error, one a request and one a fault. `TONGGUAN_LOG` says how much: `error`, `warn`, `info`, `debug`.
fn log_lines() {
    use tracing_subscriber::filter::LevelFilter;
    let level = std::env::var("TONGGUAN_LOG").ok().and_then(|word| word.parse::<LevelFilter>().ok());
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_span_list(false);
    // A second call in one process, as tests make it, changes nothing.
    let _ = lines.with_writer(std::io::stderr).with_max_level(level.unwrap_or(LevelFilter::INFO)).try_init();
}

async fn open(context: &Context, args: &ServeArgs) -> Result<Counter, Failure> {
    let world = super::case::world()?;
    let folder = if args.demo { Some(tempfile::tempdir()?) } else { None };
    let home = match &folder {
        Some(folder) => Home::open_with(folder.path(), clearance::Opener::default()).await?,
        None => context.home().await?,
    };
    let own = home.root().join("cases.db");
    let address = args.database.clone().unwrap_or_else(|| format!("sqlite:{}", own.display()));
    let exists = args.database.is_none() && own.exists();
    let master = home.keys.case_store_key(exists)?;
    let random: cases::Random =
        Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| std::io::Error::other(error.to_string())));
    let failed = |error: database::DatabaseError| Failure::Input(error.to_string());
    let database = Database::at(&address).map_err(failed)?;
    let keys = cases::Keys::new(*master.bytes(), Arc::clone(&random));
    let store = Store::open_on(&database, keys, Arc::clone(&world)).await?;
    let policies = match &args.policies {
        Some(folder) => Policies::from_folder(folder),
        None => Policies::embedded(),
    };
    let policies = policies.map_err(|error| Failure::Input(error.to_string()))?;
    let rules = Rules { second_factor_of: args.second_factor.iter().copied().collect(), ..Rules::default() };
    let post = post(&database, *master.bytes(), &random, args).await?;
    let doors = Doors::open(&database, doors::Keys::new(*master.bytes(), random), Arc::new(policies)).await?;
    Ok(Counter { home, world, store, doors: doors.with_rules(rules), post, _folder: folder })
}

/// What carries webhooks and, where a mail server is named, mail.
async fn post(
    database: &Database,
    master: [u8; 32],
    random: &cases::Random,
    args: &ServeArgs,
) -> Result<Post, Failure> {
    let smtp = args.mail.clone().zip(args.mail_from.clone()).map(|(url, from)| Smtp { url, from });
    let reach = if args.inner_webhooks { Reach::Any } else { Reach::Public };
    Ok(Post::open(database, master, Arc::clone(random), reach, smtp.as_ref()).await?)
}

/// Offices sign what they permit; nobody else does.
fn signs(actor: &Actor) -> bool {
    !actor.role.is_handlers() && !matches!(actor.role, Role::Auditor | Role::Administrator)
}

fn installation(context: &Context, args: &ServeArgs, address: SocketAddr, tls: bool) -> Result<Installation, Failure> {
    let own = || format!("{}://{address}", if tls { "https" } else { "http" });
    let url = args.url.clone().map_or_else(own, |url| url.trim_end_matches('/').to_owned());
    let secure = url.starts_with("https://");
    if !secure && !url.starts_with("http://") {
        return Err(Failure::Input(context.say.fill("serve.url", &[("url", &url)])));
    }
    if !secure && !address.ip().is_loopback() {
        context.error(context.say.text("serve.plain"));
    }
    Ok(Installation {
        url,
        version: env!("CARGO_PKG_VERSION"),
        secure,
        demo: args.demo,
        templates: args.templates.clone(),
        forwarded: args.forwarded.clone(),
    })
}

fn tls(args: &ServeArgs) -> Result<Option<Tls>, Failure> {
    let (Some(cert), Some(key)) = (&args.tls_cert, &args.tls_key) else { return Ok(None) };
    let read =
        |file: &Path| std::fs::read(file).map_err(|error| Failure::Input(format!("{}: {error}", file.display())));
    Ok(Some(Tls { certificate: read(cert)?, key: read(key)? }))
}

/// What the first administrator has to type: whoever can read this terminal is who started the program.
async fn set_up_code(counter: &Counter) -> Result<Option<String>, Failure> {
    if !counter.doors.is_new().await? {
        return Ok(None);
    }
    let mut bytes = [0; 6];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Other(error.to_string()))?;
    let digits = bytes.iter().map(|byte| format!("{:02}", byte % 100)).collect::<Vec<_>>();
    Ok(Some(digits.chunks(2).map(<[String]>::concat).collect::<Vec<_>>().join("-")))
}

fn announce(context: &Context, url: &str, code: Option<&str>) -> Result<(), Failure> {
    if context.format == Format::Json {
        return context.json(&json!({ "listen": url, "set_up_code": code }));
    }
    context.out(&context.say.fill("serve.listens", &[("url", url)]))?;
    match code {
        Some(code) => context.out(&context.say.fill("serve.set-up", &[("url", url), ("code", code)])),
        None => Ok(()),
    }
}

/// Until the program is told to end.
fn told() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
