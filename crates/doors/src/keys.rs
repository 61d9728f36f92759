//! Keys derived from the master key that is handed in, and what is sealed and named under them.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use database::Sealer;
use zeroize::Zeroizing;

pub(crate) use database::mac;

/// Fills bytes with randomness. The doors draw none of their own.
pub type Random = database::Random;

/// What the doors need of their caller to seal and to read: the master key, and randomness.
#[derive(Clone)]
pub struct Keys {
    sealer: Sealer,
    form: Arc<Zeroizing<[u8; 32]>>,
}

impl Keys {
    /// The master key, which has to be kept and backed up elsewhere, and a source of randomness. It may be the case store's: what is
    /// derived from it here is derived under other names.
    pub fn new(master: [u8; 32], random: Random) -> Self {
        let sealer = Sealer::new(master, "doors", random);
        Self { form: Arc::new(sealer.key("form")), sealer }
    }

    /// What tells this master key from others without telling it.
    pub(crate) fn check(&self) -> String {
        transfer::hex(&self.sealer.key("check")[..])
    }

    /// What a form carries that nobody else can make for the seed in the visitor's cookie.
    pub(crate) fn form(&self, seed: &str) -> [u8; 32] {
        mac(&self.form[..], &[seed.as_bytes()])
    }
}

impl Deref for Keys {
    type Target = Sealer;

    fn deref(&self) -> &Sealer {
        &self.sealer
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}
