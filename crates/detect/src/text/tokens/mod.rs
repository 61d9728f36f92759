//! Everything with letters and digits: where a token begins, and which reader it goes to.

mod days;
mod groups;
mod identifiers;
mod mixed;
mod net;
mod numbers;

use codes::divisions;

use super::{Found, Scanner};
use crate::words::numbers::{CASE_WORDS, ID_WORDS, PERMIT_WORDS, PNR_WORDS, RECORD_WORDS, THINGS};

/// Longest identifier in bare characters.
const LONG: usize = 24;

/// Bare upper-case ASCII of a part of the text.
struct Bare {
    bytes: [u8; LONG],
    len: usize,
}

impl Bare {
    #[inline]
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

    /// One when a plus stands before a place, as before the 86 of a telephone number.
    fn plus(&self, at: usize) -> usize {
        usize::from(at > 0 && self.c[at - 1] == '+')
    }
}
