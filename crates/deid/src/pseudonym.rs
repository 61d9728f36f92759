//! Pseudonyms: keyed, deterministic, not to be undone.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// RFC 4648, section 7, in lower case: pseudonyms sort as the bytes they stand for and cannot be mistaken for words of I, O and U.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
/// Characters of a pseudonym.
const LENGTH: usize = 26;

/// The key under which values are replaced by pseudonyms. Wiped from memory when dropped; never printed.
///
/// A pseudonym is the first 128 bits of HMAC-SHA-256(key, label || 0x00 || value) as 26 characters of lower-case base32 with the
/// extended hex alphabet (RFC 4648, section 7, no padding). Equal values of a class have equal pseudonyms under a key and unrelated
/// ones under another; the label keeps classes apart. Two values collide with probability n²/2^129: for a billion, 1 in 10^21.
///
/// The caller normalises values first, in the way it counts persons, or two spellings of a number become two pseudonyms.
#[derive(Clone)]
pub struct PseudonymKey {
    /// The HMAC with both pads absorbed: a value costs a copy of this and two compressions, not four.
    keyed: Hmac<Sha256>,
}

impl PseudonymKey {
    /// The key of these 32 bytes, which the caller draws, keeps and wipes.
    #[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of any length")]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { keyed: Hmac::new_from_slice(key).expect("HMAC takes keys of any length") }
    }

    /// Appends the pseudonym of `value`, a normalised value of class `label`, to `out`.
    pub fn write(&self, label: &str, value: &str, out: &mut String) {
        let tag = self.tag(label, value);
        out.extend((0..LENGTH - 1).map(|place| letter(tag >> (123 - 5 * place))));
        // 128 bits are 25 letters and 3 bits over, which RFC 4648 pads with zeroes on the right.
        out.push(letter(tag << 2));
    }

    /// The pseudonym of `value`, a normalised value of class `label`.
    pub fn pseudonym(&self, label: &str, value: &str) -> String {
        let mut out = String::with_capacity(LENGTH);
        self.write(label, value, &mut out);
        out
    }

    /// The 128 bits themselves, big-endian.
    pub fn tag(&self, label: &str, value: &str) -> u128 {
        let mac = self.keyed.clone();
        let bytes = mac.chain_update(label).chain_update([0]).chain_update(value).finalize().into_bytes();
        bytes.iter().take(16).fold(0, |tag, byte| tag << 8 | u128::from(*byte))
    }
}

fn letter(bits: u128) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PseudonymKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Computed with Python's hmac and base64.b32hexencode.
    #[test]
    fn another_program_makes_the_same_pseudonyms() {
        let cases = PYTHON;
        let key: [u8; 32] = std::array::from_fn(|i| i as u8);
        for (label, value, expected) in cases {
            assert_eq!(PseudonymKey::new(&key).pseudonym(label, value), expected);
        }
    }

    const PYTHON: [(&str, &str, &str); 3] = [
        ("ID_CN", "11010519491231002X", "qhc9ruodibos7fhnimivofp584"),
        ("CUSTOMER_KEY", "", "o64cfqu09eqgh4a0qd0gvv3q08"),
        ("PERSON", "欧阳娜娜", "en9upfu63ufcsrvtnobomg3ess"),
    ];

    #[test]
    fn keys_are_wiped_when_dropped() {
        fn wiped<T: hmac::digest::zeroize::ZeroizeOnDrop>() {}
        // What an HMAC keeps of its key is the two states of this; it does not pass the mark on.
        wiped::<sha2::block_api::Sha256VarCore>();
        wiped::<aes::Aes256Enc>();
    }

    #[test]
    fn a_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", PseudonymKey::new(&[7; 32])), "PseudonymKey { .. }");
    }

    proptest! {
        #[test]
        fn same_value_same_pseudonym_and_nothing_else(a in ".{0,80}", b in ".{0,80}") {
            let (one, two) = (PseudonymKey::new(&[1; 32]), PseudonymKey::new(&[2; 32]));
            let made = one.pseudonym("PERSON", &a);
            prop_assert_eq!(made.len(), LENGTH);
            prop_assert_eq!(&made, &one.clone().pseudonym("PERSON", &a));
            prop_assert_ne!(&made, &two.pseudonym("PERSON", &a));
            prop_assert_ne!(&made, &one.pseudonym("PERSO", &a));
            prop_assert_eq!(a == b, made == one.pseudonym("PERSON", &b));
        }
    }
}
