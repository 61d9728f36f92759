//! The local keystore: one file a key, mode 0600, plain (`file`) or wrapped (`wrap`); its backups (`backup`).
//!
//! Keys that must differ by recipient are derived from one master by HKDF-SHA-256 (RFC 5869); keys whose loss must not
//! matter elsewhere are random and stand alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use engine::{Consents, KeyRing, Secret};
use evidence::SigningKey;
use zeroize::Zeroizing;

use crate::disk;
use crate::envelope::{Identities, Opener};
use crate::error::{At as _, ClearanceError};

mod backup;
mod beside;
mod file;
mod master;
#[cfg(test)]
mod tests;
mod wrap;

pub use backup::{Backup, Restored};
pub use master::{Master, RotatedMaster};
pub use wrap::WrapWith;

/// A fingerprint key by what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintKey {
    /// The first 16 hex digits of SHA-256 over the handler's id.
    pub handler: String,
    /// The year whose persons are counted under it.
    pub year: i16,
}

impl FingerprintKey {
    /// Whether it is the key of this handler.
    pub fn is_of(&self, handler: &str) -> bool {
        self.handler == short_digest(handler)
    }
}

/// The keys of one state folder.
pub struct Keystore {
    folder: PathBuf,
    /// What wrapped keys are opened with.
    opener: Opener,
    /// The wrapping identity, once it was needed.
    identity: Mutex<Option<Identities>>,
    /// Wrapped keys that were opened, by the digest of their file: each is opened once a process.
    opened: Mutex<BTreeMap<String, Secret>>,
}

impl Keystore {
    fn at(folder: &Path, opener: Opener) -> Self {
        let (identity, opened) = (Mutex::default(), Mutex::default());
        Self { folder: folder.to_owned(), opener, identity, opened }
    }

    /// Opens the folder of keys; a new one gets a master key and a key for the log. A lost one is never made anew: all
    /// pseudonyms would change, or the log be signed by a stranger.
    pub(crate) fn open(folder: &Path, new: bool, opener: Opener) -> Result<Self, ClearanceError> {
        disk::private_folder(folder).at(folder)?;
        let keystore = Self::at(folder, opener);
        for name in ["master", "log"] {
            if !new && !keystore.path(name).exists() {
                return Err(ClearanceError::input(format!(
                    "{}: the key is missing: restore it from the backup",
                    keystore.path(name).display()
                )));
            }
            keystore.load_or_make(name)?;
        }
        Ok(keystore)
    }

    /// Whether a folder holds a key under which persons were counted.
    pub(crate) fn has_counted(folder: &Path) -> Result<bool, ClearanceError> {
        if !folder.exists() {
            return Ok(false);
        }
        let names = Self::at(folder, Opener::default()).names()?;
        Ok(names.iter().any(|name| name.starts_with("fingerprint-") || name.starts_with("ledger-")))
    }

    /// The key that fingerprints persons of a handler in a year. Losing it stops releases of that year: nobody may be
    /// counted twice or not at all.
    pub fn fingerprint_key(&self, handler: &str, year: i16, tally_exists: bool) -> Result<Secret, ClearanceError> {
        self.counting_key(&fingerprint_name(handler, year), "this year's persons were counted", tally_exists)
    }

    /// The key that fingerprints persons in a ledger that outlives years: those sent under one permit, or to one
    /// recipient. `exists` says whether anybody stands in the ledger: then a lost key is an error, for a new one would
    /// begin the count anew.
    pub fn ledger_key(&self, name: &str, exists: bool) -> Result<Secret, ClearanceError> {
        self.counting_key(&ledger_name(name), "the persons of a permit or a recipient were counted", exists)
    }

    /// The master key of the case store in this folder. `exists` says whether there is one: then a lost key is an error, for what
    /// was sealed under it could never be read again.
    pub fn case_store_key(&self, exists: bool) -> Result<Secret, ClearanceError> {
        self.counting_key("cases", "cases were sealed", exists)
    }

    /// The key that signs the evidence log of this folder's cases, made on first use.
    pub fn case_log_key(&self, name: &str) -> Result<SigningKey, ClearanceError> {
        let seed = self.load_or_make("cases-log")?;
        SigningKey::from_seed(name, seed.bytes()).map_err(|error| ClearanceError::Log(error.to_string()))
    }

    /// The key by which this installation signs permits as an office, made on first use.
    pub fn office_key(&self, name: &str) -> Result<SigningKey, ClearanceError> {
        let seed = self.load_or_make("office")?;
        SigningKey::from_seed(name, seed.bytes()).map_err(|error| ClearanceError::Log(error.to_string()))
    }

    /// The fingerprint keys that are held, in the order of their names.
    pub fn fingerprint_keys(&self) -> Result<Vec<FingerprintKey>, ClearanceError> {
        let parse = |name: &String| {
            let (handler, year) = name.strip_prefix("fingerprint-")?.split_once('-')?;
            Some(FingerprintKey { handler: handler.to_owned(), year: year.parse().ok()? })
        };
        Ok(self.names()?.iter().filter_map(parse).collect())
    }

    /// Deletes the fingerprint key of a handler and year, for when no rule counts that year any more; whether there was
    /// one. What was counted under it can never again be told to be anybody in particular.
    ///
    /// The file is unlinked and its folder brought to disk. Nothing is written over it first: journals and flash
    /// translation layers would put the new bytes elsewhere. Backups made earlier still hold the key.
    pub fn forget_fingerprint_key(&self, handler: &str, year: i16) -> Result<bool, ClearanceError> {
        self.forget(&fingerprint_name(handler, year))
    }

    /// Deletes the key of a ledger that is closed, as [`Self::forget_fingerprint_key`] does; whether there was one.
    pub fn forget_ledger_key(&self, name: &str) -> Result<bool, ClearanceError> {
        self.forget(&ledger_name(name))
    }

    /// Takes over the fingerprint key of another state folder, where this one has counted nobody of that handler and year.
    pub(crate) fn adopt_fingerprint_key(&self, handler: &str, year: i16, key: &Secret) -> Result<(), ClearanceError> {
        self.adopt(&fingerprint_name(handler, year), key)
    }

    /// Takes over the key of another state folder's ledger.
    pub(crate) fn adopt_ledger_key(&self, ledger: &str, key: &Secret) -> Result<(), ClearanceError> {
        self.adopt(&ledger_name(ledger), key)
    }

    fn adopt(&self, name: &str, key: &Secret) -> Result<(), ClearanceError> {
        let _one = self.one_writer()?;
        // One that is there may have been made for a count that was never committed: nobody stands under it.
        self.replace(name, key)
    }

    fn counting_key(&self, name: &str, counted: &str, exists: bool) -> Result<Secret, ClearanceError> {
        let path = self.path(name);
        if exists && !path.exists() {
            return Err(ClearanceError::input(format!(
                "{}: the key under which {counted} is missing: restore it from the backup",
                path.display()
            )));
        }
        self.load_or_make(name)
    }

    fn forget(&self, name: &str) -> Result<bool, ClearanceError> {
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            Ok(()) => disk::sync_folder(&self.folder).at(&self.folder).map(|()| true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(ClearanceError::Io { path, error }),
        }
    }

    /// The pseudonym key for a recipient under today's master.
    pub fn pseudonym_key(&self, recipient: &str) -> Result<Secret, ClearanceError> {
        self.master()?.pseudonym_key(recipient)
    }

    /// The FF1 key for a recipient under today's master.
    pub fn ff1_key(&self, recipient: &str) -> Result<Secret, ClearanceError> {
        self.master()?.ff1_key(recipient)
    }

    /// The key that signs the log.
    pub fn signing_key(&self, name: &str) -> Result<SigningKey, ClearanceError> {
        let seed = self.load_or_make("log")?;
        SigningKey::from_seed(name, seed.bytes()).map_err(|error| ClearanceError::Log(error.to_string()))
    }

    /// One key of a folder that need not hold any other, made on first use.
    pub(crate) fn single(folder: &Path, name: &str) -> Result<Secret, ClearanceError> {
        disk::private_folder(folder).at(folder)?;
        Self::at(folder, Opener::default()).load_or_make(name)
    }

    /// A key by its name, made on first use.
    pub(crate) fn named(&self, name: &str) -> Result<Secret, ClearanceError> {
        self.load_or_make(name)
    }

    /// Takes away a key that was never used.
    pub(crate) fn discard(&self, name: &str) -> Result<(), ClearanceError> {
        self.forget(name).map(|_| ())
    }

    /// Puts the key `next` in the place of `name`, which stays as `kept`. Cut short at any point it can be called again.
    pub(crate) fn succeed(&self, name: &str, kept: &str, next: &str) -> Result<(), ClearanceError> {
        let (old, new) = (self.load_or_make(name)?, self.load_or_make(next)?);
        if old.bytes() != new.bytes() {
            let _one = self.one_writer()?;
            if self.read(kept)?.is_none() {
                self.write_new(kept, &old)?;
            }
            self.replace(name, &new)?;
        }
        self.discard(next)
    }

    /// The names of the keys held.
    pub fn names(&self) -> Result<Vec<String>, ClearanceError> {
        let entries = std::fs::read_dir(&self.folder).at(&self.folder)?;
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.at(&self.folder)?.file_name().to_string_lossy().into_owned();
            names.extend(name.strip_suffix(".key").map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// The keys held, each by its name and short fingerprint.
    pub fn fingerprints(&self) -> Result<Vec<(String, String)>, ClearanceError> {
        let read = |name: String| self.read(&name).map(|key| key.map(|key| (name, file::fingerprint(&key))));
        self.names()?.into_iter().filter_map(|name| read(name).transpose()).collect()
    }

    fn load_or_make(&self, name: &str) -> Result<Secret, ClearanceError> {
        if let Some(key) = self.read(name)? {
            return Ok(key);
        }
        let _one = self.one_writer()?;
        // Another process may have made it in the meantime: that one holds.
        if let Some(key) = self.read(name)? {
            return Ok(key);
        }
        let key = random()?;
        self.write_new(name, &key)?;
        Ok(key)
    }
}

fn random() -> Result<Secret, ClearanceError> {
    let mut key = Zeroizing::new([0u8; 32]);
    getrandom::fill(&mut *key).map_err(|error| ClearanceError::Store(format!("no randomness for a key: {error}")))?;
    Ok(Secret::new(*key))
}

fn short_digest(text: &str) -> String {
    transfer::digest(text.as_bytes())[..16].to_owned()
}

fn fingerprint_name(handler: &str, year: i16) -> String {
    format!("fingerprint-{}-{year}", short_digest(handler))
}

fn ledger_name(name: &str) -> String {
    format!("ledger-{}", short_digest(name))
}

/// The keys one job needs, and the consents it reads, by the names its plan uses.
#[derive(Default)]
pub(crate) struct JobKeys {
    keys: BTreeMap<String, Secret>,
    consents: Mutex<BTreeMap<String, Arc<Consents>>>,
}

impl JobKeys {
    /// Puts a key under a name.
    pub(crate) fn insert(&mut self, name: &str, key: Secret) {
        self.keys.insert(name.to_owned(), key);
    }

    /// Puts consents under a name, in the place of what was there.
    pub(crate) fn hold_consents(&self, name: &str, consents: Consents) {
        let mut held = self.consents.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(name.to_owned(), Arc::new(consents));
    }
}

impl KeyRing for JobKeys {
    fn key(&self, name: &str) -> Option<Secret> {
        self.keys.get(name).cloned()
    }

    fn consents(&self, name: &str) -> Option<Arc<Consents>> {
        self.consents.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}
