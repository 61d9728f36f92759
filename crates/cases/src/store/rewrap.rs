//! Another master key: every data key is wrapped anew, in one transaction. What the data keys sealed stays as it is.

use serde_json::{Value, json};
use sqlx::AnyConnection;

use super::error::StoreError;
use super::keys::Keys;
use super::load::json as rows;
use super::{Inner, Store};
use crate::terms::CaseId;
use database::{Dialect, Type, number, query, text};

/// The setting that tells the master key.
pub(crate) const MASTER: &str = "master";
/// Data keys of one statement.
const SOME: i64 = 500;

impl Store {
    /// Changes the master key of the store to another; how many data keys were wrapped anew. All of them or none: whoever is killed
    /// on the way finds the store under the old key, or under the new. This store goes on under the new one; other processes that
    /// have it open are refused new data keys, and have to open it again.
    ///
    /// Backups made before, and the write-ahead archive of a PostgreSQL, hold the data keys under the old key still. Data keys stay
    /// the same: whoever had old key and database can read what they could read. Under the key it has already nothing is done.
    pub async fn rewrap(&self, new: &Keys) -> Result<u64, StoreError> {
        let inner = &self.inner;
        let mut writer = inner.writer.lock().await;
        if inner.keys.check() == new.check() {
            return Ok(0);
        }
        // Who reads meanwhile may meet either.
        inner.keys.expect(new);
        let connection = writer.connection(&inner.database).await?;
        let came = change(inner, connection, new).await;
        let came = match came {
            Ok(count) => Ok(count),
            Err(Failed::Before(error)) => Err(error),
            Err(Failed::Commit(count)) => {
                // The database knows, once it answers again.
                writer.drop_connection();
                let connection = writer.connection(&inner.database).await.map_err(|_| StoreError::KeyUnknown)?;
                let stands = standing(connection, "").await.map_err(|_| StoreError::KeyUnknown)?;
                if stands == new.check() { Ok(count) } else { Err(StoreError::KeyUnchanged) }
            }
        };
        match came {
            Ok(count) => {
                inner.keys.turn(new);
                clean(writer.connection(&inner.database).await?, inner.database.dialect()).await;
                Ok(count)
            }
            Err(error) => {
                writer.drop_connection();
                Err(error)
            }
        }
    }
}

/// How far a change came.
enum Failed {
    /// Nothing was changed.
    Before(StoreError),
    /// The commit of so many keys was sent and not answered.
    Commit(u64),
}

impl<E: Into<StoreError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Before(error.into())
    }
}

async fn change(inner: &Inner, connection: &mut AnyConnection, new: &Keys) -> Result<u64, Failed> {
    let dialect = inner.database.dialect();
    let mut transaction = inner.database.begin(connection).await?;
    // From here on nobody adds a data key: whoever does holds this row.
    let put = "UPDATE setting SET value = $1 WHERE name = $2 AND value = $3";
    let put = query(put).bind(new.check()).bind(MASTER).bind(inner.keys.check());
    if put.execute(&mut *transaction).await?.rows_affected() != 1 {
        return Err(StoreError::WrongKey.into());
    }
    let some = format!(
        "SELECT case_id, no, wrapped FROM case_key WHERE (case_id, no) > ($1, $2) AND wrapped IS NOT NULL \
         ORDER BY case_id, no LIMIT $3{}",
        // One that is destroyed meanwhile stays destroyed.
        dialect.lock("case_key")
    );
    let columns = [("case_id", Type::Text), ("no", Type::Number), ("wrapped", Type::Text)];
    let put = format!(
        "UPDATE case_key SET wrapped = v.wrapped FROM {} WHERE case_key.case_id = v.case_id AND case_key.no = v.no",
        dialect.rows(&columns)
    );
    let (mut count, mut after) = (0, (String::new(), 0));
    loop {
        let asked = query(some.as_str()).bind(after.0.as_str()).bind(after.1).bind(SOME);
        let read = asked.fetch_all(&mut *transaction).await?;
        let Some(last) = read.last() else { break };
        after = (text(last, "case_id")?, number(last, "no")?);
        let anew = read.iter().map(|row| wrapped_anew(&inner.keys, new, row)).collect::<Result<Vec<_>, _>>()?;
        count += query(put.as_str()).bind(rows(&anew)).execute(&mut *transaction).await?.rows_affected();
    }
    transaction.commit().await.map_err(|_| Failed::Commit(count))?;
    Ok(count)
}

fn wrapped_anew(old: &Keys, new: &Keys, row: &sqlx::any::AnyRow) -> Result<Value, StoreError> {
    let (case, no) = (CaseId::new(text(row, "case_id")?), number(row, "no")?);
    let key = old.unwrap(&case, no, &text(row, "wrapped")?)?;
    let wrapped = new.wrap(&case, &key)?;
    Ok(json!({ "case_id": case, "no": no, "wrapped": wrapped }))
}

/// What tells the master key that stands in the database.
pub(crate) async fn standing(connection: &mut AnyConnection, lock: &str) -> Result<String, StoreError> {
    let statement = format!("SELECT value FROM setting WHERE name = $1{lock}");
    Ok(text(&query(statement).bind(MASTER).fetch_one(connection).await?, "value")?)
}

/// Refuses where another process changed the master key since this store was opened; otherwise it stays until the end of the
/// transaction. Asked before a data key is added: under the old key nobody could ever read it.
pub(crate) async fn still_ours(inner: &Inner, connection: &mut AnyConnection) -> Result<(), StoreError> {
    let lock = match inner.database.dialect() {
        Dialect::Sqlite => "",
        // Several may add keys at once.
        Dialect::Postgres => " FOR SHARE",
    };
    if standing(connection, lock).await? == inner.keys.check() { Ok(()) } else { Err(StoreError::WrongKey) }
}

/// Old versions of rows and pages hold what was wrapped before until they are overwritten.
async fn clean(connection: &mut AnyConnection, dialect: Dialect) {
    let clean = match dialect {
        Dialect::Sqlite => "PRAGMA wal_checkpoint(TRUNCATE)",
        Dialect::Postgres => "VACUUM case_key",
    };
    // The key is changed; what is left over goes with the next one who cleans.
    let _ = sqlx::raw_sql(clean).execute(connection).await;
}
