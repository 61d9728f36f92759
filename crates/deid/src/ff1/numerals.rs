//! The two halves that FF1 works on, as machine integers: the crate's own numeral strings allocate for every round.

use fpe::ff1::{NumeralString, Operations};

use super::OutsideDomain;
use super::shape::MAX_LEN;
use super::wide::Wide;

/// A numeral string of at most [`MAX_LEN`] digits or 256 bits.
#[derive(Clone, Copy)]
pub(super) struct Numerals {
    a: Half,
    b: Half,
}

/// One half of it.
#[derive(Clone, Copy)]
pub(super) struct Half {
    value: u128,
    /// How many numerals.
    len: usize,
    /// radix^len; 0 stands for 2^128.
    modulus: u128,
}

impl Half {
    fn decimal(digits: &[u16]) -> Self {
        Self {
            value: digits.iter().fold(0, |value, digit| value * 10 + u128::from(*digit)),
            len: digits.len(),
            // At most 36 digits, and 10^36 is below 2^120.
            modulus: 10_u128.pow(digits.len() as u32),
        }
    }

    fn binary(value: u128, bits: u32) -> Self {
        Self { value, len: bits as usize, modulus: 1_u128.checked_shl(bits).unwrap_or(0) }
    }

    fn reduce(self, value: u128) -> u128 {
        match (u64::try_from(value), u64::try_from(self.modulus)) {
            (_, Ok(0)) => value,
            // Dividing 64 bits is several times quicker.
            (Ok(value), Ok(modulus)) => u128::from(value % modulus),
            _ => value % self.modulus,
        }
    }

    /// NUM(S) modulo radix^len, for S of at most 20 bytes.
    fn reduce_bytes(self, bytes: impl Iterator<Item = u8>) -> u128 {
        let mut value = 0_u128;
        for (place, byte) in bytes.enumerate() {
            if place >= 16 {
                value = self.reduce(value);
            }
            // What is shifted out here, of 2^128 as modulus, is what the modulus takes away; any other modulus is below 2^120 or,
            // with radix 2, a power of two that the lost bits are multiples of.
            value = value << 8 | u128::from(byte);
        }
        self.reduce(value)
    }
}

impl Numerals {
    pub(super) fn decimal(digits: &[u16]) -> Result<Self, OutsideDomain> {
        if digits.len() > MAX_LEN {
            return Err(OutsideDomain);
        }
        let (a, b) = digits.split_at(digits.len() / 2);
        Ok(Self { a: Half::decimal(a), b: Half::decimal(b) })
    }

    /// The `bits` bits of `number`, the most significant first.
    pub(super) fn binary(number: &Wide, bits: u32) -> Self {
        let low = bits - bits / 2;
        let (a, b) = number.split(low);
        Self { a: Half::binary(a, bits / 2), b: Half::binary(b, low) }
    }

    pub(super) fn to_wide(self) -> Wide {
        // At most 128.
        Wide::join(self.a.value, self.b.value, self.b.len as u32)
    }

    pub(super) fn to_decimal(self, digits: &mut [u16]) {
        let (a, b) = digits.split_at_mut(self.a.len);
        for (half, digits) in [(self.a, a), (self.b, b)] {
            let mut value = half.value;
            for digit in digits.iter_mut().rev() {
                let (rest, last) = match u64::try_from(value) {
                    Ok(value) => (u128::from(value / 10), (value % 10) as u16),
                    Err(_) => (value / 10, (value % 10) as u16),
                };
                (value, *digit) = (rest, last);
            }
        }
    }
}

impl NumeralString for Numerals {
    type Ops = Half;

    fn is_valid(&self, _radix: u32) -> bool {
        // Both ways to make one give numbers below their modulus.
        true
    }

    fn numeral_count(&self) -> usize {
        self.a.len + self.b.len
    }

    fn split(&self) -> (Half, Half) {
        (self.a, self.b)
    }

    fn concat(a: Half, b: Half) -> Self {
        Self { a, b }
    }
}

/// The last bytes of a big-endian number.
pub(super) struct Bytes {
    all: [u8; 16],
    skip: usize,
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.all[self.skip..]
    }
}

impl Operations for Half {
    type Bytes = Bytes;

    fn numeral_count(&self) -> usize {
        self.len
    }

    fn to_be_bytes(&self, _radix: u32, b: usize) -> Bytes {
        Bytes {
            all: self.value.to_be_bytes(),
            // 36 digits are 15 bytes, 128 bits 16.
            skip: 16 - b,
        }
    }

    fn add_mod_exp(self, other: impl Iterator<Item = u8>, _radix: u32, _m: usize) -> Self {
        let other = self.reduce_bytes(other);
        let (sum, over) = self.value.overflowing_add(other);
        // `over` only where the modulus is 2^128, which it then has taken away, or 2^127 and more, which never adds up to it.
        let value = if !over && self.modulus != 0 && sum >= self.modulus { sum - self.modulus } else { sum };
        Self { value, ..self }
    }

    fn sub_mod_exp(self, other: impl Iterator<Item = u8>, _radix: u32, _m: usize) -> Self {
        let other = self.reduce_bytes(other);
        let value = if other > self.value {
            // Wraps only for 2^128.
            self.modulus.wrapping_sub(other - self.value)
        } else {
            self.value - other
        };
        Self { value, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aes::{Aes128, Aes256};
    use fpe::ff1::{FF1, FlexibleNumeralString};
    use proptest::prelude::*;

    fn digits(text: &str) -> Vec<u16> {
        text.bytes().map(|b| u16::from(b - b'0')).collect()
    }

    /// NIST's FF1 samples 1 and 2 through our halves, and 3, which has radix 36, through those of the crate.
    #[test]
    fn nist_samples_for_aes_128() {
        let key: [u8; 16] = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes();
        let decimal = FF1::<Aes128>::new(&key, 10).unwrap();
        for (tweak, expected) in [("", "2433477484"), ("9876543210", "6124200773")] {
            let plain = Numerals::decimal(&digits("0123456789")).unwrap();
            let hidden = decimal.encrypt(tweak.as_bytes(), &plain).unwrap();
            let mut out = [0; 10];
            hidden.to_decimal(&mut out);
            assert_eq!(out.to_vec(), digits(expected));
        }
        let alphanumeric = FF1::<Aes128>::new(&key, 36).unwrap();
        let plain = FlexibleNumeralString::from((0..19).collect::<Vec<u16>>());
        let hidden = alphanumeric.encrypt(b"7777pqrs777", &plain).unwrap();
        let expected = [10, 9, 29, 31, 4, 0, 22, 21, 21, 9, 20, 13, 30, 5, 0, 9, 14, 30, 22];
        assert_eq!(Vec::from(hidden), expected);
    }

    proptest! {
        /// The crate's own, allocating numeral strings are the naive reference.
        #[test]
        fn decimal_halves_agree_with_the_crate(key: [u8; 32], text in "[0-9]{6,72}", tweak: Vec<u8>) {
            let cipher = FF1::<Aes256>::new(&key, 10).unwrap();
            let (ours, theirs) = (Numerals::decimal(&digits(&text)).unwrap(), FlexibleNumeralString::from(digits(&text)));
            let mut out = vec![0; text.len()];
            cipher.encrypt(&tweak, &ours).unwrap().to_decimal(&mut out);
            prop_assert_eq!(&out, &Vec::from(cipher.encrypt(&tweak, &theirs).unwrap()));
            cipher.decrypt(&tweak, &ours).unwrap().to_decimal(&mut out);
            prop_assert_eq!(&out, &Vec::from(cipher.decrypt(&tweak, &theirs).unwrap()));
        }

        #[test]
        fn binary_halves_agree_with_the_crate(key: [u8; 32], bits in prop::collection::vec(0_u16..2, 20..=256), tweak: Vec<u8>) {
            let cipher = FF1::<Aes256>::new(&key, 2).unwrap();
            let number = |bits: &[u16]| bits.iter().fold(Wide::default(), |n, bit| n.mul_add(2, u64::from(*bit)).unwrap());
            let ours = Numerals::binary(&number(&bits), bits.len() as u32);
            prop_assert_eq!(ours.to_wide(), number(&bits));
            let theirs = FlexibleNumeralString::from(bits.clone());
            let expected = Vec::from(cipher.encrypt(&tweak, &theirs).unwrap());
            prop_assert_eq!(cipher.encrypt(&tweak, &ours).unwrap().to_wide(), number(&expected));
            let expected = Vec::from(cipher.decrypt(&tweak, &theirs).unwrap());
            prop_assert_eq!(cipher.decrypt(&tweak, &ours).unwrap().to_wide(), number(&expected));
        }
    }
}
