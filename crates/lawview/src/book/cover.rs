//! The cover: what this is, of which day, how certain, and who stands for it.

use std::collections::BTreeMap;

use law::{Status, Text};
use maud::{Markup, html};

use super::Material;
use super::part::{both, p, status, t};
use crate::words::text;

pub(crate) fn cover(material: &Material<'_>, title: &Text) -> Markup {
    let Material { base, view, .. } = material;
    let rules = base.rules();
    let in_force = rules.iter().filter(|rule| rule.in_force(view.on)).count();
    let (first, last) = base.calendar().covers();
    let mut reviewers: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| !rule.reviewed_by.trim().is_empty()) {
        *reviewers.entry(&rule.reviewed_by).or_default() += 1;
    }
    let count = |status: Status| rules.iter().filter(|rule| rule.status == status).count();
    html! {
        section.cover #cover aria-labelledby="book-title" {
            p.kicker { (both("通关规则册", "Tongguan rule book")) }
            h1 #book-title { (t(title)) }
            (p(&text(
                "向境外提供数据须走哪条法定路径：每条规定一条，写明条文、施行日期、来源与确定性，并附检验它的案例。",
                "Which legal path an export of data from China needs: one entry a provision, with its article, its days in force, its sources, how certain it is, and the scenarios that test it.",
            )))
            dl.facts {
                div { dt { (both("规则库版本", "Rule base")) } dd { (base.version()) } }
                div { dt { (both("所示法律之日", "Law as of")) } dd { (view.on) } }
                div { dt { (both("可问之日", "Days covered")) } dd { (both(&format!("{} 起", base.covers_from()), &format!("from {}", base.covers_from()))) } }
                div { dt { (both("日历", "Calendar")) } dd { (first.year()) "–" (last.year()) } }
                div { dt { (both("整体核对", "Last checked")) } dd { (base.last_checked()) } }
                div { dt { (both("规定", "Provisions")) } dd { (both(&format!("{} 条，其中 {in_force} 条当日有效", rules.len()), &format!("{}, of which {in_force} in force that day", rules.len()))) } }
                div { dt { (both("案例", "Scenarios")) } dd { (material.tried.len()) } }
                div.wide { dt { (both("复核律师", "Reviewed by")) } dd {
                    @if reviewers.is_empty() {
                        (both("尚无任何律师复核签名", "nobody: no lawyer has signed any provision yet"))
                    } @else {
                        @for (name, signed) in &reviewers { span.signed { (name) " (" (signed) "/" (rules.len()) ")" } " " }
                    }
                } }
                div.wide { dt { "SHA-256" } dd { code.hash { (base.sha256()) } } }
            }
            div.legend {
                h2.small { (both("确定性如何标示", "How certainty is marked")) }
                ul {
                    @for (one, about) in [
                        (Status::Confirmed, text("我们见过该文件条文的文本。", "the text of the instrument was seen in a copy.")),
                        (Status::Secondary, text("只见过他人对条文的转述。", "only someone else's account of the text was seen.")),
                        (Status::Unconfirmed, text("凭记忆，或者是我们自己的理解。", "from memory, or our own reading.")),
                    ] {
                        li { (status(view, one)) " " span.say { (t(&about)) } " " span.count { (both(&format!("{} 条", count(one)), &format!("provisions: {}", count(one)))) } }
                    }
                }
                (p(&text(
                    "答案的确定性是其所依据各条中最弱的一项。规定之下的“理解”比条文更不确定，答案用到它时随之变弱。",
                    "An answer is as certain as the weakest provision it rests on. A reading under a provision is less certain than the text, and weakens every answer that needs it.",
                )))
            }
        }
    }
}
