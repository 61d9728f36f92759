//! Issuer prefixes of bank cards.

use std::sync::OnceLock;

/// Kind of a card.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub enum Kind {
    /// Debit.
    Debit,
    /// Credit.
    Credit,
    /// Semi-credit.
    SemiCredit,
    /// Prepaid.
    Prepaid,
}

/// A prefix with the length and kind of its cards.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub struct Prefix {
    /// The leading digits.
    pub digits: &'static str,
    /// Digits of a whole number.
    pub length: u8,
    /// Kind of the card.
    pub kind: Kind,
}

struct Table {
    prefixes: Vec<Prefix>,
    /// One bit per first four digits that some prefix begins with, so that most numbers need no search.
    heads: Vec<u64>,
    /// prefix number, digits of the prefix, length of the card
    sorted: Vec<(u64, u8, u8)>,
    lengths: Vec<u8>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut prefixes = Vec::new();
        for line in include_str!("../../../taxonomy/data/bins.txt").lines().filter(|l| !l.starts_with('#')) {
            let Some((head, list)) = line.split_once(' ') else {
                continue;
            };
            let (length, kind) = head.split_at(head.len() - 1);
            let kind = match kind {
                "C" => Kind::Credit,
                "S" => Kind::SemiCredit,
                "P" => Kind::Prepaid,
                _ => Kind::Debit,
            };
            let length = length.parse().unwrap_or(0);
            prefixes.extend(list.split(' ').map(|digits| Prefix { digits, length, kind }));
        }
        let mut heads = vec![0u64; 10_000usize.div_ceil(64)];
        let mut sorted = Vec::new();
        for p in &prefixes {
            let n: u64 = p.digits.parse().unwrap_or(0);
            let digits = p.digits.len() as u32;
            sorted.push((n, digits as u8, p.length));
            let spread = 10u64.pow(4u32.saturating_sub(digits));
            let head = if digits >= 4 { n / 10u64.pow(digits - 4) } else { n * spread };
            for h in head..head + spread {
                heads[(h / 64) as usize] |= 1 << (h % 64);
            }
        }
        sorted.sort_unstable();
        sorted.dedup();
        let mut lengths: Vec<u8> = sorted.iter().map(|s| s.1).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Table { prefixes, heads, sorted, lengths }
    })
}

/// Every prefix of the table.
pub fn prefixes() -> &'static [Prefix] {
    &table().prefixes
}

/// Whether bare digits begin with a prefix of the table and have its length.
#[inline]
pub fn known_prefix(digits: &[u8]) -> bool {
    if !(13..=19).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |n: u8| digits[..usize::from(n)].iter().fold(0u64, |v, &d| v * 10 + u64::from(d - b'0'));
    let head = number(4);
    let table = table();
    table.heads[(head / 64) as usize] & (1 << (head % 64)) != 0
        && table.lengths.iter().any(|&n| table.sorted.binary_search(&(number(n), n, digits.len() as u8)).is_ok())
}

/// Whether bare digits can be a card number: a prefix of the table, UnionPay 62 (16 to 19 digits), or an international scheme
/// (ISO/IEC 7812: Visa 4, Mastercard 51 to 55 and 2221 to 2720, American Express 34 and 37, JCB 3528 to 3589, Diners 36 and 38).
#[inline]
pub fn issued(digits: &[u8]) -> bool {
    if digits.len() < 13 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let head = digits[..4].iter().fold(0u32, |n, &d| n * 10 + u32::from(d - b'0'));
    match (head, digits.len()) {
        (6200..=6299, 16..=19)
        | (4000..=4999 | 5100..=5599 | 2221..=2720 | 3528..=3589, 16)
        | (3400..=3499 | 3700..=3799, 15)
        | (3600..=3699 | 3800..=3899, 14) => true,
        _ => known_prefix(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_lengths() {
        assert!(prefixes().len() > 1_600);
        for (digits, expected) in [
            ("6228480000000000000", true), // nineteen, in the table
            ("62284800000000000", true),   // UnionPay by its number range
            ("4111111111111111", true),
            ("378282246310005", true),
            ("1234567890123456", false),
            ("000000001234567890", false),
        ] {
            assert_eq!(issued(digits.as_bytes()), expected, "{digits}");
        }
        assert!(known_prefix(b"6228480000000000000") && !known_prefix(b"1111111111111111"));
    }
}
