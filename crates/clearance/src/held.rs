//! The permit a transfer stands on: typed in the transfer file, or signed by an office.

use std::path::Path;

use evidence::{NoteError, Role, Trust, note, open_note};
use transfer::{PermitSource, Standing, Terms};

use crate::error::{At as _, ClearanceError};
use crate::gate::{Held, Stop};
use crate::load::Loaded;

/// A permit with the note it was read from.
pub(crate) struct Permit {
    pub(crate) held: Result<Held, Stop>,
    /// The signed note as it lies in its file: it travels with the release.
    pub(crate) note: Option<String>,
}

impl Permit {
    /// What is spent under a permit is found by its number, or by its kind where it has none.
    pub(crate) fn name(&self) -> String {
        match &self.held {
            Ok(Held { terms, .. }) => match &terms.number {
                Some(number) => number.split_whitespace().collect(),
                None => format!("{:?}", terms.kind),
            },
            Err(_) => String::new(),
        }
    }

    pub(crate) fn terms(&self) -> Option<&Terms> {
        self.held.as_ref().ok().map(|held| &held.terms)
    }
}

/// Reads the permit of a transfer. A signature that no pinned office made is a stop; a file that is no permit an error.
pub(crate) fn permit(loaded: &Loaded, trust: &Trust) -> Result<Option<Permit>, ClearanceError> {
    let source = loaded.transfer.permit_source();
    match source.map_err(|error| ClearanceError::Transfer { path: loaded.path.clone(), error })? {
        PermitSource::Absent => Ok(None),
        PermitSource::Declared(terms) => {
            let held = Ok(Held { terms: *terms, standing: Standing::Declared });
            Ok(Some(Permit { held, note: None }))
        }
        PermitSource::File(file) => signed(&loaded.beside(&file.to_string_lossy()), trust).map(Some),
    }
}

fn signed(path: &Path, trust: &Trust) -> Result<Permit, ClearanceError> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ClearanceError::input(format!("{}: no such permit", path.display())));
        }
        read => read.at(path)?,
    };
    let fault = |error: &dyn std::fmt::Display| ClearanceError::input(format!("{}: {error}", path.display()));
    let untrusted = |error: NoteError| match error {
        NoteError::Malformed(_) => Err(fault(&format!("is no signed permit: {error}"))),
        // Whether nobody known signed, or a known key's signature does not fit: not an office's word.
        _ => {
            let signers = note::signers(&bytes).map_err(|error| fault(&error))?;
            Ok(signers.into_iter().map(|(name, _)| name).collect())
        }
    };
    match open_note(&bytes, &trust.keys(Role::Office)) {
        Ok(opened) => {
            let terms = Terms::from_office_text(&opened.text).map_err(|error| fault(&error))?;
            if terms.items.as_ref().is_some_and(|items| items.len() > transfer::MAX_ITEMS) {
                return Err(fault(&format!("has more than {} items", transfer::MAX_ITEMS)));
            }
            let note = String::from_utf8(bytes).map_err(|_| fault(&"is not UTF-8"))?;
            Ok(Permit { held: Ok(Held { terms, standing: Standing::Signed }), note: Some(note) })
        }
        Err(error) => Ok(Permit { held: Err(Stop::PermitNotTrusted { signers: untrusted(error)? }), note: None }),
    }
}
