//! `rules`: the rule base to read and to check.

mod check;
mod diff;
mod lists;
mod read;

use clearance::rule_base;

use super::Context;
use crate::args::RulesCommand;
use crate::{Answer, Failure};

pub(crate) fn run(context: &Context, command: &RulesCommand) -> Result<Answer, Failure> {
    let base = rule_base()?;
    match command {
        RulesCommand::List => read::list(context, &base),
        RulesCommand::Show { id } => read::one(context, &base, id),
        RulesCommand::Check => check::check(context, &base),
        RulesCommand::Test => check::test(context, &base),
        RulesCommand::Lists => lists::lists(context, &base),
        RulesCommand::Diff(args) => diff::run(context, &base, args),
    }
}
