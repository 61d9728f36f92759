//! Reading what stands in a release folder that somebody else may have written: files that are files, of a size that is
//! looked at before they are read, and JSON in its canonical form.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The longest file of evidence beside the receipt, in bytes.
pub(crate) const MAX_EVIDENCE: u64 = 1 << 20;

/// Why a file of the folder could not be read.
pub(crate) enum Unreadable {
    /// There is none of that name.
    Missing,
    /// A link, a folder or something else: what it leads to is not in the folder, and can change.
    NotAFile,
    /// What else is wrong with it.
    Other(String),
}

/// Sees that a regular file stands at `path`.
pub(crate) fn check_is_file(path: &Path) -> Result<(), Unreadable> {
    let metadata = path.symlink_metadata().map_err(|_| Unreadable::Missing)?;
    if metadata.is_file() { Ok(()) } else { Err(Unreadable::NotAFile) }
}

/// Reads a regular file of at most `limit` bytes.
pub(crate) fn read(folder: &Path, name: &str, limit: u64) -> Result<Vec<u8>, Unreadable> {
    let path = folder.join(name);
    check_is_file(&path)?;
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to know.
    let read = File::open(&path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(Unreadable::Other(format!("{name}: {error}"))),
        Ok(_) if bytes.len() as u64 > limit => Err(Unreadable::Other(format!("{name} is longer than {limit} bytes"))),
        Ok(_) => Ok(bytes),
    }
}

/// The artefact in `bytes`, which may have fields of later editions, too.
///
/// The bytes have to be their own canonical form, and the artefact has to say what they say: a name given twice, a
/// number or a day written in another way would be one thing to us and another to the next reader.
pub(crate) fn artefact<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, String> {
    let value = canonical(bytes)?;
    let artefact: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    match serde_json::to_value(&artefact) {
        Ok(known) if stands_in(&known, &value) => Ok(artefact),
        _ => Err("a field is not written in the one form it has".to_owned()),
    }
}

/// The JSON in `bytes`, which have to be its canonical form (RFC 8785).
pub(crate) fn canonical(bytes: &[u8]) -> Result<Value, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if !has_small_integers(&value) {
        return Err("a number is not an integer of at most 15 digits".to_owned());
    }
    if transfer::canonical_bytes(&value) != bytes {
        return Err("it is not in canonical form".to_owned());
    }
    Ok(value)
}

/// RFC 8785 writes numbers as doubles; integers of 15 digits are the same everywhere.
fn has_small_integers(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_some_and(|number| number.unsigned_abs() < 1_000_000_000_000_000),
        Value::Array(items) => items.iter().all(has_small_integers),
        Value::Object(fields) => fields.values().all(has_small_integers),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

/// Whether everything in `known` stands in `given`, which may have further fields.
fn stands_in(known: &Value, given: &Value) -> bool {
    match (known, given) {
        (Value::Object(known), Value::Object(given)) => {
            known.iter().all(|(name, value)| given.get(name).is_some_and(|given| stands_in(value, given)))
        }
        (Value::Array(known), Value::Array(given)) => {
            known.len() == given.len() && known.iter().zip(given).all(|(known, given)| stands_in(known, given))
        }
        _ => known == given,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        let check = |text: &str, good: bool| assert_eq!(canonical(text.as_bytes()).is_ok(), good, "{text}");
        check(r#"{"a":1,"b":[true,null,"é"]}"#, true);
        check(r#"{"a":999999999999999}"#, true);
        for text in [
            r#"{"b":1,"a":1}"#,
            r#"{"a":1, "b":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1.0}"#,
            r#"{"a":1e3}"#,
            r#"{"a":1.5}"#,
            r#"{"a":-0}"#,
            r#"{"a":1000000000000000}"#,
            r#"{"a":1e400}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"a":"\ud800"}"#,
            "",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn a_day_has_one_form() {
        #[derive(Serialize, serde::Deserialize)]
        struct Dated {
            day: jiff::civil::Date,
        }
        let check = |text: &str, good: bool| assert_eq!(artefact::<Dated>(text.as_bytes()).is_ok(), good, "{text}");
        check(r#"{"day":"2026-11-02"}"#, true);
        check(r#"{"day":"2026-11-02","later":{"a":[]}}"#, true);
        check(r#"{"day":"20261102"}"#, false);
        check(r#"{"day":"2026-11-02T00:00:00"}"#, false);
        check(r#"{"day":"2026-02-30"}"#, false);
    }
}
