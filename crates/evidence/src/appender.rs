//! Durable appends from many threads at once: whoever comes while one batch is written is in the next.
//!
//! The threads need no other one to work for them: the first that finds nobody writing writes for all that wait, and hands the
//! next batch to one of those who wait for it.

use std::fmt;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::key::CheckpointSigner;
use crate::log::{Log, LogError};
use crate::store::Store;
use crate::tiles::MAX_ENTRY;

/// The most entries that are written in one batch: bounds what one checkpoint waits for.
const MAX_BATCH: usize = 16 * 1024;

/// A log that many threads append to. Nobody else may append to it meanwhile.
pub struct Appender<S, K> {
    queue: Mutex<Queue>,
    /// Wakes those who wait for room in the batch that is being gathered.
    room: Condvar,
    log: Mutex<Log<S>>,
    key: K,
}

/// Why a leaf was not appended. Everyone whose leaf was in the same batch is told the same.
///
/// The leaf is then not known to be durable. It may be in the log all the same, where the store failed after the checkpoint was in
/// place; whoever must know asks [`Log::find`].
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// The batch was not written.
    #[error(transparent)]
    Log(Arc<LogError>),
    /// The thread that wrote the batch ended in the middle of it.
    #[error("the thread that wrote this entry ended before it was done")]
    Interrupted,
}

#[derive(Default)]
struct Queue {
    /// Whether a thread writes, or has been told to.
    busy: bool,
    /// Leaves that wait, in their order.
    leaves: Vec<Vec<u8>>,
    /// What they wait for.
    batch: Arc<Batch>,
}

#[derive(Default)]
struct Batch {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
enum State {
    /// Somebody writes, or will.
    #[default]
    Waiting,
    /// One of those who wait has to write.
    WantsWriter,
    /// The index of the batch's first leaf, or why there is none.
    Done(Result<u64, AppendError>),
}

impl<S: Store, K: CheckpointSigner> Appender<S, K> {
    /// Takes over an open log and the key it signs with.
    pub fn new(log: Log<S>, key: K) -> Self {
        Self { queue: Mutex::default(), room: Condvar::new(), log: Mutex::new(log), key }
    }

    /// Appends `leaf` and returns its index once it is durable under a signed checkpoint.
    pub fn append(&self, leaf: Vec<u8>) -> Result<u64, AppendError> {
        self.append_all(vec![leaf]).map(|range| range.start)
    }

    /// Appends leaves one after the other and returns their indexes once they are durable under a signed checkpoint.
    pub fn append_all(&self, leaves: Vec<Vec<u8>>) -> Result<Range<u64>, AppendError> {
        if let Some(leaf) = leaves.iter().find(|leaf| leaf.len() > MAX_ENTRY) {
            // Found out here, so that it fails nobody else.
            return Err(AppendError::Log(Arc::new(LogError::TooLong { bytes: leaf.len() })));
        }
        let count = leaves.len() as u64;
        let mut queue = lock(&self.queue);
        while queue.leaves.len() >= MAX_BATCH {
            queue = self.room.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let place = queue.leaves.len() as u64;
        queue.leaves.extend(leaves);
        let batch = Arc::clone(&queue.batch);
        let writes = !mem::replace(&mut queue.busy, true);
        drop(queue);
        if writes {
            self.write();
        }
        batch.wait(|| self.write()).map(|first| first + place..first + place + count)
    }

    /// The log as it stands between two batches.
    pub fn with_log<T>(&self, see: impl FnOnce(&Log<S>) -> T) -> T {
        see(&lock(&self.log))
    }

    /// Gives the log back, after the last append.
    pub fn into_log(self) -> Log<S> {
        self.log.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits, tells those who wait for it, and hands over what came meanwhile.
    fn write(&self) {
        let (leaves, batch) = {
            let mut queue = lock(&self.queue);
            (mem::take(&mut queue.leaves), mem::take(&mut queue.batch))
        };
        self.room.notify_all();
        let mut duty = Duty { queue: &self.queue, batch, result: Err(AppendError::Interrupted) };
        let appended = lock(&self.log).append(&leaves, &self.key);
        duty.result = appended.map(|range| range.start).map_err(|error| AppendError::Log(Arc::new(error)));
    }
}

/// What a writing thread owes the others; dropping it pays, also where the thread panics.
struct Duty<'a> {
    queue: &'a Mutex<Queue>,
    batch: Arc<Batch>,
    result: Result<u64, AppendError>,
}

impl Drop for Duty<'_> {
    fn drop(&mut self) {
        *lock(&self.batch.state) = State::Done(self.result.clone());
        self.batch.changed.notify_all();
        let mut queue = lock(self.queue);
        queue.busy = !queue.leaves.is_empty();
        if queue.busy {
            *lock(&queue.batch.state) = State::WantsWriter;
            queue.batch.changed.notify_one();
        }
    }
}

impl Batch {
    /// Waits for the end of the batch; `write` is called where this thread is the one to write it.
    fn wait(&self, write: impl Fn()) -> Result<u64, AppendError> {
        let mut state = lock(&self.state);
        loop {
            match &*state {
                State::Done(result) => return result.clone(),
                State::WantsWriter => {
                    *state = State::Waiting;
                    drop(state);
                    write();
                    state = lock(&self.state);
                }
                State::Waiting => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Every change under these locks is complete in itself, so a panic elsewhere leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S, K> fmt::Debug for Appender<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Appender").finish_non_exhaustive()
    }
}
