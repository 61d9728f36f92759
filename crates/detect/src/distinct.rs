//! Counting distinct values: exactly up to 65,536, estimated beyond.
//!
//! Estimated by HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with 2^14 registers over 64-bit hashes, standard error 0.81 %. It is used
//! only beyond 65,536 values, above the range that needs the small-range correction (2.5 times the registers), and 64-bit hashes need
//! no large-range one (Heule, Nunkesser, Hall 2013). Both forms are sets or maxima, so merging commutes, associates and may repeat.

/// Up to here the count is exact.
pub(crate) const EXACT: usize = 65_536;
const BITS: u32 = 14;
pub(crate) const REGISTERS: usize = 1 << BITS;

#[derive(Clone, Debug)]
pub(crate) enum Distinct {
    /// Hashes in an open table at most half full; 0 is an empty slot.
    Exact { slots: Vec<u64>, len: usize },
    /// One register each: the longest run of leading zeros seen, plus one.
    Estimate(Box<[u8; REGISTERS]>),
}

impl Distinct {
    pub(crate) fn new() -> Self {
        Self::Exact { slots: vec![0; 64], len: 0 }
    }

    #[inline]
    pub(crate) fn insert(&mut self, hash: u64) {
        match self {
            Self::Exact { slots, len } => {
                let hash = hash.max(1);
                if !insert_slot(slots, hash) {
                    return;
                }
                *len += 1;
                if *len > EXACT {
                    let registers = registers_of(slots);
                    *self = Self::Estimate(registers);
                } else if *len * 2 > slots.len() {
                    let mut wider = vec![0; slots.len() * 4];
                    for &h in slots.iter().filter(|&&h| h != 0) {
                        insert_slot(&mut wider, h);
                    }
                    *slots = wider;
                }
            }
            Self::Estimate(registers) => register(registers, hash.max(1)),
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        match other {
            Self::Exact { slots, .. } => {
                for &hash in slots.iter().filter(|&&h| h != 0) {
                    self.insert(hash);
                }
            }
            Self::Estimate(theirs) => {
                if let Self::Exact { slots, .. } = self {
                    *self = Self::Estimate(registers_of(slots));
                }
                if let Self::Estimate(ours) = self {
                    for (a, b) in ours.iter_mut().zip(theirs.iter()) {
                        *a = (*a).max(*b);
                    }
                }
            }
        }
    }

    /// The count, and whether it is estimated.
    pub(crate) fn count(&self) -> (u64, bool) {
        match self {
            Self::Exact { len, .. } => (*len as u64, false),
            Self::Estimate(registers) => {
                let m = REGISTERS as f64;
                let alpha = 0.7213 / (1.0 + 1.079 / m);
                let sum: f64 = registers.iter().map(|&r| f64::powi(2.0, -i32::from(r))).sum();
                ((alpha * m * m / sum).round() as u64, true)
            }
        }
    }

    /// The hashes in order, or none when only an estimate is left.
    pub(crate) fn hashes(&self) -> Option<Vec<u64>> {
        let Self::Exact { slots, .. } = self else {
            return None;
        };
        let mut hashes: Vec<u64> = slots.iter().copied().filter(|&h| h != 0).collect();
        hashes.sort_unstable();
        Some(hashes)
    }
}

/// Whether the hash was new.
#[inline]
fn insert_slot(slots: &mut [u64], hash: u64) -> bool {
    let mask = slots.len() - 1;
    let mut at = hash as usize & mask;
    loop {
        match slots[at] {
            0 => {
                slots[at] = hash;
                return true;
            }
            h if h == hash => return false,
            _ => at = (at + 1) & mask,
        }
    }
}

fn registers_of(slots: &[u64]) -> Box<[u8; REGISTERS]> {
    let mut registers = Box::new([0u8; REGISTERS]);
    for &hash in slots.iter().filter(|&&h| h != 0) {
        register(&mut registers, hash);
    }
    registers
}

#[inline]
fn register(registers: &mut [u8; REGISTERS], hash: u64) {
    let at = (hash >> (64 - BITS)) as usize;
    let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() as u8 + 1;
    registers[at] = registers[at].max(rank);
}

/// A 64-bit hash of bytes, the same on every machine: eight bytes at a time through a 128-bit product folded in half, as wyhash does.
///
/// Not keyed and not for storage: values of few digits can be found from it by trial. It lives in the state of a running aggregate only.
#[inline]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    const A: u64 = 0x9E37_79B9_7F4A_7C15;
    const B: u64 = 0xD1B5_4A32_D192_ED03;
    let mut state = A ^ (bytes.len() as u64);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]]);
        state = fold(state ^ word, B);
    }
    let mut last = [0u8; 8];
    let rest = chunks.remainder();
    last[..rest.len()].copy_from_slice(rest);
    fold(fold(state ^ u64::from_le_bytes(last), A), B ^ state)
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b | 1);
    (product as u64) ^ ((product >> 64) as u64) ^ a.rotate_left(29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: std::ops::Range<u64>) -> Distinct {
        let mut d = Distinct::new();
        for n in range {
            d.insert(hash(&n.to_le_bytes()));
        }
        d
    }

    #[test]
    fn exact_then_estimated() {
        assert_eq!(of(0..65_536).count(), (65_536, false));
        let (estimate, estimated) = of(0..1_000_000).count();
        assert!(estimated && (970_000..1_030_000).contains(&estimate), "{estimate}");
    }

    #[test]
    fn merging_is_the_union() {
        for (a, b, c) in
            [(0..10, 5..20, 0..20), (0..60_000, 30_000..90_000, 0..90_000), (0..100_000, 50_000..60_000, 0..100_000)]
        {
            let mut left = of(a.clone());
            left.merge(&of(b.clone()));
            let mut right = of(b);
            right.merge(&of(a));
            assert_eq!(left.count(), of(c.clone()).count(), "{c:?}");
            assert_eq!(right.count(), of(c).count());
        }
    }
}
