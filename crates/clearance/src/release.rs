//! All or nothing (I6): stage beside the destination, commit, log, publish; and rolling forward what was interrupted.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::error::{At as _, ClearanceError};
use crate::home::Home;
use crate::store::Unfinished;

/// A folder being filled beside the destination.
pub(crate) struct Staging {
    pub(crate) release: String,
    pub(crate) folder: PathBuf,
    pub(crate) destination: PathBuf,
    /// Held while this process lives: recovery throws away only what nobody holds.
    _alive: File,
}

impl Staging {
    /// Makes the folder. The destination must not exist.
    pub(crate) async fn begin(home: &Home, destination: &Path) -> Result<Self, ClearanceError> {
        check_destination(destination)?;
        let mut random = [0u8; 16];
        getrandom::fill(&mut random).map_err(|error| ClearanceError::Store(format!("no randomness: {error}")))?;
        let release = format!("rel-{}", transfer::hex(&random));
        let destination = std::path::absolute(destination).at(destination)?;
        let parent = destination.parent().unwrap_or(Path::new("/"));
        let folder = parent.join(format!(".tongguan-{release}"));
        let alive = home.lock(&release).await?;
        home.store.begin_staging(&release, &folder.to_string_lossy()).await?;
        std::fs::create_dir_all(folder.join("data")).at(&folder)?;
        Ok(Self { release, folder, destination, _alive: alive })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Writes a file of the release and brings it to disk.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ClearanceError> {
        let path = self.folder.join(name);
        disk::write_new(&path, bytes).at(&path)
    }

    /// Brings the names of everything staged to disk.
    pub(crate) fn sync(&self) -> Result<(), ClearanceError> {
        disk::sync_folder(&self.data()).at(&self.data())?;
        disk::sync_folder(&self.folder).at(&self.folder)?;
        // The folder's own name, too: a commit must not outlive what it commits.
        let parent = self.folder.parent().unwrap_or(Path::new("/"));
        disk::sync_folder(parent).at(parent)
    }

    /// Throws everything away.
    pub(crate) async fn discard(self, home: &Home) -> Result<(), ClearanceError> {
        remove(&self.folder)?;
        home.store.end_staging(&self.release).await?;
        home.unlock(&self.release);
        Ok(())
    }
}

/// A destination that exists is never written into, and its parent has to be there.
pub(crate) fn check_destination(destination: &Path) -> Result<(), ClearanceError> {
    if destination.symlink_metadata().is_ok() {
        return Err(ClearanceError::input(format!(
            "{}: the destination exists; name a new folder or move the old one away",
            destination.display()
        )));
    }
    match std::path::absolute(destination).at(destination)?.parent() {
        Some(parent) if !parent.is_dir() => {
            Err(ClearanceError::input(format!("{}: no such folder to release into", parent.display())))
        }
        _ => Ok(()),
    }
}

/// After the commit: log leaf, proof, publication. Each step finds out whether it was already done.
pub(crate) async fn publish(home: &Home, release: &Unfinished) -> Result<(), ClearanceError> {
    let (staging, destination) = (Path::new(&release.staging), Path::new(&release.destination));
    // One writer of the log at a time, and one publisher of this release.
    let _one = home.lock("log").await?;
    let (mut log, key) = home.log()?;
    let fault = |error: evidence::LogError| ClearanceError::Log(error.to_string());
    let index = log.ensure(&release.receipt, &key).map_err(fault)?;
    if staging.exists() {
        let proof = log.proof(index).map_err(fault)?;
        let receipt = staging.join("receipt.json");
        disk::write_over(&receipt, &release.receipt).at(&receipt)?;
        let path = staging.join("receipt.proof");
        disk::write_over(&path, proof.to_string().as_bytes()).at(&path)?;
        let path = staging.join("checkpoint");
        disk::write_over(&path, proof.checkpoint.as_bytes()).at(&path)?;
        disk::sync_folder(staging).at(staging)?;
        if destination.symlink_metadata().is_ok() {
            return Err(ClearanceError::input(format!(
                "{}: the destination of release {} appeared in the meantime: move it away and run again",
                destination.display(),
                release.release
            )));
        }
        std::fs::rename(staging, destination).at(destination)?;
        let parent = destination.parent().unwrap_or(Path::new("/"));
        disk::sync_folder(parent).at(parent)?;
    } else if !is_published(destination, release) {
        return Err(ClearanceError::Store(format!(
            "release {} is committed but neither {} nor {} holds it: its persons stay counted",
            release.release,
            staging.display(),
            destination.display()
        )));
    }
    home.store.published(&release.release).await?;
    home.unlock(&release.release);
    Ok(())
}

fn is_published(destination: &Path, release: &Unfinished) -> bool {
    std::fs::read(destination.join("receipt.json")).is_ok_and(|bytes| bytes == release.receipt)
}

/// Brings to an end what an earlier run left: staging that nobody committed is thrown away, commits are published.
/// Returns each release that was still open, with what stands in its way where it cannot be published: one that is stuck
/// stays counted and keeps nobody else from their work.
pub async fn recover(home: &Home) -> Result<Vec<(String, Option<ClearanceError>)>, ClearanceError> {
    for (release, folder) in home.store.abandoned().await? {
        // Whoever held it may have committed meanwhile: only what is still listed now was abandoned.
        if home.is_locked(&release)? || home.store.is_committed(&release).await? {
            continue;
        }
        remove(Path::new(&folder))?;
        home.store.end_staging(&release).await?;
        home.unlock(&release);
    }
    let mut done = Vec::new();
    for release in home.store.unfinished().await? {
        // Its own process is still at it.
        if home.is_locked(&release.release)? {
            continue;
        }
        let stuck = publish(home, &release).await.err();
        done.push((release.release, stuck));
    }
    Ok(done)
}

fn remove(folder: &Path) -> Result<(), ClearanceError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ClearanceError::Io { path: folder.to_owned(), error })
        }
        _ => Ok(()),
    }
}
