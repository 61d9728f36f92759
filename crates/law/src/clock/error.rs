//! What can go wrong when a clock is run.

use jiff::civil::Date;

use crate::LawError;

/// An error of a question about clocks: one line, what and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// The calendar does not know a day.
    #[error(transparent)]
    Law(#[from] LawError),
    /// No clock has the id.
    #[error("`{id}` is no clock; `clock list` names them all")]
    Unknown {
        /// The id as given.
        id: String,
    },
    /// A convention is unknown or has no such value.
    #[error("convention `{given}`: {what}")]
    Convention {
        /// As given.
        given: String,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// The clock cannot be run so.
    #[error("clock `{clock}`: {what}")]
    Run {
        /// Its id.
        clock: String,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// The day lies outside what dates can say.
    #[error("{day} and so much time is no date; choose a nearer day")]
    OutOfRange {
        /// The start.
        day: Date,
    },
    /// A condition of an extension is unknown.
    #[error("`{id}` is no condition of an extension; it is one of {known}")]
    Condition {
        /// As given.
        id: String,
        /// Those there are, each in backticks.
        known: String,
    },
}

impl ClockError {
    /// A stable code for the wire.
    pub fn code(&self) -> &'static str {
        match self {
            ClockError::Law(error) => error.code(),
            ClockError::Unknown { .. } => "clock-unknown",
            ClockError::Convention { .. } => "clock-convention",
            ClockError::Run { .. } => "clock-run",
            ClockError::OutOfRange { .. } => "clock-range",
            ClockError::Condition { .. } => "clock-condition",
        }
    }

    pub(crate) fn run(clock: &str, what: impl Into<String>) -> Self {
        ClockError::Run { clock: clock.to_owned(), what: what.into() }
    }
}
