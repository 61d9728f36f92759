//! What an installation asks of those who come in.

use std::collections::BTreeSet;

use cases::Role;
use jiff::SignedDuration;

use crate::account::Account;

/// How passwords are hashed: argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashing {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// How many are worked out at the same time; who comes later waits.
    pub at_once: usize,
}

impl Default for Hashing {
    /// The first choice of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1, at_once: 2 }
    }
}

/// What is asked of sessions and of those who hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// After how long without a request a session of the handler's side ends.
    pub idle: SignedDuration,
    /// The same for offices, auditors and administrators.
    pub idle_offices: SignedDuration,
    /// After how long every session ends.
    pub longest: SignedDuration,
    /// Who has to have a second factor: until they do, their sessions can do nothing but set one up.
    pub second_factor_of: BTreeSet<Role>,
    /// How passwords are hashed. A password hashed otherwise is hashed anew when it is next given.
    pub hashing: Hashing,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            idle: SignedDuration::from_mins(30),
            idle_offices: SignedDuration::from_mins(15),
            longest: SignedDuration::from_hours(12),
            second_factor_of: BTreeSet::new(),
            hashing: Hashing::default(),
        }
    }
}

impl Rules {
    /// How long a session of the role may be idle.
    pub fn idle_of(&self, role: Role) -> SignedDuration {
        if role.is_handlers() { self.idle } else { self.idle_offices }
    }

    /// Whether the account has to set up a second factor before anything else.
    pub fn must_enrol(&self, account: &Account) -> bool {
        !account.second_factor && self.second_factor_of.contains(&account.role)
    }
}

/// Part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many are left out before it.
    pub skip: u32,
    /// How many it has at most; no more than 1000.
    pub most: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { skip: 0, most: 50 }
    }
}

impl Page {
    pub(crate) fn most(self) -> usize {
        self.most.min(1000) as usize
    }
}
