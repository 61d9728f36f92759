//! `clear`: the main job.

use clearance::{Cleared, Destination, Job, Loaded, Options, Stop, recover, rule_base};
use serde::Serialize;
use serde_json::json;

use super::{Context, show, stops};
use crate::args::{ClearArgs, Format};
use crate::screen::{Paint, grouped, paint};
use crate::{Answer, Failure};

#[derive(Serialize)]
struct Stopped<'a> {
    released: bool,
    stops: Vec<StopLine<'a>>,
    determination: &'a law::Determination,
    #[serde(flatten)]
    more: More<'a>,
}

/// What both answers tell.
#[derive(Serialize)]
struct More<'a> {
    persons: Option<clearance::PersonCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spent: Option<&'a transfer::PermitSpent>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    held_back: &'a [transfer::HeldRows],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [clearance::Warning],
}

impl<'a> More<'a> {
    fn of(assessment: &'a clearance::Assessment) -> Self {
        Self {
            persons: assessment.persons,
            spent: assessment.spent.as_ref(),
            held_back: &assessment.found.held_back,
            warnings: &assessment.warnings,
        }
    }
}

#[derive(Serialize)]
struct StopLine<'a> {
    #[serde(flatten)]
    stop: &'a Stop,
    cite: &'static str,
}

#[derive(Serialize)]
struct Released<'a> {
    released: bool,
    destination: String,
    receipt: &'a transfer::Receipt,
    suppressed: &'a [(String, String, u64)],
    withdrawn: u64,
    determination: &'a law::Determination,
    #[serde(flatten)]
    more: More<'a>,
}

pub(crate) async fn run(context: &Context, args: &ClearArgs) -> Result<Answer, Failure> {
    let say = context.say;
    let base = rule_base()?;
    let loaded = Loaded::open(&args.transfer)?;
    let home = context.home().await?;
    for (release, stuck) in recover(&home).await? {
        context.note(&match stuck {
            None => say.fill("clear.recovered", &[("release", &release)]),
            Some(why) => say.fill("clear.stuck", &[("release", &release), ("why", &why.to_string())]),
        });
    }
    for (handler, year) in home.forget_old_years(context.day(None)).await? {
        context.note(&say.fill("clear.forgotten", &[("handler", &handler), ("year", &year.to_string())]));
    }
    let on = context.day(args.on.or(loaded.transfer.on));
    if on > context.day(None) {
        // It is done as asked, and both days are kept; whoever asks by mistake is told.
        context.note(&say.fill("clear.ahead", &[("day", &on.to_string())]));
    }
    let options = Options {
        strict: args.strict,
        keep_raw: args.keep_raw,
        full: args.full,
        again: args.again,
        ..context.options(on)
    };
    let cleared = Job::new(&home, &base, &loaded, &options).await?.run().await;
    context.progress.end();
    let cleared = cleared?;
    // A release in an object store keeps the checkpoint it went out with; `log cosign` cosigns the log all the same.
    if let Cleared::Released(released) = &cleared
        && let Destination::Folder(folder) = &released.destination
    {
        super::log::cosign_release(context, &home, folder).await;
    }
    home.store.close().await;
    match cleared {
        Cleared::Stopped(assessment) => stopped(context, &base, args, &assessment),
        Cleared::Released(released) => show_released(context, &base, &released),
        Cleared::NothingNew { release, day, destination } => {
            if context.format == Format::Json {
                context
                    .json(&json!({ "released": false, "same_as": release, "day": day, "destination": destination }))?;
            } else {
                let parts = [("release", release.as_str()), ("day", &day), ("folder", &destination)];
                context.out(&say.fill(if context.quiet { "clear.same-line" } else { "clear.same" }, &parts))?;
            }
            Ok(Answer::Yes)
        }
    }
}

fn stopped(
    context: &Context,
    base: &law::RuleBase,
    args: &ClearArgs,
    assessment: &clearance::Assessment,
) -> Result<Answer, Failure> {
    let all = assessment.gate.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    // A fact that only a person can state is no negative answer: the line to add is.
    if all.iter().any(|stop| matches!(stop, Stop::NotYetKnown { .. })) {
        return Err(Failure::Input(missing(context, base, &args.transfer, &assessment.determination)));
    }
    if context.format == Format::Json {
        let lines = all.iter().map(|stop| StopLine { stop, cite: stop.cite() }).collect();
        let (determination, more) = (&assessment.determination, More::of(assessment));
        context.json(&Stopped { released: false, stops: lines, determination, more })?;
    } else if context.quiet {
        // One line, for whoever reads what cron mails.
        let codes = all.iter().map(code).collect::<Vec<_>>().join(",");
        context.out(&context.say.fill("clear.stopped-line", &[("codes", &codes)]))?;
    } else {
        show::assessment(context, assessment)?;
        show::determination(context, base, &assessment.determination)?;
        stops::stops(context, base, all)?;
    }
    Ok(Answer::No)
}

/// The code of a stop, as JSON has it.
fn code(stop: &Stop) -> String {
    let value = serde_json::to_value(stop).unwrap_or_default();
    value["code"].as_str().unwrap_or_default().to_owned()
}

fn show_released(context: &Context, base: &law::RuleBase, released: &clearance::Released) -> Result<Answer, Failure> {
    let say = context.say;
    let receipt = &released.receipt;
    if context.format == Format::Json {
        context.json(&Released {
            released: true,
            destination: released.destination.to_string(),
            receipt,
            suppressed: &released.suppressed,
            withdrawn: released.withdrawn,
            determination: &released.assessment.determination,
            more: More::of(&released.assessment),
        })?;
        return Ok(Answer::Yes);
    }
    if context.quiet {
        let rows = receipt.files.iter().map(|file| file.rows).sum::<u64>().to_string();
        let persons = released.assessment.persons.map_or(0, |persons| persons.distinct).to_string();
        let folder = released.destination.to_string();
        let parts =
            [("release", receipt.release.as_str()), ("rows", &rows), ("persons", &persons), ("folder", &folder)];
        context.out(&say.fill("clear.released-line", &parts))?;
        return Ok(Answer::Yes);
    }
    show::assessment(context, &released.assessment)?;
    for (source, column, count) in &released.suppressed {
        let (count, field) = (grouped(*count), format!("{source}.{column}"));
        show::line(context, "", &say.fill("clear.suppressed", &[("count", &count), ("field", &field)]))?;
    }
    if released.withdrawn > 0 {
        show::line(context, "", &say.fill("clear.withdrawn", &[("count", &grouped(released.withdrawn))]))?;
    }
    show::determination(context, base, &released.assessment.determination)?;
    show_release(context, released)?;
    Ok(Answer::Yes)
}

/// The lines to add, best first.
fn missing(
    context: &Context,
    base: &law::RuleBase,
    transfer: &std::path::Path,
    determination: &law::Determination,
) -> String {
    let say = context.say;
    let mut lines = Vec::new();
    for question in &determination.questions {
        let line = match question.fact.split_once('.') {
            Some(("persons", "ordinary" | "sensitive")) => say.text("missing.earlier").to_owned(),
            Some((table, key)) => {
                let value = match base.fact(&question.fact).map(|fact| fact.kind) {
                    Some(law::FactType::Bool) => "true | false".to_owned(),
                    _ if question.options.is_empty() => "…".to_owned(),
                    _ => question.options.iter().map(|option| format!("\"{option}\"")).collect::<Vec<_>>().join(" | "),
                };
                format!("[{table}] {key} = {value}")
            }
            None => question.fact.clone(),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let file = transfer.display().to_string();
    say.fill("missing.facts", &[("file", &file), ("lines", &lines.join("; "))])
}

fn show_release(context: &Context, released: &clearance::Released) -> Result<(), Failure> {
    let say = context.say;
    // As one would type it from here.
    let here = std::env::current_dir().ok();
    let whole = released.destination.to_string();
    let near = here.and_then(|here| Some(std::path::Path::new(&whole).strip_prefix(here).ok()?.display().to_string()));
    let folder = near.unwrap_or(whole);
    let receipt = &released.receipt;
    let rows = grouped(receipt.files.iter().map(|file| file.rows).sum());
    let bytes = grouped(receipt.files.iter().map(|file| file.bytes).sum());
    let files = receipt.files.len().to_string();
    let title = say.text("clear.released");
    let text = say.fill("clear.what", &[("files", &files), ("rows", &rows), ("bytes", &bytes)]);
    show::line(context, title, &paint(&text, Paint::Good))?;
    context.out(&format!("            {folder}"))?;
    show::line(context, say.text("clear.receipt"), &receipt.release)?;
    show::line(context, "", &say.fill("clear.verify", &[("folder", &folder)]))
}
