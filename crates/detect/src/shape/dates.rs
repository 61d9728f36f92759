//! Cells that are days, times of day, or parts of a day.

use codes::check;

use super::kinds::{Counts, Kind, bump};

/// `Date` or `Timestamp` when bytes begin with a day and end with it, or go on with a time of day; `DatePart` for a year and month.
#[inline]
pub(super) fn date_or_time(b: &[u8]) -> Option<Kind> {
    let two = |at: usize| -> Option<u32> {
        let part = b.get(at..at + 2)?;
        part.iter().all(u8::is_ascii_digit).then(|| u32::from(part[0] - b'0') * 10 + u32::from(part[1] - b'0'))
    };
    if b.len() < 7 || !matches!(b[4], b'-' | b'/' | b'.') {
        return None;
    }
    let year = two(0)? * 100 + two(2)?;
    let month = two(5)?;
    if b.len() == 7 {
        return (year >= 1800 && (1..=12).contains(&month)).then_some(Kind::DatePart);
    }
    if b.len() < 10 || b[7] != b[4] || !check::date_ymd(year, month, two(8)?) {
        return None;
    }
    match b.get(10) {
        None => Some(Kind::Date),
        Some(b' ' | b'T') if two(11)? < 25 && (b.len() == 13 || b[13] == b':') => Some(Kind::Timestamp),
        _ => None,
    }
}

/// Counts a cell that [`date_or_time`] told the kind of.
#[inline]
pub(super) fn date(kind: Kind, b: &[u8], counts: &mut Counts) {
    bump(counts, kind);
    // before 2005
    if kind != Kind::Timestamp && b[..4] < b"2005"[..] {
        bump(counts, Kind::DateOld);
    }
}

/// Counts a cell such as 1979年6月27日 or 1979年6月, of so many Han characters; false when it is none.
#[inline]
pub(super) fn han_date(c: &[char], hans: usize, counts: &mut Counts) -> bool {
    let n = c.len();
    if n < 8 || c[4] != '年' || hans > 3 || !c[..4].iter().all(char::is_ascii_digit) {
        return false;
    }
    bump(counts, if hans == 3 && c[n - 1] == '日' { Kind::Date } else { Kind::DatePart });
    // before 2005
    if c[..4] < ['2', '0', '0', '5'][..] {
        bump(counts, Kind::DateOld);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::Kind;

    #[test]
    fn days_by_shape() {
        for (value, kind) in [
            ("1979-06-27", Kind::Date),
            ("1979年6月27日", Kind::Date),
            ("2025-12-05 00:33:35", Kind::Timestamp),
            ("2012-11-23T11:20", Kind::Timestamp),
            ("1928", Kind::DatePart),
        ] {
            check(value, kind);
        }
    }
}
