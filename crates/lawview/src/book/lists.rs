//! Zones' lists: of each edition who may use it, how much of it is held, and its rows as one table a sector.
//!
//! On a phone a row is a block of its own, each cell under its column's name.

mod fields;
mod rows;

use law::{Extent, ListEdition, ListKind, ListReading};
use maud::{Markup, html};

use super::Material;
use super::part::{Part, both, p, rule as link, source, status, t};
use crate::words::text;

pub(crate) fn part(material: &Material<'_>) -> Part {
    let lists = material.base.lists();
    Part {
        id: "lists",
        title: text("负面清单", "Zones' lists"),
        about: text(
            "自由贸易试验区和地方的数据出境清单。人数“达到”含该数，“不满”不含该数。要求程序的行，两种人数达到其一即适用；免除程序的行，两种人数都须不满。清单只收入一部分的，没有看到的行不免除任何程序；清单以外的行业按全国规定。",
            "Data export lists of free-trade zones and cities. “At least” includes the figure, “fewer than” does not. A row that asks for a procedure applies where either number is reached, one that frees only where both are kept. Of a list held in part, what was not seen frees nothing; sectors outside a list stay under the national rules.",
        ),
        below: lists.iter().map(|edition| (anchor(edition), edition.title.clone())).collect(),
        body: html! {
            @if lists.is_empty() {
                p.empty { (both("本版规则库没有收入清单：凡落入清单场景的，须由人查阅现行清单。", "This edition holds no lists: whatever falls into a listed scenario waits for a person to read the list in force.")) }
            } @else {
                (overview(material))
                @for edition in lists { (one(material, edition)) }
            }
        },
    }
}

fn anchor(edition: &ListEdition) -> String {
    format!("list.{}", edition.id)
}

/// Every edition on one line.
fn overview(material: &Material<'_>) -> Markup {
    html! {
        div.scroll { table.stacked.brief {
            thead { tr {
                @for (zh, en) in [("清单", "list"), ("地区", "zones"), ("施行", "in force"), ("收入", "held"), ("行数", "rows"), ("确定性", "certainty")] {
                    th scope="col" { (both(zh, en)) }
                }
            } }
            tbody { @for edition in material.base.lists() { tr {
                th scope="row" { a href={ "#" (anchor(edition)) } { (t(&edition.title)) } }
                td { (label("地区", "zones")) (zones(edition)) }
                td { (label("施行", "in force")) (term(edition)) }
                td { (label("收入", "held")) (extent(edition.known)) }
                td { (label("行数", "rows")) (edition.row.len() + edition.residual.len() + edition.scale.len()) }
                td { (label("确定性", "certainty")) (status(material.view, edition.status)) }
            } } }
        } }
    }
}

/// The name of a column, shown within the cell where the table's head is not.
fn label(zh: &str, en: &str) -> Markup {
    html! { span.label { (both(zh, en)) } " " }
}

fn zones(edition: &ListEdition) -> Markup {
    html! {
        @for zone in &edition.zones { code { (zone) } " " }
        @for city in &edition.cities {
            (both(&format!("行政区划 {city} 开头、不在任何自贸区的处理者"), &format!("handlers in no zone, of divisions that begin with {city}"))) " "
        }
    }
}

fn term(edition: &ListEdition) -> Markup {
    let term = &edition.in_force;
    let (from, to) = (term.from, term.to);
    let zh = to.map_or_else(|| format!("{from} 起"), |to| format!("{from} 至 {to}"));
    let en = to.map_or_else(|| format!("from {from}"), |to| format!("{from} to {to}"));
    html! {
        (both(&zh, &en))
        @if let Some(day) = term.settled_from {
            " " (both(&format!("（首日未证实；{day} 起确定有效）"), &format!("(first day not attested; certain from {day})")))
        }
    }
}

fn extent(known: Extent) -> Markup {
    match known {
        Extent::Whole => both("全部", "whole"),
        Extent::Partial => both("部分", "in part"),
    }
}

fn one(material: &Material<'_>, edition: &ListEdition) -> Markup {
    let view = material.view;
    let kind = match edition.kind {
        ListKind::Negative => text("负面清单", "negative list"),
        ListKind::General => text("一般数据清单", "general list"),
    };
    let past = !edition.in_force(view.on);
    html! {
        section.list.past[past] id=(anchor(edition)) {
            h3 { (t(&edition.title)) }
            p.state {
                span.days { (term(edition)) } span { (t(&kind)) } span.en { (edition.edition) } (status(view, edition.status))
                @if past { span.flag { (both("本册所示之日未施行", "not in force on the day of this book")) } }
            }
            dl.body {
                dt { (both("适用地区", "Zones")) } dd { (zones(edition)) }
                dt { (both("谁可以用", "Who may use it")) } dd { (p(&edition.users)) }
                dt { (both("关键信息基础设施运营者", "CIIOs")) } dd { (p(&edition.ciio)) }
                dt { (both("收入多少", "How much is held")) }
                dd {
                    (extent(edition.known)) " " (published(edition))
                    @if let Some(missing) = &edition.missing { div.p { strong { (both("没有看到的：", "Not seen:")) } } (p(missing)) }
                }
                @if let Some(by) = &edition.superseded_by {
                    dt { (both("被取代", "Superseded by")) }
                    dd { a href={ "#list." (by) } { (material.base.list(by).map_or_else(|| html! { (by) }, |other| t(&other.title))) } }
                }
                @if let Some(adopts) = &edition.adopts {
                    dt { (both("借用其他地区清单", "Using another zone's list")) }
                    dd { (p(&adopts.text)) span.cite { (t(&material.base.cited(&adopts.cite))) } " " (status(view, adopts.status)) }
                }
            }
            (rows::tables(material, edition))
            (rows::scale(material, edition))
            (duties(material, edition))
            (fields::fields(material, edition))
            (notes(material, &edition.note))
            p.checked {
                (both("最近核对：", "Last checked: ")) (edition.last_checked.on) " · " (edition.last_checked.against) " · "
                (both("复核律师：", "Reviewed by: "))
                @if edition.reviewed_by.trim().is_empty() { (both("尚无", "nobody yet")) } @else { (edition.reviewed_by) }
            }
            ul.sources { @for one in &edition.source { li { (source(one)) } } }
        }
    }
}

/// What the publisher says the list holds, to be held against what is here.
fn published(edition: &ListEdition) -> Markup {
    let has = &edition.published;
    let figures = [
        (has.sectors, "个行业", "sectors"),
        (has.scenarios, "个场景", "scenarios"),
        (has.rows, "行", "rows"),
        (has.fields, "个字段", "fields"),
    ];
    let figures = figures.into_iter().filter_map(|(n, zh, en)| Some((format!("{} {zh}", n?), format!("{} {en}", n?))));
    let (zh, en): (Vec<_>, Vec<_>) = figures.unzip();
    html! { @if !zh.is_empty() {
        (both(&format!("（发布者称：{}）", zh.join("、")), &format!("(by the publisher's account: {})", en.join(", "))))
    } }
}

fn duties(material: &Material<'_>, edition: &ListEdition) -> Markup {
    let base = material.base;
    html! { @if !edition.duty.is_empty() {
        h4 { (both("使用清单的义务", "Duties of whoever uses the list")) }
        ul.duties { @for duty in &edition.duty { li {
            (t(&duty.text)) " " span.cite { (t(&base.cited(&duty.cite))) } " " (link(&format!("{}.{}", edition.rule_prefix(), duty.id)))
            @for clock in &duty.clocks { " " a.id href={ "#clock." (clock) } { (clock) } }
            " " (status(material.view, duty.status))
        } } }
    } @if !edition.also_check.is_empty() {
        h4 { (both("仍须另查的制度", "Other regimes that stay beside it")) }
        ul.duties { @for regime in &edition.also_check { li {
            (t(&regime.why)) @for sector in &regime.sectors { " " code { (sector) } } " " (status(material.view, regime.status))
        } } }
    } }
}

fn notes(material: &Material<'_>, notes: &[ListReading]) -> Markup {
    html! { @if !notes.is_empty() {
        h4 { (both("说明", "Notes")) }
        ul.duties { @for note in notes { li { (t(&note.text)) " " (status(material.view, note.status)) } } }
    } }
}
