//! What was found in the staged bytes, held against what the plan declares (I4). A pure function.
//!
//! **Declared** is, in a kept column: its own class; the classes `holds` names; what the inventory found in running text,
//! where the column is running text; and what merely has a shape, or what the column's numbers explain by chance, as
//! often as the inventory counted it. A keyed form declares `surrogate-of:LABEL`, any other form itself: nothing of any
//! class, but values of that form.

use codes::{ClassId, Identifier, Sensitivity, taxonomy};
use deid::Transform;
use detect::{Sighting, chance};
use engine::{Outgoing, Surrogates};
use jiff::civil::Date;
use serde::Serialize;
use transfer::{Column, EgressColumn, Found, Inventory, PlannedField, PlannedSource, SurrogateCount};

use crate::gate::Stop;

/// Values of a class that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undeclared {
    /// The source.
    pub source: String,
    /// The column.
    pub column: String,
    /// The id of the class.
    pub class: String,
    /// Its label.
    pub label: String,
    /// Values whose check digit holds, where the class has one.
    pub valid: u64,
    /// Values of the form with a wrong check digit.
    pub suspected: u64,
    /// The inventory read only a part of this column's running text.
    pub sampled: bool,
}

/// Values that are not what the plan makes of their row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// The source.
    pub source: String,
    /// The column.
    pub column: String,
    /// The id of the class the column was made from.
    pub class: String,
    /// Its label.
    pub label: String,
    /// The form the plan gives it.
    pub form: Transform,
    /// How many.
    pub count: u64,
}

/// Surrogates that meet raw values more often than chance lets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// The source.
    pub source: String,
    /// The column.
    pub column: String,
    /// The id of the class the column was made from.
    pub class: String,
    /// Its label.
    pub label: String,
    /// Distinct surrogates.
    pub distinct: u64,
    /// Of these, equal to the value they stand for, and the most that is chance.
    pub same: u64,
    /// The most that is chance.
    pub same_most: u64,
    /// Equal to some raw value of the column.
    pub met: u64,
    /// The most that is chance.
    pub met_most: u64,
}

/// What the scan of one source comes to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) columns: Vec<EgressColumn>,
    pub(crate) undeclared: Vec<Undeclared>,
    pub(crate) misfits: Vec<Misfit>,
    pub(crate) meetings: Vec<Meeting>,
}

impl Outcome {
    pub(crate) fn add(&mut self, other: Self) {
        self.columns.extend(other.columns);
        self.undeclared.extend(other.undeclared);
        self.misfits.extend(other.misfits);
        self.meetings.extend(other.meetings);
    }

    /// Everything that keeps the release here; what is in it, before how it came there.
    pub(crate) fn stops(&self) -> Vec<Stop> {
        let mut stops = Vec::new();
        if !self.undeclared.is_empty() {
            stops.push(Stop::Undeclared { found: self.undeclared.clone() });
        }
        if !self.misfits.is_empty() {
            stops.push(Stop::NotAsPlanned { found: self.misfits.clone() });
        }
        if !self.meetings.is_empty() {
            stops.push(Stop::RawAmongSurrogates { found: self.meetings.clone() });
        }
        stops
    }
}

/// Holds what was found in the files of one source against its plan and inventory. `personal`: whether the data is
/// treated as personal information; otherwise nobody can declare further classes of persons in it.
pub(crate) fn evaluate(
    planned: &PlannedSource,
    inventory: Option<&Inventory>,
    outgoing: &[Outgoing],
    personal: bool,
    on: Date,
) -> Outcome {
    let mut outcome = Outcome::default();
    for (field, found) in planned.leaving().zip(outgoing) {
        let (source, name, label) = (&planned.source, &field.name, &field.label);
        let column = inventory.and_then(|inventory| inventory.column(name));
        let class = taxonomy().by_label(label).map(|class| class.class().id.clone()).unwrap_or_default();
        let declared = Declared { field, column, holds: if personal { &field.holds } else { &[] } };
        let values = found.profile.values().into_iter().map(|seen| (seen, false));
        let in_text = found.profile.in_text().into_iter().map(|seen| (seen, true));
        let mut classes = Vec::new();
        for (seen, in_text) in values.chain(in_text).filter(|(seen, _)| of_concern(seen.class, on)) {
            let (valid, suspected) = declared.beyond(&seen, in_text);
            if valid + suspected > 0 {
                outcome.undeclared.push(Undeclared {
                    source: source.clone(),
                    column: name.clone(),
                    class: seen.class.class().id.clone(),
                    label: seen.class.label().to_owned(),
                    valid,
                    suspected,
                    sampled: column.is_some_and(|column| column.sampled),
                });
            }
            let label = seen.class.label().to_owned();
            classes.push(Found { label, valid: seen.valid, suspected: seen.suspected });
        }
        let surrogates = found.surrogates.as_ref().map(surrogate_count);
        let too_many = |count: &&SurrogateCount| count.same > count.same_most || count.met > count.met_most;
        if let Some(count) = surrogates.as_ref().filter(too_many) {
            outcome.meetings.push(Meeting {
                source: source.clone(),
                column: name.clone(),
                class: class.clone(),
                label: label.clone(),
                distinct: count.distinct,
                same: count.same,
                same_most: count.same_most,
                met: count.met,
                met_most: count.met_most,
            });
        }
        if found.misfits > 0 {
            outcome.misfits.push(Misfit {
                source: source.clone(),
                column: name.clone(),
                class,
                label: label.clone(),
                form: field.transform,
                count: found.misfits,
            });
        }
        outcome.columns.push(EgressColumn {
            source: source.clone(),
            name: name.clone(),
            form: field.transform,
            declared: declared.names(),
            values: found.values,
            found: classes,
            surrogates,
        });
    }
    outcome
}

/// What the plan says of a column.
struct Declared<'a> {
    field: &'a PlannedField,
    column: Option<&'a Column>,
    holds: &'a [String],
}

impl Declared<'_> {
    fn names(&self) -> Vec<String> {
        let label = &self.field.label;
        match self.field.transform {
            Transform::Keep => {
                let mut names = vec![label.clone()];
                let in_text = self.column.iter().filter(|_| self.is_text()).flat_map(|column| {
                    column
                        .found_in_text
                        .iter()
                        .map(|(label, _)| label)
                        .chain(column.strays.iter().map(|stray| &stray.label))
                });
                for name in in_text.chain(self.holds) {
                    if !names.contains(name) {
                        names.push(name.clone());
                    }
                }
                names
            }
            Transform::Ff1 | Transform::Pseudonym => vec![format!("surrogate-of:{label}")],
            other => vec![format!("{other}-of:{label}")],
        }
    }

    fn is_text(&self) -> bool {
        self.field.label == "FREE_TEXT"
    }

    /// Of what was seen, what goes beyond the declared.
    fn beyond(&self, seen: &Sighting, in_text: bool) -> (u64, u64) {
        let all = (seen.valid, seen.suspected);
        let label = seen.class.label();
        // Of any other form than `keep`, only what is not of that form was looked at.
        let (Transform::Keep, Some(column)) = (self.field.transform, self.column) else { return all };
        if label == self.field.label || is_kin(label, &self.field.label) || self.holds.iter().any(|held| held == label)
        {
            return (0, 0);
        }
        let stray = column.strays.iter().find(|stray| stray.label == label);
        let counted = if in_text {
            let counted = column.found_in_text.iter().find(|(found, _)| found == label).map(|(_, count)| *count);
            // A hidden number in a column of amounts is no running text, even where words stand around it.
            counted.filter(|_| self.is_text() || !seen.proven).map(|count| (count, count))
        } else {
            let declared = |stray: &&transfer::Stray| self.is_text() || stray.by_chance || !seen.proven;
            stray.filter(declared).map(|stray| (stray.valid, stray.suspected))
        };
        match counted {
            // Sampled text was not counted whole: the class is declared, its number is not known.
            Some(_) if in_text && column.sampled => (0, 0),
            Some((valid, suspected)) => (seen.valid.saturating_sub(valid), seen.suspected.saturating_sub(suspected)),
            None => all,
        }
    }
}

/// Two labels for one number: the form does not tell whose passport it is, and insurance and driving licences carry the
/// resident number.
fn is_kin(seen: &str, label: &str) -> bool {
    matches!((seen, label), ("PASSPORT_CN", "PASSPORT_FOREIGN") | ("ID_CN", "SOCIAL_SECURITY_NO" | "DRIVING_LICENCE"))
}

/// Whether a class is anyone's business: it tells a person, or is sensitive.
fn of_concern(class: ClassId, on: Date) -> bool {
    let class = class.class();
    class.personal || class.identifier == Identifier::Direct || class.sensitivity_on(on).sensitive == Sensitivity::Yes
}

fn surrogate_count(found: &Surrogates) -> SurrogateCount {
    SurrogateCount {
        raw: found.raw,
        distinct: found.distinct,
        same: found.same,
        same_expected: three_digits(found.same_expected),
        same_most: chance::poisson_bound(found.same_expected),
        met: found.met,
        met_expected: three_digits(found.met_expected),
        met_most: chance::poisson_bound(found.met_expected),
    }
}

fn three_digits(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests;
