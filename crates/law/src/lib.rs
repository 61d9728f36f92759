//! The rule base and its three-valued evaluation, working days and statutory clocks.
//!
//! `law` reads no file and no clock. It is handed rule text and civil days and gives back answers: which path a transfer
//! needs ([`determine`]), which day a statutory period ends ([`Calendar::due`]), what is wrong with a rule base ([`check`]).
//!
//! The order of thought: [`RuleBase::parse`] turns the files of `lawbook/` into facts and rules; [`Facts`] is what is known
//! about one transfer; `evaluate` judges one set of facts under Kleene's logic; `possible` splits what is unknown into its
//! finitely many cases; [`determine`] writes the answer down.

mod base;
mod calendar;
mod calendar_file;
mod check;
mod clock;
mod condition;
mod condition_file;
mod definition;
mod determination;
mod determine;
mod diagram;
mod error;
mod evaluate;
mod facts;
mod headroom;
mod inforce;
mod possible;
mod questions;
mod regions;
mod rule;
mod rule_file;
mod scenario;
mod source;
mod terms;
mod text;
mod vocabulary;

pub use base::RuleBase;
pub use calendar::{Calendar, Count, DayCount, DayKind, Workdays};
pub use check::{Finding, FindingKind, check};
pub use clock::{
    AssessmentEnd, AssessmentRenewal, Bound, CertificateRenewal, Changed, Clock, ClockBook, ClockError, ClockInForce,
    ClockReading, ClockUnit, ConditionAnswer, Convention, ConventionChanges, Conventions, Direction, Events, Extension,
    ExtensionCondition, ExtensionFacts, FirstDay, Growth, Left, MakeUpDays, Measure, MonthEnd, Party, Pause, Pauses,
    Period, Prepare, RedeclareEvent, RenewalTerms, RestDay, RestDayEnd, Run, Stage, Standing, Start, Step, Unsaid, Way,
    WayKind, Window, assessment_renewal, certificate_renewal,
};
pub use condition::{Condition, Test, Truth};
pub use definition::{CodeForm, FactDefinition, FactIndex, FactType, Judgement};
pub use determination::{
    AlsoCheck, ByField, Determination, FiredRule, Headroom, NotFired, Obligation, Question, QuestionKind, RuleBaseId,
};
pub use determine::determine;
pub use error::LawError;
pub use facts::{Facts, Value};
pub use rule::{Checked, Effect, Instrument, ObligationDefinition, Reading, RegimeDefinition, Rule};
pub use scenario::{Expectation, Scenario, ScenarioFailure, run_scenarios};
pub use source::{deserialize_date, deserialize_optional_date};
pub use terms::{Outcome, Path, Status};
pub use text::Text;
pub use vocabulary::Contradiction;
