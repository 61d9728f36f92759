//! SQLite and PostgreSQL under one text of SQL: addresses, connections, migrations, and whose turn it is to write.
//!
//! What must not be read in it is sealed by a [`Sealer`].
//!
//! It knows no table of anybody: whoever keeps tables hands in their [`Migrations`] and writes SQL that both databases read.
//! A [`Database`] is opened once and handed to all who keep something in it.

mod address;
mod dialect;
mod error;
mod migrate;
mod row;
mod sealer;
#[cfg(feature = "testing")]
pub mod testing;
mod turn;
mod writer;

pub use address::{Database, Writing};
pub use dialect::{Dialect, Type};
pub use error::{DatabaseError, is_conflict, is_lost, one_line};
pub use migrate::{Migration, Migrations, migrate};
pub use row::{number, query, setting, sync, text};
pub use sealer::{Random, SealError, Sealer, letters, mac};
pub use turn::Turn;
pub use writer::{Pen, Writer};
