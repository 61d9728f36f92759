//! Being a witness of others' logs: its key and what it has seen lie in the state folder, apart from everything else in it.

use std::fs::File;
use std::path::Path;

use evidence::{DirStore, SigningKey, VerifierKey, WitnessState};

use crate::disk;
use crate::error::{At as _, ClearanceError};
use crate::home::lock_file;
use crate::keystore::Keystore;

/// A witness whose state nobody else writes to while this lives.
pub struct OwnWitness {
    /// What answers.
    pub state: WitnessState<DirStore>,
    /// Held until the witness ends.
    pub held: File,
}

/// Opens the witness of a state folder, making its key on the first run; `name` is the key's.
pub fn own_witness(
    root: &Path,
    name: &str,
    logs: impl IntoIterator<Item = VerifierKey>,
) -> Result<OwnWitness, ClearanceError> {
    disk::private_folder(root).at(root)?;
    let (held, path) = lock_file(root, "witness")?;
    match held.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            return Err(ClearanceError::input(format!(
                "{}: a witness is running on this state folder",
                root.display()
            )));
        }
        Err(std::fs::TryLockError::Error(error)) => return Err(ClearanceError::Io { path, error }),
    }
    let seed = Keystore::single(&root.join("keys"), "witness")?;
    let key = SigningKey::from_seed(name, seed.bytes()).map_err(|error| ClearanceError::input(error.to_string()))?;
    let state = WitnessState::new(key, logs, DirStore::new(root.join("witness")));
    Ok(OwnWitness { state, held })
}
