//! What one cell looks like: one pass over its bytes to see which characters it has, then the validators that can fit.

use std::sync::OnceLock;

use codes::{check, countries, divisions, names, normalise::fold_width};

use crate::words::{DISEASE_ENDINGS, DISEASE_ENGLISH, HOSPITAL_ENDINGS, ORG_ENDINGS};
use codes::check::Verdict;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What is counted of the cells of a column. The order is part of the state's form: new kinds go to the end.
        #[derive(Copy, Clone, Eq, PartialEq, Debug)]
        #[repr(u8)]
        pub(crate) enum Kind { $($(#[$doc])* $name),* }
        pub(crate) const KINDS: usize = [$(Kind::$name),*].len();
    };
}

kinds! {
    IdValid, IdWrong, Mobile, Landline, PhoneForeign, Email, CardValid, CardWrong, Passport, Plate, VinValid, VinWrong, ImeiValid, ImeiWrong, Ip,
    UsccValid, UsccWrong, Permit, HongKongId, Iban,
    /// A day.
    Date,
    /// A day before 2005: most people in a table of adults.
    DateOld,
    /// Eight digits that are a day.
    DateCompact, Timestamp,
    /// A year, or a year and month.
    DatePart,
    /// A whole number; of these from 0 to 120, and from 300 to 1000.
    Int, IntAge, IntScore,
    /// A number with a decimal point; of these with two places, and with four or more within ±180.
    Decimal, Money, Coordinate, Gender, Country, Currency, HanName,
    /// A name with one of the 150 or so most frequent surnames.
    HanNameFrequent, LatinName, PinyinName, Address, Org, Hospital, Health, Icd,
    /// Longer text.
    Text,
    /// One word of letters.
    Word,
    /// Letters and digits.
    Code, Guid,
    /// Has asterisks, as masked values have.
    Masked,
    /// Has four digits or more.
    Digits, Mac, Initials, Han,
    /// One or two characters.
    Short, Login,
}

/// Counts by kind.
pub(crate) type Counts = [u64; KINDS];

/// Lanes of eight bits: which characters a cell has.
const DIGIT: u32 = 0;
const UPPER: u32 = 8;
const LOWER: u32 = 16;
const SPACE: u32 = 24;
const HYPHEN: u32 = 32;
const DOT: u32 = 40;
const OTHER: u32 = 48;
const HIGH: u32 = 56;

static LANE: [u64; 256] = {
    let mut table = [0u64; 256];
    let mut b = 0usize;
    while b < 256 {
        let c = b as u8;
        let lane = if c.is_ascii_digit() {
            DIGIT
        } else if c.is_ascii_uppercase() {
            UPPER
        } else if c.is_ascii_lowercase() {
            LOWER
        } else if c == b' ' {
            SPACE
        } else if c == b'-' {
            HYPHEN
        } else if c == b'.' {
            DOT
        } else if c >= 128 {
            HIGH
        } else {
            OTHER
        };
        table[b] = 1 << lane;
        b += 1;
    }
    table
};

/// Longest cell that is looked at as a value; longer ones are text.
const LONGEST: usize = 240;

struct Ascii<'a> {
    b: &'a [u8],
    digits: usize,
    upper: usize,
    lower: usize,
    spaces: usize,
    hyphens: usize,
    dots: usize,
    other: usize,
}

/// Counts a cell; true when it is running text that may hold anything.
#[inline]
pub(crate) fn classify(value: &str, counts: &mut Counts) -> bool {
    let value = value.trim_ascii();
    let b = value.as_bytes();
    if b.len() > LONGEST {
        bump(counts, Kind::Text);
        return true;
    }
    let lanes = b.iter().fold(0u64, |sum, &byte| sum + LANE[usize::from(byte)]);
    if lanes >> HIGH != 0 {
        return wide(value, counts);
    }
    ascii(b, lanes, counts)
}

#[inline]
fn bump(counts: &mut Counts, kind: Kind) {
    counts[kind as usize] += 1;
}

fn ascii(b: &[u8], lanes: u64, counts: &mut Counts) -> bool {
    let lane = |at: u32| (lanes >> at & 0xFF) as usize;
    let a = Ascii {
        b,
        digits: lane(DIGIT),
        upper: lane(UPPER),
        lower: lane(LOWER),
        spaces: lane(SPACE),
        hyphens: lane(HYPHEN),
        dots: lane(DOT),
        other: lane(OTHER),
    };
    if a.digits >= 4 {
        bump(counts, Kind::Digits);
    }
    if b.len() <= 2 {
        bump(counts, Kind::Short);
    }
    if a.other > 0 {
        if b.contains(&b'@') && check::email(str_of(b)).is_valid() {
            bump(counts, Kind::Email);
            return false;
        }
        if b.contains(&b'*') {
            bump(counts, Kind::Masked);
            return a.spaces > 3;
        }
    }
    if a.digits == 0 {
        return letters(&a, counts);
    }
    if a.upper + a.lower == 0 {
        return numeric(&a, counts);
    }
    mixed(&a, counts)
}

/// No digits at all.
fn letters(a: &Ascii<'_>, counts: &mut Counts) -> bool {
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

/// Digits, spaces, hyphens, dots and other marks, but no letters.
fn numeric(a: &Ascii<'_>, counts: &mut Counts) -> bool {
    let b = a.b;
    let n = b.len();
    if a.digits == n {
        digits(b, counts);
        return false;
    }
    if let Some(kind) = date_or_time(b) {
        date(kind, b, counts);
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
            verdict(check::resident_18(b), Kind::IdValid, Kind::IdWrong, counts);
            verdict(check::uscc_bytes(b), Kind::UsccValid, Kind::UsccWrong, counts);
            card(b, counts);
        }
        13 | 14 | 16 | 17 | 19 => card(b, counts),
        _ => {}
    }
}

fn card(b: &[u8], counts: &mut Counts) {
    if codes::cards::issued(b) {
        bump(counts, if check::luhn(b) { Kind::CardValid } else { Kind::CardWrong });
    }
}

fn verdict(v: Verdict, valid: Kind, wrong: Kind, counts: &mut Counts) {
    match v {
        Verdict::Valid => bump(counts, valid),
        Verdict::WrongCheck => bump(counts, wrong),
        Verdict::No => {}
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

/// Letters and digits.
fn mixed(a: &Ascii<'_>, counts: &mut Counts) -> bool {
    let b = a.b;
    let n = b.len();
    let letters = a.upper + a.lower;
    if let Some(kind) = date_or_time(b) {
        date(kind, b, counts);
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
            } else if b[0].is_ascii_uppercase() && check::hong_kong_id(str_of(b)).is_valid() {
                bump(counts, Kind::HongKongId);
            }
        }
        11 if matches!(b[0], b'H' | b'M') && a.digits == 10 => bump(counts, Kind::Permit),
        15..=34 if a.lower == 0 && b[0].is_ascii_uppercase() && check::iban(str_of(b)).is_valid() => {
            bump(counts, Kind::Iban);
        }
        3 if b[0].is_ascii_uppercase() && a.digits == 2 => bump(counts, Kind::Icd),
        _ => {}
    }
}

/// `Date` or `Timestamp` when bytes begin with a day and end with it, or go on with a time of day; `DatePart` for a year and month.
fn date_or_time(b: &[u8]) -> Option<Kind> {
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

fn date(kind: Kind, b: &[u8], counts: &mut Counts) {
    bump(counts, kind);
    // before 2005
    if kind != Kind::Timestamp && b[..4] < b"2005"[..] {
        bump(counts, Kind::DateOld);
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

/// Longest cell in characters that is looked at as a Chinese value.
const WIDE: usize = 80;

/// At least one character beyond ASCII.
fn wide(value: &str, counts: &mut Counts) -> bool {
    let mut buffer = ['\0'; WIDE];
    let mut n = 0;
    let mut han = 0usize;
    let mut stops = 0usize;
    for c in value.chars() {
        if n == WIDE {
            bump(counts, Kind::Han);
            bump(counts, Kind::Text);
            return true;
        }
        let c = fold_width(c);
        han += usize::from(is_han(c));
        stops += usize::from(matches!(c, ',' | ';' | '!' | '?' | ':' | '=' | '。' | '、' | '\n'));
        buffer[n] = c;
        n += 1;
    }
    let c = &buffer[..n];
    if han == 0 {
        let mut bytes = [0u8; WIDE];
        if c.iter().all(char::is_ascii) {
            for (b, c) in bytes.iter_mut().zip(c) {
                *b = *c as u8;
            }
            let b = bytes[..n].trim_ascii();
            return ascii(b, b.iter().fold(0u64, |sum, &byte| sum + LANE[usize::from(byte)]), counts);
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
    if n >= 8 && c[4] == '年' && han <= 3 && c[..4].iter().all(char::is_ascii_digit) {
        bump(counts, if han == 3 && c[n - 1] == '日' { Kind::Date } else { Kind::DatePart });
        if c[..4] < ['2', '0', '0', '5'][..] {
            bump(counts, Kind::DateOld);
        }
        return false;
    }
    if stops >= 2 || (stops == 1 && n > 12) {
        bump(counts, Kind::Text);
        return true;
    }
    han_value(c, han, counts)
}

/// A Chinese value without sentence marks.
fn han_value(c: &[char], han: usize, counts: &mut Counts) -> bool {
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
    if (2..=4).contains(&n) && han == n {
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
    if (4..=20).contains(&n) && c.contains(&'·') && han + 1 >= n {
        bump(counts, Kind::HanName);
        return false;
    }
    let text = n >= 12;
    bump(counts, if text { Kind::Text } else { Kind::Word });
    text
}

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

fn colons(b: &[u8]) -> usize {
    memchr::memchr_iter(b':', b).count()
}

/// ASCII bytes as text.
fn str_of(b: &[u8]) -> &str {
    std::str::from_utf8(b).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, kind: Kind) {
        let mut counts = [0; KINDS];
        classify(value, &mut counts);
        assert_eq!(counts[kind as usize], 1, "{value} is not {kind:?}");
    }

    #[test]
    fn cells_by_shape() {
        for (value, kind) in [
            ("11010519491231002X", Kind::IdValid),
            ("110105 19491231 002x", Kind::IdValid),
            ("110105194912310021", Kind::IdWrong),
            ("110105491231002", Kind::IdValid),
            ("+86 13800138000", Kind::Mobile),
            ("１３８００１３８０００", Kind::Mobile),
            ("138-0013-8000", Kind::Mobile),
            ("0983-84401223", Kind::Landline),
            ("697-555-0142", Kind::PhoneForeign),
            ("1 (11) 500 555-0132", Kind::PhoneForeign),
            ("ken0@adventure-works.com", Kind::Email),
            ("4111 1111 1111 1111", Kind::CardValid),
            ("EC6113712", Kind::Passport),
            ("津K0X113", Kind::Plate),
            ("苏KF13017", Kind::Plate),
            ("1M8GDM9AXKP042788", Kind::VinValid),
            ("490154203237518", Kind::ImeiValid),
            ("1.29.192.209", Kind::Ip),
            ("2001:db8::1", Kind::Ip),
            ("1979-06-27", Kind::Date),
            ("1979年6月27日", Kind::Date),
            ("2025-12-05 00:33:35", Kind::Timestamp),
            ("2012-11-23T11:20", Kind::Timestamp),
            ("1928", Kind::DatePart),
            ("101.280297", Kind::Coordinate),
            ("51809.85", Kind::Money),
            ("-3", Kind::Int),
            ("男", Kind::Gender),
            ("F", Kind::Gender),
            ("CHN", Kind::Country),
            ("CNY", Kind::Currency),
            ("孙建火", Kind::HanNameFrequent),
            ("Zhang Wei", Kind::PinyinName),
            ("天津市宁河区某某路399号", Kind::Address),
            ("众安贸易（中国）有限公司", Kind::Org),
            ("北京协安医院", Kind::Hospital),
            ("2型糖尿病", Kind::Health),
            ("高血压", Kind::Health),
            ("E11.9", Kind::Icd),
            ("138****8000", Kind::Masked),
            ("3F5AE95E-B87D-4AED-95B4-C3797AFCB74F", Kind::Guid),
        ] {
            check(value, kind);
        }
    }
}
