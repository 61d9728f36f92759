//! SM2 signatures over SM3 digests (GB/T 32918.2, GB/T 32905) in the form of signed notes.
//!
//! The registry of signature types has none for SM2, so the type is 0xff and a longer identifier, as signed-note recommends:
//! [`TYPE`]. What is signed is the note's text; the digest is SM3(Z || text) with Z over the identity [`ID`] (GB/T 32918.2, 5.5).

use std::fmt;

use sm2::SecretKey;
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point as _;

use super::{KeyError, NoteSigner, VerifierKey, is_key_name};
use crate::note::NoteError;

/// The signature type: 0xff and our identifier.
pub const TYPE: &[u8] = b"\xfftongguan/sm2-sm3/1";
/// The signer's identity that goes into Z: the one that tools agree on where nothing else is said (GB/T 32918.5).
const ID: &str = "1234567812345678";

/// An SM2 secret key with its name. Wiped from memory when dropped; never printed.
pub struct Sm2SigningKey {
    name: String,
    secret: SecretKey,
    key: VerifierKey,
}

impl Sm2SigningKey {
    /// The key named `name` from 32 random bytes that the caller draws and wipes; one draw in 2^32 is no key.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let secret = SecretKey::from_slice(seed).map_err(|_| KeyError::Scalar)?;
        let public = Sm2Public::new(*signing(&secret)?.verifying_key().as_affine())?;
        let key = VerifierKey::sm2(name, public);
        let made = Self { name: name.to_owned(), secret, key };
        // The greatest number below the order is a secret with which nothing can be signed.
        made.sign_text(b"").map_err(|_| KeyError::Scalar)?;
        Ok(made)
    }

    /// The public half, to pin in a trust file.
    pub fn verifier(&self) -> VerifierKey {
        self.key.clone()
    }
}

fn signing(secret: &SecretKey) -> Result<SigningKey, KeyError> {
    SigningKey::new(ID, secret).map_err(|_| KeyError::Scalar)
}

impl NoteSigner for Sm2SigningKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn verifier(&self) -> VerifierKey {
        self.verifier()
    }

    fn sign_text(&self, text: &[u8]) -> Result<Vec<u8>, NoteError> {
        // The random number of the signature is derived from key and text (RFC 6979 with SM3), so none has to be drawn.
        let signed = signing(&self.secret).ok().and_then(|key| key.try_sign(text).ok());
        let signature = signed.ok_or_else(|| NoteError::Signing { name: self.name.clone() })?;
        Ok(signature.to_bytes().to_vec())
    }
}

impl fmt::Debug for Sm2SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm2SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An SM2 public key and its 65 bytes: 0x04, x, y.
#[derive(Clone)]
pub(super) struct Sm2Public {
    key: VerifyingKey,
    bytes: [u8; 65],
}

impl Sm2Public {
    fn new(point: sm2::AffinePoint) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_affine(ID, point).map_err(|_| KeyError::Point)?;
        let bytes = <[u8; 65]>::try_from(key.to_sec1_point(false).as_bytes()).map_err(|_| KeyError::Point)?;
        Ok(Self { key, bytes })
    }

    /// From its 65 bytes; the short form of a point is not taken, so that a key has one text.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes = <[u8; 65]>::try_from(bytes).map_err(|_| KeyError::Form)?;
        let key = VerifyingKey::from_sec1_bytes(ID, &bytes).map_err(|_| KeyError::Point)?;
        if bytes[0] != 4 {
            return Err(KeyError::Point);
        }
        Ok(Self { key, bytes })
    }

    pub(super) fn bytes(&self) -> &[u8; 65] {
        &self.bytes
    }

    /// Whether the 64 bytes `signature` (r, s) are this key's over `text`.
    pub(super) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify(text, &signature).is_ok())
    }
}
