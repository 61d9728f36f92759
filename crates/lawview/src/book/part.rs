//! The pieces every part is set from: text in two languages, marks of certainty, paths.

use law::{Path, Status, Text};
use maud::{Markup, html};

use crate::View;

/// One numbered part of the book.
pub(crate) struct Part {
    /// Its anchor.
    pub(crate) id: &'static str,
    pub(crate) title: Text,
    /// What the part holds and how to read it.
    pub(crate) about: Text,
    /// Further lines of the table of contents.
    pub(crate) below: Vec<(String, Text)>,
    pub(crate) body: Markup,
}

impl Part {
    pub(crate) fn section(&self, number: usize) -> Markup {
        html! {
            section.part id=(self.id) aria-labelledby={ (self.id) "-title" } {
                h2 id={ (self.id) "-title" } { span.number { (number) } (t(&self.title)) }
                div.about { (p(&self.about)) }
                (self.body)
            }
        }
    }
}

/// Words in both languages, within a line.
pub(crate) fn t(text: &Text) -> Markup {
    both(&text.zh, &text.en)
}

/// The same for words that stand here.
pub(crate) fn both(zh: &str, en: &str) -> Markup {
    html! { span.t { span.zh lang="zh-Hans" { (zh) } span.en lang="en" { (en) } } }
}

/// A paragraph in both languages; side by side where both are shown.
pub(crate) fn p(text: &Text) -> Markup {
    html! { div.p { p.zh lang="zh-Hans" { (text.zh) } p.en lang="en" { (text.en) } } }
}

/// The mark of a status: a shape and a word, never a colour alone.
pub(crate) fn status(view: &View<'_>, status: Status) -> Markup {
    let word = crate::words::status(status);
    html! { span class={ "status " (word) } { i aria-hidden="true" {} (t(&view.status(status))) } }
}

/// One path; what weighs more is darker.
pub(crate) fn path(view: &View<'_>, path: Path) -> Markup {
    html! { span class={ "path w" (path.weight()) } { (t(&view.path(path))) } }
}

/// Paths that are a free choice.
pub(crate) fn paths(view: &View<'_>, paths: &[Path]) -> Markup {
    html! { span.paths { @for one in paths { (path(view, *one)) " " } } }
}

/// A rule's id as a link to it.
pub(crate) fn rule(id: &str) -> Markup {
    html! { a.id href={ "#" (id) } { (id) } }
}

/// A fact's id as a link to its question.
pub(crate) fn fact(id: &str) -> Markup {
    html! { a.id href={ "#fact." (id) } { (id) } }
}

/// A source: an address as a link to follow, anything else as it is.
pub(crate) fn source(source: &str) -> Markup {
    let address = source.split_whitespace().find(|word| word.starts_with("https://") || word.starts_with("http://"));
    match address {
        Some(address) => {
            let (before, after) = source.split_once(address).unwrap_or((source, ""));
            html! { (before) a.source href=(address) rel="noreferrer noopener" { (address) } (after) }
        }
        None => html! { (source) },
    }
}
