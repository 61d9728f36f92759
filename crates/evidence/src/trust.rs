//! The trust file: which keys are pinned, and as what.
//!
//! One key a line, `role vkey`; blank lines and lines that start with `#` are skipped:
//!
//! ```text
//! # our log since 2026-01-01
//! log     example.com/log+a1b2c3d4+AQ…
//! office  cac.example/beijing+…
//! ```

use std::fmt;
use std::str::FromStr;

use crate::key::{KeyError, VerifierKey};

/// What a pinned key is trusted for, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Signs checkpoints of a log.
    Log,
    /// Signs permits.
    Office,
    /// Cosigns checkpoints of others.
    Witness,
}

const ROLES: [(Role, &str); 3] = [(Role::Log, "log"), (Role::Office, "office"), (Role::Witness, "witness")];

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = ROLES.iter().find(|(role, _)| role == self);
        f.write_str(named.map_or("", |(_, name)| name))
    }
}

/// Why a trust file was not taken. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// Not two words.
    #[error("line {line} of the trust file is not of the form `role key`")]
    Form {
        /// Line number.
        line: usize,
    },
    /// Not a role.
    #[error("line {line} of the trust file: `{role}` is none of the roles `log`, `office`, `witness`")]
    Role {
        /// Line number.
        line: usize,
        /// The word found.
        role: String,
    },
    /// Not a key.
    #[error("line {line} of the trust file: {source}")]
    Key {
        /// Line number.
        line: usize,
        /// What is wrong with it.
        source: KeyError,
    },
    /// A witness's key for another role, or the other way round.
    #[error(
        "line {line} of the trust file: a cosignature key (0x04) can only be a `witness`, and a witness has no other"
    )]
    Kind {
        /// Line number.
        line: usize,
    },
}

/// The pinned keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    lines: Vec<(Role, VerifierKey)>,
}

impl Trust {
    /// The keys pinned for `role`, in the order of the file.
    pub fn keys(&self, role: Role) -> Vec<VerifierKey> {
        let of_role = self.lines.iter().filter(|(of, _)| *of == role);
        of_role.map(|(_, key)| key.clone()).collect()
    }

    /// Pins one more key.
    pub fn add(&mut self, role: Role, key: VerifierKey) {
        if !self.lines.contains(&(role, key.clone())) {
            self.lines.push((role, key));
        }
    }
}

impl FromStr for Trust {
    type Err = TrustError;

    fn from_str(text: &str) -> Result<Self, TrustError> {
        let mut trust = Self::default();
        for (line, content) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let content = content.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let (word, key) = content.split_once(char::is_whitespace).ok_or(TrustError::Form { line })?;
            let role = ROLES.iter().find(|(_, name)| *name == word).map(|(role, _)| *role);
            let role = role.ok_or_else(|| TrustError::Role { line, role: word.to_owned() })?;
            let key: VerifierKey = key.trim_start().parse().map_err(|source| TrustError::Key { line, source })?;
            if key.is_cosigner() != (role == Role::Witness) {
                return Err(TrustError::Kind { line });
            }
            trust.add(role, key);
        }
        Ok(trust)
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|(role, key)| writeln!(f, "{role} {key}"))
    }
}
