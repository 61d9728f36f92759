//! `--compare`: another determination against this rule base and, where they are given, against other facts.

use std::path::Path;

use law::{Bearing, Comparison, Determination, FactDifference, RuleBase, Side, Text};

use super::Subject;
use crate::args::Format;
use crate::commands::{Context, show};
use crate::screen::grouped;
use crate::{Answer, Failure};

pub(super) fn run(
    context: &Context,
    base: &RuleBase,
    file: &Path,
    subject: Option<&Subject>,
) -> Result<Answer, Failure> {
    let there = read(context, file)?;
    let named = |error: law::LawError| Failure::Input(format!("{}: {error}", file.display()));
    let found = law::compare(base, &there, subject.map(|subject| &subject.determination)).map_err(named)?;
    match context.format {
        Format::Json => context.json(&found)?,
        Format::Text => show_all(context, base, &found, subject.is_some())?,
    }
    Ok(if found.agree { Answer::Yes } else { Answer::No })
}

/// A determination, alone or inside the answer of `clear`.
fn read(context: &Context, file: &Path) -> Result<Determination, Failure> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| Failure::Input(format!("{shown}: {error}")))?;
    let wrong = |error: serde_json::Error| {
        Failure::Input(context.say.fill("compare.not-one", &[("file", &shown), ("why", &error.to_string())]))
    };
    let mut json: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
    if let Some(inside) = json.get_mut("determination") {
        json = inside.take();
    }
    serde_json::from_value(json).map_err(wrong)
}

pub(super) fn show_all(context: &Context, base: &RuleBase, found: &Comparison, given: bool) -> Result<(), Failure> {
    let say = context.say;
    show::line(
        context,
        say.text("compare.result"),
        say.text(if found.agree { "compare.agree" } else { "compare.differ" }),
    )?;
    side(context, if given { "compare.here" } else { "compare.anew" }, &found.here)?;
    side(context, "compare.there", &found.there)?;
    if let (true, Some(replayed)) = (given, &found.replayed) {
        side(context, "compare.anew", replayed)?;
    }
    let law = match (found.same_rule_base, found.same_law) {
        (true, Some(true)) => "compare.law-same",
        (false, Some(true)) => "compare.law-other-alike",
        (_, Some(false)) => "compare.law-differs",
        (_, None) => "compare.law-unknown",
    };
    show::line(context, say.text("compare.law"), say.text(law))?;
    let mut title = say.text("compare.facts");
    for fact in &found.facts {
        let definition = base.fact(&fact.fact);
        let words = |value: &Option<law::Value>, least: Option<u64>| match (value, least) {
            (Some(value), _) => {
                let plain = Text::new(value.to_string(), value.to_string());
                say.of(&definition.map_or(plain, |definition| definition.words_of(value))).to_owned()
            }
            (None, Some(least)) => say.fill("compare.at-least", &[("least", &grouped(least))]),
            (None, None) => say.text("compare.unknown").to_owned(),
        };
        let FactDifference { title: name, here, there, here_at_least, there_at_least, explains, .. } = fact;
        let (here, there) = (words(here, *here_at_least), words(there, *there_at_least));
        let mut text = say.fill("compare.fact", &[("fact", say.of(name)), ("here", &here), ("there", &there)]);
        if *explains {
            text.push_str(say.text("compare.explains"));
        }
        show::line(context, title, &text)?;
        title = "";
    }
    for pair in &found.together {
        let names = pair.each_ref().map(|id| base.fact(id).map_or(id.as_str(), |fact| say.of(&fact.title)));
        show::line(context, "", &say.fill("compare.together", &[("one", names[0]), ("other", names[1])]))?;
    }
    let mut title = say.text("compare.rules");
    for rule in found.rules.iter().filter(|rule| rule.decides) {
        let [here, there] = [rule.here, rule.there].map(|bearing| say.text(bearing_key(bearing)));
        let values = [("rule", say.of(&rule.cite)), ("here", here), ("there", there), ("why", say.of(&rule.why))];
        show::line(context, title, &say.fill("compare.rule", &values))?;
        title = "";
    }
    for (key, duties) in [("compare.duties-here", &found.duties_here), ("compare.duties-there", &found.duties_there)] {
        let mut title = say.text(key);
        for duty in duties {
            show::line(context, title, &show::with_cite(context, base, &duty.text, &duty.cite))?;
            title = "";
        }
    }
    let mut title = say.text("show.note");
    for note in &found.notes {
        show::line(context, title, say.of(note))?;
        title = "";
    }
    Ok(())
}

fn bearing_key(bearing: Bearing) -> &'static str {
    match bearing {
        Bearing::Applies => "compare.applies",
        Bearing::GivesWay => "compare.gives-way",
        Bearing::DoesNotApply => "compare.does-not-apply",
        Bearing::Absent => "compare.absent",
    }
}

fn side(context: &Context, key: &str, side: &Side) -> Result<(), Failure> {
    let say = context.say;
    let certainty = say.text(&format!("certainty.{}", show::word(side.certainty)));
    let base = format!("{} {}", side.rule_base.version, side.rule_base.sha256.get(..12).unwrap_or_default());
    let outcome = side.outcome.title();
    let result = match side.outcome {
        // Its one path says the same.
        law::Outcome::Refused => say.of(&outcome).to_owned(),
        _ => say.fill("compare.outcome", &[("outcome", say.of(&outcome)), ("paths", &show::paths(say, &side.paths))]),
    };
    let values =
        [("result", result.as_str()), ("certainty", certainty), ("day", &side.on.to_string()), ("base", &base)];
    show::line(context, say.text(key), &say.fill("compare.side", &values))
}
