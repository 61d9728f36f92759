//! An append-only log in C2SP tlog-tiles form over a [`Store`].
//!
//! Tiles are written first, the signed checkpoint last: it is the commit point. Whatever a crash leaves beyond the signed size is
//! never read and is overwritten by later appends. One writer at a time is the caller's duty; a second one is noticed at the next
//! append, which goes on from what lies in the store or refuses where that is no continuation of what this handle has signed.

mod edge;
mod error;
mod read;
mod signatures;

use std::ops::Range;

use crate::checkpoint::Checkpoint;
use crate::key::{CheckpointSigner, VerifierKey};
use crate::merkle::{self, Hash, Nodes as _};
use crate::proof::Proof;
use crate::store::Store;
use crate::tiles::{self, Level, MAX_ENTRY, WIDTH};
use edge::Edge;
pub use error::LogError;
use read::{Reader, read, write};

/// Where the signed checkpoint lies.
const CHECKPOINT: &str = "checkpoint";

/// An open log.
#[derive(Debug)]
pub struct Log<S> {
    store: S,
    keys: Vec<VerifierKey>,
    origin: String,
    size: u64,
    root: Hash,
    note: String,
    edge: Edge,
    /// The size before the last append, where that failed, perhaps after its checkpoint was in place.
    unsure: Option<u64>,
    /// Whether an append that was cut short may have left something at the edge, as far as this handle knows.
    leftovers: bool,
}

impl<S: Store> Log<S> {
    /// Starts a log; `origin` must be the key's name.
    pub fn create(store: S, origin: &str, key: &impl CheckpointSigner) -> Result<Self, LogError> {
        if read(&store, CHECKPOINT)?.is_some() {
            return Err(LogError::Exists);
        }
        let root = merkle::empty_root();
        let note = checkpoint(origin, 0, root).sign(key)?;
        write(&store, CHECKPOINT, note.as_bytes())?;
        Ok(Self {
            store,
            keys: key.all().iter().map(|key| key.verifier()).collect(),
            origin: origin.to_owned(),
            size: 0,
            root,
            note,
            edge: Edge::default(),
            unsure: None,
            leftovers: true,
        })
    }

    /// Opens a log whose checkpoint one of `keys` signed and whose right edge leads to the signed root. `O(log size)` reads.
    pub fn open(store: S, keys: &[VerifierKey]) -> Result<Self, LogError> {
        let bytes = read(&store, CHECKPOINT)?.ok_or(LogError::Absent)?;
        let (checkpoint, _) = Checkpoint::open(&bytes, keys)?;
        let mut log = Self {
            store,
            keys: keys.to_vec(),
            origin: checkpoint.origin,
            size: checkpoint.size,
            root: checkpoint.root,
            // It has just been opened as a note, hence is UTF-8.
            note: String::from_utf8_lossy(&bytes).into_owned(),
            edge: Edge::default(),
            unsure: None,
            leftovers: true,
        };
        log.edge = log.load_edge()?;
        Ok(log)
    }

    /// Appends `leaves` in their order and signs the new tree. Returns their indices once everything is durable.
    ///
    /// After an error the same call may be repeated on this handle: if the failed one had in truth committed, nothing is written
    /// twice. After a restart ask [`Log::find`] or use [`Log::ensure`].
    pub fn append(&mut self, leaves: &[Vec<u8>], key: &impl CheckpointSigner) -> Result<Range<u64>, LogError> {
        if let Some(long) = leaves.iter().find(|leaf| leaf.len() > MAX_ENTRY) {
            return Err(LogError::TooLong { bytes: long.len() });
        }
        self.check_signer(key)?;
        self.refresh()?;
        if let Some(before) = self.unsure
            && self.holds(before, leaves)?
        {
            self.unsure = None;
            return Ok(before..self.size);
        }
        if leaves.is_empty() {
            return Ok(self.size..self.size);
        }
        self.unsure = Some(self.size);
        let heals = std::mem::replace(&mut self.leftovers, true);
        let (edge, size, leftovers) = self.write_tiles(leaves, heals)?;
        let root = edge.root();
        let note = checkpoint(&self.origin, size, root).sign(key)?;
        write(&self.store, CHECKPOINT, note.as_bytes())?;
        let range = self.size..size;
        (self.edge, self.size, self.root, self.note) = (edge, size, root, note);
        (self.unsure, self.leftovers) = (None, leftovers);
        Ok(range)
    }

    /// The index of `leaf`, appended if it is not in the log yet.
    pub fn ensure(&mut self, leaf: &[u8], key: &impl CheckpointSigner) -> Result<u64, LogError> {
        self.refresh()?;
        if let Some(index) = self.find(&merkle::leaf_hash(leaf))? {
            return Ok(index);
        }
        Ok(self.append(&[leaf.to_vec()], key)?.start)
    }

    /// The index of the newest entry with this leaf hash. Reads the level 0 tiles from the newest back.
    pub fn find(&self, leaf: &Hash) -> Result<Option<u64>, LogError> {
        for index in (0..self.size.div_ceil(WIDTH)).rev() {
            let hashes = self.tile(0, index)?;
            if let Some(place) = hashes.iter().rposition(|hash| hash == leaf) {
                return Ok(Some(index * WIDTH + place as u64));
            }
        }
        Ok(None)
    }

    /// The bytes of entry `index`, checked against its leaf hash.
    pub fn leaf(&self, index: u64) -> Result<Vec<u8>, LogError> {
        self.within(index, self.size)?;
        let (bytes, tile) = self.read_tile(Level::Entries, index / WIDTH)?;
        let corrupt = |why| LogError::Corrupt { path: tile.to_string(), why };
        let entries = tiles::decode_entries(&bytes, tile.width).ok_or(corrupt("not a bundle of that many entries"))?;
        let place = (index % WIDTH) as usize;
        let entry = entries[place];
        if self.tile(0, index / WIDTH)?[place] != merkle::leaf_hash(entry) {
            return Err(corrupt("an entry does not have the hash in its tile"));
        }
        Ok(entry.to_vec())
    }

    /// The hashes that prove entry `index` to be in the tree of the current checkpoint.
    pub fn inclusion_proof(&self, index: u64) -> Result<Vec<Hash>, LogError> {
        self.within(index, self.size)?;
        let mut reader = Reader::new(self);
        let leaf = reader.node(0, index)?;
        let hashes = merkle::prove_inclusion(&mut reader, index, self.size)?;
        // Tiles may have been changed since the log was opened; a proof that does not hold is never handed out.
        merkle::verify_inclusion(&leaf, index, self.size, &hashes, &self.root).map_err(|_| LogError::Corrupt {
            path: "tile".to_owned(),
            why: "its hashes do not lead to the signed root",
        })?;
        Ok(hashes)
    }

    /// The hashes that prove the tree of `old` entries to be a prefix of the current one; `old` at least 1.
    pub fn consistency_proof(&self, old: u64) -> Result<Vec<Hash>, LogError> {
        if old == 0 {
            return Err(LogError::Range { asked: 0, size: self.size });
        }
        self.within(old, self.size + 1)?;
        merkle::prove_consistency(&mut Reader::new(self), old, self.size)
    }

    /// The offline proof of entry `index`, with the current checkpoint.
    pub fn proof(&self, index: u64) -> Result<Proof, LogError> {
        Ok(Proof { index, hashes: self.inclusion_proof(index)?, checkpoint: self.note.clone() })
    }

    /// The signed checkpoint.
    pub fn checkpoint(&self) -> &str {
        &self.note
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// RFC 6962 root over the entries.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The keys it was opened with.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// The store beneath.
    pub fn store(&self) -> &S {
        &self.store
    }

    fn within(&self, asked: u64, end: u64) -> Result<(), LogError> {
        if asked >= end {
            return Err(LogError::Range { asked, size: self.size });
        }
        Ok(())
    }

    /// Takes up what lies in the store if that has changed, provided that it continues what was seen.
    fn refresh(&mut self) -> Result<(), LogError> {
        let bytes = read(&self.store, CHECKPOINT)?.ok_or(LogError::Absent)?;
        if bytes != self.note.as_bytes() {
            let newer = Log::open(&self.store, &self.keys)?;
            let continues = newer.origin == self.origin
                && newer.size >= self.size
                && merkle::root(&mut Reader::new(&newer), self.size)? == self.root;
            if !continues {
                return Err(LogError::Forked { seen: self.size });
            }
            let Log { size, root, note, edge, .. } = newer;
            (self.size, self.root, self.note, self.edge, self.leftovers) = (size, root, note, edge, true);
        }
        Ok(())
    }

    /// Whether `leaves` are what the log holds from `start` to its end.
    fn holds(&self, start: u64, leaves: &[Vec<u8>]) -> Result<bool, LogError> {
        if self.size - start != leaves.len() as u64 {
            return Ok(false);
        }
        for (index, leaf) in (start..).zip(leaves) {
            if self.tile(0, index / WIDTH)?[(index % WIDTH) as usize] != merkle::leaf_hash(leaf) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn checkpoint(origin: &str, size: u64, root: Hash) -> Checkpoint {
    Checkpoint { origin: origin.to_owned(), size, root, extensions: Vec::new() }
}
