//! Three-valued logic over facts: the law of one day applied to one state of knowledge, and to all that is still possible.

pub(crate) mod compiled;
pub(crate) mod condition;
pub(crate) mod decide;
pub(crate) mod diagram;
pub(crate) mod evaluate;
pub(crate) mod facts;
pub(crate) mod inforce;
pub(crate) mod known;
pub(crate) mod possible;
pub(crate) mod regions;
pub(crate) mod truths;
