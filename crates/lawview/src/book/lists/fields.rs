//! The scenarios of an edition with what they cover and the fields the list names for each.

use law::{FieldSet, ListEdition, ListScenario, PersonKind};
use maud::{Markup, html};

use super::super::Material;
use super::super::part::{both, p, status, t};
use crate::words::joined;

pub(super) fn fields(material: &Material<'_>, edition: &ListEdition) -> Markup {
    let scenarios = edition.sector.iter().map(|sector| sector.scenario.len()).sum::<usize>();
    let named = edition.field_set.iter().map(|set| set.fields.len()).sum::<usize>();
    html! { @if scenarios > 0 {
        details.more {
            summary { (both(&format!("场景 {scenarios} 个，字段 {named} 个"), &format!("scenarios: {scenarios}, fields: {named}"))) }
            @for sector in edition.sector.iter().filter(|sector| !sector.scenario.is_empty()) {
                h5 { (t(&sector.name)) }
                dl.scenes { @for scenario in &sector.scenario { (one(material, edition, scenario)) } }
            }
        }
    } }
}

fn one(material: &Material<'_>, edition: &ListEdition, scenario: &ListScenario) -> Markup {
    let sets = scenario.fields.iter().filter_map(|id| edition.field_set.iter().find(|set| &set.id == id));
    html! {
        dt { (t(&scenario.name)) " " code { (scenario.slug()) } @for name in &scenario.also { " " code { (law::slug(name)) } } }
        dd {
            @if let Some(definition) = &scenario.definition { (p(definition)) }
            @for set in sets { (named(material, set)) }
            @if scenario.fields.is_empty() { p.empty { (both("没有看到字段。", "No fields were seen.")) } }
        }
    }
}

fn named(material: &Material<'_>, set: &FieldSet) -> Markup {
    html! {
        p.fields {
            span.op { @match set.kind {
                PersonKind::Ordinary => { (both("一般：", "ordinary: ")) }
                PersonKind::Sensitive => { (both("敏感：", "sensitive: ")) }
            } }
            (t(&joined(&set.fields)))
            @if set.open_ended { " " (both("等（所列为举例）", "and the like (the list gives examples)")) }
            @if let Some(limits) = &set.limits { " " (both("限于：", "limited: ")) (t(limits)) }
            " " (status(material.view, set.status))
        }
    }
}
