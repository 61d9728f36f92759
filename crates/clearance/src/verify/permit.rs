//! That what left is what the permit lets leave, and that an office signed a permit that says so.

use std::path::Path;

use evidence::{NoteError, Role, Trust, open_note};
use serde_json::Value;
use transfer::{Permit, Receipt, Standing};

use super::Fault;
use crate::folder::{self, MAX_EVIDENCE};

/// The permit an office signed, beside `permit.json` where its standing is `signed`.
pub(super) const OFFICE_NOTE: &str = "permit.note";

/// Checks the permit against the receipt.
pub(super) fn check(folder: &Path, receipt: &Receipt, trust: &Trust, faults: &mut Vec<Fault>) {
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
    let bytes =
        folder::read(folder, OFFICE_NOTE, MAX_EVIDENCE).map_err(|unreadable| unreadable.fault(OFFICE_NOTE, wrong))?;
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
