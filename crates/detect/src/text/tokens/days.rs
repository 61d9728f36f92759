//! Days and times of day: dates of birth where a word says so.

use codes::check;

use crate::text::{Found, Scanner};
use crate::words::numbers::{BIRTH_WORDS, BORN_AFTER};

impl Scanner<'_> {
    /// A day, with or without a time of day: 2026-07-21, 2026/7/21, 2026年7月21日.
    pub(super) fn day(&mut self, at: usize) -> Option<usize> {
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
}
