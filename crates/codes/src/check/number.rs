//! Card, device and organisation numbers.

use super::{Verdict, compact};
use crate::cards;

/// Whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1); false for anything but digits.
#[inline]
pub fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0u32;
    let mut double = false;
    for &byte in digits.iter().rev() {
        let d = u32::from(byte.wrapping_sub(b'0'));
        if d > 9 {
            return false;
        }
        let d = if double { d * 2 } else { d };
        sum += if d > 9 { d - 9 } else { d };
        double = !double;
    }
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// The Luhn check digit that belongs after these digits.
pub fn luhn_digit(digits: &[u8]) -> u8 {
    let mut with = digits.to_vec();
    with.push(b'0');
    (b'0'..=b'9')
        .find(|&d| {
            *with.last_mut().unwrap_or(&mut 0) = d;
            luhn(&with)
        })
        .unwrap_or(b'0')
}

/// A bank card number: an issuer's prefix (Chinese table, or 3, 4, 5 of the international schemes), its length, and Luhn.
pub fn bank_card(value: &str) -> Verdict {
    match compact::<24>(value) {
        Some((bytes, len)) if cards::issued(&bytes[..len]) => {
            if luhn(&bytes[..len]) {
                Verdict::Valid
            } else {
                Verdict::WrongCheck
            }
        }
        _ => Verdict::No,
    }
}

/// Countries by the length of their account numbers (ISO 13616, registry of SWIFT).
const IBAN_LENGTHS: [(&str, usize); 18] = [
    ("NO", 15),
    ("BE", 16),
    ("DK FI FK FO GL NL SD", 18),
    ("MK SI", 19),
    ("AT BA EE KZ LT LU MN XK", 20),
    ("CH HR LI LV", 21),
    ("BG BH CR DE GB GE IE ME RS VA", 22),
    ("AE GI IL IQ OM SO TL", 23),
    ("AD CZ ES MD PK RO SA SE SK TN VG", 24),
    ("LY PT ST", 25),
    ("IS TR", 26),
    ("BI DJ FR GR IT MC MR SM", 27),
    ("AL AZ BY CY DO GT HN HU LB NI PL SV", 28),
    ("BR EG PS QA UA", 29),
    ("JO KW MU YE", 30),
    ("MT SC", 31),
    ("LC", 32),
    ("RU", 33),
];

/// An IBAN (ISO 13616): country, two check digits, up to thirty characters, MOD 97.
pub fn iban(value: &str) -> Verdict {
    let Some((b, len @ 15..=34)) = compact::<36>(value) else {
        return Verdict::No;
    };
    let b = &b[..len];
    let shape = b[..2].iter().all(u8::is_ascii_uppercase) && b[2..4].iter().all(u8::is_ascii_digit);
    let known = IBAN_LENGTHS.iter().any(|(countries, length)| {
        *length == len && countries.as_bytes().chunks(3).any(|country| country.starts_with(&b[..2]))
    });
    if !shape || !known || !b.iter().all(u8::is_ascii_alphanumeric) {
        return Verdict::No;
    }
    let rest = b[4..].iter().chain(&b[..4]).fold(0u32, |n, &byte| {
        if byte.is_ascii_digit() {
            (n * 10 + u32::from(byte - b'0')) % 97
        } else {
            (n * 100 + u32::from(byte - b'A') + 10) % 97
        }
    });
    if rest == 1 { Verdict::Valid } else { Verdict::WrongCheck }
}

/// An IMEI: fifteen digits, a reporting body that exists (3GPP TS 23.003, GSMA TS.06), Luhn.
pub fn imei(value: &str) -> Verdict {
    match compact::<20>(value) {
        Some((b, 15)) => imei_bytes(&b[..15]),
        _ => Verdict::No,
    }
}

/// The same over fifteen bare digits.
#[inline]
pub fn imei_bytes(b: &[u8]) -> Verdict {
    let body = b.len() == 15
        && matches!(
            (b[0], b[1]),
            (b'0', b'1')
                | (b'3', b'0' | b'3' | b'5')
                | (b'4', b'4' | b'5' | b'9')
                | (b'5', b'0'..=b'4')
                | (b'8', b'6')
                | (b'9', b'1' | b'8' | b'9')
        );
    if !body || !b.iter().all(u8::is_ascii_digit) {
        Verdict::No
    } else if luhn(b) {
        Verdict::Valid
    } else {
        Verdict::WrongCheck
    }
}

/// GB 32100-2015: the 31 characters, without I, O, S, V, Z.
const USCC: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_VALUE: [u8; 256] = {
    let mut table = [255u8; 256];
    let mut i = 0;
    while i < USCC.len() {
        table[USCC[i] as usize] = i as u8;
        i += 1;
    }
    table
};
/// Powers of 3 modulo 31.
const USCC_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A unified social credit code (GB 32100-2015): registering body and kind, division, organisation code, MOD 31 check character.
pub fn uscc(value: &str) -> Verdict {
    match compact::<24>(value) {
        Some((b, 18)) => uscc_bytes(&b[..18]),
        _ => Verdict::No,
    }
}

/// The same over eighteen bare upper-case bytes.
#[inline]
pub fn uscc_bytes(b: &[u8]) -> Verdict {
    // bodies: 1 offices, 2 foreign affairs, 3 justice, 4 culture, 5 civil affairs, 6 tourism, 7 religion, 8 unions, 9 market, A army, N farms, Y others
    let body = b.len() == 18
        && matches!(b[0], b'1'..=b'9' | b'A' | b'N' | b'Y')
        && matches!(b[1], b'1'..=b'9' | b'A')
        && b[2..8].iter().all(u8::is_ascii_digit)
        && b[8..].iter().all(|&c| USCC_VALUE[usize::from(c)] != 255)
        && crate::divisions::known_province(b[2], b[3]);
    if !body {
        Verdict::No
    } else if uscc_check_char(&b[..17]) == b[17] {
        Verdict::Valid
    } else {
        Verdict::WrongCheck
    }
}

/// The check character of the first seventeen.
#[inline]
pub fn uscc_check_char(b: &[u8]) -> u8 {
    let sum: u32 = b.iter().zip(USCC_WEIGHTS).map(|(&c, w)| u32::from(USCC_VALUE[usize::from(c)]) * w).sum();
    USCC[((31 - sum % 31) % 31) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_and_luhn() {
        for (digits, expected) in [("79927398713", true), ("79927398710", false), ("", false), ("7992739871a", false)] {
            assert_eq!(luhn(digits.as_bytes()), expected, "{digits}");
        }
        assert_eq!(luhn_digit(b"7992739871"), b'3');
        assert_eq!(bank_card("4111 1111 1111 1111"), Verdict::Valid);
        assert_eq!(bank_card("4111 1111 1111 1112"), Verdict::WrongCheck);
        assert_eq!(bank_card("000000000000000000"), Verdict::No);
        assert_eq!(iban("GB82 WEST 1234 5698 7654 32"), Verdict::Valid);
        assert_eq!(iban("GB83 WEST 1234 5698 7654 32"), Verdict::WrongCheck);
    }

    #[test]
    fn devices_and_organisations() {
        assert_eq!(imei("490154203237518"), Verdict::Valid);
        assert_eq!(imei("49-015420-323751-9"), Verdict::WrongCheck);
        assert_eq!(imei("123456789012345"), Verdict::No);
        // made up: 91, division 110000, check character by the standard
        let body = b"91110000MA01ABCD5";
        let code = [body.as_slice(), &[uscc_check_char(body)]].concat();
        assert_eq!(uscc_bytes(&code), Verdict::Valid);
        let wrong = [body.as_slice(), &[if code[17] == b'0' { b'1' } else { b'0' }]].concat();
        assert_eq!(uscc_bytes(&wrong), Verdict::WrongCheck);
        assert_eq!(uscc("91110000MA01ABCDI5"), Verdict::No);
    }
}
