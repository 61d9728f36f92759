//! Signature lines: those of witnesses, and how lines are taken from one note into another.

use super::{NoteError, parse, push_line};
use crate::key::{KeyId, SigningKey, VerifierKey, cosigned};

/// A witness's cosignature line over `note` at `unix_seconds` (C2SP tlog-cosignature), with its newline.
///
/// The caller has checked that the note is consistent with what this witness signed before.
pub fn cosignature(note: &str, key: &SigningKey, unix_seconds: u64) -> Result<String, NoteError> {
    let text = parse(note.as_bytes())?.text;
    let mut signature = unix_seconds.to_be_bytes().to_vec();
    signature.extend_from_slice(&key.sign(&cosigned(text.as_bytes(), unix_seconds)));
    let mut line = String::new();
    push_line(&mut line, key.name(), key.cosigner().id(), &signature);
    Ok(line)
}

/// `note` with a witness's cosignature at `unix_seconds` added.
pub fn cosign(note: &str, key: &SigningKey, unix_seconds: u64) -> Result<String, NoteError> {
    Ok(note.to_owned() + &cosignature(note, key, unix_seconds)?)
}

/// The cosignatures of `witnesses` under a note, each with its time in seconds since 1970: the newest of each key, in the order of
/// `witnesses`. A line that names one of them and is not its is an error, as it is for [`super::open_note`].
pub fn cosignatures(bytes: &[u8], witnesses: &[VerifierKey]) -> Result<Vec<(VerifierKey, u64)>, NoteError> {
    let parsed = parse(bytes)?;
    let mut found = Vec::new();
    for key in witnesses.iter().filter(|key| key.is_cosigner()) {
        let mut newest = None;
        for (name, id, signature) in &parsed.signatures {
            if *name != key.name() || *id != key.id() {
                continue;
            }
            let time = signature.first_chunk::<8>().filter(|_| key.verifies(parsed.text.as_bytes(), signature));
            let time = time.ok_or_else(|| NoteError::BadSignature { name: (*name).to_owned(), id: *id })?;
            newest = newest.max(Some(u64::from_be_bytes(*time)));
        }
        found.extend(newest.map(|time| (key.clone(), time)));
    }
    Ok(found)
}

/// Those of `lines` that are cosignatures of `witnesses` over `note`'s text. A line that names a witness and is not its is an error.
pub(crate) fn lines_of(note: &str, lines: &str, witnesses: &[VerifierKey]) -> Result<String, NoteError> {
    let text = parse(note.as_bytes())?.text;
    let mut kept = String::new();
    for (name, id, signature) in parse(format!("{text}\n{lines}").as_bytes())?.signatures {
        let known = |key: &&VerifierKey| key.is_cosigner() && key.name() == name && key.id() == id;
        let Some(key) = witnesses.iter().find(known) else { continue };
        if !key.verifies(text.as_bytes(), &signature) {
            return Err(NoteError::BadSignature { name: name.to_owned(), id });
        }
        push_line(&mut kept, name, id, &signature);
    }
    Ok(kept)
}

/// The signature lines of a note that are not by `keys`.
pub(crate) fn other_lines(note: &str, keys: &[VerifierKey]) -> Result<String, NoteError> {
    lines_where(note, |name, id| !keys.iter().any(|key| key.name() == name && key.id() == id))
}

/// A note with the signature lines by `keys` alone.
pub(crate) fn only_lines_of(note: &str, keys: &[VerifierKey]) -> Result<String, NoteError> {
    let lines = lines_where(note, |name, id| keys.iter().any(|key| key.name() == name && key.id() == id))?;
    Ok(format!("{}\n{lines}", parse(note.as_bytes())?.text))
}

fn lines_where(note: &str, wanted: impl Fn(&str, KeyId) -> bool) -> Result<String, NoteError> {
    let mut lines = String::new();
    for (name, id, signature) in parse(note.as_bytes())?.signatures {
        if wanted(name, id) {
            push_line(&mut lines, name, id, &signature);
        }
    }
    Ok(lines)
}

/// `note` with `lines` in the place of older lines of the same keys.
pub(crate) fn with_lines(note: &str, lines: &str) -> Result<String, NoteError> {
    let parsed = parse(note.as_bytes())?;
    // A signature line is read within a note only, so that there is one reader of them.
    let around = format!("{}\n{lines}", parsed.text);
    let added = parse(around.as_bytes())?.signatures;
    let replaced = |name: &str, id: KeyId| added.iter().any(|(other, of, _)| *other == name && *of == id);
    let mut merged = format!("{}\n", parsed.text);
    for (name, id, signature) in &parsed.signatures {
        if !replaced(name, *id) {
            push_line(&mut merged, name, *id, signature);
        }
    }
    for (name, id, signature) in &added {
        push_line(&mut merged, name, *id, signature);
    }
    Ok(merged)
}
