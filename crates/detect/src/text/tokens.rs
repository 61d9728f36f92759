//! Everything with letters and digits.

use codes::check::{self, Verdict};
use codes::{cards, divisions};

use super::{Found, Scanner};
use crate::words::{
    AGE_AFTER, AGE_BEFORE, BIRTH_WORDS, BORN_AFTER, CARD_WORDS, CASE_WORDS, GEO_WORDS, ID_WORDS, IMEI_WORDS,
    MONEY_AFTER, MONEY_BEFORE, PASSPORT_WORDS, PERMIT_WORDS, PHONE_WORDS, PNR_WORDS, RECORD_WORDS, THINGS,
    VERSION_WORDS,
};

/// Longest identifier in bare characters.
const LONG: usize = 24;

/// Groups of digits as people write identifiers, the parts' lengths.
const GROUPED: [(&[usize], Shape); 18] = [
    (&[6, 8, 4], Shape::Id),
    (&[6, 4, 4, 4], Shape::Id),
    (&[6, 4, 2, 2, 4], Shape::Id),
    (&[3, 4, 4], Shape::Mobile),
    (&[3, 3, 5], Shape::Mobile),
    (&[3, 8], Shape::MobileOrLandline),
    (&[2, 11], Shape::Mobile86),
    (&[2, 3, 4, 4], Shape::Mobile86),
    (&[2, 3, 8], Shape::Landline86),
    (&[2, 2, 8], Shape::Landline86),
    (&[4, 4, 4, 4, 3], Shape::Card),
    (&[4, 4, 4, 4, 2], Shape::Card),
    (&[4, 4, 4, 4, 1], Shape::Card),
    (&[4, 4, 4, 4], Shape::Card),
    (&[6, 13], Shape::Card),
    (&[4, 8], Shape::Landline),
    (&[4, 7], Shape::Landline),
    (&[4, 4, 4], Shape::Landline),
];

#[derive(Copy, Clone, Eq, PartialEq)]
enum Shape {
    Id,
    Mobile,
    Mobile86,
    MobileOrLandline,
    Landline,
    Landline86,
    Card,
}

/// Bare upper-case ASCII of a part of the text.
struct Bare {
    bytes: [u8; LONG],
    len: usize,
}

impl Bare {
    fn of(part: &[char]) -> Option<Self> {
        let mut bytes = [0; LONG];
        let mut len = 0;
        for c in part.iter().filter(|c| c.is_ascii_alphanumeric()) {
            *bytes.get_mut(len)? = c.to_ascii_uppercase() as u8;
            len += 1;
        }
        Some(Self { bytes, len })
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Scanner<'_> {
    /// Reads every token once, left to right.
    pub(super) fn tokens(&mut self) {
        let mut at = 0;
        while at < self.c.len() {
            let c = self.c[at];
            at = if c.is_ascii_alphanumeric() {
                self.token(at).max(at + 1)
            } else if divisions::is_plate_province(c) && self.c.get(at + 1).is_some_and(char::is_ascii_uppercase) {
                self.plate(at).unwrap_or(at + 1)
            } else {
                at + 1
            };
        }
    }

    fn run(&self, from: usize, fits: impl Fn(char) -> bool) -> usize {
        from + self.c[from..].iter().take_while(|&&c| fits(c)).count()
    }

    /// A token that begins here; the place to go on from.
    fn token(&mut self, at: usize) -> usize {
        let end = self.run(at, |c| c.is_ascii_alphanumeric());
        if let Some(next) = self.email(at).or_else(|| self.ip(at, end)) {
            return next;
        }
        if let Some(next) = self.by_context(at) {
            return next;
        }
        if self.c[at].is_ascii_digit() {
            if let Some(next) = self.day(at) {
                return next;
            }
            let digits = self.run(at, |c| c.is_ascii_digit());
            if digits == end
                || (digits - at == 17 && matches!(self.c[digits], 'X' | 'x') && end == digits + 1)
                || (end - at < 6 && self.c.get(end) == Some(&'-'))
            {
                return self.number(at, end);
            }
            // 2026年, 399号, 25岁 have Han behind them and ended above; 10mg and 3D end here
        }
        self.code(at, end);
        end
    }

    /// Whether the words before say that this is the number of a thing, not of a person.
    fn is_thing(&self, at: usize) -> bool {
        self.before(at, &THINGS) > 0 && self.before(at, &ID_WORDS) == 0
    }

    fn email(&mut self, at: usize) -> Option<usize> {
        let local = self.run(at, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-'));
        if self.c.get(local) != Some(&'@') || local - at > 64 {
            return None;
        }
        let mut end = self.run(local + 1, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
        while matches!(self.c[end - 1], '.' | '-') {
            end -= 1;
        }
        let text: String = self.c[at..end].iter().collect();
        if !check::email(&text).is_valid() {
            return None;
        }
        self.add(at, end, Found::Email, 0.99, true);
        Some(end)
    }

    fn ip(&mut self, at: usize, end: usize) -> Option<usize> {
        let next = *self.c.get(end)?;
        let long = match next {
            '.' if end - at <= 3 => self.run(at, |c| c.is_ascii_digit() || c == '.'),
            ':' => self.run(at, |c| c.is_ascii_hexdigit() || c == ':'),
            _ => return None,
        };
        if long - at > 45 || long < end || self.c.get(long).is_some_and(char::is_ascii_alphanumeric) {
            return None;
        }
        let text: String = self.c[at..long].iter().collect();
        let text = text.trim_end_matches(['.', ':']);
        if !check::ip(text).is_valid() || self.before(at, &VERSION_WORDS) > 0 {
            return None;
        }
        self.add(at, at + text.len(), Found::Ip, 0.97, true);
        Some(at + text.len())
    }

    /// Tokens that only the word before them explains.
    fn by_context(&mut self, at: usize) -> Option<usize> {
        let end = self.run(at, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/'));
        let digits = self.c[at..end].iter().filter(|c| c.is_ascii_digit()).count();
        let len = end - at;
        if self.before(at, &RECORD_WORDS) > 0 && (4..=20).contains(&len) && digits >= 3 {
            self.add(at, end, Found::RecordNo, 0.9, true);
            return Some(end);
        }
        if self.before(at, &CASE_WORDS) > 0 && (5..=40).contains(&len) && digits >= 3 {
            self.add(at, end, Found::CaseId, 0.85, true);
            return Some(end);
        }
        if self.before(at, &PNR_WORDS) > 0
            && (5..=6).contains(&len)
            && self.c[at..end].iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        {
            self.add(at, end, Found::Pnr, 0.85, true);
            return Some(end);
        }
        if self.before(at, &PERMIT_WORDS) > 0 && (8..=18).contains(&len) && digits >= 7 {
            self.add(at, end, Found::Permit, 0.85, true);
            return Some(end);
        }
        None
    }

    /// A day, with or without a time of day: 2026-07-21, 2026/7/21, 2026年7月21日.
    fn day(&mut self, at: usize) -> Option<usize> {
        let number = |s: &Self, from: usize, most: usize| -> Option<(u32, usize)> {
            let end = s.run(from, |c| c.is_ascii_digit());
            (end > from && end - from <= most)
                .then(|| (s.c[from..end].iter().fold(0, |n, c| n * 10 + c.to_digit(10).unwrap_or(0)), end))
        };
        let (year, mut end) = number(self, at, 4)?;
        let mark = *self.c.get(end)?;
        if end - at != 4 || !matches!(mark, '-' | '/' | '.' | '年') {
            return None;
        }
        let (month, next) = number(self, end + 1, 2)?;
        let expected = if mark == '年' { '月' } else { mark };
        if self.c.get(next) != Some(&expected) {
            return None;
        }
        let (day, next) = number(self, next + 1, 2)?;
        if !check::date_ymd(year, month, day) {
            return None;
        }
        end = next;
        if mark == '年' && self.c.get(end) == Some(&'日') {
            end += 1;
        } else if self.c.get(end).is_some_and(|&c| c == '-' || c.is_ascii_alphabetic() && c != 'T') {
            return None;
        }
        // a time of day
        let mut time = end;
        if self.c.get(end).is_some_and(|c| matches!(c, ' ' | 'T'))
            && let Some((hour, colon)) = number(self, end + 1, 2)
            && hour < 25
            && self.c.get(colon) == Some(&':')
        {
            time = self.run(colon, |c| c.is_ascii_digit() || matches!(c, ':' | '.'));
        }
        let born = self.before(at, &BIRTH_WORDS) > 0 || self.starts_with(end, &BORN_AFTER) > 0;
        let (found, end) = if time > end {
            (Found::Timestamp, time)
        } else if born {
            (Found::BirthDate, end)
        } else {
            (Found::Date, end)
        };
        self.add(at, end, found, 0.9, true);
        Some(end)
    }

    /// Digits, alone or in groups.
    fn number(&mut self, at: usize, end: usize) -> usize {
        // a part of a decimal number or of a longer code is no identifier
        let glued_before =
            at > 0 && (self.c[at - 1] == '_' || (self.c[at - 1] == '.' && at > 1 && self.c[at - 2].is_ascii_digit()));
        if self.c.get(end) == Some(&'.') && self.c.get(end + 1).is_some_and(char::is_ascii_digit) {
            return self.decimal(at, end);
        }
        if glued_before {
            return end;
        }
        if let Some(next) = self.groups(at) {
            return next;
        }
        if self.c.get(end) == Some(&'_') {
            return end;
        }
        self.plain(at, end);
        end
    }

    fn decimal(&mut self, at: usize, dot: usize) -> usize {
        let end = self.run(dot + 1, |c| c.is_ascii_digit());
        let places = end - dot - 1;
        let whole: u32 = self.c[at..dot].iter().take(5).fold(0, |n, c| n * 10 + c.to_digit(10).unwrap_or(0));
        if self.is_amount(at, end) {
            self.add(at, end, Found::Amount, 0.7, true);
        } else if whole <= 180
            && (places >= 3 || self.out.last().is_some_and(|r| r.found == Found::Geo && r.end + 1 == at))
        {
            let pair_before = at >= 2 && self.c[at - 1] == ',' && self.c[at - 2].is_ascii_digit();
            let pair_after = matches!(self.c.get(end), Some(',' | '，' | ' '))
                && self.c[end..].iter().take(3).any(char::is_ascii_digit)
                && places >= 4;
            let minus = usize::from(at > 0 && self.c[at - 1] == '-');
            if self.before(at - minus, &GEO_WORDS) > 0
                || self.out.last().is_some_and(|r| r.found == Found::Geo && r.end + 1 == at)
                || ((pair_before || pair_after) && places >= 4)
            {
                self.add(at - minus, end, Found::Geo, 0.85, true);
            }
        }
        end
    }

    fn is_amount(&self, at: usize, end: usize) -> bool {
        self.starts_with(end, &MONEY_AFTER) > 0
            || (at > 0 && matches!(self.c[at - 1], '¥' | '￥' | '$' | '€' | '£'))
            || self.before(at, &MONEY_BEFORE) > 0
    }

    /// Digits in groups with one space or hyphen between them.
    fn groups(&mut self, at: usize) -> Option<usize> {
        let mut lens = [0usize; 6];
        let mut ends = [0usize; 6];
        let mut n = 0;
        let mut from = at;
        while n < 6 {
            let end = self.run(from, |c| c.is_ascii_digit());
            if end == from {
                break;
            }
            lens[n] = end - from;
            ends[n] = end;
            n += 1;
            let bracket = usize::from(n == 1 && at > 0 && self.c[at - 1] == '(' && self.c.get(end) == Some(&')'));
            match self.c.get(end + bracket) {
                Some(' ' | '-' | '–') if self.c.get(end + bracket + 1).is_some_and(char::is_ascii_digit) => {
                    from = end + bracket + 1;
                }
                Some(c) if bracket == 1 && c.is_ascii_digit() => from = end + 1,
                _ => break,
            }
        }
        // an identity number's last group may end in X
        let x = matches!(self.c.get(ends[n.checked_sub(1)?]), Some('X' | 'x'));
        if n < 2 {
            return None;
        }
        if x && n >= 2 {
            lens[n - 1] += 1;
            ends[n - 1] += 1;
        }
        for (shape_lens, shape) in GROUPED {
            let k = shape_lens.len();
            if k > n
                || lens[..k] != *shape_lens
                || (k < n && shape != Shape::Landline && shape != Shape::MobileOrLandline)
            {
                continue;
            }
            let end = ends[k - 1];
            if self.c.get(end).is_some_and(char::is_ascii_alphanumeric) {
                continue;
            }
            let bare = Bare::of(&self.c[at..end])?;
            if self.grouped(at, end, &bare, shape) {
                return Some(end);
            }
        }
        None
    }

    fn grouped(&mut self, at: usize, end: usize, bare: &Bare, shape: Shape) -> bool {
        let b = bare.as_bytes();
        let thing = self.is_thing(at);
        match shape {
            Shape::Id => {
                let verdict = check::resident_18(b);
                if verdict != Verdict::No {
                    self.add(at, end, Found::IdCn, if verdict.is_valid() { 0.99 } else { 0.6 }, verdict.is_valid());
                }
                verdict != Verdict::No
            }
            Shape::Mobile | Shape::MobileOrLandline if check::mobile_bytes(b) && !thing => {
                self.add(at, end, Found::PhoneCn, 0.95, true);
                true
            }
            Shape::Mobile86 if b.starts_with(b"86") && check::mobile_bytes(&b[2..]) => {
                let plus = usize::from(at > 0 && self.c[at - 1] == '+');
                self.add(at - plus, end, Found::PhoneCn, 0.97, true);
                true
            }
            Shape::Landline86 if b.starts_with(b"86") && at > 0 && self.c[at - 1] == '+' => {
                self.add(at - 1, end, Found::Landline, 0.9, true);
                true
            }
            Shape::Landline | Shape::MobileOrLandline if check::landline_bytes(b) && !thing => {
                let open = usize::from(at > 0 && self.c[at - 1] == '(' && self.c[at..end].contains(&')'));
                self.add(at - open, end, Found::Landline, 0.93, true);
                true
            }
            Shape::Card if cards::issued(b) => {
                let holds = check::luhn(b);
                if holds && !thing || cards::known_prefix(b) {
                    self.add(at, end, Found::BankCard, if holds { 0.95 } else { 0.5 }, holds);
                    return true;
                }
                false
            }
            _ => false,
        }
    }

    /// Digits without gaps (or seventeen and an X).
    fn plain(&mut self, at: usize, end: usize) {
        let Some(bare) = Bare::of(&self.c[at..end]) else {
            return;
        };
        let b = bare.as_bytes();
        let thing = self.is_thing(at);
        match b.len() {
            18 => self.eighteen(at, end, b, thing),
            15 => {
                let imei = check::imei(std::str::from_utf8(b).unwrap_or(""));
                let named = self.before(at, &IMEI_WORDS) > 0;
                if imei.is_valid() && (named || !thing) && !check::resident_15(b) {
                    self.add(at, end, Found::Imei, 0.9, true);
                } else if check::resident_15(b) && !thing {
                    self.add(at, end, Found::IdCn, 0.8, true);
                } else if imei.is_valid() && !thing {
                    self.add(at, end, Found::Imei, 0.8, true);
                } else if named {
                    self.add(at, end, Found::Imei, 0.5, false);
                } else {
                    self.card(at, end, b, thing);
                }
            }
            11 if check::mobile_bytes(b) && !thing => self.add(at, end, Found::PhoneCn, 0.95, true),
            13 if b.starts_with(b"86") && check::mobile_bytes(&b[2..]) && !thing => {
                let plus = usize::from(at > 0 && self.c[at - 1] == '+');
                self.add(at - plus, end, Found::PhoneCn, 0.95, true);
            }
            11 | 12 if check::landline_bytes(b) && self.before(at, &PHONE_WORDS) > 0 => {
                self.add(at, end, Found::Landline, 0.9, true);
            }
            7 | 8 if matches!(b[0], b'2'..=b'8') && self.before(at, &PHONE_WORDS) > 0 => {
                self.add(at, end, Found::Landline, 0.6, true);
            }
            13 | 14 | 16 | 17 | 19 => self.card(at, end, b, thing),
            1..=3 if self.starts_with(end, &AGE_AFTER) > 0 || self.before(at, &AGE_BEFORE) > 0 => {
                let years: u32 = b.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
                if years <= 130 {
                    self.add(at, end, Found::Age, 0.9, true);
                }
            }
            1..=9 if self.is_amount(at, end) => self.add(at, end, Found::Amount, 0.7, true),
            _ => {}
        }
    }

    /// Eighteen characters: an identity number, an organisation's code, or a card, in this order of proof.
    fn eighteen(&mut self, at: usize, end: usize, b: &[u8], thing: bool) {
        let id = check::resident_18(b);
        let uscc = check::uscc_bytes(b);
        if id.is_valid() {
            self.add(at, end, Found::IdCn, 0.99, true);
        } else if cards::issued(b) && check::luhn(b) && !matches!(b[0], b'1' | b'5' | b'9') {
            // no organisation's code begins like a card
            self.add(at, end, Found::BankCard, 0.9, true);
        } else if uscc.is_valid() && (id == Verdict::No || b[0] == b'9') && !b.starts_with(b"62") {
            self.add(at, end, Found::Uscc, 0.97, true);
        } else if cards::issued(b) && check::luhn(b) && !thing {
            self.add(at, end, Found::BankCard, 0.9, true);
        } else if id == Verdict::WrongCheck && !thing {
            self.add(at, end, Found::IdCn, 0.6, false);
        } else if uscc == Verdict::WrongCheck && matches!(b[..2], [b'9', b'1'..=b'3']) && !thing {
            self.add(at, end, Found::Uscc, 0.5, false);
        } else {
            self.card(at, end, b, thing);
        }
    }

    fn card(&mut self, at: usize, end: usize, b: &[u8], thing: bool) {
        if !cards::issued(b) {
            return;
        }
        let named = self.before(at, &CARD_WORDS) > 0;
        if check::luhn(b) && (named || !thing) {
            self.add(at, end, Found::BankCard, if named { 0.97 } else { 0.9 }, true);
        } else if named || (b.starts_with(b"62") && cards::known_prefix(b) && !thing) {
            self.add(at, end, Found::BankCard, 0.5, false);
        }
    }

    /// Letters and digits without gaps.
    fn code(&mut self, at: usize, end: usize) {
        let len = end - at;
        if !matches!(len, 8 | 9 | 11 | 17 | 18) || !self.c[at..end].iter().any(char::is_ascii_digit) {
            return;
        }
        // a part of a longer code
        if matches!(self.c.get(end), Some('_' | '-')) && self.c.get(end + 1).is_some_and(char::is_ascii_alphanumeric)
            || (at > 0 && matches!(self.c[at - 1], '_' | '-'))
        {
            return;
        }
        let Some(bare) = Bare::of(&self.c[at..end]) else {
            return;
        };
        let b = bare.as_bytes();
        let thing = self.is_thing(at);
        let lower = self.c[at..end].iter().any(char::is_ascii_lowercase);
        match len {
            17 => match check::vin_bytes(b) {
                Verdict::Valid => self.add(at, end, Found::Vin, 0.95, true),
                Verdict::WrongCheck if !thing => self.add(at, end, Found::Vin, 0.5, false),
                _ => {}
            },
            18 => match check::uscc_bytes(b) {
                Verdict::Valid => self.add(at, end, Found::Uscc, 0.97, true),
                Verdict::WrongCheck if !thing => self.add(at, end, Found::Uscc, 0.5, false),
                _ => {}
            },
            8 | 9 if check::passport_bytes(b) && !lower => {
                let named = self.before(at, &PASSPORT_WORDS) > 0;
                // E and G series are told by their shape; D, S and P are the marks of many other codes
                if named || (!thing && len == 9 && matches!(b[0], b'E' | b'G')) {
                    self.add(at, end, Found::Passport, if named { 0.97 } else { 0.8 }, true);
                }
            }
            9 | 11
                if matches!(b[0], b'H' | b'M')
                    && b[1..].iter().all(u8::is_ascii_digit)
                    && self.before(at, &PASSPORT_WORDS) > 0 =>
            {
                self.add(at, end, Found::Permit, 0.8, true);
            }
            _ => {}
        }
    }

    /// A number plate that begins here; the place to go on from.
    fn plate(&mut self, at: usize) -> Option<usize> {
        let mut end = at + 2;
        if matches!(self.c.get(end), Some('·' | '•' | ' ' | '-' | '.'))
            && self.c.get(end + 1).is_some_and(char::is_ascii_alphanumeric)
        {
            end += 1;
        }
        end = self.run(end, |c| c.is_ascii_alphanumeric());
        if matches!(self.c.get(end), Some('学' | '警' | '港' | '澳' | '挂')) {
            end += 1;
        }
        let text: String = self.c[at..end].iter().collect();
        if !check::plate_cn(&text).is_valid() {
            return None;
        }
        self.add(at, end, Found::Plate, 0.95, true);
        Some(end)
    }
}
