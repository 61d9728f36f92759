//! The state of one column while its cells go by.

use crate::distinct::{Distinct, EXACT, REGISTERS, hash};
use crate::finding::{ColumnFinding, Sighting, decide, sightings};
use crate::shape::{Counts, KINDS, classify};
use crate::text::{LABELS, scan_labels};

/// Free text up to here is read whole even when it is sampled.
const FIRST_BYTES: u64 = 64 * 1024;
/// Beyond that every so many cells.
const EVERY: u64 = 20;

const MAGIC: &[u8; 4] = b"TGCP";
const VERSION: u8 = 2;

/// Counts and hashes over the cells of one column: the state of an aggregate function.
///
/// Bounded by about 1 MiB (65,536 hashes of 64 bits in a table at most half full). It holds no value, but the hashes are not keyed: treat
/// the state as part of a running query and do not store it.
#[derive(Clone, Debug)]
pub struct ColumnProfile {
    full: bool,
    pub(crate) nonnull: u64,
    pub(crate) counts: Counts,
    pub(crate) distinct: Distinct,
    text_cells: u64,
    text_bytes: u64,
    pub(crate) skipped: u64,
    /// What was found in running text, whatever its check digit says.
    pub(crate) found: [u64; LABELS.len()],
    /// Of these, with a wrong check digit.
    pub(crate) found_wrong: [u64; LABELS.len()],
}

/// Why bytes are no state of a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Another magic number or version.
    #[error("not a column profile of version {VERSION}: read it with the program that wrote it")]
    Version,
    /// Too short, too long, or a count out of range.
    #[error("column profile damaged at byte {0}: profile the column again")]
    Damaged(usize),
}

impl ColumnProfile {
    /// An empty state. `full` scans every cell of free text; else the first 64 KiB of it and every 20th cell.
    pub fn new(full: bool) -> Self {
        Self {
            full,
            nonnull: 0,
            counts: [0; KINDS],
            distinct: Distinct::new(),
            text_cells: 0,
            text_bytes: 0,
            skipped: 0,
            found: [0; LABELS.len()],
            found_wrong: [0; LABELS.len()],
        }
    }

    /// Takes in one cell that is neither null nor empty.
    #[inline]
    pub fn update(&mut self, value: &str) {
        self.nonnull += 1;
        self.distinct.insert(hash(value.as_bytes()));
        if classify(value, &mut self.counts) {
            self.text(value);
        }
    }

    fn text(&mut self, value: &str) {
        let take = self.full || self.text_bytes < FIRST_BYTES || self.text_cells.is_multiple_of(EVERY);
        self.text_cells += 1;
        self.text_bytes += value.len() as u64;
        if take {
            scan_labels(value, &mut self.found, &mut self.found_wrong);
        } else {
            self.skipped += 1;
        }
    }

    /// Takes in another part of the same column. The order of parts does not matter; where free text is sampled, each part samples its own.
    pub fn merge(&mut self, other: &Self) {
        self.full &= other.full;
        self.nonnull += other.nonnull;
        self.text_cells += other.text_cells;
        self.text_bytes += other.text_bytes;
        self.skipped += other.skipped;
        for (a, b) in self.counts.iter_mut().zip(&other.counts) {
            *a += b;
        }
        for (a, b) in self.found.iter_mut().zip(&other.found) {
            *a += b;
        }
        for (a, b) in self.found_wrong.iter_mut().zip(&other.found_wrong) {
            *a += b;
        }
        self.distinct.merge(&other.distinct);
    }

    /// The state as bytes, at most 530 KiB: `TGCP`, version, numbers as little-endian 64 bits, hashes in order.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024);
        out.extend_from_slice(MAGIC);
        out.push(VERSION);
        out.push(u8::from(self.full));
        for n in [self.nonnull, self.text_cells, self.text_bytes, self.skipped] {
            out.extend_from_slice(&n.to_le_bytes());
        }
        for table in [&self.counts[..], &self.found[..], &self.found_wrong[..]] {
            let used = || table.iter().enumerate().filter(|(_, n)| **n > 0);
            out.push(used().count() as u8);
            for (at, n) in used() {
                out.push(at as u8);
                out.extend_from_slice(&n.to_le_bytes());
            }
        }
        match (&self.distinct, self.distinct.hashes()) {
            (Distinct::Estimate(registers), _) => {
                out.push(1);
                out.extend_from_slice(&registers[..]);
            }
            (_, hashes) => {
                let hashes = hashes.unwrap_or_default();
                out.push(0);
                out.extend_from_slice(&(hashes.len() as u32).to_le_bytes());
                for h in hashes {
                    out.extend_from_slice(&h.to_le_bytes());
                }
            }
        }
        out
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut r = Reader { bytes, at: 0 };
        if r.take(4)? != MAGIC || r.byte()? != VERSION {
            return Err(StateError::Version);
        }
        let mut state = Self::new(r.byte()? != 0);
        for n in [&mut state.nonnull, &mut state.text_cells, &mut state.text_bytes, &mut state.skipped] {
            *n = r.number()?;
        }
        for table in [&mut state.counts[..], &mut state.found[..], &mut state.found_wrong[..]] {
            for _ in 0..r.byte()? {
                let at = usize::from(r.byte()?);
                let damaged = StateError::Damaged(r.at);
                *table.get_mut(at).ok_or(damaged)? = r.number()?;
            }
        }
        match r.byte()? {
            0 => {
                let len = r.take(4)?;
                let len = u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
                if len > EXACT {
                    return Err(StateError::Damaged(r.at));
                }
                for _ in 0..len {
                    let h = r.number()?;
                    state.distinct.insert(h);
                }
            }
            1 => {
                let mut registers = Box::new([0u8; REGISTERS]);
                registers.copy_from_slice(r.take(REGISTERS)?);
                if registers.iter().any(|&n| n > 52) {
                    return Err(StateError::Damaged(r.at));
                }
                state.distinct = Distinct::Estimate(registers);
            }
            _ => return Err(StateError::Damaged(r.at)),
        }
        if r.at == bytes.len() { Ok(state) } else { Err(StateError::Damaged(r.at)) }
    }

    /// Values of every class that proves itself, whatever the column is.
    pub fn values(&self) -> Vec<Sighting> {
        sightings::values(self)
    }

    /// What was found inside cells of running text.
    pub fn in_text(&self) -> Vec<Sighting> {
        sightings::in_text(self)
    }

    /// Cells taken in.
    pub fn nonnull(&self) -> u64 {
        self.nonnull
    }

    /// What the column holds. `header` is `None` when the file has none.
    pub fn finish(&self, header: Option<&str>) -> ColumnFinding {
        decide(self, header)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], StateError> {
        let part = self.bytes.get(self.at..self.at + n).ok_or(StateError::Damaged(self.at))?;
        self.at += n;
        Ok(part)
    }

    fn byte(&mut self) -> Result<u8, StateError> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u64, StateError> {
        let b = self.take(8)?;
        Ok(u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
    }
}
