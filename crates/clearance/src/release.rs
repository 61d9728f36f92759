//! All or nothing (I6): stage, commit, log, publish; and rolling forward what was interrupted.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use evidence::Proof;

use crate::closing;
use crate::destination::Destination;
use crate::disk;
use crate::error::{At as _, ClearanceError};
use crate::home::Home;
use crate::store::Unfinished;

/// A folder being filled.
pub(crate) struct Staging {
    pub(crate) release: String,
    pub(crate) folder: PathBuf,
    pub(crate) destination: Destination,
    /// Whether a commit was tried: one that failed may be durable all the same.
    tried: AtomicBool,
    /// Held while this process lives: recovery throws away only what nobody holds.
    _alive: File,
}

impl Staging {
    /// Makes the folder. The destination must not exist.
    pub(crate) async fn begin(home: &Home, destination: Destination) -> Result<Self, ClearanceError> {
        destination.check_free().await?;
        let mut random = [0u8; 16];
        getrandom::fill(&mut random).map_err(|error| ClearanceError::Store(format!("no randomness: {error}")))?;
        let release = format!("rel-{}", transfer::hex(&random));
        let folder = destination.staging(home.root(), &release);
        let alive = home.lock(&release).await?;
        home.store.begin_staging(&release, &folder.to_string_lossy()).await?;
        if let Destination::Objects(_) = destination {
            // It stays in the state folder until it is out: nobody else's to see, and its name as durable as the rest.
            disk::private_folder(&folder).at(&folder)?;
            disk::sync_folder(home.root()).at(home.root())?;
        }
        std::fs::create_dir_all(folder.join("data")).at(&folder)?;
        Ok(Self { release, folder, destination, tried: AtomicBool::new(false), _alive: alive })
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

    /// From here on only the state store says whether it is committed.
    pub(crate) fn about_to_commit(&self) {
        self.tried.store(true, Ordering::Release);
    }

    /// Throws everything away, unless it is committed after all.
    pub(crate) async fn discard(self, home: &Home) -> Result<(), ClearanceError> {
        // Where no commit was tried the folder goes first: on a full disk that is what makes room for the rest.
        if self.tried.load(Ordering::Acquire) && !home.store.give_up(&self.release).await? {
            return Ok(());
        }
        remove(&self.folder)?;
        home.store.end_staging(&self.release).await?;
        home.unlock(&self.release);
        Ok(())
    }
}

/// After the commit: log leaf, proof, publication. Each step finds out whether it was already done.
pub(crate) async fn publish(home: &Home, release: &Unfinished) -> Result<(), ClearanceError> {
    let _one = home.lock(&publishing(&release.release)).await?;
    // Another run may have come before this one; and what is being closed is never published any more.
    if home.store.state(&release.release).await?.as_deref() != Some("committed") {
        return Ok(());
    }
    if let Some(closing) = home.store.closing(&release.release).await? {
        return closing::finish(home, release, &closing).await.map(drop);
    }
    let staging = Path::new(&release.staging);
    let proof = prove(home, &release.receipt).await?;
    let destination = Destination::parse(&release.destination, home.root(), &home.stores)?;
    if destination.receipt().await?.is_none_or(|receipt| receipt != release.receipt) {
        if !staging.exists() {
            return Err(ClearanceError::Store(format!(
                "release {} is committed but neither {} nor {destination} holds it: its persons stay counted",
                release.release,
                staging.display(),
            )));
        }
        seal(home, staging, &release.receipt, &proof)?;
        destination.take(staging, &release.release).await?;
    }
    destination.settle()?;
    // A renaming took it along; what was copied is thrown away.
    remove(staging)?;
    home.store.published(&release.release).await?;
    home.unlock(&release.release);
    Ok(())
}

/// What a publisher of a release holds, or whoever closes it. A few names for all releases: such a file cannot be removed
/// while somebody may be waiting for it.
pub(crate) fn publishing(release: &str) -> String {
    format!("publish {}", release.get(4..6).unwrap_or_default())
}

/// The receipt becomes a leaf of the log. One writer of the log at a time, and not for as long as an upload takes.
async fn prove(home: &Home, receipt: &[u8]) -> Result<Proof, ClearanceError> {
    let _one = home.lock("log").await?;
    let (mut log, key) = home.log()?;
    let fault = |error: evidence::LogError| ClearanceError::Log(error.to_string());
    let index = log.ensure(receipt, &key).map_err(fault)?;
    log.proof(index).map_err(fault)
}

/// Puts receipt, proof and checkpoint beside the data. A proof that an earlier run put there stays: it may be out already.
fn seal(home: &Home, staging: &Path, receipt: &[u8], proof: &Proof) -> Result<(), ClearanceError> {
    let path = staging.join("receipt.proof");
    let earlier = std::fs::read_to_string(&path).ok().and_then(|text| text.parse::<Proof>().ok());
    let key = home.log_key()?;
    let holds = |proof: &Proof| evidence::proof::verify(receipt, proof, std::slice::from_ref(&key)).is_ok();
    let earlier = earlier.filter(holds);
    let proof = earlier.as_ref().unwrap_or(proof);
    disk::write_over(&path, proof.to_string().as_bytes()).at(&path)?;
    for (name, bytes) in [("receipt.json", receipt), ("checkpoint", proof.checkpoint.as_bytes())] {
        let path = staging.join(name);
        disk::write_over(&path, bytes).at(&path)?;
    }
    disk::sync_folder(staging).at(staging)
}

/// Brings to an end what an earlier run left: staging that nobody committed is thrown away, commits are published.
/// Returns each release that was still open, with what stands in its way where it cannot be published: one that is stuck
/// stays counted and keeps nobody else from their work.
pub async fn recover(home: &Home) -> Result<Vec<(String, Option<ClearanceError>)>, ClearanceError> {
    for (release, folder) in home.store.abandoned().await? {
        // Whoever held it may have committed meanwhile: only what is still listed now was abandoned.
        if home.is_locked(&release)? || !home.store.give_up(&release).await? {
            continue;
        }
        remove(Path::new(&folder))?;
        home.store.end_staging(&release).await?;
        home.unlock(&release);
    }
    let mut done = Vec::new();
    for release in home.store.unfinished().await? {
        // Its own process is still at it, or another that recovers.
        if home.is_locked(&release.release)? || home.is_locked(&publishing(&release.release))? {
            continue;
        }
        let stuck = publish(home, &release).await.err();
        done.push((release.release, stuck));
    }
    Ok(done)
}

pub(crate) fn remove(folder: &Path) -> Result<(), ClearanceError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ClearanceError::Io { path: folder.to_owned(), error })
        }
        _ => Ok(()),
    }
}
