//! Cells of Han characters that endings, divisions and surnames explain.

use std::sync::OnceLock;

use codes::{divisions, names};

use super::kinds::{Counts, Kind, bump};
use crate::words::health::DISEASE_ENDINGS;
use crate::words::organisations::{HOSPITAL_ENDINGS, ORG_ENDINGS};

/// Counts a Chinese value without sentence marks, of so many Han characters; true when it is running text.
#[inline]
pub(super) fn han_value(c: &[char], hans: usize, counts: &mut Counts) -> bool {
    let n = c.len();
    let endings = endings_of(c[n - 1]);
    if n >= 4 && endings & 2 != 0 && HOSPITAL_ENDINGS.before(c) > 0 {
        bump(counts, Kind::Hospital);
        return false;
    }
    if n >= 4 && endings & 4 != 0 && ORG_ENDINGS.before(c) > 0 {
        bump(counts, Kind::Org);
        return false;
    }
    if (2..=20).contains(&n) && endings & 1 != 0 && DISEASE_ENDINGS.before(c) > 0 {
        bump(counts, Kind::Health);
        return false;
    }
    if n >= 6 && is_address(c) {
        bump(counts, Kind::Address);
        return false;
    }
    if (2..=4).contains(&n) && hans == n {
        let score = names::score(c);
        if score >= 30
            && !matches!(
                c[n - 1],
                '区' | '县' | '市' | '省' | '镇' | '乡' | '村' | '路' | '街' | '族' | '部' | '色' | '员' | '师'
            )
        {
            bump(counts, Kind::HanName);
            if names::surname_len(c) > 1 || names::info(c[0]).surname >= 8 {
                bump(counts, Kind::HanNameFrequent);
            }
        }
        bump(counts, Kind::Word);
        return false;
    }
    if (4..=20).contains(&n) && c.contains(&'·') && hans + 1 >= n {
        bump(counts, Kind::HanName);
        return false;
    }
    let text = n >= 12;
    bump(counts, if text { Kind::Text } else { Kind::Word });
    text
}

#[inline]
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{2FA1F}')
}

/// Which list has words that end with a character: 1 diseases, 2 hospitals, 4 other organisations.
#[inline]
fn endings_of(last: char) -> u8 {
    static TABLE: OnceLock<Vec<u8>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = vec![0u8; 0x9FFF - 0x4E00 + 1];
        for (list, bit) in [(&DISEASE_ENDINGS, 1u8), (&HOSPITAL_ENDINGS, 2), (&ORG_ENDINGS, 4)] {
            for last in list.last_chars() {
                if let Some(slot) = (last as usize).checked_sub(0x4E00).and_then(|i| table.get_mut(i)) {
                    *slot |= bit;
                }
            }
        }
        table
    });
    (last as usize).checked_sub(0x4E00).and_then(|i| table.get(i)).copied().unwrap_or(0)
}

/// Named divisions and a road, or a road with a number: an address.
fn is_address(c: &[char]) -> bool {
    let place = divisions::in_address(c);
    let rest = &c[place.chars.min(c.len())..];
    let road = rest.iter().any(|c| {
        matches!(
            c,
            '路' | '街' | '道' | '巷' | '弄' | '胡' | '村' | '镇' | '乡' | '号' | '室' | '栋' | '幢' | '屯' | '组'
        )
    });
    let number = rest
        .windows(2)
        .any(|w| w[0].is_ascii_digit() && matches!(w[1], '号' | '室' | '栋' | '幢' | '单' | '楼' | '弄' | '组' | '座'));
    (place.named >= 2 && (road || place.chars == c.len())) || (place.named == 1 && road) || (road && number)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::Kind;

    #[test]
    fn han_by_words() {
        for (value, kind) in [
            ("孙建火", Kind::HanNameFrequent),
            ("天津市宁河区某某路399号", Kind::Address),
            ("众安贸易（中国）有限公司", Kind::Org),
            ("北京协安医院", Kind::Hospital),
            ("2型糖尿病", Kind::Health),
            ("高血压", Kind::Health),
        ] {
            check(value, kind);
        }
    }
}
