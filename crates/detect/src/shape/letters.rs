//! Cells of letters without a digit: words, codes of countries and currencies, names in Latin letters, diseases in English.

use codes::{countries, names};

use super::kinds::{Counts, Kind, bump};
use super::{Ascii, LONGEST, str_of};
use crate::words::health::DISEASE_ENGLISH;

/// Counts a cell without digits; true when it is running text.
#[inline]
pub(super) fn letters(a: &Ascii<'_>, counts: &mut Counts) -> bool {
    let b = a.b;
    let alpha = a.upper + a.lower;
    if alpha == b.len() && !b.is_empty() {
        bump(counts, Kind::Word);
        if b.len() <= 7 && is_gender(b) {
            bump(counts, Kind::Gender);
        }
        if a.lower == 0 && (2..=4).contains(&b.len()) {
            bump(counts, Kind::Initials);
            if countries::is_country(b) {
                bump(counts, Kind::Country);
            }
            if countries::is_currency(b) {
                bump(counts, Kind::Currency);
            }
        }
    }
    if b.contains(&b'\\') && a.spaces == 0 && b.len() > 4 {
        bump(counts, Kind::Login);
    }
    if alpha > 3 {
        if english_disease(b) {
            bump(counts, Kind::Health);
        } else if (1..=3).contains(&a.spaces) && alpha + a.spaces + a.hyphens + a.dots == b.len() {
            latin_name(b, counts);
        }
    }
    let text = a.spaces >= 3 && b.len() >= 20;
    if text {
        bump(counts, Kind::Text);
    }
    text
}

fn is_gender(b: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] = [b"m", b"f", b"male", b"female", b"man", b"woman", b"unknown", b"u", b"other"];
    WORDS.iter().any(|w| w.eq_ignore_ascii_case(b))
}

fn english_disease(b: &[u8]) -> bool {
    let mut lower = [0u8; LONGEST];
    let lower = &mut lower[..b.len()];
    lower.copy_from_slice(b);
    lower.make_ascii_lowercase();
    let text = str_of(lower);
    text.split([' ', '/']).any(|word| DISEASE_ENGLISH.iter().any(|end| word.len() > 3 && word.ends_with(end)))
}

/// Words that each begin with a capital, as names in Latin letters do; with pinyin syllables when all words are such.
fn latin_name(b: &[u8], counts: &mut Counts) {
    let text = str_of(b);
    let capital = |w: &str| w.starts_with(|c: char| c.is_ascii_uppercase());
    let words = || text.split(' ').filter(|w| !w.is_empty());
    if words().count() < 2 || !words().all(capital) || words().any(|w| w.len() > 16) {
        return;
    }
    bump(counts, Kind::LatinName);
    if words().all(|w| names::is_pinyin(&w.to_ascii_lowercase())) {
        bump(counts, Kind::PinyinName);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::Kind;

    #[test]
    fn letters_by_shape() {
        for (value, kind) in
            [("F", Kind::Gender), ("CHN", Kind::Country), ("CNY", Kind::Currency), ("Zhang Wei", Kind::PinyinName)]
        {
            check(value, kind);
        }
    }
}
