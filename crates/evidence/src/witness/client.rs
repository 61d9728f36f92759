//! How a log asks a witness for its cosignature.

use super::request::AddCheckpoint;
use crate::key::VerifierKey;
use crate::log::{Log, LogError};
use crate::note::{self, NoteError};
use crate::store::Store;

/// How often a witness is asked: once to learn what it has, and again where somebody else was faster.
const TRIES: usize = 3;

/// A witness as a log reaches it.
pub trait Witness {
    /// Hands in a checkpoint.
    fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Answer, WitnessError>;
}

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Signature lines (status 200).
    Cosigned(String),
    /// It has a checkpoint of another size (status 409 with a size).
    Conflict(u64),
    /// It refuses: status and what it says.
    Refused(u16, String),
}

/// A witness that was not reached: what stood in the way, in a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WitnessError(pub String);

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CosignError {
    /// The witness was not reached.
    #[error("it was not reached: {0}")]
    Unreached(#[from] WitnessError),
    /// It refuses.
    #[error("it refuses with status {status}: {text}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it says.
        text: String,
    },
    /// It has cosigned a longer tree of this log.
    #[error(
        "it has cosigned {seen} entries of this log, which has {size}: the log was rolled back, or it is another's"
    )]
    Longer {
        /// The size it has cosigned.
        seen: u64,
        /// The size of our tree.
        size: u64,
    },
    /// It changes what it says it has.
    #[error("it names another size each time it is asked")]
    Restless,
    /// It answered, but without a cosignature of a key that is known to be its.
    #[error("its answer holds no cosignature of a witness key that is known here")]
    NoneOfIts,
    /// Its answer does not fit.
    #[error("its answer: {0}")]
    Answer(#[from] NoteError),
    /// Our log did not give the proof.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Asks a witness to cosign the log's checkpoint. `seen` is the size it is thought to have, 0 where nothing is known. Returns the
/// lines of `keys` that it gave, checked, with their newlines.
pub fn cosign_with<S: Store>(
    log: &Log<S>,
    witness: &dyn Witness,
    keys: &[VerifierKey],
    seen: u64,
) -> Result<String, CosignError> {
    let mut old = if seen <= log.size() { seen } else { 0 };
    for _ in 0..TRIES {
        let proof = if old == 0 { Vec::new() } else { log.consistency_proof(old)? };
        // Only the log's own lines: what other witnesses said is none of this one's business.
        let checkpoint = note::only_lines_of(log.checkpoint(), log.keys())?;
        match witness.add_checkpoint(&AddCheckpoint { old, proof, checkpoint })? {
            Answer::Cosigned(lines) => {
                let lines = note::lines_of(log.checkpoint(), &lines, keys)?;
                return if lines.is_empty() { Err(CosignError::NoneOfIts) } else { Ok(lines) };
            }
            Answer::Conflict(seen) if seen > log.size() => {
                return Err(CosignError::Longer { seen, size: log.size() });
            }
            Answer::Conflict(seen) => old = seen,
            Answer::Refused(status, text) => return Err(CosignError::Refused { status, text }),
        }
    }
    Err(CosignError::Restless)
}
