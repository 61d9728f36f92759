//! The evidence log of this installation's own cases: the digest of every action is a leaf of it.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cases::Store;
use clearance::Home;
use evidence::{Appender, DirStore, Log};

use crate::Failure;
use crate::commands::Context;

/// The folder of the log in the state folder: static files, to be served as they are.
const FOLDER: &str = "cases-log";
/// What signs the whole of it.
const CHECKPOINT: &str = "checkpoint";
/// The name under which it signs.
const ORIGIN: &str = "tongguan.local/cases";
/// How long a command waits for its actions to stand in the log; what does not yet is logged by the next one.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(10);

/// Holds the log: one process has it.
pub(in crate::commands) struct Held {
    _lock: File,
}

/// Takes the log over, unless another process has it: that one logs what is recorded here, too.
pub(in crate::commands) async fn take(context: &Context, home: &Home, store: &Store) -> Result<Option<Held>, Failure> {
    let root = home.root();
    let lock = File::options().create(true).truncate(false).write(true).open(root.join("cases.lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let failed = |error: evidence::LogError| Failure::Other(format!("{FOLDER}: {error}"));
    let key = home.keys.case_log_key(ORIGIN)?;
    let folder = root.join(FOLDER);
    let files = DirStore::new(&folder);
    if !folder.join(CHECKPOINT).exists() {
        Log::create(&files, ORIGIN, &key).map_err(failed)?;
    }
    let log = Log::open(files, &[key.verifier()]).map_err(failed)?;
    let report = store.attach_log(Arc::new(Appender::new(log, key))).await?;
    for (case, version) in &report.lost {
        let values = [("case", case.as_str()), ("version", &version.to_string())];
        context.error(&context.say.fill("case.log-lost", &values));
    }
    Ok(Some(Held { _lock: lock }))
}

/// Waits until what was recorded stands in the log.
pub(in crate::commands) async fn finish(store: &Store) -> Result<(), Failure> {
    let mut waited = Duration::ZERO;
    while waited < PATIENCE && store.unlogged().await? > 0 {
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
    Ok(())
}

/// Copies the evidence log to a new folder while it grows: the checkpoint first, so that what it stands on is in the copy, too. Whether
/// there is a log.
pub(super) fn copy(home: &Home, to: &Path) -> Result<bool, Failure> {
    let from = home.root().join(FOLDER);
    if !from.join(CHECKPOINT).exists() {
        return Ok(false);
    }
    let failed = |error: std::io::Error| Failure::Input(format!("{}: {error}", to.display()));
    std::fs::create_dir(to).map_err(failed)?;
    std::fs::copy(from.join(CHECKPOINT), to.join(CHECKPOINT)).map_err(failed)?;
    copy_below(&from, to).map_err(failed)?;
    Ok(true)
}

fn copy_below(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let there = to.join(&name);
        if entry.is_dir() {
            std::fs::create_dir_all(&there)?;
            copy_below(&entry, &there)?;
        } else if !there.exists() && !name.to_string_lossy().starts_with('.') {
            // What begins with a dot is being written; files of a log are never changed once they have their name.
            std::fs::copy(&entry, &there)?;
        }
    }
    Ok(())
}
