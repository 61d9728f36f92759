//! The store, every test on SQLite and on PostgreSQL.

mod acts;
mod figures;
mod files;
mod kills;
mod news;
mod packages;
mod published;
mod random;
mod rotation;
mod schema;
mod sealed;
mod support;
mod tls;
mod upgrade;
