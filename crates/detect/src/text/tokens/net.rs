//! Addresses on the net: e-mail and IP.

use codes::check;

use crate::text::{Found, Scanner};
use crate::words::numbers::VERSION_WORDS;

impl Scanner<'_> {
    /// An e-mail address that begins here; the place to go on from.
    pub(super) fn email(&mut self, at: usize) -> Option<usize> {
        let local = self.run(at, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-'));
        if self.c.get(local) != Some(&'@') || local - at > 64 {
            return None;
        }
        let mut end = self.run(local + 1, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
        while matches!(self.c[end - 1], '.' | '-') {
            end -= 1;
        }
        let text = self.text(at, end);
        if !check::email(&text).is_valid() {
            return None;
        }
        self.add(at, end, Found::Email, 0.99, true);
        Some(end)
    }

    /// An IP address of either version that begins here, unless it is the number of a version; the place to go on from.
    pub(super) fn ip(&mut self, at: usize, end: usize) -> Option<usize> {
        let next = *self.c.get(end)?;
        let long = match next {
            '.' if end - at <= 3 => self.run(at, |c| c.is_ascii_digit() || c == '.'),
            ':' => self.run(at, |c| c.is_ascii_hexdigit() || c == ':'),
            _ => return None,
        };
        if long - at > 45 || long < end || self.c.get(long).is_some_and(char::is_ascii_alphanumeric) {
            return None;
        }
        let text = self.text(at, long);
        let text = text.trim_end_matches(['.', ':']);
        if !check::ip(text).is_valid() || self.before(at, &VERSION_WORDS) > 0 {
            return None;
        }
        self.add(at, at + text.len(), Found::Ip, 0.97, true);
        Some(at + text.len())
    }
}
