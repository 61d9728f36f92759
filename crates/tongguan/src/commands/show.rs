//! Pieces of answers that several commands show.

use clearance::Assessment;
use deid::Transform;
use law::{Determination, Outcome, RuleBase};

use super::{Context, stops};
use crate::Failure;
use crate::catalogue::Say;
use crate::screen::{Paint, grouped, paint, table, wrap};

/// Where the text of a titled line begins.
pub(crate) const INDENT: usize = 12;

/// So many questions are listed at once; the rest is asked one by one.
const QUESTIONS: usize = 5;

/// A titled line, wrapped.
pub(crate) fn line(context: &Context, title: &str, text: &str) -> Result<(), Failure> {
    context.out(&wrap(title, text, INDENT))
}

/// The names of paths.
pub(crate) fn paths(say: Say, paths: &[law::Path]) -> String {
    let names = paths.iter().map(|path| say.text(&format!("path.{path}"))).collect::<Vec<_>>();
    names.join(say.text("or"))
}

/// A text with the provision it rests on.
pub(crate) fn with_cite(context: &Context, base: &RuleBase, text: &law::Text, cite: &str) -> String {
    let say = context.say;
    say.fill("show.with-cite", &[("text", say.of(text)), ("cite", say.of(&base.cited(cite)))])
}

/// The answer of the law.
pub(crate) fn determination(context: &Context, base: &RuleBase, determination: &Determination) -> Result<(), Failure> {
    let say = context.say;
    let outcome = match determination.outcome {
        Outcome::Determined => paint(&paths(say, &determination.paths), Paint::Good),
        Outcome::Refused => paint(say.text("outcome.refused"), Paint::Bad),
        Outcome::NotYetKnown => {
            let possible = paths(say, &determination.paths);
            say.fill("outcome.not-yet-known", &[("paths", &possible)])
        }
        Outcome::HumanJudgement => {
            let possible = paths(say, &determination.paths);
            say.fill("outcome.human-judgement", &[("paths", &possible)])
        }
    };
    line(context, say.text("show.path"), &outcome)?;
    let certainty = say.text(&format!("certainty.{}", word(determination.certainty)));
    let day = determination.on.to_string();
    let version = &determination.rule_base.version;
    line(context, "", &say.fill("show.certainty", &[("day", &day), ("certainty", certainty), ("version", version)]))?;
    let mut title = say.text("show.because");
    let refused = determination.outcome == Outcome::Refused;
    let shown =
        |rule: &&law::FiredRule| rule.gives_way_to.is_none() && rule.decides && (!refused || rule.effect == "stop");
    for rule in determination.rules.iter().filter(shown) {
        let cite = say.fill("clock.titled", &[("head", say.of(&rule.cite)), ("text", say.of(&rule.title))]);
        line(context, title, &cite)?;
        title = "";
    }
    let mut title = say.text("show.duties");
    for duty in &determination.obligations {
        line(context, title, &with_cite(context, base, &duty.text, &duty.cite))?;
        title = "";
    }
    let mut title = say.text("show.ask");
    for question in determination.questions.iter().take(QUESTIONS) {
        let cite = base.cited(&question.cite);
        line(context, title, &format!("{} [{}, {}]", say.of(&question.text), question.fact, say.of(&cite)))?;
        title = "";
    }
    if let Some(more) = determination.questions.len().checked_sub(QUESTIONS).filter(|more| *more > 0) {
        line(context, "", &say.fill("show.more-questions", &[("more", &more.to_string())]))?;
    }
    let mut title = say.text("show.headroom");
    for room in &determination.headroom {
        let more = grouped(room.until.saturating_sub(room.now));
        let fact = say.text(&format!("fact.{}", room.fact));
        let then = paths(say, &room.then);
        line(context, title, &say.fill("show.more-persons", &[("more", &more), ("fact", fact), ("then", &then)]))?;
        title = "";
    }
    let mut title = say.text("show.also");
    for also in &determination.also_check {
        line(context, title, say.of(&also.text))?;
        title = "";
    }
    let mut title = say.text("show.note");
    for note in &determination.notes {
        line(context, title, say.of(note))?;
        title = "";
    }
    Ok(())
}

/// A status on the wire.
pub(crate) fn word(status: law::Status) -> String {
    serde_json::to_value(status).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What happens to each field, and who it is about.
pub(crate) fn assessment(context: &Context, assessment: &Assessment) -> Result<(), Failure> {
    let say = context.say;
    for (source, inventory) in &assessment.found.inventories {
        let mut text = say.fill("show.source", &[("source", source), ("rows", &grouped(inventory.rows))]);
        if inventory.quarantined > 0 {
            text.push_str(&say.fill("inspect.quarantined", &[("rows", &grouped(inventory.quarantined))]));
        }
        line(context, say.text("show.data"), &text)?;
    }
    for ((source, _), held) in assessment.found.inventories.iter().zip(&assessment.found.held_back) {
        if !held.is_none() {
            let values = [held.total(), held.without, held.withdrawn, held.no_guardian].map(grouped);
            let names = ["rows", "without", "withdrawn", "guardian"].into_iter().zip(values.iter().map(String::as_str));
            let parts = names.chain([("source", source.as_str())]).collect::<Vec<_>>();
            line(context, "", &say.fill("show.held-back", &parts))?;
        }
    }
    for source in &assessment.found.plan.sources {
        let header = ["field", "class", "sensitive", "need"].map(|name| say.text(&format!("plan.column.{name}")));
        let rows = source.leaving().map(|field| {
            let sensitive = say.text(&format!("sensitive.{}", field.sensitive));
            vec![field.name.clone(), field.label.clone(), sensitive.to_owned(), need(say, field.transform)]
        });
        let rows = rows.collect::<Vec<_>>();
        let (all, leaving) = (source.fields.len().to_string(), rows.len().to_string());
        let title = say.fill("show.fields-of", &[("leaving", &leaving), ("all", &all), ("source", &source.source)]);
        line(context, say.text("show.fields"), &title)?;
        if !rows.is_empty() {
            context.out(&table(&header, &rows, INDENT))?;
        }
    }
    if let Some(persons) = assessment.persons {
        let mut title = say.text("show.persons");
        for (kind, change) in [("ordinary", persons.ordinary), ("sensitive", persons.sensitive)] {
            let fact = say.text(&format!("fact.persons.{kind}"));
            let values = [grouped(change.before), grouped(change.release), grouped(change.after)];
            let text = say.fill(
                "show.count",
                &[("fact", fact), ("before", &values[0]), ("release", &values[1]), ("after", &values[2])],
            );
            line(context, title, &text)?;
            title = "";
        }
        if !persons.exact {
            line(context, "", say.text("show.at-most"))?;
        }
        if !persons.earlier_known {
            line(context, "", say.text("show.earlier-unknown"))?;
        }
    }
    if let Some(spent) = &assessment.spent {
        let items = spent.items.iter().filter(|(item, _)| !item.is_empty());
        let items = items.map(|(item, persons)| format!("; {item} {}", grouped(*persons))).collect::<Vec<_>>().concat();
        let text = say.fill("show.spent", &[("permit", &spent.permit), ("persons", &grouped(spent.persons))]);
        line(context, say.text("show.permit"), &format!("{text}{items}"))?;
    }
    stops::warnings(context, &assessment.warnings)
}

/// What is done to a field, in words short enough for a table.
pub(crate) fn need(say: Say, transform: Transform) -> String {
    let words = say.text(&format!("need.{}", transform.info().name));
    match transform {
        Transform::AgeBand(years) => format!("{words} {years}"),
        _ => words.to_owned(),
    }
}
