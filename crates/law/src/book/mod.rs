//! The lawbook as files and as data: facts, provisions, scenarios, and the rule base they make together.

pub(crate) mod base;
pub(crate) mod cite;
pub(crate) mod condition_file;
pub(crate) mod definition;
pub(crate) mod rule;
pub(crate) mod rule_file;
pub(crate) mod scenario;
pub(crate) mod scenario_row;
pub(crate) mod scenario_table;
pub(crate) mod source;
pub(crate) mod terms;
pub(crate) mod text;
pub(crate) mod vocabulary;
