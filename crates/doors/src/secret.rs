//! Secrets of 256 bits that are handed out once: only their digests are kept.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::DoorsError;
use crate::keys::{Keys, mac};

/// A secret as whoever holds it sends it. It is shown once and wiped from memory afterwards.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A new one, behind a prefix.
    pub(crate) fn new(keys: &Keys, prefix: &str) -> Result<Self, DoorsError> {
        let bytes = Zeroizing::new(keys.random::<32>()?);
        let text = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(&bytes[..]));
        Ok(Self(Zeroizing::new(format!("{prefix}{}", &*text))))
    }

    /// One that was made otherwise.
    pub(crate) fn from_text(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// As it is sent: letters, digits, `-` and `_`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The digest under which a secret is found. A random one of 256 bits needs no slow hash.
pub(crate) fn digest(secret: &str) -> String {
    transfer::hex(&Sha256::digest(secret.as_bytes()))
}

/// What forms of a session carry: nobody who does not hold the secret can make it, and it does not tell the secret.
pub(crate) fn csrf(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(mac(secret.as_bytes(), &[b"tongguan/doors/csrf/1"]))
}

/// What forms before a session carry, for the seed in the visitor's cookie.
pub(crate) fn form_token(keys: &Keys, seed: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(keys.form(seed))
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    // Digests of both differ anywhere at once, so comparing them tells nothing of the texts.
    Sha256::digest(one.as_bytes()) == Sha256::digest(other.as_bytes())
}

pub(crate) use database::letters;
