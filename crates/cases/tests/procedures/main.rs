//! Procedures as they are compiled in: what may be done, whole walks, clocks, and what is refused when they are read.
#![allow(clippy::unwrap_used, reason = "what a helper of these tests cannot read or make is a fault of the test")]

mod filled;
mod support;

mod bad_files;
mod bugs;
mod invariants;
mod tables;
mod walks;
