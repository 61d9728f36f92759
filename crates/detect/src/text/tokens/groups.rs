//! Digits in groups, as people write identity numbers, cards and telephone numbers.

use codes::cards;
use codes::check::{self, Verdict};

use super::Bare;
use crate::text::{Found, Scanner};

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

/// What digits in such groups can be.
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

impl Scanner<'_> {
    /// Digits in groups with one space or hyphen between them.
    pub(super) fn groups(&mut self, at: usize) -> Option<usize> {
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

    /// Takes groups of a shape when their check holds for it; false when they are something else.
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
                self.add(at - self.plus(at), end, Found::PhoneCn, 0.97, true);
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
}
