//! The book: one HTML file that asks for nothing from outside, in both languages, for screen and paper.
//!
//! The language is switched by plain form controls and CSS, so it works where scripts do not run.

mod calendar;
mod checks;
mod clocks;
mod cover;
mod facts;
mod lists;
mod matrix;
mod part;
mod provisions;
mod timeline;

pub use calendar::{Holiday, holidays};
pub use provisions::natural as reading_order;

use std::fmt::Write as _;

use law::{RuleBase, Text};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::tried::{Tried, tried};
use crate::words::text;
use crate::{Language, View};

/// What every part of the book is made from.
pub(crate) struct Material<'a> {
    pub(crate) base: &'a RuleBase,
    pub(crate) view: &'a View<'a>,
    pub(crate) tried: Vec<Tried<'a>>,
}

/// Writes the book: a whole HTML document, the same for the same rule base, day, language and program.
pub fn book(base: &RuleBase, view: &View<'_>) -> String {
    let material = Material { base, view, tried: tried(base) };
    let parts: Vec<part::Part> = vec![
        timeline::part(&material),
        matrix::part(&material),
        provisions::part(&material),
        lists::part(&material),
        facts::part(&material),
        clocks::part(&material),
        calendar::part(&material),
        checks::part(&material),
    ];
    let title = text("数据出境规则库", "The law of data exports");
    let (lang, shown) = match view.first {
        Language::Zh => ("zh-Hans", &title.zh),
        Language::En => ("en", &title.en),
    };
    let page = html! {
        (DOCTYPE)
        html lang=(lang) data-zh=(title.zh) data-en=(title.en) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "tongguan " (view.program) };
                // An empty icon, or the browser would ask its host for one.
                link rel="icon" href="data:,";
                title { (shown) " " (base.version()) }
                style { (PreEscaped(include_str!("style.css"))) (PreEscaped(heads(&parts))) }
            }
            body {
                a.skip href="#main" { (part::both("跳到正文", "Skip to the text")) }
                (bar(view, &title))
                div.frame {
                    (cover::cover(&material, &title))
                    nav.contents aria-label="目录 Contents" { (contents(&parts)) }
                    main #main tabindex="-1" {
                        @for (n, part) in parts.iter().enumerate() { (part.section(n + 1)) }
                        (colophon(&material))
                    }
                }
                script { (PreEscaped(include_str!("script.js"))) }
            }
        }
    };
    page.into_string()
}

fn bar(view: &View<'_>, title: &Text) -> Markup {
    let choice = |id: &str, label: Markup, first: bool| {
        html! {
            input type="radio" name="language" id=(id) checked[first];
            label for=(id) { (label) }
        }
    };
    html! {
        header.top {
            a.brand href="#cover" { (part::t(title)) }
            div.find hidden {
                label for="find" { (part::both("查找", "Find")) }
                input #find type="search" autocomplete="off" spellcheck="false";
                output for="find" #found aria-live="polite" {}
            }
            fieldset.languages {
                legend { "语言 Language" }
                (choice("show-zh", html! { span lang="zh-Hans" { "中文" } }, view.first == Language::Zh))
                (choice("show-en", html! { span lang="en" { "English" } }, view.first == Language::En))
                (choice("show-both", html! { span lang="zh-Hans" { "对照" } span.slash { "/" } span lang="en" { "both" } }, false))
            }
        }
    }
}

/// The running heads of paper: the part's title on every page of it, in the language that is shown.
fn heads(parts: &[part::Part]) -> String {
    let mut css = String::new();
    for part::Part { id, title, .. } in parts {
        let quoted = |text: &str| text.replace(['"', '\\', '<'], " ");
        let (zh, en) = (quoted(&title.zh), quoted(&title.en));
        let _ =
            writeln!(css, ":root {{ --of-{id}: \"{zh}\"; }} :root:has(#show-en:checked) {{ --of-{id}: \"{en}\"; }}");
        let _ = writeln!(
            css,
            "#{id} {{ page: {id}; }} @page {id} {{ @top-right {{ content: var(--of-{id}); font: 8.5pt var(--sans); color: #666; }} }}"
        );
    }
    css
}

fn contents(parts: &[part::Part]) -> Markup {
    html! {
        p.head { (part::both("目录", "Contents")) }
        ol {
            @for part in parts {
                li {
                    a href={ "#" (part.id) } { (part::t(&part.title)) }
                    @if !part.below.is_empty() {
                        ol { @for (id, title) in &part.below { li { a href={ "#" (id) } { (part::t(title)) } } } }
                    }
                }
            }
        }
    }
}

fn colophon(material: &Material<'_>) -> Markup {
    let base = material.base;
    html! {
        footer.colophon {
            (part::p(&text(
                format!("由通关 {} 依规则库 {} 写成；同一规则库、同一日期、同一程序写出同样的文件。条文均为我们自己的转述，中文为准；本册不是法律意见。", material.view.program, base.version()),
                format!("Written by Tongguan {} from rule base {}; the same rule base, day and program write the same file. Provisions are restated in our own words, the Chinese governs, and this is no legal advice.", material.view.program, base.version()),
            )))
            p.hash { "SHA-256 " code { (base.sha256()) } }
        }
    }
}
