//! One module a command: what it does is in the libraries; here it is called and its answer shown.

pub(crate) mod assess;
pub(crate) mod clear;
pub(crate) mod clock;
pub(crate) mod detect;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod plan;
pub(crate) mod rules;
pub(crate) mod sample;
pub(crate) mod show;
pub(crate) mod state;
pub(crate) mod verify;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clearance::{Home, Options, Stores};
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;

use crate::Failure;
use crate::args::{Cli, Format};
use crate::catalogue::Say;
use crate::screen::Progress;

/// What every command is given.
pub(crate) struct Context {
    pub(crate) say: Say,
    pub(crate) format: Format,
    pub(crate) quiet: bool,
    home: Option<PathBuf>,
    pub(crate) progress: Arc<Progress>,
}

impl Context {
    pub(crate) fn new(cli: &Cli, say: Say) -> Self {
        let progress = Arc::new(Progress::new(say, cli.quiet));
        Self { say, format: cli.format, quiet: cli.quiet, home: cli.home.clone(), progress }
    }

    /// A line on standard output.
    pub(crate) fn out(&self, line: &str) -> Result<(), Failure> {
        Ok(writeln!(std::io::stdout(), "{line}")?)
    }

    /// A line on standard error, unless it should be quiet.
    pub(crate) fn note(&self, line: &str) {
        if !self.quiet {
            // What cannot be noted must not stop the work.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// A mistake, one line on standard error.
    pub(crate) fn error(&self, text: &str) {
        // What cannot be said must not stop the work.
        let _ =
            writeln!(std::io::stderr(), "{}: {}", self.say.text("error"), text.lines().collect::<Vec<_>>().join(" "));
    }

    /// One JSON document a line on standard output.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(|error| Failure::Other(error.to_string()))?;
        self.out(&text)
    }

    /// Today in China (UTC+8), or the day that was asked for.
    pub(crate) fn day(&self, asked: Option<Date>) -> Date {
        asked.unwrap_or_else(|| {
            #[expect(clippy::disallowed_methods, reason = "the binary is where the clock is read")]
            let now = jiff::Timestamp::now();
            Offset::constant(8).to_datetime(now).date()
        })
    }

    /// The state folder's path.
    pub(crate) fn home_path(&self) -> Result<PathBuf, Failure> {
        let from = |name: &str, below: &str| std::env::var_os(name).map(|value| PathBuf::from(value).join(below));
        self.home
            .clone()
            .or_else(|| from("XDG_DATA_HOME", "tongguan"))
            .or_else(|| from("HOME", ".local/share/tongguan"))
            .ok_or_else(|| Failure::Input(self.say.text("home.nowhere").to_owned()))
    }

    /// The state folder; the first run says where it lies.
    pub(crate) async fn home(&self) -> Result<Home, Failure> {
        let mut home = Home::open(&self.home_path()?).await?;
        home.stores = self.stores();
        if home.is_new {
            self.note(&self.say.fill("home.new", &[("path", &home.root().display().to_string())]));
        }
        Ok(home)
    }

    /// Opens object stores by what the environment says of them.
    pub(crate) fn stores(&self) -> Stores {
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Stores::s3(std::env::vars_os().filter_map(text))
    }

    /// How the main job runs.
    pub(crate) fn options(&self, on: Date) -> Options {
        Options {
            on,
            today: self.day(None),
            strict: false,
            keep_raw: false,
            full: false,
            cores: cores(),
            watch: self.progress.clone(),
        }
    }
}

/// Units under way at a time.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
