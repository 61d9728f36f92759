//! The artefacts of a transfer as plain typed data with canonical bytes and digests.
