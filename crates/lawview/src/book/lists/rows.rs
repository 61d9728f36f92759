//! The rows of an edition: one table a sector, what is left to the national numbers included.

use law::{Band, ListEdition, ListPath, ListReading, ListRow, ListSector, PersonKind, ResidualRow, Text};
use maud::{Markup, html};

use super::super::Material;
use super::super::part::{both, paths, rule as link, status, t};
use super::label;
use crate::words::{joined, persons, text};

pub(super) fn tables(material: &Material<'_>, edition: &ListEdition) -> Markup {
    html! { @for sector in &edition.sector { (table(material, edition, sector)) } }
}

fn table(material: &Material<'_>, edition: &ListEdition, sector: &ListSector) -> Markup {
    let slug = sector.slug();
    let rows: Vec<&ListRow> = edition.row.iter().filter(|row| row.sector == slug).collect();
    let rest: Vec<_> = edition.residual.iter().filter(|row| row.sector == slug).collect();
    if rows.is_empty() && rest.is_empty() {
        let seen = sector.scenario.iter().map(|scenario| &scenario.name).collect::<Vec<_>>();
        return html! {
            h4 { (t(&sector.name)) " " code { (slug) } }
            p.empty { (both("没有看到本行业的行。", "No row of this sector was seen.")) @if !seen.is_empty() { " " (both("场景：", "Scenarios: ")) (t(&joined(seen))) } }
        };
    }
    // In the order of the list, what is left to the national numbers among the rest.
    let place = |n: &Option<String>| n.as_ref().and_then(|n| n.parse::<u32>().ok()).unwrap_or(u32::MAX);
    let rows = rows.into_iter().map(|row| (place(&row.n), one(material, edition, row)));
    let rest = rest.into_iter().map(|row| (place(&row.n), residual(material, edition, row)));
    let mut lines: Vec<(u32, Markup)> = rows.chain(rest).collect();
    lines.sort_by_key(|(n, _)| *n);
    html! {
        div.scroll { table.stacked.rows {
            caption { (t(&sector.name)) " " code { (slug) } }
            thead { tr {
                @for (zh, en) in [("行", "row"), ("场景", "scenarios"), ("一般个人信息人数", "persons, ordinary data"), ("敏感个人信息人数", "persons, sensitive data"), ("路径", "path"), ("确定性", "certainty")] {
                    th scope="col" { (both(zh, en)) }
                }
            } }
            tbody {
                @for (_, row) in lines { (row) }
            }
        } }
    }
}

fn residual(material: &Material<'_>, edition: &ListEdition, row: &ResidualRow) -> Markup {
    html! { tr {
        (number(edition, row.n.as_deref(), &row.id, None))
        td {
            (label("场景", "scenarios"))
            (both("本行业中清单没有列明的一切（按全国人数标准）", "whatever of the sector the list does not name (by the national numbers)"))
            (uncounted(material, &row.not_counted))
        }
        (figures(Some(row.ordinary), Some(row.sensitive), false))
        td { (label("路径", "path")) (way(material, row.path)) }
        td { (label("确定性", "certainty")) (status(material.view, row.status)) }
    } }
}

fn one(material: &Material<'_>, edition: &ListEdition, row: &ListRow) -> Markup {
    let names =
        row.scenarios.iter().filter_map(|slug| edition.scenario(&row.sector, slug)).map(|scenario| &scenario.name);
    html! { tr {
        (number(edition, row.n.as_deref(), &row.id, row.important.as_ref().map(|_| row)))
        td {
            (label("场景", "scenarios")) (t(&joined(names)))
            @if let Some(note) = &row.note { div.small { (t(note)) } }
            (uncounted(material, &row.not_counted))
            (doubts(material, &row.reading))
        }
        @if let Some(what) = &row.important {
            td colspan="2" { (label("重要数据", "important data")) strong { (both("重要数据：", "Important data: ")) } (t(what)) }
        } @else { (figures(row.ordinary, row.sensitive, row.path.frees())) }
        td {
            (label("路径", "path")) (way(material, row.path))
            @if let Some(beside) = row.provided { div.small {
                (both("且须：", "and only with "))
                @for (kind, band) in beside.each() { (t(&of(kind, band))) " " }
            } }
        }
        td { (label("确定性", "certainty")) (status(material.view, row.status)) }
    } }
}

/// The row's number in the list, as a link to the provision it became; rows on important data of the same scenarios share
/// one, the first's.
fn number(edition: &ListEdition, n: Option<&str>, id: &str, important: Option<&ListRow>) -> Markup {
    let first = important.and_then(|row| {
        let alike = |other: &&ListRow| {
            other.important.is_some() && other.sector == row.sector && other.scenarios == row.scenarios
        };
        edition.row.iter().find(alike)
    });
    let place = format!("{}.{}", edition.rule_prefix(), first.map_or(id, |row| row.id.as_str()));
    html! { th scope="row" {
        (label("行", "row"))
        @if let Some(n) = n { span.n { (n) } " " }
        (link(&place))
    } }
}

/// The two numbers; where both are named, how they stand to each other.
fn figures(ordinary: Option<Band>, sensitive: Option<Band>, together: bool) -> Markup {
    let both_named = ordinary.is_some() && sensitive.is_some();
    let cell = |band: Option<Band>| match band {
        Some(band) => t(&persons(band)),
        None => both("—", "—"),
    };
    html! {
        td { (label("一般个人信息人数", "persons, ordinary data")) (cell(ordinary)) }
        td {
            (label("敏感个人信息人数", "persons, sensitive data"))
            @if both_named { span.op { @if together { (both("且", "and")) } @else { (both("或者", "or")) } } " " }
            (cell(sensitive))
        }
    }
}

fn of(kind: PersonKind, band: Band) -> Text {
    let band = persons(band);
    match kind {
        PersonKind::Ordinary => text(format!("一般个人信息{}", band.zh), format!("ordinary data of {}", band.en)),
        PersonKind::Sensitive => text(format!("敏感个人信息{}", band.zh), format!("sensitive data of {}", band.en)),
    }
}

fn way(material: &Material<'_>, path: ListPath) -> Markup {
    html! {
        (paths(material.view, path.paths()))
        @if path == ListPath::FreeAfterFiling { div.small { (both("先向所在片区备案", "after filing with the zone")) } }
    }
}

/// Exemptions of Order 16 under which persons leave without adding to a row's numbers.
fn uncounted(material: &Material<'_>, articles: &[String]) -> Markup {
    let cite = material.base.cited(&format!("CAC Order 16 arts {}", articles.join(", ")));
    html! { @if !articles.is_empty() {
        div.small { (both(&format!("按{}出境的人不计入", cite.zh), &format!("persons who leave by {} are not counted", cite.en))) }
    } }
}

fn doubts(material: &Material<'_>, readings: &[ListReading]) -> Markup {
    html! { @for reading in readings { div.small {
        (t(&reading.text)) " "
        @if reading.at_the_figure { (both("（仅在恰为该数时有影响）", "(matters only at exactly the figure)")) " " }
        (status(material.view, reading.status))
    } } }
}

/// Rules by which a whole store counts as important data.
pub(super) fn scale(material: &Material<'_>, edition: &ListEdition) -> Markup {
    html! { @if !edition.scale.is_empty() {
        h4 { (both("按规模计为重要数据", "Important by scale")) }
        ul.duties { @for row in &edition.scale { li {
            (t(&row.what)) " " (both("持有个人信息：", "holds data of: ")) (t(&persons(row.persons_held))) " "
            (link(&format!("{}.{}", edition.rule_prefix(), row.id))) " " (status(material.view, row.status)) (doubts(material, &row.reading))
        } } }
    } }
}
