//! The decision matrix as tables, the newest law first.

use jiff::civil::Date;
use law::{Outcome, Text};
use maud::{Markup, html};

use super::Material;
use super::part::{Part, both, paths, rule, status, t};
use crate::matrix::{Band, Cell, Matrix, Slice, matrices};
use crate::words::{grouped, text};

pub(crate) fn part(material: &Material<'_>) -> Part {
    let mut all = matrices(material.base);
    all.reverse();
    let below = all.iter().map(|matrix| (anchor(matrix.era.from), days(matrix))).collect();
    Part {
        id: "matrix",
        title: text("路径表", "Decision matrix"),
        about: text(
            "一次普通的个人信息出境：无重要数据、无豁免事由、不在自贸区。行为普通个人信息人数，列为敏感个人信息人数，均自当年1月1日累计并去重；规定看更长期间的，按同一数字计。每一格由规则引擎算出，不是抄写的；相邻而结果相同的档合为一档。活动视为不晚于该日开始。",
            "A plain export of personal information: no important data, no ground of exemption, outside every zone. Rows are persons of ordinary information, columns persons of sensitive information, distinct and since 1 January; where the law looks back further the same figure is taken. Every cell is worked out by the engine, none is typed; neighbouring bands that come out alike are one. The activity is taken to begin no later than that day.",
        ),
        below,
        body: html! { @for matrix in &all { (one(material, matrix)) } },
    }
}

fn anchor(day: Date) -> String {
    format!("matrix.{day}")
}

fn days(matrix: &Matrix) -> Text {
    let from = matrix.era.from;
    match matrix.era.to {
        Some(to) => text(format!("{from} 至 {to}"), format!("{from} to {to}")),
        None => text(format!("{from} 起"), format!("from {from}")),
    }
}

fn one(material: &Material<'_>, matrix: &Matrix) -> Markup {
    let now = matrix.era.holds(material.view.on);
    html! {
        section.matrix.now[now] id=(anchor(matrix.era.from)) {
            h3 { (t(&days(matrix))) @if now { " " span.flag { (both("所示之日", "shown day")) } } }
            @for slice in &matrix.slices { (table(material, matrix, slice)) }
        }
    }
}

fn caption(slice: &Slice) -> Text {
    let ciio = if slice.ciio {
        text("关键信息基础设施运营者", "Critical information infrastructure operator")
    } else {
        text("其他处理者", "Any other handler")
    };
    match slice.held {
        Some(held) => {
            let band = band(held);
            text(
                format!("{}，处理 {} 人个人信息", ciio.zh, band.zh),
                format!("{}, holding data of {} persons", ciio.en, band.en),
            )
        }
        None => ciio,
    }
}

fn table(material: &Material<'_>, matrix: &Matrix, slice: &Slice) -> Markup {
    html! {
        div.scroll { table.grid {
            caption { (t(&caption(slice))) }
            thead {
                tr {
                    th.corner rowspan="2" scope="col" { (both("普通个人信息", "ordinary")) }
                    th colspan=(matrix.sensitive.len()) scope="colgroup" { (both("敏感个人信息（人）", "sensitive (persons)")) }
                }
                tr { @for column in &matrix.sensitive { th scope="col" { (t(&band(*column))) } } }
            }
            tbody {
                @for (row, line) in matrix.ordinary.iter().zip(&slice.cells) {
                    tr { th scope="row" { (t(&band(*row))) } @for cell in line { (field(material, cell)) } }
                }
            }
        } }
    }
}

fn field(material: &Material<'_>, cell: &Cell) -> Markup {
    let view = material.view;
    match cell {
        Cell::Answer { outcome, paths: open, certainty, rules } => {
            let weight = open.iter().map(|path| path.weight()).max().unwrap_or(0);
            html! {
                td class={ "w" (weight) } {
                    @match outcome {
                        Outcome::Determined | Outcome::Refused => {}
                        Outcome::HumanJudgement => { span.flag { (both("须由人判断", "a person judges")) } " " }
                        Outcome::NotYetKnown => { span.flag { (both("尚不能确定", "not yet known")) } " " }
                    }
                    (paths(view, open))
                    div.by { @for id in rules { (rule(id)) " " } (status(view, *certainty)) }
                }
            }
        }
        Cell::None(why) => html! { td.none { span.flag { (both("规则库无答案", "no answer")) } div.by { (why) } } },
    }
}

/// A band of counts, as the laws say it: 以上 with the figure, 不满 without.
pub(crate) fn band(band: Band) -> Text {
    let from = grouped(band.from);
    match band.below {
        Some(below) if below == band.from + 1 => text(from.clone(), from),
        Some(below) if band.from == 0 => {
            text(format!("不满 {}", grouped(below)), format!("fewer than {}", grouped(below)))
        }
        Some(below) => text(format!("{from} 至不满 {}", grouped(below)), format!("{from} to {}", grouped(below - 1))),
        None if band.from == 0 => text("任何人数", "any number"),
        None => text(format!("{from} 以上"), format!("{from} or more")),
    }
}
