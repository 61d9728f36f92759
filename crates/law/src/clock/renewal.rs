//! The squeeze at an assessment's end: an extension can be asked for only in the last 60 working days (Order 16 art 9), a new
//! declaration should be lodged before them (Order 11 art 14). Whoever finds out inside the window that the extension is
//! refused is too late for the other way; so the choice is warned of early.

use jiff::civil::Date;
use serde::Serialize;

use crate::calendar::{Calendar, DayCount};
use crate::clock::ways::Counting;
use crate::clock::{
    ClockBook, ClockError, ConditionAnswer, ConventionChanges, ExtensionFacts, RedeclareEvent, Way, WayKind, Window,
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
