//! What stands under a log's checkpoint without anything being appended: other keys of its own, and witnesses.

use super::read::{read, write};
use super::{CHECKPOINT, Log, LogError, checkpoint};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::{CheckpointSigner, VerifierKey};
use crate::note;
use crate::store::Store;

impl<S: Store> Log<S> {
    /// Signs the tree as it is once more, where the keys are others than before. Signatures of others stay.
    pub fn sign_again(&mut self, key: &impl CheckpointSigner) -> Result<(), LogError> {
        self.check_signer(key)?;
        self.refresh()?;
        let signed = checkpoint(&self.origin, self.size, self.root).sign(key)?;
        let kept = note::other_lines(&self.note, &self.keys).map_err(CheckpointError::from)?;
        let signed = signed + &kept;
        write(&self.store, CHECKPOINT, signed.as_bytes())?;
        self.note = signed;
        Ok(())
    }

    /// Takes up cosignature lines of `witnesses` over this handle's checkpoint, so that proofs of this handle carry them; lines of
    /// others are left out. Where the store still holds a checkpoint of the same tree they are written there as well, so that all
    /// later proofs carry them; whether that was so is returned. The caller sees to it that nobody appends meanwhile.
    pub fn take_cosignatures(&mut self, lines: &str, witnesses: &[VerifierKey]) -> Result<bool, LogError> {
        let lines = note::lines_of(&self.note, lines, witnesses).map_err(CheckpointError::from)?;
        if lines.is_empty() {
            return Ok(false);
        }
        self.note = note::with_lines(&self.note, &lines).map_err(CheckpointError::from)?;
        let stored = read(&self.store, CHECKPOINT)?.ok_or(LogError::Absent)?;
        let (newest, _) = Checkpoint::open(&stored, &self.keys)?;
        if newest.size != self.size || newest.root != self.root {
            return Ok(false);
        }
        // It has just been opened as a note, hence is UTF-8.
        let merged = note::with_lines(&String::from_utf8_lossy(&stored), &lines).map_err(CheckpointError::from)?;
        write(&self.store, CHECKPOINT, merged.as_bytes())?;
        self.note = merged;
        Ok(true)
    }

    pub(super) fn check_signer(&self, key: &impl CheckpointSigner) -> Result<(), LogError> {
        let foreign = key.all().into_iter().find(|key| !self.keys.contains(&key.verifier()));
        foreign.map_or(Ok(()), |key| Err(LogError::ForeignKey { name: key.name().to_owned() }))
    }
}
