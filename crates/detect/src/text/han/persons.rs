//! Persons: names in Han and in Latin letters, and words for a sex.

use codes::names;

use crate::shape::is_han;
use crate::text::{Found, Scanner};
use crate::words::persons::{AFTER_NAME, BEFORE_LATIN, BEFORE_NAME, NOT_NAMES, SEX_WORDS, TITLES};

/// Words of grammar that frequency tables of given names know too.
const GRAMMAR: [char; 21] = [
    '因', '与', '和', '为', '已', '于', '在', '被', '由', '经', '持', '来', '代', '向', '将', '及', '从', '的', '今',
    '要', '是',
];

impl Scanner<'_> {
    /// Finds 男 and 女 where they stand for themselves, not in a word.
    pub(super) fn genders(&mut self) {
        for at in 0..self.c.len() {
            if !matches!(self.c[at], '男' | '女') || !self.free(at) {
                continue;
            }
            let edge = |c: Option<&char>| c.is_none_or(|&c| !is_han(c) && !c.is_ascii_alphanumeric());
            let named = self.before(at, &SEX_WORDS) > 0;
            let next = self.c.get(at + 1);
            let after = edge(next)
                || (next == Some(&'性') && edge(self.c.get(at + 2)))
                || next.is_some_and(char::is_ascii_digit);
            if after && (named || at == 0 || edge(self.c.get(at - 1))) {
                self.add(at, at + 1, Found::Gender, 0.85, true);
            }
        }
    }

    /// Finds names of persons: a surname, and enough that speaks for a name.
    pub(super) fn names(&mut self) {
        let mut at = 0;
        while at < self.c.len() {
            if !self.free(at) {
                at += 1;
                continue;
            }
            let first = names::surname_len(&self.c[at..]);
            if first == 0 {
                at += 1;
                continue;
            }
            let best = [first + 2, first + 1]
                .into_iter()
                .filter_map(|len| Some((self.name_weight(at, len)?, len)))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            match best {
                Some((weight, len)) if weight >= 64.0 => {
                    self.add(at, at + len, Found::Person, (weight / 130.0).clamp(0.3, 0.97), true);
                    at += len;
                }
                _ => at += 1,
            }
        }
    }

    /// How much speaks for a name of `len` characters here: its characters, what stands before it and what after it.
    fn name_weight(&self, at: usize, len: usize) -> Option<f32> {
        let end = at + len;
        if end > self.c.len() || !(at..end).all(|i| self.free(i)) {
            return None;
        }
        let score = names::score(&self.c[at..end]);
        if score == 0 {
            return None;
        }
        let pair: [char; 2] = [self.c[at], self.c[at + 1]];
        if NOT_NAMES.contains(&pair) {
            return None;
        }
        let edge = |i: Option<usize>| i.is_none_or(|i| self.c.get(i).is_none_or(|&c| !is_han(c)) || self.taken[i]);
        let left = match self.before(at, &BEFORE_NAME) {
            2.. => 45.0,
            1 => 18.0,
            // whoever does something: 交车人, 巡检员, 持有者
            _ if at > 1 && matches!(self.c[at - 1], '人' | '员' | '者') && is_han(self.c[at - 2]) => 38.0,
            // the value of a field: 报案人：张伟
            _ if at > 1 && self.c[at - 1] == ':' && is_han(self.c[at - 2]) => 26.0,
            _ if at == 0 => 18.0,
            _ if edge(at.checked_sub(1)) => 12.0,
            _ => -20.0,
        };
        let sex = matches!(self.c.get(end), Some('(' | ',' | ' ' | '、'))
            && matches!(self.c.get(end + 1), Some('男' | '女'))
            && edge(Some(end + 2));
        let right = if sex || self.starts_with(end, &TITLES) > 0 {
            34.0
        } else if self.starts_with(end, &AFTER_NAME) > 0 {
            18.0
        } else if edge(Some(end)) {
            20.0
        } else {
            -12.0
        };
        // 李康因冠心病: a last character that is a word of grammar belongs to what follows
        let grammar = if GRAMMAR.contains(&self.c[end - 1]) { -15.0 } else { 0.0 };
        // a name takes two given characters more often than one
        let two = if len - names::surname_len(&self.c[at..]) == 2 { 3.0 } else { 0.0 };
        Some(score as f32 * 0.42 + left + right + two + grammar)
    }

    /// Names in Latin letters after a word that announces one: `Mr. John Smith`, `Patient: ZHANG Wei`.
    pub(super) fn latin_names(&mut self) {
        let mut at = 0;
        while at < self.c.len() {
            if !self.c[at].is_ascii_uppercase()
                || self.taken[at]
                || (at > 0 && self.c[at - 1].is_ascii_alphanumeric())
                || self.before(at, &BEFORE_LATIN) == 0
            {
                at += 1;
                continue;
            }
            let mut end = at;
            let mut words = 0;
            while words < 4 {
                let next = self.run(end, |c| c.is_ascii_alphabetic() || matches!(c, '\'' | '-'));
                if next == end || !self.c[end].is_ascii_uppercase() || self.taken[end] {
                    break;
                }
                words += 1;
                end = next;
                if matches!(self.c.get(end), Some(' ' | '/'))
                    && self.c.get(end + 1).is_some_and(char::is_ascii_uppercase)
                {
                    end += 1;
                } else {
                    break;
                }
            }
            while end > at && matches!(self.c[end - 1], ' ' | '/') {
                end -= 1;
            }
            let text = self.text(at, end);
            if words >= 2 || (words == 1 && text.len() > 2 && names::is_pinyin(&text.to_ascii_lowercase())) {
                self.add(at, end, Found::Person, 0.7, true);
            }
            at = end.max(at + 1);
        }
    }
}
