//! `clocks.toml`: the conventions and the terms of renewal.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::clock::conventions::CHOICES;
use crate::clock::{
    Clock, ClockUnit, Convention, ConventionChanges, Conventions, Direction, ExtensionCondition, FirstDay, MakeUpDays,
    MonthEnd, Prepare, RedeclareEvent, RenewalTerms, RestDayEnd,
};
use crate::{LawError, Status, Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawConvention {
    is: String,
    text: Text,
    cite: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRenewal {
    redeclare_by: String,
    window: String,
    offered: String,
    extension: Vec<String>,
    redeclaration: Vec<String>,
    certificate: String,
    prepare: RawPrepare,
    condition: Vec<ExtensionCondition>,
    event: Vec<RedeclareEvent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrepare {
    workdays: u32,
    text: Text,
    status: Status,
}

/// The conventions, each stated once and with a value there is.
pub(crate) fn conventions(
    file: &str,
    mut raw: BTreeMap<String, RawConvention>,
) -> Result<(Conventions, Vec<Convention>), LawError> {
    // Replaced one by one below; a key that is missing is a fault, so nothing of this is left.
    let start = Conventions {
        first_day: FirstDay::NotCounted,
        month_end: MonthEnd::SameDay,
        rest_day_end: RestDayEnd::Stays,
        make_up_days: MakeUpDays::Count,
    };
    let mut changes = ConventionChanges::default();
    let mut stated = Vec::new();
    for (key, choices) in CHOICES {
        let fault = |what: String| LawError::file(file, format!("convention `{key}` {what}"));
        let found = raw.remove(key).ok_or_else(|| fault("is missing; state it".into()))?;
        let Some(is) = choices.iter().copied().find(|choice| *choice == found.is) else {
            return Err(fault(format!("may be `{}`, not `{}`", choices.join("` or `"), found.is)));
        };
        if let Some(language) = found.text.missing_language() {
            return Err(fault(format!("lacks a translation: `text` has no `{language}`")));
        }
        changes.set(&format!("{key}={is}")).map_err(|error| fault(error.to_string()))?;
        stated.push(Convention { key, is, choices, text: found.text, cite: found.cite, status: found.status });
    }
    match raw.keys().next() {
        Some(key) => Err(LawError::file(file, format!("convention `{key}` is unknown; take it out"))),
        None => Ok((start.with(changes), stated)),
    }
}

/// Every clock a renewal is made of is there, and of the kind that is needed.
pub(crate) fn renewal(file: &str, raw: RawRenewal, clocks: &[Clock]) -> Result<RenewalTerms, LawError> {
    let check = |id: &String, direction: Direction, unit: Option<ClockUnit>| {
        let clock = clocks.iter().find(|clock| clock.id == *id);
        let fits = |clock: &&Clock| clock.direction == direction && unit.is_none_or(|unit| unit == clock.unit);
        match clock.filter(fits) {
            Some(_) => Ok(()),
            None => {
                Err(LawError::file(file, format!("renewal names `{id}`, which is no clock of that kind; mend the id")))
            }
        }
    };
    for id in [&raw.redeclare_by, &raw.window] {
        check(id, Direction::Before, Some(ClockUnit::Workdays))?;
    }
    for id in [&raw.offered, &raw.certificate] {
        check(id, Direction::Before, None)?;
    }
    for id in raw.extension.iter().chain(&raw.redeclaration) {
        check(id, Direction::After, Some(ClockUnit::Workdays))?;
    }
    if raw.extension.is_empty() || raw.redeclaration.is_empty() {
        return Err(LawError::file(file, "renewal has a way without steps; name their clocks"));
    }
    let texts = raw.condition.iter().map(|c| &c.text).chain(raw.event.iter().map(|e| &e.text));
    if texts.chain([&raw.prepare.text]).any(|text| text.missing_language().is_some()) {
        return Err(LawError::file(file, "renewal lacks a translation; write both `zh` and `en`"));
    }
    if let Some(condition) = raw.condition.iter().find(|c| c.measure.is_some() != c.percent.is_some()) {
        let what = format!("condition `{}` needs both `measure` and `percent`, or neither", condition.id);
        return Err(LawError::file(file, what));
    }
    Ok(RenewalTerms {
        redeclare_by: raw.redeclare_by,
        window: raw.window,
        offered: raw.offered,
        extension: raw.extension,
        redeclaration: raw.redeclaration,
        certificate: raw.certificate,
        prepare: Prepare { workdays: raw.prepare.workdays, text: raw.prepare.text, status: raw.prepare.status },
        conditions: raw.condition,
        events: raw.event,
    })
}
