//! What stands beside the keys in the state folder and is backed up with them: the witnesses of the log, how far each has
//! come, and which earlier keys still sign. Text, a line an entry, and no secret.

use std::collections::BTreeMap;
use std::path::Path;

use super::Keystore;
use crate::disk;
use crate::error::{At as _, ClearanceError};
use crate::logkeys::OVERLAP;
use crate::witnesses::{SEEN, WITNESSES};

/// The files.
const BESIDE: [&str; 3] = [WITNESSES, SEEN, OVERLAP];
/// Begins a file in a backup: its name and the SHA-256 of its text. To whoever knows keys only, all of it is comments.
const FILE: &str = "# file ";
/// Begins a line of it; a space follows where anything does, for editors take spaces away at the end of a line.
const LINE: &str = "#|";

/// Files by their names.
#[derive(Default)]
pub(super) struct Beside(BTreeMap<String, String>);

impl Beside {
    /// Reads those that are there.
    pub(super) fn of(keystore: &Keystore) -> Result<Self, ClearanceError> {
        let mut files = BTreeMap::new();
        for name in BESIDE {
            let path = keystore.beside(name);
            match std::fs::read_to_string(&path) {
                // Every line ends alike, so that the digest is that of what is read back.
                Ok(text) => drop(files.insert(name.to_owned(), text.lines().fold(String::new(), add_line))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(ClearanceError::Io { path, error }),
            }
        }
        Ok(Self(files))
    }

    /// How they stand in a backup.
    pub(super) fn to_text(&self) -> String {
        let file = |(name, text): (&String, &String)| {
            let head = [FILE, name, " ", &transfer::digest(text.as_bytes()), "\n"].concat();
            text.lines().fold(head, |all, line| all + LINE + if line.is_empty() { "" } else { " " } + line + "\n")
        };
        self.0.iter().map(file).collect()
    }

    /// Finds them in the text of a backup; the name of one that is not whole is the error. What a later version may add is
    /// passed over.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut found: Vec<(&str, &str, String)> = Vec::new();
        for line in text.lines() {
            if let Some((name, digest)) = line.strip_prefix(FILE).and_then(|rest| rest.split_once(' ')) {
                found.push((name, digest, String::new()));
            } else if let (Some(line), Some((_, _, text))) = (line.strip_prefix(LINE), found.last_mut()) {
                *text = add_line(std::mem::take(text), line.strip_prefix(' ').unwrap_or(line));
            }
        }
        let mut files = BTreeMap::new();
        for (name, digest, text) in found {
            if transfer::digest(text.as_bytes()) != digest {
                return Err(name.to_owned());
            }
            if BESIDE.contains(&name) {
                files.insert(name.to_owned(), text);
            }
        }
        Ok(Self(files))
    }

    /// Writes those that are not there; which. One that is there is never replaced: it may know more.
    pub(super) fn restore(&self, keystore: &Keystore) -> Result<Vec<String>, ClearanceError> {
        let mut restored = Vec::new();
        for (name, text) in &self.0 {
            let path = keystore.beside(name);
            if !path.exists() {
                disk::write_private(&path, text.as_bytes()).at(&path)?;
                restored.push(name.clone());
            }
        }
        Ok(restored)
    }

    /// Their names.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

impl Keystore {
    /// A file of the state folder.
    fn beside(&self, name: &str) -> std::path::PathBuf {
        self.folder.parent().unwrap_or(Path::new("")).join(name)
    }
}

fn add_line(text: String, line: &str) -> String {
    text + line + "\n"
}
