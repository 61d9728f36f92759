//! Checking a release offline: receipt, proof, signature under a pinned key, every file, every column.

use std::collections::BTreeSet;
use std::path::Path;

use evidence::{Algorithm, Cosigned, Proof, ProofError, Role, Trust, VerifierKey, proof};
use transfer::{Permit, Receipt, Standing};

use crate::error::{At as _, ClearanceError};
use crate::release::read_receipt;

/// What a release folder holds, beside the files of the receipt.
const OWN: [&str; 5] = ["receipt.json", "receipt.proof", "permit.json", "checkpoint", "data"];

/// What was found.
pub struct Verdict {
    /// The receipt, where it could be read.
    pub receipt: Option<Receipt>,
    /// Everything that does not hold; empty: all holds.
    pub faults: Vec<Fault>,
    /// The size of the log that the checkpoint signs.
    pub log_size: Option<u64>,
    /// The fingerprint of the key that signed: a pinned one where there is one, else the one the receipt names.
    pub fingerprint: String,
    /// Whether that key is pinned.
    pub pinned: bool,
    /// The keys of the log whose signatures hold, pinned or named by the receipt.
    pub signers: Vec<VerifierKey>,
    /// The pinned witnesses that have cosigned the checkpoint.
    pub witnesses: Vec<Cosigned>,
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
    /// Fewer pinned witnesses have cosigned the checkpoint than were asked for.
    TooFewWitnesses {
        /// How many have.
        have: usize,
        /// How many were asked for.
        need: usize,
    },
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
            signers: Vec::new(),
            witnesses: Vec::new(),
            standing: Standing::Declared,
        }
    }

    /// Asks for so many pinned witnesses: fewer are a fault.
    pub fn require_witnesses(&mut self, need: usize) {
        let have = self.witnesses.len();
        if have < need {
            self.faults.push(Fault::TooFewWitnesses { have, need });
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
    let (receipt, receipt_bytes) = match read_receipt(folder) {
        Ok(found) => found,
        Err(error) => return broken(error.to_string()),
    };
    let mut faults = Vec::new();
    let own: VerifierKey = match receipt.log.parse::<VerifierKey>() {
        Ok(key) if key.algorithm() == Algorithm::Ed25519 => key,
        Ok(_) => return broken("the receipt names a log key that is none".to_owned()),
        Err(error) => return broken(format!("the receipt names no log key: {error}")),
    };
    let proof_text = match std::fs::read(folder.join("receipt.proof")) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => {
            faults.push(Fault::Missing { path: "receipt.proof".to_owned() });
            String::new()
        }
    };
    // A log goes on under a new key, and an SM2 key signs beside it: every pinned key of this log counts. Witnesses' keys are
    // among them so that a line in a pinned witness's name that is not its is a fault.
    let pinned = trust.keys(Role::Log);
    let known: Vec<VerifierKey> =
        pinned.iter().cloned().chain([own.clone()]).chain(trust.keys(Role::Witness)).collect();
    let checked = proof_text.parse::<Proof>().and_then(|proof| {
        let checkpoint = std::fs::read(folder.join("checkpoint")).unwrap_or_default();
        if checkpoint != proof.checkpoint.as_bytes() {
            faults.push(Fault::OtherCheckpoint);
        }
        let verified = proof::verify(&receipt_bytes, &proof, &known)?;
        let witnesses = Cosigned::all(proof.checkpoint.as_bytes(), &trust.keys(Role::Witness))?;
        Ok((verified, witnesses))
    });
    let (mut log_size, mut signers, mut witnesses) = (None, Vec::new(), Vec::new());
    match checked {
        Ok((verified, cosigned)) => {
            let origin = verified.checkpoint.origin;
            log_size = Some(verified.checkpoint.size);
            signers = verified.by.into_iter().filter(|key| !key.is_cosigner() && key.name() == origin).collect();
            witnesses = cosigned;
        }
        Err(error @ ProofError::UnknownKey { .. }) => {
            faults.push(Fault::Proof { what: format!("not signed by the key the receipt names: {error}") });
        }
        Err(error) => faults.push(Fault::Proof { what: error.to_string() }),
    }
    let trusted = signers.iter().find(|key| pinned.contains(key));
    let (fingerprint, pinned) = (trusted.unwrap_or(&own).fingerprint(), trusted.is_some());
    if transfer::canonical_bytes(&receipt) != receipt_bytes {
        faults.push(Fault::Proof { what: "the receipt is not in canonical form".to_owned() });
    }
    check_permit(folder, &receipt, &mut faults);
    check_files(folder, &receipt, &mut faults)?;
    let standing = receipt.permit_standing;
    Ok(Verdict { faults, log_size, fingerprint, pinned, signers, witnesses, standing, receipt: Some(receipt) })
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

fn check_files(folder: &Path, receipt: &Receipt, faults: &mut Vec<Fault>) -> Result<(), ClearanceError> {
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
                if engine::file_columns(&path)? != expected {
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
    Ok(())
}

/// Reads a trust file.
pub fn read_trust(path: &Path) -> Result<Trust, ClearanceError> {
    let text = std::fs::read_to_string(path).at(path)?;
    text.parse().map_err(|error| ClearanceError::input(format!("{}: {error}", path.display())))
}
