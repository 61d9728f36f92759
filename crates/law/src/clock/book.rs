//! All of `clocks.toml`: the clocks, how days are counted, and what a renewal is made of.

use serde::Serialize;

use crate::clock::{Clock, ClockError, Convention, ConventionChanges, Conventions, ExtensionCondition, RedeclareEvent};
use crate::{Checked, Status, Text};

/// The clocks of a rule base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockBook {
    pub(crate) clocks: Vec<Clock>,
    pub(crate) conventions: Conventions,
    pub(crate) stated: Vec<Convention>,
    pub(crate) renewal: RenewalTerms,
    pub(crate) last_checked: Checked,
}

/// How long it takes to prepare: no law says, so it is an assumption to be replaced by one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prepare {
    /// Working days.
    pub workdays: u32,
    /// What they are for, and that they are assumed.
    pub text: Text,
    /// How well they are attested.
    pub status: Status,
}

/// What the end of a result and its renewal are made of; the clocks are named by their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenewalTerms {
    /// How early a result must be declared anew.
    pub redeclare_by: String,
    /// When an extension may be asked for.
    pub window: String,
    /// When the system offers it.
    pub offered: String,
    /// The steps of an extension, one after the other.
    pub extension: Vec<String>,
    /// The steps of a new declaration, one after the other.
    pub redeclaration: Vec<String>,
    /// How early a certificate must be renewed.
    pub certificate: String,
    /// Time to prepare.
    pub prepare: Prepare,
    /// What an extension asks, all at once.
    pub conditions: Vec<ExtensionCondition>,
    /// What asks for a new declaration at once.
    pub events: Vec<RedeclareEvent>,
}

impl ClockBook {
    /// Every clock, in the order of the file.
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// The clock with this id.
    pub fn clock(&self, id: &str) -> Result<&Clock, ClockError> {
        self.clocks.iter().find(|clock| clock.id == id).ok_or_else(|| ClockError::Unknown { id: id.to_owned() })
    }

    /// How days are counted unless a clock or a question says otherwise.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }

    /// The conventions in words, with their provisions.
    pub fn stated(&self) -> &[Convention] {
        &self.stated
    }

    /// The conventions for one clock, with what was asked for.
    pub fn conventions_for(&self, clock: &Clock, changes: ConventionChanges) -> Conventions {
        self.conventions.for_clock(clock, changes)
    }

    /// What renewals are made of.
    pub fn renewal(&self) -> &RenewalTerms {
        &self.renewal
    }

    /// When and against what the clocks were last compared.
    pub fn last_checked(&self) -> &Checked {
        &self.last_checked
    }
}
