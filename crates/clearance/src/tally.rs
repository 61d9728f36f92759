//! The tally: who left in a year, on which ground, by releases, imports, joined state folders and stated numbers.

use std::collections::BTreeSet;
use std::path::Path;

use engine::{Gathering, People, PersonSet, kind};
use futures::TryStreamExt as _;
use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::error::ClearanceError;
use crate::store::Store;

/// Persons in one row of a run: about 800 kB.
const PIECE: usize = 32_768;

/// What a handler's year holds.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Distinct persons; those known only as numbers are in it as persons without a key.
    pub people: People,
    /// Whether every entry told its persons apart exactly.
    pub exact: bool,
    /// By which key spaces.
    pub spaces: BTreeSet<String>,
}

impl Tally {
    /// Persons with ordinary information, an upper bound where not exact.
    pub fn ordinary(&self) -> u64 {
        self.people.count(kind::ORDINARY)
    }

    /// Persons with sensitive information.
    pub fn sensitive(&self) -> u64 {
        self.people.count(kind::SENSITIVE)
    }
}

/// Which entries of a handler's year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those that add to the year's numbers.
    Counted,
    /// Those kept apart under one exempting ground.
    Ground(&'a str),
}

/// An entry, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry<'a> {
    /// The handler.
    pub handler: &'a str,
    /// The day.
    pub day: Date,
    /// The year it counts in.
    pub year: i16,
    /// What it is.
    pub what: What,
    /// The release it belongs to.
    pub release: Option<&'a str>,
    /// The exempting ground, or `counted`.
    pub ground: &'a str,
    /// Whether it adds to the year's numbers.
    pub counted: bool,
    /// Persons of the entry itself: all, with ordinary, with sensitive information.
    pub persons: [u64; 3],
    /// By how much ordinary and sensitive grew.
    pub grown: [u64; 2],
    /// Known only as numbers.
    pub whole: bool,
    /// Whether its persons are told apart exactly.
    pub exact: bool,
    /// By which key spaces.
    pub spaces: &'a BTreeSet<String>,
    /// Who says so.
    pub who: &'a str,
    /// Why.
    pub why: &'a str,
    /// What it was taken from.
    pub origin: Option<&'a str>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A release.
    Release,
    /// A list of persons, or another state folder's tally taken over.
    Import,
    /// Another state folder's tally of the same handler and year.
    Join,
    /// A number that somebody states.
    Number,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Import => "import",
            Self::Join => "join",
            Self::Number => "number",
        }
    }
}

/// An entry with its persons.
pub(crate) struct FullEntry {
    pub(crate) id: i64,
    pub(crate) day: Date,
    pub(crate) ground: String,
    pub(crate) counted: bool,
    pub(crate) persons: [u64; 3],
    pub(crate) grown: [u64; 2],
    pub(crate) whole: bool,
    pub(crate) exact: bool,
    pub(crate) spaces: BTreeSet<String>,
    pub(crate) people: People,
}

/// An entry, as `tally show` lists it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EntryLine {
    /// The day.
    pub day: String,
    /// What it is.
    pub what: String,
    /// The release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The exempting ground, or `counted`.
    pub ground: String,
    /// Whether it adds to the year's numbers.
    pub counted: bool,
    /// Where a release stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Where a release went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Persons of the entry itself.
    pub persons: u64,
    /// By how many persons the year grew: with ordinary information.
    pub new_ordinary: u64,
    /// With sensitive information.
    pub new_sensitive: u64,
    /// Who says so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Store {
    /// Whether anything of this handler was counted in a year.
    pub async fn has_tally(&self, handler: &str, year: i16) -> Result<bool, ClearanceError> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM entry WHERE handler = ? AND year = ?)")
            .bind(handler)
            .bind(i64::from(year))
            .fetch_one(self.pool())
            .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// Whether persons of this handler and year are kept as fingerprints, which need their key.
    pub async fn has_fingerprints(&self, handler: &str, year: i16) -> Result<bool, ClearanceError> {
        let row = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM entry WHERE handler = ? AND year = ? AND whole = 0
                            AND EXISTS (SELECT 1 FROM entry_run WHERE entry = entry.id))",
        )
        .bind(handler)
        .bind(i64::from(year))
        .fetch_one(self.pool())
        .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// The persons of a handler's year. Sorted runs are gathered in `spill`. `published`: without releases that may still turn
    /// out never to have left.
    pub async fn tally(
        &self,
        handler: &str,
        year: i16,
        scope: Scope<'_>,
        published: bool,
        spill: &Path,
    ) -> Result<Tally, ClearanceError> {
        let (counted, ground) = match scope {
            Scope::Counted => (1, ""),
            Scope::Ground(ground) => (0, ground),
        };
        let mut tally = Tally { exact: true, ..Tally::default() };
        let entries = sqlx::query(
            "SELECT entry.id, exact, spaces FROM entry LEFT JOIN release ON release.id = entry.release
             WHERE entry.handler = ? AND entry.year = ? AND entry.counted = ? AND (entry.counted = 1 OR entry.ground = ?)
               AND (release.id IS NULL OR release.state = 'published' OR (release.state = 'committed' AND ? = 0))
             ORDER BY entry.id",
        )
        .bind(handler)
        .bind(i64::from(year))
        .bind(counted)
        .bind(ground)
        .bind(published)
        .fetch_all(self.pool())
        .await?;
        let mut gathering = Gathering::new(spill);
        for entry in &entries {
            tally.exact &= entry.get::<bool, _>(1);
            tally.spaces.extend(entry.get::<&str, _>(2).lines().map(str::to_owned));
            self.gather_runs(entry.get(0), &mut gathering).await?;
        }
        tally.people = gathering.finish()?;
        Ok(tally)
    }

    /// The persons of one entry.
    pub(crate) async fn gather_runs(&self, entry: i64, gathering: &mut Gathering) -> Result<(), ClearanceError> {
        let mut runs =
            sqlx::query("SELECT people FROM entry_run WHERE entry = ? ORDER BY chunk").bind(entry).fetch(self.pool());
        while let Some(run) = runs.try_next().await? {
            gathering.add_set(&PersonSet::from_bytes(run.get(0))?)?;
        }
        Ok(())
    }

    /// The entries of a handler's year, in the order they were made.
    pub async fn entries(&self, handler: &str, year: i16) -> Result<Vec<EntryLine>, ClearanceError> {
        let rows = sqlx::query(
            "SELECT entry.day, what, entry.release, entry.ground, entry.counted, state, destination, persons, new_ordinary,
                    new_sensitive, who, why
             FROM entry LEFT JOIN release ON release.id = entry.release
             WHERE entry.handler = ? AND entry.year = ? ORDER BY entry.id",
        )
        .bind(handler)
        .bind(i64::from(year))
        .fetch_all(self.pool())
        .await?;
        let line = |row: &SqliteRow| EntryLine {
            day: row.get(0),
            what: row.get(1),
            release: row.get(2),
            ground: row.get(3),
            counted: row.get(4),
            state: row.get(5),
            destination: row.get(6),
            persons: row.get::<i64, _>(7) as u64,
            new_ordinary: row.get::<i64, _>(8) as u64,
            new_sensitive: row.get::<i64, _>(9) as u64,
            who: row.get(10),
            why: row.get(11),
        };
        Ok(rows.iter().map(line).collect())
    }

    /// The handlers and years that have a tally.
    pub async fn tallies(&self) -> Result<Vec<(String, i16)>, ClearanceError> {
        let rows = sqlx::query("SELECT DISTINCT handler, year FROM entry ORDER BY handler, year")
            .fetch_all(self.pool())
            .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1) as i16)).collect())
    }

    /// Whether something was taken from there already.
    pub async fn has_origin(&self, origin: &str) -> Result<bool, ClearanceError> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM entry WHERE origin = ?)")
            .bind(origin)
            .fetch_one(self.pool())
            .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// Whether anything of a handler's year came from the state folder of that name.
    pub(crate) async fn has_origin_of(&self, name: &str, handler: &str, year: i16) -> Result<bool, ClearanceError> {
        let prefix = format!("{name} {handler} {year} ");
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM entry WHERE substr(origin, 1, length(?1)) = ?1)")
            .bind(prefix)
            .fetch_one(self.pool())
            .await?;
        Ok(row.get::<i64, _>(0) != 0)
    }

    /// The entries of a handler's year with their persons; without releases that never left.
    pub(crate) async fn full_entries(
        &self,
        handler: &str,
        year: i16,
        spill: &Path,
    ) -> Result<Vec<FullEntry>, ClearanceError> {
        let rows = sqlx::query(
            "SELECT entry.id, entry.day, entry.ground, entry.counted, persons, ordinary, sensitive, new_ordinary, new_sensitive,
                    whole, exact, spaces
             FROM entry LEFT JOIN release ON release.id = entry.release
             WHERE entry.handler = ? AND entry.year = ? AND (release.id IS NULL OR state <> 'not-published')
             ORDER BY entry.id",
        )
        .bind(handler)
        .bind(i64::from(year))
        .fetch_all(self.pool())
        .await?;
        let mut entries = Vec::new();
        for row in &rows {
            let mut gathering = Gathering::new(spill);
            self.gather_runs(row.get(0), &mut gathering).await?;
            let count = |column: usize| row.get::<i64, _>(column) as u64;
            let day = row.get::<&str, _>(1);
            entries.push(FullEntry {
                id: row.get(0),
                day: day.parse().map_err(|_| ClearanceError::Store(format!("`{day}` is no day")))?,
                ground: row.get(2),
                counted: row.get(3),
                persons: [count(4), count(5), count(6)],
                grown: [count(7), count(8)],
                whole: row.get(9),
                exact: row.get(10),
                spaces: row.get::<&str, _>(11).lines().map(str::to_owned).collect(),
                people: gathering.finish()?,
            });
        }
        Ok(entries)
    }

    /// Adds entries that no release made, all or none.
    pub async fn add_entries(&self, entries: &[(NewEntry<'_>, People)]) -> Result<(), ClearanceError> {
        let mut transaction = self.pool().begin_with("BEGIN IMMEDIATE").await?;
        for (entry, people) in entries {
            insert_entry(&mut transaction, entry, people).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Where a handler's year goes on, if it was handed over.
    pub async fn handed_over(&self, handler: &str, year: i16) -> Result<Option<(String, String)>, ClearanceError> {
        let row = sqlx::query("SELECT day, place FROM handed_over WHERE handler = ? AND year = ?")
            .bind(handler)
            .bind(i64::from(year))
            .fetch_optional(self.pool())
            .await?;
        Ok(row.map(|row| (row.get(0), row.get(1))))
    }

    /// Notes that another state folder goes on with a handler's year.
    pub async fn hand_over(&self, handler: &str, year: i16, day: Date, place: &str) -> Result<(), ClearanceError> {
        sqlx::query("INSERT OR REPLACE INTO handed_over (handler, year, day, place) VALUES (?, ?, ?, ?)")
            .bind(handler)
            .bind(i64::from(year))
            .bind(day.to_string())
            .bind(place)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Puts the number each entry added in the place of its fingerprints.
    pub(crate) async fn forget_year(&self, handler: &str, year: i16, spill: &Path) -> Result<(), ClearanceError> {
        for entry in self.full_entries(handler, year, spill).await?.iter().filter(|entry| !entry.whole) {
            let mut transaction = self.pool().begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query("DELETE FROM entry_run WHERE entry = ?").bind(entry.id).execute(&mut *transaction).await?;
            insert_runs(&mut transaction, entry.id, &entry.people.as_stated()).await?;
            sqlx::query("UPDATE entry SET whole = 1 WHERE id = ?").bind(entry.id).execute(&mut *transaction).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}

/// Writes an entry and its persons within a transaction.
pub(crate) async fn insert_entry(
    connection: &mut SqliteConnection,
    entry: &NewEntry<'_>,
    people: &People,
) -> Result<(), ClearanceError> {
    let spaces = entry.spaces.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    let [persons, ordinary, sensitive] = entry.persons.map(|count| count as i64);
    let [new_ordinary, new_sensitive] = entry.grown.map(|count| count as i64);
    let id = sqlx::query(
        "INSERT INTO entry (handler, year, day, what, release, ground, counted, persons, ordinary, sensitive, new_ordinary,
                            new_sensitive, whole, exact, spaces, who, why, origin)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.handler)
    .bind(i64::from(entry.year))
    .bind(entry.day.to_string())
    .bind(entry.what.word())
    .bind(entry.release)
    .bind(entry.ground)
    .bind(entry.counted)
    .bind(persons)
    .bind(ordinary)
    .bind(sensitive)
    .bind(new_ordinary)
    .bind(new_sensitive)
    .bind(entry.whole)
    .bind(entry.exact)
    .bind(spaces)
    .bind(entry.who)
    .bind(entry.why)
    .bind(entry.origin)
    .execute(&mut *connection)
    .await?
    .last_insert_rowid();
    insert_runs(connection, id, people).await
}

async fn insert_runs(connection: &mut SqliteConnection, entry: i64, people: &People) -> Result<(), ClearanceError> {
    for (chunk, piece) in people.pieces(PIECE).enumerate() {
        sqlx::query("INSERT INTO entry_run (entry, chunk, people) VALUES (?, ?, ?)")
            .bind(entry)
            .bind(chunk as i64)
            .bind(piece?)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
