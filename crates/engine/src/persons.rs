//! Sets of persons as keyed fingerprints: counted exactly, joined by union, never a name or number in them.

use crate::error::EngineError;

/// What left of a person. Bits: a person may be in both.
pub mod kind {
    /// The person has a row.
    pub const PRESENT: u8 = 1;
    /// Some ordinary personal information of the person leaves.
    pub const ORDINARY: u8 = 2;
    /// Some sensitive personal information of the person leaves.
    pub const SENSITIVE: u8 = 4;
}

/// First bytes of the encoded form; the digit is its version.
const MAGIC: [u8; 4] = *b"TGP1";
/// A fingerprint and its kinds.
const ENTRY_BYTES: usize = 17;
/// Magic and the three counts of rows without a key.
const HEAD_BYTES: usize = 4 + 3 * 8;

/// Distinct persons by the first 128 bits of HMAC-SHA-256 over their normalised key, and rows that had no key.
///
/// At ten million persons the chance that any two share a fingerprint is below 2^-81.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonSet {
    /// Ascending by fingerprint, each once, with its kinds.
    people: Vec<(u128, u8)>,
    /// How many of `people` are sorted and distinct.
    sorted: usize,
    /// Rows without any key, of whom: present, ordinary, sensitive. Each counts as one more person.
    without_key: [u64; 3],
}

impl PersonSet {
    /// Notes that a row of this person sends the given kinds.
    pub fn add(&mut self, fingerprint: u128, kinds: u8) {
        self.people.push((fingerprint, kinds));
        // Sorting when the unsorted part has grown as large as the rest keeps the cost linear-logarithmic.
        if self.people.len() - self.sorted > self.sorted.max(1 << 16) {
            self.settle();
        }
    }

    /// Notes a row that has no key.
    pub fn add_without_key(&mut self, kinds: u8) {
        for (count, bit) in self.without_key.iter_mut().zip([kind::PRESENT, kind::ORDINARY, kind::SENSITIVE]) {
            *count += u64::from(kinds & bit != 0);
        }
    }

    /// Adds everyone of another set. Kinds of a person in both are joined; rows without a key add up.
    pub fn union(&mut self, other: &Self) {
        self.people.extend_from_slice(&other.people);
        self.settle();
        for (count, more) in self.without_key.iter_mut().zip(other.without_key) {
            *count += more;
        }
    }

    /// Everyone of several sets, sorted once.
    pub fn union_all(sets: impl Iterator<Item = Result<Self, EngineError>>) -> Result<Self, EngineError> {
        let mut all = Self::default();
        for set in sets {
            let set = set?;
            all.people.extend_from_slice(&set.people);
            all.sorted = 0;
            for (count, more) in all.without_key.iter_mut().zip(set.without_key) {
                *count += more;
            }
        }
        all.settle();
        Ok(all)
    }

    /// Persons of one kind, rows without a key included.
    pub fn count(&mut self, wanted: u8) -> u64 {
        self.settle();
        let distinct = self.people.iter().filter(|(_, kinds)| kinds & wanted == wanted).count() as u64;
        let without = match wanted {
            kind::PRESENT => self.without_key[0],
            kind::ORDINARY => self.without_key[1],
            _ => self.without_key[2],
        };
        distinct + without
    }

    /// Rows that had no key.
    pub fn rows_without_key(&self) -> u64 {
        self.without_key[0]
    }

    /// The fingerprints in ascending order with their kinds.
    pub fn people(&mut self) -> &[(u128, u8)] {
        self.settle();
        &self.people
    }

    /// Sorts and joins duplicates.
    fn settle(&mut self) {
        if self.sorted == self.people.len() {
            return;
        }
        self.people.sort_unstable_by_key(|entry| entry.0);
        self.people.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 |= later.1;
            }
            same
        });
        self.sorted = self.people.len();
    }

    /// The encoded form: sorted, little-endian, versioned.
    pub fn to_bytes(&mut self) -> Vec<u8> {
        self.settle();
        let mut bytes = Vec::with_capacity(HEAD_BYTES + ENTRY_BYTES * self.people.len());
        bytes.extend_from_slice(&MAGIC);
        for count in self.without_key {
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        for (fingerprint, kinds) in &self.people {
            bytes.extend_from_slice(&fingerprint.to_le_bytes());
            bytes.push(*kinds);
        }
        bytes
    }

    /// The encoded form in pieces of at most `size` persons, each readable on its own; their union is the whole.
    pub fn runs(&mut self, size: usize) -> Vec<Vec<u8>> {
        self.settle();
        let piece = |people: &[(u128, u8)], without_key| {
            Self { sorted: people.len(), people: people.to_vec(), without_key }.to_bytes()
        };
        let mut chunks = self.people.chunks(size.max(1));
        // Rows without a key travel with the first piece, once.
        let mut runs = vec![piece(chunks.next().unwrap_or_default(), self.without_key)];
        runs.extend(chunks.map(|people| piece(people, [0; 3])));
        runs
    }

    /// Reads the encoded form back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EngineError> {
        let malformed = || EngineError::Plane("a set of persons is not in a form this version reads".to_owned());
        let (head, entries) = bytes.split_at_checked(HEAD_BYTES).ok_or_else(malformed)?;
        if head[..4] != MAGIC || !entries.len().is_multiple_of(ENTRY_BYTES) {
            return Err(malformed());
        }
        let mut without_key = [0; 3];
        for (count, chunk) in without_key.iter_mut().zip(head[4..].chunks_exact(8)) {
            *count = u64::from_le_bytes(chunk.try_into().map_err(|_| malformed())?);
        }
        let people = entries
            .chunks_exact(ENTRY_BYTES)
            .map(|entry| {
                let (fingerprint, kinds) = entry.split_at(16);
                Ok((u128::from_le_bytes(fingerprint.try_into().map_err(|_| malformed())?), kinds[0]))
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        if !people.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(malformed());
        }
        Ok(Self { sorted: people.len(), people, without_key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_encoded_form_is_fixed() {
        let mut set = PersonSet::default();
        set.add(2, kind::PRESENT | kind::ORDINARY);
        set.add(1, kind::PRESENT);
        set.add(2, kind::SENSITIVE);
        set.add_without_key(kind::PRESENT);
        let mut expected = b"TGP1".to_vec();
        expected.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([0; 16]);
        expected.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        expected.extend([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
        assert_eq!(set.to_bytes(), expected);
        assert_eq!(set.count(kind::PRESENT), 3);
        assert_eq!(set.count(kind::SENSITIVE), 1);
    }

    proptest! {
        #[test]
        fn union_is_commutative_associative_and_counts_each_person_once(
            a in prop::collection::vec((0u128..40, 1u8..8), 0..60),
            b in prop::collection::vec((0u128..40, 1u8..8), 0..60),
        ) {
            let set = |entries: &[(u128, u8)]| {
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
            prop_assert_eq!(ab.people().len(), distinct.len());
            let mut pieces = PersonSet::default();
            for run in ab.runs(7) {
                pieces.union(&PersonSet::from_bytes(&run).unwrap());
            }
            prop_assert_eq!(pieces.to_bytes(), ab.to_bytes());
            prop_assert_eq!(PersonSet::from_bytes(&ab.to_bytes()).unwrap(), ab);
        }
    }
}
