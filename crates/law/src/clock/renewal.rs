//! The squeeze at an assessment's end: an extension can be asked for only in the last 60 working days (Order 16 art 9), a new
//! declaration should be lodged before them (Order 11 art 14). Whoever finds out inside the window that the extension is
//! refused is too late for the other way; so the choice is warned of early.

use jiff::civil::Date;
use serde::Serialize;

use crate::LawError;
use crate::calendar::{Calendar, DayCount};
use crate::clock::run::latest_start;
use crate::clock::walk::walk;
use crate::clock::{
    ClockBook, ClockError, ClockUnit, ConditionAnswer, ConventionChanges, Conventions, Direction, ExtensionFacts,
    FirstDay, Period, RedeclareEvent, Run,
};

/// Where the handler stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nothing need be done yet.
    Early,
    /// The time to prepare has begun: decide now which way to go.
    Decide,
    /// Too late for a new declaration before the window; the extension is open.
    ExtensionOnly,
    /// Too late for the way that is left.
    Late,
    /// A change asks for a new declaration at once, whatever the day.
    RedeclareAtOnce,
    /// The result has ended: nothing may leave under it.
    Ended,
}

/// A way to go on after the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayKind {
    /// Three more years for the same export.
    Extension,
    /// A new assessment.
    Redeclaration,
}

/// Whether a way can be begun on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Not yet.
    NotYet,
    /// It can.
    Open,
    /// The day for it has passed.
    Closed,
}

/// One step of a way at its statutory length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Id of the clock.
    pub clock: String,
    /// The day it is counted from.
    pub from: Date,
    /// Its last day.
    pub day: Date,
}

/// A way, begun today or on the first day it can be begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Which.
    pub way: WayKind,
    /// Whether it can be begun today.
    pub window: Window,
    /// First day on which it can be begun; `None`: any day.
    pub from: Option<Date>,
    /// Last day on which it should be begun.
    pub to: Date,
    /// The day it is taken to begin: today, or `from` where that lies ahead.
    pub begun: Date,
    /// Working days of all steps; the offices may prolong some.
    pub workdays: u32,
    /// The steps; empty where a day lies outside the calendar.
    pub steps: Vec<Step>,
    /// The day the last step ends; `None`: outside the calendar.
    pub ends: Option<Date>,
    /// Whether that is on or before the result's last day.
    pub before_end: bool,
    /// The last day to begin so that all steps end in time.
    pub latest: Date,
}

/// The plan for an assessment's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssessmentRenewal {
    /// The result's last day.
    pub until: Date,
    /// The day it is looked at from.
    pub on: Date,
    /// Where the handler stands.
    pub stage: Stage,
    /// By when to decide: the time to prepare before `redeclare_by`.
    pub decide_by: Date,
    /// The last day to lodge a new declaration: 60 working days before the end.
    pub redeclare_by: Date,
    /// The first day of the 60 working days in which an extension can be asked for.
    pub window_from: Date,
    /// The first day the system offers it.
    pub offered_from: Date,
    /// The later of the two: the first day on which it can really be asked for.
    pub extend_from: Date,
    /// Working days taken to prepare.
    pub prepare_workdays: u32,
    /// Extension and new declaration.
    pub ways: Vec<Way>,
    /// The conditions of an extension with their answers.
    pub conditions: Vec<ConditionAnswer>,
    /// Whether the extension is open by its conditions; `None`: one is unknown and none broken.
    pub may_extend: Option<bool>,
    /// What asks for a new declaration at once.
    pub events: Vec<RedeclareEvent>,
    /// Whether a day may move because a year's notice is not out.
    pub provisional: bool,
    /// The 60 working days, counted back from the end.
    pub days: Vec<DayCount>,
}

impl AssessmentRenewal {
    /// Whether a way is left that can be begun, is open by its conditions as far as they are known, and whose steps at
    /// their statutory length end before the result does.
    pub fn can_go_on(&self) -> bool {
        self.on <= self.until
            && self.ways.iter().any(|way| {
                let open = way.way == WayKind::Redeclaration || self.may_extend != Some(false);
                way.window != Window::Closed && way.before_end && open
            })
    }
}

/// The plan for a certificate's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateRenewal {
    /// The certificate's last day.
    pub until: Date,
    /// The day it is looked at from.
    pub on: Date,
    /// Where the handler stands.
    pub stage: Stage,
    /// The last day to apply for renewal.
    pub apply_by: Date,
    /// By when to begin preparing; `None`: outside the calendar.
    pub decide_by: Option<Date>,
    /// Working days taken to prepare.
    pub prepare_workdays: u32,
    /// Whether a day may move because a year's notice is not out.
    pub provisional: bool,
}

/// Whether a change has happened that asks for a new declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It has.
    Yes,
    /// None is known.
    No,
}

/// What is asked about an assessment's end.
#[derive(Debug, Clone, Copy)]
pub struct AssessmentEnd<'a> {
    /// The result's last day.
    pub until: Date,
    /// The day it is looked at from.
    pub on: Date,
    /// What is known of the conditions of an extension.
    pub facts: &'a ExtensionFacts,
    /// Whether a change of Order 11 art 14 has happened.
    pub changed: Changed,
    /// Working days of preparation, where one knows better than the lawbook's assumption.
    pub prepare: Option<u32>,
}

/// Plans the end of an assessment's result, by the conventions of the lawbook with `changes`.
pub fn assessment_renewal(
    book: &ClockBook,
    calendar: &Calendar,
    changes: ConventionChanges,
    asked: &AssessmentEnd<'_>,
) -> Result<AssessmentRenewal, ClockError> {
    let AssessmentEnd { until, on, facts, changed, prepare } = *asked;
    let counting = Counting { book, calendar, changes };
    let terms = book.renewal();
    let redeclare = counting.back(&terms.redeclare_by, until)?;
    let window = counting.back(&terms.window, until)?;
    let offered = counting.back(&terms.offered, until)?;
    let prepare_workdays = prepare.unwrap_or(terms.prepare.workdays);
    let decide_by = counting.workdays_before(redeclare.day, prepare_workdays)?;
    let extend_from = window.day.max(offered.day);
    let ways = vec![
        counting.way(WayKind::Extension, &terms.extension, (Some(extend_from), until), until, on)?,
        counting.way(WayKind::Redeclaration, &terms.redeclaration, (None, redeclare.day), until, on)?,
    ];
    let conditions = facts.judge(terms)?;
    let may_extend = if conditions.iter().any(|c| c.met == Some(false)) || changed == Changed::Yes {
        Some(false)
    } else {
        conditions.iter().all(|c| c.met == Some(true)).then_some(true)
    };
    let stage = if on > until {
        Stage::Ended
    } else if changed == Changed::Yes {
        Stage::RedeclareAtOnce
    } else if on > redeclare.day {
        if may_extend == Some(false) { Stage::Late } else { Stage::ExtensionOnly }
    } else if on >= decide_by {
        Stage::Decide
    } else {
        Stage::Early
    };
    Ok(AssessmentRenewal {
        until,
        on,
        stage,
        decide_by,
        redeclare_by: redeclare.day,
        window_from: window.day,
        offered_from: offered.day,
        extend_from,
        prepare_workdays,
        provisional: redeclare.provisional || window.provisional,
        ways,
        conditions,
        may_extend,
        events: terms.events.clone(),
        days: redeclare.days,
    })
}

/// Plans the end of a certificate on `until` as seen from `on`: Order 20 art 8 asks to apply six months before. How long the
/// body takes no law says.
pub fn certificate_renewal(
    book: &ClockBook,
    calendar: &Calendar,
    changes: ConventionChanges,
    until: Date,
    on: Date,
    prepare: Option<u32>,
) -> Result<CertificateRenewal, ClockError> {
    let counting = Counting { book, calendar, changes };
    let terms = book.renewal();
    let apply = counting.back(&terms.certificate, until)?;
    let prepare_workdays = prepare.unwrap_or(terms.prepare.workdays);
    let decide_by = counting.workdays_before(apply.day, prepare_workdays).ok();
    let stage = if on > until {
        Stage::Ended
    } else if on > apply.day {
        Stage::Late
    } else if decide_by.is_some_and(|day| on >= day) {
        Stage::Decide
    } else {
        Stage::Early
    };
    Ok(CertificateRenewal {
        until,
        on,
        stage,
        apply_by: apply.day,
        decide_by,
        prepare_workdays,
        provisional: decide_by.is_some() && calendar.is_provisional(apply.day),
    })
}

/// What days are counted with.
struct Counting<'a> {
    book: &'a ClockBook,
    calendar: &'a Calendar,
    changes: ConventionChanges,
}

impl Counting<'_> {
    /// A clock run back from a day.
    fn back(&self, id: &str, day: Date) -> Result<Run, ClockError> {
        let clock = self.book.clock(id)?;
        clock.before(self.calendar, self.book.conventions_for(clock, self.changes), day)
    }

    fn workdays_before(&self, day: Date, workdays: u32) -> Result<Date, ClockError> {
        let period = Period { length: workdays, unit: ClockUnit::Workdays };
        let by = self.book.conventions().with(self.changes);
        Ok(walk(self.calendar, by, day, period, Direction::Before, &[])?.day)
    }

    /// A way, its steps one after the other from `on`, or from the first day it can be begun.
    fn way(
        &self,
        way: WayKind,
        steps: &[String],
        (from, to): (Option<Date>, Date),
        until: Date,
        on: Date,
    ) -> Result<Way, ClockError> {
        let begun = from.map_or(on, |from| from.max(on));
        let window = match from {
            _ if on > to => Window::Closed,
            Some(from) if on < from => Window::NotYet,
            _ => Window::Open,
        };
        let mut day = begun;
        let mut workdays = 0;
        let mut done = Some(Vec::new());
        for id in steps {
            let clock = self.book.clock(id)?;
            workdays += clock.length;
            let Some(steps) = &mut done else { continue };
            let by = self.book.conventions_for(clock, self.changes);
            match walk(self.calendar, by, day, clock.period(), Direction::After, &[]) {
                Ok(count) => {
                    steps.push(Step { clock: id.clone(), from: day, day: count.day });
                    day = count.day;
                }
                // Past the calendar's end, and so past `until`, from which days were counted back.
                Err(ClockError::Law(LawError::OutsideCalendar { day, .. })) if day > until => done = None,
                Err(error) => return Err(error),
            }
        }
        let steps = done.unwrap_or_default();
        let ends = steps.last().map(|step| step.day);
        // Each step is counted from the day after the one before ends; together they are one period.
        let by = Conventions { first_day: FirstDay::NotCounted, ..self.book.conventions().with(self.changes) };
        let whole = Period { length: workdays, unit: ClockUnit::Workdays };
        let latest = latest_start(self.calendar, by, whole, until)?;
        let before_end = ends.is_some_and(|ends| ends <= until);
        Ok(Way { way, window, from, to, begun, workdays, steps, ends, before_end, latest })
    }
}
