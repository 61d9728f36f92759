//! That exactly the files of the receipt are there, each with its bytes and columns.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use transfer::{Receipt, ReleasedFile, Standing};

use super::Fault;
use super::permit::OFFICE_NOTE;
use crate::envelope::Identities;
use crate::error::{At as _, ClearanceError};
use crate::folder;
use crate::seal;

/// What a release folder holds, beside the files of the receipt.
const OWN: [&str; 5] = ["receipt.json", "receipt.proof", "permit.json", "checkpoint", "data"];

/// Checks every file of the receipt and looks for others.
pub(super) fn check(
    folder: &Path,
    receipt: &Receipt,
    identities: &Identities,
    faults: &mut Vec<Fault>,
) -> Result<Vec<String>, ClearanceError> {
    let mut unopened = Vec::new();
    let data = folder.join("data");
    let has_data = match data.symlink_metadata() {
        Ok(metadata) if !metadata.is_dir() => {
            faults.push(Fault::NotAFile { path: "data".to_owned() });
            return Ok(unopened);
        }
        found => found.is_ok(),
    };
    let mut known = OWN.into_iter().collect::<BTreeSet<_>>();
    if receipt.permit_standing == Standing::Signed {
        known.insert(OFFICE_NOTE);
    }
    for file in &receipt.files {
        if is_data_path(&file.path) && known.insert(&file.path) {
            match check_file(folder, receipt, file, identities)? {
                Looked::Fits => {}
                Looked::Unopened => unopened.push(file.path.clone()),
                Looked::Wrong(fault) => faults.push(fault),
            }
        } else {
            faults.push(Fault::Unknown { path: file.path.clone() });
        }
    }
    // A missing data folder was told file by file.
    let listed = [(folder.to_owned(), ""), (data, "data/")].into_iter().take(if has_data { 2 } else { 1 });
    for (below, prefix) in listed {
        for entry in std::fs::read_dir(&below).at(&below)? {
            let name = entry.at(&below)?.file_name();
            // A name that is no text is none of ours, whatever it looks like.
            let is_known = name.to_str().is_some_and(|name| known.contains(&*format!("{prefix}{name}")));
            if !is_known {
                faults.push(Fault::Unknown { path: format!("{prefix}{}", name.to_string_lossy()) });
            }
        }
    }
    Ok(unopened)
}

/// `data/` and one name that leads nowhere else.
fn is_data_path(path: &str) -> bool {
    let name = path.strip_prefix("data/").unwrap_or_default();
    !["", ".", ".."].contains(&name) && !name.contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
}

/// What one file is found to be.
enum Looked {
    Fits,
    /// Encrypted, and nobody could look inside.
    Unopened,
    Wrong(Fault),
}

fn check_file(
    folder: &Path,
    receipt: &Receipt,
    file: &ReleasedFile,
    identities: &Identities,
) -> Result<Looked, ClearanceError> {
    let path = folder.join(&file.path);
    if let Err(unreadable) = folder::check_is_file(&path) {
        return Ok(Looked::Wrong(unreadable.fault(&file.path, |what| Fault::Proof { what })));
    }
    let (sha256, bytes) = engine::digest_file(&path)?;
    if sha256 != file.sha256 || bytes != file.bytes {
        return Ok(Looked::Wrong(Fault::Changed { path: file.path.clone() }));
    }
    let expected = receipt.columns.iter().filter(|column| column.source == file.source);
    let expected = expected.map(|column| column.name.as_str()).collect::<Vec<_>>();
    // Only what is called encrypted and was released encrypted may keep its columns to itself.
    let fits = match &file.inner {
        Some(inner) if path.extension().is_some_and(|ending| ending == "age") && !receipt.encrypted_to.is_empty() => {
            if identities.is_empty() {
                return Ok(Looked::Unopened);
            }
            match seal::look_inside(&path, identities)? {
                Some(found) if found.inner == *inner => found.columns.is_some_and(|columns| columns == expected),
                _ => return Ok(Looked::Wrong(Fault::OtherContent { path: file.path.clone() })),
            }
        }
        _ => has_columns(&path, &file.path, &expected),
    };
    Ok(if fits { Looked::Fits } else { Looked::Wrong(Fault::OtherColumns { path: file.path.clone() }) })
}

/// Whether the file itself says that it has these columns. One that cannot be read as what its name says does not.
fn has_columns(path: &Path, name: &str, expected: &[&str]) -> bool {
    // The very last characters tell what a file is, for us as for any other reader.
    let (_, ending) = name.rsplit_once('.').unwrap_or_default();
    match ending {
        "parquet" => engine::file_columns(path).is_ok_and(|columns| columns == expected),
        "csv" => {
            let header = csv_header(expected);
            let mut head = Vec::new();
            let read = File::open(path).and_then(|file| file.take(header.len() as u64).read_to_end(&mut head));
            read.is_ok() && head == header.as_bytes()
        }
        _ => false,
    }
}

/// The first line of a released CSV file: there is one way to write it.
fn csv_header(columns: &[&str]) -> String {
    let cell = |name: &&str| {
        let plain = !name.contains([',', '"', '\r', '\n']);
        if plain { (*name).to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
    };
    columns.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}
