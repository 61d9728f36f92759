//! Checking a release offline: receipt, proof, signature under a pinned key, every file, every column.

mod files;
mod permit;

use std::path::Path;

use evidence::{Algorithm, Cosigned, Proof, ProofError, Role, Trust, VerifierKey, proof};
use transfer::{Receipt, Standing};

use crate::envelope::Identities;
use crate::error::{At as _, ClearanceError};
use crate::folder::{self, MAX_EVIDENCE, Unreadable};

/// The one form of receipts there is.
const RECEIPT_FORM: &str = "tongguan/receipt/1";

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
    /// What is inside an encrypted file is not what the receipt names.
    OtherContent {
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
            unopened: Vec::new(),
            log_size: None,
            fingerprint: String::new(),
            pinned: false,
            signers: Vec::new(),
            witnesses: Vec::new(),
            standing: Standing::Declared,
        }
    }

    /// True only if everything holds under a pinned key.
    pub fn holds(&self) -> bool {
        self.pinned && self.faults.is_empty()
    }

    /// Asks for so many pinned witnesses: fewer are a fault.
    pub fn require_witnesses(&mut self, need: usize) {
        let have = self.witnesses.len();
        if have < need {
            self.faults.push(Fault::TooFewWitnesses { have, need });
        }
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
    let limit = evidence::tiles::MAX_ENTRY as u64;
    let bytes = match folder::read(folder, "receipt.json", limit) {
        Ok(bytes) => bytes,
        Err(unreadable) => return Ok(Verdict::broken(unreadable.fault("receipt.json", |what| Fault::Proof { what }))),
    };
    let receipt: Receipt = match folder::artefact(&bytes) {
        Ok(receipt) => receipt,
        Err(error) => return broken(format!("receipt.json is no receipt: {error}")),
    };
    if receipt.form != RECEIPT_FORM {
        return broken(format!("receipt.json has the form `{}`; known here is `{RECEIPT_FORM}`", receipt.form));
    }
    let own: VerifierKey = match receipt.log.parse::<VerifierKey>() {
        Ok(key) if key.algorithm() == Algorithm::Ed25519 => key,
        Ok(_) => return broken("the receipt names a log key that is none".to_owned()),
        Err(error) => return broken(format!("the receipt names no log key: {error}")),
    };
    let mut faults = Vec::new();
    let Logged { log_size, signers, witnesses } = check_log(folder, &bytes, &own, trust, &mut faults);
    permit::check(folder, &receipt, trust, &mut faults);
    let unopened = files::check(folder, &receipt, identities, &mut faults)?;
    let standing = receipt.permit_standing;
    let pinned = trust.keys(Role::Log);
    let trusted = signers.iter().find(|key| pinned.contains(key));
    let (fingerprint, pinned) = (trusted.unwrap_or(&own).fingerprint(), trusted.is_some());
    Ok(Verdict {
        faults,
        unopened,
        log_size,
        fingerprint,
        pinned,
        signers,
        witnesses,
        standing,
        receipt: Some(receipt),
    })
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

/// What the log's signatures say.
#[derive(Default)]
struct Logged {
    log_size: Option<u64>,
    signers: Vec<VerifierKey>,
    witnesses: Vec<Cosigned>,
}

/// That a key of the log has signed a tree that holds the receipt, and that no pinned key's signature is wrong. Gives the
/// tree's size, the keys of the log that signed (pinned, or named by the receipt), and the pinned witnesses that cosigned.
fn check_log(folder: &Path, leaf: &[u8], own: &VerifierKey, trust: &Trust, faults: &mut Vec<Fault>) -> Logged {
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
        // A log may go on under a new key: every pinned key of this log counts, not only the one in the receipt.
        let logs = trust.keys(Role::Log).into_iter().chain([own.clone()]);
        let known = logs.chain(trust.keys(Role::Witness)).collect::<Vec<_>>();
        let verified = proof::verify(leaf, &proof, &known).map_err(|error| match error {
            ProofError::UnknownKey { .. } | ProofError::OtherLog { .. } => {
                wrong(format!("not signed by the key the receipt names, nor by a pinned key of its log: {error}"))
            }
            error => wrong(error.to_string()),
        })?;
        let witnesses = Cosigned::all(proof.checkpoint.as_bytes(), &trust.keys(Role::Witness))
            .map_err(|error| wrong(error.to_string()))?;
        Ok((proof, verified, witnesses))
    })();
    match checked {
        Ok((proof, verified, witnesses)) => {
            match folder::read(folder, "checkpoint", MAX_EVIDENCE) {
                Ok(bytes) if bytes == proof.checkpoint.as_bytes() => {}
                Ok(_) => faults.push(Fault::OtherCheckpoint),
                Err(unreadable) => faults.push(unreadable.fault("checkpoint", |what| Fault::Proof { what })),
            }
            let of_log = |key: &VerifierKey| !key.is_cosigner() && key.name() == verified.checkpoint.origin;
            let (log_size, by) = (Some(verified.checkpoint.size), verified.by.iter());
            Logged { log_size, signers: by.filter(|key| of_log(key)).cloned().collect(), witnesses }
        }
        Err(fault) => {
            faults.push(fault);
            Logged::default()
        }
    }
}

/// Reads a trust file.
pub fn read_trust(path: &Path) -> Result<Trust, ClearanceError> {
    let text = std::fs::read_to_string(path).at(path)?;
    text.parse().map_err(|error| ClearanceError::input(format!("{}: {error}", path.display())))
}
