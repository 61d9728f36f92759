//! The store, every test on SQLite and on PostgreSQL.

mod acts;
mod figures;
mod files;
mod kills;
mod packages;
mod random;
mod schema;
mod sealed;
mod support;
