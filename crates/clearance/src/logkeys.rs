//! The keys that sign our log: its own, the ones it had before, an SM2 key beside it; and how they are made and changed.
//!
//! Keys of the log lie in `keys/`: `log` is its own, `log-FINGERPRINT` (16 hex digits) one it had before, `log-sm2` the SM2 key.
//! `log-overlap` in the state folder names those earlier ones that still sign beside the new one, a fingerprint a line.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use evidence::{DirStore, KeyError, Log, LogError, LogSigner, Role, SigningKey, Sm2SigningKey, Trust, VerifierKey};

use crate::disk;
use crate::error::{At as _, ClearanceError};
use crate::home::{Home, LOG_ORIGIN};

/// The name of the SM2 key's file.
const SM2: &str = "log-sm2";
/// The name of the next key's file, until it is the log's own.
const NEXT: &str = "log-next";
/// The file that names the earlier keys that still sign.
pub(crate) const OVERLAP: &str = "log-overlap";

/// How a log's earlier key ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// It signs beside the new one until it is retired: whoever has pinned only the old one can still check new releases.
    Both,
    /// It signs nothing more: for a key that others may have.
    None,
}

impl Home {
    /// The log, created on first use, and what signs it.
    pub fn log(&self) -> Result<(Log<DirStore>, LogSigner), ClearanceError> {
        let own = self.keys.signing_key(LOG_ORIGIN)?;
        let mut verifiers = vec![own.verifier()];
        let mut signer = LogSigner::new(own);
        let overlap = self.overlap()?;
        for (name, key) in self.earlier_log_keys()? {
            verifiers.push(key.verifier());
            if overlap.contains(&name) {
                signer = signer.with(key)?;
            }
        }
        if let Some(key) = self.sm2_key()? {
            verifiers.push(key.verifier());
            signer = signer.with(key)?;
        }
        let store = DirStore::new(self.log_folder());
        let log = if self.log_folder().join("checkpoint").exists() {
            Log::open(store, &verifiers)?
        } else {
            Log::create(&store, LOG_ORIGIN, &signer)?;
            Log::open(store, &verifiers)?
        };
        Ok((log, signer))
    }

    /// The verifier key of our log, as it signs now.
    pub fn log_key(&self) -> Result<VerifierKey, ClearanceError> {
        Ok(self.keys.signing_key(LOG_ORIGIN)?.verifier())
    }

    /// The verifier key of the SM2 key, where there is one.
    pub fn log_sm2_key(&self) -> Result<Option<VerifierKey>, ClearanceError> {
        Ok(self.sm2_key()?.map(|key| key.verifier()))
    }

    /// Makes an SM2 key that signs checkpoints from now on beside the log's own, and pins it. One that is there stays.
    pub async fn add_sm2(&self) -> Result<VerifierKey, ClearanceError> {
        let _one = self.lock("log").await?;
        let key = loop {
            match self.make_sm2() {
                Ok(key) => break key,
                // One draw in 2^32 is no SM2 key; nothing was signed with it.
                Err(KeyMade::NoKey) => self.keys.discard(SM2)?,
                Err(KeyMade::Failed(error)) => return Err(error),
            }
        };
        self.pin(Role::Log, &[key.verifier()])?;
        self.sign_again()?;
        Ok(key.verifier())
    }

    /// Gives the log a new key and keeps the old one, under which what it signed goes on to hold; both are pinned. Nothing is
    /// appended: the tree is signed once more, under the new key. Returns the new and the old key.
    pub async fn rotate_log_key(&self, overlap: Overlap) -> Result<(VerifierKey, VerifierKey), ClearanceError> {
        let _one = self.lock("log").await?;
        // The log must be sound enough to be opened before anything changes.
        self.log()?;
        let old = self.log_key()?;
        let next = self.keys.named(NEXT)?;
        let next = SigningKey::from_seed(LOG_ORIGIN, next.bytes())?.verifier();
        self.pin(Role::Log, &[old.clone(), next.clone()])?;
        let kept = old.fingerprint()[..16].to_owned();
        let mut still = self.overlap()?;
        match overlap {
            Overlap::Both => still.insert(kept.clone()),
            // Whoever rotates at once has lost trust in what signed before.
            Overlap::None => {
                still.clear();
                true
            }
        };
        self.write_overlap(&still)?;
        self.keys.succeed("log", &format!("log-{kept}"), NEXT)?;
        self.sign_again()?;
        Ok((next, old))
    }

    /// Ends the overlap: from now on the log's own key signs alone, but for the SM2 key. Returns how many keys were retired.
    pub async fn retire_log_keys(&self) -> Result<usize, ClearanceError> {
        let _one = self.lock("log").await?;
        let retired = self.overlap()?.len();
        // Where the second step is not reached the next checkpoint is signed so.
        self.write_overlap(&BTreeSet::new())?;
        self.sign_again()?;
        Ok(retired)
    }

    /// Pins keys that are not pinned yet. Lines that are there stay as they are.
    pub(crate) fn pin(&self, role: Role, keys: &[VerifierKey]) -> Result<(), ClearanceError> {
        let path = self.trust_file();
        let mut text = std::fs::read_to_string(&path).at(&path)?;
        let trust: Trust =
            text.parse().map_err(|error| ClearanceError::input(format!("{}: {error}", path.display())))?;
        let pinned = trust.keys(role);
        for key in keys.iter().filter(|key| !pinned.contains(key)) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{role} {key}");
        }
        disk::replace_private(&path, text.as_bytes()).at(&path)
    }

    fn sign_again(&self) -> Result<(), ClearanceError> {
        let (mut log, signer) = self.log()?;
        Ok(log.sign_again(&signer)?)
    }

    fn make_sm2(&self) -> Result<Sm2SigningKey, KeyMade> {
        let seed = self.keys.named(SM2).map_err(KeyMade::Failed)?;
        Sm2SigningKey::from_seed(LOG_ORIGIN, seed.bytes()).map_err(|error| match error {
            KeyError::Scalar => KeyMade::NoKey,
            error => KeyMade::Failed(error.into()),
        })
    }

    fn sm2_key(&self) -> Result<Option<Sm2SigningKey>, ClearanceError> {
        if !self.keys.names()?.iter().any(|name| name == SM2) {
            return Ok(None);
        }
        let seed = self.keys.named(SM2)?;
        Ok(Some(Sm2SigningKey::from_seed(LOG_ORIGIN, seed.bytes())?))
    }

    /// The keys the log had before, by fingerprint.
    fn earlier_log_keys(&self) -> Result<Vec<(String, SigningKey)>, ClearanceError> {
        let mut keys = Vec::new();
        for name in self.keys.names()? {
            let fingerprint = name.strip_prefix("log-").filter(|rest| rest.len() == 16);
            let Some(fingerprint) = fingerprint.filter(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit())) else {
                continue;
            };
            let seed = self.keys.named(&name)?;
            keys.push((fingerprint.to_owned(), SigningKey::from_seed(LOG_ORIGIN, seed.bytes())?));
        }
        Ok(keys)
    }

    fn overlap(&self) -> Result<BTreeSet<String>, ClearanceError> {
        let path = self.root().join(OVERLAP);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(ClearanceError::Io { path, error }),
        }
    }

    fn write_overlap(&self, still: &BTreeSet<String>) -> Result<(), ClearanceError> {
        let path = self.root().join(OVERLAP);
        if still.is_empty() && !path.exists() {
            return Ok(());
        }
        let text = still.iter().fold(String::new(), |text, line| text + line + "\n");
        disk::replace_private(&path, text.as_bytes()).at(&path)
    }
}

enum KeyMade {
    NoKey,
    Failed(ClearanceError),
}

impl From<KeyError> for ClearanceError {
    fn from(error: KeyError) -> Self {
        Self::Log(error.to_string())
    }
}

impl From<LogError> for ClearanceError {
    fn from(error: LogError) -> Self {
        Self::Log(error.to_string())
    }
}
