//! Whose turn it is to write.
//!
//! SQLite lets one write at a time and has the others sleep and look again, which is neither fair nor quick. Those of one process
//! wait in line here instead, so that its own handler is left to other processes. PostgreSQL locks rows, so there it is free.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Line, OwnedMutexGuard};

/// A turn to write; it ends when this is dropped.
#[derive(Debug)]
#[must_use = "the turn ends when this is dropped"]
pub struct Turn(#[allow(dead_code, reason = "held, not read")] Option<OwnedMutexGuard<()>>);

/// Where the writers of one database wait.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Option<Arc<Line<()>>>);

impl Turns {
    /// Nobody waits.
    pub(crate) fn free() -> Self {
        Self(None)
    }

    /// The line of a file: the same for all of this process that name it, whichever way.
    pub(crate) fn of_file(path: &Path) -> Self {
        static LINES: Mutex<BTreeMap<PathBuf, Weak<Line<()>>>> = Mutex::new(BTreeMap::new());
        // An entry is put in whole, so a panic elsewhere leaves nothing half done.
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|_, line| line.strong_count() > 0);
        let path = whole(path);
        let line = lines.get(&path).and_then(Weak::upgrade).unwrap_or_default();
        lines.insert(path, Arc::downgrade(&line));
        Self(Some(line))
    }

    pub(crate) async fn take(&self) -> Turn {
        match &self.0 {
            Some(line) => Turn(Some(Arc::clone(line).lock_owned().await)),
            None => Turn(None),
        }
    }
}

/// A path from the root, through links; the file itself may not be there yet.
fn whole(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let named = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(named).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_names_of_one_file_wait_for_each_other_and_other_files_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, other) = (folder.path().join("a.db"), folder.path().join("b.db"));
        // One is named before the file is there, one after it.
        let before = Turns::of_file(&file);
        std::fs::write(&file, "").expect("written");
        let after =
            Turns::of_file(&folder.path().join("../").join(folder.path().file_name().expect("a name")).join("a.db"));
        let turn = before.take().await;
        assert!(after.0.as_ref().expect("a line").try_lock().is_err(), "the same line");
        assert!(Turns::of_file(&other).0.expect("a line").try_lock().is_ok(), "another line");
        drop(turn);
        assert!(after.0.as_ref().expect("a line").try_lock().is_ok());
    }
}
