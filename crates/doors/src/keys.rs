//! Keys derived from the master key that is handed in, and what is sealed and named under them.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::DoorsError;

/// Fills bytes with randomness. The doors draw none of their own.
pub type Random = cases::Random;

/// Bytes of a nonce of XChaCha20-Poly1305: enough that random ones never meet.
const NONCE: usize = 24;
/// Letters of an id after its prefix: 50 bits.
const ID_LETTERS: usize = 10;

/// What the doors need of their caller to seal and to read: the master key, and randomness.
#[derive(Clone)]
pub struct Keys {
    keys: Arc<Derived>,
    random: Random,
}

struct Derived {
    check: Zeroizing<[u8; 32]>,
    seal: Zeroizing<[u8; 32]>,
    tag: Zeroizing<[u8; 32]>,
    form: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// The master key, which has to be kept and backed up elsewhere, and a source of randomness. It may be the case store's: what is
    /// derived from it here is derived under other names.
    pub fn new(master: [u8; 32], random: Random) -> Self {
        let master = Zeroizing::new(master);
        let derive = |of: &str| Zeroizing::new(mac(&master[..], &[of.as_bytes()]));
        let keys = Derived {
            check: derive("tongguan/doors/check/1"),
            seal: derive("tongguan/doors/seal/1"),
            tag: derive("tongguan/doors/tag/1"),
            form: derive("tongguan/doors/form/1"),
        };
        Self { keys: Arc::new(keys), random }
    }

    /// What tells this master key from others without telling it.
    pub(crate) fn check(&self) -> String {
        transfer::hex(&self.keys.check[..])
    }

    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], DoorsError> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes).map_err(|error| DoorsError::Io { what: "randomness", error })?;
        Ok(bytes)
    }

    /// A new id, such as `a-7k3m9qx2pd`: random, so that it tells nothing.
    pub(crate) fn new_id(&self, prefix: &str) -> Result<String, DoorsError> {
        let letters = crate::secret::letters(&self.random::<ID_LETTERS>()?);
        Ok(format!("{prefix}-{letters}"))
    }

    /// A keyed digest, by which something is found that shall not be read: the same text in another column is another one.
    pub(crate) fn tag(&self, column: &str, text: &str) -> String {
        transfer::hex(&mac(&self.keys.tag[..], &[column.as_bytes(), &[0], text.as_bytes()]))
    }

    /// What a form carries that nobody else can make for the seed in the visitor's cookie.
    pub(crate) fn form(&self, seed: &str) -> [u8; 32] {
        mac(&self.keys.form[..], &[seed.as_bytes()])
    }

    /// Seals text that stands at `at`: it opens there alone.
    pub(crate) fn seal(&self, at: &str, plain: &str) -> Result<String, DoorsError> {
        let nonce: [u8; NONCE] = self.random()?;
        let cipher = XChaCha20Poly1305::new((&*self.keys.seal).into());
        let payload = Payload { msg: plain.as_bytes(), aad: at.as_bytes() };
        // It fails only beyond 256 GiB.
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| DoorsError::Sealed(at.to_owned()))?;
        Ok(BASE64_STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed at `at`.
    pub(crate) fn open(&self, at: &str, sealed: &str) -> Result<Zeroizing<String>, DoorsError> {
        let opened = || {
            let bytes = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
            let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
            let cipher = XChaCha20Poly1305::new((&*self.keys.seal).into());
            let plain = cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: at.as_bytes() }).ok()?;
            String::from_utf8(plain).ok().map(Zeroizing::new)
        };
        opened().ok_or_else(|| DoorsError::Sealed(at.to_owned()))
    }
}

/// HMAC-SHA-256 of the parts, one after the other.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(error) => unreachable!("HMAC takes keys of any length: {error}"),
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}
