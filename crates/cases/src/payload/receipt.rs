//! A report of a release, held against its proof.

use evidence::VerifierKey;

use super::Report;
use super::check::{bad, short};
use crate::case::Case;
use crate::refusal::Refusal;

/// The receipt stands in the log it names, and was not reported before.
pub(super) fn report(case: &Case, report: &Report) -> Result<(), Refusal> {
    match report {
        Report::Released { receipt, permit, proof, .. } => {
            if transfer::digest(&transfer::canonical_bytes(permit.as_ref())) != receipt.permit {
                return bad("the `permit.json` is not the one that the receipt names");
            }
            if case.releases.iter().any(|release| release.release == receipt.release) {
                return bad(format!("release `{}` was reported already", short(&receipt.release)));
            }
            in_log(&transfer::canonical_bytes(receipt.as_ref()), proof, &receipt.log)
        }
        Report::NotPublished { entry, proof } => {
            let known = case.releases.iter().find(|release| release.release == entry.release);
            let Some(known) = known else {
                return bad(format!("release `{}` was never reported here", short(&entry.release)));
            };
            in_log(&transfer::canonical_bytes(entry.as_ref()), proof, &known.log)
        }
    }
}

fn in_log(leaf: &[u8], proof: &str, log: &str) -> Result<(), Refusal> {
    let key: Option<VerifierKey> = log.parse().ok();
    let proof: Option<evidence::Proof> = proof.parse().ok();
    let verified =
        proof.zip(key).map(|(proof, key)| evidence::proof::verify_consistent_with_itself(leaf, &proof, &key));
    match verified {
        Some(Ok(_)) => Ok(()),
        _ => bad(
            "the proof does not show that the receipt stands in the log it names: send `receipt.json` and `receipt.proof` as they were released",
        ),
    }
}
