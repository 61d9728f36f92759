//! C2SP tlog-proof: one entry's place in a log, checkable with nothing but the entry and a pinned key.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::checkpoint::{Checkpoint, CheckpointError, decimal};
use crate::key::{KeyId, VerifierKey};
use crate::merkle::{self, Hash};
use crate::note::{self, NoteError};

/// The first line of the file.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree with 64-bit sizes has no longer path.
const MAX_HASHES: usize = 64;

/// The offline proof of one entry: `receipt.proof` of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The entry's index.
    pub index: u64,
    /// From the leaf's sibling up to the child of the root.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

/// What a proof has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The tree that holds the entry.
    pub checkpoint: Checkpoint,
    /// The trusted keys that signed it.
    pub by: Vec<VerifierKey>,
}

/// Why a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// No trusted key signed the checkpoint.
    #[error("the checkpoint is signed by `{name}` ({id}), a key that is not trusted here")]
    UnknownKey {
        /// The signer's name as the checkpoint gives it.
        name: String,
        /// Its key id.
        id: KeyId,
    },
    /// A trusted key is named, but the signature is not its.
    #[error("the signature of `{name}` ({id}) does not fit the checkpoint: one of the two was changed")]
    BadSignature {
        /// The key's name.
        name: String,
        /// Its key id.
        id: KeyId,
    },
    /// A trusted key signed, but not the key of the log that the checkpoint names.
    #[error("the checkpoint is of log `{origin}`, but no trusted key of that name signed it")]
    OtherLog {
        /// The checkpoint's origin.
        origin: String,
    },
    /// The entry with this proof leads to another root.
    #[error("the entry is not what the log holds at this place: one of entry, proof and checkpoint was changed")]
    RootMismatch,
    /// Not a proof file.
    #[error("not a proof: {0}")]
    Malformed(&'static str),
}

impl From<CheckpointError> for ProofError {
    fn from(error: CheckpointError) -> Self {
        match error {
            CheckpointError::Malformed(why) | CheckpointError::Note(NoteError::Malformed(why)) => Self::Malformed(why),
            CheckpointError::Note(NoteError::BadSignature { name, id }) => Self::BadSignature { name, id },
            // A note without signatures does not parse, so the list is never empty.
            CheckpointError::Note(NoteError::Unknown { unknown }) => unknown
                .into_iter()
                .next()
                .map_or(Self::Malformed("no signature"), |(name, id)| Self::UnknownKey { name, id }),
            CheckpointError::OtherLog { origin } => Self::OtherLog { origin },
            // Nothing is signed where a proof is checked.
            CheckpointError::Note(NoteError::Signing { .. }) => Self::Malformed("no signature"),
        }
    }
}

impl From<NoteError> for ProofError {
    fn from(error: NoteError) -> Self {
        CheckpointError::from(error).into()
    }
}

/// Checks that a log whose key is among `trusted` has signed a tree that holds `leaf` at the proof's index.
pub fn verify(leaf: &[u8], proof: &Proof, trusted: &[VerifierKey]) -> Result<Verified, ProofError> {
    let (checkpoint, note) = Checkpoint::open(proof.checkpoint.as_bytes(), trusted)?;
    check_inclusion(leaf, proof, &checkpoint)?;
    Ok(Verified { checkpoint, by: note.by })
}

/// The same with a key that came along with the proof instead of a pinned one.
///
/// Success says only that entry, proof and signature belong together; whoever made them up can have made up the key too.
pub fn verify_consistent_with_itself(leaf: &[u8], proof: &Proof, key: &VerifierKey) -> Result<Verified, ProofError> {
    verify(leaf, proof, std::slice::from_ref(key))
}

/// Checks the hashes alone, where no key is at hand. Returns what the checkpoint claims and who claims to have signed it.
pub fn unsigned_claim(leaf: &[u8], proof: &Proof) -> Result<(Checkpoint, Vec<(String, KeyId)>), ProofError> {
    let bytes = proof.checkpoint.as_bytes();
    let checkpoint: Checkpoint = note::unverified_text(bytes)?.parse()?;
    check_inclusion(leaf, proof, &checkpoint)?;
    Ok((checkpoint, note::signers(bytes)?))
}

fn check_inclusion(leaf: &[u8], proof: &Proof, checkpoint: &Checkpoint) -> Result<(), ProofError> {
    merkle::verify_inclusion(&merkle::leaf_hash(leaf), proof.index, checkpoint.size, &proof.hashes, &checkpoint.root)
        .map_err(|error| match error {
            merkle::MerkleError::Root => ProofError::RootMismatch,
            merkle::MerkleError::Range => ProofError::Malformed("the index is beyond the tree's size"),
            merkle::MerkleError::Length => ProofError::Malformed("not as many hashes as a tree of this size needs"),
        })
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADER}\nindex {}\n", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Proof {
    type Err = ProofError;

    /// Reads a proof. An `extra` line is allowed and not kept: nothing vouches for it.
    fn from_str(text: &str) -> Result<Self, ProofError> {
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or(ProofError::Malformed("no blank line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ProofError::Malformed("the first line is not `c2sp.org/tlog-proof@v1`"));
        }
        if let Some(extra) = lines.next_if(|line| line.starts_with("extra ")) {
            BASE64_STANDARD
                .decode(&extra["extra ".len()..])
                .map_err(|_| ProofError::Malformed("the extra line is not base64"))?;
        }
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal)
            .ok_or(ProofError::Malformed("no line `index N`"))?;
        let hashes: Vec<Hash> = lines
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| ProofError::Malformed("a line is not a 32-byte hash in base64"))?;
        if hashes.len() > MAX_HASHES {
            return Err(ProofError::Malformed("more than 64 hashes"));
        }
        Ok(Self { index, hashes, checkpoint: checkpoint.to_owned() })
    }
}
