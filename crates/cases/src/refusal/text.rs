//! Refusals in both languages.

use law::Text;

use super::{Refusal, named, part_of, sentence};
use crate::procedure::Part;

impl Refusal {
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
            Self::ConditionsOpen { conditions, at } => {
                let first = at.first().map_or("", String::as_str);
                format!("延期条件有 {} 项未答：{}；第一处缺项为 `{first}`", conditions.len(), named(conditions))
            }
            Self::ConditionBroken { condition, at, text } => {
                format!("不能延期：`{at}` 所填不符合条件 `{condition}`（{}）；须重新申报", sentence(&text.zh))
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
