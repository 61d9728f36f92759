//! The right edge of the tree: what an append grows and a checkpoint commits to.

use super::read::{end_of_entries, write};
use super::{Log, LogError};
use crate::merkle::{self, Hash};
use crate::store::Store;
use crate::tiles::{self, Level, Tile, WIDTH};

/// The right edge of the tree: per tile level the hashes of its partial tile, and the bundle that goes with level 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Edge {
    pub(super) levels: Vec<Vec<Hash>>,
    pub(super) bundle: Vec<u8>,
}

impl<S: Store> Log<S> {
    /// Writes every tile and bundle that `leaves` fill or start. Returns the edge and size they lead to, and whether wider leftovers
    /// may lie there still; `heals` where there may be any in the tiles at the edge.
    pub(super) fn write_tiles(&self, leaves: &[Vec<u8>], heals: bool) -> Result<(Edge, u64, bool), LogError> {
        let mut left = false;
        let mut edge = self.edge.clone();
        let mut size = self.size;
        let mut touched = 0;
        for leaf in leaves {
            // Lengths were checked before anything was written.
            tiles::push_entry(&mut edge.bundle, leaf).ok_or(LogError::TooLong { bytes: leaf.len() })?;
            let index = size / WIDTH;
            size += 1;
            if size.is_multiple_of(WIDTH) {
                self.put(Level::Entries, index, WIDTH as u16, &edge.bundle, heals)?;
                edge.bundle.clear();
            }
            touched = touched.max(self.carry(&mut edge, merkle::leaf_hash(leaf), size, heals)?);
        }
        if !edge.bundle.is_empty() {
            left |= self.put(Level::Entries, size / WIDTH, (size % WIDTH) as u16, &edge.bundle, heals)?;
        }
        for (level, hashes) in (0..=touched).zip(&edge.levels) {
            if !hashes.is_empty() {
                let index = (size >> (8 * u32::from(level))) / WIDTH;
                let bytes = tiles::encode_hashes(hashes);
                left |= self.put(Level::Hashes(level), index, hashes.len() as u16, &bytes, heals)?;
            }
        }
        // Levels that were not touched were not looked at.
        left |= heals && usize::from(touched) + 1 < edge.levels.len();
        Ok((edge, size, left))
    }

    /// Adds a leaf hash to the edge of a tree that now has `size` leaves, writing tiles that become full. Returns the highest level touched.
    fn carry(&self, edge: &mut Edge, leaf: Hash, size: u64, heals: bool) -> Result<u8, LogError> {
        let mut hash = leaf;
        let mut level = 0_u8;
        loop {
            if edge.levels.len() == usize::from(level) {
                edge.levels.push(Vec::new());
            }
            let hashes = &mut edge.levels[usize::from(level)];
            hashes.push(hash);
            if (hashes.len() as u64) < WIDTH {
                return Ok(level);
            }
            let index = (size >> (8 * u32::from(level))) / WIDTH - 1;
            self.put(Level::Hashes(level), index, WIDTH as u16, &tiles::encode_hashes(hashes), heals)?;
            hash = merkle::perfect_root(hashes);
            hashes.clear();
            level += 1;
        }
    }

    /// Writes a tile or bundle; says whether there are leftovers of it that are wider.
    ///
    /// An append that was cut short may have left narrower versions that were never signed and hold other entries. They would look
    /// like signed versions that somebody changed, so they are written again as what they would have been.
    fn put(&self, level: Level, index: u64, width: u16, bytes: &[u8], heals: bool) -> Result<bool, LogError> {
        let tile = Tile { level, index, width };
        write(&self.store, &tile.to_string(), bytes)?;
        let signed = self.tile_at(level, index).width;
        if !heals && signed > 0 {
            return Ok(false);
        }
        let mut wider = false;
        for left in self.list(&tile.partials())?.iter().filter_map(|name| name.parse::<u16>().ok()) {
            wider |= left > width;
            if !(signed + 1..width).contains(&left) {
                continue;
            }
            let end = match level {
                Level::Entries => end_of_entries(bytes, left),
                Level::Hashes(_) => Some(usize::from(left) * 32),
            };
            let path = Tile { width: left, ..tile }.to_string();
            let should = end.and_then(|end| bytes.get(..end)).unwrap_or_default();
            if self.read_path(&path)?.as_deref() != Some(should) {
                write(&self.store, &path, should)?;
            }
        }
        Ok(wider)
    }

    /// The partial tiles of the current size, checked against the signed root.
    pub(super) fn load_edge(&self) -> Result<Edge, LogError> {
        let mut edge = Edge::default();
        let mut level = 0_u8;
        while self.size.checked_shr(8 * u32::from(level)).unwrap_or(0) > 0 {
            let nodes = self.size >> (8 * u32::from(level));
            let hashes = if nodes.is_multiple_of(WIDTH) { Vec::new() } else { self.tile(level, nodes / WIDTH)? };
            edge.levels.push(hashes);
            level += 1;
        }
        if edge.root() != self.root {
            return Err(LogError::Corrupt {
                path: "tile".to_owned(),
                why: "the tiles at the right edge do not lead to the signed root",
            });
        }
        if !self.size.is_multiple_of(WIDTH) {
            edge.bundle = self.load_edge_bundle(&edge.levels[0])?;
        }
        Ok(edge)
    }

    fn load_edge_bundle(&self, hashes: &[Hash]) -> Result<Vec<u8>, LogError> {
        let (bytes, tile) = self.read_tile(Level::Entries, self.size / WIDTH)?;
        let agrees = tiles::decode_entries(&bytes, tile.width)
            .is_some_and(|entries| entries.iter().map(|entry| merkle::leaf_hash(entry)).eq(hashes.iter().copied()));
        if !agrees {
            return Err(LogError::Corrupt {
                path: tile.to_string(),
                why: "its entries do not have the hashes in their tile",
            });
        }
        Ok(bytes)
    }
}

impl Edge {
    /// The root of the tree that this is the edge of: its complete subtrees joined from the smallest up.
    pub(super) fn root(&self) -> Hash {
        let mut root: Option<Hash> = None;
        for hashes in &self.levels {
            for bit in 0..8 {
                let width = 1 << bit;
                if hashes.len() & width != 0 {
                    let start = (hashes.len() >> (bit + 1)) << (bit + 1);
                    let left = merkle::perfect_root(&hashes[start..start + width]);
                    root = Some(root.map_or(left, |right| merkle::node_hash(&left, &right)));
                }
            }
        }
        root.unwrap_or_else(merkle::empty_root)
    }
}
