//! Checking a release offline: receipt, proof, signature under a pinned key, every file, every column.

use std::collections::BTreeSet;
use std::path::Path;

use evidence::{Proof, ProofError, Role, Trust, VerifierKey, proof};
use transfer::{Permit, Receipt, Standing};

use crate::envelope::Identities;
use crate::error::{At as _, ClearanceError};
use crate::release::read_receipt;
use crate::seal;

/// What a release folder holds, beside the files of the receipt.
const OWN: [&str; 5] = ["receipt.json", "receipt.proof", "permit.json", "checkpoint", "data"];

/// What was found.
pub struct Verdict {
    /// The receipt, where it could be read.
    pub receipt: Option<Receipt>,
    /// Everything that does not hold; empty: all holds.
    pub faults: Vec<Fault>,
    /// Encrypted files into which nobody looked: their digests hold, and the receipt speaks for the rest.
    pub unopened: Vec<String>,
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
    /// A file is missing.
    Missing {
        /// Its path.
        path: String,
    },
    /// A file is not the one that was released.
    Changed {
        /// Its path.
        path: String,
    },
    /// A file the receipt does not know.
    Unknown {
        /// Its path.
        path: String,
    },
    /// The columns of a file are not those of the receipt.
    OtherColumns {
        /// Its path.
        path: String,
    },
    /// What is inside an encrypted file is not what the receipt names.
    OtherContent {
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
            unopened: Vec::new(),
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

/// Checks a release folder against pinned keys. Of encrypted files the outside is checked.
pub fn verify(folder: &Path, trust: &Trust) -> Result<Verdict, ClearanceError> {
    verify_with(folder, trust, &Identities::default())
}

/// Checks a release folder against pinned keys, and with the recipient's identity what is inside encrypted files.
pub fn verify_with(folder: &Path, trust: &Trust, identities: &Identities) -> Result<Verdict, ClearanceError> {
    if !folder.is_dir() {
        return Err(ClearanceError::input(format!("{}: no such release folder", folder.display())));
    }
    // Whatever is damaged in the folder is a finding, never an error of the program.
    let broken = |what: String| Ok(Verdict::broken(Fault::Proof { what }));
    let (receipt, receipt_bytes) = match read_receipt(folder) {
        Ok(found) => found,
        Err(error) => return broken(error.to_string()),
    };
    let mut faults = Vec::new();
    let own: VerifierKey = match receipt.log.parse() {
        Ok(key) => key,
        Err(error) => return broken(format!("the receipt names no log key: {error}")),
    };
    let pinned = trust.keys(Role::Log).contains(&own);
    let proof_text = match std::fs::read(folder.join("receipt.proof")) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => {
            faults.push(Fault::Missing { path: "receipt.proof".to_owned() });
            String::new()
        }
    };
    let mut log_size = None;
    let checked = proof_text.parse::<Proof>().and_then(|proof| {
        let checkpoint = std::fs::read(folder.join("checkpoint")).unwrap_or_default();
        if checkpoint != proof.checkpoint.as_bytes() {
            faults.push(Fault::OtherCheckpoint);
        }
        proof::verify(&receipt_bytes, &proof, std::slice::from_ref(&own))
    });
    match checked {
        Ok(verified) => log_size = Some(verified.checkpoint.size),
        Err(error @ ProofError::UnknownKey { .. }) => {
            faults.push(Fault::Proof { what: format!("not signed by the key the receipt names: {error}") });
        }
        Err(error) => faults.push(Fault::Proof { what: error.to_string() }),
    }
    if transfer::canonical_bytes(&receipt) != receipt_bytes {
        faults.push(Fault::Proof { what: "the receipt is not in canonical form".to_owned() });
    }
    check_permit(folder, &receipt, &mut faults);
    let unopened = check_files(folder, &receipt, identities, &mut faults)?;
    let standing = receipt.permit_standing;
    Ok(Verdict { faults, unopened, log_size, fingerprint: own.fingerprint(), pinned, standing, receipt: Some(receipt) })
}

fn check_permit(folder: &Path, receipt: &Receipt, faults: &mut Vec<Fault>) {
    let path = folder.join("permit.json");
    let Ok(bytes) = std::fs::read(&path) else {
        faults.push(Fault::Missing { path: "permit.json".to_owned() });
        return;
    };
    if transfer::digest(&bytes) != receipt.permit {
        faults.push(Fault::OtherPermit);
    }
    let Ok(permit) = serde_json::from_slice::<Permit>(&bytes) else {
        // Its digest differs, too: that was said.
        return;
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
}

fn check_files(
    folder: &Path,
    receipt: &Receipt,
    identities: &Identities,
    faults: &mut Vec<Fault>,
) -> Result<Vec<String>, ClearanceError> {
    let mut unopened = Vec::new();
    let known = receipt.files.iter().map(|file| file.path.clone()).collect::<BTreeSet<_>>();
    for file in &receipt.files {
        let name = file.path.strip_prefix("data/").filter(|name| !name.contains(['/', '\\']) && *name != "..");
        let Some(name) = name else {
            faults.push(Fault::Unknown { path: file.path.clone() });
            continue;
        };
        let path = folder.join("data").join(name);
        match engine::digest_file(&path) {
            Err(error) if error.is_input() => faults.push(Fault::Missing { path: file.path.clone() }),
            Err(error) => return Err(error.into()),
            Ok((sha256, bytes)) if sha256 != file.sha256 || bytes != file.bytes => {
                faults.push(Fault::Changed { path: file.path.clone() });
            }
            Ok(_) => {
                let expected = receipt.columns.iter().filter(|column| column.source == file.source);
                let expected = expected.map(|column| column.name.as_str()).collect::<Vec<_>>();
                let columns = match &file.inner {
                    None => Some(engine::file_columns(&path)?),
                    Some(_) if identities.is_empty() => {
                        unopened.push(file.path.clone());
                        continue;
                    }
                    Some(inner) => match seal::look_inside(&path, identities)? {
                        Some(found) if found.inner == *inner => found.columns,
                        _ => {
                            faults.push(Fault::OtherContent { path: file.path.clone() });
                            continue;
                        }
                    },
                };
                if columns.is_none_or(|columns| columns != expected) {
                    faults.push(Fault::OtherColumns { path: file.path.clone() });
                }
            }
        }
    }
    for (below, prefix) in [(folder.to_owned(), ""), (folder.join("data"), "data/")] {
        // A missing data folder was told file by file.
        for entry in std::fs::read_dir(&below).into_iter().flatten() {
            let name = format!("{prefix}{}", entry.at(&below)?.file_name().to_string_lossy());
            if !known.contains(&name) && !OWN.contains(&name.as_str()) {
                faults.push(Fault::Unknown { path: name });
            }
        }
    }
    Ok(unopened)
}

/// Reads a trust file.
pub fn read_trust(path: &Path) -> Result<Trust, ClearanceError> {
    let text = std::fs::read_to_string(path).at(path)?;
    text.parse().map_err(|error| ClearanceError::input(format!("{}: {error}", path.display())))
}
