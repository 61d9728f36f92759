//! The end of a release that was committed and never reached its destination.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::canonical::digest;

/// Closes a release. Its canonical bytes are a leaf of the log; it names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NotPublished {
    /// `tongguan/not-published/1`.
    pub form: String,
    /// The release.
    pub release: String,
    /// Digest of the receipt's bytes, whether or not that became a leaf.
    pub receipt: String,
    /// The day it was closed (UTC+8).
    pub day: Date,
}

impl NotPublished {
    /// Closes a release on a day.
    pub fn new(release: &str, receipt: &[u8], day: Date) -> Self {
        Self { form: "tongguan/not-published/1".to_owned(), release: release.to_owned(), receipt: digest(receipt), day }
    }
}
