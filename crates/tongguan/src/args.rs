//! What may be typed. Help texts are not here but in the catalogue, in both languages.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

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
    #[arg(value_name = "TRANSFER.toml", required_unless_present = "facts", conflicts_with = "facts")]
    pub(crate) transfer: Option<PathBuf>,
    #[arg(long, value_name = "FACTS.toml")]
    pub(crate) facts: Option<PathBuf>,
    #[arg(long)]
    pub(crate) on: Option<Date>,
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
    pub(crate) on: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[arg(value_name = "DIR")]
    pub(crate) folder: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
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
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    List,
    Show {
        #[arg(value_name = "ID")]
        id: String,
    },
    Check,
    Test,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    List,
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Restore {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TallyCommand {
    Show,
    Begin,
    Correct {
        #[arg(long, required = true, value_name = "RELEASE")]
        not_published: Option<String>,
        #[arg(long, value_name = "NAME")]
        by: String,
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    Fsck,
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
