//! Assessments that have to be new enough on the day of filing, by the clocks of the rule base.

use jiff::civil::Date;
use law::{RuleBase, Text};

use super::{Gap, GapCode, gap};
use crate::fault::day;
use crate::procedure::Procedure;
use crate::walk::Walk;

/// The day that is looked at in a procedure, and the clock that runs back from the filing.
const FRESH: [(Procedure, &str, Option<&str>); 4] = [
    (Procedure::SecurityAssessment, "self_assessment.finished", Some("sa-self-assessment-fresh")),
    (Procedure::StandardContract, "pipia.finished", Some("sc-pipia-fresh")),
    // Of these two no period was seen; the assessment only has to come first.
    (Procedure::GbaStandardContract, "pipia.finished", None),
    (Procedure::Certification, "pipia.finished", None),
];

pub(super) fn gaps(walk: &Walk<'_>, base: &RuleBase, on: Date, gaps: &mut Vec<Gap>) {
    for (_, field, clock) in FRESH.iter().filter(|(procedure, ..)| *procedure == walk.procedure) {
        let Some(finished) = walk.value(field, &[]).and_then(day) else { continue };
        if finished > on {
            let what = Text::new(format!("晚于申报、备案之日（{on}）"), format!("is after the day of filing, {on}"));
            let mend = Text::new("完成评估后再申报、备案。", "file once the assessment is finished");
            gaps.extend(gap(walk, field, &[], GapCode::Wrong, what, Some(mend)));
        } else if let Some(clock) = clock {
            gaps.extend(stale(walk, base, field, clock, finished, on));
        }
    }
}

fn stale(walk: &Walk<'_>, base: &RuleBase, field: &str, clock: &str, finished: Date, on: Date) -> Option<Gap> {
    let book = base.clock_book();
    let cannot = |why: &dyn std::fmt::Display| {
        let what = Text::new(format!("无法核对期限：{why}"), format!("cannot be held against its period: {why}"));
        gap(walk, field, &[], GapCode::Wrong, what, None)
    };
    let clock = match book.clock(clock) {
        Ok(clock) => clock,
        Err(error) => return cannot(&error),
    };
    if !clock.in_force(on) {
        return None;
    }
    let from = match clock.before(base.calendar(), book.conventions_for(clock, law::ConventionChanges::default()), on) {
        Ok(run) => run.day,
        Err(error) => return cannot(&error),
    };
    if finished >= from {
        return None;
    }
    let what = Text::new(
        format!("早于{from}：{on}申报、备案的，须在此日或此后完成（{}）", clock.title.zh),
        format!("is before {from}; what is filed on {on} has to be finished on that day or later ({})", clock.title.en),
    );
    let mend = Text::new("重新评估，或者更新评估后再申报、备案。", "assess again, then file");
    gap(walk, field, &[], GapCode::Stale, what, Some(mend))
}
