//! How often surrogates meet raw values: counted over keyed fingerprints, against what chance gives.

use std::hash::{BuildHasher as _, RandomState};

/// How many values a format has, by the places it has of each sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) digits: u16,
    pub(super) letters: u16,
    pub(super) han: u16,
    /// Last places of resident numbers: a digit or X.
    pub(super) check: u16,
    bits: u16,
}

impl Size {
    /// 128 bits.
    pub(super) const PSEUDONYMS: Self = Self { digits: 0, letters: 0, han: 0, check: 0, bits: 128 };

    pub(super) fn is_seventeen_digits(self) -> bool {
        self == Self { digits: 17, ..Self::default() }
    }

    fn values(self) -> f64 {
        let power = |base: f64, places: u16| base.powi(i32::from(places));
        power(10.0, self.digits)
            * power(26.0, self.letters)
            * power(f64::from(0x9fff - 0x4e00 + 1), self.han)
            * power(11.0, self.check)
            * power(2.0, self.bits)
    }
}

/// Distinct values that leave in place of others, and how many of them meet raw ones.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Surrogates {
    /// Distinct raw values of the formats that leave.
    pub raw: u64,
    /// Distinct surrogates.
    pub distinct: u64,
    /// Distinct surrogates that are the very value they stand for.
    pub same: u64,
    /// So many would be by chance: a permutation of a format maps one value to itself on average, whatever its size.
    pub same_expected: f64,
    /// Distinct surrogates that are some raw value of the column.
    pub met: u64,
    /// So many would be by chance: distinct values of a format, times the share of it that is raw values.
    pub met_expected: f64,
}

/// Fingerprints of one size of format.
#[derive(Debug, Default)]
struct Group {
    raws: Vec<u64>,
    outs: Vec<u64>,
    same: Vec<u64>,
}

/// Raw values and surrogates of a column as keyed fingerprints.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    groups: Vec<(Size, Group)>,
}

impl Meetings {
    fn group(&mut self, size: Size) -> &mut Group {
        let at = self.groups.iter().position(|(other, _)| *other == size).unwrap_or_else(|| {
            self.groups.push((size, Group::default()));
            self.groups.len() - 1
        });
        &mut self.groups[at].1
    }

    /// Takes in a pair; `raw` only where it is a value of the format itself.
    pub(super) fn add(&mut self, size: Size, raw: Option<&str>, out: &str, key: &RandomState) {
        let group = self.group(size);
        let made = key.hash_one(out);
        group.outs.push(made);
        if let Some(raw) = raw {
            let came = key.hash_one(raw);
            group.raws.push(came);
            if came == made {
                group.same.push(made);
            }
        }
    }

    /// Puts in order and leaves out what comes again.
    #[expect(clippy::stable_sort_primitive, reason = "joined lists are runs in order, which a stable sort merges")]
    pub(super) fn settle(&mut self) {
        for (_, group) in &mut self.groups {
            for list in [&mut group.raws, &mut group.outs, &mut group.same] {
                list.sort();
                list.dedup();
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (size, theirs) in other.groups {
            let ours = self.group(size);
            ours.raws.extend(theirs.raws);
            ours.outs.extend(theirs.outs);
            ours.same.extend(theirs.same);
        }
    }

    pub(super) fn finish(mut self) -> Surrogates {
        self.settle();
        let mut all = Surrogates::default();
        for (size, group) in &self.groups {
            let (raw, distinct) = (group.raws.len() as u64, group.outs.len() as u64);
            all.raw += raw;
            all.distinct += distinct;
            all.same += group.same.len() as u64;
            all.same_expected += raw as f64 / size.values();
            all.met += in_both(&group.raws, &group.outs);
            all.met_expected += raw as f64 * distinct as f64 / size.values();
        }
        all
    }
}

/// How many are in both of two lists in order.
fn in_both(a: &[u64], b: &[u64]) -> u64 {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        i += usize::from(x <= y);
        j += usize::from(y <= x);
        both += u64::from(x == y);
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(pairs: &[(&str, &str)], digits: u16) -> Surrogates {
        let key = RandomState::new();
        let mut halves = [Meetings::default(), Meetings::default()];
        for (at, (raw, out)) in pairs.iter().enumerate() {
            halves[at % 2].add(Size { digits, ..Size::default() }, Some(raw), out, &key);
        }
        let [mut first, mut second] = halves;
        first.settle();
        second.settle();
        first.merge(second);
        first.finish()
    }

    #[test]
    fn distinct_values_are_counted_whatever_part_they_stand_in() {
        let found = met(&[("1", "2"), ("2", "5"), ("1", "2"), ("3", "3"), ("4", "9")], 1);
        assert_eq!(
            (found.raw, found.distinct, found.same, found.met),
            (4, 4, 1, 2),
            "2 and 3 are raw values, 3 its own"
        );
        assert!((found.same_expected - 0.4).abs() < 1e-9 && (found.met_expected - 1.6).abs() < 1e-9);
    }

    /// A cipher of 6 digits over a tenth of its values meets as many as are expected.
    #[test]
    fn encryption_meets_raw_values_as_often_as_chance_says() {
        let key = deid::Ff1Key::new(&[9; 32]);
        let pairs = (0..60_000u32).map(|n| {
            let (raw, mut out) = (format!("{:06}", n * 7), String::new());
            key.encrypt("PHONE_LANDLINE", &raw, &mut out).expect("six digits");
            (raw, out)
        });
        let pairs = pairs.collect::<Vec<_>>();
        let pairs = pairs.iter().map(|(raw, out)| (raw.as_str(), out.as_str())).collect::<Vec<_>>();
        let found = met(&pairs, 6);
        assert!((found.met_expected - 3600.0).abs() < 1e-6);
        let off = (found.met as f64 - found.met_expected) / found.met_expected.sqrt();
        assert!(off.abs() < 5.0, "{} instead of 3600", found.met);
        assert!(found.same <= 3, "{}", found.same);
    }
}
