//! Cases through virtual years: made-up handlers and officers act at random on procedures as they are written, and on every day
//! what must always hold is asserted. The same settings give the same lives. What was seldom taken so far in a run is taken first,
//! so the life of a case follows from those before it, too.

mod dice;
mod invariants;
mod life;
mod made_up;
mod releases;
mod step;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use dice::Dice;
pub use invariants::Broken;
pub use life::Life;
pub use made_up::papers;
pub use step::Tried;

use crate::terms::{ActionId, ProcedureId, StateId};
use crate::world::World;

/// The law as it is known from a day on: notices of holidays come out late.
#[derive(Debug)]
pub struct Era<'a> {
    /// The first day.
    pub from: Date,
    /// What is known.
    pub world: World<'a>,
}

/// How much is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What every draw follows from.
    pub seed: u64,
    /// The number of the first case; runs with other numbers are other cases.
    pub first: u64,
    /// How many cases.
    pub cases: u64,
    /// The first day of any case.
    pub from: Date,
    /// The last day of all.
    pub until: Date,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases that were opened.
    pub cases: u64,
    /// Days that cases lived through, each with every invariant asserted.
    pub case_days: u64,
    /// Actions that were recorded.
    pub actions: u64,
    /// Attempts that were refused, as they should be, by the word of the refusal.
    pub refused: BTreeMap<&'static str, u64>,
    /// How often each action was taken.
    pub taken: BTreeMap<(ProcedureId, ActionId), u64>,
    /// In which state cases were at the end.
    pub ended: BTreeMap<(ProcedureId, StateId), u64>,
    /// Clocks that ran.
    pub clocks: BTreeMap<String, u64>,
    /// What should never be: the first of each case.
    pub broken: Vec<Broken>,
}

impl Report {
    /// Joins what another run came to.
    pub fn join(&mut self, other: Self) {
        self.cases += other.cases;
        self.case_days += other.case_days;
        self.actions += other.actions;
        add(&mut self.refused, other.refused);
        add(&mut self.taken, other.taken);
        add(&mut self.ended, other.ended);
        add(&mut self.clocks, other.clocks);
        self.broken.extend(other.broken);
    }
}

fn add<K: Ord>(to: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(key).or_default() += count;
    }
}

/// Lives every case from its opening to its end or the last day.
///
/// # Panics
/// When there is no era, or the first begins after the first day.
pub fn simulate(eras: &[Era<'_>], settings: Settings) -> Report {
    assert!(eras.first().is_some_and(|era| era.from <= settings.from), "the law is known from the first day on");
    let mut report = Report::default();
    for number in settings.first..settings.first + settings.cases {
        Life::new(eras, settings, number).live(&mut report);
    }
    report
}

/// What is known on a day.
pub(crate) fn era_on<'e, 'a>(eras: &'e [Era<'a>], day: Date) -> &'e World<'a> {
    let known = eras.partition_point(|era| era.from <= day);
    &eras[known.saturating_sub(1)].world
}
