//! Rehashing a whole log.

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
    /// Reads the whole log. An error is only that the store failed; what is wrong with the log is in the report.
    pub fn fsck(&self) -> Result<FsckReport, LogError> {
        let mut report = FsckReport::default();
        let mut expected = self.fsck_entries(&mut report)?;
        let leaves = expected.clone();
        let mut level = 0;
        loop {
            self.fsck_level(level, &expected, &mut report)?;
            if (expected.len() as u64) < WIDTH {
                break;
            }
            expected = expected.chunks_exact(WIDTH as usize).map(merkle::perfect_root).collect();
            level += 1;
        }
        if naive_root(&leaves) != self.root() {
            report.fault(&"checkpoint", "the signed root is not the root of the entries");
        }
        if self.read_path("checkpoint")?.as_deref() != Some(self.checkpoint().as_bytes()) {
            report.fault(&"checkpoint", "it is not the one this log was opened with");
        }
        Ok(report)
    }

    /// Hashes all entries. Where a bundle cannot be read its tile stands in, so that one fault is reported once.
    fn fsck_entries(&self, report: &mut FsckReport) -> Result<Vec<Hash>, LogError> {
        let mut leaves = Vec::new();
        for index in 0..self.size().div_ceil(WIDTH) {
            let tile = self.tile_at(Level::Entries, index);
            let hashes = match self.read_tile(Level::Entries, index) {
                Ok((bytes, _)) => hash_entries(&bytes, tile.width),
                Err(LogError::Missing { .. }) => None,
                Err(error) => return Err(error),
            };
            report.bundles += 1;
            if let Some(hashes) = hashes {
                report.entries += hashes.len() as u64;
                self.fsck_partials(&tile, &hashes, report)?;
                leaves.extend(hashes);
                continue;
            }
            report.fault(&tile, "missing, or not a bundle of that many entries");
            let stand_in = self.tile(0, index).unwrap_or_default();
            let filled = stand_in.into_iter().chain(std::iter::repeat_with(merkle::empty_root));
            leaves.extend(filled.take(usize::from(tile.width)));
        }
        Ok(leaves)
    }

    /// Compares the tiles of one level with the hashes they must hold.
    fn fsck_level(&self, level: u8, expected: &[Hash], report: &mut FsckReport) -> Result<(), LogError> {
        for (index, hashes) in (0..).zip(expected.chunks(WIDTH as usize)) {
            let tile = self.tile_at(Level::Hashes(level), index);
            report.tiles += 1;
            match self.tile(level, index) {
                Ok(stored) if stored == hashes => {}
                Ok(_) => report.fault(&tile, "its hashes are not those of what lies below"),
                Err(LogError::Missing { .. }) => report.fault(&tile, "missing"),
                Err(LogError::Corrupt { why, .. }) => report.fault(&tile, why),
                Err(error) => return Err(error),
            }
            self.fsck_partials(&tile, hashes, report)?;
        }
        Ok(())
    }

    /// Compares the older partial versions of a tile or bundle with the hashes it has now.
    fn fsck_partials(&self, tile: &Tile, hashes: &[Hash], report: &mut FsckReport) -> Result<(), LogError> {
        for name in self.list(&tile.partials())? {
            let Some(width) = name.parse().ok().filter(|width| (1..WIDTH as u16).contains(width)) else {
                report.fault(&format_args!("{}/{name}", tile.partials()), "no file of a log has this name");
                continue;
            };
            if width > tile.width {
                report.unsigned += 1;
                continue;
            }
            if width == tile.width {
                // The current version: the caller has compared it.
                continue;
            }
            let older = Tile { width, ..*tile };
            let bytes = self.read_path(&older.to_string())?.unwrap_or_default();
            let found = match tile.level {
                Level::Entries => hash_entries(&bytes, width),
                Level::Hashes(_) => tiles::decode_hashes(&bytes, width),
            };
            match tile.level {
                Level::Entries => report.bundles += 1,
                Level::Hashes(_) => report.tiles += 1,
            }
            if found.as_deref() != hashes.get(..usize::from(width)) {
                report.fault(&older, "it is not the beginning of the version that replaced it");
            }
        }
        Ok(())
    }
}

fn hash_entries(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let entries = tiles::decode_entries(bytes, width)?;
    Some(entries.into_iter().map(merkle::leaf_hash).collect())
}

/// The root as RFC 6962, 2.1 defines it: apart from the edge arithmetic that the log itself uses.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => merkle::empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            merkle::node_hash(&naive_root(left), &naive_root(right))
        }
    }
}
