//! Persons as keyed fingerprints: counted exactly, joined by union, never a name or number in them.
//!
//! A [`PersonSet`] is what one unit of a source holds, in memory; [`People`] are all of a transfer or of a year, sorted, on disk
//! where they are many. At ten million persons the chance that any two share a fingerprint is below 2^-81.

mod people;
mod set;

pub use people::{Difference, Gathering, People};
pub use set::PersonSet;

/// What left of a person. Bits: a person may have several.
pub mod kind {
    /// The person has a row.
    pub const PRESENT: u64 = 1;
    /// Some ordinary personal information of the person leaves.
    pub const ORDINARY: u64 = 1 << 1;
    /// Some sensitive personal information of the person leaves.
    pub const SENSITIVE: u64 = 1 << 2;
    /// The first of the bits that stand for the items of a permit.
    pub const FIRST_ITEM: u32 = 8;
    /// How many items there can be.
    pub const ITEMS: u32 = 64 - FIRST_ITEM;
}

/// A person: the fingerprint's upper and lower half, and the bits.
type Person = [u64; 3];

fn person(fingerprint: u128, kinds: u64) -> Person {
    [(fingerprint >> 64) as u64, fingerprint as u64, kinds]
}

fn fingerprint(person: &Person) -> u128 {
    u128::from(person[0]) << 64 | u128::from(person[1])
}

/// For each bit how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts([u64; 64]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl Counts {
    fn note(&mut self, kinds: u64) {
        let mut left = kinds;
        while left != 0 {
            self.0[left.trailing_zeros() as usize] += 1;
            left &= left - 1;
        }
    }

    fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    /// Of the lowest bit of `kind`.
    fn of(&self, kind: u64) -> u64 {
        self.0.get(kind.trailing_zeros() as usize).copied().unwrap_or_default()
    }
}
