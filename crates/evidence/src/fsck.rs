//! Rehashing a whole log, from the first entry to the last, holding one tile of each level.

use std::fmt::Display;

use crate::log::{Log, LogError};
use crate::merkle::{self, Hash};
use crate::store::Store;
use crate::tiles::{self, Level, Tile, WIDTH};

/// One file that does not fit the signed tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Path within the store.
    pub path: String,
    /// What does not fit.
    pub why: &'static str,
}

/// What [`Log::fsck`] read and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FsckReport {
    /// Entries hashed.
    pub entries: u64,
    /// Bundles read, replaced partial ones included.
    pub bundles: u64,
    /// Hash tiles read, replaced partial ones included.
    pub tiles: u64,
    /// Partial files beyond the signed size: leftovers of an append that was cut short. They harm nothing.
    pub unsigned: u64,
    /// What does not fit; empty for a sound log.
    pub faults: Vec<Fault>,
}

impl FsckReport {
    /// Whether every byte is what the signed root commits to.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, path: &dyn Display, why: &'static str) {
        self.faults.push(Fault { path: path.to_string(), why });
    }
}

impl<S: Store> Log<S> {
    /// Rehashes every entry and compares every tile, bundle, older partial version and the checkpoint with what comes out.
    ///
    /// Reads the whole log once; memory holds a bundle and a tile of each level, however long the log. An error is only that the
    /// store failed; what is wrong with the log is in the report.
    pub fn fsck(&self) -> Result<FsckReport, LogError> {
        let mut walk = Walk { log: self, levels: Vec::new(), peaks: Peaks::default(), report: FsckReport::default() };
        for index in 0..self.size().div_ceil(WIDTH) {
            for leaf in walk.bundle(index)? {
                walk.peaks.push(leaf);
                walk.push(0, leaf)?;
            }
        }
        // What is left at the right edge is the partial tile of each level.
        for level in 0..walk.levels.len() {
            walk.close(level)?;
        }
        let Walk { peaks, mut report, .. } = walk;
        if peaks.root() != self.root() {
            report.fault(&"checkpoint", "the signed root is not the root of the entries");
        }
        if self.read_path("checkpoint")?.as_deref() != Some(self.checkpoint().as_bytes()) {
            report.fault(&"checkpoint", "it is not the one this log was opened with");
        }
        Ok(report)
    }
}

/// One way through a log.
struct Walk<'a, S> {
    log: &'a Log<S>,
    /// For each level the number of full tiles behind and the hashes of the tile that is being filled.
    levels: Vec<(u64, Vec<Hash>)>,
    peaks: Peaks,
    report: FsckReport,
}

impl<S: Store> Walk<'_, S> {
    /// The leaf hashes of a bundle. Where it cannot be read its tile stands in, so that one fault is reported once.
    fn bundle(&mut self, index: u64) -> Result<Vec<Hash>, LogError> {
        let tile = self.log.tile_at(Level::Entries, index);
        let bytes = match self.log.read_tile(Level::Entries, index) {
            Ok((bytes, _)) => Some(bytes),
            Err(LogError::Missing { .. }) => None,
            Err(error) => return Err(error),
        };
        self.report.bundles += 1;
        let read = bytes.as_deref().and_then(|bytes| tiles::decode_entries(bytes, tile.width).zip(Some(bytes)));
        if let Some((entries, bytes)) = read {
            self.report.entries += entries.len() as u64;
            let ends = entries.iter().scan(0, |end, entry| {
                *end += 2 + entry.len();
                Some(*end)
            });
            let ends: Vec<usize> = ends.collect();
            self.partials(&tile, bytes, |width| ends[width - 1])?;
            return Ok(entries.into_iter().map(merkle::leaf_hash).collect());
        }
        self.report.fault(&tile, "missing, or not a bundle of that many entries");
        let stand_in = self.log.tile(0, index).unwrap_or_default();
        let filled = stand_in.into_iter().chain(std::iter::repeat_with(merkle::empty_root));
        Ok(filled.take(usize::from(tile.width)).collect())
    }

    fn push(&mut self, level: usize, hash: Hash) -> Result<(), LogError> {
        if self.levels.len() == level {
            self.levels.push((0, Vec::with_capacity(WIDTH as usize)));
        }
        self.levels[level].1.push(hash);
        if (self.levels[level].1.len() as u64) < WIDTH {
            return Ok(());
        }
        let above = merkle::perfect_root(&self.levels[level].1);
        self.close(level)?;
        self.push(level + 1, above)
    }

    /// Compares a tile with the hashes it must hold, and begins the next.
    fn close(&mut self, level: usize) -> Result<(), LogError> {
        let (index, hashes) = std::mem::replace(&mut self.levels[level], (0, Vec::with_capacity(WIDTH as usize)));
        self.levels[level].0 = index + 1;
        if hashes.is_empty() {
            return Ok(());
        }
        // A level is at most 7: sizes have 64 bits.
        let tile = self.log.tile_at(Level::Hashes(level as u8), index);
        let expected = tiles::encode_hashes(&hashes);
        self.report.tiles += 1;
        match self.log.read_tile(tile.level, index) {
            Ok((stored, _)) if stored == expected => {}
            Ok(_) => self.report.fault(&tile, "its hashes are not those of what lies below"),
            Err(LogError::Missing { .. }) => self.report.fault(&tile, "missing"),
            Err(error) => return Err(error),
        }
        self.partials(&tile, &expected, |width| width * 32)
    }

    /// Compares the older partial versions of a tile or bundle with the beginning of what it holds now.
    fn partials(&mut self, tile: &Tile, bytes: &[u8], end: impl Fn(usize) -> usize) -> Result<(), LogError> {
        for name in self.log.list(&tile.partials())? {
            let Some(width) = name.parse().ok().filter(|width| (1..WIDTH as u16).contains(width)) else {
                self.report.fault(&format_args!("{}/{name}", tile.partials()), "no file of a log has this name");
                continue;
            };
            if width > tile.width {
                self.report.unsigned += 1;
                continue;
            }
            if width == tile.width {
                // The current version: the caller has compared it.
                continue;
            }
            let older = Tile { width, ..*tile };
            match tile.level {
                Level::Entries => self.report.bundles += 1,
                Level::Hashes(_) => self.report.tiles += 1,
            }
            if self.log.read_path(&older.to_string())?.as_deref() != bytes.get(..end(usize::from(width))) {
                self.report.fault(&older, "it is not the beginning of the version that replaced it");
            }
        }
        Ok(())
    }
}

/// The roots of the complete subtrees so far, the greatest first: the root as RFC 6962, 2.1 defines it, apart from the edge
/// arithmetic that the log itself uses.
#[derive(Default)]
struct Peaks {
    leaves: u64,
    roots: Vec<Hash>,
}

impl Peaks {
    fn push(&mut self, leaf: Hash) {
        self.leaves += 1;
        let mut root = leaf;
        // As many subtrees are completed as the new number ends in zeroes.
        for _ in 0..self.leaves.trailing_zeros() {
            // There is one for each carried bit of the old number.
            let left = self.roots.pop().unwrap_or(root);
            root = merkle::node_hash(&left, &root);
        }
        self.roots.push(root);
    }

    fn root(mut self) -> Hash {
        let Some(mut root) = self.roots.pop() else { return merkle::empty_root() };
        while let Some(left) = self.roots.pop() {
            root = merkle::node_hash(&left, &root);
        }
        root
    }
}
