//! The doors, every test of the database on SQLite and on PostgreSQL.

mod accounts;
mod cells;
mod external;
mod factors;
mod invitations;
mod policies;
#[path = "../../../cases/tests/procedures/support.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests of procedures")]
mod procedures;
mod record;
mod sealed;
mod sessions;
mod signing_in;
mod support;
mod tokens;
mod upgrade;
