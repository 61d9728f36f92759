//! Compiles a folder of texts in: every file with its path, in the order of paths. For build scripts.

use std::fmt::Write as _;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

/// Writes `NAME.rs` into the build's own folder: a slice of `(path, text)` of the files below `../../NAME` that `is_read` takes,
/// paths with `/` and relative to that folder. Cargo looks at the folder and everything in it from then on.
///
/// Errors: the folder cannot be read, or this is no build script.
pub fn folder(name: &str, is_read: impl Fn(&Path) -> bool) -> Result<()> {
    let set = |variable: &str| std::env::var(variable).map(PathBuf::from).map_err(Error::other);
    let (manifest, out) = (set("CARGO_MANIFEST_DIR")?, set("OUT_DIR")?);
    let root = manifest.join("../..").join(name).canonicalize()?;
    let (code, watched) = code(&root, is_read)?;
    for path in watched {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    std::fs::write(out.join(format!("{name}.rs")), code)
}

/// Whether a file is TOML.
pub fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

/// The slice as Rust, and every path that it depends on.
fn code(root: &Path, is_read: impl Fn(&Path) -> bool) -> Result<(String, Vec<PathBuf>)> {
    let (mut files, mut watched) = (Vec::new(), Vec::new());
    collect(root, &is_read, &mut files, &mut watched)?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(root).map_err(Error::other)?.to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_str!({:?})),", file.to_string_lossy()).map_err(Error::other)?;
        watched.push(file);
    }
    code.push_str("]\n");
    Ok((code, watched))
}

fn collect(
    folder: &Path,
    is_read: &impl Fn(&Path) -> bool,
    files: &mut Vec<PathBuf>,
    watched: &mut Vec<PathBuf>,
) -> Result<()> {
    // Of a folder Cargo sees what comes and goes.
    watched.push(folder.to_owned());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, is_read, files, watched)?;
        } else if is_read(&path) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_stands_there_in_the_order_of_paths_and_is_looked_at() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("inner")).expect("a folder");
        for name in ["b.toml", "inner/a.toml", "a.toml", "README.md"] {
            std::fs::write(root.path().join(name), name).expect("written");
        }
        let (text, watched) = code(root.path(), is_toml).expect("code");
        let line =
            |name: &str| format!("    ({name:?}, include_str!({:?})),\n", root.path().join(name).display().to_string());
        let expected = ["a.toml", "b.toml", "inner/a.toml"].map(line).concat();
        assert_eq!(text, format!("&[\n{expected}]\n"));
        for path in ["", "inner", "b.toml", "inner/a.toml"] {
            let path = if path.is_empty() { root.path().to_owned() } else { root.path().join(path) };
            assert!(watched.contains(&path), "{}", path.display());
        }
        assert!(!watched.iter().any(|path| path.ends_with("README.md")));
        assert!(code(&root.path().join("nowhere"), is_toml).is_err());
    }
}
