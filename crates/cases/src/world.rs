//! What every decision about a case is made by: procedures, forms and law.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use dossier::Forms;
use jiff::civil::{Date, DateTime};
use law::{ConventionChanges, Events, Pause, RuleBase, Text};
use serde::Serialize;

use crate::procedure::{Procedure, ProcedureError, Procedures};
use crate::terms::{ClockId, ProcedureId};

/// When so many runs are remembered, all are forgotten: a long-lived server meets every day of every clock once.
const REMEMBERED: usize = 200_000;

/// Procedures, forms and law, held against each other.
#[derive(Debug)]
pub struct World<'a> {
    /// The procedures.
    pub procedures: &'a Procedures,
    /// The forms.
    pub forms: &'a Forms,
    /// The law: clocks and working days.
    pub base: &'a RuleBase,
    runs: RwLock<HashMap<Key, Arc<Due>>>,
}

/// From when and how a clock runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) clock: ClockId,
    pub(crate) start: DateTime,
    pub(crate) pauses: Vec<(Date, Date)>,
    pub(crate) extended: u32,
}

/// The day a clock arrives at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// It is known.
    Day {
        /// The day; what it is says the clock's `bound`.
        day: Date,
        /// The moment, where the clock runs in hours.
        #[serde(skip_serializing_if = "Option::is_none")]
        moment: Option<DateTime>,
        /// Whether it may still move because a year's notice of holidays is not out.
        provisional: bool,
        /// What the law does not say about this run.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        unknown: Vec<Text>,
    },
    /// It cannot be said.
    Unknown {
        /// Why.
        why: Text,
    },
}

impl Due {
    /// The day, where it is known.
    pub fn day(&self) -> Option<Date> {
        match self {
            Self::Day { day, .. } => Some(*day),
            Self::Unknown { .. } => None,
        }
    }
}

impl<'a> World<'a> {
    /// Joins them. Errors: a procedure names a clock or a form that is not there, or uses a clock as its provision does not
    /// allow, or leaves out a condition of an extension.
    pub fn new(procedures: &'a Procedures, forms: &'a Forms, base: &'a RuleBase) -> Result<Self, ProcedureError> {
        procedures.check_clocks(base.clock_book())?;
        procedures.check_conditions(base.clock_book(), forms)?;
        Ok(Self { procedures, forms, base, runs: RwLock::default() })
    }

    pub(crate) fn procedure(&self, id: &ProcedureId) -> Option<&'a Procedure> {
        self.procedures.get(id.as_str())
    }

    /// Where a run of a clock arrives. Runs are remembered: a queue asks for the same few thousand all day.
    pub(crate) fn due(&self, key: Key) -> Arc<Due> {
        // A thread that panicked while it wrote left the map as it was: an entry is put in whole.
        if let Some(known) = self.runs.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        let due = Arc::new(match self.run(&key) {
            Ok(run) => {
                Due::Day { day: run.day, moment: run.moment, provisional: run.provisional, unknown: run.unknown }
            }
            Err(error) => Due::Unknown { why: Text::new(format!("无法计算：{error}"), error.to_string()) },
        });
        let mut runs = self.runs.write().unwrap_or_else(PoisonError::into_inner);
        if runs.len() >= REMEMBERED {
            runs.clear();
        }
        runs.insert(key, Arc::clone(&due));
        due
    }

    /// The same with every day on the way and its reason.
    pub(crate) fn run(&self, key: &Key) -> Result<law::Run, law::ClockError> {
        let book = self.base.clock_book();
        let clock = book.clock(key.clock.as_str())?;
        let by = book.conventions_for(clock, ConventionChanges::default());
        let start = match clock.unit {
            law::ClockUnit::Hours => law::Start::Moment(key.start),
            _ => law::Start::Day(key.start.date()),
        };
        let pauses = key.pauses.iter().map(|(from, to)| Pause { from: *from, to: *to }).collect();
        clock.run(self.base.calendar(), by, start, &Events { pauses, extended: key.extended })
    }
}
