//! Pieces of answers that several commands show.

use clearance::{Assessment, Stop};
use deid::Transform;
use law::{Determination, Outcome};

use super::Context;
use crate::Failure;
use crate::catalogue::Say;
use crate::screen::{Paint, grouped, paint, table, wrap};

/// Where the text of a titled line begins.
const INDENT: usize = 12;

/// A titled line, wrapped.
pub(crate) fn line(context: &Context, title: &str, text: &str) -> Result<(), Failure> {
    context.out(&wrap(title, text, INDENT))
}

/// The names of paths.
pub(crate) fn paths(say: Say, paths: &[law::Path]) -> String {
    let names = paths.iter().map(|path| say.text(&format!("path.{path}"))).collect::<Vec<_>>();
    names.join(say.text("or"))
}

/// The answer of the law.
pub(crate) fn determination(context: &Context, determination: &Determination) -> Result<(), Failure> {
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
    let base = &determination.rule_base.version;
    line(context, "", &say.fill("show.certainty", &[("day", &day), ("certainty", certainty), ("version", base)]))?;
    let mut title = say.text("show.because");
    let refused = determination.outcome == Outcome::Refused;
    let shown = |rule: &&law::FiredRule| {
        rule.gives_way_to.is_none() && decides(&rule.effect) && (!refused || rule.effect == "stop")
    };
    for rule in determination.rules.iter().filter(shown) {
        let cite = format!("{} {}: {}", rule.instrument, rule.article, say.of(&rule.title));
        line(context, title, &cite)?;
        title = "";
    }
    let mut title = say.text("show.duties");
    for duty in &determination.obligations {
        line(context, title, &format!("{} ({})", say.of(&duty.text), duty.cite))?;
        title = "";
    }
    let mut title = say.text("show.ask");
    for question in &determination.questions {
        line(context, title, &format!("{} [{}, {}]", say.of(&question.text), question.fact, question.cite))?;
        title = "";
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

/// Whether a rule decides the path; duties and pointers to other regimes are shown apart.
fn decides(effect: &str) -> bool {
    !effect.starts_with("duties") && !effect.starts_with("also") && !effect.starts_with("affirms")
}

/// A status on the wire.
pub(crate) fn word(status: law::Status) -> String {
    serde_json::to_value(status).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What happens to each field, and who it is about.
pub(crate) fn assessment(context: &Context, assessment: &Assessment) -> Result<(), Failure> {
    let say = context.say;
    for (source, inventory) in &assessment.inventories {
        let mut text = say.fill("show.source", &[("source", source), ("rows", &grouped(inventory.rows))]);
        if inventory.quarantined > 0 {
            text.push_str(&say.fill("inspect.quarantined", &[("rows", &grouped(inventory.quarantined))]));
        }
        line(context, say.text("show.data"), &text)?;
    }
    for source in &assessment.plan.sources {
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
    Ok(())
}

/// What is done to a field, in words short enough for a table.
pub(crate) fn need(say: Say, transform: Transform) -> String {
    let words = say.text(&format!("need.{}", transform.info().name));
    match transform {
        Transform::AgeBand(years) => format!("{words} {years}"),
        _ => words.to_owned(),
    }
}

/// Why the gate stays shut, each with its article and how to go on.
pub(crate) fn stops(context: &Context, stops: &[Stop]) -> Result<(), Failure> {
    let say = context.say;
    let mut title = paint(say.text("show.stopped"), Paint::Bad);
    for stop in stops {
        let text = stop_text(say, stop);
        // A painted title counts its colour codes as width: it is filled by hand.
        let plain = say.text("show.stopped");
        let wrapped = wrap(if title.is_empty() { "" } else { plain }, &format!("{text} ({})", stop.cite()), INDENT);
        let shown = if title.is_empty() { wrapped } else { wrapped.replacen(plain, &title, 1) };
        context.out(&shown)?;
        title = String::new();
        if let Some(counts) = counts(say, stop) {
            context.out(&counts)?;
        }
    }
    Ok(())
}

/// The table of a stop that counts values: column, class, and how many of which sort.
fn counts(say: Say, stop: &Stop) -> Option<String> {
    let words = |names: &[&str]| names.iter().map(|name| say.text(&format!("egress.{name}"))).collect::<Vec<_>>();
    let place = |source: &str, column: &str| format!("{source}.{column}");
    let (header, rows) = match stop {
        Stop::Undeclared { found } => {
            let rows = found.iter().map(|found| {
                let (valid, suspected) = (grouped(found.valid), grouped(found.suspected));
                vec![place(&found.source, &found.column), found.label.clone(), valid, suspected]
            });
            (words(&["column", "class", "valid", "suspected"]), rows.collect::<Vec<_>>())
        }
        Stop::NotAsPlanned { found } => {
            let rows = found.iter().map(|found| {
                let form = need(say, found.form);
                vec![place(&found.source, &found.column), found.label.clone(), form, grouped(found.count)]
            });
            (words(&["column", "class", "form", "count"]), rows.collect::<Vec<_>>())
        }
        Stop::RawAmongSurrogates { found } => {
            let rows = found.iter().map(|found| {
                let same = format!("{} ({})", grouped(found.same), grouped(found.same_most));
                let met = format!("{} ({})", grouped(found.met), grouped(found.met_most));
                vec![place(&found.source, &found.column), found.label.clone(), same, met]
            });
            (words(&["column", "class", "same", "met"]), rows.collect::<Vec<_>>())
        }
        _ => return None,
    };
    Some(table(&header, &rows, INDENT))
}

/// One stop in words.
fn stop_text(say: Say, stop: &Stop) -> String {
    let list = |items: &[String]| items.join(", ");
    match stop {
        Stop::Refused { rules } => say.fill("stop.refused", &[("rules", &list(rules))]),
        Stop::NotYetKnown { facts } => say.fill("stop.not-yet-known", &[("facts", &list(facts))]),
        Stop::HumanJudgement { facts } => say.fill("stop.human-judgement", &[("facts", &list(facts))]),
        Stop::NoPermit { paths: needed } => {
            let mut text = say.fill("stop.no-permit", &[("paths", &paths(say, needed))]);
            for path in needed {
                text.push(' ');
                text.push_str(say.text(&format!("file.{path}")));
            }
            text
        }
        Stop::PermitTooLight { kind, paths: needed } => {
            let have = paths(say, &[kind.path()]);
            say.fill("stop.permit-too-light", &[("have", &have), ("paths", &paths(say, needed))])
        }
        Stop::NoZoneFiling => say.text("stop.no-zone-filing").to_owned(),
        Stop::PermitNotSigned => say.text("stop.permit-not-signed").to_owned(),
        Stop::PermitNotEffective { effective: Some(day) } => {
            say.fill("stop.permit-not-effective", &[("day", &day.to_string())])
        }
        Stop::PermitNotEffective { effective: None } => say.text("stop.permit-no-day").to_owned(),
        Stop::PermitExpired { expires } => say.fill("stop.permit-expired", &[("day", &expires.to_string())]),
        Stop::FieldNotPermitted { fields } => say.fill("stop.field-not-permitted", &[("fields", &list(fields))]),
        Stop::TooManyPersons { persons, permitted } => {
            say.fill("stop.too-many-persons", &[("persons", &grouped(*persons)), ("permitted", &grouped(*permitted))])
        }
        Stop::NotFiled { due } => say.fill("stop.not-filed", &[("day", &due.to_string())]),
        Stop::NoPipia => say.text("stop.no-pipia").to_owned(),
        Stop::PipiaStale { done, until } => {
            say.fill("stop.pipia-stale", &[("done", &done.to_string()), ("until", &until.to_string())])
        }
        Stop::PipiaAfterFiling { done, filed } => {
            say.fill("stop.pipia-after-filing", &[("done", &done.to_string()), ("filed", &filed.to_string())])
        }
        Stop::NoNotice => say.text("stop.no-notice").to_owned(),
        Stop::NoBasis => say.text("stop.no-basis").to_owned(),
        Stop::ConsentNotRead => say.text("stop.consent-not-read").to_owned(),
        Stop::Undeclared { found } => {
            let sampled = found.iter().any(|found| found.sampled);
            say.text(if sampled { "stop.undeclared-sampled" } else { "stop.undeclared" }).to_owned()
        }
        Stop::NotAsPlanned { .. } => say.text("stop.not-as-planned").to_owned(),
        Stop::RawAmongSurrogates { .. } => say.text("stop.raw-among-surrogates").to_owned(),
    }
}
