//! What a case adds to the statistics. Worked out from the whole case each time, so that what is corrected later changes the
//! figures of the month it belongs to.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{Case, Happened};
use crate::procedure::{Effect, Phase, Procedure, To};
use crate::world::World;

/// What stands for a sector nobody stated.
pub(crate) const NO_SECTOR: &str = "unknown";
/// Working days beyond which nobody asks how many.
const MOST_DAYS: u32 = 999;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// Cases opened.
    Opened,
    /// Cases submitted to an office for the first time.
    Submitted,
    /// Cases accepted.
    Accepted,
    /// Returns and requests for supplements.
    Returned,
    /// Last results by which everything was approved.
    Approved,
    /// Last results by which a part was.
    ApprovedInPart,
    /// Last results by which nothing was, and cases an office closed without one.
    Refused,
    /// Cases filed, certified or answered: in force without a decision on items.
    Filed,
    /// Cases the handler ended before a result.
    Withdrawn,
    /// Releases reported and not taken back, in the month they left.
    Released,
    /// Marks of returns by field.
    Marked,
    /// Working days from the first submission to the last result.
    Days,
}

impl Counted {
    /// All, in order.
    pub const ALL: [Self; 12] = [
        Self::Opened,
        Self::Submitted,
        Self::Accepted,
        Self::Returned,
        Self::Approved,
        Self::ApprovedInPart,
        Self::Refused,
        Self::Filed,
        Self::Withdrawn,
        Self::Released,
        Self::Marked,
        Self::Days,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::ApprovedInPart => "approved-in-part",
            Self::Refused => "refused",
            Self::Filed => "filed",
            Self::Withdrawn => "withdrawn",
            Self::Released => "released",
            Self::Marked => "marked",
            Self::Days => "days",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counted| counted.word() == word)
    }
}

/// What one case adds: how many of what in which month; the bucket is a field or a number of days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) procedure: String,
    pub(crate) province: String,
    pub(crate) sector: String,
    pub(crate) counts: BTreeMap<(Counted, String, String), i64>,
}

impl Facts {
    fn add(&mut self, what: Counted, day: Date, bucket: &str) {
        let month = format!("{:04}-{:02}", day.year(), day.month());
        *self.counts.entry((what, month, bucket.to_owned())).or_default() += 1;
    }

    /// As one line of text.
    pub(crate) fn to_text(&self) -> String {
        let counts = self.counts.iter().map(|((what, month, bucket), n)| (what, month, bucket, n));
        let all = (&self.procedure, &self.province, &self.sector, counts.collect::<Vec<_>>());
        serde_json::to_string(&all).unwrap_or_default()
    }

    /// From the text; what is no such text adds nothing.
    pub(crate) fn from_text(text: &str) -> Self {
        type Counts = Vec<(Counted, String, String, i64)>;
        let read: Option<(String, String, String, Counts)> = serde_json::from_str(text).ok();
        let Some((procedure, province, sector, counts)) = read else { return Self::default() };
        let counts = counts.into_iter().map(|(what, month, bucket, n)| ((what, month, bucket), n)).collect();
        Self { procedure, province, sector, counts }
    }
}

/// What the case adds.
pub(crate) fn facts(world: &World<'_>, case: &Case) -> Facts {
    let sector = case.handler.sector.as_deref().map(super::row::line).filter(|sector| !sector.is_empty());
    let mut facts = Facts {
        procedure: case.procedure.to_string(),
        province: case.handler.region.clone(),
        // `*` stands for all of them.
        sector: sector.filter(|sector| sector != "*").unwrap_or_else(|| NO_SECTOR.to_owned()),
        counts: BTreeMap::new(),
    };
    let Some(opened) = case.history.first() else { return facts };
    facts.add(Counted::Opened, opened.day, "");
    for release in case.releases.iter().filter(|release| release.not_published.is_none()) {
        facts.add(Counted::Released, release.day, "");
    }
    if let Some(procedure) = world.procedure(&case.procedure) {
        steps(world, procedure, case, &mut facts);
    }
    facts
}

fn steps(world: &World<'_>, procedure: &Procedure, case: &Case, facts: &mut Facts) {
    let phase = |state: &crate::terms::StateId| procedure.state(state.as_str()).map(|state| state.phase);
    let mut submitted = None;
    let mut result: Option<(Counted, Date)> = None;
    let mut returns = Vec::new();
    // The opening leads from the first state to itself.
    for happened in case.history.iter().skip(1) {
        let (from, to) = (phase(&happened.from), phase(&happened.to));
        let moves = happened.from != happened.to;
        if submitted.is_none() && from == Some(Phase::Preparing) && to.is_some_and(is_before_an_office) {
            submitted = Some(happened.day);
            facts.add(Counted::Submitted, happened.day, "");
        }
        if happened.action.as_str() == "accept" && case.last(&happened.action) == Some(happened) {
            facts.add(Counted::Accepted, happened.day, "");
        }
        if moves && to == Some(Phase::Returned) && !happened.by.role.is_handlers() {
            facts.add(Counted::Returned, happened.day, "");
            returns.push(happened.version);
        }
        if let Some(outcome) = outcome(procedure, happened, from, to) {
            // What was decided again takes the place of what was decided before.
            result = Some((outcome, happened.day));
        }
    }
    for open in case.marks.iter().filter(|open| returns.contains(&open.made)) {
        if let Some(made) = case.history.get(open.made.0 as usize - 1) {
            let field = open.mark.at.parse::<dossier::AnswerPath>().map(|path| path.field());
            facts.add(Counted::Marked, made.day, &super::row::line(&field.unwrap_or_else(|_| open.mark.at.clone())));
        }
    }
    if let Some((outcome, day)) = result {
        facts.add(outcome, day, "");
        if let Some(from) = submitted.filter(|_| outcome != Counted::Withdrawn) {
            let bucket = workdays(world, from, day).map_or_else(|| "unknown".to_owned(), |days| format!("{days:03}"));
            facts.add(Counted::Days, day, &bucket);
        }
    }
}

fn is_before_an_office(phase: Phase) -> bool {
    !matches!(phase, Phase::Preparing | Phase::Closed)
}

/// How a step ended what was asked for, where it did.
fn outcome(procedure: &Procedure, happened: &Happened, from: Option<Phase>, to: Option<Phase>) -> Option<Counted> {
    let action = procedure.action(happened.action.as_str());
    if let Some(To::Result { approved, in_part, refused }) = action.map(|action| &action.to) {
        let of = [(approved, Counted::Approved), (in_part, Counted::ApprovedInPart), (refused, Counted::Refused)];
        return of.into_iter().find(|(state, _)| **state == happened.to).map(|(_, outcome)| outcome);
    }
    let waited = matches!(from, Some(Phase::Pending | Phase::Returned));
    match to {
        Some(Phase::InForce) if waited && action.is_some_and(|action| action.effect != Some(Effect::Prolong)) => {
            Some(Counted::Filed)
        }
        Some(Phase::Closed) if waited && happened.by.role.is_handlers() => Some(Counted::Withdrawn),
        Some(Phase::Closed) if waited => Some(Counted::Refused),
        Some(Phase::Closed) if from == Some(Phase::Preparing) => Some(Counted::Withdrawn),
        _ => None,
    }
}

/// Working days after `from` up to `to`; `None`: the calendar does not cover them.
fn workdays(world: &World<'_>, from: Date, to: Date) -> Option<u32> {
    let (mut day, mut count) = (from, 0);
    while day < to && count < MOST_DAYS {
        day = day.saturating_add(1.day());
        count += u32::from(world.base.calendar().is_working_day(day).ok()?.counts());
    }
    Some(count)
}
