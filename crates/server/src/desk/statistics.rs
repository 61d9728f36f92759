//! Statistics: what officers may see of their cases, and what the public may without learning of any single one.
//!
//! Counts are published as atoms: of one procedure, by month, by sector, by province or by field. The total of a procedure may be worked
//! out from one axis and held against another, so each line of atoms is protected as if its total were known ([`protect`]). Whatever else
//! is shown is added up from the atoms that are released, and says where a part is missing: no two answers can be subtracted from each other to
//! give what was withheld.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use ::cases::{Count, Counted, Group, StatisticsQuery, percentile};
use jiff::{SignedDuration, Timestamp};

use crate::charts::Figure;
use crate::house::House;
use crate::problem::Problem;

/// Counts below this are shown to nobody outside.
pub(crate) const LEAST: u64 = 5;
/// How long the public's figures are kept.
const KEPT: SignedDuration = SignedDuration::from_secs(60);

/// One count as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Atom {
    /// So many.
    Is(u64),
    /// One to four.
    Small,
    /// Left out so that a small one cannot be worked out.
    Withheld,
}

/// By what a line of atoms goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Axis {
    Month,
    Sector,
    Province,
    Field,
}

impl Axis {
    /// Its word in downloads.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Sector => "sector",
            Self::Province => "province",
            Self::Field => "field",
        }
    }
}

/// The line of one procedure: what is counted, by what.
pub(crate) type Line = (Counted, Axis, String);

/// Working days from submission to result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) procedure: String,
    /// How many had a result.
    pub(crate) n: Atom,
    pub(crate) median: Option<u32>,
    pub(crate) p90: Option<u32>,
}

/// Everything the statistics page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) lines: BTreeMap<Line, BTreeMap<String, Atom>>,
    pub(crate) times: Vec<Times>,
}

impl Figures {
    /// Added up over those keys of an axis that `wanted` takes, of one procedure or all.
    pub(crate) fn sum(
        &self,
        counted: &[Counted],
        axis: Axis,
        procedure: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Figure {
        let of = self.lines.iter().filter(|((what, by, of), _)| {
            counted.contains(what) && *by == axis && (procedure.is_empty() || of == procedure)
        });
        let atoms = of.flat_map(|(_, line)| line.iter()).filter(|(key, _)| wanted(key)).map(|(_, atom)| *atom);
        let (mut n, mut whole) = (0, true);
        for atom in atoms {
            match atom {
                Atom::Is(count) => n += count,
                Atom::Small | Atom::Withheld => whole = false,
            }
        }
        match (n, whole) {
            (n, true) => Figure::Is(n),
            (0, false) => Figure::Withheld,
            (n, false) => Figure::AtLeast(n),
        }
    }

    /// The keys of an axis, in order.
    pub(crate) fn keys(&self, axis: Axis, procedure: &str) -> BTreeSet<&str> {
        let of = self.lines.iter().filter(|((_, by, of), _)| *by == axis && (procedure.is_empty() || of == procedure));
        of.flat_map(|(_, line)| line.keys().map(String::as_str)).collect()
    }

    /// The procedures that have figures.
    pub(crate) fn procedures(&self) -> BTreeSet<&str> {
        self.lines.keys().map(|(_, _, procedure)| procedure.as_str()).collect()
    }
}

/// What of a line of counts may be told to anybody who knows its total and this rule.
///
/// A count from 1 to 4 is small; a nought is told, as nobody stands behind it. Each small one has to stay anything from 1 to 4 for whoever
/// subtracts all that is told from the total. With `m` small ones that add up to `s` that is so by themselves where m + 3 <= s <= 4m - 3.
/// Otherwise the first larger count, in the order of keys, is left out with them, if all of them together are 4m + 5 or more; else the whole
/// line is. Neither the choice nor the conditions look at what the small ones are, only at what the reader can work out anyway: to know the rule
/// is to learn nothing.
pub(crate) fn protect(line: &BTreeMap<String, u64>) -> BTreeMap<String, Atom> {
    let is_small = |n: u64| (1..LEAST).contains(&n);
    let small: Vec<u64> = line.values().copied().filter(|n| is_small(*n)).collect();
    let (m, s) = (small.len() as u64, small.iter().sum::<u64>());
    let most = LEAST - 1;
    let told = |n: u64| if is_small(n) { Atom::Small } else { Atom::Is(n) };
    let by_themselves = m == 0 || (m + most - 1 <= s && s + most - 1 <= most * m);
    let beside =
        line.iter().find(|(_, n)| **n >= LEAST).filter(|(_, n)| s + **n >= most * m + LEAST).map(|(key, _)| key);
    let atom = |key: &String, n: u64| match beside {
        _ if by_themselves => told(n),
        Some(left_out) if left_out != key => told(n),
        Some(_) | None => Atom::Withheld,
    };
    line.iter().map(|(key, n)| (key.clone(), atom(key, *n))).collect()
}

/// The figures of the public: of whole China, kept for a minute.
pub(crate) async fn public_figures(house: &House) -> Result<Arc<Figures>, Problem> {
    if let Some(held) = house.statistics.held(house.now()) {
        return Ok(held);
    }
    let figures = Arc::new(figures(house, &StatisticsQuery::default(), true).await?);
    house.statistics.keep(house.now(), &figures);
    Ok(figures)
}

/// The figures of whoever may see small counts, narrowed by months and province.
pub(crate) async fn all_figures(house: &House, of: &StatisticsQuery) -> Result<Figures, Problem> {
    figures(house, of, false).await
}

async fn figures(house: &House, of: &StatisticsQuery, protected: bool) -> Result<Figures, Problem> {
    let by = |by: &[Group], by_month: bool| StatisticsQuery { by: by.to_vec(), by_month, ..of.clone() };
    let (months, sectors, provinces) = (
        by(&[Group::Procedure], true),
        by(&[Group::Procedure, Group::Sector], false),
        by(&[Group::Procedure, Group::Province], false),
    );
    let store = &house.store;
    let (months, sectors, provinces) =
        tokio::try_join!(store.statistics(&months), store.statistics(&sectors), store.statistics(&provinces))?;
    Ok(worked_out(&months, &sectors, &provinces, protected))
}

fn worked_out(months: &[Count], sectors: &[Count], provinces: &[Count], protected: bool) -> Figures {
    let mut lines: BTreeMap<Line, BTreeMap<String, u64>> = BTreeMap::new();
    let mut add = |counted: Counted, axis: Axis, of: &Count, key: Option<&String>| {
        let procedure = of.procedure.clone().unwrap_or_default();
        let line = lines.entry((counted, axis, procedure)).or_default();
        *line.entry(key.cloned().unwrap_or_default()).or_default() += of.n;
    };
    let plain = |of: &&Count| !matches!(of.counted, Counted::Days | Counted::Marked);
    months.iter().filter(plain).for_each(|of| add(of.counted, Axis::Month, of, of.month.as_ref()));
    sectors.iter().filter(plain).for_each(|of| add(of.counted, Axis::Sector, of, of.sector.as_ref()));
    provinces.iter().filter(plain).for_each(|of| add(of.counted, Axis::Province, of, of.province.as_ref()));
    months
        .iter()
        .filter(|of| of.counted == Counted::Marked)
        .for_each(|of| add(Counted::Marked, Axis::Field, of, of.bucket.as_ref()));
    let told = |line: BTreeMap<String, u64>| {
        if protected { protect(&line) } else { line.into_iter().map(|(key, n)| (key, Atom::Is(n))).collect() }
    };
    let lines = lines.into_iter().map(|(name, line)| (name, told(line))).collect();
    Figures { lines, times: times(months, protected) }
}

/// Working days by procedure. Of fewer than five results nothing is told to the public, of fewer than ten only the median.
fn times(counts: &[Count], protected: bool) -> Vec<Times> {
    let mut by_procedure: BTreeMap<&str, Vec<Count>> = BTreeMap::new();
    for count in counts.iter().filter(|count| count.counted == Counted::Days) {
        by_procedure.entry(count.procedure.as_deref().unwrap_or_default()).or_default().push(count.clone());
    }
    let one = |(procedure, counts): (&str, Vec<Count>)| {
        let n: u64 = counts.iter().map(|count| count.n).sum();
        let tells = |least: u64| !protected || n >= least;
        Times {
            procedure: procedure.to_owned(),
            // How many had a result is told month by month; here it would be the sum of what is withheld there.
            n: if protected { Atom::Withheld } else { Atom::Is(n) },
            median: percentile(&counts, 50).filter(|_| tells(LEAST)),
            p90: percentile(&counts, 90).filter(|_| tells(2 * LEAST)),
        }
    };
    by_procedure.into_iter().map(one).collect()
}

/// The public's figures, and since when.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Option<(Timestamp, Arc<Figures>)>>);

impl Kept {
    fn held(&self, now: Timestamp) -> Option<Arc<Figures>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: &Timestamp| *since <= now && now.duration_since(*since) < KEPT;
        held.as_ref().filter(|(since, _)| fresh(since)).map(|(_, figures)| Arc::clone(figures))
    }

    fn keep(&self, now: Timestamp, figures: &Arc<Figures>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(figures)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(counts: &[u64]) -> BTreeMap<String, u64> {
        counts.iter().enumerate().map(|(n, count)| (format!("{n:02}"), *count)).collect()
    }

    fn atoms(counts: &[u64]) -> Vec<Atom> {
        protect(&line(counts)).into_values().collect()
    }

    #[test]
    fn a_small_count_takes_another_with_it_or_the_whole_line() {
        use Atom::{Is, Small, Withheld};
        assert_eq!(atoms(&[12, 0, 7]), [Is(12), Is(0), Is(7)]);
        assert_eq!(atoms(&[3, 12, 20]), [Small, Withheld, Is(20)]);
        assert_eq!(atoms(&[20, 12, 3]), [Withheld, Is(12), Small]);
        assert_eq!(atoms(&[2, 3, 90]), [Small, Small, Is(90)], "2 and 3 may as well be 1 and 4, 4 and 1, 3 and 2");
        assert_eq!(atoms(&[1, 1, 90]), [Small, Small, Withheld], "a sum of two would give both away");
        assert_eq!(atoms(&[1, 5, 30]), [Withheld; 3], "six are one and five, and nothing else");
        assert_eq!(atoms(&[4, 0]), [Withheld, Withheld]);
        assert_eq!(atoms(&[]), []);
    }

    /// Looked through to the end: whatever is told, each small count can be 1, 2, 3 and 4, with the same total and with the same things told.
    #[test]
    fn nobody_who_knows_the_total_and_the_rule_learns_more_of_a_small_count_than_that_it_is_small() {
        let mut random = 11_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let mut looked_at = 0;
        for _ in 0..3_000 {
            let long = 1 + next(5) as usize;
            let counts: Vec<u64> = (0..long).map(|_| [0, next(30), next(7), next(5)][next(4) as usize]).collect();
            let told = atoms(&counts);
            let small: Vec<usize> = (0..long).filter(|n| told[*n] == Atom::Small).collect();
            let withheld = (0..long).find(|n| told[*n] == Atom::Withheld);
            if small.is_empty() {
                continue;
            }
            looked_at += 1;
            let hidden: u64 = small.iter().chain(&withheld).map(|n| counts[*n]).sum();
            let mut can_be = vec![BTreeSet::new(); small.len()];
            for choice in 0..4_u64.pow(small.len() as u32) {
                let mut other = counts.clone();
                for (place, at) in small.iter().enumerate() {
                    other[*at] = 1 + choice / 4_u64.pow(place as u32) % 4;
                }
                let sum: u64 = small.iter().map(|at| other[*at]).sum();
                match (withheld, hidden.checked_sub(sum)) {
                    (Some(at), Some(rest)) => other[at] = rest,
                    (None, Some(0)) => {}
                    _ => continue,
                }
                if atoms(&other) == told {
                    for (place, at) in small.iter().enumerate() {
                        can_be[place].insert(other[*at]);
                    }
                }
            }
            assert!(can_be.iter().all(|values| values.len() == 4), "{counts:?} told as {told:?}: {can_be:?}");
        }
        assert!(looked_at > 500, "{looked_at} lines had small counts to tell");
    }

    #[test]
    fn a_sum_says_where_a_part_is_missing() {
        let count = |procedure: &str, month: &str, n: u64| Count {
            counted: Counted::Submitted,
            month: Some(month.to_owned()),
            procedure: Some(procedure.to_owned()),
            province: None,
            sector: None,
            bucket: None,
            n,
        };
        let months =
            [count("a", "2026-01", 20), count("a", "2026-02", 2), count("a", "2026-03", 9), count("b", "2026-01", 7)];
        let figures = worked_out(&months, &[], &[], true);
        let sum = |procedure: &str, month: &str| {
            figures.sum(&[Counted::Submitted], Axis::Month, procedure, |key| month.is_empty() || key == month)
        };
        assert_eq!(sum("b", "2026-01"), Figure::Is(7));
        // The 20 is withheld beside the 2.
        assert_eq!(sum("", "2026-01"), Figure::AtLeast(7));
        assert_eq!(sum("a", "2026-02"), Figure::Withheld);
        assert_eq!(sum("", ""), Figure::AtLeast(16));
        let all = worked_out(&months, &[], &[], false);
        assert_eq!(all.sum(&[Counted::Submitted], Axis::Month, "", |_| true), Figure::Is(38));
    }

    #[test]
    fn the_publics_figures_are_kept_for_a_minute() {
        let kept = Kept::default();
        let now: Timestamp = "2026-11-23T03:00:00Z".parse().expect("a moment");
        assert!(kept.held(now).is_none());
        kept.keep(now, &Arc::new(Figures::default()));
        assert!(kept.held(now + SignedDuration::from_secs(59)).is_some());
        assert!(kept.held(now + SignedDuration::from_secs(60)).is_none());
        assert!(kept.held(now - SignedDuration::from_secs(1)).is_none(), "a clock that was set back");
    }
}
