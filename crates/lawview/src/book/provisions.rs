//! Each instrument with its provisions: what they say, when they bind, when they apply, what follows, what tests them.

use law::{Condition, Effect, Instrument, Rule};
use maud::{Markup, html};

use super::Material;
use super::part::{Part, both, fact, p, path, paths, rule as link, source, status, t};
use crate::tried::Tried;
use crate::words::{self, demand, text};

pub(crate) fn part(material: &Material<'_>) -> Part {
    let base = material.base;
    let first = |id: &String| base.rules().iter().filter(|rule| &rule.instrument == id).map(|rule| rule.from).min();
    let mut used: Vec<(&String, &Instrument)> =
        base.instruments().iter().filter(|(id, _)| first(id).is_some()).collect();
    used.sort_by_key(|(id, _)| first(id));
    Part {
        id: "provisions",
        title: text("规定", "Provisions"),
        about: text(
            "按文件编排，先施行的在前。每条以我们自己的话转述，中文为准。当日无效的规定以浅色显示。“何时适用”的条件都用封闭的运算写成，因此缺口与冲突可以穷尽检查。",
            "By instrument, the oldest first. Each is restated in our own words, the Chinese governs. Provisions not in force on the day shown are pale. Conditions use a closed set of operators, so gaps and conflicts can be searched to the end.",
        ),
        below: used.iter().map(|(id, one)| (format!("instrument.{id}"), text(&one.title.zh, &one.short))).collect(),
        body: html! { @for (id, one) in used { (instrument(material, id, one)) } },
    }
}

fn instrument(material: &Material<'_>, id: &str, instrument: &Instrument) -> Markup {
    let mut rules: Vec<&Rule> = material.base.rules().iter().filter(|rule| rule.instrument == id).collect();
    rules.sort_by_key(|rule| natural(&rule.id));
    html! {
        section.instrument id={ "instrument." (id) } {
            h3 { (t(&instrument.title)) }
            p.cite { (instrument.short) " · " (both(&format!("{} 条", rules.len()), &format!("provisions: {}", rules.len()))) }
            @for rule in rules { (provision(material, rule)) }
        }
    }
}

/// The order in which a lawyer reads, as a key of a rule's id: article 5 before article 10.
pub fn natural(id: &str) -> Vec<(u64, String)> {
    let part = |part: &str| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        // What begins with no number comes after all that do.
        (digits.parse().unwrap_or(u64::MAX), part.to_owned())
    };
    id.split('.').map(part).collect()
}

fn provision(material: &Material<'_>, rule: &Rule) -> Markup {
    let Material { base, view, tried } = material;
    let own: Vec<&Tried<'_>> = tried.iter().filter(|one| one.rule.is_some_and(|of| of.id == rule.id)).collect();
    let (_, kind) = words::kind(&rule.effect);
    html! {
        article.rule.past[!rule.in_force(view.on)] id=(rule.id) aria-labelledby={ "t." (rule.id) } {
            header {
                p.where { span.article { (t(&base.cited_rule(rule))) } " " span.kind { (t(&kind)) } a.anchor href={ "#" (rule.id) } { (rule.id) } }
                h4 id={ "t." (rule.id) } { (t(&rule.title)) }
                p.state { span.days { (days(rule)) } (status(view, rule.status)) }
            }
            div.provision { (p(&rule.provision)) }
            dl.body {
                dt { (both("何时适用", "Applies when")) }
                dd { (condition(material, &rule.when)) }
                dt { (both("后果", "Effect")) }
                dd { (effect(material, &rule.effect)) }
                @if !rule.persons_counted {
                    dt { (both("人数", "Persons")) }
                    dd { (both("依本条出境的人不计入当年人数。", "Persons who leave by this provision are left out of the year's numbers.")) }
                }
                (relations(material, rule))
                @if !rule.readings.is_empty() {
                    dt { (both("理解", "Readings")) }
                    dd { ul.readings { @for reading in &rule.readings { li {
                        (status(view, reading.status)) " " (t(&reading.text))
                        @if reading.when != Condition::All(Vec::new()) {
                            div.when { (both("用到它的情形：", "needed where: ")) (t(&words::condition(base, &reading.when))) }
                        }
                    } } } }
                }
                dt { (both("来源", "Sources")) }
                dd {
                    @if rule.source.is_empty() { (both("无（凭记忆）", "none (from memory)")) }
                    @else { ul.sources { @for one in &rule.source { li { (source(one)) } } } }
                    p.checked {
                        (both("最近核对：", "Last checked: ")) (rule.last_checked.on) " · " (rule.last_checked.against) " · "
                        (both("复核律师：", "Reviewed by: "))
                        @if rule.reviewed_by.trim().is_empty() { (both("尚无", "nobody yet")) } @else { (rule.reviewed_by) }
                    }
                }
            }
            @if !own.is_empty() { (scenarios(material, &own)) }
        }
    }
}

fn days(rule: &Rule) -> Markup {
    let to = rule.to.map(|to| to.to_string());
    let zh = to.as_ref().map_or_else(|| format!("{} 起", rule.from), |to| format!("{} 至 {to}", rule.from));
    let en = to.as_ref().map_or_else(|| format!("from {}", rule.from), |to| format!("{} to {to}", rule.from));
    html! {
        (both(&zh, &en))
        @if let Some(day) = rule.settled_from {
            " " (both(&format!("（首日未证实；{day} 起确定有效）"), &format!("(first day not attested; certain from {day})")))
        }
    }
}

/// A condition as a nested list, each fact with its id.
fn condition(material: &Material<'_>, when: &Condition) -> Markup {
    let parts = |zh: &str, en: &str, parts: &[Condition]| {
        html! { span.op { (both(zh, en)) } ul.when { @for part in parts { li { (condition(material, part)) } } } }
    };
    match when {
        Condition::All(all) if all.is_empty() => both("任何情形", "Always"),
        Condition::All(all) => parts("同时满足", "all of", all),
        Condition::Any(any) => parts("满足其一", "any of", any),
        Condition::Not(part) => html! { span.op { (both("并非", "not")) } " " (condition(material, part)) },
        Condition::Fact(read, test) => {
            let definition = &material.base.facts()[read.place()];
            let demand = demand(definition, test);
            html! {
                span.t {
                    span.zh lang="zh-Hans" { (definition.title.zh) "：" b { (demand.zh) } }
                    span.en lang="en" { (definition.title.en) ": " b { (demand.en) } }
                }
                " " (fact(&definition.id))
            }
        }
    }
}

fn effect(material: &Material<'_>, effect: &Effect) -> Markup {
    let view = material.view;
    let only = |for_paths: &[law::Path]| {
        html! { @if !for_paths.is_empty() { " " span.only { (both("仅限", "only for")) " " (paths(view, for_paths)) } } }
    };
    match effect {
        Effect::Paths(open) => html! { (paths(view, open)) @if open.len() > 1 { (both("任选其一", "a free choice")) } },
        Effect::Stop(why) => html! { (path(view, law::Path::Stop)) " " (t(why)) },
        Effect::Adds { path: one, to } => html! {
            (path(view, *one)) " " (both("另可选用，凡由下列规定决定之处：", "one more choice where these decide: ")) @for id in to { (link(id)) " " }
        },
        Effect::Judgement { asks, possible } => html! {
            p.asks { (t(asks)) }
            @if !possible.is_empty() { (both("可能的结果：", "It may come to: ")) (paths(view, possible)) }
        },
        Effect::Obligations(duties) => html! { ul.duties { @for duty in duties { li {
            (t(&duty.text)) " " span.cite { (t(&material.base.cited(&duty.cite))) } " " code { (duty.id) } (only(&duty.for_paths))
        } } } },
        Effect::Affirms(ids) => html! {
            (both("下列义务不变：", "These duties remain: ")) @for id in ids { code { (id) } " " }
        },
        Effect::AlsoCheck(regimes) => {
            html! { ul.duties { @for regime in regimes { li { b { (regime.regime) } " " (t(&regime.why)) } } } }
        }
        Effect::Fines(fines) => html! { div.scroll { table.fines {
            thead { tr {
                th scope="col" { (both("情形", "breach")) } th scope="col" { (both("单位", "organisation")) }
                th scope="col" { (both("责任人员", "persons responsible")) } th scope="col" { (both("说明", "for what")) }
            } }
            tbody { @for fine in fines { tr {
                th scope="row" { (t(&words::gravity(fine.gravity))) " " span.cite { (t(&material.base.cited(&fine.cite))) } }
                td {
                    @if let Some(band) = fine.organisation { (t(&words::yuan(band))) }
                    @if let Some(percent) = fine.turnover_percent { " " (both(&format!("或者上年营业额 {percent}% 以下"), &format!("or up to {percent}% of last year's turnover"))) }
                }
                td { @if let Some(band) = fine.persons { (t(&words::yuan(band))) } }
                td { (t(&fine.text)) (only(&fine.for_paths)) }
            } } }
        } } },
        Effect::Refers(to) => t(to),
    }
}

fn relations(material: &Material<'_>, rule: &Rule) -> Markup {
    let base = material.base;
    let named = |ids: &[String]| html! { @for id in ids { (link(id)) " " } };
    let others: Vec<&Rule> = base
        .rules()
        .iter()
        .filter(|other| other.exception_to.iter().any(|e| e.rule == rule.id) || rule.gives_way_to.contains(&other.id))
        .collect();
    let replaced: Vec<&Rule> = base.rules().iter().filter(|other| other.superseded_by.contains(&rule.id)).collect();
    let over: Vec<&Rule> = base.rules().iter().filter(|other| other.gives_way_to.contains(&rule.id)).collect();
    html! {
        @if !rule.exception_to.is_empty() || !over.is_empty() {
            dt { (both("优先于", "Prevails over")) }
            dd {
                @for exception in &rule.exception_to {
                    (link(&exception.rule))
                    @if let Some(when) = &exception.when { " (" (t(&words::condition(base, when))) ")" }
                    " "
                }
                @for other in over { (link(&other.id)) " " }
            }
        }
        @if !others.is_empty() { dt { (both("让位于", "Gives way to")) } dd { @for other in others { (link(&other.id)) " " } } }
        @if !rule.superseded_by.is_empty() { dt { (both("被取代", "Superseded by")) } dd { (named(&rule.superseded_by)) } }
        @if !replaced.is_empty() { dt { (both("取代", "Supersedes")) } dd { @for other in replaced { (link(&other.id)) " " } } }
    }
}

fn scenarios(material: &Material<'_>, own: &[&Tried<'_>]) -> Markup {
    let view = material.view;
    html! {
        details.scenarios {
            summary { (both(&format!("案例 {} 个", own.len()), &format!("scenarios: {}", own.len()))) }
            ol { @for one in own { li {
                span.name { (one.scenario.name) } " " span.on { (one.scenario.on) }
                div.given {
                    @for (id, value) in &one.scenario.facts { code { (id) " = " (value) } " " }
                    @for id in &one.scenario.unknown { code.unknown { (id) " = ?" } " " }
                }
                div.then {
                    (paths(view, &one.scenario.expect.paths))
                    @if let Ok(answer) = &one.answer { (status(view, answer.certainty)) }
                    @if let Some(fault) = &one.fault { " " strong.fault { "✗ " (fault) } }
                    @else { " " span.holds { (both("✓ 相符", "✓ holds")) } }
                }
            } } }
        }
    }
}
