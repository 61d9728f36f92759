//! The decision matrix: which path for how many persons, worked out by [`law::determine`] and never typed.
//!
//! The bands are those of the provisions that can apply to a plain transfer of that day; neighbouring bands that come out
//! alike are one. Counts that look back further than the year (`never_below`) are set to the same figure.

use std::collections::BTreeSet;

use jiff::civil::Date;
use law::{Condition, FactDefinition, FactType, Facts, LawError, Outcome, Path, RuleBase, Status, Test, Value};

use crate::eras::{Era, decides, eras};

/// Counts from `from` up to, and not including, `below`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The first count.
    pub from: u64,
    /// The first count that is too many.
    pub below: Option<u64>,
}

/// What the law says of one pair of bands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// An answer.
    Answer {
        /// How it came out.
        outcome: Outcome,
        /// The paths.
        paths: Vec<Path>,
        /// How certain.
        certainty: Status,
        /// The provisions that decide, by id.
        rules: Vec<String>,
    },
    /// The rule base gives none: a gap or a conflict, as it says.
    None(String),
}

/// One table: a kind of handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Whether the handler is a CIIO.
    pub ciio: bool,
    /// Of how many persons it holds data, where that matters.
    pub held: Option<Band>,
    /// By band of ordinary persons, then by band of sensitive persons.
    pub cells: Vec<Vec<Cell>>,
}

/// The matrix of some days of law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// Its days.
    pub era: Era,
    /// Bands of persons of whom ordinary information leaves.
    pub ordinary: Vec<Band>,
    /// Bands of persons of whom sensitive information leaves.
    pub sensitive: Vec<Band>,
    /// One table for each kind of handler that the law tells apart.
    pub slices: Vec<Slice>,
}

const ORDINARY: &str = "persons.ordinary";
const SENSITIVE: &str = "persons.sensitive";
const HELD: &str = "handler.persons_held";
const CIIO: &str = "handler.ciio";

/// The matrices of a rule base, oldest first; days that do not differ share one.
pub fn matrices(base: &RuleBase) -> Vec<Matrix> {
    let mut found: Vec<Matrix> = Vec::new();
    for era in eras(base) {
        let matrix = matrix(base, era);
        match found.last_mut() {
            Some(last)
                if (&last.ordinary, &last.sensitive, &last.slices)
                    == (&matrix.ordinary, &matrix.sensitive, &matrix.slices) =>
            {
                last.era.to = matrix.era.to;
            }
            _ => found.push(matrix),
        }
    }
    found
}

fn matrix(base: &RuleBase, era: Era) -> Matrix {
    let axes = [axis(base, ORDINARY), axis(base, SENSITIVE)];
    let open: Vec<&str> = axes.iter().flatten().copied().chain([HELD, CIIO]).collect();
    let plain = plain(base, era.from, &open);
    let live: Vec<&Condition> = base
        .rules()
        .iter()
        .filter(|rule| rule.in_force(era.from) && decides(rule) && may_hold(base, &rule.when, &plain) != Some(false))
        .map(|rule| &rule.when)
        .collect();
    let bands = |facts: &[&str]| bands(base, &live, facts);
    let (ordinary, sensitive) = (bands(&axes[0]), bands(&axes[1]));
    let held: Vec<Band> = bands(&[HELD]);
    let mut slices = Vec::new();
    for ciio in [false, true] {
        for band in &held {
            let mut cells = Vec::new();
            for row in &ordinary {
                let mut line = Vec::new();
                for column in &sensitive {
                    let counts = [(&axes[0], row.from), (&axes[1], column.from)];
                    line.push(cell(base, &plain, ciio, band.from, counts, era.from));
                }
                cells.push(line);
            }
            slices.push(Slice { ciio, held: (held.len() > 1).then_some(*band), cells });
        }
    }
    let mut matrix = Matrix { era, ordinary, sensitive, slices };
    matrix.merge();
    matrix
}

/// The counts that go along one axis: the fact itself and those that only look back further.
fn axis<'a>(base: &'a RuleBase, first: &'a str) -> Vec<&'a str> {
    let mut axis = vec![first];
    for fact in base.facts() {
        if let [part] = fact.never_below.as_slice()
            && axis.contains(&part.as_str())
        {
            axis.push(&fact.id);
        }
    }
    axis
}

/// The facts a scenario begins with, on that day; what is `open` is left out, and nothing lies after the day.
pub(crate) fn plain(base: &RuleBase, on: Date, open: &[&str]) -> Facts {
    let mut facts = Facts::new();
    let known = |fact: &&FactDefinition| !open.contains(&fact.id.as_str()) && fact.sum.is_none();
    for fact in base.facts().iter().filter(known) {
        let value = match &fact.plain {
            Some(Value::Date(day)) if *day > on => Value::Date(on),
            Some(value) => value.clone(),
            None => continue,
        };
        // A plain value was checked against its fact when the rule base was read.
        let _ = facts.set(base, &fact.id, value);
    }
    facts
}

fn cell(base: &RuleBase, plain: &Facts, ciio: bool, held: u64, counts: [(&Vec<&str>, u64); 2], on: Date) -> Cell {
    let answer = || -> Result<_, LawError> {
        let mut facts = plain.clone();
        facts.set(base, CIIO, Value::Bool(ciio))?;
        let persons = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        // Whoever sends data of so many persons holds data of as many.
        facts.set(base, HELD, Value::Count(held.max(persons)))?;
        for (axis, count) in counts {
            for fact in axis {
                facts.set(base, fact, Value::Count(count))?;
            }
        }
        law::determine(base, &facts, on)
    };
    match answer() {
        Ok(answer) => {
            let decided =
                |rule: &&law::FiredRule| rule.gives_way_to.is_none() && base.rule(&rule.id).is_some_and(decides);
            let rules = answer.rules.iter().filter(decided).map(|rule| rule.id.clone()).collect();
            Cell::Answer { outcome: answer.outcome, paths: answer.paths, certainty: answer.certainty, rules }
        }
        Err(error) => Cell::None(error.to_string()),
    }
}

/// The bands that the conditions lay over some counts, and over sums of them.
fn bands(base: &RuleBase, conditions: &[&Condition], facts: &[&str]) -> Vec<Band> {
    let mut starts = BTreeSet::from([0]);
    for condition in conditions {
        each_test(condition, &mut |place, test| {
            let fact = &base.facts()[place];
            let sums = fact.sum.as_ref().is_some_and(|sum| sum.of.iter().any(|part| facts.contains(&part.as_str())));
            if fact.kind != FactType::Count || !(sums || facts.contains(&fact.id.as_str())) {
                return;
            }
            let mut exact = |value: &Value| {
                if let Value::Count(n) = value {
                    starts.extend([*n, n.saturating_add(1)]);
                }
            };
            match test {
                Test::Is(value) | Test::IsNot(value) => exact(value),
                Test::In(values) => values.iter().for_each(exact),
                Test::AtLeast(n) | Test::Below(n) => {
                    starts.insert(*n);
                }
                Test::StartsWith(_) | Test::Before(_) | Test::From(_) | Test::WithinMonths(_) => {}
            }
        });
    }
    let starts: Vec<u64> = starts.into_iter().collect();
    starts.iter().enumerate().map(|(n, from)| Band { from: *from, below: starts.get(n + 1).copied() }).collect()
}

fn each_test<'a>(condition: &'a Condition, visit: &mut impl FnMut(usize, &'a Test)) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| each_test(part, visit)),
        Condition::Not(part) => each_test(part, visit),
        Condition::Fact(fact, test) => visit(fact.place(), test),
    }
}

/// Whether the condition holds for these facts: `None` where that rests on one that is not stated.
fn may_hold(base: &RuleBase, condition: &Condition, facts: &Facts) -> Option<bool> {
    let each = |parts: &[Condition]| -> Vec<Option<bool>> { parts.iter().map(|p| may_hold(base, p, facts)).collect() };
    match condition {
        Condition::All(parts) => {
            let parts = each(parts);
            if parts.contains(&Some(false)) { Some(false) } else { parts.iter().all(Option::is_some).then_some(true) }
        }
        Condition::Any(parts) => {
            let parts = each(parts);
            if parts.contains(&Some(true)) { Some(true) } else { parts.iter().all(Option::is_some).then_some(false) }
        }
        Condition::Not(part) => may_hold(base, part, facts).map(|truth| !truth),
        Condition::Fact(fact, test) => {
            let definition = &base.facts()[fact.place()];
            let value = facts.get(&definition.id).or(definition.assumed.as_ref())?;
            match (test, value) {
                (Test::Is(wanted), value) => Some(wanted == value),
                (Test::IsNot(unwanted), value) => Some(unwanted != value),
                (Test::In(list), value) => Some(list.contains(value)),
                (Test::StartsWith(heads), Value::Text(code)) => Some(heads.iter().any(|head| code.starts_with(head))),
                // Counts are what the matrix varies, and days may come out either way.
                _ => None,
            }
        }
    }
}

impl Matrix {
    /// Makes neighbours that come out alike one band, and slices that do not differ one slice.
    fn merge(&mut self) {
        let alike = |a: &[&Cell], b: &[&Cell]| a == b;
        for n in (1..self.ordinary.len()).rev() {
            let row = |n: usize| self.slices.iter().flat_map(|slice| &slice.cells[n]).collect::<Vec<_>>();
            if alike(&row(n - 1), &row(n)) {
                let gone = self.ordinary.remove(n);
                self.ordinary[n - 1].below = gone.below;
                self.slices.iter_mut().for_each(|slice| drop(slice.cells.remove(n)));
            }
        }
        for n in (1..self.sensitive.len()).rev() {
            let lines = || self.slices.iter().flat_map(|slice| &slice.cells);
            let column = |n: usize| lines().map(|line| &line[n]).collect::<Vec<_>>();
            if alike(&column(n - 1), &column(n)) {
                let gone = self.sensitive.remove(n);
                self.sensitive[n - 1].below = gone.below;
                let lines = self.slices.iter_mut().flat_map(|slice| &mut slice.cells);
                lines.for_each(|line| drop(line.remove(n)));
            }
        }
        let mut kept: Vec<Slice> = Vec::new();
        for slice in self.slices.drain(..) {
            match kept.last_mut() {
                Some(last) if last.ciio == slice.ciio && last.cells == slice.cells => {
                    last.held = match (last.held, slice.held) {
                        (Some(Band { from: 0, .. }), Some(Band { below: None, .. })) => None,
                        (Some(first), Some(second)) => Some(Band { from: first.from, below: second.below }),
                        _ => None,
                    };
                }
                _ => kept.push(slice),
            }
        }
        self.slices = kept;
    }
}
