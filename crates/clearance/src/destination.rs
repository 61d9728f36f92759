//! Where a release goes: a folder, or a prefix in an object store.

use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

use crate::disk;
use crate::error::{At as _, ClearanceError};
use crate::objects::Objects;
use crate::stores::Stores;

/// The scheme of object stores.
const S3: &str = "s3://";

/// Where a release goes.
#[derive(Debug, Clone)]
pub enum Destination {
    /// A folder on a disk; its path is absolute.
    Folder(PathBuf),
    /// A prefix in an object store.
    Objects(Objects),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Objects(objects) => objects.url().fmt(f),
        }
    }
}

impl Destination {
    /// Reads a path or URL; a path is taken relative to `base`. The error is a text without the URL's secrets.
    pub(crate) fn parse(text: &str, base: &Path, stores: &Stores) -> Result<Self, ClearanceError> {
        if text.starts_with(S3) {
            return stores.open(text).map(Self::Objects);
        }
        let path = match text.split_once("://") {
            None => base.join(text),
            Some(("file", _)) => {
                let path = Url::parse(text).ok().and_then(|url| url.to_file_path().ok());
                path.ok_or_else(|| ClearanceError::input("a `file` URL has the form file:///absolute/path"))?
            }
            // What stands behind the scheme may hold a password.
            Some((scheme, _)) => {
                return Err(ClearanceError::input(format!(
                    "`{scheme}://` is not known: name a folder, file:///… or s3://bucket/prefix"
                )));
            }
        };
        Ok(Self::Folder(std::path::absolute(&path).at(&path)?))
    }

    /// A folder that exists is never written into, and its parent has to be there; a prefix has to be empty.
    pub(crate) async fn check_free(&self) -> Result<(), ClearanceError> {
        match self {
            Self::Folder(path) if path.symlink_metadata().is_ok() => Err(ClearanceError::input(format!(
                "{}: the destination exists; name a new folder or move the old one away",
                path.display()
            ))),
            Self::Folder(path) => match path.parent() {
                Some(parent) if !parent.is_dir() => {
                    Err(ClearanceError::input(format!("{}: no such folder to release into", parent.display())))
                }
                _ => Ok(()),
            },
            Self::Objects(objects) => objects.check_free().await,
        }
    }

    /// Where a release is staged on its way there: beside a folder, so that a renaming publishes it; for an object store
    /// in the state folder.
    pub(crate) fn staging(&self, home: &Path, release: &str) -> PathBuf {
        match self {
            Self::Folder(path) => path.parent().unwrap_or(Path::new("/")).join(format!(".tongguan-{release}")),
            Self::Objects(_) => home.join("staging").join(release),
        }
    }

    /// The receipt that lies there: it is what makes a release.
    pub(crate) async fn receipt(&self) -> Result<Option<Vec<u8>>, ClearanceError> {
        match self {
            Self::Folder(path) => {
                let receipt = path.join("receipt.json");
                match std::fs::read(&receipt) {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(error) if is_absent(&error) => Ok(None),
                    Err(error) => Err(ClearanceError::Io { path: receipt, error }),
                }
            }
            Self::Objects(objects) => objects.receipt().await,
        }
    }

    /// Brings what is staged there, whole or not at all to see; what an earlier run brought stays.
    pub(crate) async fn take(&self, staging: &Path, release: &str) -> Result<(), ClearanceError> {
        match self {
            Self::Folder(path) => {
                if path.symlink_metadata().is_ok() {
                    return Err(ClearanceError::input(format!(
                        "{}: the destination of release {release} appeared in the meantime: move it away and run again",
                        path.display()
                    )));
                }
                std::fs::rename(staging, path).at(path)
            }
            Self::Objects(objects) => objects.upload(staging).await,
        }
    }

    /// Makes durable that it is there, also where an earlier run brought it: that one may not have come so far.
    pub(crate) fn settle(&self) -> Result<(), ClearanceError> {
        let Self::Folder(path) = self else { return Ok(()) };
        let parent = path.parent().unwrap_or(Path::new("/"));
        disk::sync_folder(parent).at(parent)
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}
