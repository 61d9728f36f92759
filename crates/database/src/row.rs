//! Queries and rows.

use std::path::Path;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row as _};

use crate::error::{DatabaseError, one_line};

/// A query that was put together from the program's own words, never from a user's.
pub fn query<'q>(text: impl Into<String>) -> Query<'q, Any, AnyArguments> {
    sqlx::query(AssertSqlSafe(text.into()))
}

/// A text of a row; none is empty.
pub fn text(row: &AnyRow, column: &str) -> Result<String, DatabaseError> {
    Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default())
}

/// A number of a row.
pub fn number(row: &AnyRow, column: &str) -> Result<i64, DatabaseError> {
    Ok(row.try_get(column)?)
}

/// Puts a setting into a table of names and values, unless it is there; what stands there then.
pub async fn setting(
    connection: &mut AnyConnection,
    table: &'static str,
    name: &str,
    value: &str,
) -> Result<String, DatabaseError> {
    let put = format!("INSERT INTO {table} (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
    query(put).bind(name).bind(value).execute(&mut *connection).await?;
    let row =
        query(format!("SELECT value FROM {table} WHERE name = $1")).bind(name).fetch_one(&mut *connection).await?;
    Ok(row.try_get(0)?)
}

/// Brings a finished file to disk.
pub fn sync(path: &Path) -> Result<(), DatabaseError> {
    let at = |error| DatabaseError::Io { what: one_line(&path.display().to_string()), error };
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(at)
}
