//! `clock list`, `clock show`, `clock conventions`: what the lawbook says of clocks.

use law::{Clock, Direction, Extension, Pauses, RuleBase};

use super::super::Context;
use super::super::show::line;
use super::{certainty, headline, length, word};
use crate::Failure;
use crate::args::Format;
use crate::screen::{Paint, paint, whole_table, wrap};

pub(super) fn list(context: &Context, base: &RuleBase) -> Result<(), Failure> {
    let say = context.say;
    if context.format == Format::Json {
        return base.clocks().iter().try_for_each(|clock| context.json(clock));
    }
    let header = ["clock", "length", "party"].map(|name| say.text(&format!("clock.column.{name}")));
    let rows = base.clocks().iter().map(|clock| {
        let party = say.text(&format!("clock.party.{}", word(&clock.party)));
        let unit = say.text(&format!("unit.short.{}", word(&clock.unit)));
        vec![clock.id.clone(), format!("{} {unit}", clock.length), party.to_owned()]
    });
    let rows = whole_table(&header, &rows.collect::<Vec<_>>());
    let (head, rows) = rows.split_at(1);
    context.out(&head.concat())?;
    for (row, clock) in rows.iter().zip(base.clocks()) {
        let mark = match (clock.starts, clock.in_force.to) {
            (Some(_), _) => say.text("clock.once"),
            (None, Some(_)) => say.text("clock.ended"),
            (None, None) => "",
        };
        context.out(row)?;
        let cite = base.cited_at(&clock.instrument, &clock.article);
        let text = say.fill("clock.titled", &[("head", say.of(&cite)), ("text", say.of(&clock.title))]);
        context.out(&wrap("", &format!("{mark}{text}"), 2))?;
    }
    context.out(&paint(say.text("clock.more"), Paint::Faint))
}

pub(super) fn show(context: &Context, base: &RuleBase, clock: &Clock) -> Result<(), Failure> {
    if context.format == Format::Json {
        return context.json(clock);
    }
    let say = context.say;
    headline(context, &clock.id, say.of(&clock.title))?;
    context.out("")?;
    rule(context, base, clock)?;
    line(context, say.text("clock.label.party"), say.text(&format!("clock.party.{}", word(&clock.party))))?;
    line(context, say.text("clock.label.bound"), say.text(&format!("clock.kind.{}", word(&clock.bound))))?;
    line(context, say.text("clock.label.ends"), say.of(&clock.ends))?;
    let mut title = say.text("clock.label.pauses");
    match &clock.pauses {
        Pauses::Not(unsaid) => line(context, title, say.text(&format!("clock.pauses.{}", word(unsaid))))?,
        Pauses::By(events) => {
            for event in events {
                line(context, title, say.of(event))?;
                title = "";
            }
        }
    }
    let extension = match &clock.extension {
        Extension::Not(unsaid) => say.text(&format!("clock.extension.{}", word(unsaid))).to_owned(),
        Extension::By { how, cap: Some(cap) } => {
            say.fill("clock.cap.some", &[("how", say.of(how)), ("cap", &length(say, *cap))])
        }
        Extension::By { how, cap: None } => say.fill("clock.cap.none", &[("how", say.of(how))]),
    };
    line(context, say.text("clock.label.extension"), &extension)?;
    let to = clock.in_force.to.map_or_else(String::new, |day| day.to_string());
    let mut force = format!("{} – {to}", clock.in_force.from);
    if let Some(id) = &clock.in_force.superseded_by {
        force.push_str(&say.fill("clock.superseded", &[("id", id)]));
    }
    line(context, say.text("rules.in-force"), &force)?;
    status(context, clock)?;
    let mut title = say.text("rules.source");
    for source in &clock.source {
        line(context, title, source)?;
        title = "";
    }
    Ok(())
}

/// Where it is laid down, how long it is, and what it is counted from.
pub(super) fn rule(context: &Context, base: &RuleBase, clock: &Clock) -> Result<(), Failure> {
    let say = context.say;
    line(context, say.text("clock.label.rule"), say.of(&base.cited_at(&clock.instrument, &clock.article)))?;
    let key = match clock.direction {
        Direction::After => "clock.after",
        Direction::Before => "clock.ahead",
    };
    let period = length(say, clock.period());
    line(
        context,
        say.text("clock.label.length"),
        &say.fill(key, &[("length", &period), ("event", say.of(&clock.from))]),
    )
}

/// How certain it is, and the reading it rests on.
pub(super) fn status(context: &Context, clock: &Clock) -> Result<(), Failure> {
    let say = context.say;
    line(context, say.text("rules.status"), certainty(say, clock.status))?;
    if let Some(reading) = &clock.reading {
        let text = format!("{} [{}]", say.of(&reading.text), certainty(say, reading.status));
        line(context, say.text("clock.label.reading"), &text)?;
    }
    Ok(())
}

pub(super) fn conventions(context: &Context, base: &RuleBase) -> Result<(), Failure> {
    let say = context.say;
    for convention in base.clock_book().stated() {
        if context.format == Format::Json {
            context.json(convention)?;
            continue;
        }
        context.out(&paint(&format!("{}={}", convention.key, convention.is), Paint::Strong))?;
        let (cite, certain) = (base.cited(&convention.cite), certainty(say, convention.status));
        line(context, "", &format!("{} ({}, {certain})", say.of(&convention.text), say.of(&cite)))?;
        let others = convention.choices.iter().filter(|choice| **choice != convention.is);
        let others = others.map(|choice| format!("--convention {}={choice}", convention.key)).collect::<Vec<_>>();
        line(context, "", &say.fill("clock.otherwise", &[("other", &others.join(", "))]))?;
    }
    Ok(())
}
