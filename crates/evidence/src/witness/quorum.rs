//! How many witnesses a reader asks for.

use std::collections::BTreeSet;

use crate::key::VerifierKey;
use crate::note::{self, NoteError};

/// A pinned witness that has cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Its key.
    pub key: VerifierKey,
    /// When it last did, in seconds since 1970, by its own clock.
    pub unix_seconds: u64,
}

/// At least so many of these witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// The pinned keys.
    pub witnesses: Vec<VerifierKey>,
    /// How many of them have to have cosigned.
    pub at_least: usize,
}

/// Why a quorum was not reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooFew {
    /// Fewer than asked for.
    #[error("{have} of the pinned witnesses have cosigned the checkpoint, {need} are asked for")]
    Few {
        /// How many have.
        have: usize,
        /// How many are asked for.
        need: usize,
    },
    /// The note does not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Quorum {
    /// The witnesses that cosigned a checkpoint, where they are enough.
    ///
    /// The log's own signature is not looked at: that is [`crate::Checkpoint::open`]'s.
    pub fn check(&self, checkpoint: &[u8]) -> Result<Vec<Cosigned>, TooFew> {
        let cosigned = Cosigned::all(checkpoint, &self.witnesses)?;
        let have = cosigned.len();
        if have < self.at_least { Err(TooFew::Few { have, need: self.at_least }) } else { Ok(cosigned) }
    }
}

impl Cosigned {
    /// The witnesses among `pinned` that have cosigned a checkpoint, each once.
    ///
    /// A cosignature does not commit to the witness's name, so a key that is pinned under two names counts once.
    pub fn all(checkpoint: &[u8], pinned: &[VerifierKey]) -> Result<Vec<Self>, NoteError> {
        let mut seen = BTreeSet::new();
        let found = note::cosignatures(checkpoint, pinned)?;
        let each = found.into_iter().filter(|(key, _)| seen.insert(key.fingerprint()));
        Ok(each.map(|(key, unix_seconds)| Self { key, unix_seconds }).collect())
    }
}
