//! The local keystore: one file a key, mode 0600, hex.
//!
//! Keys that must differ by recipient are derived from one master by HKDF-SHA-256 (RFC 5869); keys whose loss must not
//! matter elsewhere are random and stand alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::{KeyRing, Secret};
use evidence::SigningKey;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::disk;
use crate::error::{At as _, ClearanceError};

/// The keys of one state folder.
pub struct Keystore {
    folder: PathBuf,
}

impl Keystore {
    /// Opens the folder of keys; a new one gets a master key and a key for the log. A lost one is never made anew: all
    /// pseudonyms would change, or the log be signed by a stranger.
    pub(crate) fn open(folder: &Path, new: bool) -> Result<Self, ClearanceError> {
        disk::private_folder(folder).at(folder)?;
        let keystore = Self { folder: folder.to_owned() };
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
        let names = Self { folder: folder.to_owned() }.names()?;
        Ok(names.iter().any(|name| name.starts_with("fingerprint-")))
    }

    /// The key that fingerprints persons of a handler in a year. Losing it stops releases of that year: nobody may be
    /// counted twice or not at all.
    pub fn fingerprint_key(&self, handler: &str, year: i16, tally_exists: bool) -> Result<Secret, ClearanceError> {
        let name = format!("fingerprint-{}-{year}", &transfer::digest(handler.as_bytes())[..16]);
        if tally_exists && !self.path(&name).exists() {
            return Err(ClearanceError::input(format!(
                "{}: the key under which this year's persons were counted is missing: restore it from the backup",
                self.path(&name).display()
            )));
        }
        self.load_or_make(&name)
    }

    /// The key under which artefacts made from raw data are named.
    pub fn naming_key(&self) -> Result<Secret, ClearanceError> {
        self.derive("naming", "")
    }

    /// The pseudonym key for a recipient: two recipients cannot join what they got.
    pub fn pseudonym_key(&self, recipient: &str) -> Result<Secret, ClearanceError> {
        self.derive("pseudonym", recipient)
    }

    /// The FF1 key for a recipient.
    pub fn ff1_key(&self, recipient: &str) -> Result<Secret, ClearanceError> {
        self.derive("ff1", recipient)
    }

    /// The key that signs the log.
    pub fn signing_key(&self, name: &str) -> Result<SigningKey, ClearanceError> {
        let seed = self.load_or_make("log")?;
        SigningKey::from_seed(name, seed.bytes()).map_err(|error| ClearanceError::Log(error.to_string()))
    }

    /// One key of a folder that need not hold any other, made on first use.
    pub(crate) fn single(folder: &Path, name: &str) -> Result<Secret, ClearanceError> {
        disk::private_folder(folder).at(folder)?;
        Self { folder: folder.to_owned() }.load_or_make(name)
    }

    /// A key by its name, made on first use.
    pub(crate) fn named(&self, name: &str) -> Result<Secret, ClearanceError> {
        self.load_or_make(name)
    }

    /// Takes away a key that was never used.
    pub(crate) fn discard(&self, name: &str) -> Result<(), ClearanceError> {
        let path = self.path(name);
        std::fs::remove_file(&path).at(&path)
    }

    /// Puts the key `next` in the place of `name`, which stays as `kept`. Cut short at any point it can be called again.
    pub(crate) fn succeed(&self, name: &str, kept: &str, next: &str) -> Result<(), ClearanceError> {
        let (own, kept) = (self.path(name), self.path(kept));
        match std::fs::hard_link(&own, &kept) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(ClearanceError::Io { path: kept, error });
            }
            _ => {}
        }
        disk::sync_folder(&self.folder).at(&self.folder)?;
        std::fs::rename(self.path(next), &own).at(&own)?;
        disk::sync_folder(&self.folder).at(&self.folder)
    }

    /// Copies every key into one new file of mode 0600; it is not encrypted.
    pub fn backup(&self, file: &Path) -> Result<usize, ClearanceError> {
        let names = self.names()?;
        let mut text =
            Zeroizing::new(String::from("# tongguan keys backup: whoever reads this file can link every pseudonym\n"));
        for name in &names {
            let path = self.path(name);
            let hex = Zeroizing::new(std::fs::read_to_string(&path).at(&path)?);
            text.push_str(name);
            text.push(' ');
            text.push_str(hex.trim());
            text.push('\n');
        }
        disk::write_private(file, text.as_bytes()).at(file)?;
        Ok(names.len())
    }

    /// Brings back keys of a backup that are not here. A key that is here is never replaced.
    pub fn restore(folder: &Path, backup: &Path) -> Result<usize, ClearanceError> {
        let text = Zeroizing::new(std::fs::read_to_string(backup).at(backup)?);
        disk::private_folder(folder).at(folder)?;
        let keystore = Self { folder: folder.to_owned() };
        let mut restored = 0;
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let fault = || ClearanceError::input(format!("{}: line {} is no key", backup.display(), number + 1));
            let (name, hex) = line.split_once(' ').ok_or_else(fault)?;
            if parse_hex(hex).is_none() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                return Err(fault());
            }
            let path = keystore.path(name);
            if !path.exists() {
                disk::write_private(&path, hex.as_bytes()).at(&path)?;
                restored += 1;
            }
        }
        Ok(restored)
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.key"))
    }

    fn derive(&self, purpose: &str, context: &str) -> Result<Secret, ClearanceError> {
        let master = self.load_or_make("master")?;
        let mut key = [0u8; 32];
        let info = format!("tongguan/{purpose}/1\0{context}");
        Hkdf::<Sha256>::new(None, master.bytes())
            .expand(info.as_bytes(), &mut key)
            .map_err(|_| ClearanceError::Store("a key of 32 bytes cannot be derived".to_owned()))?;
        Ok(Secret::new(key))
    }

    fn load_or_make(&self, name: &str) -> Result<Secret, ClearanceError> {
        let path = self.path(name);
        match std::fs::read_to_string(&path) {
            Ok(hex) => {
                let hex = Zeroizing::new(hex);
                parse_hex(hex.trim()).ok_or_else(|| {
                    ClearanceError::input(format!("{}: is no key: restore it from the backup", path.display()))
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0u8; 32];
                getrandom::fill(&mut key)
                    .map_err(|error| ClearanceError::Store(format!("no randomness for a key: {error}")))?;
                let hex = Zeroizing::new(transfer::hex(&key));
                match disk::write_private(&path, hex.as_bytes()) {
                    // Another process made it in the meantime: that one holds.
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => self.load_or_make(name),
                    written => written.map(|()| Secret::new(key)).at(&path),
                }
            }
            Err(error) => Err(ClearanceError::Io { path, error }),
        }
    }
}

fn parse_hex(hex: &str) -> Option<Secret> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let mut key = [0u8; 32];
    for (byte, pair) in key.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Secret::new(key))
}

/// The keys one job needs, by the names its plan uses.
#[derive(Default)]
pub(crate) struct JobKeys(BTreeMap<String, Secret>);

impl JobKeys {
    /// Puts a key under a name.
    pub(crate) fn insert(&mut self, name: &str, key: Secret) {
        self.0.insert(name.to_owned(), key);
    }
}

impl KeyRing for JobKeys {
    fn key(&self, name: &str) -> Option<Secret> {
        self.0.get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_purpose_and_recipient_and_survive_a_restore() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keystore::open(&folder.path().join("keys"), true).expect("opens");
        let hex = |key: Secret| transfer::hex(key.bytes());
        let a = hex(keys.pseudonym_key("a").expect("a key"));
        assert_ne!(a, hex(keys.pseudonym_key("b").expect("a key")));
        assert_ne!(a, hex(keys.ff1_key("a").expect("a key")));
        let backup = folder.path().join("backup");
        assert_eq!(keys.backup(&backup).expect("backs up"), 2);
        let other = folder.path().join("other");
        assert_eq!(Keystore::restore(&other, &backup).expect("restores"), 2);
        assert_eq!(a, hex(Keystore::open(&other, false).expect("opens").pseudonym_key("a").expect("a key")));
    }

    #[test]
    fn a_lost_fingerprint_key_stops_the_year() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keystore::open(folder.path(), true).expect("opens");
        assert!(keys.fingerprint_key("h", 2026, true).is_err());
        assert!(keys.fingerprint_key("h", 2026, false).is_ok());
        assert!(keys.fingerprint_key("h", 2026, true).is_ok());
    }
}
