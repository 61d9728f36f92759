//! Diseases and conditions: an ending, and back from there over the words that tell the condition.

use crate::text::{Found, Scanner};
use crate::words::health::DISEASE_ENDINGS;

/// What an inflammation is of.
const ORGANS: [char; 36] = [
    '肺', '肝', '胃', '肠', '鼻', '咽', '喉', '膜', '腺', '节', '管', '囊', '道', '眼', '肤', '髓', '腱', '尾', '胰',
    '肾', '盆', '耳', '口', '周', '窦', '性', '脑', '脉', '心', '瓣', '体', '皮', '龈', '毒', '腔', '肌',
];

impl Scanner<'_> {
    /// Finds conditions by their endings.
    pub(super) fn conditions(&mut self) {
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
            let word = self.text(start, end);
            if !NOT.contains(&word.as_str()) && end - start >= 2 {
                self.add(start, end, Found::Health, 0.75, true);
            }
            at = end;
        }
    }
}
