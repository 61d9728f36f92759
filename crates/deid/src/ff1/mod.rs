//! Format-preserving encryption: FF1 of NIST SP 800-38G with AES-256.

mod numerals;
mod shape;
mod wide;

use std::fmt;

use aes::Aes256Enc;
use fpe::ff1::FF1;

use numerals::Numerals;
use shape::Shape;
use wide::Wide;

/// A value that FF1 does not take. The caller suppresses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is too short, too long or of characters that format-preserving encryption does not take")]
pub struct OutsideDomain;

/// SP 800-38G Rev. 1 (second public draft, February 2025): smaller domains can be searched through.
const LEAST_DOMAIN: u64 = 1_000_000;

/// The key under which values are encrypted within their own format. Wiped from memory when dropped; never printed.
///
/// **What stays.** The length; every separator (ASCII space and punctuation, and the hyphens, dots, brackets and space that Chinese
/// text has for them) in its place; the kind of each other character: a digit becomes a digit, a letter a letter of the same case, a
/// Han character (U+4E00 to U+9FFF) a Han character. An 18-character resident id (label `ID_CN`) has 17 digits and a digit or X; a
/// small x comes back as X.
///
/// **How.** Digits alone are FF1 with radix 10 over those digits, which any other implementation gives too. Where kinds are mixed,
/// the value is a number below N, the product of the kinds' sizes over the positions; FF1 with radix 2 over the bits of N - 1 is
/// repeated until the result is below N again (cycle walking: fewer than two rounds on average). Both are permutations of the values
/// of one format, so no two values ever meet. The tweak is the label's bytes.
///
/// **What is refused** ([`OutsideDomain`]): fewer than 1,000,000 values of the format (five digits, four letters, one Han
/// character), more than 72 positions or 256 bits, and any character of another kind, for it would leave in clear.
///
/// A permutation may map a value to itself, once in N.
pub struct Ff1Key {
    decimal: FF1<Aes256Enc>,
    binary: FF1<Aes256Enc>,
}

#[derive(Clone, Copy)]
enum Direction {
    Encrypt,
    Decrypt,
}

impl Ff1Key {
    /// The key of these 32 bytes, which the caller draws, keeps and wipes. Make it once, not for each value.
    #[expect(clippy::missing_panics_doc, reason = "the two radixes and the length are right by their types")]
    pub fn new(key: &[u8; 32]) -> Self {
        let with_radix = |radix| FF1::new(key, radix).expect("2 and 10 are radixes and 32 bytes an AES-256 key");
        Self { decimal: with_radix(10), binary: with_radix(2) }
    }

    /// Appends the encrypted form of `value`, of class `label`.
    pub fn encrypt(&self, label: &str, value: &str, out: &mut String) -> Result<(), OutsideDomain> {
        self.run(Direction::Encrypt, label, value, out)
    }

    /// Appends what was encrypted to `value` under the same label.
    pub fn decrypt(&self, label: &str, value: &str, out: &mut String) -> Result<(), OutsideDomain> {
        self.run(Direction::Decrypt, label, value, out)
    }

    fn run(&self, direction: Direction, label: &str, value: &str, out: &mut String) -> Result<(), OutsideDomain> {
        let mut shape = Shape::read(label, value)?;
        if shape.is_decimal() {
            let numerals = Numerals::decimal(shape.values())?;
            step(&self.decimal, direction, label, &numerals)?.to_decimal(shape.values_mut());
        } else {
            self.walk(direction, label, &mut shape)?;
        }
        shape.write(value, out);
        Ok(())
    }

    /// FF1 over bits, repeated until the number is one of the format again.
    fn walk(&self, direction: Direction, label: &str, shape: &mut Shape) -> Result<(), OutsideDomain> {
        let size = shape.size()?;
        if size < Wide::from(LEAST_DOMAIN) {
            return Err(OutsideDomain);
        }
        let bits = size.minus_one().bits();
        let mut numerals = Numerals::binary(&shape.number()?, bits);
        loop {
            numerals = step(&self.binary, direction, label, &numerals)?;
            let number = numerals.to_wide();
            if number < size {
                shape.set_number(number);
                return Ok(());
            }
        }
    }
}

fn step(
    cipher: &FF1<Aes256Enc>,
    direction: Direction,
    label: &str,
    numerals: &Numerals,
) -> Result<Numerals, OutsideDomain> {
    match direction {
        Direction::Encrypt => cipher.encrypt(label.as_bytes(), numerals),
        Direction::Decrypt => cipher.decrypt(label.as_bytes(), numerals),
    }
    .map_err(|_| OutsideDomain)
}

impl fmt::Debug for Ff1Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ff1Key").finish_non_exhaustive()
    }
}
