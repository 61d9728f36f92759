//! What one cell looks like: one pass over its bytes to see which characters it has, then the validators that can fit.

mod dates;
mod digits;
mod han;
mod kinds;
mod letters;
mod mixed;
mod wide;

use codes::check;

pub(crate) use han::is_han;
use kinds::bump;
pub(crate) use kinds::{Counts, KINDS, Kind};

/// Lanes of eight bits: which characters a cell has.
const DIGIT: u32 = 0;
const UPPER: u32 = 8;
const LOWER: u32 = 16;
const SPACE: u32 = 24;
const HYPHEN: u32 = 32;
const DOT: u32 = 40;
const OTHER: u32 = 48;
const HIGH: u32 = 56;

/// The lane of each byte, as a one in it: summed over a cell, all characters are counted in one pass.
static LANE: [u64; 256] = {
    let mut table = [0u64; 256];
    let mut b = 0usize;
    while b < 256 {
        let c = b as u8;
        let lane = if c.is_ascii_digit() {
            DIGIT
        } else if c.is_ascii_uppercase() {
            UPPER
        } else if c.is_ascii_lowercase() {
            LOWER
        } else if c == b' ' {
            SPACE
        } else if c == b'-' {
            HYPHEN
        } else if c == b'.' {
            DOT
        } else if c >= 128 {
            HIGH
        } else {
            OTHER
        };
        table[b] = 1 << lane;
        b += 1;
    }
    table
};

/// Longest cell that is looked at as a value; longer ones are text.
const LONGEST: usize = 240;

/// A cell of ASCII and how many of each sort of character it has.
struct Ascii<'a> {
    b: &'a [u8],
    digits: usize,
    upper: usize,
    lower: usize,
    spaces: usize,
    hyphens: usize,
    dots: usize,
    other: usize,
}

impl<'a> Ascii<'a> {
    /// `lanes` is what [`lanes_of`] gives for the same bytes.
    #[inline]
    fn new(b: &'a [u8], lanes: u64) -> Self {
        let lane = |at: u32| (lanes >> at & 0xFF) as usize;
        Self {
            b,
            digits: lane(DIGIT),
            upper: lane(UPPER),
            lower: lane(LOWER),
            spaces: lane(SPACE),
            hyphens: lane(HYPHEN),
            dots: lane(DOT),
            other: lane(OTHER),
        }
    }
}

/// How many of each sort of character, in lanes. At most [`LONGEST`] bytes, so that no lane runs over.
#[inline]
fn lanes_of(b: &[u8]) -> u64 {
    b.iter().fold(0u64, |sum, &byte| sum + LANE[usize::from(byte)])
}

/// Counts a cell; true when it is running text that may hold anything.
#[inline]
pub(crate) fn classify(value: &str, counts: &mut Counts) -> bool {
    let value = value.trim_ascii();
    let b = value.as_bytes();
    if b.len() > LONGEST {
        bump(counts, Kind::Text);
        return true;
    }
    let lanes = lanes_of(b);
    if lanes >> HIGH != 0 {
        return wide::wide(value, counts);
    }
    ascii(b, lanes, counts)
}

/// Counts a cell of ASCII alone; true when it is running text.
fn ascii(b: &[u8], lanes: u64, counts: &mut Counts) -> bool {
    let a = Ascii::new(b, lanes);
    if a.digits >= 4 {
        bump(counts, Kind::Digits);
    }
    if b.len() <= 2 {
        bump(counts, Kind::Short);
    }
    if a.other > 0 {
        if b.contains(&b'@') && check::email(str_of(b)).is_valid() {
            bump(counts, Kind::Email);
            return false;
        }
        if b.contains(&b'*') {
            bump(counts, Kind::Masked);
            return a.spaces > 3;
        }
    }
    if a.digits == 0 {
        return letters::letters(&a, counts);
    }
    if a.upper + a.lower == 0 {
        return digits::numeric(&a, counts);
    }
    mixed::mixed(&a, counts)
}

#[inline]
fn colons(b: &[u8]) -> usize {
    memchr::memchr_iter(b':', b).count()
}

/// ASCII bytes as text.
#[inline]
fn str_of(b: &[u8]) -> &str {
    std::str::from_utf8(b).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each file here holds the cells it reads against this.
    pub(super) fn check(value: &str, kind: Kind) {
        let mut counts = [0; KINDS];
        classify(value, &mut counts);
        assert_eq!(counts[kind as usize], 1, "{value} is not {kind:?}");
    }

    #[test]
    fn marks_tell_before_letters_and_digits_do() {
        check("ken0@adventure-works.com", Kind::Email);
        check("138****8000", Kind::Masked);
    }
}
