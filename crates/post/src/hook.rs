//! A hook: where a program is told, of what, and how that went of late.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A hook, for example `w-7k3m9qx2pd`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HookId(String);

impl HookId {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a hook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is.
    On,
    /// Somebody switched it off.
    Off,
    /// Nothing arrived for days, or it said that it is gone: it is told nothing until somebody switches it on.
    Failed,
}

impl Status {
    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "on" => Self::On,
            "failed" => Self::Failed,
            _ => Self::Off,
        }
    }
}

/// A hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its id.
    pub id: HookId,
    /// Whose it is, in the caller's words.
    pub owner: String,
    /// What its owner calls it.
    pub name: String,
    /// Where it is. It may hold a password: it is shown to its owner alone.
    pub url: String,
    /// What it is told of; empty: of everything.
    pub kinds: BTreeSet<String>,
    /// Whether it is told.
    pub status: Status,
    /// Since when it is there.
    pub created: Timestamp,
    /// Since when nothing has arrived; none: the last letter did.
    pub failing: Option<Timestamp>,
}

impl Hook {
    /// Whether it wants to be told of this.
    pub fn wants(&self, kind: &str) -> bool {
        self.status == Status::On && (self.kinds.is_empty() || self.kinds.contains(kind))
    }
}

/// A hook to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHook {
    /// Whose it is.
    pub owner: String,
    /// What its owner calls it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// What it is told of; empty: of everything.
    pub kinds: BTreeSet<String>,
}

/// What of a hook is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another address.
    pub url: Option<String>,
    /// Another choice of what it is told of.
    pub kinds: Option<BTreeSet<String>>,
    /// Switched on or off.
    pub on: Option<bool>,
    /// Whether it gets another secret.
    pub secret: bool,
}

/// A hook and the secret it verifies by, as they are shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The hook.
    pub hook: Hook,
    /// Its secret, where there is a new one.
    pub secret: Option<String>,
}
