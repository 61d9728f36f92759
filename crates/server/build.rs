//! Compiles templates, messages and static files in: `templates/`, `messages/`, `static/`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut source = String::new();
    for (folder, text) in [("templates", true), ("messages", true), ("static", false)] {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        collect(Path::new(folder), folder, &mut files)?;
        files.sort();
        let (name, kind, include) = if text {
            (folder.to_uppercase(), "&str", "include_str")
        } else {
            (folder.to_uppercase(), "&[u8]", "include_bytes")
        };
        // Writing to a string cannot fail.
        let _ = writeln!(source, "/// The files of `{folder}/`, by their names there.");
        let _ = writeln!(source, "pub(crate) const {name}: [(&str, {kind}); {}] = [", files.len());
        for file in files {
            let path = env::current_dir()?.join(folder).join(&file);
            let _ = writeln!(source, "    ({file:?}, {include}!({:?})),", path.display().to_string());
        }
        let _ = writeln!(source, "];");
    }
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("embedded.rs"), source)
}

fn collect(folder: &Path, root: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, root, files)?;
        } else if let Ok(below) = path.strip_prefix(root) {
            files.push(below.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
