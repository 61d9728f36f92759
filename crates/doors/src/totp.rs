//! One-time codes by time: RFC 6238 over RFC 4226, six digits, steps of 30 seconds, HMAC-SHA-1, as authenticator apps have it.
//!
//! Our own: a code has to give the step it is of, so that none is taken twice, and the rest is these lines.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use crate::secret::same;

/// Seconds of a step.
const STEP: i64 = 30;
/// Steps before and after now whose codes are taken, too (RFC 6238, 5.2 and 6).
const WINDOW: i64 = 1;
/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, 4, R6).
pub(crate) const SECRET: usize = 20;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step whose code this is, near now and after the last that was taken.
pub(crate) fn step_of(secret: &[u8], code: &str, now: Timestamp, taken: i64) -> Option<i64> {
    let at = now.as_second().div_euclid(STEP);
    let mut near = (at - WINDOW..=at + WINDOW).rev();
    near.find(|step| *step > taken && same(&code_at(secret, *step, 6), code))
}

/// The code of a step.
pub(crate) fn code_at(secret: &[u8], step: i64, digits: u32) -> String {
    let mut mac = match Hmac::<Sha1>::new_from_slice(secret) {
        Ok(mac) => mac,
        Err(error) => unreachable!("HMAC takes keys of any length: {error}"),
    };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 15);
    let number =
        digest[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:0>width$}", number % 10_u32.pow(digits), width = digits as usize)
}

/// A secret as apps take it: base 32 without padding (RFC 4648, 6).
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut block = [0; 5];
        block[..chunk.len()].copy_from_slice(chunk);
        let number = block.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let letters = (chunk.len() * 8).div_ceil(5);
        text.extend((0..letters).map(|at| char::from(BASE32[(number >> (35 - 5 * at) & 31) as usize])));
    }
    text
}

/// The secret of such a text.
pub(crate) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        held = held << 5 | BASE32.iter().position(|known| *known == letter)? as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 255) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the rows of SHA-1.
    #[test]
    fn the_vectors_of_the_rfc_come_out() {
        for (second, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_at(b"12345678901234567890", second / STEP, 8), code, "{second}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_never_again() {
        let secret = b"12345678901234567890";
        let now = Timestamp::from_second(1_234_567_890).expect("a moment");
        let step = 1_234_567_890 / STEP;
        for near in step - 1..=step + 1 {
            assert_eq!(step_of(secret, &code_at(secret, near, 6), now, 0), Some(near));
        }
        for far in [step - 2, step + 2] {
            assert_eq!(step_of(secret, &code_at(secret, far, 6), now, 0), None);
        }
        assert_eq!(step_of(secret, &code_at(secret, step, 6), now, step), None, "it was taken");
        assert_eq!(step_of(secret, "", now, 0), None);
    }

    /// RFC 4648, 10.
    #[test]
    fn base_32_is_that_of_the_rfc() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
    }
}
