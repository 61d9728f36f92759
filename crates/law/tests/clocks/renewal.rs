//! The end of an assessment and of a certificate: days, ways, conditions.

use law::{
    AssessmentEnd, AssessmentRenewal, Changed, ConventionChanges, ExtensionFacts, Growth, Stage, WayKind, Window,
    assessment_renewal, certificate_renewal,
};

use crate::support::{BASE, day};

fn plan_with(until: &str, on: &str, facts: &ExtensionFacts, changed: Changed) -> AssessmentRenewal {
    let asked = AssessmentEnd { until: day(until), on: day(on), facts, changed, prepare: None };
    assessment_renewal(BASE.clock_book(), BASE.calendar(), ConventionChanges::default(), &asked)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn plan(until: &str, on: &str) -> AssessmentRenewal {
    plan_with(until, on, &ExtensionFacts::default(), Changed::No)
}

/// Everything the conditions ask is met but what is said otherwise.
fn met(but: &[&str]) -> ExtensionFacts {
    let ids = BASE.clock_book().renewal().conditions.iter().map(|c| c.id.clone());
    ExtensionFacts { met: ids.map(|id| (id.clone(), !but.contains(&id.as_str()))).collect(), ..Default::default() }
}

#[test]
fn the_squeeze_has_its_days() {
    let plan = plan("2027-01-18", "2026-07-01");
    assert_eq!(plan.redeclare_by, day("2026-10-23"), "F24");
    assert_eq!((plan.window_from, plan.offered_from), (day("2026-10-23"), day("2026-10-18")));
    assert_eq!(plan.extend_from, day("2026-10-23"), "the later of the two");
    assert_eq!(plan.decide_by, BASE.calendar().before(day("2026-10-23"), law::Workdays(52)).expect("inside").day);
    assert!(plan.provisional);
    assert_eq!(plan.days.iter().filter(|d| d.counts).count(), 60);
    assert!(!self::plan("2026-09-20", "2026-04-01").provisional);
    // Where a long holiday falls in the window, the system opens after the 60 working days have begun.
    let spring = self::plan("2026-03-20", "2025-10-09");
    assert_eq!((spring.window_from, spring.offered_from), (day("2025-12-19"), day("2025-12-20")));
    assert_eq!(spring.extend_from, day("2025-12-20"));
}

#[test]
fn each_stage_comes_on_its_day() {
    let stage = |on: &str| plan("2027-01-18", on).stage;
    let decide = plan("2027-01-18", "2026-07-01").decide_by;
    let before = decide.yesterday().expect("a day").to_string();
    assert_eq!(stage(&before), Stage::Early);
    assert_eq!(stage(&decide.to_string()), Stage::Decide);
    assert_eq!(stage("2026-10-23"), Stage::Decide, "the last day serves both ways");
    assert_eq!(stage("2026-10-24"), Stage::ExtensionOnly);
    assert_eq!(stage("2027-01-18"), Stage::ExtensionOnly);
    assert_eq!(stage("2027-01-19"), Stage::Ended);
    let broken = plan_with("2027-01-18", "2026-10-28", &met(&["no-incident"]), Changed::No);
    assert_eq!((broken.stage, broken.can_go_on()), (Stage::Late, false), "F35");
    let moved = plan_with("2027-01-18", "2026-07-01", &met(&[]), Changed::Yes);
    assert_eq!((moved.stage, moved.may_extend), (Stage::RedeclareAtOnce, Some(false)), "F34: no waiting for the end");
    assert!(moved.can_go_on());
}

#[test]
fn each_way_is_run_at_its_statutory_length() {
    // F24's result, looked at inside the window: 25 working days for an extension, 57 for a declaration.
    let plan = plan("2027-01-18", "2026-10-28");
    let way = |kind| plan.ways.iter().find(|w| w.way == kind).expect("a way");
    let extension = way(WayKind::Extension);
    assert_eq!((extension.workdays, extension.window), (25, Window::Open));
    assert_eq!(extension.ends, Some(BASE.calendar().due(day("2026-10-28"), law::Workdays(25)).expect("in").day));
    assert!(extension.before_end && plan.can_go_on());
    let declared = way(WayKind::Redeclaration);
    assert_eq!((declared.workdays, declared.window), (57, Window::Closed));
    assert_eq!(
        declared.steps.iter().map(|s| s.clock.as_str()).collect::<Vec<_>>(),
        ["sa-completeness", "sa-acceptance", "sa-assessment"]
    );
    assert_eq!(declared.ends, Some(day("2027-01-18")), "on the last day, by a table that is provisional");
    assert_eq!(declared.latest, day("2026-10-28"));
    let late = self::plan("2027-01-18", "2026-10-29");
    assert!(!late.ways.iter().any(|w| w.way == WayKind::Redeclaration && w.before_end));
    // Too late for either.
    let last = self::plan("2027-01-18", "2026-12-31");
    assert!(!last.can_go_on());
    // Begun early, the extension waits for its window.
    let early = self::plan("2027-01-18", "2026-07-01");
    let waits = early.ways.iter().find(|w| w.way == WayKind::Extension).expect("a way");
    assert_eq!((waits.window, waits.begun), (Window::NotYet, day("2026-10-23")));
    // What runs out of the calendar does not end before a day inside it.
    let out = self::plan("2027-12-24", "2027-12-20");
    assert!(out.ways.iter().all(|w| !w.before_end && w.ends.is_none() && w.steps.is_empty()));
}

#[test]
fn growth_is_measured_exactly() {
    let grown = |allowed, forecast| Growth { allowed, forecast }.within(20);
    assert!(grown(500_000, 600_000), "F30: not more than 20 %");
    assert!(!grown(500_000, 600_001));
    assert!(grown(10_000, 12_000) && !grown(10_000, 12_001), "F32");
    assert!(grown(0, 0) && !grown(0, 1) && grown(u64::MAX, u64::MAX));
    let facts = ExtensionFacts {
        persons: Some(Growth { allowed: 500_000, forecast: 600_000 }),
        size: Some(Growth { allowed: 10_000, forecast: 12_001 }),
        ..Default::default()
    };
    let answers = facts.judge(BASE.clock_book().renewal()).expect("known conditions");
    let met = |id: &str| answers.iter().find(|a| a.condition.id == id).expect("a condition").met;
    assert_eq!((met("persons-growth"), met("size-growth"), met("no-incident")), (Some(true), Some(false), None));
}

#[test]
fn six_conditions_all_at_once_and_unknown_stays_unknown() {
    assert_eq!(BASE.clock_book().renewal().conditions.len(), 6);
    let on = "2026-10-28";
    assert_eq!(plan("2027-01-18", on).may_extend, None);
    assert_eq!(plan_with("2027-01-18", on, &met(&[]), Changed::No).may_extend, Some(true));
    for condition in &BASE.clock_book().renewal().conditions {
        let broken = plan_with("2027-01-18", on, &met(&[&condition.id]), Changed::No);
        assert_eq!(broken.may_extend, Some(false), "{}", condition.id);
    }
    let wrong = ExtensionFacts { met: [("no-incidents".to_owned(), true)].into(), ..Default::default() };
    let error = wrong.judge(BASE.clock_book().renewal()).expect_err("unknown").to_string();
    assert!(error.contains("`no-incidents`") && error.contains("`no-incident`"), "{error}");
}

#[test]
fn a_certificate_is_renewed_six_months_before() {
    let plan = |until: &str, on: &str| {
        certificate_renewal(
            BASE.clock_book(),
            BASE.calendar(),
            ConventionChanges::default(),
            day(until),
            day(on),
            Some(20),
        )
        .unwrap_or_else(|error| panic!("{error}"))
    };
    let far = plan("2029-02-01", "2026-11-22");
    assert_eq!((far.apply_by, far.decide_by, far.stage), (day("2028-08-01"), None, Stage::Early), "F25");
    let near = plan("2027-02-01", "2026-07-10");
    assert_eq!(
        (near.apply_by, near.decide_by, near.stage),
        (day("2026-08-01"), Some(day("2026-07-06")), Stage::Decide)
    );
    assert_eq!(plan("2027-02-01", "2026-08-02").stage, Stage::Late);
    assert_eq!(plan("2027-02-01", "2027-02-02").stage, Stage::Ended);
}
