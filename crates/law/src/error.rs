//! Everything that can go wrong here, said so that it can be mended.

use jiff::civil::Date;

/// An error of the rule base, of the facts, or of a day asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LawError {
    /// A file of the rule base does not read as law.
    #[error("lawbook `{file}`: {what}")]
    File {
        /// Path relative to the lawbook.
        file: String,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// The facts are not readable at all.
    #[error("facts: {what}")]
    FactsText {
        /// What is wrong and where.
        what: String,
    },
    /// One fact is unknown to the vocabulary or has a wrong value.
    #[error("facts: `{key}` {what}")]
    Fact {
        /// The fact's id as given.
        key: String,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// Two facts cannot both be true.
    #[error("facts: {what} (`{id}`); mend one of {facts}")]
    Contradiction {
        /// Id of the contradiction in `facts.toml`.
        id: String,
        /// What does not fit together.
        what: String,
        /// The facts concerned, each in backticks.
        facts: String,
    },
    /// The day asked about lies before the rule base.
    #[error("{on} is too early: the rule base begins on {begins}; ask about that day or a later one")]
    BeforeRuleBase {
        /// The day asked about.
        on: Date,
        /// The first day covered.
        begins: Date,
    },
    /// Invariant I3: two rules give different paths and the law does not say which prevails.
    #[error(
        "rules `{first}` and `{second}` give different paths on {on} and neither is an exception to the other; \
         name the one that gives way in `exception_to`"
    )]
    Conflict {
        /// One rule.
        first: String,
        /// The other.
        second: String,
        /// The day.
        on: Date,
    },
    /// No rule gives a path; nothing may leave on silence.
    #[error("no rule in force on {on} gives a path where {facts}; the rule base has a gap, add a rule or mend one")]
    Gap {
        /// The day.
        on: Date,
        /// The facts without a path, as far as they were needed to see it.
        facts: String,
    },
    /// The working-day calendar does not know the day.
    #[error("{day} lies outside the working-day calendar, which covers {from} to {to}; choose a day inside it")]
    OutsideCalendar {
        /// The day asked about.
        day: Date,
        /// First day covered.
        from: Date,
        /// Last day covered.
        to: Date,
    },
}

impl LawError {
    /// A stable code for the wire.
    pub fn code(&self) -> &'static str {
        match self {
            LawError::File { .. } => "lawbook-file",
            LawError::FactsText { .. } => "facts-text",
            LawError::Fact { .. } => "fact-value",
            LawError::Contradiction { .. } => "facts-contradict",
            LawError::BeforeRuleBase { .. } => "before-rule-base",
            LawError::Conflict { .. } => "rules-conflict",
            LawError::Gap { .. } => "rules-gap",
            LawError::OutsideCalendar { .. } => "outside-calendar",
        }
    }

    pub(crate) fn file(file: &str, what: impl Into<String>) -> Self {
        LawError::File { file: file.to_owned(), what: what.into() }
    }

    pub(crate) fn fact(key: &str, what: impl Into<String>) -> Self {
        LawError::Fact { key: key.to_owned(), what: what.into() }
    }
}
