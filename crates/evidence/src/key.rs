//! Ed25519 keys in the text forms of C2SP signed-note.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey as Secret, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Signature type byte of a plain Ed25519 note signature.
const ED25519: u8 = 0x01;
/// Signature type byte of a timestamped witness cosignature (C2SP tlog-cosignature).
const COSIGNATURE: u8 = 0x04;
/// What a signing key's text form starts with, as Go's sumdb tools write it.
const PRIVATE: &str = "PRIVATE+KEY+";

/// Why a key was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name breaks signed-note's rule.
    #[error("a key name must not be empty and holds no space, no `+` and no control character")]
    Name,
    /// Not the three parts a key has.
    #[error("a verifier key reads `name+hash+key`, a signing key `PRIVATE+KEY+name+hash+key`; copy it again, whole")]
    Form,
    /// The hash in the text belongs to another name or key.
    #[error("the hash in the key text is not that of its name and key; copy it again, whole")]
    Hash,
    /// A signature type this program does not check.
    #[error("signature type {0:#04x} is not supported; Ed25519 (0x01) and witness cosignatures (0x04) are")]
    Kind(u8),
    /// 32 bytes that are no point on the curve, or a weak one.
    #[error("the key bytes are not a valid Ed25519 public key")]
    Point,
}

/// The first four bytes of a key's hash: a hint which key signed, not an identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);

impl KeyId {
    /// SHA-256(name || newline || type || key), first four bytes, big-endian (signed-note, "Signatures").
    fn of(name: &str, kind: u8, key: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(name).chain_update([b'\n', kind]).chain_update(key).finalize();
        Self(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether signed-note allows `name` as the name of a key.
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// A secret key with its name. Wiped from memory when dropped; never printed.
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
        VerifierKey::new(&self.name, Kind::Ed25519, self.secret.verifying_key())
    }

    /// The public half of the same key as a witness: another signature type, so another key id.
    pub fn cosigner(&self) -> VerifierKey {
        VerifierKey::new(&self.name, Kind::Cosignature, self.secret.verifying_key())
    }

    /// The text form `PRIVATE+KEY+name+hash+key`, for a file with mode 0600. [`FromStr`] reads it back.
    pub fn to_skey(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0_u8; 33]);
        bytes[0] = ED25519;
        bytes[1..].copy_from_slice(self.secret.as_bytes());
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(*bytes));
        let id = self.verifier().id();
        Zeroizing::new(format!("{PRIVATE}{}+{id}+{}", self.name, *encoded))
    }

    /// The 64 signature bytes over `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ed25519,
    Cosignature,
}

/// A public key with its name, as a trust file pins it: `name+hash+key`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    kind: Kind,
    key: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, kind: Kind, key: VerifyingKey) -> Self {
        Self { name: name.to_owned(), id: KeyId::of(name, kind.byte(), key.as_bytes()), kind, key }
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hint that its signatures carry.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether its signatures are a witness's timestamped cosignatures, which say nothing about who runs the log.
    pub fn is_cosigner(&self) -> bool {
        self.kind == Kind::Cosignature
    }

    /// SHA-256 of the 32 public key bytes in lower-case hex: what two people compare by telephone.
    pub fn fingerprint(&self) -> String {
        use fmt::Write as _;
        Sha256::digest(self.key.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// Whether `signature` (without its key id) is this key's over the note text.
    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        match self.kind {
            Kind::Ed25519 => self.check(text, signature),
            Kind::Cosignature => signature
                .split_first_chunk::<8>()
                .is_some_and(|(time, rest)| self.check(&cosigned(text, u64::from_be_bytes(*time)), rest)),
        }
    }

    fn check(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

/// The message a witness signs: C2SP tlog-cosignature, "cosignature/v1".
pub(crate) fn cosigned(text: &[u8], unix_seconds: u64) -> Vec<u8> {
    let mut message = format!("cosignature/v1\ntime {unix_seconds}\n").into_bytes();
    message.extend_from_slice(text);
    message
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => ED25519,
            Self::Cosignature => COSIGNATURE,
        }
    }
}

/// The three parts of `name+hash+base64`, the last decoded.
fn split(text: &str) -> Result<(&str, KeyId, Zeroizing<Vec<u8>>), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    if !is_key_name(name) {
        return Err(KeyError::Name);
    }
    if hash.len() != 8 || !hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(KeyError::Form);
    }
    let id = u32::from_str_radix(hash, 16).map_err(|_| KeyError::Form)?;
    let key = Zeroizing::new(BASE64_STANDARD.decode(key).map_err(|_| KeyError::Form)?);
    Ok((name, KeyId(id), key))
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, bytes) = split(text)?;
        let (byte, public) = bytes.split_first().ok_or(KeyError::Form)?;
        let kind = match *byte {
            ED25519 => Kind::Ed25519,
            COSIGNATURE => Kind::Cosignature,
            other => return Err(KeyError::Kind(other)),
        };
        let public = <[u8; 32]>::try_from(public).map_err(|_| KeyError::Form)?;
        if KeyId::of(name, *byte, &public) != id {
            return Err(KeyError::Hash);
        }
        let key = VerifyingKey::from_bytes(&public).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self::new(name, kind, key))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0_u8; 33];
        bytes[0] = self.kind.byte();
        bytes[1..].copy_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.id, BASE64_STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
