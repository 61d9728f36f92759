//! Public keys, as a trust file pins them.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::sm2::{self, Sm2Public};
use super::{KeyError, KeyId, split};

/// Signature type byte of a plain Ed25519 note signature.
pub(super) const ED25519: u8 = 0x01;
/// Signature type byte of a timestamped witness cosignature (C2SP tlog-cosignature).
pub(super) const COSIGNATURE: u8 = 0x04;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// Ed25519 over the text.
    Ed25519,
    /// Ed25519 over a time and the text: a witness's cosignature.
    Cosignature,
    /// SM2 over the text's SM3 digest.
    Sm2,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "ed25519",
            Self::Cosignature => "cosignature",
            Self::Sm2 => "sm2",
        })
    }
}

#[derive(Clone)]
enum Public {
    Ed25519(VerifyingKey),
    Cosignature(VerifyingKey),
    Sm2(Box<Sm2Public>),
}

/// A public key with its name: `name+hash+key`.
#[derive(Clone)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    public: Public,
}

impl VerifierKey {
    fn new(name: &str, public: Public) -> Self {
        let mut key = Self { name: name.to_owned(), id: KeyId(0), public };
        key.id = KeyId::of(name, &key.kind_and_key());
        key
    }

    pub(super) fn ed25519(name: &str, kind: u8, key: VerifyingKey) -> Self {
        Self::new(name, if kind == COSIGNATURE { Public::Cosignature(key) } else { Public::Ed25519(key) })
    }

    pub(super) fn sm2(name: &str, key: Sm2Public) -> Self {
        Self::new(name, Public::Sm2(Box::new(key)))
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hint that its signatures carry.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        match self.public {
            Public::Ed25519(_) => Algorithm::Ed25519,
            Public::Cosignature(_) => Algorithm::Cosignature,
            Public::Sm2(_) => Algorithm::Sm2,
        }
    }

    /// Whether its signatures are a witness's timestamped cosignatures, which say nothing about who runs the log.
    pub fn is_cosigner(&self) -> bool {
        self.algorithm() == Algorithm::Cosignature
    }

    /// SHA-256 of the public key bytes (32, of SM2 65) in lower-case hex: what two people compare by telephone.
    pub fn fingerprint(&self) -> String {
        use fmt::Write as _;
        Sha256::digest(self.key_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    fn key_bytes(&self) -> &[u8] {
        match &self.public {
            Public::Ed25519(key) | Public::Cosignature(key) => key.as_bytes(),
            Public::Sm2(key) => key.bytes(),
        }
    }

    /// The third part of the text form: signature type, then key.
    fn kind_and_key(&self) -> Vec<u8> {
        let kind: &[u8] = match self.public {
            Public::Ed25519(_) => &[ED25519],
            Public::Cosignature(_) => &[COSIGNATURE],
            Public::Sm2(_) => sm2::TYPE,
        };
        [kind, self.key_bytes()].concat()
    }

    /// Whether `signature` (without its key id) is this key's over the note text.
    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Ed25519(key) => check(key, text, signature),
            Public::Cosignature(key) => signature
                .split_first_chunk::<8>()
                .is_some_and(|(time, rest)| check(key, &cosigned(text, u64::from_be_bytes(*time)), rest)),
            Public::Sm2(key) => key.verifies(text, signature),
        }
    }
}

fn check(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

/// The message a witness signs: C2SP tlog-cosignature, "cosignature/v1".
pub(crate) fn cosigned(text: &[u8], unix_seconds: u64) -> Vec<u8> {
    let mut message = format!("cosignature/v1\ntime {unix_seconds}\n").into_bytes();
    message.extend_from_slice(text);
    message
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.kind_and_key() == other.kind_and_key()
    }
}

impl Eq for VerifierKey {}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, bytes) = split(text)?;
        let (byte, public) = bytes.split_first().ok_or(KeyError::Form)?;
        let key = match *byte {
            kind @ (ED25519 | COSIGNATURE) => {
                let public = <[u8; 32]>::try_from(public).map_err(|_| KeyError::Form)?;
                // The hash is looked at first: a letter mistyped is more likely than a bad point.
                if KeyId::of(name, &bytes) != id {
                    return Err(KeyError::Hash);
                }
                let key = VerifyingKey::from_bytes(&public).map_err(|_| KeyError::Point)?;
                if key.is_weak() {
                    return Err(KeyError::Point);
                }
                Self::ed25519(name, kind, key)
            }
            other => {
                let public = bytes.strip_prefix(sm2::TYPE).ok_or(KeyError::Kind(other))?;
                if KeyId::of(name, &bytes) != id {
                    return Err(KeyError::Hash);
                }
                Self::sm2(name, Sm2Public::from_bytes(public)?)
            }
        };
        Ok(key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, BASE64_STANDARD.encode(self.kind_and_key()))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
