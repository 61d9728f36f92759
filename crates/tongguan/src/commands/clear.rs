//! `clear`: the main job.

use clearance::{Cleared, Job, Loaded, Options, Stop, recover, rule_base};
use serde::Serialize;

use super::{Context, show};
use crate::args::{ClearArgs, Format};
use crate::screen::{Paint, grouped, paint};
use crate::{Answer, Failure};

#[derive(Serialize)]
struct Stopped<'a> {
    released: bool,
    stops: Vec<StopLine<'a>>,
    determination: &'a law::Determination,
    persons: Option<clearance::PersonCounts>,
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
    determination: &'a law::Determination,
    persons: Option<clearance::PersonCounts>,
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
    let on = context.day(args.on.or(loaded.transfer.on));
    if on > context.day(None) {
        // It is done as asked, and both days are kept; whoever asks by mistake is told.
        context.note(&say.fill("clear.ahead", &[("day", &on.to_string())]));
    }
    let options = Options { strict: args.strict, keep_raw: args.keep_raw, full: args.full, ..context.options(on) };
    let cleared = Job::new(&home, &base, &loaded, &options).await?.run().await;
    context.progress.end();
    let cleared = cleared?;
    home.store.close().await;
    match cleared {
        Cleared::Stopped(assessment) => {
            let stops = assessment.gate.as_ref().err().map(Vec::as_slice).unwrap_or_default();
            // A fact that only a person can state is no negative answer: the line to add is.
            if stops.iter().any(|stop| matches!(stop, Stop::NotYetKnown { .. })) {
                return Err(Failure::Input(missing(context, &base, &args.transfer, &assessment.determination)));
            }
            if context.format == Format::Json {
                let lines = stops.iter().map(|stop| StopLine { stop, cite: stop.cite() }).collect();
                context.json(&Stopped {
                    released: false,
                    stops: lines,
                    determination: &assessment.determination,
                    persons: assessment.persons,
                })?;
            } else {
                show::assessment(context, &assessment)?;
                show::determination(context, &assessment.determination)?;
                show::stops(context, stops)?;
            }
            Ok(Answer::No)
        }
        Cleared::Released(released) => {
            if context.format == Format::Json {
                context.json(&Released {
                    released: true,
                    destination: released.destination.to_string(),
                    receipt: &released.receipt,
                    suppressed: &released.suppressed,
                    determination: &released.assessment.determination,
                    persons: released.assessment.persons,
                })?;
            } else {
                show::assessment(context, &released.assessment)?;
                for (source, column, count) in &released.suppressed {
                    let count = grouped(*count);
                    let field = format!("{source}.{column}");
                    show::line(context, "", &say.fill("clear.suppressed", &[("count", &count), ("field", &field)]))?;
                }
                show::determination(context, &released.assessment.determination)?;
                show_release(context, &released)?;
            }
            Ok(Answer::Yes)
        }
    }
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
            Some(("persons", _)) => say.text("missing.earlier").to_owned(),
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
