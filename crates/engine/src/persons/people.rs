//! All persons of a transfer, a year or a permit: sorted, counted, on disk where they are many.

use std::path::Path;

use super::set::encode;
use super::{Counts, Person, PersonSet, fingerprint, kind, person};
use crate::error::EngineError;
use crate::runs::{Merge, Sorted, Sorter};

/// Gathers persons in any order. Memory stays bounded; what is more spills into the folder as sorted runs.
pub struct Gathering {
    sorter: Sorter<3>,
    without_key: Counts,
}

impl Gathering {
    /// Spills into `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { sorter: Sorter::new(folder), without_key: Counts::default() }
    }

    /// Notes a person.
    pub fn add(&mut self, fingerprint: u128, kinds: u64) -> Result<(), EngineError> {
        self.sorter.push(person(fingerprint, kinds))
    }

    /// Notes rows without a key: each counts as one more person.
    pub fn add_without_key(&mut self, kinds: u64) {
        self.without_key.note(kinds);
    }

    /// Adds everyone of a set.
    pub fn add_set(&mut self, set: &PersonSet) -> Result<(), EngineError> {
        self.without_key.add(&set.without_key);
        self.sorter.extend(set.people.iter().copied())
    }

    /// Adds everyone.
    pub fn add_people(&mut self, people: &People) -> Result<(), EngineError> {
        self.without_key.add(&people.without_key);
        people.read().try_for_each(|person| self.sorter.push(person?))
    }

    /// Sorts and counts.
    pub fn finish(self) -> Result<People, EngineError> {
        People::of(vec![self.sorter.finish()], &self.without_key)
    }
}

/// Distinct persons in order of their fingerprints, and rows that had no key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct People {
    sequences: Vec<Sorted<3>>,
    without_key: Counts,
    /// Distinct persons and rows without a key, by bit.
    totals: Counts,
}

impl Default for People {
    fn default() -> Self {
        Self { sequences: vec![Sorted::empty()], without_key: Counts::default(), totals: Counts::default() }
    }
}

/// What a release adds to those who were there before.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Those before and those of the release together.
    after: Counts,
    /// Persons who are new, or of whom something new leaves: only the new bits. Rows without a key are always new.
    pub new: People,
}

impl Difference {
    /// Persons of one kind, before and release together.
    pub fn after(&self, wanted: u64) -> u64 {
        self.after.of(wanted)
    }
}

impl People {
    fn of(sequences: Vec<Sorted<3>>, without_key: &Counts) -> Result<Self, EngineError> {
        let mut people = Self { sequences, without_key: *without_key, totals: *without_key };
        let mut totals = *without_key;
        people.read().try_for_each(|person| person.map(|person| totals.note(person[2])))?;
        people.totals = totals;
        Ok(people)
    }

    /// Persons known only as numbers, by kind: an upper bound that is always added whole.
    pub fn stated(counts: &[(u64, u64)]) -> Self {
        let mut people = Self::default();
        for (kind, count) in counts {
            people.without_key.0[kind.trailing_zeros() as usize % 64] += count;
        }
        people.totals = people.without_key;
        people
    }

    /// The same people known only as numbers.
    pub fn as_stated(&self) -> Self {
        Self { without_key: self.totals, totals: self.totals, ..Self::default() }
    }

    /// Everyone of several sets, kinds joined.
    pub fn union<'a>(all: impl IntoIterator<Item = &'a Self>) -> Result<Self, EngineError> {
        let (mut sequences, mut without_key) = (Vec::new(), Counts::default());
        for people in all {
            sequences.extend(people.sequences.iter().cloned());
            without_key.add(&people.without_key);
        }
        Self::of(sequences, &without_key)
    }

    /// Persons of one kind, rows without a key included.
    pub fn count(&self, wanted: u64) -> u64 {
        self.totals.of(wanted)
    }

    /// Rows that had no key.
    pub fn rows_without_key(&self) -> u64 {
        self.without_key.of(kind::PRESENT)
    }

    fn read(&self) -> Merge<3> {
        Merge::of(&self.sequences)
    }

    /// Each person's fingerprint and kinds, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Result<(u128, u64), EngineError>> + use<> {
        self.read().map(|person| person.map(|person| (fingerprint(&person), person[2])))
    }

    /// Everyone with these kinds instead of their own.
    pub fn marked(&self, kinds: u64, folder: &Path) -> Result<Self, EngineError> {
        let mut marked = Gathering::new(folder);
        for person in self.iter() {
            marked.add(person?.0, kinds)?;
        }
        (0..self.rows_without_key()).for_each(|_| marked.add_without_key(kinds));
        marked.finish()
    }

    /// Compares a release with those before it. New persons spill into `folder`.
    pub fn difference(before: &Self, release: &Self, folder: &Path) -> Result<Difference, EngineError> {
        let mut new = Gathering::new(folder);
        new.without_key = release.without_key;
        let mut after = before.totals;
        after.add(&release.without_key);
        let mut known = before.read();
        let mut head = known.next().transpose()?;
        for leaving in release.read() {
            let leaving: Person = leaving?;
            while head.is_some_and(|person| person[..2] < leaving[..2]) {
                head = known.next().transpose()?;
            }
            let had = head.filter(|person| person[..2] == leaving[..2]).map_or(0, |person| person[2]);
            let more = leaving[2] & !had;
            if more != 0 {
                after.note(more);
                new.sorter.push([leaving[0], leaving[1], more])?;
            }
        }
        Ok(Difference { after, new: new.finish()? })
    }

    /// The encoded form in pieces of at most `size` persons, each a [`PersonSet`] on its own; their union is the whole. Rows
    /// without a key travel with the first piece, once.
    pub fn pieces(&self, size: usize) -> impl Iterator<Item = Result<Vec<u8>, EngineError>> + use<> {
        let (mut people, mut without_key) = (self.read().peekable(), Some(self.without_key));
        std::iter::from_fn(move || {
            if without_key.is_none() && people.peek().is_none() {
                return None;
            }
            let piece = people.by_ref().take(size.max(1)).collect::<Result<Vec<_>, _>>();
            Some(piece.map(|piece| encode(&piece, &without_key.take().unwrap_or_default())))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn gather(entries: &[(u128, u64)], keyless: u64, folder: &Path) -> People {
        let mut gathering = Gathering::new(folder);
        for (fingerprint, kinds) in entries {
            gathering.add(*fingerprint, *kinds).expect("takes it");
        }
        (0..keyless).for_each(|_| gathering.add_without_key(kind::PRESENT | kind::ORDINARY));
        gathering.finish().expect("counts")
    }

    proptest! {
        /// I5: the difference of a release is exactly what it adds, whatever was there before.
        #[test]
        fn i5_a_difference_and_what_was_before_are_the_union(
            a in prop::collection::vec((0u128..40, 1u64..8), 0..60),
            b in prop::collection::vec((0u128..40, 1u64..8), 0..60),
            keyless in (0u64..3, 0u64..3),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let (before, release) = (gather(&a, keyless.0, folder.path()), gather(&b, keyless.1, folder.path()));
            let difference = People::difference(&before, &release, folder.path()).expect("compares");
            let whole = People::union([&before, &release]).expect("joins");
            let rebuilt = People::union([&before, &difference.new]).expect("joins");
            let mut expected = BTreeMap::new();
            for (fingerprint, kinds) in a.iter().chain(&b) {
                *expected.entry(*fingerprint).or_insert(0) |= kinds;
            }
            let listed = |people: &People| people.iter().collect::<Result<BTreeMap<_, _>, _>>().expect("reads");
            prop_assert_eq!(&listed(&whole), &expected);
            prop_assert_eq!(&listed(&rebuilt), &expected);
            for bit in [kind::PRESENT, kind::ORDINARY, kind::SENSITIVE] {
                let keyless = if bit == kind::SENSITIVE { 0 } else { keyless.0 + keyless.1 };
                let count = expected.values().filter(|kinds| *kinds & bit != 0).count() as u64 + keyless;
                prop_assert_eq!((whole.count(bit), rebuilt.count(bit), difference.after(bit)), (count, count, count));
            }
        }

        #[test]
        fn pieces_are_the_whole(
            entries in prop::collection::vec((0u128..400, 1u64..8), 0..60), keyless in 0u64..3, size in 1usize..20,
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let people = gather(&entries, keyless, folder.path());
            let mut back = Gathering::new(folder.path());
            for piece in people.pieces(size) {
                back.add_set(&PersonSet::from_bytes(&piece.expect("reads")).expect("decodes")).expect("takes it");
            }
            let back = back.finish().expect("counts");
            prop_assert_eq!(back.iter().map(|p| p.expect("reads")).collect::<Vec<_>>(),
                people.iter().map(|p| p.expect("reads")).collect::<Vec<_>>());
            prop_assert_eq!((back.totals, back.without_key), (people.totals, people.without_key));
        }
    }
}
