//! What is worked out from a case for queues, search and statistics. Pure: the same case gives the same.

pub(crate) mod facts;
pub(crate) mod row;
pub(crate) mod words;
