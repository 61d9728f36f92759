//! Reading tiles and bundles out of the store.

use std::collections::BTreeMap;

use super::{Log, LogError};
use crate::merkle::{self, Hash, Nodes};
use crate::store::Store;
use crate::tiles::{self, Level, Tile, WIDTH};

impl<S: Store> Log<S> {
    /// The hashes of tile `index` of `level`, as wide as the current size makes it.
    pub(crate) fn tile(&self, level: u8, index: u64) -> Result<Vec<Hash>, LogError> {
        let (bytes, tile) = self.read_tile(Level::Hashes(level), index)?;
        tiles::decode_hashes(&bytes, tile.width)
            .ok_or_else(|| LogError::Corrupt { path: tile.to_string(), why: "it is not as long as its width says" })
    }

    /// The bytes of a tile or bundle, cut to the width it has at the current size.
    pub(crate) fn read_tile(&self, level: Level, index: u64) -> Result<(Vec<u8>, Tile), LogError> {
        let tile = self.tile_at(level, index);
        if let Some(bytes) = read(&self.store, &tile.to_string())? {
            return Ok((bytes, tile));
        }
        // Partial tiles may be deleted once the full one is there (tlog-tiles, "Partial Tiles").
        let missing = || LogError::Missing { path: tile.to_string() };
        let full = read(&self.store, &tile.full())?.ok_or_else(missing)?;
        let end = match level {
            Level::Hashes(_) => Some(usize::from(tile.width) * 32),
            Level::Entries => end_of_entries(&full, tile.width),
        };
        let cut = end.and_then(|end| full.get(..end)).ok_or_else(missing)?;
        Ok((cut.to_vec(), tile))
    }

    /// The name of tile `index` of `level` at the current size.
    pub(crate) fn tile_at(&self, level: Level, index: u64) -> Tile {
        let hashes = match level {
            Level::Entries => 0,
            Level::Hashes(level) => level,
        };
        Tile { level, index, width: tiles::width(hashes, index, self.size) }
    }

    pub(crate) fn list(&self, folder: &str) -> Result<Vec<String>, LogError> {
        self.store.list(folder).map_err(|source| LogError::Io { path: folder.to_owned(), source })
    }

    pub(crate) fn read_path(&self, path: &str) -> Result<Option<Vec<u8>>, LogError> {
        read(&self.store, path)
    }
}

/// Nodes out of tiles, each tile read once for a proof.
pub(super) struct Reader<'a, S> {
    log: &'a Log<S>,
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl<'a, S: Store> Reader<'a, S> {
    pub(super) fn new(log: &'a Log<S>) -> Self {
        Self { log, tiles: BTreeMap::new() }
    }
}

impl<S: Store> Nodes for Reader<'_, S> {
    type Error = LogError;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, LogError> {
        // A level is at most 63.
        let (row, height) = ((level / 8) as u8, level % 8);
        let first = index << height;
        let key = (row, first / WIDTH);
        if !self.tiles.contains_key(&key) {
            let hashes = self.log.tile(key.0, key.1)?;
            self.tiles.insert(key, hashes);
        }
        let start = (first % WIDTH) as usize;
        Ok(merkle::perfect_root(&self.tiles[&key][start..start + (1 << height)]))
    }
}

/// Where the first `width` entries of a bundle end.
pub(super) fn end_of_entries(bytes: &[u8], width: u16) -> Option<usize> {
    (0..width).try_fold(0, |at, _| {
        let length: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(at + 2 + usize::from(u16::from_be_bytes(length)))
    })
}

pub(super) fn read<S: Store>(store: &S, path: &str) -> Result<Option<Vec<u8>>, LogError> {
    store.read(path).map_err(|source| LogError::Io { path: path.to_owned(), source })
}

pub(super) fn write<S: Store>(store: &S, path: &str, bytes: &[u8]) -> Result<(), LogError> {
    store.write(path, bytes).map_err(|source| LogError::Io { path: path.to_owned(), source })
}
