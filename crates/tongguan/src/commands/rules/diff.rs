//! `rules diff`: what changes between two editions of a list, two rule bases or two days, and which answers with it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use jiff::civil::Date;
use law::{
    Difference, ReplaySide, RuleBase, RuleChange, StoredFacts, Tallied, base_differences, day_differences,
    edition_differences, replay,
};
use serde_json::json;

use crate::args::{Format, RulesDiffArgs};
use crate::commands::{Context, show};
use crate::{Answer, Failure};

pub(crate) fn run(context: &Context, base: &RuleBase, args: &RulesDiffArgs) -> Result<Answer, Failure> {
    let (one, other) = (args.before.as_str(), args.after.as_str());
    if let (Some(before), Some(after)) = (base.list(one), base.list(other)) {
        let first = |edition: &law::ListEdition| edition.in_force.settled_from.unwrap_or(edition.in_force.from);
        let sides = (ReplaySide::new(base, Some(first(before))), ReplaySide::new(base, Some(first(after))));
        return finish(context, &edition_differences(base, before, after), sides, args);
    }
    if let (Ok(before), Ok(after)) = (one.parse::<Date>(), other.parse::<Date>()) {
        if let Some(on) = [before, after].into_iter().find(|on| *on < base.covers_from()) {
            return Err(law::LawError::BeforeRuleBase { on, begins: base.covers_from() }.into());
        }
        let sides = (ReplaySide::new(base, Some(before)), ReplaySide::new(base, Some(after)));
        return finish(context, &day_differences(base, before, after), sides, args);
    }
    let (before, after) = (folder(context, one)?, folder(context, other)?);
    let sides = (ReplaySide::new(&before, None), ReplaySide::new(&after, None));
    finish(context, &base_differences(&before, &after), sides, args)
}

/// A rule base from its folder.
fn folder(context: &Context, name: &str) -> Result<RuleBase, Failure> {
    let root = Path::new(name);
    if !root.is_dir() {
        return Err(Failure::Input(context.say.fill("rules.diff.nothing", &[("name", name)])));
    }
    let mut files = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        let fault = |error: std::io::Error| Failure::Input(format!("{}: {error}", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let text = std::fs::read_to_string(&path).map_err(fault)?;
                let place = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                files.push((place, text));
            }
        }
    }
    let texts = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    RuleBase::parse(texts).map_err(|error| Failure::Input(format!("{name}: {error}")))
}

fn finish(
    context: &Context,
    differences: &[Difference],
    sides: (ReplaySide<'_>, ReplaySide<'_>),
    args: &RulesDiffArgs,
) -> Result<Answer, Failure> {
    // What cannot be opened is said before anything else.
    let stored = args.replay.as_deref().map(Stored::open).transpose()?;
    for difference in differences {
        match context.format {
            Format::Json => context.json(&json!(difference))?,
            Format::Text => text(context, difference)?,
        }
    }
    let changed = match stored {
        Some(stored) => again(context, stored, sides)?,
        None => 0,
    };
    Ok(if differences.is_empty() && changed == 0 { Answer::Yes } else { Answer::No })
}

fn text(context: &Context, difference: &Difference) -> Result<(), Failure> {
    let sign = match difference.change {
        RuleChange::Added => "+",
        RuleChange::Removed => "-",
        RuleChange::Changed => "~",
    };
    context.out(&format!("{sign} {} {}", difference.id, context.say.of(&difference.title)))?;
    for part in &difference.parts {
        let words = [&part.before, &part.after].map(|side| if side.is_empty() { "∅" } else { side.as_str() });
        show::line(context, part.part, &format!("{} → {}", words[0], words[1]))?;
    }
    Ok(())
}

/// A file of stored questions.
struct Stored<'a> {
    file: &'a Path,
    lines: BufReader<File>,
}

impl<'a> Stored<'a> {
    fn open(file: &'a Path) -> Result<Self, Failure> {
        let open = File::open(file).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
        Ok(Self { file, lines: BufReader::new(open) })
    }
}

/// Asks every stored question of both sides; how many come out otherwise.
fn again(context: &Context, stored: Stored<'_>, sides: (ReplaySide<'_>, ReplaySide<'_>)) -> Result<u64, Failure> {
    let (mut before, mut after) = sides;
    let Stored { file, lines } = stored;
    let fault = |error: std::io::Error| Failure::Input(format!("{}: {error}", file.display()));
    let lines = lines.lines();
    let mut tallied = Tallied::default();
    for (place, line) in lines.enumerate() {
        let line = line.map_err(fault)?;
        if line.trim().is_empty() {
            continue;
        }
        let at = |what: String| Failure::Input(format!("{} line {}: {what}", file.display(), place + 1));
        let stored = StoredFacts::parse(&line).map_err(at)?;
        let told = replay(&mut before, &mut after, &stored, &mut tallied).map_err(|error| at(error.to_string()))?;
        if let Some((one, other)) = told {
            match context.format {
                Format::Json => context.json(&json!({ "line": place + 1, "before": one, "after": other }))?,
                Format::Text => context.out(&format!("{}: {one} → {other}", place + 1))?,
            }
        }
    }
    match context.format {
        Format::Json => context.json(&json!({
            "asked": tallied.asked, "changed": tallied.changed, "by_change": tallied.by_change,
        }))?,
        Format::Text => {
            for (change, count) in &tallied.by_change {
                context.out(&format!("{count}  {change}"))?;
            }
            let (asked, changed) = (tallied.asked.to_string(), tallied.changed.to_string());
            context.out(&context.say.fill("rules.diff.replayed", &[("asked", &asked), ("changed", &changed)]))?;
        }
    }
    Ok(tallied.changed)
}
