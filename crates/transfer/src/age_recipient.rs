//! A public key of age (C2SP age, X25519), as it is written down.

use std::fmt;
use std::str::FromStr;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// `age1…`: a key to which a file can be encrypted. Whoever holds the identity behind it can read the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AgeRecipient(String);

/// What is wrong with a text that should be a public key. It never repeats the text: that may be a secret key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRecipient {
    /// The secret half.
    #[error("this is a secret key, which must stay with its owner: write its public key (`age1…`)")]
    Secret,
    /// Anything else.
    #[error(
        "is no public key of age: it begins with `age1` and has 62 characters in all; look for one that is missing"
    )]
    Malformed,
    /// A point under which everybody would share the secret.
    #[error("is a public key that gives no secrecy: ask its owner for a new one")]
    Weak,
}

/// The points of small order of Curve25519, little-endian with the top bit cleared: the result of an exchange with one of
/// them is zero whatever the other side's key is (RFC 7748, section 6.1).
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    ends(1, 0, 0),
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
        0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
        0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
];

/// 32 bytes of which all but the first and last are alike.
const fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// The point of a well-formed key: 52 letters of five bits, the checksum's six left out. `None` where it is none.
fn point(text: &str) -> Option<[u8; 32]> {
    let letters = text.strip_prefix("age1")?.get(..52)?;
    let (mut bytes, mut held, mut bits, mut at) = ([0u8; 32], 0u32, 0, 0);
    for letter in letters.bytes() {
        let value = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".iter().position(|known| *known == letter)?;
        held = (held << 5 | value as u32) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = (held >> bits) as u8;
            at += 1;
        }
    }
    Some(bytes)
}

impl FromStr for AgeRecipient {
    type Err = NoRecipient;

    fn from_str(text: &str) -> Result<Self, NoRecipient> {
        let text = text.trim();
        if text.get(..15).is_some_and(|head| head.eq_ignore_ascii_case("AGE-SECRET-KEY-")) {
            return Err(NoRecipient::Secret);
        }
        // As its owner's program writes it, so that the same key is the same text.
        let key = text.parse::<age::x25519::Recipient>().map_err(|_| NoRecipient::Malformed)?.to_string();
        let mut point = point(&key).ok_or(NoRecipient::Malformed)?;
        point[31] &= 0x7f;
        if SMALL_ORDER.contains(&point) { Err(NoRecipient::Weak) } else { Ok(Self(key)) }
    }
}

impl fmt::Display for AgeRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AgeRecipient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A list of recipients that names somebody: an empty one would encrypt to nobody, which is to say not at all.
pub(crate) fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AgeRecipient>, D::Error> {
    deserializer.deserialize_any(List)
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Vec<AgeRecipient>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of public keys (`[\"age1…\"]`)")
    }

    /// A text alone is not repeated, as it would be by default: it may be a secret key.
    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(E::custom("`encrypt_to` is a list: put the public key in brackets (`[\"age1…\"]`)"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = list.next_element()? {
            keys.push(key);
        }
        if keys.is_empty() {
            let why = "`encrypt_to` is empty: name a public key (`age1…`) or take the line out";
            return Err(serde::de::Error::custom(why));
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the example in the specification of age.
    const KEY: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

    fn check(text: &str, expected: NoRecipient) {
        assert_eq!(text.parse::<AgeRecipient>(), Err(expected));
        let said = expected.to_string();
        assert!(!text.is_empty() && !said.contains(text), "{said}");
    }

    #[test]
    fn a_public_key_is_told_from_everything_else_and_never_repeated() {
        assert_eq!(KEY.parse::<AgeRecipient>().expect("a key").to_string(), KEY);
        check(&KEY.replace("t7r", "t7q"), NoRecipient::Malformed);
        check(&KEY[..40], NoRecipient::Malformed);
        check("ssh-ed25519 AAAA", NoRecipient::Malformed);
        check("AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33", NoRecipient::Secret);
    }

    /// `age` would end the process on these.
    #[test]
    fn keys_that_give_no_secrecy_are_refused() {
        for weak in [
            "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
            "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
            "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
            "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
            "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
            "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
            "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
            "age1anllllllllllllllllllllllllllllllllllllllllllllllllls3hcv9z",
        ] {
            check(weak, NoRecipient::Weak);
        }
    }
}
