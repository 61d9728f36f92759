//! Canonical bytes and digests.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The canonical form (RFC 8785) of an artefact.
///
/// # Panics
/// Never for the artefacts of this crate: their keys are text and their numbers finite.
pub fn canonical_bytes(artefact: &impl Serialize) -> Vec<u8> {
    match serde_json_canonicalizer::to_vec(artefact) {
        Ok(bytes) => bytes,
        Err(error) => unreachable!("an artefact has text keys and finite numbers only: {error}"),
    }
}

/// SHA-256 of bytes, lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn canonical_bytes_follow_rfc_8785() {
        let value = json!({"b": 1.0, "a": [true, null, "€\u{f}\n"], "\u{20ac}": 1e21, "1": 10});
        let expected = "{\"1\":10,\"a\":[true,null,\"€\\u000f\\n\"],\"b\":1,\"€\":1e+21}";
        assert_eq!(String::from_utf8(canonical_bytes(&value)).expect("text"), expected);
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest(b""), empty);
    }
}
