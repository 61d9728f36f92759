//! How many requests the counter answers: `cargo run --release -p tongguan-server --example load -- ADDRESS [CASES] [SECONDS] [CALLERS]`,
//! where ADDRESS is `sqlite:PATH` or `postgres://…`.
//!
//! An empty database is filled first: 100,000 declarations in five states, with the answers and papers of the real forms, and accounts of
//! eight provinces, the national office, an auditor and forty handlers. Then the counter is served on this machine, and everybody signs in.
//! Every page is asked alone, thirty times; then callers ask over connections of their own as fast as they are answered, one request in five a
//! change. Server and callers share the machine.

mod ask;
mod drive;
mod fill;
mod install;
#[path = "../../tests/demo/support.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "only the world is needed of it, and that of the repository loads")]
mod support;

use std::error::Error;
use std::time::Duration;

use install::Installed;

pub(crate) type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("name a database: `sqlite:PATH` or `postgres://…`")?;
    let mut number = |default: u64| arguments.next().map_or(Ok(default), |number| number.parse());
    let (cases, seconds, callers) = (number(100_000)?, number(30)?, number(16)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(&address, cases, Duration::from_secs(seconds), callers))
}

async fn run(address: &str, cases: u64, time: Duration, callers: u64) -> Result<(), Failed> {
    let installed = Installed::at(address).await?;
    if installed.doors.is_new().await? {
        fill::people(&installed.doors).await?;
        fill::cases(&installed.store, cases).await?;
    }
    let base = installed.served().await?;
    let people = ask::sign_in_all(&base).await?;
    drive::pages(&base, &people, &installed.store).await?;
    drive::load(&base, &people, &installed.store, time, callers).await
}
