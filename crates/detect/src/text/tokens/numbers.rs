//! Numbers: what is part of another number, and what is an amount or a position.

use crate::text::{Found, Scanner};
use crate::words::numbers::{GEO_WORDS, MONEY_AFTER, MONEY_BEFORE};

impl Scanner<'_> {
    /// Digits, alone or in groups.
    pub(super) fn number(&mut self, at: usize, end: usize) -> usize {
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

    /// Whether money is named before or after.
    pub(super) fn is_amount(&self, at: usize, end: usize) -> bool {
        self.starts_with(end, &MONEY_AFTER) > 0
            || (at > 0 && matches!(self.c[at - 1], '¥' | '￥' | '$' | '€' | '£'))
            || self.before(at, &MONEY_BEFORE) > 0
    }
}
