//! `rules book`: the rule base as one HTML file for lawyers.

use std::path::Path;

use law::{RuleBase, Text};
use lawview::{Language, View};
use serde_json::json;

use super::write;
use crate::args::{BookArgs, Format, Lang};
use crate::commands::Context;
use crate::{Answer, Failure};

pub(crate) fn run(context: &Context, base: &RuleBase, args: &BookArgs) -> Result<Answer, Failure> {
    let name = names;
    let on = context.day(args.on);
    if on < base.covers_from() {
        return Err(law::LawError::BeforeRuleBase { on, begins: base.covers_from() }.into());
    }
    let html = lawview::book(base, &View { on, ..view(context, &name) });
    if args.out == Path::new("-") {
        context.out(html.trim_end())?;
        return Ok(Answer::Yes);
    }
    write(&args.out, &html)?;
    let file = args.out.display().to_string();
    match context.format {
        Format::Json => context.json(&json!({ "file": file, "rules": base.rules().len(), "on": on }))?,
        Format::Text => {
            let rules = base.rules().len().to_string();
            context.note(&context.say.fill("book.written", &[("file", &file), ("rules", &rules)]));
        }
    }
    Ok(Answer::Yes)
}

/// The words of the catalogue for the terms of the rule base.
pub(super) fn names(key: &str) -> Text {
    crate::catalogue::both(key)
}

/// What every view of the rule base needs; today is marked.
pub(super) fn view<'a>(context: &Context, name: &'a dyn Fn(&str) -> Text) -> View<'a> {
    let first = match context.say.0 {
        Lang::Zh => Language::Zh,
        Lang::En => Language::En,
    };
    View { on: context.day(None), first, name, program: env!("CARGO_PKG_VERSION") }
}
