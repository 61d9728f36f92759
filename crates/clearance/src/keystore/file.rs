//! A key as it lies on disk: 64 hex digits, or an age file that holds its name and them.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::PoisonError;

use engine::Secret;
use transfer::AgeRecipient;
use zeroize::Zeroizing;

use super::Keystore;
use crate::disk;
use crate::envelope::{self, Closed, Identities, SealTo, Shut};
use crate::error::{At as _, ClearanceError};

/// Names the public key to which the keys are wrapped; where it is there, new keys are wrapped, too.
pub(super) const WRAPPING: &str = "wrapping";
/// Held by whoever writes keys.
pub(super) const WRITER: &str = ".writer";
/// The identity of that key under a passphrase, where one was chosen instead of a file.
pub(super) const WRAPPING_IDENTITY: &str = "wrapping.age";

/// A short name for a key that gives nothing of it away: the key has 256 random bits.
pub(crate) fn fingerprint(key: &Secret) -> String {
    let digest = transfer::digest(&Zeroizing::new([b"tongguan/key/1\0", &key.bytes()[..]].concat()));
    digest[..16].to_owned()
}

pub(super) fn hex_of(key: &Secret) -> Zeroizing<String> {
    Zeroizing::new(transfer::hex(key.bytes()))
}

pub(super) fn parse_hex(hex: &str) -> Option<Secret> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let mut key = Zeroizing::new([0u8; 32]);
    for (byte, pair) in key.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Secret::new(*key))
}

impl Keystore {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.key"))
    }

    /// One writer of keys at a time, across processes. Held until the file is dropped.
    pub(super) fn one_writer(&self) -> Result<File, ClearanceError> {
        // A file of its own, open for writing: a folder cannot be locked on every file system.
        let path = self.folder.join(WRITER);
        let file = File::options().create(true).truncate(false).write(true).mode(0o600).open(&path).at(&path)?;
        file.lock().at(&path)?;
        Ok(file)
    }

    /// The bytes of a key's file; `None` where there is none.
    pub(super) fn bytes(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, ClearanceError> {
        let path = self.path(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClearanceError::Io { path, error }),
        }
    }

    /// A key, `None` where it is not held.
    pub(super) fn read(&self, name: &str) -> Result<Option<Secret>, ClearanceError> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        let key = if envelope::closed(&bytes) == Closed::Not {
            let text = std::str::from_utf8(&bytes).ok();
            text.and_then(|text| parse_hex(text.trim()))
        } else {
            return self.unwrapped(name, &bytes).map(Some);
        };
        let is_none = || ClearanceError::input(format!("{}: is no key: {RESTORE}", self.path(name).display()));
        key.ok_or_else(is_none).map(Some)
    }

    /// A new key's file. One that is there is never replaced.
    pub(super) fn write_new(&self, name: &str, key: &Secret) -> Result<(), ClearanceError> {
        let path = self.path(name);
        disk::write_private(&path, &self.form(name, key)?).at(&path)
    }

    /// A key's file in place of the one that is there: the old one or the new one, never half of either.
    pub(super) fn replace(&self, name: &str, key: &Secret) -> Result<(), ClearanceError> {
        let path = self.path(name);
        disk::replace_private(&path, &self.form(name, key)?).at(&path)
    }

    fn form(&self, name: &str, key: &Secret) -> Result<Zeroizing<Vec<u8>>, ClearanceError> {
        let hex = hex_of(key);
        let Some(to) = self.wrapped_to()? else { return Ok(Zeroizing::new(hex.as_bytes().to_vec())) };
        // With its name, so that nobody who can write here passes one key off as another.
        let text = Zeroizing::new(format!("{name} {}\n", *hex));
        Ok(Zeroizing::new(envelope::seal(text.as_bytes(), &SealTo::Recipients(vec![to]))?.into_bytes()))
    }

    /// The public key to which keys are wrapped, `None` where they are not.
    pub fn wrapped_to(&self) -> Result<Option<AgeRecipient>, ClearanceError> {
        let path = self.folder.join(WRAPPING);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let fault = |error| ClearanceError::input(format!("{}: {error}", path.display()));
                text.parse().map(Some).map_err(fault)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClearanceError::Io { path, error }),
        }
    }

    fn unwrapped(&self, name: &str, bytes: &[u8]) -> Result<Secret, ClearanceError> {
        // By the bytes, not the name: another process may put another key in its place.
        let place = transfer::digest(bytes);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = opened.get(&place) {
            return Ok(key.clone());
        }
        let fault = |shut: Shut| self.shut(name, shut);
        let plain = envelope::open(bytes, &self.identity()?.into_opener()).map_err(fault)?;
        let text = std::str::from_utf8(&plain).ok();
        let key = text.and_then(|text| text.trim().split_once(' ')).filter(|(named, _)| *named == name);
        let Some(key) = key.and_then(|(_, hex)| parse_hex(hex)) else {
            let path = self.path(name);
            return Err(ClearanceError::input(format!(
                "{}: does not hold the key of its name: {RESTORE}",
                path.display()
            )));
        };
        opened.insert(place, key.clone());
        Ok(key)
    }

    /// The identity behind the wrapping key; found once a process, for a passphrase costs a second.
    pub(super) fn identity(&self) -> Result<Identities, ClearanceError> {
        let mut found = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_none() {
            let mut identities = self.opener.identities.clone();
            let path = self.folder.join(WRAPPING_IDENTITY);
            if let (Some(_), true) = (&self.opener.passphrase, path.exists()) {
                let sealed = std::fs::read(&path).at(&path)?;
                let text = envelope::open(&sealed, &self.opener)
                    .map_err(|shut| ClearanceError::input(format!("{}: {shut}", path.display())))?;
                let text = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok());
                let identity: age::x25519::Identity = text.ok_or_else(|| {
                    ClearanceError::input(format!("{}: holds no identity: {RESTORE}", path.display()))
                })?;
                identities.extend(identity.into());
            }
            *found = Some(identities);
        }
        Ok(found.clone().unwrap_or_default())
    }

    fn shut(&self, name: &str, shut: Shut) -> ClearanceError {
        let how = match shut {
            Shut::NoIdentity if self.folder.join(WRAPPING_IDENTITY).exists() => {
                "is wrapped: name a file with the passphrase in TONGGUAN_PASSPHRASE_FILE, or run on a terminal"
                    .to_owned()
            }
            Shut::NoIdentity => {
                let to = self.wrapped_to().ok().flatten().map(|to| format!(" to {to}")).unwrap_or_default();
                format!("is wrapped{to}: name the file of that identity in TONGGUAN_IDENTITY")
            }
            other => format!("{other}: {RESTORE}"),
        };
        ClearanceError::input(format!("{}: {how}", self.path(name).display()))
    }
}

pub(super) const RESTORE: &str = "restore it from the backup";
