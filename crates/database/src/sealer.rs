//! What is kept sealed, and found without being read: keys derived from one master key, for each owner of tables its own.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Fills bytes with randomness. Nothing here draws its own.
pub type Random = Arc<dyn Fn(&mut [u8]) -> std::io::Result<()> + Send + Sync>;

/// Bytes of a nonce of XChaCha20-Poly1305: enough that random ones never meet.
const NONCE: usize = 24;
/// Letters that are not mistaken for each other: 32, so that a byte falls on them evenly.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of an id after its prefix: 50 bits.
const ID_LETTERS: usize = 10;

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There was no randomness.
    #[error("randomness: {0}")]
    Random(#[from] std::io::Error),
    /// It is not what was sealed there under this master key.
    #[error("what is sealed at `{0}` cannot be opened")]
    Sealed(String),
}

/// Seals and names what one owner of tables keeps.
#[derive(Clone)]
pub struct Sealer {
    derived: Arc<Derived>,
    random: Random,
}

struct Derived {
    owner: String,
    master: Zeroizing<[u8; 32]>,
    seal: Zeroizing<[u8; 32]>,
    tag: Zeroizing<[u8; 32]>,
}

impl Sealer {
    /// Under the master key, which has to be kept and backed up elsewhere, for the owner of this name: what one owner sealed no other
    /// opens.
    pub fn new(master: [u8; 32], owner: &str, random: Random) -> Self {
        let master = Zeroizing::new(master);
        let of = |what: &str| derived(&master, owner, what);
        let derived = Derived { owner: owner.to_owned(), seal: of("seal"), tag: of("tag"), master: master.clone() };
        Self { derived: Arc::new(derived), random }
    }

    /// A key for another use of this owner.
    pub fn key(&self, what: &str) -> Zeroizing<[u8; 32]> {
        derived(&self.derived.master, &self.derived.owner, what)
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], SealError> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes)?;
        Ok(bytes)
    }

    /// A new id, such as `a-7k3m9qx2pd`: random, so that it tells nothing.
    pub fn new_id(&self, prefix: &str) -> Result<String, SealError> {
        Ok(format!("{prefix}-{}", letters(&self.random::<ID_LETTERS>()?)))
    }

    /// A keyed digest, by which something is found that shall not be read: the same text in another column is another one.
    pub fn tag(&self, column: &str, text: &str) -> String {
        let mut tag = String::with_capacity(64);
        for byte in mac(&self.derived.tag[..], &[column.as_bytes(), &[0], text.as_bytes()]) {
            // Writing to a string cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        // Its `KeyInit` is that of another version of the trait than HMAC's.
        <XChaCha20Poly1305 as chacha20poly1305::KeyInit>::new((&*self.derived.seal).into())
    }

    /// Seals text that stands at `at`: it opens there alone.
    pub fn seal(&self, at: &str, plain: &str) -> Result<String, SealError> {
        let nonce: [u8; NONCE] = self.random()?;
        let cipher = self.cipher();
        let payload = Payload { msg: plain.as_bytes(), aad: at.as_bytes() };
        // It fails only beyond 256 GiB.
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| SealError::Sealed(at.to_owned()))?;
        Ok(BASE64_STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed at `at`.
    pub fn open(&self, at: &str, sealed: &str) -> Result<Zeroizing<String>, SealError> {
        let opened = || {
            let bytes = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
            let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
            let cipher = self.cipher();
            let plain = cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: at.as_bytes() }).ok()?;
            String::from_utf8(plain).ok().map(Zeroizing::new)
        };
        opened().ok_or_else(|| SealError::Sealed(at.to_owned()))
    }
}

fn derived(master: &[u8; 32], owner: &str, what: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(mac(master, &[format!("tongguan/{owner}/{what}/1").as_bytes()]))
}

/// Bytes as letters, five bits each.
pub fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// HMAC-SHA-256 (RFC 2104) of the parts, one after the other.
pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(error) => unreachable!("HMAC takes keys of any length: {error}"),
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("owner", &self.derived.owner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(owner: &str) -> Sealer {
        // Not random, and not meant to be: each nonce is the same, which only a test may do.
        let fill = |bytes: &mut [u8]| {
            bytes.fill(3);
            Ok(())
        };
        Sealer::new([7; 32], owner, Arc::new(fill))
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_for_its_owner_alone() {
        let (own, other) = (sealer("doors"), sealer("post"));
        let sealed = own.seal("account/1", "某某").expect("sealed");
        assert_eq!(own.open("account/1", &sealed).expect("opened").as_str(), "某某");
        for wrong in [own.open("account/2", &sealed), other.open("account/1", &sealed), own.open("account/1", "AAAA")] {
            assert!(matches!(wrong, Err(SealError::Sealed(_))));
        }
        let other_master = Sealer::new([8; 32], "doors", Arc::new(|_: &mut [u8]| Ok(())));
        assert!(other_master.open("account/1", &sealed).is_err());
        assert_ne!(own.tag("login", "a"), own.tag("subject", "a"));
        assert_ne!(own.tag("login", "a"), other.tag("login", "a"));
    }
}
