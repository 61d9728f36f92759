//! The state folder: keys, tally, log, private receipts. Everything that must be backed up lies here.

use std::fs::File;
use std::path::{Path, PathBuf};

use evidence::{Role, Trust};

use crate::disk;
use crate::envelope::Opener;
use crate::error::{At as _, ClearanceError};
use crate::keystore::Keystore;
use crate::store::Store;
use crate::stores::Stores;

/// The name under which the log signs where the handler has not chosen one.
pub(crate) const LOG_ORIGIN: &str = "tongguan.local/log";

/// An opened state folder.
pub struct Home {
    root: PathBuf,
    /// The keys.
    pub keys: Keystore,
    /// The tally, the releases and their private receipts.
    pub store: Store,
    /// Opens the object stores that releases go to.
    pub stores: Stores,
    /// Whether this run made the folder.
    pub is_new: bool,
}

impl Home {
    /// Opens the state folder, making it on the first run.
    ///
    /// Keys, tally and log belong together: where one of them is gone nothing is started anew in silence, for then this
    /// year's persons would be counted from zero or the log forked.
    pub async fn open(root: &Path) -> Result<Self, ClearanceError> {
        Self::open_with(root, Opener::default()).await
    }

    /// Opens a state folder whose keys may be wrapped.
    pub async fn open_with(root: &Path, opener: Opener) -> Result<Self, ClearanceError> {
        Self::open_or_begin(root, false, opener).await
    }

    /// Opens a state folder that has keys, restored from a backup, but no tally. What left this year before has to be
    /// stated in `[earlier]` from now on.
    pub async fn begin_tally(root: &Path, opener: Opener) -> Result<Self, ClearanceError> {
        if root.join("state.db").exists() {
            return Err(ClearanceError::input(format!("{}: there is a tally already", root.display())));
        }
        Self::open_or_begin(root, true, opener).await
    }

    async fn open_or_begin(root: &Path, begin: bool, opener: Opener) -> Result<Self, ClearanceError> {
        disk::private_folder(root).at(root)?;
        // Two that start together on a new folder: one makes it, the other finds it made.
        let _opening = lock(root, "open").await?;
        let (keys, state) = (root.join("keys"), root.join("state.db"));
        let gone = |what: &str| Err(ClearanceError::input(format!("{}: {what}", root.display())));
        // A folder is in use once somebody was counted; a first run that was cut short before that is simply run again.
        let (is_new, counted) = (!keys.exists(), Keystore::has_counted(&keys)?);
        if counted && !state.exists() && !begin {
            return gone("there are keys but no `state.db`: restore it, or, if it is lost, run `tongguan tally begin`");
        }
        let store = Store::open(&state).await?;
        let in_use = counted || store.has_releases().await?;
        if in_use && is_new {
            return gone("there is a tally but no `keys` folder: restore the keys from their backup");
        }
        let keys = Keystore::open(&keys, !in_use, opener)?;
        let home = Self { root: root.to_owned(), keys, store, stores: Stores::default(), is_new };
        if home.store.has_published().await? && !home.log_folder().join("checkpoint").exists() {
            return gone("there are releases but no `log`: restore it from its backup");
        }
        home.pin_own_key()?;
        Ok(home)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the log: static files, to be served as they are.
    pub fn log_folder(&self) -> PathBuf {
        self.root.join("log")
    }

    /// The file of pinned keys.
    pub fn trust_file(&self) -> PathBuf {
        self.root.join("trust")
    }

    /// Where sorted runs of fingerprints spill to: files without a name, so that nothing stays behind.
    pub fn spill(&self) -> Result<PathBuf, ClearanceError> {
        let folder = self.root.join("spill");
        disk::private_folder(&folder).at(&folder)?;
        Ok(folder)
    }

    /// Waits until no other process or task holds what `name` stands for: a handler whose persons are being counted (I5),
    /// the log, a release under way. Held until the file is dropped.
    pub(crate) async fn lock(&self, name: &str) -> Result<File, ClearanceError> {
        lock(&self.root, name).await
    }

    /// Whether a living process holds it.
    pub(crate) fn is_locked(&self, name: &str) -> Result<bool, ClearanceError> {
        let (file, path) = lock_file(&self.root, name)?;
        match file.try_lock() {
            Ok(()) => Ok(false),
            Err(std::fs::TryLockError::WouldBlock) => Ok(true),
            Err(std::fs::TryLockError::Error(error)) => Err(ClearanceError::Io { path, error }),
        }
    }

    /// Takes away the file of a lock that nobody will ask for again; that it stays does no harm.
    pub(crate) fn unlock(&self, name: &str) {
        let _ = std::fs::remove_file(lock_path(&self.root, name));
    }

    /// Our own log's key is trusted from the start; others are added by hand.
    fn pin_own_key(&self) -> Result<(), ClearanceError> {
        let path = self.trust_file();
        if path.exists() {
            return Ok(());
        }
        let mut trust = Trust::default();
        trust.add(Role::Log, self.keys.signing_key(LOG_ORIGIN)?.verifier());
        disk::write_private(&path, trust.to_string().as_bytes()).at(&path)
    }
}

async fn lock(root: &Path, name: &str) -> Result<File, ClearanceError> {
    let (file, path) = lock_file(root, name)?;
    // Waiting must not hold up the other tasks of this process: one of them may hold the lock.
    let waited = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    waited.map_err(|error| ClearanceError::Store(error.to_string()))?.at(&path)
}

fn lock_path(root: &Path, name: &str) -> PathBuf {
    root.join("locks").join(&transfer::digest(name.as_bytes())[..32])
}

pub(crate) fn lock_file(root: &Path, name: &str) -> Result<(File, PathBuf), ClearanceError> {
    let path = lock_path(root, name);
    let folder = root.join("locks");
    disk::private_folder(&folder).at(&folder)?;
    let file = File::options().create(true).truncate(false).write(true).open(&path).at(&path)?;
    Ok((file, path))
}
