//! What changes between two states of the law: provisions, and the answers that come out otherwise.

pub(crate) mod replay;
pub(crate) mod rules;
