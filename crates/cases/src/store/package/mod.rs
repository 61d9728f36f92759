//! One case as a single file: its record as it is stored, its files, what they are in a signed manifest.
//!
//! Lines of JSON: the signed note, the manifest, the actions in order, the files in the manifest's order. The note (C2SP
//! signed-note) names the manifest's digest, the manifest everything else's; so one signature covers all.

mod give;
mod open;
mod take;

use evidence::VerifierKey;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use crate::terms::CaseId;

const FORM: &str = "tongguan/case-package/1";
const KEY_FORM: &str = "tongguan/case-data-key/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    form: String,
    note: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    case: CaseId,
    /// How many actions there are.
    actions: u32,
    /// The digest of the last.
    digest: String,
    files: Vec<File>,
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    digest: String,
    size: u64,
    media_type: String,
    /// The data key it is sealed under; 0: none.
    key: i64,
    /// SHA-256 of the bytes as they are stored.
    stored: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    no: i64,
    /// Whether it was destroyed.
    forgotten: bool,
    /// The key, to whom it was wrapped: an armoured age file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<String>,
}

/// What is in the age file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    form: String,
    case: CaseId,
    no: i64,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionLine {
    body: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLine {
    file: String,
}

/// What an import took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The case.
    pub case: CaseId,
    /// How many actions were new here; 0: the case was here already.
    pub actions: u32,
    /// How many files were.
    pub files: u32,
    /// Whether personal values can be read here.
    pub readable: bool,
    /// The keys that signed the package.
    pub by: Vec<VerifierKey>,
}

fn bad(what: impl Into<String>) -> StoreError {
    StoreError::Package { what: what.into() }
}

fn note_text(case: &CaseId, manifest: &[u8]) -> String {
    format!("{FORM}\n{case}\n{}\n", transfer::digest(manifest))
}
