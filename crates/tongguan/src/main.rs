//! Tongguan (通关): the customs house for data. See README.md for what it does and ARCHITECTURE.md for how.
//!
//! Only here is the clock read, the environment, the terminal. Exit status: 0 done and allowed; 1 a negative answer; 2 the
//! call or its input is wrong; 3 failed otherwise. A closed pipe is a quiet 0.

mod args;
mod catalogue;
mod commands;
mod http_witness;
mod screen;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use clearance::ClearanceError;

use crate::args::{Cli, Command};
use crate::catalogue::{Say, language, put_help, typed_language};
use crate::commands::Context;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done and allowed.
    Yes,
    /// A negative answer.
    No,
}

/// Why a command did not end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call or its input is wrong.
    Input(String),
    /// Failed otherwise.
    Other(String),
    /// Either, in both languages: what is wrong, and the exit status.
    Told(Box<law::Text>, u8),
    /// Whoever read our output has gone.
    ClosedPipe,
}

impl From<ClearanceError> for Failure {
    fn from(error: ClearanceError) -> Self {
        let text = error.to_string();
        if error.is_input() { Self::Input(text) } else { Self::Other(text) }
    }
}

impl Failure {
    /// What to say of it, and the exit status; none where nobody reads any more.
    pub(crate) fn line(&self, say: Say) -> Option<(&str, u8)> {
        match self {
            Self::Input(text) => Some((text, 2)),
            Self::Other(text) => Some((text, 3)),
            Self::Told(text, status) => Some((say.of(text), *status)),
            Self::ClosedPipe => None,
        }
    }

    /// What was said in both languages: an input that whoever called can mend, or a failure.
    pub(crate) fn told(text: law::Text, is_input: bool) -> Self {
        Self::Told(Box::new(text), if is_input { 2 } else { 3 })
    }
}

impl From<law::LawError> for Failure {
    fn from(error: law::LawError) -> Self {
        ClearanceError::from(error).into()
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Other(error.to_string()),
        }
    }
}

fn main() -> ExitCode {
    let typed = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>();
    let say = Say(language(typed_language(&typed)));
    let command = put_help(Cli::command(), "help", say);
    let parsed = command.try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output with status 0, mistakes to standard error with status 2.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    match run(cli, say) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(failure) => match failure.line(say) {
            Some((text, status)) => fail(text, say, status),
            None => ExitCode::SUCCESS,
        },
    }
}

/// One line on standard error.
fn fail(text: &str, say: Say, status: u8) -> ExitCode {
    let line = text.lines().collect::<Vec<_>>().join(" ");
    let _ = writeln!(std::io::stderr(), "{}: {line}", say.text("error"));
    ExitCode::from(status)
}

fn run(cli: Cli, say: Say) -> Result<Answer, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let answer = runtime.block_on(async {
        // Where a file-size limit is hit the system sends a signal that would kill us before we can clean up and say so;
        // with a handler in place the write fails instead.
        let _limit = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ))?;
        let context = Context::new(&cli, say);
        match cli.command {
            Command::Inspect(args) => commands::inspect::run(&context, &args).await,
            Command::Detect(args) => commands::detect::run(&context, &args),
            Command::Init(args) => commands::init::run(&context, &args).await,
            Command::Assess(args) => commands::assess::run(&context, &args).await,
            Command::Plan(args) => commands::plan::run(&context, &args).await,
            Command::Clear(args) => commands::clear::run(&context, &args).await,
            Command::Verify(args) => commands::verify::run(&context, &args).await,
            Command::Clock(args) => commands::clock::run(&context, &args),
            Command::Rules(args) => commands::rules::run(&context, &args),
            Command::Keys(args) => commands::keys::run(&context, &args).await,
            Command::Tally(args) => commands::tally::run(&context, &args).await,
            Command::Log(args) => commands::log::run(&context, &args).await,
            Command::Case(args) => commands::case::run(&context, &args).await,
            Command::Serve(args) => commands::serve::run(&context, &args).await,
            Command::Sample(args) => commands::sample::run(&context, &args),
        }
    });
    runtime.shutdown_background();
    answer
}

/// Linux and the BSDs agree on this number.
const SIGXFSZ: i32 = 25;
