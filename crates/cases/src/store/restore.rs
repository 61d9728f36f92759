//! Takes a backup back, all or nothing.

use std::io::BufRead as _;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Store;
use super::backup::{Blob, FORM, First, Last, TABLES, bad};
use super::error::StoreError;
use super::rewrap::still_ours;
use database::{number, query};

/// Rows that are written in one statement.
const SOME: usize = 500;

impl Store {
    /// Takes back what [`Store::export_all`] wrote, into an empty store opened with the same master key, all or nothing; projections
    /// are made anew as of a day, and every digest is checked. How many actions there are.
    pub async fn restore(&self, path: &Path, today: Date) -> Result<u64, StoreError> {
        whole(path, &self.inner.keys.check())?;
        {
            let mut writer = self.inner.writer.lock().await;
            let connection = writer.connection(&self.inner.database).await?;
            let mut transaction = self.inner.database.begin(connection).await?;
            let row = query("SELECT count(*) AS n FROM case_head").fetch_one(&mut *transaction).await?;
            if number(&row, "n")? != 0 {
                return Err(bad("the store has cases already: restore into an empty one"));
            }
            still_ours(&self.inner, &mut transaction).await?;
            self.take_back(&mut transaction, path).await?;
            transaction.commit().await?;
        }
        let actions = self.verify().await?;
        self.rebuild(today).await?;
        Ok(actions)
    }

    async fn take_back(&self, connection: &mut sqlx::AnyConnection, path: &Path) -> Result<(), StoreError> {
        let mut some: Vec<Value> = Vec::new();
        let mut of = String::new();
        for line in lines(path)?.skip(1) {
            let line = line.map_err(|error| StoreError::Io { what: path.display().to_string(), error })?;
            let mut row: Value = serde_json::from_str(&line).map_err(|_| bad("a line of it cannot be read"))?;
            let table = row.as_object_mut().and_then(|row| row.remove("table"));
            let table = table.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            if table != of || some.len() == SOME {
                self.put_back(connection, &of, &some).await?;
                some.clear();
                of.clone_from(&table);
            }
            if !table.is_empty() {
                some.push(row);
            } else if let Ok(blob) = serde_json::from_value::<Blob>(row) {
                let bytes = BASE64_STANDARD.decode(&blob.bytes).map_err(|_| bad("a file of it cannot be read"))?;
                let put =
                    "INSERT INTO blob (case_id, digest, size, media_type, key, bytes) VALUES ($1, $2, $3, $4, $5, $6)";
                let put = query(put).bind(blob.case_id).bind(blob.digest).bind(blob.size);
                put.bind(blob.media_type).bind(blob.key).bind(bytes).execute(&mut *connection).await?;
            }
        }
        self.put_back(connection, &of, &some).await
    }

    async fn put_back(&self, connection: &mut sqlx::AnyConnection, of: &str, some: &[Value]) -> Result<(), StoreError> {
        if some.is_empty() {
            return Ok(());
        }
        let known = TABLES.into_iter().find(|(table, _, _)| *table == of);
        let (table, columns, _) = known.ok_or_else(|| bad("it has a table that is not known here"))?;
        let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let from = self.inner.database.dialect().rows(columns);
        let conflict = if table == "setting" { "ON CONFLICT (name) DO UPDATE SET value = excluded.value" } else { "" };
        let put = format!("INSERT INTO {table} ({names}) SELECT {names} FROM {from} WHERE true {conflict}");
        query(put).bind(super::load::json(&some)).execute(connection).await?;
        Ok(())
    }
}

type ReadLines = std::io::Lines<std::io::BufReader<std::fs::File>>;

fn lines(path: &Path) -> Result<ReadLines, StoreError> {
    let file = std::fs::File::open(path).map_err(|error| StoreError::Io { what: path.display().to_string(), error })?;
    Ok(std::io::BufReader::new(file).lines())
}

/// Whether a backup is whole, and one of this master key.
fn whole(path: &Path, master: &str) -> Result<(), StoreError> {
    let mut sha = Sha256::new();
    let mut before: Option<String> = None;
    let mut count = 0;
    for (nth, line) in lines(path)?.enumerate() {
        let line = line.map_err(|error| StoreError::Io { what: path.display().to_string(), error })?;
        if nth == 0 {
            let first: Option<First> = serde_json::from_str(&line).ok().filter(|first: &First| first.form == FORM);
            let first = first.ok_or_else(|| bad("it is no backup of the form `tongguan/case-backup/1`"))?;
            if first.master != master {
                return Err(StoreError::WrongKey);
            }
        }
        if let Some(before) = before.replace(line) {
            sha.update(before.as_bytes());
            sha.update(b"\n");
            count += 1;
        }
    }
    let last: Option<Last> = before.and_then(|line| serde_json::from_str(&line).ok());
    let last = last.ok_or_else(|| bad("its last line is missing: it was cut off"))?;
    if last.lines != count || last.sha256 != transfer::hex(&sha.finalize()) {
        return Err(bad("its lines are not those it was written with"));
    }
    Ok(())
}
