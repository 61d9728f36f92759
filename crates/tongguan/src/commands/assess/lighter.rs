//! `--lighter`: what would make the path lighter, each way proven by asking the law again.

use law::{Determination, Lighter, RuleBase, Way};
use serde::Serialize;

use super::Subject;
use crate::Failure;
use crate::args::Format;
use crate::commands::{Context, show};
use crate::screen::{Paint, grouped, paint, wrap};

#[derive(Serialize)]
struct WithWays<'a> {
    #[serde(flatten)]
    determination: &'a Determination,
    lighter: &'a Lighter,
}

pub(super) fn run(context: &Context, base: &RuleBase, subject: &Subject) -> Result<(), Failure> {
    // Of a transfer only what was counted is said.
    let counted = if subject.is_transfer { Some(subject.counted.as_deref().unwrap_or_default()) } else { None };
    let determination = &subject.determination;
    // Where the fields differ before the law, the heaviest is looked at, and a way is one only if it is one for all.
    let heaviest = determination.by_field.iter().position(|field| field.paths == determination.paths);
    let facts = match heaviest.and_then(|n| subject.fields.get(n)) {
        Some(field) => &field.applied(base, &subject.facts)?,
        None => &subject.facts,
    };
    let mut found = law::lighter(base, facts, subject.on, counted)?;
    found.ways.retain(|way| for_all_fields(base, subject, way));
    if context.format == Format::Json {
        return context.json(&WithWays { determination, lighter: &found });
    }
    show::determination(context, base, determination)?;
    context.out("")?;
    let say = context.say;
    context
        .out(&paint(say.text(if found.ways.is_empty() { "lighter.none" } else { "lighter.ways" }), Paint::Strong))?;
    for (n, way) in found.ways.iter().enumerate() {
        context.out("")?;
        show_way(context, base, n + 1, way)?;
    }
    if !found.fewer.is_empty() {
        context.out("")?;
        for room in &found.fewer {
            let title = base.fact(&room.fact).map_or("", |fact| say.of(&fact.title));
            let then = show::paths(say, &room.then);
            let (now, until) = (grouped(room.now), grouped(room.until));
            let text = say.fill("lighter.fewer", &[("fact", title), ("now", &now), ("until", &until), ("then", &then)]);
            show::line(context, say.text("lighter.numbers"), &text)?;
        }
        show::line(context, "", say.of(&found.warning))?;
    }
    Ok(())
}

/// Whether the transfer as a whole comes out as the way says.
fn for_all_fields(base: &RuleBase, subject: &Subject, way: &Way) -> bool {
    if subject.fields.is_empty() {
        return true;
    }
    let (mut facts, mut fields) = (subject.facts.clone(), subject.fields.clone());
    let sets = way.changes.iter().flat_map(|change| std::iter::once((&change.fact, &change.to)).chain(&change.also));
    for (fact, value) in sets {
        if facts.set(base, fact, value.clone()).is_err() {
            return false;
        }
        for field in &mut fields {
            field.facts.remove(fact);
        }
    }
    law::determine_by_field(base, &facts, &fields, subject.on).is_ok_and(|answer| answer.paths == way.paths)
}

fn show_way(context: &Context, base: &RuleBase, number: usize, way: &Way) -> Result<(), Failure> {
    let say = context.say;
    for (n, change) in way.changes.iter().enumerate() {
        let head = if n == 0 { format!("{number:>2}.") } else { format!("  {}", say.text("lighter.and")) };
        context.out(&wrap(&head, &paint(say.of(&change.by), Paint::Strong), 4))?;
    }
    let key = if way.lighter { "lighter.then" } else { "lighter.more" };
    let certainty = say.text(&format!("certainty.{}", show::word(way.certainty)));
    let then = say.fill(key, &[("paths", &show::paths(say, &way.paths)), ("certainty", certainty)]);
    put(context, "lighter.title-then", &then)?;
    let mut key = "lighter.title-needs";
    for change in &way.changes {
        put(context, key, say.of(&change.needs))?;
        key = "";
    }
    let mut key = "lighter.title-rests";
    for rule in &way.rests_on {
        put(context, key, say.of(&rule.cite))?;
        key = "";
    }
    let mut key = "lighter.title-duties";
    for duty in &way.duties {
        put(context, key, &show::with_cite(context, base, &duty.text, &duty.cite))?;
        key = "";
    }
    Ok(())
}

/// A titled line below a way.
fn put(context: &Context, key: &str, text: &str) -> Result<(), Failure> {
    let title = if key.is_empty() { "" } else { context.say.text(key) };
    context.out(&wrap(&format!("    {title}"), text, 16))
}
