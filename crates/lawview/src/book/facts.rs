//! The vocabulary: every fact a provision may read, with the question that asks for it.

use law::{FactDefinition, FactType, RuleBase};
use maud::{Markup, html};

use super::Material;
use super::part::{Part, both, rule as link, t};
use crate::words::{text, unit, value};

pub(crate) fn part(material: &Material<'_>) -> Part {
    Part {
        id: "facts",
        title: text("事实与提问", "Facts and their questions"),
        about: text(
            "规定只读取这些事实。没有陈述的事实是未知，不是“否”；未知的事实按全部可能的情形推算。",
            "Provisions read these facts and no others. A fact not stated is unknown, never false; unknown facts are split into all their cases.",
        ),
        below: Vec::new(),
        body: html! { @for fact in material.base.facts() { (one(material.base, fact)) } },
    }
}

fn one(base: &RuleBase, fact: &FactDefinition) -> Markup {
    let place = |rule: &law::Rule| rule.when.facts().iter().any(|read| base.facts()[read.place()].id == fact.id);
    let readers: Vec<&str> = base.rules().iter().filter(|rule| place(rule)).map(|rule| rule.id.as_str()).collect();
    html! {
        article.fact id={ "fact." (fact.id) } {
            h3 { (t(&fact.title)) " " a.anchor href={ "#fact." (fact.id) } { (fact.id) } }
            p.question { (t(&fact.question)) }
            p.kind {
                (kind(fact)) " · " span.cite { (t(&base.cited(&fact.cite))) }
                @if let Some(assumed) = &fact.assumed { " · " (both(&format!("无人陈述时按 {}", value(assumed)), &format!("{} until somebody says otherwise", value(assumed)))) }
                @if !fact.never_below.is_empty() { " · " (both("不低于 ", "never below ")) @for id in &fact.never_below { (super::part::fact(id)) " " } }
            }
            @if let Some(judgement) = &fact.judgement {
                p.judgement { code { (judgement.value) } " " (t(&judgement.asks)) " " span.cite { (t(&base.cited(&judgement.cite))) } }
            }
            @if !readers.is_empty() {
                details { summary { (both(&format!("{} 条规定读取", readers.len()), &format!("provisions that read it: {}", readers.len()))) }
                    p { @for id in readers { (link(id)) " " } } }
            }
        }
    }
}

fn kind(fact: &FactDefinition) -> Markup {
    match fact.kind {
        FactType::Bool => both("是 / 否", "yes or no"),
        FactType::Count => {
            let unit = unit(&fact.unit);
            both(&format!("计数（{}）", unit.zh), &format!("a count of {}", unit.en))
        }
        FactType::Date => both("日期", "a day"),
        FactType::Choice => html! { (both("选项", "one of")) " " @for one in &fact.values { code { (one) } " " } },
        FactType::Code => html! { (both("代码：", "a code: ")) (fact.expected()) },
        FactType::Text => both("文字", "a text"),
    }
}
