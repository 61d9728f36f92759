//! The body of an action as it is kept: canonical JSON with personal values sealed, and the digests that chain bodies.

use dossier::Forms;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::error::StoreError;
use super::keys::{CaseKeys, DataKey, Gone, Keys};
use crate::payload::Recorded;
use crate::terms::{CaseId, Version};

/// What a text is shown as once it cannot be read.
fn withheld_text(gone: Gone) -> &'static str {
    match gone {
        Gone::Forgotten => "〔已删除 forgotten〕",
        Gone::Elsewhere => "〔已封存 sealed〕",
    }
}

/// The digest an action before the first would have: it binds the chain to its case.
pub(crate) fn first_digest(case: &CaseId) -> String {
    transfer::digest(format!("tongguan/case-action/1\0{case}").as_bytes())
}

/// SHA-256 over the digest of the action before, in its hex, and the body.
pub(crate) fn next_digest(before: &str, body: &str) -> String {
    let mut sha = Sha256::new();
    sha.update(before.as_bytes());
    sha.update(body.as_bytes());
    transfer::hex(&sha.finalize())
}

/// Where an action has personal values, as JSON pointers into the record: answers of fields that the forms call personal, names of
/// files that hold personal data or of which nobody said what they are, and whatever those who file wrote in their own words.
pub(crate) fn personal(forms: &Forms, recorded: &Recorded) -> Vec<String> {
    let payload = &recorded.payload;
    let mut found = Vec::new();
    for (path, value) in &payload.answers {
        if !value.is_null() && forms.field(&path.field()).is_none_or(|field| field.personal) {
            found.push(format!("/payload/answers/{path}"));
        }
    }
    for (at, file) in payload.attachments.iter().enumerate() {
        if is_personal_file(forms, file.material.as_deref()) {
            found.push(format!("/payload/attachments/{at}/name"));
        }
    }
    if recorded.by.role.is_handlers() {
        if payload.text.is_some() {
            found.push("/payload/text".to_owned());
        }
        found.extend((0..payload.marks.len()).map(|at| format!("/payload/marks/{at}/text")));
    }
    found
}

/// Whether a file is sealed: where its material holds personal data, and where nobody said what it is.
pub(crate) fn is_personal_file(forms: &Forms, material: Option<&str>) -> bool {
    material.and_then(|id| forms.material(id)).is_none_or(|material| material.personal)
}

fn place(case: &CaseId, version: Version, pointer: &str) -> String {
    format!("tongguan/case-field/1\0{case}\0{version}\0{pointer}")
}

/// The body of an action; `key` is needed where `pointers` are not empty.
pub(crate) fn write(
    keys: &Keys,
    key: Option<&DataKey>,
    case: &CaseId,
    recorded: &Recorded,
    pointers: &[String],
) -> Result<String, StoreError> {
    let broken = || StoreError::Broken { case: case.clone(), version: recorded.version, what: "it cannot be written" };
    let mut body = serde_json::to_value(recorded).map_err(|_| broken())?;
    if let Some(key) = key.filter(|_| !pointers.is_empty()) {
        let mut fields = Map::new();
        for pointer in pointers {
            let value = body.pointer_mut(pointer).ok_or_else(broken)?.take();
            let plain = zeroize::Zeroizing::new(transfer::canonical_bytes(&value));
            let sealed = key.seal(keys, &place(case, recorded.version, pointer), &plain)?;
            fields.insert(pointer.clone(), Value::String(sealed));
        }
        body["sealed"] = json!({ "key": key.no, "fields": fields });
    } else if !pointers.is_empty() {
        return Err(broken());
    }
    String::from_utf8(transfer::canonical_bytes(&body)).map_err(|_| broken())
}

/// The action of a body, and whether all of it could be opened; what could not stands there as withheld.
pub(crate) fn read(
    keys: &CaseKeys,
    case: &CaseId,
    version: Version,
    body: &str,
) -> Result<(Recorded, bool), StoreError> {
    let broken = |what| StoreError::Broken { case: case.clone(), version, what };
    let mut body: Value = serde_json::from_str(body).map_err(|_| broken("its body is no JSON"))?;
    let sealed = body.as_object_mut().and_then(|body| body.remove("sealed"));
    let mut whole = true;
    if let Some(sealed) = sealed {
        let no = sealed["key"].as_i64().ok_or_else(|| broken("its seal names no key"))?;
        let fields = sealed["fields"].as_object().ok_or_else(|| broken("its seal has no fields"))?;
        whole = keys.get(no).is_ok();
        for (pointer, sealed) in fields {
            let value = match keys.get(no) {
                Ok(key) => {
                    let plain = key.open(&place(case, version, pointer), sealed.as_str().unwrap_or_default());
                    let plain = plain.ok_or_else(|| broken("a sealed value does not open"))?;
                    serde_json::from_slice(&plain).map_err(|_| broken("a sealed value is no JSON"))?
                }
                Err(gone) if pointer.starts_with("/payload/answers/") => json!({ gone.word(): true }),
                Err(gone) => Value::String(withheld_text(gone).to_owned()),
            };
            *body.pointer_mut(pointer).ok_or_else(|| broken("a sealed value has no place"))? = value;
        }
    }
    let recorded: Recorded = serde_json::from_value(body).map_err(|_| broken("its body is no action"))?;
    if recorded.version == version { Ok((recorded, whole)) } else { Err(broken("it stands at another place")) }
}
