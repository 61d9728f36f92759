//! `rules`: the rule base to read and to check.

mod book;
mod check;
mod diff;
mod export;
mod lists;
mod read;

use std::path::Path;

use clearance::rule_base;

use super::Context;
use crate::args::RulesCommand;
use crate::{Answer, Failure};

pub(crate) fn run(context: &Context, command: &RulesCommand) -> Result<Answer, Failure> {
    let base = rule_base()?;
    match command {
        RulesCommand::List => read::list(context, &base),
        RulesCommand::Show { id } => read::one(context, &base, id),
        RulesCommand::Check { overlaps } => check::check(context, &base, *overlaps),
        RulesCommand::Test => check::test(context, &base),
        RulesCommand::Lists => lists::lists(context, &base),
        RulesCommand::Diff(args) => diff::run(context, &base, args),
        RulesCommand::Book(args) => book::run(context, &base, args),
        RulesCommand::Export(args) => export::run(context, &base, args),
    }
}

/// Writes a file that was worked out whole, in place of an earlier one, making the folders it lies in. What is cut short
/// leaves the earlier file as it was.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let fault = |error: std::io::Error| Failure::Input(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, text).map_err(fault)?;
    std::fs::rename(&beside, path).map_err(fault)
}
