//! What a witness does with a checkpoint.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::request::AddCheckpoint;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::{SigningKey, VerifierKey};
use crate::merkle::{self, MerkleError};
use crate::note::{self, NoteError};
use crate::store::Store;

/// A witness: its key, the logs it knows, and the latest checkpoint of each, which lies in the store.
///
/// Looking at what was cosigned last and writing down what is cosigned next are one step under a lock; nobody else may write to the
/// store.
pub struct WitnessState<S> {
    key: SigningKey,
    logs: BTreeMap<String, Vec<VerifierKey>>,
    store: S,
    one: Mutex<()>,
}

/// The answer to a request, as C2SP tlog-witness defines it.
#[derive(Debug)]
pub enum Outcome {
    /// Cosigned: the cosignature line.
    Cosigned(String),
    /// The request is not of the form it has to have.
    Malformed(&'static str),
    /// No log of that name is known here.
    UnknownLog,
    /// No key of that log has signed the checkpoint, or a signature in its name is not its.
    NotSigned,
    /// The log's latest checkpoint here has another size: this one.
    Conflict(u64),
    /// The checkpoint is no continuation of the one cosigned last, or the proof does not show that it is.
    Inconsistent(&'static str),
    /// The checkpoint was not written down, so it was not cosigned either.
    StoreFailed(io::Error),
}

impl Outcome {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Cosigned(_) => 200,
            Self::Malformed(_) => 400,
            Self::NotSigned => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) => 409,
            Self::Inconsistent(_) => 422,
            Self::StoreFailed(_) => 500,
        }
    }

    /// The content type of the body.
    pub fn content_type(&self) -> &'static str {
        if matches!(self, Self::Conflict(_)) { "text/x.tlog.size" } else { "text/plain; charset=utf-8" }
    }

    /// The body: cosignature lines, a size, or a line for people.
    pub fn body(&self) -> String {
        match self {
            Self::Cosigned(line) => line.clone(),
            Self::Conflict(size) => format!("{size}\n"),
            Self::Malformed(why) | Self::Inconsistent(why) => format!("{why}\n"),
            Self::UnknownLog => "this witness does not know that log\n".to_owned(),
            Self::NotSigned => "no key of that log has signed the checkpoint\n".to_owned(),
            // What failed is the operator's to know.
            Self::StoreFailed(_) => "the checkpoint could not be written down\n".to_owned(),
        }
    }
}

impl<S: Store> WitnessState<S> {
    /// A witness that signs with `key` and knows the logs whose keys are given; a log is known by the name of its keys.
    pub fn new(key: SigningKey, logs: impl IntoIterator<Item = VerifierKey>, store: S) -> Self {
        let mut known: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
        for log in logs.into_iter().filter(|key| !key.is_cosigner()) {
            known.entry(log.name().to_owned()).or_default().push(log);
        }
        Self { key, logs: known, store, one: Mutex::default() }
    }

    /// The key under which this witness cosigns, to pin in a trust file.
    pub fn cosigner(&self) -> VerifierKey {
        self.key.cosigner()
    }

    /// The names of the logs it knows.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.logs.keys().map(String::as_str)
    }

    /// Answers an `add-checkpoint` request at `unix_seconds`. Where a cosignature is handed out, its checkpoint is on disk.
    pub fn add_checkpoint(&self, body: &[u8], unix_seconds: u64) -> Outcome {
        self.decide(body, unix_seconds).unwrap_or_else(|refused| refused)
    }

    fn decide(&self, body: &[u8], unix_seconds: u64) -> Result<Outcome, Outcome> {
        let text = std::str::from_utf8(body).map_err(|_| Outcome::Malformed("the request is not UTF-8"))?;
        let request: AddCheckpoint = text.parse().map_err(Outcome::Malformed)?;
        let bytes = request.checkpoint.as_bytes();
        let claimed = note::unverified_text(bytes).map_err(|error| refused(&error.into()))?;
        let claimed: Checkpoint = claimed.parse().map_err(|error| refused(&error))?;
        let keys = self.logs.get(&claimed.origin).ok_or(Outcome::UnknownLog)?;
        let (checkpoint, _) = Checkpoint::open(bytes, keys).map_err(|error| refused(&error))?;
        if request.old > checkpoint.size {
            return Err(Outcome::Malformed("the old size is greater than the checkpoint's"));
        }

        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.latest(&checkpoint.origin).map_err(Outcome::StoreFailed)?;
        let known = latest.as_ref().map_or(0, |latest| latest.size);
        if request.old != known {
            return Err(Outcome::Conflict(known));
        }
        continues(latest.as_ref(), &request, &checkpoint)?;
        let line = note::cosignature(&request.checkpoint, &self.key, unix_seconds);
        let line = line.map_err(|error| refused(&error.into()))?;
        if latest.as_ref() != Some(&checkpoint) {
            self.store.write(&place(&checkpoint.origin), bytes).map_err(Outcome::StoreFailed)?;
        }
        Ok(Outcome::Cosigned(line))
    }

    /// The checkpoint of a log that was cosigned last.
    pub fn latest(&self, origin: &str) -> io::Result<Option<Checkpoint>> {
        let Some(bytes) = self.store.read(&place(origin))? else { return Ok(None) };
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the witness's record of a log is damaged");
        let text = note::unverified_text(&bytes).map_err(|_| damaged())?;
        let latest: Checkpoint = text.parse().map_err(|_| damaged())?;
        if latest.origin == origin { Ok(Some(latest)) } else { Err(damaged()) }
    }
}

/// Whether the checkpoint continues the one cosigned last, and the proof shows it.
fn continues(latest: Option<&Checkpoint>, request: &AddCheckpoint, next: &Checkpoint) -> Result<(), Outcome> {
    if next.size == 0 && next.root != merkle::empty_root() {
        return Err(Outcome::Inconsistent("a tree without leaves has another root"));
    }
    let Some(latest) = latest.filter(|latest| latest.size > 0) else {
        // Every tree continues the empty one, and there is nothing to prove.
        let plain = request.proof.is_empty();
        return if plain { Ok(()) } else { Err(Outcome::Inconsistent("the proof from size 0 has to be empty")) };
    };
    merkle::verify_consistency(latest.size, next.size, &request.proof, &latest.root, &next.root).map_err(|error| {
        Outcome::Inconsistent(match error {
            MerkleError::Root if latest.size == next.size => "another tree of this size was cosigned before",
            MerkleError::Root => "the proof does not lead from the tree cosigned last to this one",
            _ => "the proof has not as many hashes as these sizes need",
        })
    })
}

fn refused(error: &CheckpointError) -> Outcome {
    match *error {
        CheckpointError::Malformed(why) | CheckpointError::Note(NoteError::Malformed(why)) => Outcome::Malformed(why),
        _ => Outcome::NotSigned,
    }
}

/// Where the latest checkpoint of a log lies. Origins may hold what no file name can.
fn place(origin: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(origin).iter().fold("logs/".to_owned(), |mut path, byte| {
        // Writing to a string cannot fail.
        let _ = write!(path, "{byte:02x}");
        path
    })
}
