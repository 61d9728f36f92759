//! Backups: a SQLite file as a file, and either database as lines of JSON that either database takes back.

use std::io::{BufRead as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::TryStreamExt as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Row as _};

use super::Store;
use super::db::{Dialect, Type, number, query, sync, text};
use super::error::StoreError;

const FORM: &str = "tongguan/case-backup/1";
/// Rows that are written in one statement.
const SOME: usize = 500;

/// A table of a backup: its name, its columns, its key.
type Table = (&'static str, &'static [(&'static str, Type)], &'static str);

/// Those of a backup, in the order they go back; files come after them.
const TABLES: [Table; 4] = [
    (
        "action",
        &[
            ("case_id", Type::Text),
            ("seq", Type::Number),
            ("at", Type::Text),
            ("day", Type::Text),
            ("request", Type::Text),
            ("actor", Type::Text),
            ("role", Type::Text),
            ("action", Type::Text),
            ("body", Type::Text),
            ("digest", Type::Text),
            ("leaf", Type::Number),
        ],
        "case_id, seq",
    ),
    (
        "case_head",
        &[("case_id", Type::Text), ("seq", Type::Number), ("digest", Type::Text), ("keys", Type::Number)],
        "case_id",
    ),
    (
        "case_key",
        &[("case_id", Type::Text), ("no", Type::Number), ("wrapped", Type::Text), ("gone", Type::Text)],
        "case_id, no",
    ),
    ("setting", &[("name", Type::Text), ("value", Type::Text)], "name"),
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    form: String,
    /// What tells the master key it was made with.
    master: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    lines: u64,
    /// SHA-256 of all lines before.
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Blob {
    case_id: String,
    digest: String,
    size: i64,
    media_type: String,
    key: i64,
    bytes: String,
}

fn bad(what: impl Into<String>) -> StoreError {
    StoreError::Backup { what: what.into() }
}

/// A file that is written line by line and digested.
struct Lines {
    file: std::io::BufWriter<std::fs::File>,
    sha: Sha256,
    lines: u64,
}

impl Lines {
    fn put(&mut self, line: &impl Serialize) -> std::io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.sha.update(&bytes);
        self.lines += 1;
        self.file.write_all(&bytes)
    }
}

impl Store {
    /// Writes a consistent copy of a SQLite database to a new file, while the store goes on. The master key is not in it, and
    /// without it nothing personal can be read. PostgreSQL has `pg_dump`, and [`Store::export_all`].
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        if self.inner.database.dialect == Dialect::Postgres {
            return Err(bad("a PostgreSQL database is backed up by `pg_dump`, or as lines of JSON"));
        }
        let to = path.to_str().ok_or_else(|| bad("the path of a backup has to be UTF-8"))?;
        if path.exists() {
            return Err(bad(format!("`{to}` exists and is not overwritten")));
        }
        query("VACUUM INTO $1").bind(to).execute(&self.inner.readers).await?;
        private(path)?;
        sync(path)
    }

    /// Writes everything that is kept for ever to a new file, as lines of JSON: what either database takes back. Projections are not
    /// in it. One moment of the database is read, whatever goes on.
    pub async fn export_all(&self, path: &Path) -> Result<u64, StoreError> {
        let at = |error| StoreError::Io { what: path.display().to_string(), error };
        let file = std::fs::File::create_new(path).map_err(at)?;
        private(path)?;
        let mut lines = Lines { file: std::io::BufWriter::new(file), sha: Sha256::new(), lines: 0 };
        lines.put(&First { form: FORM.to_owned(), master: self.inner.keys.check() }).map_err(at)?;
        let mut connection = self.inner.readers.acquire().await?;
        let mut moment = connection.begin_with(self.inner.database.dialect.begin_reading()).await?;
        for (table, columns, key) in TABLES {
            let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            let statement = format!("SELECT {names} FROM {table} ORDER BY {key}");
            let asked = query(statement);
            let mut rows = asked.fetch(&mut *moment);
            while let Some(row) = rows.try_next().await? {
                let mut line = serde_json::Map::from_iter([("table".to_owned(), Value::from(table))]);
                for (column, kind) in columns {
                    let value = match kind {
                        Type::Text => row.try_get::<Option<String>, _>(*column)?.map(Value::from),
                        Type::Number => row.try_get::<Option<i64>, _>(*column)?.map(Value::from),
                    };
                    line.insert((*column).to_owned(), value.unwrap_or(Value::Null));
                }
                lines.put(&line).map_err(at)?;
            }
        }
        let blobs = "SELECT case_id, digest FROM blob ORDER BY case_id, digest";
        for row in query(blobs).fetch_all(&mut *moment).await? {
            let (case_id, digest) = (text(&row, "case_id")?, text(&row, "digest")?);
            let one = "SELECT size, media_type, key, bytes FROM blob WHERE case_id = $1 AND digest = $2";
            let row = query(one).bind(case_id.as_str()).bind(digest.as_str()).fetch_one(&mut *moment).await?;
            let bytes = BASE64_STANDARD.encode(row.try_get::<Vec<u8>, _>("bytes")?);
            let (size, media_type, key) = (number(&row, "size")?, text(&row, "media_type")?, number(&row, "key")?);
            lines.put(&Blob { case_id, digest, size, media_type, key, bytes }).map_err(at)?;
        }
        moment.commit().await?;
        let (count, sha256) = (lines.lines, transfer::hex(&lines.sha.clone().finalize()));
        lines.put(&Last { lines: count, sha256 }).map_err(at)?;
        lines.file.flush().map_err(at)?;
        sync(path)?;
        Ok(count)
    }

    /// Takes back what [`Store::export_all`] wrote, into an empty store opened with the same master key, all or nothing; projections
    /// are made anew as of a day, and every digest is checked. How many actions there are.
    pub async fn restore(&self, path: &Path, today: Date) -> Result<u64, StoreError> {
        whole(path, &self.inner.keys.check())?;
        {
            let mut writer = self.inner.writer.lock().await;
            let connection = writer.connection(&self.inner.database).await?;
            let mut transaction = connection.begin_with(self.inner.database.dialect.begin()).await?;
            let row = query("SELECT count(*) AS n FROM case_head").fetch_one(&mut *transaction).await?;
            if number(&row, "n")? != 0 {
                return Err(bad("the store has cases already: restore into an empty one"));
            }
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
        let from = self.inner.database.dialect.rows(columns);
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

/// For its owner's eyes only: sealed as it is, it holds wrapped keys.
fn private(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, mode)
            .map_err(|error| StoreError::Io { what: path.display().to_string(), error })?;
    }
    Ok(())
}
