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
mod diff;
mod error;
mod lists;
mod logic;

use book::source;

pub use answer::ask::{Asking, Interview};
pub use answer::by_field::{FieldFacts, determine_by_field};
pub use answer::compare::{Bearing, Comparison, FactDifference, RuleDifference, Side, compare};
pub use answer::determination::{
    AlsoCheck, ByField, Determination, Fine, FiredRule, Headroom, NotFired, Obligation, Question, QuestionKind,
    RuleBaseId,
};
pub use answer::determine::determine;
pub use answer::lighter::{Change, Lighter, Resting, Way, WithoutFields, lighter};
pub use answer::why::{Block, Document, Section, why};
pub use book::base::RuleBase;
pub use book::definition::{CodeForm, FactDefinition, FactIndex, FactType, Judgement, LighterDefinition, Sum};
pub use book::rule::{
    Checked, Effect, Exception, FineDefinition, Gravity, Instrument, ObligationDefinition, Reading, RegimeDefinition,
    Rule, Yuan,
};
pub use book::rule_file::rule_file_schema;
pub use book::scenario::{Expectation, Owner, Placed, Scenario, ScenarioFailure, run_scenarios, scenarios};
pub use book::scenario_table::{Case, NotExpressible};
pub use book::source::{deserialize_date, deserialize_optional_date};
pub use book::terms::{Outcome, Path, Paths, Status};
pub use book::text::Text;
pub use book::vocabulary::Contradiction;
pub use calendar::{Calendar, Count, DayCount, DayKind, Workdays};
pub use checks::{Finding, FindingKind, Survey, check, days_of_change, survey};
pub use clock::{
    AssessmentEnd, AssessmentRenewal, Bound, CertificateRenewal, Changed, Clock, ClockBook, ClockError, ClockInForce,
    ClockReading, ClockUnit, ConditionAnswer, Convention, ConventionChanges, Conventions, Direction, Events, Extension,
    ExtensionCondition, ExtensionFacts, FirstDay, Growth, Left, MakeUpDays, Measure, MonthEnd, Party, Pause, Pauses,
    Period, Prepare, RedeclareEvent, RenewalTerms, RestDay, RestDayEnd, Run, Stage, Standing, Start, Step, Unsaid,
    Way as RenewalWay, WayKind, Window, assessment_renewal, certificate_renewal,
};
pub use diff::replay::{ReplayError, Side as ReplaySide, StoredFacts, Tallied, Told, replay};
pub use diff::rules::{
    Change as RuleChange, Difference, PartChange, base_differences, day_differences, edition_differences,
};
pub use error::LawError;
pub use lists::edition::{
    Adoption, Band, Bands, Extent, FieldSet, ListDuty, ListEdition, ListKind, ListPath, ListReading, ListRegime,
    ListRow, ListScenario, ListSector, PersonKind, Published, ResidualRow, ScaleRule, Term,
};
pub use lists::names::slug;
pub use logic::condition::{Condition, Test, Truth};
pub use logic::decide::{Decision, Encoded, Traced};
pub use logic::facts::{Facts, Value};
pub use logic::inforce::Law;
