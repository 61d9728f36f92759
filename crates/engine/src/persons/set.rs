//! The persons of one unit of a source, in memory, and their encoded form.

use super::{Counts, Person, kind, person};
use crate::error::EngineError;
use crate::runs::settle;

/// First bytes of the encoded form; the digit is its version.
const MAGIC: [u8; 4] = *b"TGP2";
/// The form before items: 16 bytes of fingerprint, one of bits, three counts of rows without a key.
const FIRST: [u8; 4] = *b"TGP1";
/// A fingerprint and its bits.
const ENTRY_BYTES: usize = 24;

/// Distinct persons by the first 128 bits of HMAC-SHA-256 over their normalised key, and rows that had no key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonSet {
    pub(super) people: Vec<Person>,
    /// How many of `people` are sorted and distinct.
    sorted: usize,
    /// Rows without any key, by what leaves of them. Each counts as one more person.
    pub(super) without_key: Counts,
}

impl PersonSet {
    /// Notes that a row of this person sends the given kinds.
    pub fn add(&mut self, fingerprint: u128, kinds: u64) {
        self.people.push(person(fingerprint, kinds));
        // Sorting when the unsorted part has grown as large as the rest keeps the cost linear-logarithmic.
        if self.people.len() - self.sorted > self.sorted.max(1 << 16) {
            self.settle();
        }
    }

    /// Notes a row that has no key.
    pub fn add_without_key(&mut self, kinds: u64) {
        self.without_key.note(kinds);
    }

    /// Adds everyone of another set. Kinds of a person in both are joined; rows without a key add up.
    pub fn union(&mut self, other: &Self) {
        self.people.extend_from_slice(&other.people);
        self.settle();
        self.without_key.add(&other.without_key);
    }

    /// Persons of one kind, rows without a key included.
    pub fn count(&mut self, wanted: u64) -> u64 {
        self.settle();
        let distinct = self.people.iter().filter(|person| person[2] & wanted == wanted).count() as u64;
        distinct + self.without_key.of(wanted)
    }

    /// Rows that had no key.
    pub fn rows_without_key(&self) -> u64 {
        self.without_key.of(kind::PRESENT)
    }

    pub(super) fn settle(&mut self) {
        if self.sorted != self.people.len() {
            settle(&mut self.people);
            self.sorted = self.people.len();
        }
    }

    /// The encoded form: sorted, little-endian, versioned.
    pub fn to_bytes(&mut self) -> Vec<u8> {
        self.settle();
        encode(&self.people, &self.without_key)
    }

    /// Reads the encoded form back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EngineError> {
        let set = if bytes.starts_with(&FIRST) { read_first(bytes) } else { read(bytes) };
        let whole = set.filter(|set| set.people.is_sorted_by(|a, b| a[..2] < b[..2]));
        whole.ok_or_else(|| EngineError::Plane("a set of persons is not in a form this version reads".to_owned()))
    }
}

/// Magic, a mask of the counts of rows without a key that are not zero, those counts, and the persons.
pub(super) fn encode(people: &[Person], without_key: &Counts) -> Vec<u8> {
    let counts = without_key.0.iter().enumerate().filter(|(_, count)| **count > 0);
    let mask = counts.clone().fold(0u64, |mask, (bit, _)| mask | 1 << bit);
    let mut bytes = Vec::with_capacity(12 + 8 * counts.clone().count() + ENTRY_BYTES * people.len());
    bytes.extend_from_slice(&MAGIC);
    let words = std::iter::once(mask).chain(counts.map(|(_, count)| *count)).chain(people.iter().flatten().copied());
    words.for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
    bytes
}

fn read(bytes: &[u8]) -> Option<PersonSet> {
    let words = bytes.strip_prefix(&MAGIC)?;
    if !words.len().is_multiple_of(8) {
        return None;
    }
    let mut words = words.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
    let (mask, mut without_key) = (words.next()?, Counts::default());
    for bit in (0..64).filter(|bit| mask & (1 << bit) != 0) {
        without_key.0[bit] = words.next()?;
    }
    if !words.len().is_multiple_of(3) {
        return None;
    }
    let mut people = Vec::with_capacity(words.len() / 3);
    while let (Some(high), Some(low), Some(kinds)) = (words.next(), words.next(), words.next()) {
        people.push([high, low, kinds]);
    }
    Some(PersonSet { sorted: people.len(), people, without_key })
}

fn read_first(bytes: &[u8]) -> Option<PersonSet> {
    let (head, entries) = bytes.strip_prefix(&FIRST)?.split_at_checked(24)?;
    if !entries.len().is_multiple_of(17) {
        return None;
    }
    let mut without_key = Counts::default();
    for (count, chunk) in without_key.0.iter_mut().zip(head.chunks_exact(8)) {
        *count = u64::from_le_bytes(chunk.try_into().ok()?);
    }
    let entry = |entry: &[u8]| Some(person(u128::from_le_bytes(entry[..16].try_into().ok()?), u64::from(entry[16])));
    let people = entries.chunks_exact(17).map(entry).collect::<Option<Vec<_>>>()?;
    Some(PersonSet { sorted: people.len(), people, without_key })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_encoded_form_is_fixed() {
        let mut set = PersonSet::default();
        set.add(2, kind::PRESENT | kind::ORDINARY);
        set.add(1 << 64, kind::PRESENT);
        set.add(2, kind::SENSITIVE);
        set.add_without_key(kind::PRESENT);
        let mut expected = b"TGP2".to_vec();
        for word in [1u64, 1, 0, 2, 7, 1, 0, 1] {
            expected.extend(word.to_le_bytes());
        }
        assert_eq!(set.to_bytes(), expected);
        assert_eq!((set.count(kind::PRESENT), set.count(kind::SENSITIVE)), (3, 1));
        assert!(PersonSet::from_bytes(&expected[..expected.len() - 8]).is_err());
    }

    /// A tally kept by the first version is read on.
    #[test]
    fn the_first_form_is_still_read() {
        let mut first = b"TGP1".to_vec();
        first.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        first.extend([0; 16]);
        first.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        first.extend([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
        let mut set = PersonSet::from_bytes(&first).expect("reads");
        assert_eq!((set.count(kind::PRESENT), set.count(kind::SENSITIVE), set.rows_without_key()), (3, 1, 1));
    }

    proptest! {
        #[test]
        fn union_is_commutative_and_counts_each_person_once(
            a in prop::collection::vec((0u128..40, 1u64..8), 0..60),
            b in prop::collection::vec((0u128..40, 1u64..8), 0..60),
        ) {
            let set = |entries: &[(u128, u64)]| {
                let mut set = PersonSet::default();
                for (fingerprint, kinds) in entries {
                    set.add(*fingerprint, *kinds);
                }
                set
            };
            let (mut ab, mut ba) = (set(&a), set(&b));
            ab.union(&set(&b));
            ba.union(&set(&a));
            prop_assert_eq!(ab.to_bytes(), ba.to_bytes());
            let joined = [a.clone(), b.clone()].concat();
            prop_assert_eq!(ab.to_bytes(), set(&joined).to_bytes());
            let distinct = joined.iter().map(|(f, _)| f).collect::<std::collections::BTreeSet<_>>();
            prop_assert_eq!(ab.people.len(), distinct.len());
            prop_assert_eq!(PersonSet::from_bytes(&ab.to_bytes()).expect("reads"), ab);
        }
    }
}
