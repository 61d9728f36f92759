//! That what left is what the permit lets leave, and that an office signed a permit that says so.

use std::path::Path;

use evidence::{NoteError, Role, Trust, open_note};
use transfer::{Permit, Receipt, Standing, Terms, is_same_name};

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
    let permit: Permit = match folder::artefact(&bytes) {
        Ok(permit) => permit,
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
    if receipt.permit_standing == Standing::Signed {
        match office(folder, &permit, trust) {
            Ok(terms) => {
                let beyond = beyond(&terms, &permit, &receipt.handler).into_iter();
                faults.extend(beyond.map(|what| Fault::OutsidePermit { what: format!("the office's {what}") }));
            }
            Err(fault) => faults.push(fault),
        }
    }
}

/// What a pinned office signed: the permit which `permit.json` names as its own ground.
fn office(folder: &Path, permit: &Permit, trust: &Trust) -> Result<Terms, Fault> {
    let wrong = |what: String| Fault::Permit { what };
    let bytes =
        folder::read(folder, OFFICE_NOTE, MAX_EVIDENCE).map_err(|unreadable| unreadable.fault(OFFICE_NOTE, wrong))?;
    let note = open_note(&bytes, &trust.keys(Role::Office)).map_err(|error| match error {
        NoteError::Unknown { .. } => wrong("the permit is signed by an unknown office key".to_owned()),
        error => wrong(format!("{OFFICE_NOTE}: {error}")),
    })?;
    if permit.office_permit != Some(transfer::digest(note.text.as_bytes())) {
        return Err(wrong(format!("{OFFICE_NOTE} is not the permit of the office that permit.json names")));
    }
    Terms::from_office_text(&note.text).map_err(|error| wrong(format!("{OFFICE_NOTE}: the office's permit {error}")))
}

/// Where `permit.json`, for this handler, says more than the office does. It may say less.
fn beyond(terms: &Terms, permit: &Permit, handler: &str) -> Vec<String> {
    let (last, is_its) = (terms.last_day(), |of: &String| is_same_name(of, handler));
    let ends_later = last.is_some_and(|last| permit.expires.is_none_or(|expires| expires > last));
    let checks = [
        ("kind", permit.kind == terms.kind),
        ("number", permit.number == terms.number),
        ("handler", terms.handler.as_ref().is_none_or(is_its)),
        ("recipients", terms.names_recipient([&permit.recipient].into_iter().chain(&permit.recipient_name))),
        ("purposes", terms.names_purpose([&permit.purpose])),
        ("validity", terms.effective.is_none_or(|first| permit.effective >= first) && !ends_later),
    ];
    let mut beyond = checks.iter().filter(|(_, holds)| !holds).map(|(what, _)| what.to_string()).collect::<Vec<_>>();
    for column in &permit.columns {
        // A list of persons to delete stands under the permit of the source they withdrew from.
        let source = column.withdrawn_from.as_ref().unwrap_or(&column.source);
        if !terms.allows(source, &column.name, column.form) {
            beyond.push(format!("items: {}.{} as {}", column.source, column.name, column.form));
        }
    }
    beyond
}
