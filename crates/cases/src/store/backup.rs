//! Backups: a SQLite file as a file, and either database as lines of JSON that either database takes back.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use database::{Dialect, Type, number, query, sync, text};
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use super::Store;
use super::error::StoreError;
use super::rewrap::standing;

pub(super) const FORM: &str = "tongguan/case-backup/1";

/// A table of a backup: its name, its columns, its key.
pub(super) type Table = (&'static str, &'static [(&'static str, Type)], &'static str);

/// Those of a backup, in the order they go back; files come after them.
pub(super) const TABLES: [Table; 4] = [
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
pub(super) struct First {
    pub(super) form: String,
    /// What tells the master key it was made with.
    pub(super) master: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Last {
    pub(super) lines: u64,
    /// SHA-256 of all lines before.
    pub(super) sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Blob {
    pub(super) case_id: String,
    pub(super) digest: String,
    pub(super) size: i64,
    pub(super) media_type: String,
    pub(super) key: i64,
    pub(super) bytes: String,
}

pub(super) fn bad(what: impl Into<String>) -> StoreError {
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
        if self.inner.database.dialect() == Dialect::Postgres {
            return Err(bad("a PostgreSQL database is backed up by `pg_dump`, or as lines of JSON"));
        }
        let to = path.to_str().ok_or_else(|| bad("the path of a backup has to be UTF-8"))?;
        if path.exists() {
            return Err(bad(format!("`{to}` exists and is not overwritten")));
        }
        query("VACUUM INTO $1").bind(to).execute(&self.inner.readers).await?;
        private(path)?;
        Ok(sync(path)?)
    }

    /// Writes everything that is kept for ever to a new file, as lines of JSON: what either database takes back. Projections are not
    /// in it. One moment of the database is read, whatever goes on.
    pub async fn export_all(&self, path: &Path) -> Result<u64, StoreError> {
        let at = |error| StoreError::Io { what: path.display().to_string(), error };
        let file = std::fs::File::create_new(path).map_err(at)?;
        private(path)?;
        let mut lines = Lines { file: std::io::BufWriter::new(file), sha: Sha256::new(), lines: 0 };
        let mut connection = self.inner.readers.acquire().await?;
        let mut moment = self.inner.database.begin_reading(&mut connection).await?;
        // The key of this moment: it may be changed meanwhile.
        let master = standing(&mut moment, "").await?;
        lines.put(&First { form: FORM.to_owned(), master }).map_err(at)?;
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
