//! Sorting more records than memory holds: sorted runs that spill to disk, read back as one ascending sequence.
//!
//! A record is `N` words. All but the last are its key; the last holds bits, which are joined (or) where keys are equal. So a
//! person is three words, 24 bytes: 128 bits of fingerprint and 64 bits that say what left.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::EngineError;

/// Bytes held in memory before a run spills.
const BUDGET: usize = 96 << 20;
/// Bytes read or written at a time.
const BLOCK: usize = 256 << 10;

/// Takes records in any order.
pub(crate) struct Sorter<const N: usize> {
    folder: PathBuf,
    buffer: Vec<[u64; N]>,
    /// Records held before a run spills.
    room: usize,
    runs: Vec<Run>,
}

/// One sorted run on disk. Its file has no name any more: whatever happens, nothing stays behind.
#[derive(Clone)]
struct Run {
    file: Arc<File>,
    records: u64,
}

/// Records in ascending order, each key once. Cheap to clone; can be read any number of times.
#[derive(Clone)]
pub(crate) struct Sorted<const N: usize> {
    memory: Arc<Vec<[u64; N]>>,
    runs: Vec<Run>,
    folder: PathBuf,
}

impl<const N: usize> Sorter<N> {
    /// Spills into `folder`, which must exist once more is taken than memory should hold.
    pub(crate) fn new(folder: &Path) -> Self {
        Self::with_budget(folder, BUDGET)
    }

    fn with_budget(folder: &Path, bytes: usize) -> Self {
        let room = (bytes / size_of::<[u64; N]>()).max(1);
        Self { folder: folder.to_owned(), buffer: Vec::new(), room, runs: Vec::new() }
    }

    /// Takes one record.
    pub(crate) fn push(&mut self, record: [u64; N]) -> Result<(), EngineError> {
        if self.buffer.len() >= self.room {
            settle(&mut self.buffer);
            // Repeated keys may have made room; a run of a few records would not be worth a file.
            if self.buffer.len() > self.room / 2 {
                self.spill()?;
            }
        }
        self.buffer.push(record);
        Ok(())
    }

    /// Takes many.
    pub(crate) fn extend(&mut self, records: impl IntoIterator<Item = [u64; N]>) -> Result<(), EngineError> {
        records.into_iter().try_for_each(|record| self.push(record))
    }

    fn spill(&mut self) -> Result<(), EngineError> {
        let io = |error| EngineError::io(&self.folder, error);
        let mut file = tempfile::tempfile_in(&self.folder).map_err(io)?;
        let mut bytes = Vec::with_capacity(BLOCK + N * 8);
        for record in &self.buffer {
            for word in record {
                bytes.extend_from_slice(&word.to_le_bytes());
            }
            if bytes.len() >= BLOCK {
                file.write_all(&bytes).map_err(io)?;
                bytes.clear();
            }
        }
        file.write_all(&bytes).map_err(io)?;
        self.runs.push(Run { file: Arc::new(file), records: self.buffer.len() as u64 });
        self.buffer.clear();
        Ok(())
    }

    /// Everything taken, in order.
    pub(crate) fn finish(mut self) -> Sorted<N> {
        settle(&mut self.buffer);
        Sorted { memory: Arc::new(self.buffer), runs: self.runs, folder: self.folder }
    }
}

impl<const N: usize> Sorted<N> {
    /// Nothing.
    pub(crate) fn empty() -> Self {
        Self { memory: Arc::default(), runs: Vec::new(), folder: PathBuf::new() }
    }

    /// Reads from the beginning.
    pub(crate) fn read(&self) -> Merge<N> {
        Merge::of(std::slice::from_ref(self))
    }
}

impl<const N: usize> std::fmt::Debug for Sorted<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let spilled = self.runs.iter().map(|run| run.records).sum::<u64>();
        write!(f, "Sorted({} in memory, {spilled} on disk)", self.memory.len())
    }
}

/// Sorts and joins the bits of equal keys.
pub(crate) fn settle<const N: usize>(records: &mut Vec<[u64; N]>) {
    records.sort_unstable();
    records.dedup_by(|later, kept| {
        let same = later[..N - 1] == kept[..N - 1];
        if same {
            kept[N - 1] |= later[N - 1];
        }
        same
    });
}

/// Several sorted sequences read as one: an iterator over distinct keys in ascending order.
pub(crate) struct Merge<const N: usize> {
    cursors: Vec<Cursor<N>>,
    /// The next record of each cursor that has one; the smallest on top.
    heads: BinaryHeap<Reverse<([u64; N], usize)>>,
    failed: Option<EngineError>,
}

impl<const N: usize> Merge<N> {
    /// The union of all.
    pub(crate) fn of(sequences: &[Sorted<N>]) -> Self {
        let mut merge = Self { cursors: Vec::new(), heads: BinaryHeap::new(), failed: None };
        for sorted in sequences {
            let memory = Cursor::Memory { records: Arc::clone(&sorted.memory), next: 0 };
            let runs = sorted.runs.iter().map(|run| Cursor::Disk {
                run: run.clone(),
                block: Vec::new(),
                next: 0,
                read: 0,
                folder: sorted.folder.clone(),
            });
            merge.cursors.extend(std::iter::once(memory).chain(runs));
        }
        for index in 0..merge.cursors.len() {
            match merge.cursors[index].advance() {
                Ok(Some(record)) => merge.heads.push(Reverse((record, index))),
                Ok(None) => {}
                Err(error) => merge.failed = Some(error),
            }
        }
        merge
    }

    /// Takes the smallest record away.
    fn pop(&mut self) -> Option<[u64; N]> {
        let mut top = self.heads.peek_mut()?;
        let Reverse((record, index)) = *top;
        match self.cursors[index].advance() {
            Ok(Some(next)) => *top = Reverse((next, index)),
            Ok(None) => {
                PeekMut::pop(top);
            }
            Err(error) => {
                PeekMut::pop(top);
                self.failed = Some(error);
            }
        }
        Some(record)
    }
}

impl<const N: usize> Iterator for Merge<N> {
    type Item = Result<[u64; N], EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = match self.failed.take() {
            Some(error) => return Some(Err(error)),
            None => self.pop()?,
        };
        while self.heads.peek().is_some_and(|Reverse((next, _))| next[..N - 1] == record[..N - 1]) {
            record[N - 1] |= self.pop().map_or(0, |same| same[N - 1]);
        }
        // A run that cannot be read on makes the whole sequence unusable, not shorter.
        match self.failed.take() {
            Some(error) => {
                self.heads.clear();
                Some(Err(error))
            }
            None => Some(Ok(record)),
        }
    }
}

enum Cursor<const N: usize> {
    Memory { records: Arc<Vec<[u64; N]>>, next: usize },
    Disk { run: Run, block: Vec<[u64; N]>, next: usize, read: u64, folder: PathBuf },
}

impl<const N: usize> Cursor<N> {
    fn advance(&mut self) -> Result<Option<[u64; N]>, EngineError> {
        match self {
            Self::Memory { records, next } => {
                *next += 1;
                Ok(records.get(*next - 1).copied())
            }
            Self::Disk { run, block, next, read, folder } => {
                if *next == block.len() {
                    let size = size_of::<[u64; N]>();
                    let wanted = ((BLOCK / size) as u64).min(run.records - *read) as usize;
                    let mut bytes = vec![0; wanted * size];
                    let start = *read * size as u64;
                    run.file.read_exact_at(&mut bytes, start).map_err(|error| EngineError::io(&*folder, error))?;
                    block.clear();
                    block.extend(bytes.chunks_exact(size).map(words));
                    *read += wanted as u64;
                    *next = 0;
                }
                *next += 1;
                Ok(block.get(*next - 1).copied())
            }
        }
    }
}

/// A record from its bytes, of which there are `8 N`.
fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut record = [0; N];
    for (word, chunk) in record.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
    }
    record
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn spilled_runs_read_as_one_ordered_map(
            records in prop::collection::vec((0u64..30, 0u64..5, 1u64..16), 0..300),
            budget in 24usize..2000,
            split in 0usize..300,
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let mut expected = BTreeMap::new();
            for (high, low, bits) in &records {
                *expected.entry((*high, *low)).or_insert(0) |= bits;
            }
            let (left, right) = records.split_at(split.min(records.len()));
            let parts = [left, right].map(|part| {
                let mut sorter = Sorter::<3>::with_budget(folder.path(), budget);
                sorter.extend(part.iter().map(|(high, low, bits)| [*high, *low, *bits])).expect("takes them");
                sorter.finish()
            });
            for _ in 0..2 {
                let read = Merge::of(&parts).map(|record| record.expect("reads")).collect::<Vec<_>>();
                let wanted = expected.iter().map(|((high, low), bits)| [*high, *low, *bits]).collect::<Vec<_>>();
                prop_assert_eq!(read, wanted);
            }
            prop_assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "no file is left");
        }
    }

    #[test]
    fn a_run_that_cannot_be_read_is_an_error_not_an_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sorter = Sorter::<3>::with_budget(folder.path(), 240);
        sorter.extend((0..25).map(|number| [number, 0, 1])).expect("takes them");
        let sorted = sorter.finish();
        sorted.runs[0].file.set_len(24).expect("cuts");
        assert!(sorted.read().any(|record| record.is_err()));
    }
}
