//! Transparency log, signed notes, proofs and their offline verification.
//!
//! The formats are public ones, so that what is written here can be checked without us (I7): C2SP signed-note,
//! tlog-checkpoint, tlog-tiles, tlog-proof and tlog-cosignature, over RFC 6962 Merkle trees.
//!
//! This crate never opens a socket or a database, never reads a clock, never draws a random number, and does not know what the
//! bytes it logs mean. Seeds, days and folders come in as parameters.
//!
//! ```
//! use evidence::{Log, MemStore, SigningKey, proof};
//! let key = SigningKey::from_seed("example.com/log", &[7; 32])?;
//! let mut log = Log::create(MemStore::default(), "example.com/log", &key)?;
//! let leaf = b"{\"release\":1}".to_vec();
//! let range = log.append(std::slice::from_ref(&leaf), &key)?;
//! let proof = log.proof(range.start)?;
//! let verified = proof::verify(&leaf, &proof.to_string().parse()?, &[key.verifier()])?;
//! assert_eq!(verified.checkpoint.size, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod appender;
pub mod checkpoint;
mod fsck;
pub mod key;
pub mod log;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod store;
pub mod tiles;
pub mod trust;
pub mod witness;

pub use appender::{AppendError, Appender};
pub use checkpoint::Checkpoint;
pub use fsck::{Fault, FsckReport};
pub use key::{
    Algorithm, CheckpointSigner, KeyError, KeyId, LogSigner, NoteSigner, SigningKey, Sm2SigningKey, VerifierKey,
};
pub use log::{Log, LogError};
pub use merkle::Hash;
pub use note::{NoteError, OpenedNote, open_note, sign_note};
pub use proof::{Proof, ProofError, Verified};
pub use store::{DirStore, MemStore, Store};
pub use trust::{Role, Trust};
pub use witness::{AddCheckpoint, Cosigned, Quorum, Witness, WitnessState};
