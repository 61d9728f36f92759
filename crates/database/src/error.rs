//! Why a database did not do something, and what may be done about it.

/// Why a database did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The address is none of a database. It may hold a password, so it is never repeated.
    #[error("the database is named as `sqlite:PATH` or `postgres://USER@HOST/NAME`: {what}")]
    Address {
        /// What is wrong.
        what: String,
    },
    /// The database is of a later program.
    #[error(
        "the database was changed by a newer version of tongguan (schema {found}, this program knows {known}): use that one"
    )]
    Newer {
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The database did not do it. Nothing was recorded.
    #[error("the database did not do it, and nothing was recorded: {what}")]
    Failed {
        /// What it said, in one line.
        what: String,
    },
    /// A file system.
    #[error("{what}: {error}")]
    Io {
        /// Where.
        what: String,
        /// The system's word.
        error: std::io::Error,
    },
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed { what: one_line(&error.to_string()) }
    }
}

/// A message on one line, not longer than 300 letters.
pub fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(300).collect()
}

/// Whether the connection can no longer be used.
pub fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            // PostgreSQL: shutdown, crash, cannot connect now, connection exceptions.
            error.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08"))
        }
        sqlx::Error::RowNotFound | sqlx::Error::ColumnNotFound(_) => false,
        _ => true,
    }
}

/// Whether the database asks for the same once more: a deadlock, or two that changed the same.
pub fn is_conflict(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    error.code().is_some_and(|code| matches!(&*code, "40001" | "40P01" | "55P03" | "5" | "517"))
}
