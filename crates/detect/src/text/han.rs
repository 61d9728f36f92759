//! What Han characters say: addresses, organisations, conditions, names.

use codes::{divisions, names};

use super::{Found, Scanner};
use crate::shape::is_han;
use crate::words::{
    AFTER_NAME, BEFORE_LATIN, BEFORE_NAME, BEFORE_ORG, COMPANY_TAILS, DISEASE_ENDINGS, HOSPITAL_ENDINGS, NEXT_FIELD,
    NOT_NAMES, ORG_ENDINGS, SEX_WORDS, TITLES,
};

/// What an inflammation is of.
const ORGANS: [char; 36] = [
    '肺', '肝', '胃', '肠', '鼻', '咽', '喉', '膜', '腺', '节', '管', '囊', '道', '眼', '肤', '髓', '腱', '尾', '胰',
    '肾', '盆', '耳', '口', '周', '窦', '性', '脑', '脉', '心', '瓣', '体', '皮', '龈', '毒', '腔', '肌',
];

/// Words of grammar that frequency tables of given names know too.
const GRAMMAR: [char; 21] = [
    '因', '与', '和', '为', '已', '于', '在', '被', '由', '经', '持', '来', '代', '向', '将', '及', '从', '的', '今',
    '要', '是',
];

/// Longest address in characters.
const LONGEST_ADDRESS: usize = 90;

impl Scanner<'_> {
    /// Reads what the tokens left.
    pub(super) fn han(&mut self) {
        if !self.c.iter().any(|&c| is_han(c)) {
            self.latin_names();
            return;
        }
        self.addresses();
        self.organisations();
        self.conditions();
        self.genders();
        self.names();
        self.latin_names();
    }

    fn free(&self, at: usize) -> bool {
        self.c.get(at).is_some_and(|&c| is_han(c)) && !self.taken[at]
    }

    fn addresses(&mut self) {
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

    fn organisations(&mut self) {
        let mut at = 0;
        while at < self.c.len() {
            let hospital = self.starts_with(at, &HOSPITAL_ENDINGS);
            let len = hospital.max(self.starts_with(at, &ORG_ENDINGS));
            if len == 0 || !self.free(at) {
                at += 1;
                continue;
            }
            // 有限公司 and 集团有限公司 are one name: go on while another ending follows
            let mut end = at + len;
            while let n @ 1.. = self
                .starts_with(end, &ORG_ENDINGS)
                .max(self.starts_with(end, &HOSPITAL_ENDINGS))
                .max(self.starts_with(end, &COMPANY_TAILS))
            {
                end += n;
            }
            let start = self.org_start(at);
            if at - start >= 2 && !self.taken[start..end].contains(&true) {
                let found = if self.ends_with(end, &HOSPITAL_ENDINGS) > 0 { Found::Hospital } else { Found::Org };
                self.add(start, end, found, 0.8, true);
            }
            at = end;
        }
    }

    /// Where the name of an organisation begins that ends at `at`: after a mark or a word that stands before names of places.
    fn org_start(&self, at: usize) -> usize {
        const STOP: [char; 23] = [
            '给', '在', '于', '到', '由', '与', '至', '往', '赴', '经', '被', '是', '去', '从', '的', '了', '及', '入',
            '送', '为', '因', '抬', '找',
        ];
        let mut start = at;
        while start > 0 && at - start < 24 {
            let c = self.c[start - 1];
            let bracket = matches!(c, '(' | ')')
                && self.c[start.saturating_sub(6)..at].iter().filter(|c| matches!(c, '(' | ')')).count() % 2 == 0;
            if self.taken[start - 1]
                || !(is_han(c) || bracket)
                || STOP.contains(&c)
                || self.ends_with(start, &BEFORE_ORG) > 0
            {
                break;
            }
            start -= 1;
        }
        if self.c.get(start).is_some_and(|c| matches!(c, '(' | ')')) { start + 1 } else { start }
    }

    fn conditions(&mut self) {
        const STOP: [char; 24] = [
            '患', '有', '因', '为', '断', '的', '了', '及', '和', '伴', '是', '得', '出', '诊', '述', '史', '与', '并',
            '无', '现', '由', '曾', '性', '于',
        ];
        const NOT: &[&str] = &[
            "疾病",
            "生病",
            "看病",
            "毛病",
            "住院病",
            "得病",
            "患病",
            "治病",
            "症",
            "病",
            "炎",
            "防病",
            "重症",
            "急症",
            "并发症",
            "后遗症",
            "发病",
            "问题",
            "因病",
            "病症",
            "诊病",
            "查病",
        ];
        let mut at = 0;
        while at < self.c.len() {
            let len = self.starts_with(at, &DISEASE_ENDINGS);
            if len == 0 || !self.free(at) {
                at += 1;
                continue;
            }
            let mut end = at + len;
            while let n @ 1.. = self.starts_with(end, &DISEASE_ENDINGS) {
                end += n;
            }
            // 过敏性鼻炎: one condition told by another
            if self.c.get(end) == Some(&'性')
                && let Some(more) = (1..6).find_map(|gap| {
                    let n = self.starts_with(end + gap, &DISEASE_ENDINGS);
                    (n > 0 && (end..end + gap + n).all(|i| self.free(i))).then_some(gap + n)
                })
            {
                end += more;
            }
            // 炎 is also a character of given names: an organ stands before the condition
            if len == 1 && self.c[at] == '炎' && !(at > 0 && ORGANS.contains(&self.c[at - 1])) {
                at = end;
                continue;
            }
            // 病人, 病房, 症状: the character is part of another word
            if self.c.get(end).is_some_and(|c| {
                matches!(
                    c,
                    '人' | '房'
                        | '历'
                        | '例'
                        | '案'
                        | '床'
                        | '状'
                        | '区'
                        | '假'
                        | '友'
                        | '理'
                        | '毒'
                        | '情'
                        | '因'
                        | '史'
                        | '程'
                        | '热'
                )
            }) && len == 1
            {
                at = end;
                continue;
            }
            let mut start = at;
            while start > 0
                && at - start < 8
                && self.free(start - 1)
                && (!STOP.contains(&self.c[start - 1])
                    || (self.c[start - 1] == '性' && start >= 2 && self.free(start - 2)))
            {
                start -= 1;
            }
            // 2型糖尿病, II型
            if self.c.get(start) == Some(&'型') && start > 0 {
                let digits =
                    self.c[..start].iter().rev().take(3).take_while(|c| matches!(c, '1' | '2' | 'I' | 'i')).count();
                start -= digits;
            }
            let word: String = self.c[start..end].iter().collect();
            if !NOT.contains(&word.as_str()) && end - start >= 2 {
                self.add(start, end, Found::Health, 0.75, true);
            }
            at = end;
        }
    }

    fn genders(&mut self) {
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

    fn names(&mut self) {
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
    fn latin_names(&mut self) {
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
                let word =
                    self.c[end..].iter().take_while(|c| c.is_ascii_alphabetic() || matches!(c, '\'' | '-')).count();
                if word == 0 || !self.c[end].is_ascii_uppercase() || self.taken[end] {
                    break;
                }
                let next = end + word;
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
            let text: String = self.c[at..end].iter().collect();
            if words >= 2 || (words == 1 && text.len() > 2 && names::is_pinyin(&text.to_ascii_lowercase())) {
                self.add(at, end, Found::Person, 0.7, true);
            }
            at = end.max(at + 1);
        }
    }
}
