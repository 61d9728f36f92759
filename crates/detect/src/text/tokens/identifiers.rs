//! Digits without gaps, told by their length and check digit and by the words around them.

use codes::cards;
use codes::check::{self, Verdict};

use super::Bare;
use crate::text::{Found, Scanner};
use crate::words::numbers::{AGE_AFTER, AGE_BEFORE, CARD_WORDS, IMEI_WORDS, PHONE_WORDS};

impl Scanner<'_> {
    /// Digits without gaps (or seventeen and an X).
    pub(super) fn plain(&mut self, at: usize, end: usize) {
        let Some(bare) = Bare::of(&self.c[at..end]) else {
            return;
        };
        let b = bare.as_bytes();
        let thing = self.is_thing(at);
        match b.len() {
            18 => self.eighteen(at, end, b, thing),
            15 => {
                let imei = check::imei_bytes(b);
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
                self.add(at - self.plus(at), end, Found::PhoneCn, 0.95, true);
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
}
