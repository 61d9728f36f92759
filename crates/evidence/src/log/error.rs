//! What can go wrong with a log.

use std::io;

use crate::checkpoint::CheckpointError;

/// Why the log could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The store failed.
    #[error("`{path}` in the log's folder: {source}")]
    Io {
        /// Path within the store.
        path: String,
        /// What the store said.
        source: io::Error,
    },
    /// There is a log already.
    #[error("there is a log here already, open it instead")]
    Exists,
    /// There is no log.
    #[error("there is no log here: no `checkpoint`")]
    Absent,
    /// A file that the signed size asks for is not there.
    #[error("`{path}` is missing from the log; restore it from a backup or mirror")]
    Missing {
        /// Path within the store.
        path: String,
    },
    /// A file is not what the signed root commits to.
    #[error("`{path}` was changed after it was signed: {why}; restore it from a backup or mirror")]
    Corrupt {
        /// Path within the store.
        path: String,
        /// What does not fit.
        why: &'static str,
    },
    /// The checkpoint does not open.
    #[error("the log's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The store holds a checkpoint that is no continuation of the one seen before.
    #[error(
        "the log in the store is no continuation of the one opened ({seen} entries were seen): it was rolled back or forked"
    )]
    Forked {
        /// Entries in the checkpoint seen before.
        seen: u64,
    },
    /// The signing key is not among those the log was opened with.
    #[error("key `{name}` is not one this log was opened with")]
    ForeignKey {
        /// The key's name.
        name: String,
    },
    /// An entry is too long for a bundle.
    #[error("an entry of {bytes} bytes is too long, the most is 65535")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The log has no such entry or size.
    #[error("{asked} is not in the log, which has {size} entries")]
    Range {
        /// Index or size that was asked for.
        asked: u64,
        /// Entries in the log.
        size: u64,
    },
}
