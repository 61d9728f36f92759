//! Vehicles.

use super::{Verdict, compact};
use crate::divisions;

/// ISO 3779 transliteration; 255 = not allowed (I, O, Q and everything else).
const VALUE: [u8; 256] = {
    let mut table = [255u8; 256];
    let letters = b"ABCDEFGHJKLMNPRSTUVWXYZ";
    let values = [1u8, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9];
    let mut i = 0;
    while i < letters.len() {
        table[letters[i] as usize] = values[i];
        i += 1;
    }
    let mut d = 0;
    while d < 10 {
        table[b'0' as usize + d] = d as u8;
        d += 1;
    }
    table
};
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// A vehicle identification number (ISO 3779, GB 16735): seventeen characters, check character in ninth place.
///
/// Chinese (L) and North American (1 to 5) numbers must pass the check; elsewhere the place is free and the number is valid by its shape.
pub fn vin(value: &str) -> Verdict {
    match compact::<20>(value) {
        Some((b, 17)) => vin_bytes(&b[..17]),
        _ => Verdict::No,
    }
}

/// The same over seventeen bare upper-case bytes.
#[inline]
pub fn vin_bytes(b: &[u8]) -> Verdict {
    let shape =
        b.len() == 17 && b.iter().all(|&c| VALUE[usize::from(c)] != 255) && b[13..].iter().all(u8::is_ascii_digit);
    // a number without letters, or with letters only, is something else
    if !shape || b.iter().all(u8::is_ascii_digit) || b[..8].iter().all(u8::is_ascii_digit) {
        Verdict::No
    } else if vin_check_char(b) == b[8] {
        Verdict::Valid
    } else if matches!(b[0], b'L' | b'1'..=b'5') {
        Verdict::WrongCheck
    } else if matches!(b[0], b'S'..=b'Z' | b'K' | b'J') && b[..3].iter().any(u8::is_ascii_alphabetic) {
        Verdict::Valid
    } else {
        Verdict::No
    }
}

/// The check character of a number (its ninth place is not read).
#[inline]
pub fn vin_check_char(b: &[u8]) -> u8 {
    let sum: u32 = b.iter().zip(WEIGHTS).map(|(&c, w)| u32::from(VALUE[usize::from(c)]) * w).sum();
    match sum % 11 {
        10 => b'X',
        n => b'0' + n as u8,
    }
}

/// A civil number plate (GA 36): province, office letter, five characters, or six for new-energy vehicles; a dot or space is allowed.
pub fn plate_cn(value: &str) -> Verdict {
    let mut chars = value.trim().chars();
    let (Some(province), Some(office)) = (chars.next(), chars.next()) else {
        return Verdict::No;
    };
    let mut tail = [0u8; 8];
    let mut len = 0;
    for c in chars.map(crate::normalise::fold_width).filter(|c| !matches!(c, ' ' | '·' | '•' | '.' | '-')) {
        if len == 8 || !(c.is_ascii_alphanumeric() || matches!(c, '学' | '警' | '港' | '澳' | '挂' | '领' | '使'))
        {
            return Verdict::No;
        }
        tail[len] = if c.is_ascii() { c.to_ascii_uppercase() as u8 } else { b'#' };
        len += 1;
    }
    let office = office.to_ascii_uppercase();
    let shape = divisions::is_plate_province(province)
        && office.is_ascii_uppercase()
        && (len == 5 || len == 6)
        && tail[..len].iter().filter(|b| b.is_ascii_digit()).count() >= 2
        && tail[..len - 1].iter().all(|b| b.is_ascii_alphanumeric() && !matches!(b, b'I' | b'O'));
    // six characters: new-energy small cars carry a letter in front, large ones at the end
    let energy = len == 5
        || (tail[0].is_ascii_alphabetic() && tail[2..6].iter().all(u8::is_ascii_digit))
        || (tail[5].is_ascii_alphabetic() && tail[..5].iter().all(u8::is_ascii_digit));
    if shape && energy { Verdict::Valid } else { Verdict::No }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vins() {
        for (value, expected) in [
            ("1M8GDM9AXKP042788", Verdict::Valid), // the worked example of the literature
            ("1M8GDM9A1KP042788", Verdict::WrongCheck),
            (
                "LSVAAAAA0AA000000",
                if vin_check_char(b"LSVAAAAA0AA000000") == b'0' { Verdict::Valid } else { Verdict::WrongCheck },
            ),
            ("WDB9634031L123456", Verdict::Valid), // European: no check digit
            ("1M8GDM9AXKP04278O", Verdict::No),
            ("11111111111111111", Verdict::No),
            ("LSV", Verdict::No),
        ] {
            assert_eq!(vin(value), expected, "{value}");
        }
    }

    #[test]
    fn plates() {
        for (value, expected) in [
            ("京A12345", true),
            ("津K0X113", true),
            ("苏KF13017", true),
            ("粤B·D12345", true),
            ("粤Z1234港", true),
            ("京AD12345", true),
            ("中A12345", false),
            ("京112345", false),
            ("京A1234", false),
            ("京ABCDEF", false),
            ("京A123456", false),
        ] {
            assert_eq!(plate_cn(value).is_valid(), expected, "{value}");
        }
    }
}
