//! The body of an `add-checkpoint` request.

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::decimal;
use crate::merkle::Hash;

/// The longest request that is worth reading, in bytes: 63 hashes and a checkpoint with sixteen signatures of the longest kind are less.
pub const MAX_REQUEST: usize = 128 * 1024;
/// The most hashes a consistency proof may have.
const MAX_HASHES: usize = 63;

/// An `add-checkpoint` request: old size, consistency proof, checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size the witness is thought to have cosigned last, 0 for none.
    pub old: u64,
    /// That the tree of that size is the beginning of the checkpoint's.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or("no empty line before the checkpoint")?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or("the first line is not `old` and a tree size")?;
        let proof: Result<Vec<Hash>, _> = lines.map(str::parse).collect();
        let proof = proof.map_err(|_| "a line of the proof is not a 32-byte hash in base64")?;
        if proof.len() > MAX_HASHES {
            return Err("more than 63 hashes");
        }
        Ok(Self { old, proof, checkpoint: checkpoint.to_owned() })
    }
}
