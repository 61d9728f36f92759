//! What a handler files: answers and attached materials, as plain data with one canonical form.

use serde::{Deserialize, Serialize};

use crate::answers::Answers;

/// Marks the form of this artefact; its digit is the version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DossierForm {
    /// The first.
    #[default]
    #[serde(rename = "tongguan/dossier/1")]
    V1,
}

/// A file that was attached as one of the materials. The file itself lies elsewhere, under its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// The material's id.
    pub material: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub digest: String,
    /// The file's name, for people.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its media type, such as `application/pdf`.
    pub media_type: String,
    /// The digest of the answers it was made from ([`Answers::digest`]), where it was made from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
}

/// Answers and materials of one filing. The same dossier can be held against any procedure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// The form of this artefact.
    pub form: DossierForm,
    /// The answers by path.
    #[serde(default)]
    pub answers: Answers,
    /// The materials, in the order they were attached.
    #[serde(default)]
    pub materials: Vec<Attached>,
}

/// Why a text is no dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no dossier of the form `tongguan/dossier/1`: {0}")]
pub struct NoDossier(String);

impl Dossier {
    /// Its canonical form (RFC 8785).
    pub fn canonical_bytes(&self) -> Vec<u8> {
        transfer::canonical_bytes(self)
    }

    /// SHA-256 of its canonical form.
    pub fn digest(&self) -> String {
        transfer::digest(&self.canonical_bytes())
    }

    /// Reads it as JSON.
    pub fn from_json(text: &str) -> Result<Self, NoDossier> {
        serde_json::from_str(text).map_err(|error| NoDossier(error.to_string()))
    }
}
