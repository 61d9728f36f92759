//! Identity documents.

use super::{Verdict, compact};
use crate::divisions;

/// GB 11643-1999: weights of the first seventeen digits, ISO 7064 MOD 11-2.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";

/// A resident identity number of 18 or 15 characters, spaces, hyphens and lower-case x allowed (GB 11643).
///
/// The division code must have been known in some year and the birth date exist; the old 15-digit form has no check digit.
pub fn resident_id(value: &str) -> Verdict {
    match compact::<24>(value) {
        Some((bytes, 18)) => resident_18(&bytes[..18]),
        Some((bytes, 15)) if resident_15(&bytes[..15]) => Verdict::Valid,
        _ => Verdict::No,
    }
}

/// Eighteen bytes: seventeen digits and a digit, `X` or `x`.
#[inline]
pub fn resident_18(b: &[u8]) -> Verdict {
    if b.len() != 18 || !b[..17].iter().all(u8::is_ascii_digit) {
        return Verdict::No;
    }
    let last = b[17].to_ascii_uppercase();
    if !(last.is_ascii_digit() || last == b'X') || !born(&b[6..14]) || !divisions::known_code(number(&b[..6])) {
        return Verdict::No;
    }
    if resident_check_char(&b[..17]) == last { Verdict::Valid } else { Verdict::WrongCheck }
}

/// The check character of seventeen digits (ISO 7064 MOD 11-2).
#[inline]
pub fn resident_check_char(digits: &[u8]) -> u8 {
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(&d, w)| u32::from(d.wrapping_sub(b'0')) * w).sum();
    CHECK[(sum % 11) as usize]
}

/// Whether fifteen bytes are an old resident number: division, birth date in 19yy, order digits.
#[inline]
pub fn resident_15(b: &[u8]) -> bool {
    b.len() == 15
        && b.iter().all(u8::is_ascii_digit)
        && date_ymd(1900 + number(&b[6..8]), number(&b[8..10]), number(&b[10..12]))
        && { divisions::known_code(number(&b[..6])) }
}

/// An old 15-digit number as the 18-character one of the same person, or `None` when it is no such number.
pub fn lift_15(b: &[u8]) -> Option<[u8; 18]> {
    if !resident_15(b) {
        return None;
    }
    let mut out = [b'0'; 18];
    out[..6].copy_from_slice(&b[..6]);
    out[6..8].copy_from_slice(b"19");
    out[8..17].copy_from_slice(&b[6..]);
    out[17] = resident_check_char(&out[..17]);
    Some(out)
}

/// A Chinese passport number: ordinary E and G, diplomatic, service and public-affairs D, S, P, and the two-letter series (EA…, DE, SE, PE).
pub fn passport_cn(value: &str) -> Verdict {
    match compact::<12>(value) {
        Some((bytes, len)) if passport_bytes(&bytes[..len]) => Verdict::Valid,
        _ => Verdict::No,
    }
}

/// The same over bare upper-case bytes.
#[inline]
pub fn passport_bytes(b: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match (b.len(), b) {
        // letters I and O are not issued: they read as digits
        (
            9,
            [b'E', b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z', rest @ ..]
            | [b'E' | b'G' | b'D' | b'S', rest @ ..]
            | [b'P', b'E', rest @ ..],
        )
        | (8, [b'D' | b'S' | b'P', rest @ ..]) => digits(rest),
        _ => false,
    }
}

/// A permit of residents of Hong Kong or Macao (H or M and eight or ten digits) or a residence permit number that begins with 81, 82, 83.
pub fn travel_permit(value: &str) -> Verdict {
    match compact::<20>(value) {
        Some((b, len @ (9 | 11))) if matches!(b[0], b'H' | b'M') && b[1..len].iter().all(u8::is_ascii_digit) => {
            Verdict::Valid
        }
        Some((b, 18)) if b[0] == b'8' && matches!(b[1], b'1'..=b'3') => resident_18(&b[..18]),
        _ => Verdict::No,
    }
}

/// A Hong Kong identity card number: one or two letters, six digits and a check digit, in brackets or not.
pub fn hong_kong_id(value: &str) -> Verdict {
    let bare: String = value.chars().filter(|c| !matches!(c, '(' | ')' | '（' | '）')).collect();
    let Some((b, len @ (8 | 9))) = compact::<12>(&bare) else {
        return Verdict::No;
    };
    let letters = len - 7;
    let well_formed = b[..letters].iter().all(u8::is_ascii_uppercase)
        && b[letters..len - 1].iter().all(u8::is_ascii_digit)
        && (b[len - 1].is_ascii_digit() || b[len - 1] == b'A');
    if !well_formed {
        return Verdict::No;
    }
    // a missing first letter counts as a space (36); letters count from 10; weights run from 9 down to 1
    let value = |byte: u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let head = if letters == 1 { 36 * 9 } else { 0 };
    let sum: u32 = head + b[..len].iter().rev().zip(1u32..).map(|(&byte, weight)| value(byte) * weight).sum::<u32>();
    if sum.is_multiple_of(11) { Verdict::Valid } else { Verdict::WrongCheck }
}

fn born(b: &[u8]) -> bool {
    date_ymd(number(&b[..4]), number(&b[4..6]), number(&b[6..8]))
}

/// Whether a day exists, from 1800 to 2199.
#[inline]
pub fn date_ymd(year: u32, month: u32, day: u32) -> bool {
    let days = match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1800..2200).contains(&year) && (1..=days).contains(&day)
}

#[inline]
fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |n, &d| n * 10 + u32::from(d.wrapping_sub(b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_numbers() {
        // the example of GB 11643 and forms of it
        for (value, expected) in [
            ("11010519491231002X", Verdict::Valid),
            ("11010519491231002x", Verdict::Valid),
            ("110105 19491231 002X", Verdict::Valid),
            ("１１０１０５１９４９１２３１００２Ｘ", Verdict::Valid),
            ("110105491231002", Verdict::Valid),
            ("110105194912310021", Verdict::WrongCheck),
            ("11010519491331002X", Verdict::No), // month 13
            ("00010519491231002X", Verdict::No), // no such division
            ("110105194902300021", Verdict::No), // 30 February
            ("1101051949123100", Verdict::No),
            ("", Verdict::No),
        ] {
            assert_eq!(resident_id(value), expected, "{value}");
        }
        assert_eq!(lift_15(b"110105491231002").as_ref(), Some(b"11010519491231002X"));
        assert_eq!(lift_15(b"110105491331002"), None);
    }

    #[test]
    fn codes_of_earlier_years_are_known() {
        // Chongwen district of Beijing, merged in 2010
        let body = b"11010319700101001";
        let number = [body.as_slice(), &[resident_check_char(body)]].concat();
        assert_eq!(resident_18(&number), Verdict::Valid);
    }

    #[test]
    fn passports() {
        for (value, expected) in [
            ("E12345678", true),
            ("G12345678", true),
            ("EA1234567", true),
            ("PE1234567", true),
            ("D1234567", true),
            ("ea 1234567", true),
            ("P1234567", true),
            ("P12345678", false),
            ("EI1234567", false),
            ("E1234567", false),
            ("LOT12345678", false),
            ("EAB123456", false),
        ] {
            assert_eq!(passport_cn(value).is_valid(), expected, "{value}");
        }
    }

    #[test]
    fn hong_kong() {
        assert_eq!(hong_kong_id("A123456(3)"), Verdict::Valid);
        assert_eq!(hong_kong_id("A123456(4)"), Verdict::WrongCheck);
        assert_eq!(hong_kong_id("1234567"), Verdict::No);
        assert_eq!(travel_permit("H1234567890"), Verdict::Valid);
        assert_eq!(travel_permit("X1234567890"), Verdict::No);
    }
}
