//! `assess`: which path, and why; what is missing, what would be lighter, and where another answer differs.

mod answers;
mod ask;
mod compare;
mod lighter;
mod why;

use std::path::{Path, PathBuf};

use clearance::{ClearanceError, Job, Loaded, rule_base};
use jiff::civil::Date;
use law::{Determination, Facts, FieldFacts, LawError, Outcome, RuleBase, Text, WithoutFields};

use super::{Context, show};
use crate::args::{AssessArgs, Format};
use crate::{Answer, Failure};

/// What is assessed.
pub(crate) struct Subject {
    determination: Determination,
    /// The facts, what is counted from below included.
    facts: Facts,
    /// What is so of single fields, where a zone's list names some of them.
    fields: Vec<FieldFacts>,
    on: Date,
    /// The file that states it.
    path: PathBuf,
    /// Whether that is a transfer file.
    is_transfer: bool,
    /// Who and what, for the head of a document.
    about: Vec<(Text, Text)>,
    /// Persons without some fields of a transfer, where that was asked.
    counted: Option<Vec<WithoutFields>>,
}

/// A comparison as `--compare` shows it.
pub(crate) fn show_comparison(context: &Context, found: &law::Comparison) -> Result<(), Failure> {
    compare::show_all(context, &rule_base()?, found, false)
}

pub(crate) async fn run(context: &Context, args: &AssessArgs) -> Result<Answer, Failure> {
    let base = rule_base()?;
    let subject = match (&args.transfer, &args.facts) {
        (Some(path), _) => Some(of_transfer(context, &base, path, args).await?),
        (None, Some(path)) => Some(of_facts(context, &base, path, args)?),
        (None, None) => None,
    };
    if let Some(file) = &args.compare {
        if subject.is_none() && args.on.is_some() {
            return Err(Failure::Input(context.say.text("compare.day").to_owned()));
        }
        return compare::run(context, &base, file, subject.as_ref());
    }
    let Some(mut subject) = subject else {
        return Err(Failure::Input(context.say.text("assess.nothing").to_owned()));
    };
    if args.ask
        && let Some(answer) = ask::run(context, &base, args, &mut subject)?
    {
        return Ok(answer);
    }
    let determination = &subject.determination;
    match (args.why, args.lighter, context.format) {
        (Some(form), _, _) => why::run(context, &base, &subject, form)?,
        (None, true, _) => lighter::run(context, &base, &subject)?,
        (None, false, Format::Json) => context.json(determination)?,
        (None, false, Format::Text) => show::determination(context, &base, determination)?,
    }
    Ok(if determination.outcome == Outcome::Determined { Answer::Yes } else { Answer::No })
}

async fn of_transfer(context: &Context, base: &RuleBase, path: &Path, args: &AssessArgs) -> Result<Subject, Failure> {
    let loaded = Loaded::open(path)?;
    let home = context.home().await?;
    let on = context.day(args.on.or(loaded.transfer.on));
    let options = context.options(on);
    let job = Job::new(&home, base, &loaded, &options).await?;
    let assessed = job.assess().await;
    let counted = match &assessed {
        Ok(assessed) if args.lighter => Some(job.without_sensitive(assessed).await),
        _ => None,
    };
    context.progress.end();
    let determination = assessed?.determination;
    Ok(Subject {
        facts: recorded(base, &determination)?,
        fields: determination.fields(),
        determination,
        on,
        path: path.to_owned(),
        is_transfer: true,
        about: about(&loaded),
        counted: counted.transpose()?,
    })
}

/// The facts of a determination, with what its counts are at least.
fn recorded(base: &RuleBase, determination: &Determination) -> Result<Facts, LawError> {
    let mut facts = determination.facts.clone();
    for (id, least) in &determination.at_least {
        facts.set_at_least(base, id, *least)?;
    }
    Ok(facts)
}

fn of_facts(context: &Context, base: &RuleBase, path: &Path, args: &AssessArgs) -> Result<Subject, Failure> {
    let named = |text: String| format!("{}: {text}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| Failure::Input(named(error.to_string())))?;
    let fault = |error: LawError| match Failure::from(ClearanceError::from(error)) {
        Failure::Input(text) => Failure::Input(named(text)),
        other => other,
    };
    let (facts, on) = Facts::parse(base, &text).map_err(fault)?;
    let on = context.day(args.on.or(on));
    let determination = law::determine(base, &facts, on).map_err(fault)?;
    let about = Vec::new();
    let fields = Vec::new();
    Ok(Subject { determination, facts, fields, on, path: path.to_owned(), is_transfer: false, about, counted: None })
}

/// The parties and the purpose as the transfer file states them.
fn about(loaded: &Loaded) -> Vec<(Text, Text)> {
    let transfer = &loaded.transfer;
    let both = |text: &str| Text::new(text, text);
    let named = |name: &Option<String>, id: &Option<String>| {
        let parts = [name, id].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
        (!parts.is_empty()).then(|| parts.join(", "))
    };
    let recipient = &transfer.recipient;
    let rows = [
        (Text::new("数据处理者", "Data handler"), named(&transfer.handler.name, &transfer.handler.uscc)),
        (Text::new("境外接收方", "Overseas recipient"), named(&recipient.name, &recipient.country)),
        (Text::new("目的", "Purpose"), transfer.purpose.text.clone()),
    ];
    rows.into_iter().filter_map(|(title, text)| Some((title, both(&text?)))).collect()
}
