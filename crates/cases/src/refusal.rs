//! Why an action may not be taken: one line, what and how to mend it.

use dossier::Gap;
use jiff::civil::Date;
use law::Text;

use crate::procedure::Part;
use crate::terms::{ActionId, CaseId, ClockId, Role, StateId, Version};

/// Why an action was refused. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The procedure has no such action.
    #[error("`{action}` is no action of `{procedure}`")]
    UnknownAction {
        /// As asked for.
        action: ActionId,
        /// The procedure.
        procedure: String,
    },
    /// No such procedure.
    #[error("`{procedure}` is no procedure; there are {known}")]
    UnknownProcedure {
        /// As asked for.
        procedure: String,
        /// Those there are.
        known: String,
    },
    /// Somebody acted in between.
    #[error("case `{case}` is at version {is} and not {seen}: look at what happened since and decide again")]
    Stale {
        /// The case.
        case: CaseId,
        /// The version the caller saw.
        seen: Version,
        /// The version it has.
        is: Version,
    },
    /// The case is somebody else's.
    #[error("case `{case}` is not in your hands")]
    NotYours {
        /// The case.
        case: CaseId,
    },
    /// The role may not.
    #[error("`{action}` is for {by}, not for `{role}`")]
    WrongRole {
        /// The action.
        action: ActionId,
        /// The role.
        role: Role,
        /// Those who may.
        by: String,
    },
    /// Not from this state.
    #[error("`{action}` cannot be taken while the case is `{state}`; it can from {from}")]
    WrongState {
        /// The action.
        action: ActionId,
        /// The state.
        state: StateId,
        /// The states it can be taken from.
        from: String,
    },
    /// Not on this day.
    #[error("`{action}` is a step of the law from {from} to {to}, not of {on}")]
    NotInForce {
        /// The action.
        action: ActionId,
        /// The day.
        on: Date,
        /// The first day, or `the beginning`.
        from: String,
        /// The last day, or `today`.
        to: String,
    },
    /// The day lies before the last action.
    #[error("{day} lies before the last action of the case, {last}: check the clock")]
    Backwards {
        /// The day.
        day: Date,
        /// The last action's.
        last: Date,
    },
    /// Something is missing in the forms.
    #[error("{} of the forms' fields are missing or wrong; the first is `{}`: {}", .gaps.len(), .gaps.first().map_or("", |gap| &gap.path), .gaps.first().map_or("", |gap| &gap.what.en))]
    Incomplete {
        /// All of it.
        gaps: Vec<Gap>,
    },
    /// Marks are open.
    #[error("{} marks of the office are not answered; the first is at `{}`: change the field, or answer in a message why not", .at.len(), .at.first().map_or("", String::as_str))]
    MarksOpen {
        /// Where.
        at: Vec<String>,
    },
    /// There is nothing to decide on.
    #[error("the necessity table has no item: add what is to leave")]
    NoItems,
    /// The law allows it once.
    #[error("`{action}` was taken already, and it can be taken once")]
    Twice {
        /// The action.
        action: ActionId,
    },
    /// Something else comes first.
    #[error("`{action}` needs `{first}` first")]
    NotYet {
        /// The action.
        action: ActionId,
        /// What comes first.
        first: ActionId,
    },
    /// There is no permit, or no longer one.
    #[error("`{action}` needs a permit in force, and the case has none")]
    NoPermit {
        /// The action.
        action: ActionId,
    },
    /// Its permit has not ended.
    #[error("`{action}` waits for the end of validity{}", .until.map_or(String::new(), |day| format!(", {day}")))]
    NotOver {
        /// The action.
        action: ActionId,
        /// The last day.
        until: Option<Date>,
    },
    /// The time for it is over, or was never set going.
    #[error("the time of `{clock}` {}", .until.map_or("does not run".to_owned(), |day| format!("was over on {day}")))]
    TooLate {
        /// The clock.
        clock: ClockId,
        /// Its last day.
        until: Option<Date>,
    },
    /// The time has not come, or the other side's time is not over.
    #[error("the time of `{clock}` {}", .until.map_or("does not run".to_owned(), |day| format!("runs until {day}: only then can this be done")))]
    TooEarly {
        /// The clock.
        clock: ClockId,
        /// Its last day.
        until: Option<Date>,
    },
    /// The window is not open.
    #[error("the window of `{clock}` {}", .from.map_or("is not known".to_owned(), |day| format!("opens on {day}")))]
    NotOpen {
        /// The clock.
        clock: ClockId,
        /// Its first day.
        from: Option<Date>,
    },
    /// It is a step of other regions.
    #[error("`{action}` is for handlers registered in {regions}")]
    NotHere {
        /// The action.
        action: ActionId,
        /// Where, by ISO 3166-2.
        regions: String,
    },
    /// Whoever asked did not agree to publication.
    #[error("`{action}` needs the agreement of whoever asked, and there is none: ask for it")]
    NotForPublication {
        /// The action.
        action: ActionId,
    },
    /// It is not filed that way.
    #[error("`{procedure}` is not filed by this `channel`: choose another")]
    NoChannel {
        /// The procedure.
        procedure: String,
    },
    /// A part is missing.
    #[error("`{action}` needs {}", part_of(*.part, .name.as_deref()))]
    Missing {
        /// The action.
        action: ActionId,
        /// The part.
        part: Part,
        /// Of a day its name.
        name: Option<String>,
    },
    /// A part has no place here.
    #[error("`{action}` does not take {}", part_of(*.part, .name.as_deref()))]
    NotAskedFor {
        /// The action.
        action: ActionId,
        /// The part.
        part: Part,
        /// Of a day its name.
        name: Option<String>,
    },
    /// A part is wrong.
    #[error("{what}")]
    Bad {
        /// Which and how to mend it, without repeating what was given.
        what: String,
    },
    /// No key of an office to sign a permit by.
    #[error("`{action}` issues a permit, and there is no key of an office to sign it by: name one")]
    NoOfficeKey {
        /// The action.
        action: ActionId,
    },
    /// The record itself is at fault.
    #[error("{what}")]
    Record {
        /// What is wrong.
        what: String,
    },
}

fn part_of(part: Part, name: Option<&str>) -> String {
    let word = serde_json::to_value(part).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    name.map_or_else(|| format!("`{word}`"), |name| format!("the day `{name}`"))
}

impl Refusal {
    /// A stable word for it, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownAction { .. } => "unknown-action",
            Self::UnknownProcedure { .. } => "unknown-procedure",
            Self::Stale { .. } => "stale-version",
            Self::NotYours { .. } => "not-yours",
            Self::WrongRole { .. } => "wrong-role",
            Self::WrongState { .. } => "wrong-state",
            Self::NotInForce { .. } => "not-in-force",
            Self::Backwards { .. } => "clock-went-back",
            Self::Incomplete { .. } => "incomplete",
            Self::MarksOpen { .. } => "marks-open",
            Self::NoItems => "no-items",
            Self::Twice { .. } => "taken-already",
            Self::NotYet { .. } => "not-yet",
            Self::NoPermit { .. } => "no-permit",
            Self::NotOver { .. } => "not-over",
            Self::TooLate { .. } => "too-late",
            Self::TooEarly { .. } => "too-early",
            Self::NotOpen { .. } => "not-open",
            Self::NotHere { .. } => "other-region",
            Self::NotForPublication { .. } => "not-for-publication",
            Self::NoChannel { .. } => "no-channel",
            Self::Missing { .. } => "missing-part",
            Self::NotAskedFor { .. } => "part-not-asked-for",
            Self::Bad { .. } => "bad-part",
            Self::NoOfficeKey { .. } => "no-office-key",
            Self::Record { .. } => "record",
        }
    }

    /// The same in both languages.
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::UnknownAction { action, procedure } => format!("程序 `{procedure}` 中没有操作 `{action}`"),
            Self::UnknownProcedure { procedure, known } => format!("没有程序 `{procedure}`；现有：{known}"),
            Self::Stale { case, seen, is } => {
                format!("案件 `{case}` 现为第 {is} 版，而非第 {seen} 版：请查看其间的变化后再决定")
            }
            Self::NotYours { case } => format!("案件 `{case}` 不归您办理"),
            Self::WrongRole { action, role, by } => format!("`{action}` 由 {by} 办理，`{role}` 不能办理"),
            Self::WrongState { action, state, from } => {
                format!("案件处于 `{state}` 状态时不能 `{action}`；可在 {from} 状态办理")
            }
            Self::NotInForce { action, on, from, to } => {
                format!("`{action}` 自 {from} 至 {to} 为法定步骤，{on} 不适用")
            }
            Self::Backwards { day, last } => format!("{day} 早于本案上一操作的日期 {last}：请检查时钟"),
            Self::Incomplete { gaps } => {
                let first = gaps.first();
                let path = first.map_or("", |gap| gap.path.as_str());
                format!(
                    "表单有 {} 处缺漏或错误；第一处为 `{path}`：{}",
                    gaps.len(),
                    first.map_or("", |gap| &gap.what.zh)
                )
            }
            Self::MarksOpen { at } => {
                let first = at.first().map_or("", String::as_str);
                format!("有 {} 处办公室标注尚未答复；第一处为 `{first}`：请修改该项，或留言说明理由", at.len())
            }
            Self::NoItems => "必要性说明表中没有数据项：请填写拟出境的数据项".to_owned(),
            Self::Twice { action } => format!("`{action}` 已办理过，只能办理一次"),
            Self::NotYet { action, first } => format!("办理 `{action}` 之前须先办理 `{first}`"),
            Self::NoPermit { action } => format!("`{action}` 需要有效的许可，本案没有"),
            Self::NotOver { action, until } => {
                format!("`{action}` 须待有效期届满{}", until.map_or(String::new(), |day| format!("（{day}）")))
            }
            Self::TooLate { clock, until } => match until {
                Some(day) => format!("`{clock}` 的期限已于 {day} 届满"),
                None => format!("`{clock}` 的期限没有起算"),
            },
            Self::TooEarly { clock, until } => match until {
                Some(day) => format!("`{clock}` 的期限至 {day} 止，届满后方可办理"),
                None => format!("`{clock}` 的期限没有起算"),
            },
            Self::NotOpen { clock, from } => match from {
                Some(day) => format!("`{clock}` 的窗口自 {day} 起开放"),
                None => format!("`{clock}` 的窗口尚不可知"),
            },
            Self::NotHere { action, regions } => format!("`{action}` 适用于在 {regions} 登记的处理者"),
            Self::NotForPublication { action } => format!("`{action}` 须经咨询人同意，目前没有：请先征求同意"),
            Self::NoChannel { procedure } => format!("程序 `{procedure}` 不以此 `channel` 办理：请另选"),
            Self::Missing { action, part, name } => format!("`{action}` 需要 {}", part_of_zh(*part, name.as_deref())),
            Self::NotAskedFor { action, part, name } => {
                format!("`{action}` 不接受 {}", part_of_zh(*part, name.as_deref()))
            }
            Self::Bad { what } | Self::Record { what } => what.clone(),
            Self::NoOfficeKey { action } => format!("`{action}` 将签发许可，但没有签名用的机关密钥：请指定"),
        };
        Text::new(zh, self.to_string())
    }
}

fn part_of_zh(part: Part, name: Option<&str>) -> String {
    name.map_or_else(|| part_of(part, None), |name| format!("日期 `{name}`"))
}
