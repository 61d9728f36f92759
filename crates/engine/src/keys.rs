//! What the data plane needs of a key store.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::consents::Consents;

/// A secret of 256 bits; wiped when dropped, never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// Takes the bytes of a key.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the primitive that uses them.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Looks up keys by name in the process where the work runs. A plan holds names, never keys.
pub trait KeyRing: Send + Sync {
    /// The key of that name, or `None` where this process does not hold it.
    fn key(&self, name: &str) -> Option<Secret>;

    /// The consents of that name: they, too, are looked up where the work runs.
    fn consents(&self, name: &str) -> Option<Arc<Consents>> {
        let _ = name;
        None
    }
}

/// A key ring as functions hold it: equal to itself only, silent when printed.
#[derive(Clone)]
pub(crate) struct SharedKeys(pub(crate) Arc<dyn KeyRing>);

impl fmt::Debug for SharedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")
    }
}

impl PartialEq for SharedKeys {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SharedKeys {}

impl std::hash::Hash for SharedKeys {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

/// A ring without keys: enough to look at data.
pub struct NoKeys;

impl KeyRing for NoKeys {
    fn key(&self, _name: &str) -> Option<Secret> {
        None
    }
}
