//! Files that must not be lost or half there: written whole, brought to disk, readable by their owner only.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Makes a folder, and those above it, that only its owner may enter.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a folder that only its owner may enter; it must not exist.
pub(crate) fn new_private_folder(path: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

/// Writes a new file of mode 0600 and brings it to disk. It appears whole or not at all, and an existing file is never
/// overwritten.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = draft(path);
    let written = write_draft(&draft, bytes);
    // A link, unlike a renaming, fails where the name is taken.
    let done = written.and_then(|()| std::fs::hard_link(&draft, path));
    let _ = std::fs::remove_file(&draft);
    done?;
    sync_folder(folder_of(path))
}

/// Writes a new file and brings it to disk.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes a file, replacing one that is there, and brings it to disk.
pub(crate) fn write_over(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Brings the names in a folder to disk.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// Writes a file of mode 0600 in place of one that may be there, and brings it to disk: whoever looks finds the old bytes
/// or the new ones, also after a crash.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = draft(path);
    let done = write_draft(&draft, bytes).and_then(|()| std::fs::rename(&draft, path));
    if done.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    done?;
    sync_folder(folder_of(path))
}

/// The same for a file in a folder in which nothing else may appear, not even for a moment: the draft lies beside the folder.
pub(crate) fn replace_beside(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let name = path.file_name().unwrap_or_default();
    let draft = draft(&folder.parent().unwrap_or(&folder).join(name));
    let written = File::create(&draft).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let done = written.and_then(|()| std::fs::rename(&draft, path));
    if done.is_err() {
        // The first error is the one to report.
        let _ = std::fs::remove_file(&draft);
    }
    done?;
    sync_folder(&folder)
}

/// Takes a file away, if it is there, and brings that to disk.
pub(crate) fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.and_then(|()| sync_folder(folder_of(path))),
    }
}

/// Where the bytes of a file are written before they get its name.
fn draft(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}-{:?}", std::process::id(), std::thread::current().id()))
}

fn write_draft(draft: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
