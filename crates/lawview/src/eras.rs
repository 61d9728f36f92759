//! The stretches of time in which the provisions that decide a path stay the same.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use law::{Effect, Rule, RuleBase};

/// Days on which the same provisions decide paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Era {
    /// First day.
    pub from: Date,
    /// Last day, `None` while it goes on.
    pub to: Option<Date>,
}

impl Era {
    /// Whether the day belongs to it.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// Whether a provision can decide by which path something leaves.
pub(crate) fn decides(rule: &Rule) -> bool {
    matches!(rule.effect, Effect::Paths(_) | Effect::Adds { .. } | Effect::Stop(_) | Effect::Judgement { .. })
}

/// The eras of a rule base from its first day on, oldest first.
pub fn eras(base: &RuleBase) -> Vec<Era> {
    let mut days = BTreeSet::from([base.covers_from()]);
    for rule in base.rules().iter().filter(|rule| decides(rule)) {
        // A day of doubt is a change, too: the answer of the day before is less certain.
        let ended = rule.to.map(|to| to.saturating_add(1.day()));
        days.extend([Some(rule.from), ended, rule.settled_from].into_iter().flatten());
    }
    let days: Vec<Date> = days.into_iter().filter(|day| *day >= base.covers_from()).collect();
    let end = |n: usize| days.get(n + 1).map(|next| next.saturating_sub(1.day()));
    days.iter().enumerate().map(|(n, from)| Era { from: *from, to: end(n) }).collect()
}
