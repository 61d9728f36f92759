//! What may be typed. Help texts are not here but in the catalogue, in both languages.

mod case;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

pub(crate) use case::{ActArgs, CaseArgs, CaseCommand, ListArgs, NewArgs};
pub(crate) use serve::ServeArgs;

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

/// The language of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Zh,
    En,
}

#[derive(Debug, Parser)]
#[command(name = "tongguan", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    #[arg(long, global = true, env = "TONGGUAN_HOME", value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Inspect(InspectArgs),
    Detect(DetectArgs),
    Init(InitArgs),
    Assess(AssessArgs),
    Plan(PlanArgs),
    Clear(ClearArgs),
    Verify(VerifyArgs),
    #[command(subcommand)]
    Clock(ClockCommand),
    #[command(subcommand)]
    Rules(RulesCommand),
    #[command(subcommand)]
    Keys(KeysCommand),
    #[command(subcommand)]
    Tally(TallyCommand),
    #[command(subcommand)]
    Log(LogCommand),
    Case(CaseArgs),
    Serve(Box<ServeArgs>),
    Sample(SampleArgs),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) full: bool,
    #[arg(long)]
    pub(crate) on: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    #[arg(long, default_value = "transfer.toml", value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct AssessArgs {
    #[arg(value_name = "TRANSFER.toml", required_unless_present_any = ["facts", "compare"], conflicts_with = "facts")]
    pub(crate) transfer: Option<PathBuf>,
    #[arg(long, value_name = "FACTS.toml")]
    pub(crate) facts: Option<PathBuf>,
    #[arg(long)]
    pub(crate) on: Option<Date>,
    #[arg(long)]
    pub(crate) ask: bool,
    #[arg(long, value_name = "FILE", requires = "ask")]
    pub(crate) answers: Option<PathBuf>,
    #[arg(long, value_name = "FACT", requires = "ask")]
    pub(crate) not_known: Vec<String>,
    #[arg(long)]
    pub(crate) lighter: bool,
    #[arg(long, value_name = "DETERMINATION.json", conflicts_with_all = ["ask", "lighter", "why"])]
    pub(crate) compare: Option<PathBuf>,
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "text", conflicts_with = "lighter")]
    pub(crate) why: Option<WhyForm>,
}

/// The form of the document that says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhyForm {
    Text,
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[arg(value_name = "TRANSFER.toml")]
    pub(crate) transfer: PathBuf,
    #[arg(long)]
    pub(crate) preview: bool,
    #[arg(long)]
    pub(crate) on: Option<Date>,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch")]
pub(crate) struct ClearArgs {
    #[arg(value_name = "TRANSFER.toml")]
    pub(crate) transfer: PathBuf,
    #[arg(long)]
    pub(crate) strict: bool,
    #[arg(long)]
    pub(crate) keep_raw: bool,
    #[arg(long)]
    pub(crate) full: bool,
    #[arg(long)]
    pub(crate) again: bool,
    #[arg(long)]
    pub(crate) on: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[arg(value_name = "DIR")]
    pub(crate) folder: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) witnesses: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    Due {
        #[arg(long)]
        from: Date,
        #[arg(long)]
        workdays: u32,
    },
    Before {
        #[arg(long)]
        day: Date,
        #[arg(long)]
        workdays: u32,
    },
    List,
    Show {
        #[arg(value_name = "ID")]
        id: String,
    },
    Conventions,
    Run(ClockRunArgs),
    Renewal(RenewalArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ClockRunArgs {
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[arg(long, value_name = "DAY", conflicts_with = "until")]
    pub(crate) from: Option<Event>,
    #[arg(long, value_name = "DAY", conflicts_with_all = ["paused", "extended"])]
    pub(crate) until: Option<Date>,
    #[arg(long, value_name = "FROM..TO", value_parser = pause)]
    pub(crate) paused: Vec<law::Pause>,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) extended: u32,
    #[arg(long)]
    pub(crate) on: Option<Date>,
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) convention: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RenewalArgs {
    #[arg(long)]
    pub(crate) until: Date,
    #[arg(long, value_enum, default_value = "security-assessment")]
    pub(crate) kind: Renewed,
    #[arg(long)]
    pub(crate) on: Option<Date>,
    #[arg(long, value_name = "N")]
    pub(crate) prepare: Option<u32>,
    #[arg(long, value_name = "ALLOWED:FORECAST", value_parser = growth)]
    pub(crate) persons: Option<law::Growth>,
    #[arg(long, value_name = "ALLOWED:FORECAST", value_parser = growth)]
    pub(crate) size: Option<law::Growth>,
    #[arg(long, value_name = "ID=yes|no", value_parser = answer)]
    pub(crate) met: Vec<(String, bool)>,
    #[arg(long)]
    pub(crate) changed: bool,
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) convention: Vec<String>,
}

/// What is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Renewed {
    SecurityAssessment,
    Certification,
}

/// The day of an event, or its moment where the clock runs in hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event(pub(crate) law::Start);

impl FromStr for Event {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        // A moment would read as a day, too, and lose its time.
        let moment = text.contains(['T', 't', ' ']);
        Ok(Self(if moment { law::Start::Moment(text.parse()?) } else { law::Start::Day(text.parse()?) }))
    }
}

fn pause(text: &str) -> Result<law::Pause, String> {
    let days = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let (from, to) = days.ok_or("write the first and the last day, such as 2026-05-06..2026-05-20")?;
    Ok(law::Pause { from, to })
}

fn growth(text: &str) -> Result<law::Growth, String> {
    let number = |text: &str| text.replace([',', '_'], "").parse().ok();
    let numbers = text.split_once(':').and_then(|(allowed, forecast)| Some((number(allowed)?, number(forecast)?)));
    let (allowed, forecast) = numbers.ok_or("write two numbers, allowed and forecast, such as 500000:600000")?;
    Ok(law::Growth { allowed, forecast })
}

fn answer(text: &str) -> Result<(String, bool), String> {
    match text.split_once('=') {
        Some((id, "yes")) => Ok((id.to_owned(), true)),
        Some((id, "no")) => Ok((id.to_owned(), false)),
        _ => Err("write the condition and yes or no, such as no-incident=yes".to_owned()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    List,
    Show {
        #[arg(value_name = "ID")]
        id: String,
    },
    Check {
        #[arg(long)]
        overlaps: bool,
    },
    Test,
    Lists,
    Diff(RulesDiffArgs),
    Book(BookArgs),
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RulesDiffArgs {
    #[arg(value_name = "A")]
    pub(crate) before: String,
    #[arg(value_name = "B")]
    pub(crate) after: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BookArgs {
    #[arg(long, default_value = "rulebook.html", value_name = "FILE.html")]
    pub(crate) out: PathBuf,
    #[arg(long)]
    pub(crate) on: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) form: ExportForm,
    #[arg(long)]
    pub(crate) bom: bool,
}

/// What of the rule base is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportForm {
    Csv,
    Dmn,
    Schemas,
    Scenarios,
    All,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    List,
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        // A text and no typed value: what is mistyped may be a secret, and must not be repeated.
        #[arg(long, value_name = "AGE1", conflicts_with_all = ["passphrase_file", "plain"])]
        to: Vec<String>,
        #[arg(long, value_name = "FILE", conflicts_with = "plain")]
        passphrase_file: Option<PathBuf>,
        #[arg(long)]
        plain: bool,
    },
    Restore {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        identity: Option<PathBuf>,
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        #[arg(long)]
        list: bool,
    },
    Wrap,
    Unwrap,
    AddSm2,
    Rotate {
        #[arg(value_enum)]
        what: Rotated,
        #[arg(long)]
        at_once: bool,
    },
    Retire {
        #[arg(value_name = "KEY", value_enum)]
        key: Retired,
    },
    Identity {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// A key that can be replaced by a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rotated {
    Master,
    Log,
}

/// A key whose predecessors can stop signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Retired {
    Log,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TallyCommand {
    Show,
    Begin,
    Import(ImportArgs),
    Join {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    Correct(CorrectArgs),
    Forecast {
        #[arg(value_name = "TRANSFER.toml")]
        transfer: PathBuf,
        #[arg(long, value_name = "N")]
        lead: Option<u32>,
        #[arg(long)]
        on: Option<Date>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[arg(value_name = "FILE|DIR")]
    pub(crate) path: PathBuf,
    #[arg(long, value_name = "ID")]
    pub(crate) handler: Option<String>,
    #[arg(long)]
    pub(crate) year: Option<i16>,
    #[arg(long, value_name = "COLUMN")]
    pub(crate) key: Option<String>,
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
}

#[derive(Debug, Args)]
pub(crate) struct CorrectArgs {
    #[arg(long, value_name = "RELEASE", conflicts_with_all = ["handler", "ordinary", "sensitive"])]
    pub(crate) not_published: Option<String>,
    #[arg(long, value_name = "ID", required_unless_present = "not_published")]
    pub(crate) handler: Option<String>,
    #[arg(long)]
    pub(crate) year: Option<i16>,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) ordinary: u64,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) sensitive: u64,
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
}

/// What left of the persons of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Ordinary,
    Sensitive,
    Both,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    Fsck,
    Witness(WitnessArgs),
    Cosign(CosignArgs),
}

#[derive(Debug, Args)]
pub(crate) struct WitnessArgs {
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    pub(crate) listen: SocketAddr,
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    #[arg(long, value_name = "VKEY|FILE")]
    pub(crate) log: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CosignArgs {
    #[arg(value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
    #[arg(long, value_name = "URL")]
    pub(crate) witness: Vec<String>,
    #[arg(long, value_name = "N")]
    pub(crate) require: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct SampleArgs {
    #[arg(value_name = "KIND")]
    pub(crate) kind: sample::Kind,
    #[arg(long, default_value_t = 100)]
    pub(crate) rows: usize,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}
