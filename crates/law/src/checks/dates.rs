//! Faults that show in the days of the provisions alone.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::checks::{Finding, FindingKind, of_rule};
use crate::{Rule, RuleBase};

/// Exceptions to what is never in force beside them, and successions with a hole or without an end.
pub(super) fn check(base: &RuleBase, findings: &mut Vec<Finding>) {
    for rule in base.rules() {
        for other in rule.exception_to.iter().filter_map(|exception| base.rule(&exception.rule)) {
            if apart(rule, other) {
                let what = format!("is an exception to `{}`, never in force beside it", other.id);
                findings.push(of_rule(FindingKind::IdleException, rule, &what));
            }
        }
        for other in rule.gives_way_to.iter().filter_map(|id| base.rule(id)) {
            if apart(rule, other) {
                let what = format!("gives way to `{}`, never in force beside it", other.id);
                findings.push(of_rule(FindingKind::IdleException, rule, &what));
            }
        }
        if let Some(what) = succession(base, rule) {
            findings.push(of_rule(FindingKind::TimeGap, rule, &what));
        }
    }
}

fn apart(a: &Rule, b: &Rule) -> bool {
    let ends_first = |a: Option<Date>, b: Date| a.is_some_and(|end| end < b);
    ends_first(a.to, b.from) || ends_first(b.to, a.from)
}

/// What is wrong between a provision and what took its place.
fn succession(base: &RuleBase, rule: &Rule) -> Option<String> {
    let next = rule.superseded_by.iter().filter_map(|id| base.rule(id)).min_by_key(|next| next.from)?;
    let Some(last) = rule.to else {
        return Some(format!("is superseded by `{}` and has no last day; set `in_force.to`", next.id));
    };
    let follows = last.saturating_add(1.day());
    (next.from > follows).then(|| {
        format!(
            "ends on {last}, but `{}`, which took its place, begins only on {}; mend one of them",
            next.id, next.from
        )
    })
}
