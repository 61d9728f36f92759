//! The files of `procedures/` as they are written.

use jiff::civil::Date;
use law::{ClockReading, Party, Status, Text};
use serde::Deserialize;

use super::{Effect, Guard, Part, PermitTerms, State};
use crate::payload::Channel;
use crate::terms::{ActionId, ClockId, ProcedureId, Role, StateId};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommonFile {
    pub(super) action: Vec<ActionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProcedureFile {
    pub(super) id: ProcedureId,
    pub(super) prefix: String,
    pub(super) name: Text,
    pub(super) cite: Text,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) permit: Option<PermitTerms>,
    #[serde(default = "online")]
    pub(super) channels: Vec<Channel>,
    #[serde(default)]
    pub(super) opened_by: Vec<Role>,
    #[serde(deserialize_with = "law::deserialize_date")]
    pub(super) from: Date,
    pub(super) state: Vec<State>,
    pub(super) action: Vec<ActionFile>,
    #[serde(default)]
    pub(super) clock: Vec<ClockFile>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionFile {
    pub(super) id: ActionId,
    pub(super) name: Text,
    pub(super) by: Vec<Role>,
    pub(super) from: FromFile,
    #[serde(default)]
    pub(super) to: Option<ToFile>,
    #[serde(default)]
    pub(super) asks: Vec<AskFile>,
    #[serde(default)]
    pub(super) needs: Vec<Guard>,
    #[serde(default)]
    pub(super) effect: Option<Effect>,
    #[serde(default)]
    pub(super) cite: Option<Text>,
    #[serde(default)]
    pub(super) status: Option<Status>,
    #[serde(default)]
    pub(super) in_force: DaysFile,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct DaysFile {
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub(super) from: Option<Date>,
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub(super) to: Option<Date>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged, expecting = "`from` is \"open\", \"any\" or a list of states")]
pub(super) enum FromFile {
    Word(String),
    States(Vec<StateId>),
}

#[derive(Deserialize, Clone)]
#[serde(untagged, expecting = "`to` is a state, \"in-force\" or { approved, in-part, refused }")]
pub(super) enum ToFile {
    Word(String),
    Result(ResultFile),
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ResultFile {
    pub(super) approved: StateId,
    pub(super) in_part: StateId,
    pub(super) refused: StateId,
}

#[derive(Deserialize, Clone)]
#[serde(untagged, expecting = "`asks` lists parts, each a word or { part, name, on, label, optional }")]
pub(super) enum AskFile {
    /// `text`, and `text?` where the action can go without.
    Word(String),
    Table(AskTable),
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct AskTable {
    pub(super) part: Part,
    #[serde(default)]
    pub(super) name: Option<String>,
    /// Month and day, such as `12-31`.
    #[serde(default)]
    pub(super) on: Option<String>,
    #[serde(default)]
    pub(super) label: Option<Text>,
    #[serde(default)]
    pub(super) optional: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockFile {
    pub(super) clock: OneOrMore<ClockId>,
    pub(super) starts: Vec<StartFile>,
    #[serde(default)]
    pub(super) party: Option<Party>,
    #[serde(default)]
    pub(super) right: bool,
    #[serde(default)]
    pub(super) ends: Vec<ActionId>,
    #[serde(default)]
    pub(super) drops: Vec<ActionId>,
    #[serde(default)]
    pub(super) pauses: Vec<PauseFile>,
    #[serde(default)]
    pub(super) prolonged_by: Vec<ActionId>,
    #[serde(default)]
    pub(super) reading: Option<ClockReading>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`clock` is a clock or a list of them")]
pub(super) enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`starts` lists actions or { action, day, to }, { end-of, after }, { began }, { once }")]
pub(super) enum StartFile {
    Action(ActionId),
    Table(StartTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StartTable {
    #[serde(default)]
    pub(super) action: Option<ActionId>,
    #[serde(default)]
    pub(super) day: Option<String>,
    #[serde(default)]
    pub(super) to: Vec<StateId>,
    #[serde(default)]
    pub(super) end_of: Option<ClockId>,
    #[serde(default)]
    pub(super) after: Option<ActionId>,
    #[serde(default)]
    pub(super) began: Option<String>,
    #[serde(default)]
    pub(super) once: Option<ActionId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PauseFile {
    pub(super) from: ActionId,
    pub(super) to: Vec<ActionId>,
}

fn online() -> Vec<Channel> {
    vec![Channel::Online]
}
