//! What the static checks find, and how well each provision is covered by scenarios.

use std::collections::BTreeMap;

use law::{FindingKind, Rule};
use maud::{Markup, html};

use super::Material;
use super::part::{Part, both, rule as link, t};
use crate::words::text;

pub(crate) fn part(material: &Material<'_>) -> Part {
    Part {
        id: "checks",
        title: text("检查与覆盖", "Checks and coverage"),
        about: text(
            "静态检查对所涉每一日、每一组事实都看过：有无缺口、冲突、从不起作用的规定。案例检验规则库所说的是否正是我们所写的。",
            "The static checks look at every day covered and every set of facts: gaps, conflicts, provisions that never decide. The scenarios test whether the rule base says what it was meant to say.",
        ),
        below: Vec::new(),
        body: html! { (findings(material)) (failures(material)) (coverage(material)) },
    }
}

fn findings(material: &Material<'_>) -> Markup {
    let found = law::check(material.base);
    html! {
        h3 { (both("静态检查", "Static checks")) }
        @if found.is_empty() {
            p.sound { (both("无缺口、无冲突，没有空置的规定或例外。", "No gap, no conflict, no dead provision or idle exception.")) }
        } @else {
            div.scroll { table {
                thead { tr { th scope="col" { (both("种类", "kind")) } th scope="col" { (both("首见之日", "first day")) } th scope="col" { (both("规定", "provisions")) } th scope="col" { (both("说明", "what")) } } }
                tbody { @for one in &found { tr { th scope="row" { (kind(one.kind)) } td { (one.on) } td { @for id in &one.rules { (link(id)) " " } } td lang="en" { (one.what) } } } }
            } }
        }
    }
}

fn kind(kind: FindingKind) -> Markup {
    let name = format!("{kind:?}").to_lowercase();
    let zh = match kind {
        FindingKind::Gap => "缺口",
        FindingKind::Conflict => "冲突",
        FindingKind::Dead => "空置",
        #[allow(unreachable_patterns, reason = "kinds that are added later keep their own name")]
        _ => name.as_str(),
    };
    both(zh, &name)
}

fn failures(material: &Material<'_>) -> Markup {
    let failed: Vec<_> = material.tried.iter().filter_map(|one| Some((one, one.fault.as_ref()?))).collect();
    let ran = material.tried.len();
    html! {
        h3 { (both("案例", "Scenarios")) }
        p { (both(&format!("{ran} 个案例，{} 个不符。", failed.len()), &format!("{ran} scenarios, {} failed.", failed.len()))) }
        @if !failed.is_empty() { ul { @for (one, fault) in failed { li { @if let Some(rule) = one.rule { (link(&rule.id)) } @else { (one.id) } " " (one.scenario.name) ": " (fault) } } } }
    }
}

fn coverage(material: &Material<'_>) -> Markup {
    let mut applied: BTreeMap<&str, usize> = BTreeMap::new();
    for answer in material.tried.iter().filter_map(|one| one.answer.as_ref().ok()) {
        for rule in &answer.rules {
            *applied.entry(&rule.id).or_default() += 1;
        }
    }
    let most = applied.values().copied().max().unwrap_or(1).max(1);
    let row = |rule: &Rule| {
        let own = rule.scenarios.len();
        let all = applied.get(rule.id.as_str()).copied().unwrap_or(0);
        html! {
            tr {
                th scope="row" { (link(&rule.id)) span.title { (t(&rule.title)) } }
                td.figure { (own) } td.figure { (all) }
                td.share aria-hidden="true" { svg viewBox="0 0 100 6" preserveAspectRatio="none" { rect width=(all * 100 / most) height="6" {} } }
            }
        }
    };
    html! {
        h3 { (both("覆盖", "Coverage")) }
        details.more {
            summary { (both("每条规定有多少案例", "Scenarios for each provision")) }
            div.scroll { table.coverage {
                thead { tr { th scope="col" { (both("规定", "provision")) } th scope="col" { (both("自带案例", "its own")) } th scope="col" { (both("适用于", "applies in")) } td {} } }
                tbody { @for rule in material.base.rules() { (row(rule)) } }
            } }
        }
    }
}
