//! Secret keys, and what signs a log's checkpoints.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signer as _, SigningKey as Secret};
use zeroize::Zeroizing;

use super::verifier::{COSIGNATURE, ED25519};
use super::{KeyError, KeyId, VerifierKey, is_key_name, split};
use crate::note::NoteError;

/// What a signing key's text form starts with, as Go's sumdb tools write it.
const PRIVATE: &str = "PRIVATE+KEY+";

/// What can put a signature line under a note.
pub trait NoteSigner: Send + Sync {
    /// The key's name.
    fn name(&self) -> &str;
    /// The public half.
    fn verifier(&self) -> VerifierKey;
    /// The signature bytes over a note's text, without the key id.
    fn sign_text(&self, text: &[u8]) -> Result<Vec<u8>, NoteError>;
}

/// What signs a log's checkpoints: the log's own Ed25519 key, and perhaps others beside it.
pub trait CheckpointSigner {
    /// The key whose signature every checkpoint has.
    fn own(&self) -> &SigningKey;

    /// The keys that sign beside it, in this order.
    fn beside(&self) -> Vec<&dyn NoteSigner> {
        Vec::new()
    }

    /// All of them.
    fn all(&self) -> Vec<&dyn NoteSigner> {
        let mut all: Vec<&dyn NoteSigner> = vec![self.own()];
        all.extend(self.beside());
        all
    }
}

impl CheckpointSigner for SigningKey {
    fn own(&self) -> &SigningKey {
        self
    }
}

/// A log's key with those that sign beside it: the key it had before, while both are in use, and an SM2 key.
pub struct LogSigner {
    own: SigningKey,
    beside: Vec<Box<dyn NoteSigner>>,
}

impl LogSigner {
    /// The log's own key alone.
    pub fn new(own: SigningKey) -> Self {
        Self { own, beside: Vec::new() }
    }

    /// With one more key, which must bear the same name.
    pub fn with(mut self, key: impl NoteSigner + 'static) -> Result<Self, KeyError> {
        if key.name() != self.own.name() {
            return Err(KeyError::Name);
        }
        self.beside.push(Box::new(key));
        Ok(self)
    }
}

impl CheckpointSigner for LogSigner {
    fn own(&self) -> &SigningKey {
        &self.own
    }

    fn beside(&self) -> Vec<&dyn NoteSigner> {
        self.beside.iter().map(AsRef::as_ref).collect()
    }
}

/// An Ed25519 secret key with its name. Wiped from memory when dropped; never printed.
pub struct SigningKey {
    name: String,
    secret: Secret,
}

impl SigningKey {
    /// The key named `name` from 32 random bytes that the caller draws and wipes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        Ok(Self { name: name.to_owned(), secret: Secret::from_bytes(seed) })
    }

    /// The key's name: for a log its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half, to pin in a trust file.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::ed25519(&self.name, ED25519, self.secret.verifying_key())
    }

    /// The public half of the same key as a witness: another signature type, so another key id.
    pub fn cosigner(&self) -> VerifierKey {
        VerifierKey::ed25519(&self.name, COSIGNATURE, self.secret.verifying_key())
    }

    /// The text form `PRIVATE+KEY+name+hash+key`, for a file with mode 0600. [`FromStr`] reads it back.
    pub fn to_skey(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0_u8; 33]);
        bytes[0] = ED25519;
        bytes[1..].copy_from_slice(self.secret.as_bytes());
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(*bytes));
        let id: KeyId = self.verifier().id();
        Zeroizing::new(format!("{PRIVATE}{}+{id}+{}", self.name, *encoded))
    }

    /// The 64 signature bytes over `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl NoteSigner for SigningKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn verifier(&self) -> VerifierKey {
        self.verifier()
    }

    fn sign_text(&self, text: &[u8]) -> Result<Vec<u8>, NoteError> {
        Ok(self.sign(text).to_vec())
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, bytes) = split(text.strip_prefix(PRIVATE).ok_or(KeyError::Form)?)?;
        let (kind, seed) = bytes.split_first().ok_or(KeyError::Form)?;
        if *kind != ED25519 {
            return Err(KeyError::Kind(*kind));
        }
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed).map_err(|_| KeyError::Form)?);
        let key = Self::from_seed(name, &seed)?;
        if key.verifier().id() != id {
            return Err(KeyError::Hash);
        }
        Ok(key)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}
