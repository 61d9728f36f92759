//! Cells with characters beyond ASCII: full-width forms of the rest, and what is told of Han by marks and places alone.

use codes::{check, divisions, normalise::fold_width};

use super::kinds::{Counts, Kind, bump};
use super::{ascii, dates, han, is_han, lanes_of};

/// Longest cell in characters that is looked at as a Chinese value.
const WIDE: usize = 80;

/// Counts a cell with at least one character beyond ASCII; true when it is running text.
#[inline]
pub(super) fn wide(value: &str, counts: &mut Counts) -> bool {
    let mut buffer = ['\0'; WIDE];
    let mut n = 0;
    let mut hans = 0usize;
    let mut stops = 0usize;
    for c in value.chars() {
        if n == WIDE {
            bump(counts, Kind::Han);
            bump(counts, Kind::Text);
            return true;
        }
        let c = fold_width(c);
        hans += usize::from(is_han(c));
        stops += usize::from(matches!(c, ',' | ';' | '!' | '?' | ':' | '=' | '。' | '、' | '\n'));
        buffer[n] = c;
        n += 1;
    }
    let c = &buffer[..n];
    if hans == 0 {
        let mut bytes = [0u8; WIDE];
        if c.iter().all(char::is_ascii) {
            for (b, c) in bytes.iter_mut().zip(c) {
                *b = *c as u8;
            }
            let b = bytes[..n].trim_ascii();
            return ascii(b, lanes_of(b), counts);
        }
        let text = n >= 20 && c.contains(&' ');
        bump(counts, if text { Kind::Text } else { Kind::Word });
        return text;
    }
    bump(counts, Kind::Han);
    if c.contains(&'*') && n <= 12 {
        bump(counts, Kind::Masked);
    }
    if c.iter().filter(|c| c.is_ascii_digit()).count() >= 4 {
        bump(counts, Kind::Digits);
    }
    if n <= 2 {
        bump(counts, Kind::Short);
    }
    if matches!(c, ['男' | '女'] | ['男' | '女', '性'] | ['未', '知']) {
        bump(counts, Kind::Gender);
        return false;
    }
    if (7..=10).contains(&n)
        && c[1].is_ascii_alphabetic()
        && divisions::is_plate_province(c[0])
        && check::plate_cn(value).is_valid()
    {
        bump(counts, Kind::Plate);
        return false;
    }
    if dates::han_date(c, hans, counts) {
        return false;
    }
    if stops >= 2 || (stops == 1 && n > 12) {
        bump(counts, Kind::Text);
        return true;
    }
    han::han_value(c, hans, counts)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::Kind;

    #[test]
    fn marks_in_han_by_shape() {
        for (value, kind) in [("津K0X113", Kind::Plate), ("苏KF13017", Kind::Plate), ("男", Kind::Gender)] {
            check(value, kind);
        }
    }
}
