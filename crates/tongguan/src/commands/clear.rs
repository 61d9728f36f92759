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
    for release in recover(&home).await? {
        context.note(&say.fill("clear.recovered", &[("release", &release)]));
    }
    let on = context.day(args.on.or(loaded.transfer.on));
    let options =
        Options { strict: args.strict, keep_raw: args.keep_raw, full: args.full, ..context.options(on) };
    let cleared = Job::new(&home, &base, &loaded, &options).await?.run().await;
    context.progress.end();
    let cleared = cleared?;
    home.store.close().await;
    match cleared {
        Cleared::Stopped(assessment) => {
            let stops = assessment.gate.as_ref().err().map(Vec::as_slice).unwrap_or_default();
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
                    destination: released.destination.display().to_string(),
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

fn show_release(context: &Context, released: &clearance::Released) -> Result<(), Failure> {
    let say = context.say;
    let folder = released.destination.display().to_string();
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
