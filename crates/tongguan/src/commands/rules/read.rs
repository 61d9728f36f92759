//! `rules list` and `rules show`: the provisions to read.

use law::{Rule, RuleBase};
use serde_json::json;

use crate::args::Format;
use crate::commands::{Context, show};
use crate::screen::{Paint, paint, whole_table, wrap};
use crate::{Answer, Failure};

pub(crate) fn list(context: &Context, base: &RuleBase) -> Result<Answer, Failure> {
    let say = context.say;
    let header = ["id", "status"].map(|name| say.text(&format!("rules.column.{name}")));
    let mut rows = Vec::new();
    for rule in base.rules() {
        if context.format == Format::Json {
            context.json(&json!({
                "id": rule.id, "instrument": rule.instrument_short, "article": rule.article,
                "title": rule.title, "status": rule.status, "from": rule.from, "to": rule.to,
            }))?;
        }
        let status = say.text(&format!("certainty.{}", show::word(rule.status)));
        rows.push(vec![rule.id.clone(), status.to_owned()]);
    }
    if context.format == Format::Text {
        let rows = whole_table(&header, &rows);
        let (head, rows) = rows.split_at(1);
        context.out(&head.concat())?;
        for (row, rule) in rows.iter().zip(base.rules()) {
            context.out(row)?;
            context.out(&wrap("", &cited(context, base, rule), 2))?;
        }
    }
    Ok(Answer::Yes)
}

/// Where a provision stands and what it is about.
fn cited(context: &Context, base: &RuleBase, rule: &Rule) -> String {
    let (say, cite) = (context.say, base.cited_rule(rule));
    say.fill("clock.titled", &[("head", say.of(&cite)), ("text", say.of(&rule.title))])
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
    context.out(&paint(&wrap("", &cited(context, base, rule), 0), Paint::Strong))?;
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
