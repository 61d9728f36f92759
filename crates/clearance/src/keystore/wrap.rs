//! Wrapping the keys at rest, and undoing it. Each step leaves a folder that opens, and running again ends what was begun.

use std::path::Path;

use zeroize::Zeroizing;

use super::Keystore;
use super::file::{WRAPPING, WRAPPING_IDENTITY};
use crate::disk;
use crate::envelope::{self, Closed, Identities, Opener, Passphrase, SealTo, identity_text, public_key};
use crate::error::{At as _, ClearanceError};

/// What the keys are wrapped with.
#[derive(Debug, Clone)]
pub enum WrapWith {
    /// An identity in a file that its owner keeps elsewhere; the first, where the file holds several.
    Identity(Identities),
    /// An identity made for it, which stays in the folder under a passphrase.
    Passphrase(Passphrase),
}

impl Keystore {
    /// Whether reading the keys of a folder takes an identity or a passphrase.
    pub fn closed(folder: &Path) -> Result<Closed, ClearanceError> {
        let keystore = Self::at(folder, Opener::default());
        if !folder.exists() {
            return Ok(Closed::Not);
        }
        // By the keys themselves, too: while they are being wrapped or unwrapped some are and some are not.
        if keystore.wrapped_to()?.is_none() && !keystore.holds_wrapped()? {
            return Ok(Closed::Not);
        }
        Ok(if folder.join(WRAPPING_IDENTITY).exists() { Closed::Passphrase } else { Closed::Identity })
    }

    fn holds_wrapped(&self) -> Result<bool, ClearanceError> {
        for name in self.names()? {
            if self.bytes(&name)?.is_some_and(|bytes| envelope::closed(&bytes) != Closed::Not) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Encrypts every key's file; how many were plain. From then on new keys are wrapped, too.
    ///
    /// Where it was cut short before, the rest is wrapped now, to the same key.
    pub fn wrap(folder: &Path, with: &WrapWith) -> Result<usize, ClearanceError> {
        let opener = match with {
            WrapWith::Identity(identities) => Opener { identities: identities.clone(), passphrase: None },
            WrapWith::Passphrase(passphrase) => {
                Opener { identities: Identities::default(), passphrase: Some(passphrase.clone()) }
            }
        };
        let keystore = Self::at(folder, opener);
        let _one = keystore.one_writer()?;
        keystore.remove_drafts()?;
        let begun = keystore.wrapped_to()?;
        if let WrapWith::Passphrase(passphrase) = with {
            keystore.begin_passphrase(passphrase, begun.is_some() || keystore.holds_wrapped()?)?;
        }
        let identities = keystore.identity()?;
        let Some(identity) = identities.first() else {
            return Err(ClearanceError::input("no identity to wrap the keys to"));
        };
        let to = public_key(identity)?;
        if let Some(other) = begun.filter(|begun| *begun != to) {
            return Err(ClearanceError::input(format!(
                "{}: the keys are wrapped to {other} already: run `tongguan keys unwrap` first",
                folder.display()
            )));
        }
        // Every key is read before any is written: what cannot be read stops it while nothing was changed.
        let mut plain = Vec::new();
        for name in keystore.names()? {
            let wrapped = keystore.bytes(&name)?.is_some_and(|bytes| envelope::closed(&bytes) != Closed::Not);
            if let (Some(key), false) = (keystore.read(&name)?, wrapped) {
                plain.push((name, key));
            }
        }
        let marker = folder.join(WRAPPING);
        disk::replace_private(&marker, format!("{to}\n").as_bytes()).at(&marker)?;
        for (name, key) in &plain {
            keystore.replace(name, key)?;
            // Read back through the identity before the next one goes: a key that does not open is a key lost.
            if keystore.read(name)?.is_none_or(|back| back.bytes() != key.bytes()) {
                keystore.write_plain(name, key)?;
                return Err(ClearanceError::Store(format!("the key `{name}` did not open again and was left plain")));
            }
        }
        Ok(plain.len())
    }

    /// Takes the wrapping off every key; how many were wrapped.
    pub fn unwrap(folder: &Path, opener: Opener) -> Result<usize, ClearanceError> {
        let keystore = Self::at(folder, opener);
        let _one = keystore.one_writer()?;
        keystore.remove_drafts()?;
        let mut wrapped = Vec::new();
        for name in keystore.names()? {
            if keystore.bytes(&name)?.is_some_and(|bytes| envelope::closed(&bytes) != Closed::Not) {
                wrapped.extend(keystore.read(&name)?.map(|key| (name, key)));
            }
        }
        // First the mark, so that a key made meanwhile is plain; last the identity, which all that is left may need.
        disk::remove(&folder.join(WRAPPING)).at(folder)?;
        for (name, key) in &wrapped {
            keystore.write_plain(name, key)?;
        }
        disk::remove(&folder.join(WRAPPING_IDENTITY)).at(folder)?;
        Ok(wrapped.len())
    }

    fn write_plain(&self, name: &str, key: &engine::Secret) -> Result<(), ClearanceError> {
        let path = self.path(name);
        disk::replace_private(&path, super::file::hex_of(key).as_bytes()).at(&path)
    }

    /// The identity that stays in the folder under a passphrase: the one that is there once a key is wrapped to it, or else
    /// a new one.
    fn begin_passphrase(&self, passphrase: &Passphrase, in_use: bool) -> Result<(), ClearanceError> {
        let path = self.folder.join(WRAPPING_IDENTITY);
        if in_use {
            if path.exists() {
                return Ok(());
            }
            return Err(ClearanceError::input(format!(
                "{}: the keys are wrapped to an identity, not under a passphrase: name its file in TONGGUAN_IDENTITY",
                self.folder.display()
            )));
        }
        let identity = age::x25519::Identity::generate();
        let text = Zeroizing::new(identity_text(&identity));
        let sealed = envelope::seal(text.as_bytes(), &SealTo::Passphrase(passphrase.clone()))?;
        disk::replace_private(&path, sealed.as_bytes()).at(&path)
    }

    /// What a process that was killed left half written. Writers hold the lock, so nobody is writing it now.
    fn remove_drafts(&self) -> Result<(), ClearanceError> {
        for entry in std::fs::read_dir(&self.folder).at(&self.folder)? {
            let entry = entry.at(&self.folder)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') && (name.contains(".key.") || name.contains(WRAPPING)) {
                disk::remove(&entry.path()).at(&self.folder)?;
            }
        }
        Ok(())
    }
}
