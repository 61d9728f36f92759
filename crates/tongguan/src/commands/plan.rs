//! `plan`: what will happen to each field.

use clearance::{Job, Loaded, rule_base};

use super::{Context, show};
use crate::args::{Format, PlanArgs};
use crate::screen::{Paint, paint, table};
use crate::{Answer, Failure};

/// Rows of a preview.
const PREVIEW_ROWS: usize = 3;

pub(crate) async fn run(context: &Context, args: &PlanArgs) -> Result<Answer, Failure> {
    let base = rule_base()?;
    let loaded = Loaded::open(&args.transfer)?;
    let home = context.home().await?;
    let options = context.options(context.day(args.on.or(loaded.transfer.on)));
    let job = Job::new(&home, &base, &loaded, &options).await?;
    let assessed = job.assess().await;
    context.progress.end();
    let assessment = assessed?;
    if context.format == Format::Json {
        context.json(&assessment.found.plan)?;
        return Ok(Answer::Yes);
    }
    show::assessment(context, &assessment)?;
    if args.preview {
        for planned in &assessment.found.plan.sources {
            context.out("")?;
            context.out(&paint(&planned.source, Paint::Strong))?;
            let header = ["row", "field", "before", "after"].map(|name| context.say.text(&format!("preview.{name}")));
            let mut rows = Vec::new();
            let preview = job.preview(&assessment.found.plan, &planned.source, PREVIEW_ROWS).await?;
            for (number, row) in preview.into_iter().enumerate() {
                for (field, (before, after)) in planned.leaving().zip(row) {
                    let number = if rows.len() % planned.leaving().count() == 0 {
                        (number + 1).to_string()
                    } else {
                        String::new()
                    };
                    // What came in is masked for the screen, and so is what leaves as it came.
                    let masked = |value: Option<String>| {
                        value.map_or_else(|| "-".to_owned(), |value| mask(&field.label, &value))
                    };
                    let shown = if field.transform == deid::Transform::Keep {
                        masked(after)
                    } else {
                        after.unwrap_or_else(|| context.say.text("preview.suppressed").to_owned())
                    };
                    rows.push(vec![number, field.name.clone(), masked(before), shown]);
                }
            }
            context.out(&table(&header, &rows, 2))?;
        }
    }
    Ok(Answer::Yes)
}

/// A value as a terminal may show it.
fn mask(label: &str, value: &str) -> String {
    let mut out = String::new();
    deid::mask(label, value, &mut out);
    out
}
