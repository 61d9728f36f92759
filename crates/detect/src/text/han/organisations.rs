//! Organisations and hospitals: an ending, and back from there to where the name begins.

use crate::shape::is_han;
use crate::text::{Found, Scanner};
use crate::words::organisations::{BEFORE_ORG, COMPANY_TAILS, HOSPITAL_ENDINGS, ORG_ENDINGS};

impl Scanner<'_> {
    /// Finds organisations by their endings.
    pub(super) fn organisations(&mut self) {
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
}
