//! Postal addresses: divisions, a road or village, a number.

use codes::divisions;

use crate::shape::is_han;
use crate::text::{Found, Scanner};
use crate::words::addresses::NEXT_FIELD;

/// Longest address in characters.
const LONGEST_ADDRESS: usize = 90;

impl Scanner<'_> {
    /// Finds addresses, left to right.
    pub(super) fn addresses(&mut self) {
        let mut at = 0;
        while at < self.c.len() {
            at = if self.free(at) { self.address(at).unwrap_or(at + 1) } else { at + 1 };
        }
    }

    /// An address that begins here: divisions, then a road or village, best with a number. It ends at its last mark that follows a digit.
    fn address(&mut self, at: usize) -> Option<usize> {
        let place = divisions::in_address(&self.c[at..]);
        if place.named == 0
            || (place.named == 1 && !place.code.is_multiple_of(10_000) && !place.code.is_multiple_of(100))
        {
            return None;
        }
        let stop = self.c.len().min(at + LONGEST_ADDRESS);
        let mut end = None;
        let mut road = None;
        let mut i = at + place.chars;
        while i < stop {
            let c = self.c[i];
            let another = self.taken[i] || self.starts_with(i, &NEXT_FIELD) > 0;
            if another || end.is_some_and(|e| i - e > 20) {
                break;
            }
            if !(is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '(' | ')' | '-' | '#' | '·' | '—' | '、')) {
                break;
            }
            let digit = self.c[i - 1].is_ascii_alphanumeric()
                || matches!(self.c[i - 1], '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十');
            match c {
                '号' | '室' | '栋' | '幢' | '座' | '楼' | '层' | '弄' | '组' | '户' | '元' | '房' | '院'
                    if digit || (c == '元' && self.c[i - 1] == '单') =>
                {
                    end = Some(i + 1);
                }
                '#' if digit => end = Some(i + 1),
                // 2163 after 单元 or 号: a room without its mark
                c if c.is_ascii_digit() && end == Some(i) => {
                    let run = self.c[i..stop].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '-').count();
                    if run <= 8
                        && !self
                            .c
                            .get(i + run)
                            .is_some_and(|c| matches!(c, '岁' | '元' | '年' | '月' | '日' | '点' | '次' | '个' | '件'))
                    {
                        end = Some(i + run);
                        i += run - 1;
                    }
                }
                '路' | '街' | '道' | '巷' | '村' | '镇' | '乡' | '屯' | '苑' | '园' | '区'
                    if self.c[i - 1] != '农' && road.is_none_or(|r| i - r < 12) && end.is_none() =>
                {
                    road = Some(i + 1);
                }
                _ => {}
            }
            i += 1;
        }
        let end = end.or_else(|| road.filter(|_| place.named >= 2))?;
        if end <= at + place.chars {
            return None;
        }
        self.add(at, end, Found::Address, if place.named >= 2 { 0.92 } else { 0.8 }, true);
        Some(end)
    }
}
