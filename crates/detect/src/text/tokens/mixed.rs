//! Letters and digits: vehicle numbers, organisations' codes, passports and permits, number plates.

use codes::check::{self, Verdict};

use super::Bare;
use crate::text::{Found, Scanner};
use crate::words::numbers::PASSPORT_WORDS;

impl Scanner<'_> {
    /// Letters and digits without gaps.
    pub(super) fn code(&mut self, at: usize, end: usize) {
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
    pub(super) fn plate(&mut self, at: usize) -> Option<usize> {
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
        let text = self.text(at, end);
        if !check::plate_cn(&text).is_valid() {
            return None;
        }
        self.add(at, end, Found::Plate, 0.95, true);
        Some(end)
    }
}
