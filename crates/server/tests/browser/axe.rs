//! axe-core, where it can be had.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The version that is fetched.
const VERSION: &str = "axe-core@4.10.3";

/// The text of axe-core: from the file `TONGGUAN_AXE` names, or fetched once with npm into the target folder. None: neither, which is
/// said aloud.
pub(crate) fn source() -> Option<String> {
    if let Some(named) = std::env::var_os("TONGGUAN_AXE") {
        return Some(std::fs::read_to_string(&named).unwrap_or_else(|error| panic!("TONGGUAN_AXE: {error}")));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let file: PathBuf = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let fetched = Command::new("npm")
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .arg(VERSION)
            .output();
        if !fetched.is_ok_and(|fetched| fetched.status.success()) {
            eprintln!("skipped: axe-core could not be fetched with npm; name its file in TONGGUAN_AXE");
            return None;
        }
    }
    std::fs::read_to_string(&file).ok()
}
