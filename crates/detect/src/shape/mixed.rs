//! Cells of letters and digits: identifiers with letters in them, addresses of machines, codes, and text with a number in it.

use codes::check;

use super::kinds::{Counts, Kind, bump, verdict};
use super::{Ascii, colons, dates, str_of};

/// Counts a cell of letters and digits; true when it is running text.
#[inline]
pub(super) fn mixed(a: &Ascii<'_>, counts: &mut Counts) -> bool {
    let b = a.b;
    let n = b.len();
    let letters = a.upper + a.lower;
    if let Some(kind) = dates::date_or_time(b) {
        dates::date(kind, b, counts);
        return false;
    }
    // a resident number that ends in X, spaces or not
    if letters == 1 && a.digits == 17 && matches!(b[n - 1], b'X' | b'x') && a.other + a.dots == 0 {
        verdict(check::resident_id(str_of(b)), Kind::IdValid, Kind::IdWrong, counts);
        if n == 18 && b[17] == b'X' {
            verdict(check::uscc_bytes(b), Kind::UsccValid, Kind::UsccWrong, counts);
        }
        return false;
    }
    if a.spaces + a.hyphens + a.dots + a.other == 0 {
        bump(counts, Kind::Code);
        token(b, a, counts);
        return false;
    }
    if n == 36 && a.hyphens == 4 {
        bump(counts, Kind::Guid);
        return false;
    }
    if n == 17
        && (a.hyphens == 5 || colons(b) == 5)
        && b.iter().all(|c| c.is_ascii_hexdigit() || matches!(c, b'-' | b':'))
    {
        bump(counts, Kind::Mac);
        return false;
    }
    if a.other >= 2 && b.contains(&b':') && check::ip(str_of(b)).is_valid() {
        bump(counts, Kind::Ip);
        return false;
    }
    if a.dots == 1 && (3..=7).contains(&n) && a.upper == 1 && b[0].is_ascii_uppercase() && b[1].is_ascii_digit() {
        bump(counts, Kind::Icd);
        bump(counts, Kind::Code);
        return false;
    }
    if a.other == 2 && check::hong_kong_id(str_of(b)).is_valid() {
        // With its brackets it is no code of a thing.
        bump(counts, Kind::HongKongId);
        return false;
    }
    if a.spaces >= 3 && a.lower == 0 && check::iban(str_of(b)).is_valid() {
        bump(counts, Kind::Iban);
        return false;
    }
    if b.contains(&b'\\') && a.spaces == 0 {
        bump(counts, Kind::Login);
    }
    let text = (a.spaces >= 2 && n >= 20) || (a.other >= 2 && n >= 24);
    bump(counts, if text { Kind::Text } else { Kind::Code });
    text
}

/// One unbroken token of letters and digits.
fn token(b: &[u8], a: &Ascii<'_>, counts: &mut Counts) {
    match b.len() {
        17 if a.lower == 0 => verdict(check::vin_bytes(b), Kind::VinValid, Kind::VinWrong, counts),
        18 if a.lower == 0 => verdict(check::uscc_bytes(b), Kind::UsccValid, Kind::UsccWrong, counts),
        8 | 9 if a.lower == 0 => {
            if check::passport_bytes(b) {
                bump(counts, Kind::Passport);
            } else if matches!(b[0], b'H' | b'M') && b.len() == 9 && a.digits == 8 {
                bump(counts, Kind::Permit);
            } else if b[0].is_ascii_uppercase() {
                verdict(check::hong_kong_id(str_of(b)), Kind::HongKongId, Kind::HongKongWrong, counts);
            }
        }
        11 if matches!(b[0], b'H' | b'M') && a.digits == 10 => bump(counts, Kind::Permit),
        15..=34 if a.lower == 0 && b[0].is_ascii_uppercase() && b[1].is_ascii_uppercase() => {
            verdict(check::iban(str_of(b)), Kind::Iban, Kind::IbanWrong, counts);
        }
        3 if b[0].is_ascii_uppercase() && a.digits == 2 => bump(counts, Kind::Icd),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::Kind;

    #[test]
    fn codes_by_shape() {
        for (value, kind) in [
            ("11010519491231002X", Kind::IdValid),
            ("110105 19491231 002x", Kind::IdValid),
            ("EC6113712", Kind::Passport),
            ("1M8GDM9AXKP042788", Kind::VinValid),
            ("2001:db8::1", Kind::Ip),
            ("E11.9", Kind::Icd),
            ("3F5AE95E-B87D-4AED-95B4-C3797AFCB74F", Kind::Guid),
        ] {
            check(value, kind);
        }
    }
}
