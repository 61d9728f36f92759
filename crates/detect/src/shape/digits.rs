//! Cells of digits and marks without a letter: numbers, and identifiers told by their length and check digit.

use codes::{cards, check};

use super::kinds::{Counts, Kind, bump, verdict};
use super::{Ascii, colons, dates, str_of};

/// From eleven digits on.
const BY_LENGTH: [Kind; 9] = [
    Kind::Digits11,
    Kind::Digits12,
    Kind::Digits13,
    Kind::Digits14,
    Kind::Digits15,
    Kind::Digits16,
    Kind::Digits17,
    Kind::Digits18,
    Kind::Digits19,
];

/// Digits, spaces, hyphens, dots and other marks, but no letters.
#[inline]
pub(super) fn numeric(a: &Ascii<'_>, counts: &mut Counts) -> bool {
    let b = a.b;
    let n = b.len();
    if a.digits == n {
        digits(b, counts);
        return false;
    }
    if let Some(kind) = dates::date_or_time(b) {
        dates::date(kind, b, counts);
        return false;
    }
    if a.dots == 3 && a.digits + 3 == n {
        if check::ip(str_of(b)).is_valid() {
            bump(counts, Kind::Ip);
        }
        return false;
    }
    let sign = usize::from(b[0] == b'-' || b[0] == b'+');
    if a.dots == 1 && a.digits + 1 + sign == n {
        decimal(b, sign, counts);
        return false;
    }
    if sign == 1 && a.digits + 1 == n && b[0] == b'-' {
        bump(counts, Kind::Int);
        return false;
    }
    // grouped digits: an identifier as people write it
    if a.dots == 0
        && n <= 30
        && b.iter().all(|c| c.is_ascii_digit() || matches!(c, b' ' | b'-' | b'+' | b'(' | b')' | b'/'))
    {
        grouped(a, counts);
        return false;
    }
    if colons(b) >= 2 && check::ip(str_of(b)).is_valid() {
        bump(counts, Kind::Ip);
    }
    false
}

/// Digits only.
fn digits(b: &[u8], counts: &mut Counts) {
    if let Some(&kind) = b.len().checked_sub(11).and_then(|over| BY_LENGTH.get(over)) {
        bump(counts, kind);
    }
    match b.len() {
        0..=10 => {
            bump(counts, Kind::Int);
            let n = b.iter().fold(0u64, |n, &d| n * 10 + u64::from(d - b'0'));
            if n <= 120 {
                bump(counts, Kind::IntAge);
            }
            if (300..=1000).contains(&n) {
                bump(counts, Kind::IntScore);
            }
            if b.len() == 4 && (1900..2100).contains(&n) {
                bump(counts, Kind::DatePart);
            }
            if b.len() == 8 && check::date_ymd((n / 10_000) as u32, (n / 100 % 100) as u32, (n % 100) as u32) {
                bump(counts, Kind::DateCompact);
                if n < 20_050_000 {
                    bump(counts, Kind::DateOld);
                }
            }
        }
        11 if check::mobile_bytes(b) => bump(counts, Kind::Mobile),
        11 | 12 if check::landline_bytes(b) => bump(counts, Kind::Landline),
        13 if b.starts_with(b"86") && check::mobile_bytes(&b[2..]) => bump(counts, Kind::Mobile),
        15 => {
            if check::resident_15(b) {
                bump(counts, Kind::IdValid);
            }
            verdict(check::imei_bytes(b), Kind::ImeiValid, Kind::ImeiWrong, counts);
            card(b, counts);
        }
        18 => {
            let id = check::resident_18(b);
            verdict(id, Kind::IdValid, Kind::IdWrong, counts);
            if id.is_valid() {
                // Division, day and check digit: that it could begin like a card says nothing any more.
                return;
            }
            verdict(check::uscc_bytes(b), Kind::UsccValid, Kind::UsccWrong, counts);
            card(b, counts);
        }
        13 | 14 | 16 | 17 | 19 => card(b, counts),
        _ => {}
    }
}

fn card(b: &[u8], counts: &mut Counts) {
    if cards::issued(b) {
        bump(counts, if check::luhn(b) { Kind::CardValid } else { Kind::CardWrong });
    }
}

/// Digits with spaces, hyphens, brackets, a plus.
fn grouped(a: &Ascii<'_>, counts: &mut Counts) {
    let mut bare = [0u8; 32];
    let mut len = 0;
    for &c in a.b.iter().filter(|c| c.is_ascii_digit()) {
        bare[len] = c;
        len += 1;
    }
    let d = &bare[..len];
    let text = str_of(a.b);
    if check::landline_cn(text).is_valid() {
        bump(counts, Kind::Landline);
    } else if check::mobile_cn(text).is_valid() {
        bump(counts, Kind::Mobile);
    } else if (a.b[0] == b'+' && (8..=15).contains(&len))
        || (len == 10 && a.hyphens + a.other + a.spaces >= 2)
        || (len >= 10 && a.b.contains(&b'(') && len <= 14)
    {
        bump(counts, Kind::PhoneForeign);
    } else if len >= 13 && a.other == 0 {
        digits(d, counts);
    }
}

fn decimal(b: &[u8], sign: usize, counts: &mut Counts) {
    bump(counts, Kind::Decimal);
    let dot = b.iter().position(|&c| c == b'.').unwrap_or(0);
    let places = b.len() - dot - 1;
    let whole =
        b[sign..dot].iter().fold(0u64, |n, &d| n.saturating_mul(10).saturating_add(u64::from(d.wrapping_sub(b'0'))));
    if (1..=2).contains(&places) {
        bump(counts, Kind::Money);
    }
    if places >= 4 && whole <= 180 {
        bump(counts, Kind::Coordinate);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::Kind;

    #[test]
    fn numbers_by_shape() {
        for (value, kind) in [
            ("110105194912310021", Kind::IdWrong),
            ("110105491231002", Kind::IdValid),
            ("+86 13800138000", Kind::Mobile),
            ("１３８００１３８０００", Kind::Mobile),
            ("138-0013-8000", Kind::Mobile),
            ("0983-84401223", Kind::Landline),
            ("697-555-0142", Kind::PhoneForeign),
            ("1 (11) 500 555-0132", Kind::PhoneForeign),
            ("4111 1111 1111 1111", Kind::CardValid),
            ("490154203237518", Kind::ImeiValid),
            ("1.29.192.209", Kind::Ip),
            ("101.280297", Kind::Coordinate),
            ("51809.85", Kind::Money),
            ("-3", Kind::Int),
        ] {
            check(value, kind);
        }
    }
}
