//! Negative lists: the provisions that bring them in.

use law::Rule;
use maud::html;

use super::Material;
use super::part::{Part, both, rule as link, status, t};
use crate::words::text;

/// Whether a provision is a row or a residual of a zone's list.
fn is_list(rule: &Rule) -> bool {
    rule.id.split('.').nth(1) == Some("list")
}

pub(crate) fn part(material: &Material<'_>) -> Part {
    let rows: Vec<&Rule> = material.base.rules().iter().filter(|rule| is_list(rule)).collect();
    Part {
        id: "lists",
        title: text("负面清单", "Negative lists"),
        about: text(
            "自由贸易试验区的负面清单。清单以外的数据免予三种程序；清单没有写到的行业仍按全国规定。",
            "The negative lists of free-trade zones. Data outside a list needs none of the three procedures; sectors a list does not cover stay under the national rules.",
        ),
        below: Vec::new(),
        body: html! {
            @if rows.is_empty() {
                p.empty { (both("本版规则库尚未把清单收为数据：凡落入清单场景的，须由人查阅现行清单。", "This edition does not hold the lists as data yet: whatever falls into a listed scenario waits for a person to read the list in force.")) }
            } @else {
                div.scroll { table {
                    thead { tr {
                        th scope="col" { (both("编号", "id")) } th scope="col" { (both("内容", "what")) }
                        th scope="col" { (both("施行", "in force")) } th scope="col" { (both("确定性", "certainty")) }
                    } }
                    tbody { @for rule in rows { tr {
                        th scope="row" { (link(&rule.id)) } td { (t(&rule.title)) }
                        td { (rule.from) " – " @if let Some(to) = rule.to { (to) } } td { (status(material.view, rule.status)) }
                    } } }
                } }
            }
        },
    }
}
