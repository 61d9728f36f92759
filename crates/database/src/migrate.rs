//! Migrations: steps of a schema that are only ever added.

use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use crate::address::Database;
use crate::dialect::Dialect;
use crate::error::DatabaseError;
use crate::row::query;

/// Held while a database is migrated, so that two programs that start together do not both do it.
const MIGRATION_LOCK: i64 = 0x746f_6e67_6775_616e;

/// A step of the schema. Steps are only ever added: tables, columns that have a default, indexes.
///
/// In the shared text `TEXT` is compared byte by byte and `BYTES` is the database's own type for them.
#[derive(Debug)]
pub struct Migration {
    /// For both.
    pub shared: &'static str,
    /// After it, on SQLite.
    pub sqlite: &'static str,
    /// After it, on PostgreSQL.
    pub postgres: &'static str,
    /// The oldest schema whose program may still write beside it.
    pub oldest: i64,
}

/// The schema of one owner of tables.
#[derive(Debug)]
pub struct Migrations {
    /// The owner's own table of the steps taken.
    pub table: &'static str,
    /// The steps, in order; the first is number 1.
    pub steps: &'static [Migration],
    /// What is done at each opening on PostgreSQL, in the same transaction; empty: nothing.
    pub postgres_always: &'static str,
}

/// Brings the owner's schema up to what this program knows. Errors: the database is of a later program.
pub async fn migrate(
    database: &Database,
    connection: &mut AnyConnection,
    migrations: &Migrations,
) -> Result<(), DatabaseError> {
    let (dialect, table) = (database.dialect(), migrations.table);
    let mut transaction = database.begin(connection).await?;
    if dialect == Dialect::Postgres {
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *transaction).await?;
    }
    let make =
        format!("CREATE TABLE IF NOT EXISTS {table} (version BIGINT NOT NULL PRIMARY KEY, oldest BIGINT NOT NULL)");
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut *transaction).await?;
    let at = format!("SELECT coalesce(max(version), 0), coalesce(max(oldest), 0) FROM {table}");
    let row = query(at).fetch_one(&mut *transaction).await?;
    let (version, oldest): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let known = migrations.steps.len() as i64;
    if oldest > known {
        return Err(DatabaseError::Newer { found: version, known });
    }
    for (at, migration) in migrations.steps.iter().enumerate().skip(version as usize) {
        for text in schema(migration, dialect) {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await?;
        }
        query(format!("INSERT INTO {table} (version, oldest) VALUES ($1, $2)"))
            .bind(at as i64 + 1)
            .bind(migration.oldest)
            .execute(&mut *transaction)
            .await?;
    }
    if dialect == Dialect::Postgres && !migrations.postgres_always.is_empty() {
        sqlx::raw_sql(migrations.postgres_always).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn schema(migration: &Migration, dialect: Dialect) -> Vec<String> {
    let (shared, own) = match dialect {
        Dialect::Sqlite => (migration.shared.replace(" BYTES", " BLOB"), migration.sqlite),
        // Texts are compared byte by byte, as SQLite does, whatever the database's language.
        Dialect::Postgres => {
            (migration.shared.replace(" TEXT", " TEXT COLLATE \"C\"").replace(" BYTES", " BYTEA"), migration.postgres)
        }
    };
    [shared, own.to_owned()].into_iter().filter(|text| !text.is_empty()).collect()
}
