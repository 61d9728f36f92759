//! The master key: what is derived from it, and its rotation.

use std::collections::BTreeMap;

use engine::Secret;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Keystore;
use super::file::{RESTORE, fingerprint};
use crate::error::ClearanceError;

/// One master key, from which the keys for recipients are derived.
pub struct Master {
    secret: Secret,
    /// Its short fingerprint, by which private receipts name it.
    pub fingerprint: String,
}

impl Master {
    fn new(secret: Secret) -> Self {
        let fingerprint = fingerprint(&secret);
        Self { secret, fingerprint }
    }

    /// The pseudonym key for a recipient: two recipients cannot join what they got.
    pub fn pseudonym_key(&self, recipient: &str) -> Result<Secret, ClearanceError> {
        self.derive("pseudonym", recipient)
    }

    /// The FF1 key for a recipient.
    pub fn ff1_key(&self, recipient: &str) -> Result<Secret, ClearanceError> {
        self.derive("ff1", recipient)
    }

    fn derive(&self, purpose: &str, context: &str) -> Result<Secret, ClearanceError> {
        let mut key = Zeroizing::new([0u8; 32]);
        let info = format!("tongguan/{purpose}/1\0{context}");
        Hkdf::<Sha256>::new(None, self.secret.bytes())
            .expand(info.as_bytes(), &mut *key)
            .map_err(|_| ClearanceError::Store("a key of 32 bytes cannot be derived".to_owned()))?;
        Ok(Secret::new(*key))
    }
}

/// What a rotation did, by short fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotatedMaster {
    /// The master until now; kept.
    pub old: String,
    /// The master from now on.
    pub new: String,
}

impl Keystore {
    /// The master of today.
    pub fn master(&self) -> Result<Master, ClearanceError> {
        self.read("master")?.map(Master::new).ok_or_else(|| self.missing("master"))
    }

    /// The master of that short fingerprint, today's or one from before a rotation: to undo or join what left under it.
    pub fn master_of(&self, fingerprint: &str) -> Result<Master, ClearanceError> {
        let today = self.master()?;
        if today.fingerprint == fingerprint {
            return Ok(today);
        }
        // Only what a fingerprint can be is made a name.
        let named = fingerprint.bytes().all(|b| b.is_ascii_hexdigit()).then(|| kept_name(fingerprint));
        let kept = named.map(|name| self.read(&name)).transpose()?.flatten();
        kept.map(Master::new).ok_or_else(|| {
            ClearanceError::input(format!(
                "no master key has the fingerprint `{fingerprint}`; `tongguan keys list` names all"
            ))
        })
    }

    /// The key under which artefacts made from raw data are named. It outlives the master it once was derived from: else
    /// the same file would have another name after a rotation.
    pub fn naming_key(&self) -> Result<Secret, ClearanceError> {
        // The master first: should another process rotate it meanwhile, the naming key stands in its own file by then.
        let master = self.master()?;
        if let Some(kept) = self.read("naming")? {
            return Ok(kept);
        }
        if self.names()?.iter().any(|name| name.starts_with(KEPT)) {
            // Today's master would give another one.
            return self.read("naming")?.ok_or_else(|| self.missing("naming"));
        }
        master.derive("naming", "")
    }

    /// A new master for all pseudonyms and encryption from now on. The old one is kept under its fingerprint, so that what
    /// left under it can still be joined and undone by its handler.
    pub fn rotate_master(&self) -> Result<RotatedMaster, ClearanceError> {
        let _one = self.one_writer()?;
        let old = self.master()?;
        // Before the master goes: cut short here, the naming key is the same either way.
        if self.read("naming")?.is_none() {
            self.write_new("naming", &self.naming_key()?)?;
        }
        let kept = kept_name(&old.fingerprint);
        match self.read(&kept)? {
            None => self.write_new(&kept, &old.secret)?,
            Some(same) if same.bytes() == old.secret.bytes() => {}
            Some(_) => {
                let path = self.path(&kept);
                return Err(ClearanceError::input(format!(
                    "{}: does not hold the key of its name: {RESTORE}",
                    path.display()
                )));
            }
        }
        let new = Master::new(super::random()?);
        self.replace("master", &new.secret)?;
        Ok(RotatedMaster { old: old.fingerprint, new: new.fingerprint })
    }

    /// The keys a release of a handler and year is made under, by name and short fingerprint, for its private receipt.
    pub(crate) fn used(
        &self,
        master: &Master,
        handler: &str,
        year: i16,
    ) -> Result<BTreeMap<String, String>, ClearanceError> {
        let mut used = BTreeMap::from([
            ("master".to_owned(), master.fingerprint.clone()),
            ("naming".to_owned(), fingerprint(&self.naming_key()?)),
        ]);
        let counting = super::fingerprint_name(handler, year);
        if let Some(key) = self.read(&counting)? {
            used.insert(counting, fingerprint(&key));
        }
        Ok(used)
    }

    fn missing(&self, name: &str) -> ClearanceError {
        ClearanceError::input(format!("{}: the key is missing: {RESTORE}", self.path(name).display()))
    }
}

const KEPT: &str = "master-";

/// The name under which a key is kept once another took its place.
pub(super) fn kept_name(fingerprint: &str) -> String {
    format!("{KEPT}{fingerprint}")
}
