//! C2SP signed-note: a text, a blank line, and signature lines.

mod lines;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::key::{KeyId, NoteSigner, VerifierKey, is_key_name};
pub use lines::{cosign, cosignature, cosignatures};
pub(crate) use lines::{lines_of, only_lines_of, other_lines, with_lines};

/// The longest note that is opened, in bytes.
pub const MAX_NOTE: usize = 1 << 20;
/// The most signature lines that are read; signed-note asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// Why a note was not signed or not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Not the form of a signed note.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// A key we know is named, yet the signature is not its.
    #[error("the signature of `{name}` ({id}) does not fit the text: one of the two was changed")]
    BadSignature {
        /// The key's name.
        name: String,
        /// The key's id.
        id: KeyId,
    },
    /// A key could not sign.
    #[error("the key of `{name}` did not sign")]
    Signing {
        /// The key's name.
        name: String,
    },
    /// No signature is by a key we know.
    #[error("no signature is by a key that is trusted here; signed by {}", list(unknown))]
    Unknown {
        /// Name and id of each signature, in the order of the note.
        unknown: Vec<(String, KeyId)>,
    },
}

fn list(keys: &[(String, KeyId)]) -> String {
    let named: Vec<String> = keys.iter().map(|(name, id)| format!("`{name}` ({id})")).collect();
    named.join(", ")
}

/// A note of which at least one known key's signature was checked, and no known key's signature was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedNote {
    /// The text, its final newline included.
    pub text: String,
    /// The known keys that signed.
    pub by: Vec<VerifierKey>,
    /// Name and id of the signatures that were not checked.
    pub unknown: Vec<(String, KeyId)>,
}

/// `text` (which must end in a newline) signed by each of `keys`.
pub fn sign_note(text: &str, keys: &[&dyn NoteSigner]) -> Result<String, NoteError> {
    check_text(text)?;
    let mut note = format!("{text}\n");
    for key in keys {
        push_line(&mut note, key.name(), key.verifier().id(), &key.sign_text(text.as_bytes())?);
    }
    if keys.is_empty() {
        return Err(NoteError::Malformed("a note needs at least one signing key"));
    }
    Ok(note)
}

fn push_line(note: &mut String, name: &str, id: KeyId, signature: &[u8]) {
    let mut bytes = id.0.to_be_bytes().to_vec();
    bytes.extend_from_slice(signature);
    note.push_str("\u{2014} ");
    note.push_str(name);
    note.push(' ');
    note.push_str(&BASE64_STANDARD.encode(bytes));
    note.push('\n');
}

/// Opens a note with the keys that are trusted for it.
///
/// Signatures of unknown keys are ignored and listed; one wrong signature of a known key rejects the whole note.
pub fn open_note(bytes: &[u8], keys: &[VerifierKey]) -> Result<OpenedNote, NoteError> {
    let parsed = parse(bytes)?;
    let mut by: Vec<VerifierKey> = Vec::new();
    let mut unknown = Vec::new();
    for (name, id, signature) in parsed.signatures {
        let mut known = keys.iter().filter(|key| key.name() == name && key.id() == id).peekable();
        if known.peek().is_none() {
            unknown.push((name.to_owned(), id));
            continue;
        }
        let Some(key) = known.find(|key| key.verifies(parsed.text.as_bytes(), &signature)) else {
            return Err(NoteError::BadSignature { name: name.to_owned(), id });
        };
        if !by.contains(key) {
            by.push(key.clone());
        }
    }
    if by.is_empty() {
        return Err(NoteError::Unknown { unknown });
    }
    Ok(OpenedNote { text: parsed.text.to_owned(), by, unknown })
}

/// Name and key id of every signature line, unchecked: for messages only.
pub fn signers(bytes: &[u8]) -> Result<Vec<(String, KeyId)>, NoteError> {
    let parsed = parse(bytes)?;
    Ok(parsed.signatures.into_iter().map(|(name, id, _)| (name.to_owned(), id)).collect())
}

/// The text of a note whose signatures nobody checked. Only for saying what an unverified note claims.
pub fn unverified_text(bytes: &[u8]) -> Result<&str, NoteError> {
    Ok(parse(bytes)?.text)
}

struct Parsed<'a> {
    text: &'a str,
    signatures: Vec<(&'a str, KeyId, Vec<u8>)>,
}

fn parse(bytes: &[u8]) -> Result<Parsed<'_>, NoteError> {
    if bytes.len() > MAX_NOTE {
        return Err(NoteError::Malformed("longer than 1 MiB"));
    }
    let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Malformed("not UTF-8"))?;
    let cut = note.rfind("\n\n").ok_or(NoteError::Malformed("no blank line before the signatures"))?;
    let (text, lines) = (&note[..=cut], &note[cut + 2..]);
    check_text(text)?;
    let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed("the last signature line is cut off"))?;
    let mut signatures = Vec::new();
    for line in lines.split('\n') {
        if signatures.len() == MAX_SIGNATURES {
            return Err(NoteError::Malformed("more than 100 signatures"));
        }
        signatures.push(
            signature_line(line).ok_or(NoteError::Malformed("a signature line is not of the form `— name base64`"))?,
        );
    }
    Ok(Parsed { text, signatures })
}

fn signature_line(line: &str) -> Option<(&str, KeyId, Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    if !is_key_name(name) {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(encoded).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    if signature.is_empty() {
        return None;
    }
    Some((name, KeyId(u32::from_be_bytes(*id)), signature.to_vec()))
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::Malformed("the text does not end in a newline"));
    }
    if text.bytes().any(|b| b < 0x20 && b != b'\n') {
        return Err(NoteError::Malformed("the text holds a control character other than a newline"));
    }
    Ok(())
}
