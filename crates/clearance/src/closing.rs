//! A release that is committed and will never be published: a leaf of the log closes it, and its persons no longer count.

use std::path::Path;

use evidence::LogError;
use jiff::civil::Date;
use transfer::NotPublished;

use crate::destination::Destination;
use crate::error::ClearanceError;
use crate::home::Home;
use crate::release::{publishing, remove};
use crate::store::{Said, Unfinished};

/// A release that was closed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ClosedRelease {
    /// Its id.
    pub release: String,
    /// Where in the log its end stands.
    pub leaf: u64,
}

/// Closes a committed release whose destination is gone for good, on a named person's word.
///
/// Refused where it was published, where its destination holds it, and where parts of it lie in an object store: what may
/// have been read has left, and stays counted (I5). Where the destination cannot be asked, the person's word stands.
pub async fn close_unpublished(
    home: &Home,
    release: &str,
    by: &str,
    why: &str,
    today: Date,
) -> Result<ClosedRelease, ClearanceError> {
    let refuse = |why: &str| Err(ClearanceError::input(format!("{release}: {why}")));
    if by.trim().is_empty() || why.trim().is_empty() {
        return refuse("say who closes it and why: `--by NAME --why TEXT`");
    }
    let _one = home.lock(&publishing(release)).await?;
    let found = home.store.release(release).await?;
    let Some((state, found)) = found else {
        return refuse("no such release; `tongguan tally show` lists them");
    };
    match state.as_str() {
        // A second call ends what the first began, and says the same.
        "not-published" => {}
        "committed" if home.is_locked(release)? => return refuse("it is being published at this moment"),
        "committed" => {
            if home.store.closing(release).await?.is_none() {
                check_absent(home, &found).await?;
                let said = Said { day: today, by, why };
                let leaf = transfer::canonical_bytes(&NotPublished::new(release, &found.receipt, today));
                home.store.begin_closing(release, &said, &leaf).await?;
            }
        }
        _ => return refuse("it was published, and stays counted wherever its folder is now"),
    }
    let leaf = home.store.closing(release).await?;
    let leaf = leaf.ok_or_else(|| ClearanceError::Store(format!("{release} is closed, and nobody has said so")))?;
    finish(home, &found, &leaf).await
}

/// The leaf, the staging, the tally; each step finds out whether it was already done.
pub(crate) async fn finish(home: &Home, release: &Unfinished, leaf: &[u8]) -> Result<ClosedRelease, ClearanceError> {
    let index = {
        let _one = home.lock("log").await?;
        let (mut log, key) = home.log()?;
        log.ensure(leaf, &key).map_err(|error: LogError| ClearanceError::Log(error.to_string()))?
    };
    remove(Path::new(&release.staging))?;
    home.store.closed(&release.release).await?;
    home.unlock(&release.release);
    Ok(ClosedRelease { release: release.release.clone(), leaf: index })
}

async fn check_absent(home: &Home, release: &Unfinished) -> Result<(), ClearanceError> {
    let name = &release.release;
    let destination = Destination::parse(&release.destination, home.root(), &home.stores)?;
    let holds = |receipt: &Option<Vec<u8>>| receipt.as_ref().is_some_and(|receipt| *receipt == release.receipt);
    match destination.receipt().await {
        Ok(receipt) if holds(&receipt) => Err(ClearanceError::input(format!(
            "{name}: it lies at {destination}: `tongguan clear` will record it as published"
        ))),
        // A folder that cannot be read may well be there; a bucket that refuses us may be gone.
        Err(error) if matches!(destination, Destination::Folder(_)) => Err(error),
        Err(_) => Ok(()),
        Ok(_) => {
            let Destination::Objects(objects) = &destination else { return Ok(()) };
            match objects.list().await {
                Ok(there) if !there.is_empty() => Err(ClearanceError::input(format!(
                    "{name}: parts of it may lie at {destination}: `tongguan clear` ends the upload; else remove them first"
                ))),
                _ => Ok(()),
            }
        }
    }
}
