//! Checking a release offline: receipt, proof, signature under a pinned key, every file, every column.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use evidence::{NoteError, Proof, ProofError, Role, Trust, VerifierKey, open_note, proof};
use serde_json::Value;
use transfer::{Permit, Receipt, ReleasedFile, Standing};

use crate::error::{At as _, ClearanceError};
use crate::folder::{self, MAX_EVIDENCE, Unreadable};

/// What a release folder holds, beside the files of the receipt.
const OWN: [&str; 5] = ["receipt.json", "receipt.proof", "permit.json", "checkpoint", "data"];

/// The permit an office signed, beside `permit.json` where its standing is `signed`.
const OFFICE_NOTE: &str = "permit.note";

/// The one form of receipts there is.
const RECEIPT_FORM: &str = "tongguan/receipt/1";

/// What was found.
pub struct Verdict {
    /// The receipt, where it could be read.
    pub receipt: Option<Receipt>,
    /// Everything that does not hold; empty: all holds.
    pub faults: Vec<Fault>,
    /// The size of the log that the checkpoint signs.
    pub log_size: Option<u64>,
    /// The fingerprint of the key that signed.
    pub fingerprint: String,
    /// Whether that key is pinned.
    pub pinned: bool,
    /// Who stands behind the permit.
    pub standing: Standing,
}

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Fault {
    /// The signature, the proof or the checkpoint.
    Proof {
        /// What is wrong.
        what: String,
    },
    /// `checkpoint` is not the one in the proof.
    OtherCheckpoint,
    /// The permit is not the one of the receipt.
    OtherPermit,
    /// The permit is not of its form, or not signed as it says.
    Permit {
        /// What is wrong.
        what: String,
    },
    /// A file is missing.
    Missing {
        /// Its path.
        path: String,
    },
    /// A link, a folder or something else stands where a file has to.
    NotAFile {
        /// Its path.
        path: String,
    },
    /// A file is not the one that was released.
    Changed {
        /// Its path.
        path: String,
    },
    /// A file the receipt does not know, or a path in it that is twice there or no name of a file in `data/`.
    Unknown {
        /// Its path.
        path: String,
    },
    /// The columns of a file are not those of the receipt.
    OtherColumns {
        /// Its path.
        path: String,
    },
    /// A column that the permit does not have, or not in that form.
    NotPermitted {
        /// `source.column`.
        column: String,
    },
    /// The release was made for another recipient or on a day outside the permit.
    OutsidePermit {
        /// What differs.
        what: String,
    },
}

impl Verdict {
    fn broken(fault: Fault) -> Self {
        Self {
            receipt: None,
            faults: vec![fault],
            log_size: None,
            fingerprint: String::new(),
            pinned: false,
            standing: Standing::Declared,
        }
    }

    /// True only if everything holds under a pinned key.
    pub fn holds(&self) -> bool {
        self.pinned && self.faults.is_empty()
    }
}

/// Checks a release folder against pinned keys.
pub fn verify(folder: &Path, trust: &Trust) -> Result<Verdict, ClearanceError> {
    if !folder.is_dir() {
        return Err(ClearanceError::input(format!("{}: no such release folder", folder.display())));
    }
    // Whatever is damaged in the folder is a finding, never an error of the program.
    let broken = |what: String| Ok(Verdict::broken(Fault::Proof { what }));
    let limit = evidence::tiles::MAX_ENTRY as u64;
    let bytes = match folder::read(folder, "receipt.json", limit) {
        Ok(bytes) => bytes,
        Err(unreadable) => return Ok(Verdict::broken(unreadable.fault("receipt.json", |what| Fault::Proof { what }))),
    };
    let receipt: Receipt = match folder::artefact(&bytes) {
        Ok((receipt, _)) => receipt,
        Err(error) => return broken(format!("receipt.json is no receipt: {error}")),
    };
    if receipt.form != RECEIPT_FORM {
        return broken(format!("receipt.json has the form `{}`; known here is `{RECEIPT_FORM}`", receipt.form));
    }
    let own: VerifierKey = match receipt.log.parse() {
        Ok(key) => key,
        Err(error) => return broken(format!("the receipt names no log key: {error}")),
    };
    let pinned = trust.keys(Role::Log).contains(&own);
    let mut faults = Vec::new();
    let log_size = check_log(folder, &bytes, &own, trust, &mut faults);
    check_permit(folder, &receipt, trust, &mut faults);
    check_files(folder, &receipt, &mut faults)?;
    let standing = receipt.permit_standing;
    Ok(Verdict { faults, log_size, fingerprint: own.fingerprint(), pinned, standing, receipt: Some(receipt) })
}

impl Unreadable {
    fn fault(self, name: &str, other: impl FnOnce(String) -> Fault) -> Fault {
        match self {
            Self::Missing => Fault::Missing { path: name.to_owned() },
            Self::NotAFile => Fault::NotAFile { path: name.to_owned() },
            Self::Other(what) => other(what),
        }
    }
}

/// That the key the receipt names has signed a tree that holds the receipt, and no pinned witness's signature is wrong.
fn check_log(folder: &Path, leaf: &[u8], own: &VerifierKey, trust: &Trust, faults: &mut Vec<Fault>) -> Option<u64> {
    let checked = (|| {
        let wrong = |what: String| Fault::Proof { what };
        let bytes = folder::read(folder, "receipt.proof", MAX_EVIDENCE)
            .map_err(|unreadable| unreadable.fault("receipt.proof", wrong))?;
        let text = String::from_utf8(bytes).map_err(|_| wrong("receipt.proof is not UTF-8".to_owned()))?;
        let proof = text.parse::<Proof>().map_err(|error| wrong(error.to_string()))?;
        // The format allows a line `extra`: nothing vouches for it, so it must not travel with a release.
        if proof.to_string() != text {
            return Err(wrong("receipt.proof holds more than the proof".to_owned()));
        }
        let mut keys = vec![own.clone()];
        keys.extend(trust.keys(Role::Witness));
        let verified = proof::verify(leaf, &proof, &keys).map_err(|error| match error {
            ProofError::UnknownKey { .. } | ProofError::OtherLog { .. } => {
                wrong(format!("not signed by the key the receipt names: {error}"))
            }
            error => wrong(error.to_string()),
        })?;
        Ok((proof, verified.checkpoint.size))
    })();
    match checked {
        Ok((proof, size)) => {
            match folder::read(folder, "checkpoint", MAX_EVIDENCE) {
                Ok(bytes) if bytes == proof.checkpoint.as_bytes() => {}
                Ok(_) => faults.push(Fault::OtherCheckpoint),
                Err(unreadable) => faults.push(unreadable.fault("checkpoint", |what| Fault::Proof { what })),
            }
            Some(size)
        }
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

fn check_permit(folder: &Path, receipt: &Receipt, trust: &Trust, faults: &mut Vec<Fault>) {
    let bytes = match folder::read(folder, "permit.json", MAX_EVIDENCE) {
        Ok(bytes) => bytes,
        Err(unreadable) => return faults.push(unreadable.fault("permit.json", |what| Fault::Permit { what })),
    };
    if transfer::digest(&bytes) != receipt.permit {
        faults.push(Fault::OtherPermit);
    }
    // A receipt may name a permit by its digest that is none: then nothing says what may leave.
    let (permit, fields): (Permit, Value) = match folder::artefact(&bytes) {
        Ok(read) => read,
        Err(error) => return faults.push(Fault::Permit { what: format!("permit.json is no permit: {error}") }),
    };
    for column in &receipt.columns {
        let permitted = permit.columns.iter().any(|permitted| {
            permitted.source == column.source && permitted.name == column.name && permitted.form == column.form
        });
        if !permitted {
            faults.push(Fault::NotPermitted { column: format!("{}.{}", column.source, column.name) });
        }
    }
    let mut outside = |wrong: bool, what: &str| {
        if wrong {
            faults.push(Fault::OutsidePermit { what: what.to_owned() });
        }
    };
    outside(permit.recipient != receipt.recipient, "recipient");
    outside(permit.kind != receipt.permit_kind || permit.standing != receipt.permit_standing, "kind of permit");
    outside(receipt.day < permit.effective || permit.expires.is_some_and(|last| receipt.day > last), "validity");
    if receipt.permit_standing == Standing::Signed
        && let Err(fault) = check_office(folder, &fields, trust)
    {
        faults.push(fault);
    }
}

/// That a pinned office signed the permit which `permit.json` names as its own ground.
fn check_office(folder: &Path, permit: &Value, trust: &Trust) -> Result<(), Fault> {
    let wrong = |what: String| Fault::Permit { what };
    let bytes = folder::read(folder, OFFICE_NOTE, MAX_EVIDENCE)
        .map_err(|unreadable| unreadable.fault(OFFICE_NOTE, wrong))?;
    let note = open_note(&bytes, &trust.keys(Role::Office)).map_err(|error| match error {
        NoteError::Unknown { .. } => wrong("the permit is signed by an unknown office key".to_owned()),
        error => wrong(format!("{OFFICE_NOTE}: {error}")),
    })?;
    if permit.get("office_permit").and_then(Value::as_str) != Some(&*transfer::digest(note.text.as_bytes())) {
        return Err(wrong(format!("{OFFICE_NOTE} is not the permit of the office that permit.json names")));
    }
    let text = note.text.strip_suffix('\n').unwrap_or_default();
    folder::canonical(text.as_bytes()).map(|_| ()).map_err(|error| wrong(format!("{OFFICE_NOTE}: {error}")))
}

fn check_files(folder: &Path, receipt: &Receipt, faults: &mut Vec<Fault>) -> Result<(), ClearanceError> {
    let data = folder.join("data");
    let has_data = match data.symlink_metadata() {
        Ok(metadata) if !metadata.is_dir() => {
            faults.push(Fault::NotAFile { path: "data".to_owned() });
            return Ok(());
        }
        found => found.is_ok(),
    };
    let mut known = OWN.into_iter().collect::<BTreeSet<_>>();
    if receipt.permit_standing == Standing::Signed {
        known.insert(OFFICE_NOTE);
    }
    for file in &receipt.files {
        if is_data_path(&file.path) && known.insert(&file.path) {
            faults.extend(check_file(folder, receipt, file)?);
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
    Ok(())
}

/// `data/` and one name that leads nowhere else.
fn is_data_path(path: &str) -> bool {
    let name = path.strip_prefix("data/").unwrap_or_default();
    !["", ".", ".."].contains(&name) && !name.contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
}

fn check_file(folder: &Path, receipt: &Receipt, file: &ReleasedFile) -> Result<Option<Fault>, ClearanceError> {
    let path = folder.join(&file.path);
    if let Err(unreadable) = folder::check_is_file(&path) {
        return Ok(Some(unreadable.fault(&file.path, |what| Fault::Proof { what })));
    }
    let (sha256, bytes) = engine::digest_file(&path)?;
    if sha256 != file.sha256 || bytes != file.bytes {
        return Ok(Some(Fault::Changed { path: file.path.clone() }));
    }
    let expected = receipt.columns.iter().filter(|column| column.source == file.source);
    let expected = expected.map(|column| column.name.as_str()).collect::<Vec<_>>();
    let fits = has_columns(&path, &expected);
    Ok((!fits).then(|| Fault::OtherColumns { path: file.path.clone() }))
}

/// Whether the file itself says that it has these columns. One that cannot be read as what its name says does not.
fn has_columns(path: &Path, expected: &[&str]) -> bool {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    match extension {
        Some("parquet") => engine::file_columns(path).is_ok_and(|columns| columns == expected),
        Some("csv") => {
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
    let cell = |name: &&str| match name.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => (*name).to_owned(),
    };
    columns.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}

/// Reads a trust file.
pub fn read_trust(path: &Path) -> Result<Trust, ClearanceError> {
    let text = std::fs::read_to_string(path).at(path)?;
    text.parse().map_err(|error| ClearanceError::input(format!("{}: {error}", path.display())))
}
