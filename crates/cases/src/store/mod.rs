//! Cases in a database: SQLite, one file, or PostgreSQL by its address.
//!
//! A [`Store`] keeps the record (actions, append-only, each digest covering all before it), seals what is personal in it, and
//! keeps projections for queues, search and statistics beside it, in the same transactions. One task writes for all that wait.
//! Days, keys, randomness and the evidence log come from the caller; the store reads no clock and opens no log.

mod backup;
mod beginning;
mod body;
mod cache;
mod db;
mod error;
mod files;
mod forget;
mod index;
mod keys;
mod load;
mod log;
mod media;
mod narrow;
mod news;
mod package;
mod project;
mod projections;
mod published;
mod queue;
mod rebuild;
mod request;
mod restore;
mod rewrap;
mod search;
mod sql;
mod statistics;
mod work;
mod writer;

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use database::{Database, Writer};
use sqlx::AnyPool;
use tokio::sync::{Notify, mpsc, oneshot};

pub use error::StoreError;
pub use files::NewFile;
pub use keys::{Keys, Random};
pub use load::Entry;
pub use log::{CaseLog, LogReport};
pub use news::News;
pub use package::Imported;
pub use project::facts::Counted;
pub use published::Published;
pub use queue::{Queue, QueueQuery, QueueRow};
pub use rebuild::Difference;
pub use request::{Done, Request};
pub use search::Found;
pub use statistics::{Count, Group, StatisticsQuery, percentile};

use crate::case::Case;
use crate::terms::{CaseId, Version};
use crate::world::World;
use cache::{Cache, Held};
use load::ids;
use sql::{Sql, sql};
use writer::Job;

/// Requests that may wait before those who send more have to.
const WAITING: usize = 4096;
/// Folded cases that are held in memory unless the caller says otherwise.
const HELD: usize = 4096;
/// Letters of a case's id after its prefix: 50 bits.
const ID_LETTERS: usize = 10;

/// An open store. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    jobs: mpsc::Sender<Job>,
}

/// What the writer and those who read share.
pub(crate) struct Inner {
    pub(crate) world: Arc<World<'static>>,
    pub(crate) keys: Keys,
    pub(crate) database: Database,
    pub(crate) sql: &'static Sql,
    pub(crate) readers: AnyPool,
    pub(crate) writer: Writer,
    pub(crate) index: tokio::sync::Mutex<Option<index::Index>>,
    /// Told after each group that was recorded.
    pub(crate) recorded: Notify,
    /// Whether a log was taken over.
    pub(crate) has_log: AtomicBool,
    cache: Mutex<Cache>,
    pub(crate) lengths: queue::Lengths,
}

impl Inner {
    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        // A case is put in whole, so a panic elsewhere leaves nothing half done.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Opens a store, making or migrating it where needed, and starts its writer on the current runtime.
    ///
    /// `address` is `sqlite:PATH`, or `postgres://USER@HOST/NAME` with the parameters of libpq. Errors: no such database, a newer
    /// one, another master key.
    pub async fn open(address: &str, keys: Keys, world: Arc<World<'static>>) -> Result<Self, StoreError> {
        Self::open_on(&Database::at(address)?, keys, world).await
    }

    /// As [`Store::open`], on a database that others keep something in, too.
    pub async fn open_on(database: &Database, keys: Keys, world: Arc<World<'static>>) -> Result<Self, StoreError> {
        let database = database.clone();
        let keys = keys.own();
        let mut connection = database.connect().await?;
        database::migrate(&database, &mut connection, &db::MIGRATIONS).await?;
        if database::setting(&mut connection, "setting", rewrap::MASTER, &keys.check()).await? != keys.check() {
            return Err(StoreError::WrongKey);
        }
        let readers = database.readers().await?;
        let inner = Arc::new(Inner {
            world,
            keys,
            sql: sql(database.dialect()),
            database,
            readers,
            writer: Writer::new(connection),
            index: tokio::sync::Mutex::new(None),
            recorded: Notify::new(),
            has_log: AtomicBool::new(false),
            cache: Mutex::new(Cache::new(HELD)),
            lengths: queue::Lengths::default(),
        });
        let (jobs, waiting) = mpsc::channel(WAITING);
        tokio::spawn(writer::run(Arc::clone(&inner), waiting));
        let store = Self { inner, jobs };
        store.begin_projections().await?;
        Ok(store)
    }

    /// Ends the connections. What was acknowledged is durable without it; a request under way may end as
    /// [`StoreError::Unknown`].
    pub async fn close(self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }

    /// A new id for a case of a procedure, such as `sa-7k3m9qx2pd`: random, so that it tells nothing.
    pub fn new_case_id(&self, procedure: &str) -> Result<CaseId, StoreError> {
        Ok(self.case_id(procedure, self.inner.keys.random()?))
    }

    fn case_id(&self, procedure: &str, bytes: [u8; ID_LETTERS]) -> CaseId {
        let prefix = self.inner.world.procedures.get(procedure).map_or("c", |procedure| procedure.prefix.as_str());
        CaseId::new(format!("{prefix}-{}", database::letters(&bytes)))
    }

    /// The id of a case that somebody asked for under a name of their own: the same each time, so that asking again opens it once.
    /// Nobody who does not hold the master key can tell it from a random one.
    pub fn case_id_for(&self, procedure: &str, name: &str) -> CaseId {
        self.case_id(procedure, self.inner.keys.named(name))
    }

    /// Takes an action, or opens a case with the action `open`; answers once it is durable. A request that was recorded before
    /// under the same name is answered with what it became.
    pub async fn act(&self, request: Request) -> Result<Done, StoreError> {
        let (reply, answer) = oneshot::channel();
        let (case, action) = (request.case.clone(), request.action.clone());
        self.jobs.send(Job { request, reply }).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Unknown { case, action }))
    }

    /// A case as its actions made it.
    pub async fn case(&self, id: &CaseId) -> Result<Case, StoreError> {
        Ok(self.held(id).await?.case)
    }

    /// Every action of a case, its chain of digests checked.
    pub async fn record(&self, id: &CaseId) -> Result<Vec<Entry>, StoreError> {
        let mut connection = self.inner.readers.acquire().await?;
        let of = ids([id]);
        let keys =
            load::keys(&mut connection, self.inner.sql, &self.inner.keys, &of).await?.remove(id).unwrap_or_default();
        let statement = "SELECT seq, body, digest, leaf FROM action WHERE case_id = $1 ORDER BY seq";
        let rows = database::query(statement).bind(id.as_str()).fetch_all(&mut *connection).await?;
        let mut leaves = Vec::with_capacity(rows.len());
        let mut bodies = Vec::with_capacity(rows.len());
        for row in &rows {
            use sqlx::Row as _;
            leaves.push(row.try_get::<Option<i64>, _>("leaf")?);
            bodies.push((database::number(row, "seq")?, database::text(row, "body")?, database::text(row, "digest")?));
        }
        if bodies.is_empty() {
            return Err(StoreError::NoCase(id.clone()));
        }
        let (entries, _) = load::chain(id, &keys, bodies)?;
        let entries = entries.into_iter().zip(leaves);
        Ok(entries
            .map(|((recorded, digest), leaf)| Entry { recorded, digest, leaf: leaf.map(|leaf| leaf as u64) })
            .collect())
    }

    /// Holds every case against its digests and its head: how many actions there are.
    pub async fn verify(&self) -> Result<u64, StoreError> {
        let mut actions = 0;
        let mut after = String::new();
        loop {
            let some = self.some_cases(&after, 256).await?;
            let Some(last) = some.last() else { return Ok(actions) };
            last.case.id.as_str().clone_into(&mut after);
            actions += some.iter().map(|held| u64::from(held.case.version.0)).sum::<u64>();
        }
    }

    /// The version a case is at; a reader that holds a case asks this before it reads it again.
    pub async fn version(&self, id: &CaseId) -> Result<Version, StoreError> {
        let mut connection = self.inner.readers.acquire().await?;
        let heads = load::heads(&mut connection, &reading_heads(self.inner.sql), &ids([id])).await?;
        heads.get(id).map(|head| Version(head.seq as u32)).ok_or_else(|| StoreError::NoCase(id.clone()))
    }

    pub(crate) async fn held(&self, id: &CaseId) -> Result<Held, StoreError> {
        let mut connection = self.inner.readers.acquire().await?;
        let heads = load::heads(&mut connection, &reading_heads(self.inner.sql), &ids([id])).await?;
        let head = heads.get(id).filter(|head| !load::is_new(head)).ok_or_else(|| StoreError::NoCase(id.clone()))?;
        if let Some(held) = self.inner.cache().get(id, &head.digest, head.changes) {
            return Ok(held);
        }
        drop(connection);
        // Head and actions have to be of one moment.
        let mut connection = self.inner.readers.acquire().await?;
        let mut moment = self.inner.database.begin_reading(&mut connection).await?;
        let heads = load::heads(&mut moment, &reading_heads(self.inner.sql), &ids([id])).await?;
        let loaded = load::load(&mut moment, self.inner.sql, &self.inner.keys, &heads).await?;
        moment.commit().await?;
        let held = loaded.into_iter().next().ok_or_else(|| StoreError::NoCase(id.clone()))?;
        self.inner.cache().put(held.clone());
        Ok(held)
    }

    /// The cases that follow one in the order of ids, folded.
    pub(crate) async fn some_cases(&self, after: &str, most: i64) -> Result<Vec<Held>, StoreError> {
        let mut connection = self.inner.readers.acquire().await?;
        let mut moment = self.inner.database.begin_reading(&mut connection).await?;
        let statement = "SELECT case_id FROM case_head WHERE case_id > $1 ORDER BY case_id LIMIT $2";
        let rows = database::query(statement).bind(after).bind(most).fetch_all(&mut *moment).await?;
        let named = rows.iter().map(|row| Ok(CaseId::new(database::text(row, "case_id")?)));
        let named = named.collect::<Result<Vec<CaseId>, StoreError>>()?;
        let heads = load::heads(&mut moment, &reading_heads(self.inner.sql), &ids(&named)).await?;
        let loaded = load::load(&mut moment, self.inner.sql, &self.inner.keys, &heads).await?;
        moment.commit().await?;
        Ok(loaded)
    }
}

/// The heads without their locks.
pub(crate) fn reading_heads(sql: &Sql) -> String {
    sql.heads.trim_end_matches(" FOR UPDATE OF h").to_owned()
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("database", &self.inner.database.dialect()).finish_non_exhaustive()
    }
}
