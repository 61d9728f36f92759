//! Cases: procedures as append-only actions folded into state, and who may do what next.
//!
//! A case is the list of its actions ([`Recorded`]); its state ([`Case`]) is a fold over them. What may be done next is a pure
//! function of the state, the actor and the day ([`available_actions`]); doing it is another ([`act`]). Days, keys and ids come
//! in from outside; nothing here reads a clock or knows HTTP.

mod act;
mod case;
mod clocks;
mod conditions;
mod guards;
mod items;
mod jurisdiction;
mod outside;
mod payload;
mod permit;
mod procedure;
mod refusal;
mod reminders;
pub mod simulate;
mod store;
mod terms;
mod world;

pub use act::{Acting, Available, act, available_actions, open_case, refusal};
pub use case::{Case, Edit, FoldError, Happened, Message, Open, Permitted, Release, fold};
pub use clocks::{CaseClock, Running, clocks};
pub use items::{Item, items};
pub use jurisdiction::{Before, before, may_see};
pub use outside::Outside;
pub use payload::{
    ArtefactKind, Attachment, Channel, Handler, ItemDecision, MAX_FILE, MAX_TEXT, Mark, Opening, Payload, Recorded,
    Report, Verdict,
};
pub use procedure::{
    ActionDefinition, Ask, ClockUse, ConditionUse, Effect, From, Guard, Part, PermitTerms, Phase, Procedure,
    ProcedureError, Procedures, Start, State, To,
};
pub use refusal::Refusal;
pub use reminders::{Ahead, Because, Reminder, reminders};
pub use store::{
    CaseLog, Count, Counted, Difference, Done, Entry, Found, Group, Imported, Keys, LogReport, NewFile, News,
    Published, Queue, QueueQuery, QueueRow, Random, Request, StatisticsQuery, Store, StoreError, percentile,
};
pub use terms::{ActionId, Actor, ActorId, CaseId, ClockId, ProcedureId, RequestId, Role, Scope, StateId, Version};
pub use world::{Due, World};
