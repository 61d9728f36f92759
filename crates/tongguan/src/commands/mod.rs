//! One module a command: what it does is in the libraries; here it is called and its answer shown.

pub(crate) mod assess;
pub(crate) mod case;
pub(crate) mod clear;
pub(crate) mod clock;
pub(crate) mod detect;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod plan;
pub(crate) mod rules;
pub(crate) mod sample;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod stops;
pub(crate) mod tally;
pub(crate) mod verify;
pub(crate) mod witness;

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clearance::{Closed, Home, Identities, Keystore, Opener, Options, Passphrase, Stores};
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
        asked.unwrap_or_else(|| Offset::constant(8).to_datetime(self.now()).date())
    }

    /// This moment.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the binary is where the clock is read")]
        jiff::Timestamp::now()
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
        let path = self.home_path()?;
        let mut home = Home::open_with(&path, self.opener(&path)?).await?;
        home.stores = self.stores();
        if home.is_new {
            self.note(&self.say.fill("home.new", &[("path", &home.root().display().to_string())]));
        }
        Ok(home)
    }

    /// What the keys of a state folder are opened with, where they are wrapped: what the environment names, or a passphrase
    /// asked for on a terminal.
    pub(crate) fn opener(&self, home: &Path) -> Result<Opener, Failure> {
        let closed = Keystore::closed(&home.join("keys"))?;
        if closed == Closed::Not {
            return Ok(Opener::default());
        }
        let identities = self.identity()?.unwrap_or_default();
        let passphrase = match (closed, from_environment("TONGGUAN_PASSPHRASE_FILE")) {
            (Closed::Passphrase, Some(file)) => Some(Passphrase::read(&file)?),
            (Closed::Passphrase, None) if identities.is_empty() => self.ask_passphrase(self.say.text("keys.ask"))?,
            _ => None,
        };
        Ok(Opener { identities, passphrase })
    }

    /// The identities of the file that the environment names.
    pub(crate) fn identity(&self) -> Result<Option<Identities>, Failure> {
        let file = from_environment("TONGGUAN_IDENTITY");
        Ok(file.map(|file| Identities::read(&file)).transpose()?)
    }

    /// Asks for a passphrase without showing it; `None` where there is no terminal, or no questions are wanted.
    pub(crate) fn ask_passphrase(&self, question: &str) -> Result<Option<Passphrase>, Failure> {
        if self.quiet || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Ok(None);
        }
        Ok(Some(Passphrase::new(rpassword::prompt_password(format!("{question}: "))?)?))
    }

    /// Asks for a new passphrase twice.
    pub(crate) fn ask_new_passphrase(&self) -> Result<Option<Passphrase>, Failure> {
        let Some(first) = self.ask_passphrase(self.say.text("keys.ask-new"))? else { return Ok(None) };
        let again = self.ask_passphrase(self.say.text("keys.ask-again"))?;
        if again.as_ref() == Some(&first) {
            Ok(Some(first))
        } else {
            Err(Failure::Input(self.say.text("keys.ask-differs").to_owned()))
        }
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
            again: false,
            cores: cores(),
            watch: self.progress.clone(),
        }
    }
}

/// A file named by the environment; a variable that is empty names none.
pub(crate) fn from_environment(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Units under way at a time.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
