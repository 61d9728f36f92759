//! One form for one value: width, spaces, case, country prefix, old identity numbers.
//!
//! Of NFKC this does the part that occurs in keys (full-width forms and the ideographic space); composed letters are left as they are.

use std::borrow::Cow;

use crate::check;
use crate::taxonomy::ClassId;

/// A full-width form as its ASCII twin, the ideographic space as a space, every other character as it is.
#[inline]
pub fn fold_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from((c as u32 - 0xFEE0) as u8),
        '\u{3000}' | '\u{00A0}' => ' ',
        _ => c,
    }
}

/// Whether a character only separates groups of an identifier.
#[inline]
pub fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{200B}'..='\u{200D}' | '\u{FEFF}')
}

/// The form under which two writings of one key are equal; `None` when nothing is left.
///
/// Spaces go everywhere. Hyphens go only where they are mere grouping (identity, phone and card numbers): in a customer's or subject's
/// own key `1-11` and `11-1` are two persons, and nobody may be undercounted.
pub fn key<'a>(class: ClassId, value: &'a str) -> Option<Cow<'a, str>> {
    let label = class.label();
    let grouped = matches!(
        label,
        "ID_CN"
            | "PHONE_CN"
            | "PHONE_LANDLINE"
            | "PHONE_FOREIGN"
            | "BANK_CARD"
            | "PASSPORT_CN"
            | "PERMIT_HMT"
            | "HK_ID"
            | "IMEI"
    );
    let clean = value.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_lowercase() && b != b'-' && b != b'+');
    let folded: Cow<'a, str> = if clean {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(
            value
                .chars()
                .map(fold_width)
                .filter(|&c| !c.is_whitespace() && !(is_separator(c) && (grouped || c != '-')))
                .flat_map(char::to_uppercase)
                .collect(),
        )
    };
    if folded.is_empty() {
        return None;
    }
    Some(match label {
        "ID_CN" => match check::lift_15(folded.as_bytes()) {
            Some(lifted) => Cow::Owned(lifted.iter().map(|&b| char::from(b)).collect()),
            None => folded,
        },
        "PHONE_CN" => without_country(folded, |rest| rest.len() == 11 && rest.starts_with('1')),
        "PHONE_LANDLINE" => {
            let digits: String = folded.chars().filter(|c| !matches!(c, '(' | ')' | '（' | '）')).collect();
            match digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")) {
                Some(rest) if !rest.starts_with('0') => Cow::Owned(format!("0{rest}")),
                Some(rest) => Cow::Owned(rest.to_owned()),
                None => Cow::Owned(digits),
            }
        }
        _ => folded,
    })
}

fn without_country(value: Cow<'_, str>, fits: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let short = ["+86", "0086", "86", "+"]
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix).filter(|rest| fits(rest)))
        .map(str::to_owned);
    short.map_or(value, Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy;

    fn check(label: &str, value: &str, expected: Option<&str>) {
        let class = taxonomy().by_label(label).expect("a label of the taxonomy");
        assert_eq!(key(class, value).as_deref(), expected, "{label} {value}");
    }

    #[test]
    fn one_form_for_one_value() {
        check("PHONE_CN", "13800138000", Some("13800138000"));
        for same in
            ["+86 138-0013-8000", "0086 13800138000", "8613800138000", "１３８００１３８０００", " 138 0013 8000 "]
        {
            check("PHONE_CN", same, Some("13800138000"));
        }
        check("ID_CN", "11010519491231002x", Some("11010519491231002X"));
        check("ID_CN", "110105 19491231 002X", Some("11010519491231002X"));
        check("ID_CN", "110105491231002", Some("11010519491231002X"));
        check("EMAIL", "a-b@example.com", Some("A-B@EXAMPLE.COM"));
        check("CUSTOMER_KEY", "1-11", Some("1-11"));
        check("CUSTOMER_KEY", "11-1", Some("11-1"));
        check("SUBJECT_KEY", "01-701-1015", Some("01-701-1015"));
        check("PHONE_LANDLINE", "+86 10 6123-4567", Some("01061234567"));
        check("PHONE_LANDLINE", "(010)61234567", Some("01061234567"));
        check("PERSON", "张 三", Some("张三"));
        check("CUSTOMER_KEY", "　 ", None);
        check("CUSTOMER_KEY", "", None);
    }
}
