//! From a verdict to the written answer: what applies and why, what to ask, how much room is left.

pub(crate) mod ask;
pub(crate) mod by_field;
pub(crate) mod compare;
pub(crate) mod determination;
pub(crate) mod determine;
pub(crate) mod headroom;
pub(crate) mod lighter;
pub(crate) mod questions;
pub(crate) mod why;
pub(crate) mod words;
