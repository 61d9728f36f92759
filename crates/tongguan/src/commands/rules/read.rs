//! `rules list` and `rules show`: the provisions to read.

use law::RuleBase;
use serde_json::json;

use crate::args::Format;
use crate::commands::{Context, show};
use crate::screen::{Paint, paint, table};
use crate::{Answer, Failure};

pub(crate) fn list(context: &Context, base: &RuleBase) -> Result<Answer, Failure> {
    let say = context.say;
    let header = ["id", "article", "status", "title"].map(|name| say.text(&format!("rules.column.{name}")));
    let mut rows = Vec::new();
    for rule in base.rules() {
        if context.format == Format::Json {
            context.json(&json!({
                "id": rule.id, "instrument": rule.instrument_short, "article": rule.article,
                "title": rule.title, "status": rule.status, "from": rule.from, "to": rule.to,
            }))?;
        }
        let status = say.text(&format!("certainty.{}", show::word(rule.status)));
        let article = format!("{} {}", rule.instrument_short, rule.article);
        rows.push(vec![rule.id.clone(), article, status.to_owned(), say.of(&rule.title).to_owned()]);
    }
    if context.format == Format::Text {
        context.out(&table(&header, &rows, 0))?;
    }
    Ok(Answer::Yes)
}

pub(crate) fn one(context: &Context, base: &RuleBase, id: &str) -> Result<Answer, Failure> {
    let say = context.say;
    let rule = base.rule(id).ok_or_else(|| Failure::Input(say.fill("rules.unknown", &[("id", id)])))?;
    if context.format == Format::Json {
        context.json(&json!({
            "id": rule.id, "instrument": rule.instrument_short, "article": rule.article, "title": rule.title,
            "provision": rule.provision, "status": rule.status, "from": rule.from, "to": rule.to,
            "source": rule.source, "last_checked": rule.last_checked, "reviewed_by": rule.reviewed_by,
            "exception_to": rule.exception_to.iter().map(|e| &e.rule).collect::<Vec<_>>(), "effect": rule.effect_words(),
        }))?;
        return Ok(Answer::Yes);
    }
    context
        .out(&paint(&format!("{} {}: {}", rule.instrument_short, rule.article, say.of(&rule.title)), Paint::Strong))?;
    context.out("")?;
    show::line(context, say.text("rules.provision"), say.of(&rule.provision))?;
    show::line(context, say.text("rules.effect"), &rule.effect_words())?;
    let to = rule.to.map_or_else(String::new, |day| day.to_string());
    show::line(context, say.text("rules.in-force"), &format!("{} – {to}", rule.from))?;
    show::line(context, say.text("rules.status"), say.text(&format!("certainty.{}", show::word(rule.status))))?;
    for source in &rule.source {
        show::line(context, say.text("rules.source"), source)?;
    }
    let checked = format!("{}: {}", rule.last_checked.on, rule.last_checked.against);
    show::line(context, say.text("rules.checked"), &checked)?;
    let reviewer = if rule.reviewed_by.is_empty() { say.text("rules.nobody") } else { &rule.reviewed_by };
    show::line(context, say.text("rules.reviewed"), reviewer)?;
    Ok(Answer::Yes)
}
