//! Opens a package: every part is held against its signature before anything is believed.

use std::io::Read as _;

use age::armor::ArmoredReader;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evidence::VerifierKey;
use zeroize::Zeroizing;

use super::{ActionLine, FORM, File, FileLine, First, KEY_FORM, Key, Manifest, Wrapped, bad, note_text};
use crate::payload::MAX_FILE;
use crate::store::body;
use crate::store::error::StoreError;
use crate::store::keys::{DataKey, Gone};
use crate::terms::CaseId;

/// A package whose every part was held against its signature.
pub(super) struct Opened {
    pub(super) manifest: Manifest,
    pub(super) bodies: Vec<String>,
    pub(super) digests: Vec<String>,
    pub(super) files: Vec<(File, Vec<u8>)>,
    pub(super) by: Vec<VerifierKey>,
}

/// Reads a package and holds every part against its signature.
pub(super) fn open(package: &[u8], trusted: &[VerifierKey]) -> Result<Opened, StoreError> {
    let lines = std::str::from_utf8(package).map_err(|_| bad("it is no text"))?;
    let lines = lines.strip_suffix('\n').ok_or_else(|| bad("it does not end with a line: it was cut off"))?;
    let mut lines = lines.split('\n');
    let mut next = |what: &str| lines.next().ok_or_else(|| bad(format!("{what} is missing: it was cut off")));
    let first: First = serde_json::from_str(next("the signed note")?)
        .map_err(|_| bad("its first line is no signed note: it is none of `tongguan/case-package/1`"))?;
    let manifest_line = next("the manifest")?;
    let manifest: Manifest = serde_json::from_str(manifest_line).map_err(|_| bad("its manifest cannot be read"))?;
    let note = evidence::open_note(first.note.as_bytes(), trusted).map_err(|error| bad(error.to_string()))?;
    if first.form != FORM || note.text != note_text(&manifest.case, manifest_line.as_bytes()) {
        return Err(bad("its manifest is not the one that was signed"));
    }
    let mut last = body::first_digest(&manifest.case);
    let (mut bodies, mut digests) = (Vec::new(), Vec::new());
    for at in 1..=manifest.actions {
        let what = format!("action {at}");
        let line: ActionLine = serde_json::from_str(next(&what)?).map_err(|_| bad(format!("{what} cannot be read")))?;
        last = body::next_digest(&last, &line.body);
        digests.push(last.clone());
        bodies.push(line.body);
    }
    if last != manifest.digest {
        return Err(bad("its actions are not those of the manifest"));
    }
    let mut files = Vec::new();
    for file in &manifest.files {
        let what = format!("the file `{}`", file.digest);
        let line: FileLine = serde_json::from_str(next(&what)?).map_err(|_| bad(format!("{what} cannot be read")))?;
        let bytes = BASE64_STANDARD.decode(line.file).map_err(|_| bad(format!("{what} cannot be read")))?;
        if transfer::digest(&bytes) != file.stored || file.size > MAX_FILE {
            return Err(bad(format!("{what} is not the one of the manifest")));
        }
        files.push((file.clone(), bytes));
    }
    if next("").is_ok() {
        return Err(bad("it has more lines than its manifest names"));
    }
    Ok(Opened { manifest, bodies, digests, files, by: note.by })
}

/// The key of a manifest, where it is wrapped to the identity.
pub(super) fn unwrap(
    case: &CaseId,
    key: &Key,
    identity: Option<&(dyn age::Identity + Sync)>,
) -> Result<Result<DataKey, Gone>, StoreError> {
    let (Some(sealed), Some(identity)) = (&key.age, identity) else {
        return Ok(Err(if key.forgotten { Gone::Forgotten } else { Gone::Elsewhere }));
    };
    let broken = || bad(format!("its key {} cannot be opened with the identity handed in", key.no));
    let file = age::Decryptor::new(ArmoredReader::new(sealed.as_bytes())).map_err(|_| broken())?;
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let identity: &dyn age::Identity = identity;
    let mut reader = file.decrypt(std::iter::once(identity)).map_err(|_| broken())?;
    reader.read_to_end(&mut plain).map_err(|_| broken())?;
    let wrapped: Wrapped = serde_json::from_slice(&plain).map_err(|_| broken())?;
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(&wrapped.key).map_err(|_| broken())?);
    let of_this = wrapped.form == KEY_FORM && wrapped.case == *case && wrapped.no == key.no;
    let opened = DataKey::from_bytes(key.no, &bytes).filter(|_| of_this);
    opened.map(Ok).ok_or_else(broken)
}
