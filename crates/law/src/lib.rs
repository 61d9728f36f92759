//! The rule base and its three-valued evaluation, working days and statutory clocks.
//!
//! `law` reads no file and no clock. It is handed rule text and civil days and gives back answers: which path a transfer
//! needs ([`determine`]), which day a statutory period ends ([`Calendar::due`]), what is wrong with a rule base ([`check`]).
//!
//! The order of thought: [`RuleBase::parse`] turns the files of `lawbook/` into facts and rules; [`Facts`] is what is known
//! about one transfer; `evaluate` judges one set of facts under Kleene's logic; `possible` splits what is unknown into its
//! finitely many cases; [`determine`] writes the answer down.

mod answer;
mod book;
mod calendar;
mod calendar_file;
mod checks;
mod clock;
mod error;
mod logic;

use book::source;

pub use answer::by_field::{FieldFacts, determine_by_field};
pub use answer::determination::{
    AlsoCheck, ByField, Determination, Fine, FiredRule, Headroom, NotFired, Obligation, Question, QuestionKind,
    RuleBaseId,
};
pub use answer::determine::determine;
pub use book::base::RuleBase;
pub use book::definition::{CodeForm, FactDefinition, FactIndex, FactType, Judgement, Sum};
pub use book::rule::{
    Checked, Effect, Exception, FineDefinition, Gravity, Instrument, ObligationDefinition, Reading, RegimeDefinition,
    Rule, Yuan,
};
pub use book::rule_file::rule_file_schema;
pub use book::scenario::{Expectation, Scenario, ScenarioFailure, run_scenarios};
pub use book::source::{deserialize_date, deserialize_optional_date};
pub use book::terms::{Outcome, Path, Status};
pub use book::text::Text;
pub use book::vocabulary::Contradiction;
pub use calendar::{Calendar, Count, DayCount, DayKind, Workdays};
pub use checks::{Finding, FindingKind, check};
pub use clock::{Clock, ClockUnit, Direction};
pub use error::LawError;
pub use logic::condition::{Condition, Test, Truth};
pub use logic::facts::{Facts, Value};
