//! C2SP tlog-tiles: where nodes and entries lie, and how entries are bundled.

use std::fmt;

use crate::merkle::Hash;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;
/// The longest entry: its length is a 16-bit number.
pub const MAX_ENTRY: usize = u16::MAX as usize;

/// Which row of files a tile belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `tile/entries`: the entries themselves.
    Entries,
    /// `tile/<L>`: roots of complete subtrees of 256^L leaves.
    Hashes(u8),
}

/// The name of one tile or bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Its row.
    pub level: Level,
    /// Its place in the row.
    pub index: u64,
    /// How many hashes or entries it has, 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The folder that holds the partial versions of this tile: `tile/0/x001/234.p`.
    pub fn partials(&self) -> String {
        format!("{}.p", self.full())
    }

    /// The path of this tile once it is full.
    pub fn full(&self) -> String {
        Self { width: WIDTH as u16, ..*self }.to_string()
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::Entries => f.write_str("tile/entries")?,
            Level::Hashes(level) => write!(f, "tile/{level}")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            write!(f, "/{}{group:03}", if place == 0 { "" } else { "x" })?;
        }
        if u64::from(self.width) < WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// How wide tile `index` of hash level `level` is in a tree of `size` leaves; 0 where there is none.
pub fn width(level: u8, index: u64, size: u64) -> u16 {
    let nodes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    // At most 256, so it fits.
    nodes.saturating_sub(index.saturating_mul(WIDTH)).min(WIDTH) as u16
}

/// The hashes of a tile's bytes, or nothing if their number is not `width`.
pub fn decode_hashes(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    if bytes.len() != usize::from(width) * 32 {
        return None;
    }
    bytes.chunks_exact(32).map(|chunk| Hash::try_from(chunk).ok()).collect()
}

/// A tile's bytes.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Appends an entry to a bundle. Nothing is written, and nothing returned, for an entry above [`MAX_ENTRY`] bytes.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Option<()> {
    let length = u16::try_from(entry.len()).ok()?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Some(())
}

/// The entries of a bundle, or nothing if there are not exactly `width` of them.
pub fn decode_entries(mut bytes: &[u8], width: u16) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(usize::from(width));
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    (bytes.is_empty() && entries.len() == usize::from(width)).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let cases = [
            (Level::Hashes(0), 0, 256, "tile/0/000"),
            (Level::Hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
            (Level::Hashes(3), 999, 7, "tile/3/999.p/7"),
            (Level::Hashes(1), 1000, 255, "tile/1/x001/000.p/255"),
            (Level::Entries, 0, 1, "tile/entries/000.p/1"),
            (Level::Entries, 1_000_000, 256, "tile/entries/x001/x000/000"),
        ];
        for (level, index, width, expected) in cases {
            assert_eq!(Tile { level, index, width }.to_string(), expected);
        }
    }

    #[test]
    fn widths_follow_the_example_of_the_specification() {
        // "a tree of size 70,000": 273 full and one of 112; one full and one of 17; one of 1.
        let cases = [
            (0, 272, 70_000, 256),
            (0, 273, 70_000, 112),
            (0, 274, 70_000, 0),
            (1, 0, 70_000, 256),
            (1, 1, 70_000, 17),
            (2, 0, 70_000, 1),
            (3, 0, 70_000, 0),
            (0, 0, 256, 256),
            (1, 0, 256, 1),
            (63, 0, u64::MAX, 0),
        ];
        for (level, index, size, expected) in cases {
            assert_eq!(width(level, index, size), expected, "level {level} index {index} size {size}");
        }
    }

    #[test]
    fn bundles_are_read_strictly() {
        let mut bundle = Vec::new();
        for entry in [&b""[..], b"a", &vec![7; MAX_ENTRY]] {
            push_entry(&mut bundle, entry).unwrap();
        }
        assert_eq!(decode_entries(&bundle, 3).unwrap()[1], b"a");
        assert_eq!(decode_entries(&bundle, 2), None);
        assert_eq!(decode_entries(&bundle, 4), None);
        assert_eq!(decode_entries(&bundle[..bundle.len() - 1], 3), None);
        assert_eq!(push_entry(&mut bundle, &vec![0; MAX_ENTRY + 1]), None);
    }
}
