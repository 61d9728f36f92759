//! C2SP tlog-checkpoint: what a log signs about its tree.

use std::fmt;
use std::str::FromStr;

use crate::key::{CheckpointSigner, VerifierKey};
use crate::merkle::Hash;
use crate::note::{self, NoteError, OpenedNote};

/// Origin, size and root of a log's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of its key.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: Hash,
    /// Further lines, which nobody can audit; ours has none.
    pub extensions: Vec<String>,
}

/// Why a checkpoint was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The text is not three lines of a checkpoint.
    #[error("not a checkpoint: {0}")]
    Malformed(&'static str),
    /// The note around it does not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A trusted key signed, but not the key of the log that the text names.
    #[error("the checkpoint is of log `{origin}`, but no trusted key of that name signed it")]
    OtherLog {
        /// The origin line.
        origin: String,
    },
}

impl Checkpoint {
    /// The checkpoint as a note signed by the log's key and those beside it.
    pub fn sign(&self, key: &impl CheckpointSigner) -> Result<String, CheckpointError> {
        if key.own().name() != self.origin {
            return Err(CheckpointError::OtherLog { origin: self.origin.clone() });
        }
        Ok(note::sign_note(&self.to_string(), &key.all())?)
    }

    /// Opens a signed checkpoint.
    ///
    /// The key must bear the origin's name and be a log's, so that neither another log's key nor a witness alone can vouch for a tree.
    pub fn open(bytes: &[u8], keys: &[VerifierKey]) -> Result<(Self, OpenedNote), CheckpointError> {
        let opened = note::open_note(bytes, keys)?;
        let checkpoint: Self = opened.text.parse()?;
        let own = opened.by.iter().any(|key| !key.is_cosigner() && key.name() == checkpoint.origin);
        if !own {
            return Err(CheckpointError::OtherLog { origin: checkpoint.origin });
        }
        Ok((checkpoint, opened))
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Malformed("the last line is cut off"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Malformed("fewer than three lines"));
        };
        if origin.is_empty() {
            return Err(CheckpointError::Malformed("the origin is empty"));
        }
        let size = decimal(size).ok_or(CheckpointError::Malformed("the second line is not a tree size"))?;
        let root: Hash =
            root.parse().map_err(|_| CheckpointError::Malformed("the third line is not a 32-byte hash in base64"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Malformed("an extension line is empty"));
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }
}

/// An ASCII decimal without sign or leading zeroes.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}
