//! Masking by class: what stays is what people need to tell records apart, never enough to guess the rest.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What stays of a value.
#[derive(Clone, Copy)]
enum Rule {
    /// The first so many letters and digits and the last so many; separators stay where they are.
    Ends(usize, usize),
    /// The first so many characters.
    Head(usize),
    /// A mobile number's first three and last four digits, and its country code.
    Mobile,
    /// What follows the `@`.
    Domain,
    /// Half of an address's network part.
    Network,
    /// Nothing, not even the length: few values are possible, and one letter or the length would tell which.
    Nothing,
}

/// With fewer hidden letters and digits than this, nothing of a number stays: three digits are a thousand guesses.
const LEAST_HIDDEN: usize = 4;

/// A label that is not here keeps its first character.
const RULES: [(&str, Rule); 26] = [
    ("PERSON", Rule::Head(1)),
    ("PHONE_CN", Rule::Mobile),
    ("PHONE_LANDLINE", Rule::Ends(0, 4)),
    ("ID_CN", Rule::Ends(2, 0)),
    ("BANK_CARD", Rule::Ends(0, 4)),
    ("PASSPORT_CN", Rule::Ends(1, 0)),
    ("PLATE_CN", Rule::Ends(2, 0)),
    ("VIN", Rule::Ends(3, 0)),
    ("IMEI", Rule::Ends(8, 0)),
    ("EMAIL", Rule::Domain),
    ("IP", Rule::Network),
    ("ADDRESS", Rule::Head(2)),
    ("BIRTH_DATE", Rule::Ends(4, 0)),
    ("DATE", Rule::Ends(4, 0)),
    ("TIMESTAMP", Rule::Ends(4, 0)),
    ("GENDER", Rule::Nothing),
    ("NATIONALITY", Rule::Nothing),
    ("INITIALS", Rule::Nothing),
    ("AGE", Rule::Nothing),
    ("AMOUNT", Rule::Nothing),
    ("SALARY", Rule::Nothing),
    ("CREDIT_SCORE", Rule::Nothing),
    ("HEALTH", Rule::Nothing),
    ("GEO", Rule::Nothing),
    ("TRACK", Rule::Nothing),
    ("FREE_TEXT", Rule::Nothing),
];

/// Appends the masked form of `value`, a value of class `label`, to `out`.
///
/// A value too short for its rule is starred wholly, and so is one that has not the form of its class. Only an empty value and one
/// that holds nothing but stars where stars go come out as they went in.
pub fn mask(label: &str, value: &str, out: &mut String) {
    if value.is_empty() {
        return;
    }
    let rule = RULES.iter().find(|(name, _)| *name == label);
    match rule.map_or(Rule::Head(1), |(_, rule)| *rule) {
        Rule::Ends(first, last) => ends(value, first, last, out),
        Rule::Head(first) => head(value, first, out),
        Rule::Mobile => ends(value, country_code(value) + 3, 4, out),
        Rule::Domain => domain(value, out),
        Rule::Network => network(value, out),
        Rule::Nothing => out.push_str("***"),
    }
}

fn stars(value: &str, out: &mut String) {
    out.extend(value.chars().map(|_| '*'));
}

fn head(value: &str, first: usize, out: &mut String) {
    match value.char_indices().nth(first) {
        Some((cut, _)) => {
            out.push_str(&value[..cut]);
            stars(&value[cut..], out);
        }
        None => stars(value, out),
    }
}

fn ends(value: &str, first: usize, last: usize, out: &mut String) {
    let total = value.chars().filter(|c| c.is_alphanumeric()).count();
    if total < first + last + LEAST_HIDDEN {
        return stars(value, out);
    }
    let mut place = 0;
    out.extend(value.chars().map(|c| {
        if !c.is_alphanumeric() {
            return c;
        }
        place += 1;
        if place <= first || place > total - last { c } else { '*' }
    }));
}

/// How many digits of a mobile number are the country code 86, written with or without 00.
fn country_code(value: &str) -> usize {
    let mut digits = [0_u8; 15];
    let mut count = 0;
    for digit in value.bytes().filter(u8::is_ascii_digit) {
        if let Some(place) = digits.get_mut(count) {
            *place = digit;
        }
        count += 1;
    }
    match count {
        13 if digits.starts_with(b"861") => 2,
        15 if digits.starts_with(b"00861") => 4,
        _ => 0,
    }
}

fn domain(value: &str, out: &mut String) {
    match value.trim().rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && is_host(domain) => {
            out.push_str("***@");
            out.push_str(domain);
        }
        _ => stars(value, out),
    }
}

fn is_host(text: &str) -> bool {
    text.contains('.') && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

fn network(value: &str, out: &mut String) {
    use std::fmt::Write as _;
    let value = value.trim();
    // Writing to a string cannot fail.
    if let Ok(address) = value.parse::<Ipv4Addr>() {
        let [a, b, ..] = address.octets();
        let _ = write!(out, "{a}.{b}.*.*");
    } else if let Ok(address) = value.parse::<Ipv6Addr>() {
        let [a, b, ..] = address.segments();
        let _ = write!(out, "{a:x}:{b:x}:*");
    } else {
        stars(value, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masked(label: &str, value: &str) -> String {
        let mut out = String::new();
        mask(label, value, &mut out);
        out
    }

    #[test]
    fn each_class_keeps_what_its_rule_says() {
        let cases = [
            ("PERSON", "欧阳娜娜", "欧***"),
            ("PERSON", "王芳", "王*"),
            ("PERSON", "王", "*"),
            ("PERSON", "Zhang San", "Z********"),
            ("PHONE_CN", "13812345678", "138****5678"),
            ("PHONE_CN", "138-1234-5678", "138-****-5678"),
            ("PHONE_CN", "+86 138 1234 5678", "+86 138 **** 5678"),
            ("PHONE_CN", "008613812345678", "0086138****5678"),
            ("PHONE_CN", "1381234567", "**********"),
            ("PHONE_LANDLINE", "0755-26001234", "****-****1234"),
            ("ID_CN", "11010519491231002X", "11****************"),
            ("BANK_CARD", "6222 0212 3456 7890 123", "**** **** **** ***0 123"),
            ("BANK_CARD", "7890", "****"),
            ("BANK_CARD", "1234567", "*******"),
            ("PASSPORT_CN", "E12345678", "E********"),
            ("PLATE_CN", "京A12345", "京A*****"),
            ("VIN", "LSVAM4187C2184841", "LSV**************"),
            ("IMEI", "490154203237518", "49015420*******"),
            ("EMAIL", "zhang.san@example.com", "***@example.com"),
            ("EMAIL", "a@b", "***"),
            ("EMAIL", "no address", "**********"),
            ("IP", "192.168.1.17", "192.168.*.*"),
            ("IP", "2001:db8::17", "2001:db8:*"),
            ("IP", "192.168.1", "*********"),
            ("ADDRESS", "上海市浦东新区", "上海*****"),
            ("BIRTH_DATE", "1979-06-27", "1979-**-**"),
            ("GENDER", "男", "***"),
            ("GENDER", "female", "***"),
            ("HEALTH", "糖尿病", "***"),
            ("MEDICAL_RECORD_NO", "A0012", "A****"),
            ("NEVER_HEARD_OF", "x", "*"),
            ("PERSON", "", ""),
        ];
        for (label, value, expected) in cases {
            assert_eq!(masked(label, value), expected, "{label}");
        }
    }

    proptest! {
        #[test]
        fn a_value_never_comes_out_as_it_went_in(label in labels(), value in "[^*]{2,40}") {
            prop_assert_ne!(masked(label, &value), value);
        }

        #[test]
        fn values_of_the_right_form_neither(label in labels(), value in "(\\+86 )?1[0-9]{10}|[0-9]{15,19}|[a-z]{1,9}@[a-z]{1,9}\\.cn|[1-9]{1,3}\\.0\\.0\\.[0-9]") {
            let out = masked(label, &value);
            prop_assert_ne!(&out, &value);
            prop_assert!(out.contains('*'));
        }

        #[test]
        fn at_least_four_digits_of_a_number_are_hidden(label in labels(), value in "[0-9]{1,20}") {
            let hidden = masked(label, &value).chars().filter(|c| *c == '*').count();
            let rule = RULES.iter().find(|(name, _)| *name == label).map(|(_, rule)| rule);
            if matches!(rule, Some(Rule::Ends(..) | Rule::Mobile)) {
                prop_assert!(hidden >= LEAST_HIDDEN.min(value.len()));
            }
        }

        #[test]
        fn what_is_there_already_stays(value in ".{0,20}") {
            let mut out = "before".to_owned();
            mask("PERSON", &value, &mut out);
            prop_assert!(out.starts_with("before"));
        }
    }

    fn labels() -> impl Strategy<Value = &'static str> {
        let known = RULES.iter().map(|(label, _)| *label).chain(["NONE"]);
        prop::sample::select(known.collect::<Vec<_>>())
    }
}
