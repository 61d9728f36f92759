//! Keys: the master key that is handed in, a data key for each case, and what is sealed under it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use database::Random;

use super::error::StoreError;
use crate::terms::CaseId;

/// What wraps data keys is derived for.
const WRAP: &str = "tongguan/case-store/wrap/1";

/// Bytes of a nonce of XChaCha20-Poly1305: enough that random ones never meet.
const NONCE: usize = 24;

type Master = Arc<Zeroizing<[u8; 32]>>;

/// What the store needs of its caller to seal and to read: the master key, and randomness.
#[derive(Clone)]
pub struct Keys {
    ring: Arc<RwLock<Ring>>,
    random: Random,
}

/// The master key, and the other one while it is being changed and afterwards: what was read before the change is opened after it.
#[derive(Clone)]
struct Ring {
    master: Master,
    other: Option<Master>,
}

impl Keys {
    /// The master key of a store, which has to be kept and backed up elsewhere, and a source of randomness.
    pub fn new(master: [u8; 32], random: Random) -> Self {
        let ring = Ring { master: Arc::new(Zeroizing::new(master)), other: None };
        Self { ring: Arc::new(RwLock::new(ring)), random }
    }

    /// The same keys for a store of its own: changed there, they stay what they are here.
    pub(crate) fn own(&self) -> Self {
        Self { ring: Arc::new(RwLock::new(self.ring())), random: Arc::clone(&self.random) }
    }

    fn ring(&self) -> Ring {
        // A ring is put in whole.
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, ring: Ring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
    }

    /// From now on what is wrapped under the new master key is opened, too.
    pub(crate) fn expect(&self, new: &Self) {
        self.put(Ring { other: Some(new.ring().master), ..self.ring() });
    }

    /// From now on the new master key is the master key.
    pub(crate) fn turn(&self, new: &Self) {
        self.put(Ring { master: new.ring().master, other: Some(self.ring().master) });
    }

    /// What tells this master key from others without telling it.
    pub(crate) fn check(&self) -> String {
        transfer::hex(&*derive(&self.ring().master, "tongguan/case-store/check/1"))
    }

    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes).map_err(|error| StoreError::Io { what: "randomness".to_owned(), error })?;
        Ok(bytes)
    }

    /// Bytes that belong to a name, and to this master key.
    pub(crate) fn named<const N: usize>(&self, name: &str) -> [u8; N] {
        let derived = derive(&self.ring().master, &format!("tongguan/case-store/name/1\0{name}"));
        std::array::from_fn(|at| derived[at % derived.len()])
    }

    /// A new data key for a case.
    pub(crate) fn new_data_key(&self, no: i64) -> Result<DataKey, StoreError> {
        Ok(DataKey { no, key: Arc::new(Zeroizing::new(self.random()?)) })
    }

    /// A data key as it is kept.
    pub(crate) fn wrap(&self, case: &CaseId, key: &DataKey) -> Result<String, StoreError> {
        let wrapping = derive(&self.ring().master, WRAP);
        seal(&wrapping, self.random()?, wrapped_for(case, key.no).as_bytes(), &key.key[..])
    }

    /// A data key as it was kept.
    pub(crate) fn unwrap(&self, case: &CaseId, no: i64, wrapped: &str) -> Result<DataKey, StoreError> {
        let Ring { master, other } = self.ring();
        let at = wrapped_for(case, no);
        let open = |master: &Master| open(&derive(master, WRAP), at.as_bytes(), wrapped);
        let bytes = open(&master).or_else(|| other.as_ref().and_then(open)).ok_or(StoreError::WrongKey)?;
        DataKey::from_bytes(no, &bytes).ok_or(StoreError::WrongKey)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

fn derive(master: &Master, of: &str) -> Zeroizing<[u8; 32]> {
    // A key of any length is taken.
    let mut mac = match Hmac::<Sha256>::new_from_slice(&master[..]) {
        Ok(mac) => mac,
        Err(error) => unreachable!("HMAC takes keys of any length: {error}"),
    };
    mac.update(of.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn wrapped_for(case: &CaseId, no: i64) -> String {
    format!("tongguan/case-key/1\0{case}\0{no}")
}

/// The key under which a case's personal data is sealed.
#[derive(Clone)]
pub(crate) struct DataKey {
    pub(crate) no: i64,
    key: Arc<Zeroizing<[u8; 32]>>,
}

impl DataKey {
    pub(crate) fn from_bytes(no: i64, bytes: &[u8]) -> Option<Self> {
        let key: [u8; 32] = bytes.try_into().ok()?;
        Some(Self { no, key: Arc::new(Zeroizing::new(key)) })
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.key
    }

    /// Seals text that stands at `at`: it opens there alone.
    pub(crate) fn seal(&self, keys: &Keys, at: &str, plain: &[u8]) -> Result<String, StoreError> {
        seal(&self.key, keys.random()?, at.as_bytes(), plain)
    }

    pub(crate) fn open(&self, at: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        open(&self.key, at.as_bytes(), sealed)
    }

    /// Seals a file; in bytes, nonce first.
    pub(crate) fn seal_bytes(&self, keys: &Keys, at: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal_bytes(&self.key, keys.random()?, at.as_bytes(), plain)
    }

    pub(crate) fn open_bytes(&self, at: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open_bytes(&self.key, at.as_bytes(), sealed)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({})", self.no)
    }
}

fn seal(key: &[u8; 32], nonce: [u8; NONCE], at: &[u8], plain: &[u8]) -> Result<String, StoreError> {
    Ok(BASE64_STANDARD_NO_PAD.encode(seal_bytes(key, nonce, at, plain)?))
}

fn seal_bytes(key: &[u8; 32], nonce: [u8; NONCE], at: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: at });
    // It fails only beyond 256 GiB.
    let sealed = sealed.map_err(|_| StoreError::FileSize { size: plain.len() as u64 })?;
    Ok([&nonce[..], &sealed].concat())
}

fn open(key: &[u8; 32], at: &[u8], sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
    open_bytes(key, at, &BASE64_STANDARD_NO_PAD.decode(sealed).ok()?)
}

fn open_bytes(key: &[u8; 32], at: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: at }).ok().map(Zeroizing::new)
}

/// Why a key is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// It was destroyed.
    Forgotten,
    /// The case came from another installation without it.
    Elsewhere,
}

impl Gone {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Forgotten => "forgotten",
            Self::Elsewhere => "sealed",
        }
    }

    pub(crate) fn from_word(word: &str) -> Self {
        if word == "forgotten" { Self::Forgotten } else { Self::Elsewhere }
    }

    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Forgotten => "its key was destroyed",
            Self::Elsewhere => "its key is with the installation it came from",
        }
    }
}

/// The data keys of one case by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct CaseKeys(pub(crate) BTreeMap<i64, Result<DataKey, Gone>>);

impl CaseKeys {
    /// The key new data is sealed under: the last, unless it is gone.
    pub(crate) fn current(&self) -> Option<&DataKey> {
        self.0.last_key_value().and_then(|(_, key)| key.as_ref().ok())
    }

    pub(crate) fn next_no(&self) -> i64 {
        self.0.last_key_value().map_or(1, |(no, _)| no + 1)
    }

    pub(crate) fn get(&self, no: i64) -> Result<&DataKey, Gone> {
        self.0.get(&no).map_or(Err(Gone::Elsewhere), |key| key.as_ref().map_err(|gone| *gone))
    }
}
