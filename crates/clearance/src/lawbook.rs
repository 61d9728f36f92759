//! The rule base that is compiled in.

use law::{LawError, RuleBase};

/// Every file of `lawbook/` with its path.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/lawbook.rs"));

/// The embedded rule base.
///
/// An error here is a fault of the build, found by the first test that runs; it is still an error and not a panic,
/// since a user may build with a rule base of their own.
pub fn rule_base() -> Result<RuleBase, LawError> {
    RuleBase::parse(FILES.iter().copied())
}
