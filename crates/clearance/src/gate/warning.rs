//! What does not stop yet: a permit that runs out, a filing that falls due.

use jiff::ToSpan as _;
use jiff::civil::Date;
use law::Workdays;
use serde::Serialize;
use transfer::PermitKind;

use super::{Held, Look, permit};

/// A permit is nearly spent from so many hundredths on.
const NEARLY: u64 = 80;
/// Working days before the end in which an extension of an assessment may be applied for (Order 16 art 9); a transfer that
/// changes has to be declared anew before them (Order 11 art 14).
const EXTENSION: u32 = 60;
/// Working days in which a contract has to be filed (Order 13 art 7).
const FILING: u32 = 10;
/// Working days of warning ahead of the day on which something has to be done: time to prepare it.
const AHEAD: u32 = 20;

/// Something to do before the gate shuts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Warning {
    /// Most of the persons a permit covers are spent.
    NearlySpent {
        /// Persons so far, this release included.
        persons: u64,
        /// What it covers.
        permitted: u64,
        /// Of this item; nothing: of the whole permit.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<String>,
    },
    /// The permit ends.
    ExpiresSoon {
        /// The kind of permit.
        kind: PermitKind,
        /// Its last day.
        expires: Date,
        /// By when to act: for an assessment the day the window for its extension opens, and before which a changed
        /// transfer has to be declared anew; for a certificate the last day to apply for renewal; else its last day.
        act_by: Date,
    },
    /// The contract has to be filed.
    FileBy {
        /// The last day.
        due: Date,
    },
    /// Days of consents that could not be read: those consents do not count.
    UnreadableConsents {
        /// How many.
        consents: u64,
    },
    /// Persons who withdrew and were sent before, but whose key never leaves: the recipient has to be told otherwise.
    WithdrawnUnnamed {
        /// How many.
        persons: u64,
    },
}

/// What to do soon, for a permit that is in use.
pub fn warnings(look: &Look<'_>) -> Vec<Warning> {
    let Some(Ok(Held { terms, .. })) = look.permit else { return Vec::new() };
    let mut warnings = Vec::new();
    for (item, permitted, persons) in permit::limits(look, terms) {
        if persons <= permitted && u128::from(persons) * 100 >= u128::from(permitted) * u128::from(NEARLY) {
            warnings.push(Warning::NearlySpent { persons, permitted, item });
        }
    }
    if let Some(expires) = terms.last_day().filter(|expires| *expires >= look.on) {
        let act_by = match terms.kind {
            PermitKind::SecurityAssessment => before(look, expires, EXTENSION),
            // Order 20 art 8.
            PermitKind::Certification => expires.checked_sub(6.months()).unwrap_or(expires),
            _ => expires,
        };
        if before(look, act_by, AHEAD) <= look.on {
            warnings.push(Warning::ExpiresSoon { kind: terms.kind, expires, act_by });
        }
    }
    let contract = matches!(terms.kind, PermitKind::StandardContract | PermitKind::GbaStandardContract);
    if let (true, None, Some(effective)) = (contract, terms.filed, terms.effective)
        && let Ok(count) = look.calendar.due(effective, Workdays(FILING))
        && count.day >= look.on
    {
        warnings.push(Warning::FileBy { due: count.day });
    }
    warnings
}

/// So many working days earlier; beyond the years whose holidays are known, counted as if every week had four working days,
/// which warns rather too early than too late.
fn before(look: &Look<'_>, day: Date, workdays: u32) -> Date {
    match look.calendar.before(day, Workdays(workdays)) {
        Ok(count) => count.day,
        Err(_) => day.checked_sub((i64::from(workdays) * 7 / 4).days()).unwrap_or(day),
    }
}
