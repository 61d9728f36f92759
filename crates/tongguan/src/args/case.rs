//! What may be typed after `case`.

use std::path::PathBuf;

use cases::Role;
use clap::{Args, Subcommand};
use jiff::civil::{Date, DateTime};

#[derive(Debug, Args)]
pub(crate) struct CaseArgs {
    #[arg(long, global = true, env = "TONGGUAN_DATABASE", hide_env_values = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    #[arg(long = "as", global = true, value_name = "ROLE", value_parser = role)]
    pub(crate) role: Option<Role>,
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) at: Option<When>,
    #[command(subcommand)]
    pub(crate) command: CaseCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    Procedures {
        #[arg(value_name = "PROCEDURE")]
        procedure: Option<String>,
    },
    Form {
        #[arg(value_name = "PROCEDURE_OR_CASE")]
        of: String,
    },
    New(NewArgs),
    Show {
        #[arg(value_name = "CASE")]
        case: String,
        #[arg(long)]
        clocks: bool,
        #[arg(long)]
        personal: bool,
    },
    Act(Box<ActArgs>),
    List(ListArgs),
    Permit {
        #[arg(value_name = "CASE")]
        case: String,
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    Export {
        #[arg(value_name = "CASE")]
        case: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "AGE_KEY")]
        to: Option<String>,
    },
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        trust: Option<PathBuf>,
        #[arg(long, value_name = "FILE")]
        identity: Option<PathBuf>,
    },
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        copy: bool,
    },
    Restore {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Compare {
        #[arg(value_name = "CASE")]
        case: String,
    },
    Remind {
        #[arg(long)]
        since: Option<Date>,
    },
    Statistics {
        #[arg(long, value_name = "YYYY-MM")]
        from: Option<String>,
        #[arg(long, value_name = "YYYY-MM")]
        to: Option<String>,
        #[arg(long)]
        by_month: bool,
    },
    Check {
        #[arg(long)]
        rebuild: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    #[arg(value_name = "PROCEDURE")]
    pub(crate) procedure: String,
    #[arg(value_name = "TRANSFER")]
    pub(crate) transfer: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with = "transfer")]
    pub(crate) handler: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    #[arg(long, default_value = "")]
    pub(crate) title: String,
    #[arg(long)]
    pub(crate) office: Option<String>,
    #[arg(long)]
    pub(crate) offline: bool,
    #[arg(long, value_name = "CASE")]
    pub(crate) follows: Option<String>,
    #[arg(long, value_name = "NAME=DAY", value_parser = day)]
    pub(crate) day: Vec<(String, Date)>,
}

#[derive(Debug, Args)]
pub(crate) struct ActArgs {
    #[arg(value_name = "CASE")]
    pub(crate) case: String,
    #[arg(value_name = "ACTION")]
    pub(crate) action: String,
    #[arg(long)]
    pub(crate) text: Option<String>,
    #[arg(long, value_name = "NAME=DAY", value_parser = day)]
    pub(crate) day: Vec<(String, Date)>,
    #[arg(long, value_name = "TIME")]
    pub(crate) moment: Option<DateTime>,
    #[arg(long, value_name = "PLACE=TEXT", value_parser = pair)]
    pub(crate) mark: Vec<(String, String)>,
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    #[arg(long, value_name = "TRANSFER")]
    pub(crate) transfer: Option<PathBuf>,
    #[arg(long, value_name = "ITEM")]
    pub(crate) approve: Vec<String>,
    #[arg(long)]
    pub(crate) approve_rest: bool,
    #[arg(long, value_name = "ITEM=REASON", value_parser = pair)]
    pub(crate) refuse: Vec<(String, String)>,
    #[arg(long, value_name = "ITEM=N", value_parser = pair)]
    pub(crate) persons: Vec<(String, String)>,
    #[arg(long)]
    pub(crate) number: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) workdays: Option<u32>,
    #[arg(long, value_name = "[MATERIAL=]FILE")]
    pub(crate) attach: Vec<String>,
    #[arg(long, value_name = "OFFICER")]
    pub(crate) assignee: Option<String>,
    #[arg(long, value_name = "DIR")]
    pub(crate) release: Option<PathBuf>,
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no, num_args = 1)]
    pub(crate) publish: Option<bool>,
    #[arg(long, value_name = "FILE")]
    pub(crate) member: Option<PathBuf>,
    #[arg(long, value_name = "CASE")]
    pub(crate) other: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) seen: Option<u32>,
    #[arg(long, value_name = "NAME")]
    pub(crate) request: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[arg(value_name = "WORDS")]
    pub(crate) words: Option<String>,
    #[arg(long)]
    pub(crate) procedure: Option<String>,
    #[arg(long)]
    pub(crate) state: Option<String>,
    #[arg(long)]
    pub(crate) late: bool,
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) most: u32,
}

/// A day, at noon, or a moment in UTC+8.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When(pub(crate) DateTime);

impl std::str::FromStr for When {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let moment = text.contains(['T', 't', ' ']);
        Ok(Self(if moment { text.parse()? } else { text.parse::<Date>()?.at(12, 0, 0, 0) }))
    }
}

pub(super) fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| format!("one of {}", Role::ALL.map(Role::word).join(", ")))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write a name, `=` and what it is")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn day(text: &str) -> Result<(String, Date), String> {
    let (name, day) = pair(text)?;
    Ok((name, day.parse().map_err(|_| "the day is written like 2026-11-22")?))
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("yes or no".to_owned()),
    }
}
