//! Procedures as they are compiled in: what may be done, whole walks, clocks, and what is refused when they are read.
#![allow(clippy::unwrap_used, reason = "what a helper of these tests cannot read or make is a fault of the test")]

mod filled;
#[allow(unused_imports, reason = "of what the tests of the store share, these need only the databases")]
#[path = "../store/support/mod.rs"]
mod stores;
mod support;

mod bad_conditions;
mod bad_files;
mod bugs;
mod invariants;
mod tables;
mod through;
mod walk;
mod walks;
