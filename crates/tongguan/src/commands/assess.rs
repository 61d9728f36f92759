//! `assess`: which path, and why.

use clearance::{ClearanceError, Job, Loaded, rule_base};
use law::{Facts, Outcome};

use super::{Context, show};
use crate::args::{AssessArgs, Format};
use crate::{Answer, Failure};

pub(crate) async fn run(context: &Context, args: &AssessArgs) -> Result<Answer, Failure> {
    let base = rule_base()?;
    let determination = match (&args.transfer, &args.facts) {
        (Some(path), _) => {
            let loaded = Loaded::open(path)?;
            let home = context.home().await?;
            let options = context.options(context.day(args.on.or(loaded.transfer.on)));
            let assessed = Job::new(&home, &base, &loaded, &options).await?.assess().await;
            context.progress.end();
            assessed?.determination
        }
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
            let named = |error: law::LawError| match Failure::from(ClearanceError::from(error)) {
                Failure::Input(text) => Failure::Input(format!("{}: {text}", path.display())),
                other => other,
            };
            let (facts, on) = Facts::parse(&base, &text).map_err(named)?;
            law::determine(&base, &facts, context.day(args.on.or(on))).map_err(named)?
        }
        (None, None) => return Err(Failure::Input(context.say.text("assess.nothing").to_owned())),
    };
    match context.format {
        Format::Json => context.json(&determination)?,
        Format::Text => show::determination(context, &determination)?,
    }
    Ok(if determination.outcome == Outcome::Determined { Answer::Yes } else { Answer::No })
}
