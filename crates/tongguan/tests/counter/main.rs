//! The counter as the program serves it: a permit that is decided on in the console opens the gate for what was approved, what left comes
//! back to the case, tables are looked into, and everything is backed up while it runs.
//!
//! Chromium is looked for as in the tests of the console (docs/CONSOLE.md, Tests in a browser).
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

mod backup;
#[path = "../../../server/tests/browser/driver.rs"]
#[allow(dead_code, reason = "shared with the tests of the console")]
mod driver;
mod filed;
mod gate;
mod loops;
mod served;
mod tables;
