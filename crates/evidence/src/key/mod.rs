//! Keys in the text forms of C2SP signed-note: Ed25519, witness cosignatures, and SM2 as a second signature.

mod signing;
mod sm2;
mod verifier;

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub use self::sm2::{Sm2SigningKey, TYPE as SM2_TYPE};
pub use signing::{CheckpointSigner, LogSigner, NoteSigner, SigningKey};
pub(crate) use verifier::cosigned;
pub use verifier::{Algorithm, VerifierKey};

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
    #[error("signature type {0:#04x} is not supported; Ed25519 (0x01), witness cosignatures (0x04) and SM2 (0xff) are")]
    Kind(u8),
    /// Bytes that are no point on the curve, or a weak one.
    #[error("the key bytes are not a valid public key")]
    Point,
    /// Secret bytes that are no number an SM2 key can be, as one in four thousand million is not.
    #[error("these 32 bytes cannot be an SM2 key: draw others")]
    Scalar,
}

/// The first four bytes of a key's hash: a hint which key signed, not an identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);

impl KeyId {
    /// SHA-256(name || newline || type || key), first four bytes, big-endian (signed-note, "Signatures"). `kind_and_key` is what a
    /// verifier key has in its third part.
    fn of(name: &str, kind_and_key: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(name).chain_update(b"\n").chain_update(kind_and_key).finalize();
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
